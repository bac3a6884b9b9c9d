"""Two people changed one record: what each changed, and a form that keeps both."""

from dataclasses import dataclass
from typing import Any

from labsite.access.facts import Change, changes_between
from labsite.access.forms import RecordForm
from labsite.access.records import Record
from labsite.access.viewers import Viewer


@dataclass(frozen=True)
class Conflict:
    """What happened to a record since a person opened its form."""

    by: str
    changes: list[Change]
    form: RecordForm
    """What the person typed, with the other's values where only the other changed a field."""


def conflict_of(form: RecordForm, viewer: Viewer) -> Conflict:
    """Compare a form that came too late with what is stored now."""
    stored: Any = type(form.instance)._default_manager.get(pk=form.instance.pk)
    seen = stored.history.filter(version=form.cleaned_data["version"]).first()
    last = stored.history.select_related("history_user").first()
    return Conflict(
        by=str(last.history_user or "") if last else "",
        changes=list(changes_between(stored, seen, stored, viewer)) if seen else [],
        form=_merged(form, stored, seen),
    )


def _merged(form: RecordForm, stored: Record, seen: Any) -> RecordForm:
    """Return the form with the new version and, in fields left alone, the stored values."""
    data = dict(form.data.items())
    current = type(form)(user=form.user, instance=stored)
    data["version"] = str(stored.version)
    for field in stored._meta.concrete_fields:
        column = field.attname
        if field.name not in current.fields or field.name == "version" or seen is None:
            continue
        if getattr(seen, column) == getattr(form.instance, column):
            bound = current[field.name]
            shown: Any = bound.field.widget.format_value(bound.value())
            data[field.name] = (shown[0] if isinstance(shown, list) else shown) or ""
    return type(form)(data, user=form.user, instance=stored)
