"""A record in words: its facts in the groups of its form, and its history."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.safestring import SafeString

from labsite.access.records import Record
from labsite.access.viewers import Viewer
from labsite.lib.forms import Groups, Words, source_of, uncertainty_of
from labsite.lib.readings import readings_of, show_spread, write_readings
from labsite.lib.units import show_measured, show_number, split_unit

QUIET = frozenset({"id", "version", "created_at", "updated_at", "created_by", "remaining_amount"})
"""Fields whose changes are not worth telling; those of a stock have a ledger of their own."""
CHANGES_SHOWN = 20

Field = models.Field[Any, Any]


@dataclass(frozen=True)
class Fact:
    """One line of a record."""

    label: str
    value: SafeString | str
    unit: str = ""
    source: str = ""
    spread: str = ""
    """Of the readings behind a mean: "sd 2.5, n = 3"."""


def facts(record: Record, groups: Groups, viewer: Viewer) -> Iterator[tuple[Words, list[Fact]]]:
    """Give what is known of a record, group by group.

    Left out: empty fields, notes, and what a form asks for beside the record's own fields.
    """
    own = {field.name for field in record._meta.concrete_fields} - {"notes"}
    for title, names in groups:
        known = [
            _fact(record, name, viewer)
            for name in names
            if name in own and getattr(record, name) not in (None, "")
        ]
        if known:
            yield title, known


def _fact(record: Record, name: str, viewer: Viewer) -> Fact:
    label, unit = label_of(_field(record, name))
    value = getattr(record, name)
    if not isinstance(value, float):
        return Fact(label, show_value(_field(record, name), value, viewer))
    source = getattr(record, f"get_{source_of(name)}_display", None)
    u = getattr(record, uncertainty_of(name), None)
    several = readings_of(record, name)
    return Fact(
        label,
        show_measured(value, u),
        unit,
        source=str(source()) if source else "",
        spread=show_spread(several) if several is not None else "",
    )


def _field(record: models.Model, name: str) -> Field:
    field = record._meta.get_field(name)
    assert isinstance(field, models.Field)  # noqa: S101 - groups name columns, not relations
    return field


def label_of(field: Field) -> tuple[str, str]:
    """Return a field's name with a capital, and its unit."""
    name, unit = split_unit(str(field.verbose_name))
    return name[:1].upper() + name[1:], unit


def show_value(field: Field, value: Any, viewer: Viewer) -> SafeString | str:
    """Write a stored value as people read it; records become links where they may be read."""
    if value is None or value == "":
        return "–"
    if isinstance(value, Record):
        return viewer.link(value)
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(value, datetime):
        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M")
    if field.name == "readings":
        return _show_readings(value)
    return show_number(value) if isinstance(value, float) else str(value)


def _show_readings(readings: dict[str, Any]) -> str:
    """Write single readings: "thickness um: 198; 203; 201"."""
    lists = ((name, values) for name, values in readings.items() if isinstance(values, list))
    lines = (f"{name.replace('_', ' ')}: {write_readings(values)}" for name, values in lists)
    return " · ".join(lines) or "–"


@dataclass(frozen=True)
class Change:
    """A field before and after."""

    label: str
    unit: str
    before: SafeString | str
    after: SafeString | str


@dataclass(frozen=True)
class Revision:
    """Who changed what, when."""

    at: datetime
    by: str
    made: bool
    changes: list[Change]


def history_of(record: Record, viewer: Viewer) -> Iterator[Revision]:
    """Give the last changes of a record, the newest first."""
    rows = list(record.history.select_related("history_user")[: CHANGES_SHOWN + 1])
    for new, old in pairwise([*rows, None]):
        made = new.history_type == "+"
        if old is None and not made:
            return
        changes = [] if made else list(changes_between(record, old, new, viewer))
        if made or changes:
            yield Revision(new.history_date, str(new.history_user or ""), made, changes)


def changes_between(record: Record, old: Any, new: Any, viewer: Viewer) -> Iterator[Change]:
    """Give the fields in which two versions of a record differ."""
    for field in record._meta.concrete_fields:
        same = getattr(old, field.attname) == getattr(new, field.attname)
        if field.name in QUIET or same:
            continue
        label, unit = label_of(field)
        before, after = (show_value(field, getattr(one, field.name), viewer) for one in (old, new))
        yield Change(label, unit, before, after)
