"""What a person may read of the records around a record: links and lineage."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from django.db import models
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from labsite.access.models import Project, User
from labsite.access.records import ProjectRecord, Record
from labsite.lib.forms import Words
from labsite.lib.web import page_url


class PersonRequest(HttpRequest):
    """A request of somebody who has signed in; LoginRequiredMiddleware lets no other through."""

    user: User


class Viewer:
    """A person who looks at records; knows once whose projects may be read."""

    def __init__(self, user: User) -> None:
        """Keep the person."""
        self.user = user

    @cached_property
    def _projects(self) -> frozenset[UUID]:
        return frozenset(Project.objects.visible_to(self.user).values_list("pk", flat=True))

    def sees(self, record: models.Model) -> bool:
        """Whether the person may read the record."""
        if self.user.is_superuser or not isinstance(record, ProjectRecord):
            return True
        return record.project_id in self._projects

    def link(self, record: Record | None) -> SafeString | str:
        """Return a link to a record, "no access", or a dash."""
        if record is None:
            return "–"
        if not self.sees(record):
            return _("no access")
        coded = str(record).startswith(record.code)
        look, name = ("code", record.code) if coded else ("", str(record))
        return format_html('<a class="{}" href="{}">{}</a>', look, page_url(record), name)


@dataclass(frozen=True)
class Node:
    """A record of a lineage, with what it was made from, or what was made from it."""

    kind: Words
    link: SafeString | str
    summary: str = ""
    note: str = ""
    children: Sequence["Node"] = ()


def node(viewer: Viewer, record: Record, note: str = "", children: Iterable[Node] = ()) -> Node:
    """Return the node of a record; of a foreign project only that there is one."""
    kind = record._meta.verbose_name or ""
    if not viewer.sees(record):
        return Node(kind, _("no access"))
    return Node(kind, viewer.link(record), getattr(record, "summary", ""), note, tuple(children))
