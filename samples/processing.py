"""Services that log what was done to a sample and what it used up."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from labsite.access.models import User
from labsite.access.recording import check_may_edit, create_record
from samples.models import (
    Coating,
    Consumption,
    Electrode,
    ElectrodeEvent,
    ElectrolyteBatch,
    Film,
    Lot,
    ProcessStep,
)

Sample = ElectrolyteBatch | Film | Coating | Electrode
FIELD = {ElectrolyteBatch: "batch", Film: "film", Coating: "coating", Electrode: "electrode"}


@dataclass(frozen=True)
class Use:
    """How much of a lot, or of an electrolyte batch, a step used."""

    material: Lot | ElectrolyteBatch
    amount: float | None
    unit: str
    amount_u: float | None = None
    planned_amount: float | None = None


@dataclass(frozen=True)
class StepDetails:
    """When and how a step was done; quantities with the unit in the name."""

    performed_at: datetime | None = None
    planned: Mapping[str, object] | None = None
    actual: Mapping[str, object] | None = None
    note: str = ""


def log_step(
    *,
    sample: Sample,
    kind: str,
    by: User,
    details: StepDetails = StepDetails(),  # noqa: B008 - frozen
    uses: Iterable[Use] = (),
) -> ProcessStep:
    """Store a process step with its consumption; raises PermissionDenied, ValidationError."""
    check_may_edit(by, sample)
    with transaction.atomic():
        step = ProcessStep(
            kind=kind,
            performed_at=details.performed_at or timezone.now(),
            performed_by=by,
            planned=dict(details.planned or {}),
            actual=dict(details.actual or {}),
            note=details.note,
            created_by=by,
            **{FIELD[type(sample)]: sample},
        )
        step.full_clean()
        step.save(force_insert=True)
        for use in uses:
            _log_use(step, use, by)
    return step


def _log_use(step: ProcessStep, use: Use, by: User) -> None:
    edge = Consumption(
        step=step,
        lot=use.material if isinstance(use.material, Lot) else None,
        batch=use.material if isinstance(use.material, ElectrolyteBatch) else None,
        planned_amount=use.planned_amount,
        amount=use.amount,
        amount_u=use.amount_u,
        unit=use.unit,
        created_by=by,
    )
    edge.full_clean()
    edge.save(force_insert=True)


def create_electrode(*, electrode: Electrode, by: User) -> Electrode:
    """Store a new electrode as pristine; raises PermissionDenied, ValidationError."""
    with transaction.atomic():
        create_record(record=electrode, by=by)
        ElectrodeEvent.objects.create(
            electrode=electrode,
            state=ElectrodeEvent.State.PRISTINE,
            at=electrode.made_at,
            created_by=by,
        )
    return electrode


def infiltrate_electrode(
    *,
    electrode: Electrode,
    batch: ElectrolyteBatch,
    by: User,
    volume_ul: float | None = None,
    details: StepDetails = StepDetails(),  # noqa: B008 - frozen
) -> ProcessStep:
    """Log that an electrode was infiltrated with a batch of electrolyte.

    Raises PermissionDenied, ValidationError when the electrode is in a cell or used up.
    """
    refuse_unless(electrode, {"pristine", "infiltrated", "harvested"})
    uses = [Use(material=batch, amount=volume_ul, unit=Consumption.Unit.MICROLITRE)]
    with transaction.atomic():
        step = log_step(
            sample=electrode,
            kind=ProcessStep.Kind.INFILTRATION,
            by=by,
            details=details,
            uses=uses,
        )
        ElectrodeEvent.objects.create(
            electrode=electrode,
            state=ElectrodeEvent.State.INFILTRATED,
            at=step.performed_at,
            created_by=by,
        )
    return step


def state_of(electrode: Electrode) -> str:
    """Return the state that the electrode's last event says."""
    last = max(electrode.events.all(), key=lambda event: (event.at, event.created_at), default=None)
    return last.state if last is not None else ElectrodeEvent.State.PRISTINE


def refuse_unless(electrode: Electrode, allowed: set[str]) -> None:
    """Raise ValidationError unless the electrode's state is one of the allowed."""
    state = state_of(electrode)
    if state not in allowed:
        words = ElectrodeEvent.State(state).label
        raise ValidationError(f"Electrode {electrode.code} is {words}; it cannot be used for this.")
