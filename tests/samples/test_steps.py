"""Process steps: planned, done, corrected; what they use follows in the ledger of the lots."""

import threading

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection

from labsite.access.models import Membership, Project, User
from labsite.access.recording import EditConflictError
from samples.models import Lot, ProcessStep
from samples.processing import (
    StepDetails,
    Use,
    drop_step,
    log_step,
    perform_step,
    plan_steps,
    revise_step,
)
from samples.stock import create_lot
from tests.factories import (
    NOON,
    BatchFactory,
    ChemicalFactory,
    FilmFactory,
    LotFactory,
    MembershipFactory,
    ProjectFactory,
)

pytestmark = pytest.mark.django_db
PLAN = [
    {"kind": "casting", "planned": {"blade_gap_um": 250, "substrate": "FEP"}},
    {"kind": "uv_cure", "planned": {"uv_time_s": 300}},
]


def lot_of(manager: User, amount: float = 10.0) -> Lot:
    chemical = ChemicalFactory(density_g_ml=0.962)
    lot = Lot(chemical=chemical, lot_number="L1", initial_amount=amount, amount_unit="g")
    return create_lot(lot=lot, by=manager)


def left(lot: Lot) -> float | None:
    return Lot.objects.get(pk=lot.pk).remaining_amount


def test_planned_steps_stand_in_order_after_what_is_done(project: Project, user: User) -> None:
    film = FilmFactory(project=project)
    plan_steps(sample=film, steps=PLAN, by=user)
    log_step(sample=film, kind="drying", by=user)
    plan_steps(sample=film, steps=[{"kind": "punching"}], by=user)
    steps = list(film.steps.all())
    assert [step.kind for step in steps] == ["drying", "casting", "uv_cure", "punching"]
    assert [step.position for step in steps] == [0, 1, 2, 3]
    assert [step.performed_at is None for step in steps] == [False, True, True, True]
    assert steps[2].planned == {"uv_time_s": 300.0}


def test_a_plan_with_one_wrong_step_is_not_stored_at_all(project: Project, user: User) -> None:
    film = FilmFactory(project=project)
    with pytest.raises(ValidationError, match="UV curing has no quantity 'time_min'"):
        plan_steps(
            sample=film,
            steps=[*PLAN, {"kind": "uv_cure", "planned": {"time_min": 5}}],
            by=user,
        )
    with pytest.raises(ValidationError, match="Found 'frying'; allowed are: mixing"):
        plan_steps(sample=film, steps=[*PLAN, {"kind": "frying"}], by=user)
    assert not film.steps.exists()


def test_a_planned_step_is_done_with_what_it_used(project: Project, user: User) -> None:
    film = FilmFactory(project=project)
    _cast, cure = plan_steps(sample=film, steps=PLAN, by=user)
    manager = MembershipFactory(project=project, role=Membership.Role.MANAGER).user
    lot = lot_of(manager)
    done = perform_step(
        step=cure,
        by=manager,
        details=StepDetails(performed_at=NOON, actual={"uv_time_s": 310}, note="fan on"),
        uses=[Use(material=lot, amount=2.5, unit="g")],
    )
    stored = ProcessStep.objects.get(pk=cure.pk)
    assert stored == done
    assert (stored.planned, stored.actual) == ({"uv_time_s": 300.0}, {"uv_time_s": 310.0})
    assert (stored.performed_at, stored.performed_by, stored.note) == (NOON, manager, "fan on")
    assert stored.version == 2
    assert left(lot) == 7.5


def test_what_cannot_be_used_leaves_the_step_planned(project: Project, user: User) -> None:
    film = FilmFactory(project=project)
    (cast, _cure) = plan_steps(sample=film, steps=PLAN, by=user)
    manager = MembershipFactory(project=project, role=Membership.Role.MANAGER).user
    lot = lot_of(manager, amount=1)
    with pytest.raises(ValidationError, match="holds 1 g; 2 g were to be taken"):
        perform_step(step=cast, by=user, uses=[Use(material=lot, amount=2, unit="g")])
    stored = ProcessStep.objects.get(pk=cast.pk)
    assert (stored.performed_at, stored.version, stored.consumptions.count()) == (None, 1, 0)
    assert left(lot) == 1


def test_a_step_is_done_once(project: Project, user: User) -> None:
    film = FilmFactory(project=project)
    (_cast, cure) = plan_steps(sample=film, steps=PLAN, by=user)
    perform_step(step=cure, by=user, details=StepDetails(performed_at=NOON))
    with pytest.raises(EditConflictError, match=f"UV curing was done already, by {user} on"):
        perform_step(step=cure, by=user)
    with pytest.raises(EditConflictError, match="UV curing was done already"):
        drop_step(step=cure, by=user)


def test_a_step_is_taken_off_the_plan(project: Project, user: User) -> None:
    film = FilmFactory(project=project)
    cast, cure = plan_steps(sample=film, steps=PLAN, by=user)
    drop_step(step=cast, by=user)
    assert list(film.steps.all()) == [cure]
    with pytest.raises(EditConflictError, match="Casting was taken off the plan meanwhile"):
        perform_step(step=cast, by=user)


def test_a_stranger_and_a_viewer_plan_and_do_nothing(
    project: Project, user: User, viewer: User, stranger: User
) -> None:
    film = FilmFactory(project=project)
    _cast, cure = plan_steps(sample=film, steps=PLAN, by=user)
    for person in (viewer, stranger):
        with pytest.raises(PermissionDenied):
            plan_steps(sample=film, steps=PLAN, by=person)
        with pytest.raises(PermissionDenied):
            perform_step(step=cure, by=person)
        with pytest.raises(PermissionDenied):
            drop_step(step=cure, by=person)
        with pytest.raises(PermissionDenied):
            revise_step(step=cure, by=person, expected_version=1)
    assert film.steps.filter(performed_at=None).count() == 2


def test_a_correction_gives_the_lots_the_differences(
    project: Project, user: User, manager: User
) -> None:
    first, second, third = (lot_of(manager) for _ in range(3))
    step = log_step(
        sample=BatchFactory(project=project),
        kind="weighing",
        by=user,
        uses=[
            Use(material=first, amount=2, unit="g", ingredient="am"),
            Use(material=second, amount=3, unit="g"),
        ],
    )
    revise_step(
        step=step,
        by=user,
        expected_version=1,
        uses=[
            Use(material=first, amount=1500, unit="mg", ingredient="am"),
            Use(material=third, amount=1, unit="mL"),
        ],
    )
    assert (left(first), left(second), left(third)) == (8.5, 10, 10 - 0.962)
    kinds = [entry.kind for entry in first.stock_entries.order_by("created_at")]
    assert kinds == ["initial", "used", "corrected"]
    amounts = {edge.lot: (edge.amount, edge.unit) for edge in step.consumptions.all()}
    assert amounts == {first: (1500, "mg"), second: (0, "g"), third: (1, "mL")}


def test_a_correction_that_a_lot_cannot_give_changes_nothing(
    project: Project, user: User, manager: User
) -> None:
    lot = lot_of(manager, amount=3)
    step = log_step(
        sample=BatchFactory(project=project),
        kind="weighing",
        by=user,
        uses=[Use(material=lot, amount=2, unit="g")],
    )
    with pytest.raises(ValidationError, match="2 g more were to be taken"):
        revise_step(
            step=step,
            by=user,
            expected_version=1,
            details=StepDetails(actual={"balance_readability_mg": 0.1}),
            uses=[Use(material=lot, amount=4, unit="g")],
        )
    stored = ProcessStep.objects.get(pk=step.pk)
    assert (stored.version, stored.actual, stored.consumptions.get().amount) == (1, {}, 2)
    assert left(lot) == 1


def test_a_correction_keeps_what_is_not_said_and_the_history_keeps_what_was(
    project: Project, user: User
) -> None:
    step = log_step(
        sample=FilmFactory(project=project),
        kind="uv_cure",
        by=user,
        details=StepDetails(
            performed_at=NOON,
            planned={"uv_time_s": 300},
            actual={"uv_time_s": 3000, "lamp": "UV LED"},
            note="fan on",
        ),
    )
    actual = {"uv_time_s": 300, "lamp": "UV LED"}
    revise_step(step=step, by=user, expected_version=1, details=StepDetails(actual=actual))
    stored = ProcessStep.objects.get(pk=step.pk)
    assert stored.actual == actual
    assert (stored.performed_at, stored.note) == (NOON, "fan on")
    assert [row.actual["uv_time_s"] for row in stored.history.all()] == [300, 3000]


def test_the_second_of_two_corrections_is_a_conflict(project: Project, user: User) -> None:
    step = log_step(sample=FilmFactory(project=project), kind="uv_cure", by=user)
    details = StepDetails(actual={"uv_time_s": 300})
    revise_step(step=step, by=user, expected_version=1, details=details)
    with pytest.raises(EditConflictError, match="UV curing was changed by somebody else"):
        revise_step(step=step, by=user, expected_version=1, details=StepDetails(actual={}))
    assert ProcessStep.objects.get(pk=step.pk).actual == {"uv_time_s": 300}


def test_a_planned_step_is_not_corrected_but_done(project: Project, user: User) -> None:
    (step, _cure) = plan_steps(sample=FilmFactory(project=project), steps=PLAN, by=user)
    with pytest.raises(ValidationError, match="Casting is planned, not done yet"):
        revise_step(step=step, by=user, expected_version=1)


def test_a_plan_of_what_is_weighed_is_filled_in_when_it_is_done(
    project: Project, user: User, manager: User
) -> None:
    lot = lot_of(manager)
    (step,) = plan_steps(
        sample=BatchFactory(project=project), steps=[{"kind": "weighing"}], by=user
    )
    step.consumptions.create(lot=lot, ingredient="am", planned_amount=1.7, unit="g")
    weighed = Use(material=lot, amount=1.71, unit="g", planned_amount=1.7, ingredient="am")
    perform_step(step=step, by=user, uses=[weighed])
    edge = step.consumptions.get()
    assert (edge.amount, edge.planned_amount) == (1.71, 1.7)
    assert [entry.kind for entry in lot.stock_entries.order_by("created_at")] == ["initial", "used"]


def test_nothing_is_done_to_what_is_voided_nor_made_from_it(project: Project, user: User) -> None:
    film = FilmFactory(project=project, voided_at=NOON, void_reason="torn")
    with pytest.raises(ValidationError, match="is voided"):
        plan_steps(sample=film, steps=PLAN, by=user)
    gone = LotFactory(voided_at=NOON, void_reason="wet")
    with pytest.raises(ValidationError, match="is voided"):
        log_step(
            sample=FilmFactory(project=project),
            kind="drying",
            by=user,
            uses=[Use(material=gone, amount=1, unit="g")],
        )
    assert not ProcessStep.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_who_do_the_same_planned_step_one_wins_and_the_other_is_told() -> None:
    project = ProjectFactory()
    people = [
        MembershipFactory(project=project, role=Membership.Role.MANAGER).user for _ in range(2)
    ]
    lot = lot_of(people[0])
    _cast, cure = plan_steps(sample=FilmFactory(project=project), steps=PLAN, by=people[0])
    said: dict[str, str] = {}
    start = threading.Barrier(2)

    def do(person: User) -> None:
        step = ProcessStep.objects.select_related("film").get(pk=cure.pk)
        start.wait(timeout=10)
        try:
            perform_step(step=step, by=person, uses=[Use(material=lot, amount=1, unit="g")])
            said["done"] = str(person)
        except EditConflictError as error:
            said["refused"] = str(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=do, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert set(said) == {"done", "refused"}
    assert said["refused"].startswith(f"UV curing was done already, by {said['done']} on ")
    assert str(ProcessStep.objects.get(pk=cure.pk).performed_by) == said["done"]
    assert left(lot) == 9
