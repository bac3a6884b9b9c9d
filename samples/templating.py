"""Templates as forms take them up, and templates made of records."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from labsite.access.forms import RecordForm
from labsite.access.models import User
from labsite.access.recording import create_record, update_record
from labsite.access.records import LabRecord, Record, may_edit_lab
from labsite.access.starting import PLANNED, Missing, Start, StartGroup
from samples.models import Chemical, Template
from samples.plans import steps_to_repeat
from samples.starters import STARTERS, Starter

ROWS = "components"
"""Where the values that the form of a coating starts with hold its ingredients."""


@dataclass(frozen=True)
class Templates:
    """The built-in templates and those of the lab for one kind of record."""

    kind: str
    form: type[RecordForm]

    @property
    def model(self) -> type[Record]:
        """What is made from the templates."""
        model: type[Record] = self.form._meta.model
        return model

    def groups(self) -> list[StartGroup]:
        """Return what a new record may start from, the lab's own first."""
        own = self._own().values_list("pk", "name")
        built_in = [(one.key, one.name) for one in STARTERS if one.kind == self.kind]
        return [
            StartGroup(_("Templates of the lab"), [(str(pk), name) for pk, name in own]),
            StartGroup(_("From the paper"), built_in),
        ]

    def find(self, key: str) -> Start | None:
        """Return a template by its key: the name of a built-in one, or a UUID."""
        for starter in STARTERS:
            if starter.kind == self.kind and starter.key == key:
                return start_of(self.model, key, starter)
        try:
            template = self._own().filter(pk=UUID(key)).first()
        except ValueError:
            return None
        return start_of(self.model, key, template) if template else None

    def save_url(self, record: Record, user: User) -> str:
        """Return where a record is made a template; nothing for who may not."""
        if not may_edit_lab(user) or record.voided_at is not None:
            return ""
        return reverse("samples:template-save", args=[self.kind, record.pk])

    def add_url(self, template: Template) -> str:
        """Return the form of a new record that starts from a template."""
        new = reverse(f"{self.model._meta.app_label}:{self.kind}-add")
        return f"{new}?{urlencode({'template': str(template.pk)})}"

    def _own(self) -> "QuerySet[Template]":
        return Template.objects.filter(kind=self.kind, voided_at__isnull=True)


_offered: dict[str, Templates] = {}


def offer_templates(kind: str, form: type[RecordForm]) -> Templates:
    """Let records of a kind start from templates; said once, where the kind is described."""
    _offered[kind] = Templates(kind, form)
    return _offered[kind]


def templates_of(kind: str) -> Templates | None:
    """Return the templates of a kind of record, when it has any."""
    return _offered.get(kind)


def start_of(model: type[Record], key: str, template: Starter | Template) -> Start:
    """Return a template with the chemicals that it names looked up; says which are missing."""
    known = {one.short_name: one for one in Chemical.objects.valid()}
    missing: dict[str, Missing] = {}

    def look_up(name: str | None) -> UUID | None:
        if not name:
            return None
        if name not in known:
            missing[name] = _missing(name)
            return None
        return known[name].pk

    values = {
        name: look_up(value) if _names_chemical(model, name) else value
        for name, value in template.values.items()
    }
    rows = [{**row, "chemical": look_up(row.get("chemical"))} for row in template.rows]
    notes = _notes(template)
    if notes:
        values["notes"] = "\n".join(notes)
    if rows:
        values[ROWS] = rows
    values[PLANNED] = list(template.steps)
    return Start(key, template.name, values, notes, list(missing.values()))


def _notes(template: Starter | Template) -> Sequence[str]:
    if isinstance(template, Starter):
        return template.notes
    return [line for line in template.notes.splitlines() if line.strip()]


def _missing(name: str) -> Missing:
    query = urlencode({"short_name": name})
    return Missing(
        _("There is no chemical “%(name)s”; choose another one below, or add it and come back.")
        % {"name": name},
        f"{reverse('samples:chemical-add')}?{query}",
        _("Add %(name)s") % {"name": name},
    )


def _names_chemical(model: type[Record], name: str) -> bool:
    """Whether a field points to a chemical, which templates give by its short name."""
    return model._meta.get_field(name).related_model is Chemical


@dataclass(frozen=True)
class Naming:
    """How a template is called, and whether it may take the place of one of that name."""

    name: str
    notes: str = ""
    replace: bool = False


def save_template(*, record: Record, templates: Templates, naming: Naming, by: User) -> Template:
    """Make a template of a record: its values, ingredients and steps.

    Raises PermissionDenied, ValidationError when there is one of that name that may not be
    replaced, EditConflictError.
    """
    kind = templates.kind
    named = Template.objects.filter(kind=kind, name=naming.name).first()
    if named is not None and (named.voided_at is not None or not naming.replace):
        raise ValidationError({"name": _taken(named)})
    template = named or Template(kind=kind, name=naming.name)
    template.notes = naming.notes
    template.values = dict(_values(templates.form, record))
    template.rows = _rows(record)
    template.steps = [dict(step) for step in steps_to_repeat(record)]
    if named is None:
        return create_record(record=template, by=by)
    return update_record(record=template, by=by, expected_version=named.version)


def _taken(named: Template) -> str:
    if named.voided_at is not None:
        return _("A voided template (%(code)s) has this name; choose another one.") % {
            "code": named.code
        }
    return _("There is a template “%(name)s” already; tick below to replace it.") % {
        "name": named.name
    }


def _values(form: type[RecordForm], record: Record) -> Iterator[tuple[str, Any]]:
    """Give the values of a record that make a template: its recipe, not who, when and of what.

    Left out: what a duplicate leaves out, times, people, and records of projects.
    """
    copied = form.copied(record)
    for name in form._meta.fields or ():
        column = record._meta.get_field(name)
        if name not in copied or isinstance(column, models.DateField | models.JSONField):
            continue
        target = column.related_model
        if target is None:
            yield name, copied[name]
        elif isinstance(target, type) and issubclass(target, LabRecord):
            yield name, None if copied[name] is None else str(getattr(record, name))
        elif copied[name] is None and target is not User:
            yield name, None


def _rows(record: Any) -> list[dict[str, Any]]:
    if not hasattr(record, ROWS):
        return []
    return [
        {
            "chemical": row.chemical.short_name,
            "weight_parts": row.weight_parts,
            "solution_mass_fraction": row.solution_mass_fraction,
            "solution_mass_fraction_u": row.solution_mass_fraction_u,
        }
        for row in record.components.select_related("chemical")
    ]
