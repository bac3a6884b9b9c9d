"""Service that logs what happened to a cell."""

from datetime import datetime

from cells.models import Cell, CellEvent
from labsite.access.models import User
from labsite.access.recording import check_in_use, check_may_edit


def log_event(*, cell: Cell, kind: str, at: datetime, by: User, note: str = "") -> CellEvent:
    """Store a dated event of a cell; raises PermissionDenied, ValidationError."""
    check_may_edit(by, cell)
    check_in_use(cell)
    event = CellEvent(cell=cell, kind=kind, at=at, note=note, created_by=by)
    event.full_clean()
    event.save(force_insert=True)
    return event
