"""Services that plan what is to be done to a sample, log it when it is done, and correct it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Max
from django.utils import timezone
from django.utils.translation import gettext as _

from labsite.access.models import User
from labsite.access.recording import (
    EditConflictError,
    check_in_use,
    check_may_edit,
    create_record,
    raise_version,
    tell_changed,
)
from labsite.lib.moments import after_that_minute
from labsite.lib.quantities import checked
from samples.dosing import VOLUME, infiltrated, with_dose
from samples.models import (
    Coating,
    Consumption,
    Electrode,
    ElectrodeEvent,
    ElectrolyteBatch,
    Film,
    ProcessStep,
)
from samples.punching import derive_active_mass
from samples.quantities import QUANTITIES
from samples.states import mark_infiltrated, move_infiltration
from samples.states import refuse_unless as refuse_unless
from samples.states import state_of as state_of
from samples.usage import Use as Use
from samples.usage import correct_uses, uses_of

Sample = ElectrolyteBatch | Film | Coating | Electrode
FIELD = {ElectrolyteBatch: "batch", Film: "film", Coating: "coating", Electrode: "electrode"}


@dataclass(frozen=True)
class StepDetails:
    """When and how a step was done; quantities as samples.quantities names them.

    What is None stays as it is in a step that is planned or stored already.
    """

    performed_at: datetime | None = None
    planned: Mapping[str, object] | None = None
    actual: Mapping[str, object] | None = None
    note: str | None = None


def plan_steps(
    *, sample: Sample, steps: Sequence[Mapping[str, Any]], by: User
) -> list[ProcessStep]:
    """Store what is to be done to a sample, in order: ``{"kind": ..., "planned": {...}}``.

    Raises PermissionDenied, ValidationError.
    """
    check_may_edit(by, sample)
    check_in_use(sample)
    with transaction.atomic():
        last = sample.steps.aggregate(last=Max("position"))["last"] or 0
        rows = [
            _new_step(sample, said.get("kind", ""), by, StepDetails(planned=said.get("planned")))
            for said in steps
        ]
        for position, step in enumerate(rows, start=last + 1):
            step.performed_at, step.position = None, position
            step.full_clean()
            step.save(force_insert=True)
    return rows


def log_step(
    *,
    sample: Sample,
    kind: str,
    by: User,
    details: StepDetails = StepDetails(),  # noqa: B008 - frozen
    uses: Iterable[Use] = (),
) -> ProcessStep:
    """Store a process step with what it used.

    Raises PermissionDenied, ValidationError, also when a lot holds less than what was used.
    """
    check_may_edit(by, sample)
    check_in_use(sample)
    step = _new_step(sample, kind, by, details)
    step.performed_at = details.performed_at or timezone.now()
    with transaction.atomic():
        _finish(step, list(uses), by)
    return step


def perform_step(
    *,
    step: ProcessStep,
    by: User,
    details: StepDetails = StepDetails(),  # noqa: B008 - frozen
    uses: Iterable[Use] = (),
) -> ProcessStep:
    """Store that a planned step is done, with what it used; one of two people wins.

    Raises PermissionDenied, ValidationError, EditConflictError when it is done already.
    """
    check_may_edit(by, step.sample)
    check_in_use(step.sample)
    at = details.performed_at or timezone.now()
    with transaction.atomic():
        planned = ProcessStep.objects.filter(pk=step.pk, performed_at__isnull=True)
        if not planned.update(performed_at=at, version=F("version") + 1):
            raise EditConflictError(_why_not_planned(step))
        done = ProcessStep.objects.get(pk=step.pk)
        _fill(done, replace(details, performed_at=at))
        _finish(done, list(uses), by)
    return done


def revise_step(
    *,
    step: ProcessStep,
    by: User,
    expected_version: int,
    details: StepDetails = StepDetails(),  # noqa: B008 - frozen
    uses: Iterable[Use] | None = None,
) -> ProcessStep:
    """Correct a step that is done; lots get the differences. ``uses`` None: as they are.

    Raises PermissionDenied, ValidationError, EditConflictError.
    """
    check_may_edit(by, step.sample)
    check_in_use(step.sample)
    with transaction.atomic():
        raise_version(record=step, expected_version=expected_version)
        stored = ProcessStep.objects.get(pk=step.pk)
        if stored.performed_at is None:
            raise ValidationError(
                _("%(step)s is planned, not done yet; say first that it is done.")
                % {"step": _named(stored)}
            )
        before = stored.performed_at
        _fill(stored, details)
        now_used = None if uses is None else list(uses)
        electrode = infiltrated(stored)
        if electrode is not None:
            now_used = _revised_dose(stored, details, now_used)
            move_infiltration(electrode=electrode, old=before, new=stored.performed_at)
        stored.full_clean()
        stored.save()
        if now_used is not None:
            correct_uses(step=stored, uses=now_used, by=by)
            tell_changed(stored.sample)
    return stored


def drop_step(*, step: ProcessStep, by: User) -> None:
    """Take a step off the plan; what is done stays.

    Raises PermissionDenied, EditConflictError when it is done already.
    """
    check_may_edit(by, step.sample)
    with transaction.atomic():
        rows = ProcessStep.objects.select_for_update(of=("self",))
        planned = rows.filter(pk=step.pk, performed_at__isnull=True).first()
        if planned is None:
            raise EditConflictError(_why_not_planned(step))
        planned.delete()


def _new_step(sample: Sample, kind: str, by: User, details: StepDetails) -> ProcessStep:
    step = ProcessStep(kind=kind, created_by=by, **{FIELD[type(sample)]: sample})
    if kind not in QUANTITIES:
        raise ValidationError(
            {
                "kind": _("Found %(kind)s; allowed are: %(kinds)s.")
                % {"kind": repr(kind)[:60], "kinds": ", ".join(QUANTITIES)}
            }
        )
    _fill(step, details)
    return step


def _fill(step: ProcessStep, details: StepDetails) -> None:
    """Take over what is said; raises ValidationError for what the catalogue does not allow."""
    step.performed_at = details.performed_at or step.performed_at
    for name in ("planned", "actual"):
        said = getattr(details, name)
        if said is not None:
            try:
                known = QUANTITIES[step.kind]
                setattr(step, name, checked(known, said, step.get_kind_display()))
            except ValidationError as error:
                raise ValidationError({name: error.messages}) from error
    if details.note is not None:
        step.note = details.note


def _finish(step: ProcessStep, uses: list[Use], by: User) -> None:
    """Store a step that is done, in the caller's transaction."""
    step.performed_by = by
    electrode = infiltrated(step)
    if electrode is not None:
        uses = with_dose(step, uses)
        said = step.performed_at or timezone.now()
        at = after_that_minute(said, [event.at for event in electrode.events.all()])
        step.performed_at = at
        mark_infiltrated(electrode=electrode, at=at, by=by)
    step.full_clean()
    step.save()
    if uses:
        correct_uses(step=step, uses=uses, by=by)
        tell_changed(step.sample)


def _revised_dose(step: ProcessStep, details: StepDetails, uses: list[Use] | None) -> list[Use]:
    """Let volume and use of a corrected infiltration follow whichever was corrected."""
    if uses is None:
        uses = uses_of(step)
        if details.actual is not None and VOLUME in details.actual:
            uses = [
                replace(use, amount=None) if isinstance(use.material, ElectrolyteBatch) else use
                for use in uses
            ]
    elif details.actual is None:
        step.actual.pop(VOLUME, None)
    return with_dose(step, uses)


def _why_not_planned(step: ProcessStep) -> str:
    """Say why a step cannot be done from the plan any more."""
    stored = ProcessStep.objects.select_related("performed_by").filter(pk=step.pk).first()
    if stored is None or stored.performed_at is None:
        return _("%(step)s was taken off the plan meanwhile.") % {"step": _named(step)}
    return _("%(step)s was done already, by %(who)s on %(when)s; correct it there.") % {
        "step": _named(stored),
        "who": stored.performed_by or "–",
        "when": timezone.localtime(stored.performed_at).strftime("%Y-%m-%d %H:%M"),
    }


def _named(step: ProcessStep) -> str:
    words = str(step)
    return words[:1].upper() + words[1:]


def create_electrode(*, electrode: Electrode, by: User) -> Electrode:
    """Store a new electrode as pristine, with its active mass where that follows.

    Raises PermissionDenied, ValidationError.
    """
    derive_active_mass(electrode)
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
    dose = Use(material=batch, amount=volume_ul, unit=Consumption.Unit.MICROLITRE)
    return log_step(
        sample=electrode,
        kind=ProcessStep.Kind.INFILTRATION,
        by=by,
        details=details,
        uses=[dose],
    )
