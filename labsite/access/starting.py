"""What the form of a new record starts with: the last record, a template, a copy."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from django.db import models
from django.db.models import QuerySet
from django.forms import model_to_dict

from labsite.access.forms import RecordForm
from labsite.access.models import Project, User
from labsite.access.records import LabRecord, ProjectRecord, Record
from labsite.lib.forms import Words

if TYPE_CHECKING:
    from labsite.access.kinds import Kind

PLANNED = "planned_steps"
"""Where the values that a form starts with hold the steps to be planned with the record."""


@dataclass(frozen=True)
class Missing:
    """Something that a template names and that this lab does not have."""

    sentence: str
    add_url: str = ""
    add_label: str = ""


@dataclass(frozen=True)
class Start:
    """A template as a form takes it up: values by field name, rows, planned steps."""

    key: str
    name: str
    values: Mapping[str, Any]
    notes: Sequence[str] = ()
    missing: Sequence[Missing] = ()


@dataclass(frozen=True)
class StartGroup:
    """Templates under a heading: keys and names."""

    title: Words
    options: Sequence[tuple[str, str]] = field(default_factory=list)


class Starts(Protocol):
    """The templates of a kind of record."""

    def groups(self) -> Sequence[StartGroup]:
        """Return what may be started from."""

    def find(self, key: str) -> Start | None:
        """Return the template with this key."""

    def save_url(self, record: Record, user: User) -> str:
        """Return the address that makes a template of a record, or nothing."""


def carried(kind: "Kind", user: User) -> dict[str, Any]:
    """Return what a new record takes over from the person's last one, else the project's last."""
    last = _last(kind, user)
    return model_to_dict(last, fields=kind.form.CARRIED) if last else {}


def _last(kind: "Kind", user: User) -> Record | None:
    rows: QuerySet[Any] = kind.records(user).filter(voided_at__isnull=True)
    mine: Record | None = rows.filter(created_by=user).first()
    if mine is not None or not issubclass(kind.model, ProjectRecord):
        return mine
    return rows.filter(project__in=Project.objects.editable_by(user)).first()


def started(form: type[RecordForm], known: Mapping[str, Any], start: Start) -> dict[str, Any]:
    """Return the values of a template; who, where and of what stay as in the last record."""
    model: Any = form._meta.model
    kept = {
        name: value
        for name, value in known.items()
        if name not in start.values and _says_where(model._meta.get_field(name))
    }
    return {**kept, **start.values}


def _says_where(column: "models.Field[Any, Any]") -> bool:
    """Whether a field points to the project, a person or what the record is made from."""
    target = column.related_model
    return isinstance(target, type) and not issubclass(target, LabRecord)


def asked(form: type[RecordForm], address: Mapping[str, str]) -> dict[str, str]:
    """Return the values that the address of a new form gives, of fields that the form has."""
    return {name: value for name, value in address.items() if name in form.base_fields}
