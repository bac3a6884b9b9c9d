"""Infiltrations: the dose is said once, the electrode's state follows."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError

from labsite.access.models import Project, User
from samples.models import Electrode, ElectrodeEvent, ProcessStep
from samples.processing import (
    StepDetails,
    Use,
    create_electrode,
    infiltrate_electrode,
    perform_step,
    plan_steps,
    revise_step,
    state_of,
)
from tests.factories import (
    NOON,
    BatchFactory,
    CoatingFactory,
)

pytestmark = pytest.mark.django_db


def pristine(project: Project, by: User) -> Electrode:
    coating = CoatingFactory(project=project)
    disc = Electrode(project=project, coating=coating, diameter_mm=12, made_at=NOON)
    return create_electrode(electrode=disc, by=by)


def test_an_infiltration_says_its_volume_once_and_stores_it_with_the_use(
    project: Project, user: User
) -> None:
    batch = BatchFactory(project=project)
    by_use = infiltrate_electrode(
        electrode=pristine(project, user), batch=batch, by=user, volume_ul=50
    )
    by_quantity = infiltrate_electrode(
        electrode=pristine(project, user),
        batch=batch,
        by=user,
        details=StepDetails(planned={"volume_ul": 60}, actual={"volume_ul": 50}),
    )
    for step in (by_use, by_quantity):
        edge = step.consumptions.get()
        assert (edge.batch, edge.amount, edge.unit) == (batch, 50, "uL")
        assert step.actual == {"volume_ul": 50.0}
    assert by_quantity.consumptions.get().planned_amount == 60
    with pytest.raises(ValidationError, match="drop volume is 50 µL, but 40 µL of EB-"):
        infiltrate_electrode(
            electrode=pristine(project, user),
            batch=batch,
            by=user,
            volume_ul=40,
            details=StepDetails(actual={"volume_ul": 50}),
        )


def test_a_planned_infiltration_changes_the_electrode_when_it_is_done(
    project: Project, user: User
) -> None:
    electrode, batch = pristine(project, user), BatchFactory(project=project)
    plan = [{"kind": "infiltration", "planned": {"volume_ul": 50}}]
    (step,) = plan_steps(sample=electrode, steps=plan, by=user)
    assert state_of(electrode) == "pristine"
    with pytest.raises(ValidationError, match="Say which electrolyte batch"):
        perform_step(step=step, by=user, details=StepDetails(actual={"volume_ul": 50}))
    assert state_of(electrode) == "pristine"
    dose = Use(material=batch, amount=None, unit="uL")
    details = StepDetails(performed_at=NOON, actual={"volume_ul": 45})
    perform_step(step=step, by=user, details=details, uses=[dose])
    assert state_of(Electrode.objects.get(pk=electrode.pk)) == "infiltrated"
    edge = step.consumptions.get()
    assert (edge.amount, edge.planned_amount) == (45, 50)


def test_correcting_an_infiltration_moves_its_event_and_its_dose(
    project: Project, user: User
) -> None:
    electrode, batch = pristine(project, user), BatchFactory(project=project)
    step = infiltrate_electrode(
        electrode=electrode,
        batch=batch,
        by=user,
        volume_ul=50,
        details=StepDetails(performed_at=NOON),
    )
    later = NOON + timedelta(hours=2)
    details = StepDetails(performed_at=later, actual={"volume_ul": 45})
    revise_step(step=step, by=user, expected_version=1, details=details)
    assert electrode.events.get(state="infiltrated").at == later
    assert step.consumptions.get().amount == 45
    other = BatchFactory(project=project)
    revise_step(
        step=step, by=user, expected_version=2, uses=[Use(material=other, amount=40, unit="uL")]
    )
    assert [edge.batch for edge in step.consumptions.all()] == [other]
    assert ProcessStep.objects.get(pk=step.pk).actual == {"volume_ul": 40}


def test_an_infiltration_is_not_moved_past_what_happened_later(
    project: Project, user: User
) -> None:
    electrode = pristine(project, user)
    step = infiltrate_electrode(
        electrode=electrode,
        batch=BatchFactory(project=project),
        by=user,
        details=StepDetails(performed_at=NOON),
    )
    in_cell = NOON + timedelta(hours=1)
    ElectrodeEvent.objects.create(electrode=electrode, state="in_cell", at=in_cell)
    details = StepDetails(performed_at=NOON + timedelta(hours=2))
    with pytest.raises(ValidationError, match="the order of the two would change"):
        revise_step(step=step, by=user, expected_version=1, details=details)


def test_a_time_typed_to_the_minute_comes_after_what_happened_in_that_minute(
    project: Project, user: User
) -> None:
    electrode = pristine(project, user)
    harvested = datetime(2026, 3, 3, 9, 0, 30, tzinfo=UTC)
    ElectrodeEvent.objects.create(electrode=electrode, state="harvested", at=harvested)
    infiltrate_electrode(
        electrode=electrode,
        batch=BatchFactory(project=project),
        by=user,
        details=StepDetails(performed_at=harvested.replace(second=0)),
    )
    assert state_of(Electrode.objects.get(pk=electrode.pk)) == "infiltrated"
