"""Services that put cells together and take them apart."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from cells.derived import fill_in
from cells.events import log_event
from cells.models import Cell, CellElectrode, CellEvent
from cells.roles import doubled_electrodes, missing_electrodes
from labsite.access.models import User
from labsite.access.recording import check_in_use, check_may_edit, create_record
from labsite.access.records import Record
from samples.models import Electrode, ElectrodeEvent, ProcessStep
from samples.processing import StepDetails, log_step, refuse_unless


def assemble_cell(*, cell: Cell, electrodes: Mapping[str, Electrode], by: User) -> Cell:
    """Store a new cell with its electrodes by role (negative, positive, reference).

    Area, active mass, 1C and N/P that were not typed are taken from the electrodes. Raises
    PermissionDenied, ValidationError when an electrode is missing, in another cell or used up.
    """
    problems = missing_electrodes(cell.cell_type, cell.format, electrodes)
    problems |= doubled_electrodes(electrodes)
    if problems:
        raise ValidationError(problems)
    fill_in(cell, electrodes)
    with transaction.atomic():
        create_record(record=cell, by=by)
        for role, electrode in sorted(electrodes.items(), key=lambda one: one[1].pk):
            install_electrode(cell=cell, electrode=electrode, role=role, by=by)
        CellEvent.objects.create(
            cell=cell, kind=CellEvent.Kind.ASSEMBLED, at=cell.assembled_at, created_by=by
        )
    return cell


def install_electrode(*, cell: Cell, electrode: Electrode, role: str, by: User) -> CellElectrode:
    """Put an electrode into a cell; the unique constraint decides between two takers.

    Raises PermissionDenied, ValidationError.
    """
    check_may_edit(by, cell)
    check_may_edit(by, electrode)
    check_in_use(cell)
    if role not in CellElectrode.Role.values:
        raise ValidationError(
            f"Found role {role!r}; allowed are: {', '.join(CellElectrode.Role.values)}."
        )
    try:
        with transaction.atomic():
            refuse_unless(electrode, {"pristine", "infiltrated", "harvested"}, cell.assembled_at)
            place = CellElectrode.objects.create(
                cell=cell,
                electrode=electrode,
                role=role,
                installed_at=cell.assembled_at,
                created_by=by,
            )
            ElectrodeEvent.objects.create(
                electrode=electrode,
                state=ElectrodeEvent.State.IN_CELL,
                at=cell.assembled_at,
                note=cell.code,
                created_by=by,
            )
    except IntegrityError as error:
        raise ValidationError(
            f"Electrode {electrode.code} is in another cell, or {cell.code} has a {role} already."
        ) from error
    return place


def harvest_electrode(
    *,
    place: CellElectrode,
    by: User,
    at: datetime | None = None,
    rinse: Mapping[str, object] | None = None,
    note: str = "",
) -> Electrode:
    """Take an electrode out of its cell, which ends; its history goes with it.

    ``rinse`` holds what samples.quantities knows of a harvest. Raises PermissionDenied,
    ValidationError.
    """
    check_may_edit(by, place.cell)
    when = at or timezone.now()
    if _same_minute(when, place.installed_at):
        when = max(when, place.installed_at + timedelta(seconds=1))
    if when <= place.installed_at:
        raise ValidationError(
            {"at": f"Found {when:%Y-%m-%d %H:%M %Z}; the electrode went into {place.cell.code} "
                   f"at {place.installed_at:%Y-%m-%d %H:%M %Z}."}
        )  # fmt: skip
    details = StepDetails(performed_at=when, actual=rinse, note=f"{place.cell.code} {note}".strip())
    with transaction.atomic():
        _take_out(place, when, by, note=place.cell.code)
        log_step(sample=place.electrode, kind=ProcessStep.Kind.HARVEST, by=by, details=details)
        if not place.cell.events.filter(kind=CellEvent.Kind.OPENED).exists():
            kind = CellEvent.Kind.OPENED
            log_event(cell=place.cell, kind=kind, at=when, by=by, note=place.electrode.code)
    return place.electrode


def _same_minute(one: datetime, other: datetime) -> bool:
    """Whether two moments are one on a page, which gives no seconds."""
    return abs(one - other) < timedelta(minutes=1) and one.minute == other.minute


def release_electrodes(record: Record) -> None:
    """Take the electrodes out of a cell that is voided, so that they can be used again."""
    if not isinstance(record, Cell) or record.voided_at is None:
        return
    for place in record.places.filter(removed_at=None).select_related("electrode"):
        when = max(record.voided_at, place.installed_at + timedelta(seconds=1))
        _take_out(place, when, record.voided_by, note=f"{record.code} voided")


def _take_out(place: CellElectrode, at: datetime, by: User | None, note: str) -> None:
    """End an electrode's time in a cell; raises ValidationError when it is over already."""
    taken = CellElectrode.objects.filter(pk=place.pk, removed_at=None).update(removed_at=at)
    if not taken:
        raise ValidationError(f"Electrode {place.electrode.code} was taken out already.")
    ElectrodeEvent.objects.create(
        electrode=place.electrode,
        state=ElectrodeEvent.State.HARVESTED,
        at=at,
        note=note,
        created_by=by,
    )
