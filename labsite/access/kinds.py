"""What the pages of one kind of record need to know."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from labsite.access.forms import RecordForm
from labsite.access.models import Project, User
from labsite.access.records import ProjectRecord, Record, SharedRecord, may_edit_lab
from labsite.access.starting import Starts
from labsite.access.tables import RecordTable
from labsite.access.viewers import Viewer
from labsite.lib.forms import Words

State = tuple[str, Words]
"""Tone (ok, active, warning, failed, off, quiet) and word."""


def no_panels(_record: Any, _viewer: Viewer) -> Mapping[str, object]:
    """Add nothing to a detail page."""
    return {}


Link = tuple[str, str, Words]
"""Address, icon and words of a button."""


def no_links(_user: User) -> Sequence[Link]:
    """Add no button to a list."""
    return ()


def always_valid(_record: Any) -> State:
    """Tell the state of records that have no states."""
    return "ok", _("valid")


@dataclass(frozen=True)
class Kind:
    """One kind of record; ``name`` and ``folder`` stand in the addresses.

    "batch" and "batches" make samples:batch-list at /batches/ and the template samples/batch.html.
    """

    name: str
    folder: str
    model: type[Record]
    form: type[RecordForm]
    table: type[RecordTable]
    filters: type[django_filters.FilterSet]
    one: Words
    many: Words
    icon: str
    hint: Words
    """What belongs in the list, for an empty one."""
    related: tuple[str, ...] = ()
    prefetched: tuple[str, ...] = ()
    state: Callable[[Any], State] = always_valid
    panels: Callable[[Any, Viewer], Mapping[str, object]] = no_panels
    """More context of the detail page."""
    links: Callable[[User], Sequence[Link]] = no_links
    """Buttons of the list beside "New"."""
    starts: Starts | None = None
    """Templates that new records start from; such kinds are logged in series too."""

    @property
    def app(self) -> str:
        """The app whose name stands in the addresses and the templates."""
        return self.model._meta.app_label

    def url(self, page: str) -> str:
        """Return the address of the list, or of the form for a new record ("add")."""
        return reverse(f"{self.app}:{self.name}-{page}")

    def records(self, user: User) -> "QuerySet[Any]":
        """Return the records that the person may read, with all that a line of them shows."""
        rows: QuerySet[Any] = self.model.objects.visible_to(user)
        return rows.select_related(*self.related).prefetch_related(*self.prefetched)

    def may_add(self, user: User) -> bool:
        """Whether the person may log one somewhere."""
        if issubclass(self.model, ProjectRecord | SharedRecord):
            return Project.objects.editable_by(user).exists()
        return may_edit_lab(user)

    def state_of(self, record: Record) -> State:
        """Return the state of a record."""
        return ("off", _("voided")) if record.voided_at else self.state(record)
