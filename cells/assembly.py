"""Services that put cells together and take them apart."""

from collections.abc import Mapping
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from cells.models import Cell, CellElectrode, CellEvent
from labsite.access.models import User
from labsite.access.recording import check_may_edit, create_record
from samples.models import Electrode, ElectrodeEvent
from samples.processing import refuse_unless


def assemble_cell(*, cell: Cell, electrodes: Mapping[str, Electrode], by: User) -> Cell:
    """Store a new cell with its electrodes by role (negative, positive, reference).

    Raises PermissionDenied, ValidationError when an electrode is in another cell or used up.
    """
    chosen = [electrode.pk for electrode in electrodes.values()]
    if len(chosen) != len(set(chosen)):
        raise ValidationError("One electrode cannot have two roles in a cell.")
    with transaction.atomic():
        create_record(record=cell, by=by)
        for role, electrode in electrodes.items():
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
    if role not in CellElectrode.Role.values:
        raise ValidationError(
            f"Found role {role!r}; allowed are: {', '.join(CellElectrode.Role.values)}."
        )
    refuse_unless(electrode, {"pristine", "infiltrated", "harvested"})
    try:
        with transaction.atomic():
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


def harvest_electrode(*, place: CellElectrode, by: User, at: datetime | None = None) -> Electrode:
    """Take an electrode out of its cell, which ends; its history goes with it.

    Raises PermissionDenied, ValidationError.
    """
    check_may_edit(by, place.cell)
    when = at or timezone.now()
    if when <= place.installed_at:
        raise ValidationError(
            {"at": f"Found {when:%Y-%m-%d %H:%M %Z}; the electrode went into {place.cell.code} "
                   f"at {place.installed_at:%Y-%m-%d %H:%M %Z}."}
        )  # fmt: skip
    with transaction.atomic():
        taken = CellElectrode.objects.filter(pk=place.pk, removed_at__isnull=True).update(
            removed_at=when
        )
        if not taken:
            raise ValidationError(f"Electrode {place.electrode.code} was taken out already.")
        ElectrodeEvent.objects.create(
            electrode=place.electrode,
            state=ElectrodeEvent.State.HARVESTED,
            at=when,
            note=place.cell.code,
            created_by=by,
        )
        CellEvent.objects.create(
            cell=place.cell,
            kind=CellEvent.Kind.OPENED,
            at=when,
            note=place.electrode.code,
            created_by=by,
        )
    return place.electrode
