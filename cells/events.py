"""Service that logs what happened to a cell."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cells.models import Cell, CellEvent
from cells.quantities import EVENT_QUANTITIES, PRESSURE_FIELDS, READ_PRESSURES
from labsite.access.models import User
from labsite.access.recording import (
    check_in_use,
    check_may_edit,
    tell_changed,
    update_record,
)
from labsite.lib.moments import after_that_minute
from labsite.lib.quantities import checked

Kind = CellEvent.Kind
AFTER: Mapping[str, tuple[str, ...]] = {Kind.ENDED: (Kind.OPENED,), Kind.OPENED: ()}
"""What may still happen to a cell after the events that end it."""


def log_event(
    *,
    cell: Cell,
    kind: str,
    at: datetime,
    by: User,
    note: str = "",
    planned: Mapping[str, object] | None = None,
    actual: Mapping[str, object] | None = None,
) -> CellEvent:
    """Store a dated event of a cell; a pressure reading also becomes what the cell says.

    ``planned`` and ``actual`` hold quantities as cells.quantities names them. Raises
    PermissionDenied, ValidationError, also when the event does not fit those before it.
    """
    check_may_edit(by, cell)
    check_in_use(cell)
    event = CellEvent(cell=cell, kind=kind, at=at, note=note, created_by=by)
    _fill(event, {"planned": planned or {}, "actual": actual or {}})
    with transaction.atomic():
        stored: Cell = Cell.objects.select_for_update(of=("self",)).get(pk=cell.pk)
        event.at = after_that_minute(at, [one.at for one in stored.events.all()])
        _check_order(stored, event)
        event.full_clean()
        event.save(force_insert=True)
        if kind == Kind.PRESSURE:
            _take_over(stored, event, by)
        tell_changed(stored)
    return event


def _fill(event: CellEvent, said: Mapping[str, Mapping[str, object]]) -> None:
    """Take over the quantities; raises ValidationError for those not in the catalogue."""
    quantities = EVENT_QUANTITIES.get(event.kind)
    if quantities is None:
        raise ValidationError(
            {
                "kind": _("Found %(kind)s; allowed are: %(kinds)s.")
                % {"kind": repr(event.kind)[:60], "kinds": ", ".join(EVENT_QUANTITIES)}
            }
        )
    for name, values in said.items():
        try:
            setattr(event, name, checked(quantities, values, event.get_kind_display()))
        except ValidationError as error:
            raise ValidationError({name: error.messages}) from error
    if event.kind == Kind.PRESSURE and not set(READ_PRESSURES) & set(event.actual):
        raise ValidationError(
            {"actual": _("Say the pressure that was read: the external or the built-in one.")}
        )


def _check_order(cell: Cell, event: CellEvent) -> None:
    """Raise ValidationError when the event comes before the assembly, or after the end."""
    if event.at < cell.assembled_at.replace(second=0, microsecond=0):
        reason = _("the cell was assembled later, on %(when)s")
        raise _misfit(cell, event, reason % {"when": _shown(cell.assembled_at)})
    for other in cell.events.all():
        words = {"other": other.get_kind_display(), "when": _shown(other.at)}
        if event.kind == other.kind == Kind.ASSEMBLED:
            raise _misfit(cell, event, _("the cell was assembled on %(when)s already") % words)
        if _ends_before(other, event):
            raise _misfit(cell, event, _("the cell is %(other)s since %(when)s") % words)
        if _ends_before(event, other) and other.at != event.at:
            reason = _("“%(other)s” on %(when)s would come after the end of the cell")
            raise _misfit(cell, event, reason % words)


def _ends_before(last: CellEvent, event: CellEvent) -> bool:
    """Tell whether ``event`` comes after one that ends the cell for its kind."""
    return last.kind in AFTER and event.at >= last.at and event.kind not in AFTER[last.kind]


def _misfit(cell: Cell, event: CellEvent, reason: str) -> ValidationError:
    """Return the error: what was found, where, and why it does not fit."""
    words = {
        "code": cell.code,
        "event": event.get_kind_display(),
        "at": _shown(event.at),
        "reason": reason,
    }
    return ValidationError({"at": _("%(code)s: found “%(event)s” on %(at)s; %(reason)s.") % words})


def _shown(at: datetime) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M")


def _take_over(cell: Cell, event: CellEvent, by: User) -> None:
    """Let the cell say what the last reading of its pressure said."""
    if cell.events.filter(kind=Kind.PRESSURE, at__gt=event.at).exists():
        return
    read: dict[str, Any] = {
        name: event.actual[name] for name in PRESSURE_FIELDS if name in event.actual
    }
    if "built_in_pressure_kpa" in read:
        read = {"built_in_pressure_kpa_u": None, "pressure_method": "", **read}
    for name, value in read.items():
        setattr(cell, name, value)
    update_record(record=cell, by=by, expected_version=cell.version)
