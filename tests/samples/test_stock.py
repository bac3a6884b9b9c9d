"""The ledger of lots: what comes in, what is used, what is counted; never below nothing."""

import threading

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from labsite.access.models import Membership, Project, User
from labsite.access.recording import update_record
from samples.models import Chemical, Consumption, Lot, ProcessStep, StockEntry
from samples.processing import StepDetails, Use, log_step, revise_step
from samples.stock import StockError, amount_in, correct, create_lot, discard, stocktake
from tests.factories import (
    BatchFactory,
    ChemicalFactory,
    LotFactory,
    MembershipFactory,
    ProjectFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def acrylamide(db: None) -> Chemical:
    return ChemicalFactory(short_name="AM", role="monomer", density_g_ml=1.122)


def received(manager: User, amount: float | None, unit: str = "g", **facts: object) -> Lot:
    chemical = facts.pop("chemical", None) or ChemicalFactory(short_name="AM")
    return create_lot(
        lot=Lot(
            chemical=chemical, lot_number="L1", initial_amount=amount, amount_unit=unit, **facts
        ),
        by=manager,
    )


def weigh(project: Project, by: User, *uses: Use, **details: object) -> ProcessStep:
    return log_step(
        sample=BatchFactory(project=project),
        kind=ProcessStep.Kind.WEIGHING,
        by=by,
        details=StepDetails(**details),
        uses=uses,
    )


def entries(lot: Lot) -> list[tuple[str, float, float | None]]:
    rows = lot.stock_entries.order_by("created_at")
    return [(row.kind, row.change, row.remaining) for row in rows]


def left(lot: Lot) -> float | None:
    return Lot.objects.get(pk=lot.pk).remaining_amount


def test_what_is_received_is_the_first_entry(manager: User) -> None:
    lot = received(manager, 100)
    assert left(lot) == 100
    assert entries(lot) == [("initial", 100, 100)]


def test_a_step_takes_from_the_lot_and_the_ledger_says_who_and_for_what(
    project: Project, manager: User, user: User
) -> None:
    lot = received(manager, 100)
    step = weigh(project, user, Use(material=lot, amount=1.7059, unit="g"))
    assert left(lot) == 98.2941
    entry = lot.stock_entries.get(kind="used")
    assert (entry.change, entry.remaining, entry.created_by) == (-1.7059, 98.2941, user)
    assert entry.consumption.step == step
    assert entry.at == step.performed_at


@pytest.mark.parametrize(
    ("held_in", "amount", "unit", "taken"),
    [
        ("g", 250, "mg", 0.25),
        ("mL", 50, "uL", 0.05),
        ("g", 2, "mL", 2.244),
        ("g", 500, "uL", 0.561),
        ("mL", 1.122, "g", 1),
        ("mL", 561, "mg", 0.5),
        ("piece", 3, "piece", 3),
    ],
)
def test_amounts_are_taken_in_the_unit_of_the_lot(
    acrylamide: Chemical, held_in: str, amount: float, unit: str, taken: float
) -> None:
    lot = LotFactory(chemical=acrylamide, amount_unit=held_in)
    assert amount_in(lot, amount, unit) == pytest.approx(taken, rel=1e-12)


def test_volume_from_a_weighed_lot_wants_a_density(project: Project, manager: User) -> None:
    lot = received(manager, 100)
    with pytest.raises(StockError, match="the density of AM is needed"):
        weigh(project, manager, Use(material=lot, amount=2, unit="mL"))
    assert left(lot) == 100


def test_pieces_are_not_weighed(acrylamide: Chemical) -> None:
    lot = LotFactory(chemical=acrylamide, amount_unit="piece")
    with pytest.raises(StockError, match="is counted in pieces; an amount in mg"):
        amount_in(lot, 3, "mg")


def test_more_than_is_held_is_refused_with_a_sentence_and_nothing_is_stored(
    project: Project, manager: User
) -> None:
    lot = received(manager, 1.2)
    enough = received(manager, 5, chemical=ChemicalFactory(short_name="DMAM"))
    uses = [Use(material=enough, amount=1, unit="g"), Use(material=lot, amount=3, unit="g")]
    with pytest.raises(StockError) as refusal:
        weigh(project, manager, *uses)
    assert refusal.value.messages == [f"{lot.code} (AM) holds 1.2 g; 3 g were to be taken."]
    assert refusal.value.lot == lot
    assert (left(lot), left(enough)) == (1.2, 5)
    assert not ProcessStep.objects.exists()
    assert not Consumption.objects.exists()
    assert len(entries(enough)) == 1


def test_a_lot_can_be_emptied_to_the_last_tenth_of_a_milligram(
    project: Project, manager: User
) -> None:
    lot = received(manager, 0.3)
    for _ in range(3):
        weigh(project, manager, Use(material=lot, amount=0.1, unit="g"))
    assert left(lot) == 0


def test_a_lot_of_unknown_amount_keeps_its_ledger_and_is_known_once_it_is_counted(
    project: Project, manager: User
) -> None:
    lot = received(manager, None)
    weigh(project, manager, Use(material=lot, amount=2, unit="g"))
    assert left(lot) is None
    assert entries(lot) == [("used", -2, None)]
    stocktake(lot=lot, counted=7.5, by=manager)
    assert left(lot) == 7.5
    weigh(project, manager, Use(material=lot, amount=2, unit="g"))
    assert left(lot) == 5.5


def test_what_was_not_measured_takes_nothing(project: Project, manager: User) -> None:
    lot = received(manager, 10)
    weigh(project, manager, Use(material=lot, amount=None, unit="g", planned_amount=2))
    assert entries(lot) == [("initial", 10, 10)]


def test_a_corrected_weighing_moves_the_difference(project: Project, manager: User) -> None:
    lot = received(manager, 10)
    edge = weigh(project, manager, Use(material=lot, amount=3, unit="g")).consumptions.get()
    edge.amount, edge.unit = 3500, "mg"
    correct(edge=edge, old_amount=3, old_unit="g", by=manager)
    assert left(lot) == 6.5
    edge.amount = 1000
    entry = correct(edge=edge, old_amount=3500, old_unit="mg", by=manager)
    assert (entry.kind, entry.change, entry.remaining) == ("corrected", 2.5, 9)
    assert correct(edge=edge, old_amount=1, old_unit="g", by=manager) is None
    assert len(entries(lot)) == 4


def test_a_use_gives_back_what_it_took_whatever_the_density_is_by_then(
    project: Project, manager: User, acrylamide: Chemical
) -> None:
    lot = received(manager, 100, chemical=acrylamide)
    step = weigh(project, manager, Use(material=lot, amount=10, unit="mL"))
    assert left(lot) == 88.78
    acrylamide.density_g_ml = 1.2
    acrylamide.save()
    more = Use(material=lot, amount=11, unit="mL")
    step = revise_step(step=step, by=manager, expected_version=1, uses=[more])
    assert left(lot) == pytest.approx(100 - 11 * 1.2)
    acrylamide.density_g_ml = None
    acrylamide.save()
    revise_step(step=step, by=manager, expected_version=2, uses=[])
    assert left(lot) == 100


def test_a_correction_beyond_what_is_held_is_refused(project: Project, manager: User) -> None:
    lot = received(manager, 10)
    edge = weigh(project, manager, Use(material=lot, amount=3, unit="g")).consumptions.get()
    edge.amount = 11
    with pytest.raises(StockError, match=r"holds 7 g; 8 g more were to be taken\."):
        correct(edge=edge, old_amount=3, old_unit="g", by=manager)
    assert left(lot) == 7


def test_a_count_replaces_what_was_thought_and_says_the_difference(manager: User) -> None:
    lot = received(manager, 10)
    entry = stocktake(lot=lot, counted=9.25, by=manager, note="spilled a little")
    assert (entry.change, entry.remaining, entry.note) == (-0.75, 9.25, "spilled a little")
    assert left(lot) == 9.25
    assert stocktake(lot=lot, counted=9.25, by=manager).change == 0


def test_a_use_logged_late_does_not_count_twice_after_a_stocktake(
    project: Project, manager: User
) -> None:
    lot = received(manager, 10)
    before = timezone.now()
    stocktake(lot=lot, counted=2, by=manager)
    use = Use(material=lot, amount=8, unit="g")
    edge = weigh(project, manager, use, performed_at=before).consumptions.get()
    entry = lot.stock_entries.get(kind="used")
    assert (entry.change, entry.remaining) == (0, 2)
    assert entry.note.startswith("8 g, before the count of ")
    edge.amount = 7
    correct(edge=edge, old_amount=8, old_unit="g", by=manager)
    assert left(lot) == 2
    weigh(project, manager, Use(material=lot, amount=0.5, unit="g"))
    assert left(lot) == 1.5


def test_a_use_moved_to_after_the_count_is_taken_in_full(project: Project, manager: User) -> None:
    lot = received(manager, 100)
    before = timezone.now()
    stocktake(lot=lot, counted=50, by=manager)
    use = Use(material=lot, amount=10, unit="g")
    step = weigh(project, manager, use, performed_at=before)
    assert left(lot) == 50
    now = StepDetails(performed_at=timezone.now())
    revise_step(step=step, by=manager, expected_version=1, details=now, uses=[use])
    assert left(lot) == 40


def test_a_correction_of_a_weighing_before_the_count_leaves_the_count(
    project: Project, manager: User
) -> None:
    lot = received(manager, 10)
    edge = weigh(project, manager, Use(material=lot, amount=3, unit="g")).consumptions.get()
    stocktake(lot=lot, counted=6.9, by=manager)
    edge.amount = 3.1
    correct(edge=edge, old_amount=3, old_unit="g", by=manager)
    assert left(lot) == 6.9


def test_all_or_some_is_discarded_with_a_reason(manager: User) -> None:
    lot = received(manager, 10)
    assert discard(lot=lot, by=manager, note="wet", amount=4).change == -4
    assert left(lot) == 6
    assert discard(lot=lot, by=manager, note="expired").change == -6
    assert left(lot) == 0
    assert [kind for kind, *_ in entries(lot)] == ["initial", "discarded", "discarded"]


@pytest.mark.parametrize(
    ("amount", "note", "sentence"),
    [
        (1, " ", "Say why it is discarded."),
        (0, "wet", "Found 0 g; what is discarded must be above 0."),
        (11, "wet", "holds 10 g; 11 g were to be discarded."),
    ],
)
def test_nothing_is_discarded_without_reason_or_beyond_what_is_held(
    manager: User, amount: float, note: str, sentence: str
) -> None:
    lot = received(manager, 10)
    with pytest.raises(ValidationError) as refusal:
        discard(lot=lot, by=manager, note=note, amount=amount)
    assert refusal.value.messages[0].endswith(sentence)
    assert left(lot) == 10


def test_less_than_nothing_cannot_be_counted(manager: User) -> None:
    lot = received(manager, 10)
    with pytest.raises(ValidationError, match="Found -1 g; a lot cannot hold less than nothing"):
        stocktake(lot=lot, counted=-1, by=manager)


def test_only_managers_count_and_discard(manager: User, user: User) -> None:
    lot = received(manager, 10)
    with pytest.raises(PermissionDenied):
        stocktake(lot=lot, counted=1, by=user)
    with pytest.raises(PermissionDenied):
        discard(lot=lot, by=user, note="wet")
    with pytest.raises(PermissionDenied):
        received(user, 10, chemical=lot.chemical)
    assert left(lot) == 10


def test_initial_amount_and_unit_stay_as_received(manager: User) -> None:
    lot = received(manager, 10)
    for name, value in (("initial_amount", 20.0), ("amount_unit", "mL")):
        changed = Lot.objects.get(pk=lot.pk)
        setattr(changed, name, value)
        with pytest.raises(ValidationError) as refusal:
            update_record(record=changed, by=manager, expected_version=1)
        assert list(refusal.value.message_dict) == [name]


def test_an_edit_of_a_lot_leaves_what_was_taken_meanwhile(project: Project, manager: User) -> None:
    lot = received(manager, 10)
    opened = Lot.objects.get(pk=lot.pk)
    weigh(project, manager, Use(material=lot, amount=4, unit="g"))
    opened.location = "glove box 2"
    update_record(record=opened, by=manager, expected_version=1)
    stored = Lot.objects.get(pk=lot.pk)
    assert (stored.location, stored.remaining_amount) == ("glove box 2", 6)


def test_the_ledger_is_never_changed(manager: User) -> None:
    lot = received(manager, 10)
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        StockEntry.objects.filter(lot=lot).update(change=5)
    assert entries(lot) == [("initial", 10, 10)]


def test_the_database_refuses_a_lot_that_holds_less_than_nothing(manager: User) -> None:
    lot = received(manager, 10)
    with pytest.raises(IntegrityError), transaction.atomic():
        Lot.objects.filter(pk=lot.pk).update(remaining_amount=-1)


def two_at_once(*acts: object) -> list[str]:
    """Do all acts at the same time, each in a thread with a connection of its own."""
    said: list[str] = []
    start = threading.Barrier(len(acts))

    def run(act: object) -> None:
        start.wait(timeout=10)
        try:
            act()
            said.append("done")
        except ValidationError as error:
            said.append(error.messages[0])
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return sorted(said)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_take_the_last_gram_one_gets_it_and_the_other_a_sentence() -> None:
    project = ProjectFactory()
    manager = MembershipFactory(project=project, role=Membership.Role.MANAGER).user
    lot = received(manager, 1)
    batches = [BatchFactory(project=project) for _ in range(2)]

    def take_all(batch: object) -> None:
        use = Use(material=lot, amount=1, unit="g")
        log_step(sample=batch, kind="weighing", by=manager, uses=[use])

    said = two_at_once(*(lambda batch=batch: take_all(batch) for batch in batches))
    assert said == [f"{lot.code} (AM) holds 0 g; 1 g were to be taken.", "done"]
    assert left(lot) == 0
    assert entries(lot) == [("initial", 1, 1), ("used", -1, 0)]
    assert ProcessStep.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_many_who_take_several_lots_in_any_order_lose_nothing() -> None:
    project = ProjectFactory()
    manager = MembershipFactory(project=project, role=Membership.Role.MANAGER).user
    lots = [received(manager, 10, chemical=ChemicalFactory(short_name=name)) for name in ("A", "B")]

    def take_both(order: int) -> None:
        uses = [Use(material=lot, amount=0.5, unit="g") for lot in lots[::order]]
        log_step(sample=BatchFactory(project=project), kind="weighing", by=manager, uses=uses)

    assert two_at_once(*(lambda n=n: take_both((-1) ** n) for n in range(8))) == ["done"] * 8
    assert [left(lot) for lot in lots] == [6, 6]
    for lot in lots:
        changes = [change for _, change, _ in entries(lot)]
        assert sum(changes) == left(lot)
