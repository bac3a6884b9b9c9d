"""Services that log what was done to a sample and what it used up."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from labsite.access.models import User
from labsite.access.recording import check_in_use, check_may_edit, create_record
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
    uses = list(uses)
    check_in_use(sample, *(use.material for use in uses))
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

    Raises PermissionDenied, ValidationError when the electrode is in a cell or used up, or when
    something happened to it later.
    """
    at = details.performed_at or timezone.now()
    refuse_unless(electrode, {"pristine", "infiltrated", "harvested"}, at)
    uses = [Use(material=batch, amount=volume_ul, unit=Consumption.Unit.MICROLITRE)]
    with transaction.atomic():
        step = log_step(
            sample=electrode,
            kind=ProcessStep.Kind.INFILTRATION,
            by=by,
            details=replace(details, performed_at=at),
            uses=uses,
        )
        ElectrodeEvent.objects.create(
            electrode=electrode,
            state=ElectrodeEvent.State.INFILTRATED,
            at=at,
            created_by=by,
        )
    return step


def state_of(electrode: Electrode) -> str:
    """Return the state that the electrode's last event says."""
    last = _last_event(electrode)
    return last.state if last is not None else ElectrodeEvent.State.PRISTINE


def _last_event(electrode: Electrode) -> ElectrodeEvent | None:
    """Return what happened last; being made comes first, whatever its date."""
    pristine = ElectrodeEvent.State.PRISTINE
    return max(
        electrode.events.all(),
        key=lambda event: (event.state != pristine, event.at, event.created_at),
        default=None,
    )


def refuse_unless(electrode: Electrode, allowed: set[str], at: datetime) -> None:
    """Raise ValidationError unless the electrode's state is allowed and nothing happened later."""
    check_in_use(electrode)
    last = _last_event(electrode)
    if last is None:
        return
    words = last.get_state_display()
    if last.state not in allowed:
        raise ValidationError(f"Electrode {electrode.code} is {words}; it cannot be used for this.")
    if last.state != ElectrodeEvent.State.PRISTINE and at < last.at:
        raise ValidationError(
            f"Electrode {electrode.code} is {words} since {last.at:%Y-%m-%d %H:%M %Z}; "
            f"found {at:%Y-%m-%d %H:%M %Z} for what comes after, which is earlier."
        )
