"""Pages of lots: received, counted, discarded; what is too much is refused beside its field."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from labsite.access.models import Project, User
from samples.models import Chemical, Lot, ProcessStep
from samples.processing import Use, log_step
from samples.stock import create_lot
from tests.factories import BatchFactory, ChemicalFactory, LotFactory


@pytest.fixture
def boss(client: Client, manager: User) -> Client:
    """A browser in which the manager is signed in."""
    client.force_login(manager)
    return client


@pytest.fixture
def lot(manager: User) -> Lot:
    chemical = ChemicalFactory(short_name="AM", density_g_ml=1.122)
    return create_lot(lot=Lot(chemical=chemical, lot_number="L1", initial_amount=10), by=manager)


def page(lot: Lot, name: str = "detail") -> str:
    return reverse(f"samples:lot-{name}", args=[lot.pk])


def receive(boss: Client, **typed: str) -> object:
    chemical = ChemicalFactory(short_name="DMAM")
    data = {"chemical": chemical.pk, "lot_number": "7", "amount_unit": "g", **typed}
    return boss.post(reverse("samples:lot-add"), data)


@pytest.mark.parametrize(
    ("typed", "unit", "stored"),
    [("500 mg", "g", 0.5), ("0,25 kg", "g", 250), ("250 uL", "mL", 0.25), ("12", "piece", 12)],
)
def test_the_amount_is_typed_in_any_unit_of_its_kind(
    boss: Client, typed: str, unit: str, stored: float
) -> None:
    answer = receive(boss, initial_amount=typed, amount_unit=unit, minimum_amount=typed)
    assert answer.status_code == 302
    lot = Lot.objects.get()
    assert (lot.initial_amount, lot.remaining_amount) == (stored, stored)
    assert lot.minimum_amount == stored
    assert lot.stock_entries.get().kind == "initial"


@pytest.mark.parametrize(
    ("typed", "unit", "sentence"),
    [
        ("5 mL", "g", "“mL” cannot be converted; this field is in g."),
        ("5 g", "piece", "“g” is a unit, but a plain number belongs here."),
        ("-3 g", "g", "greater than or equal to 0"),
    ],
)
def test_an_impossible_amount_is_refused_beside_its_field(
    boss: Client, typed: str, unit: str, sentence: str
) -> None:
    answer = receive(boss, initial_amount=typed, amount_unit=unit)
    (error,) = answer.context["form"].errors["initial_amount"]
    assert sentence in error
    assert f'value="{typed}"' in answer.content.decode()
    assert not Lot.objects.exists()


def test_purity_is_typed_in_percent_with_its_uncertainty(boss: Client) -> None:
    receive(boss, purity_mass_fraction="99.5 %", purity_mass_fraction_u="0.1 %")
    lot = Lot.objects.get()
    assert lot.purity_mass_fraction == pytest.approx(0.995)
    assert lot.purity_mass_fraction_u == pytest.approx(0.001)


def test_what_is_counted_by_the_ledger_is_not_asked_again(boss: Client, lot: Lot) -> None:
    form = boss.get(page(lot, "edit")).context["form"]
    assert not {"initial_amount", "amount_unit", "remaining_amount"} & set(form.fields)
    own = {"chemical": lot.chemical_id, "lot_number": "L2", "minimum_amount": "2000 mg"}
    data = {**own, "version": 1, "initial_amount": "99", "remaining_amount": "99"}
    assert boss.post(page(lot, "edit"), data).status_code == 302
    stored = Lot.objects.get()
    assert (stored.lot_number, stored.minimum_amount) == ("L2", 2)
    assert (stored.initial_amount, stored.remaining_amount) == (10, 10)


def test_a_duplicate_asks_for_number_dates_and_amount_of_its_own(boss: Client, lot: Lot) -> None:
    Lot.objects.update(expires_on="2030-01-01", purity_mass_fraction=0.99)
    initial = boss.get(page(lot, "duplicate")).context["form"].initial
    assert initial["purity_mass_fraction"] == 0.99
    assert not {"lot_number", "expires_on"} & set(initial)


def test_a_stocktake_takes_units_as_typed_and_is_in_the_ledger(boss: Client, lot: Lot) -> None:
    assert "The ledger says 10 g." in boss.get(page(lot, "stocktake")).content.decode()
    answer = boss.post(page(lot, "stocktake"), {"counted": "9250 mg", "note": "spilled"})
    assert answer.url == page(lot)
    shown = boss.get(page(lot)).content.decode()
    ledger = boss.get(page(lot)).context["ledger"]
    assert [(line.word, line.change, line.remaining, line.note) for line in ledger] == [
        ("stocktake", "-0.75", "9.25", "spilled"),
        ("received", "+10", "10", ""),
    ]
    assert "9.25" in shown


def test_a_count_during_which_something_was_taken_is_asked_for_again(
    boss: Client, lot: Lot, manager: User, project: Project
) -> None:
    seen = boss.get(page(lot, "stocktake")).context["form"]["seen"].value()
    use = Use(material=lot, amount=4, unit="g")
    log_step(sample=BatchFactory(project=project), kind="weighing", by=manager, uses=[use])
    typed = {"counted": "10 g", "note": "", "seen": seen}
    refused = boss.post(page(lot, "stocktake"), typed)
    assert "Meanwhile the ledger went to 6 g" in refused.content.decode()
    assert Lot.objects.get().remaining_amount == 6
    again = {**typed, "counted": "5.9 g", "seen": refused.context["form"]["seen"].value()}
    assert boss.post(page(lot, "stocktake"), again).status_code == 302
    assert Lot.objects.get().remaining_amount == 5.9


def test_discarding_wants_a_reason_and_no_more_than_there_is(boss: Client, lot: Lot) -> None:
    form = boss.post(page(lot, "discard"), {"amount": "1 g", "note": ""}).context["form"]
    assert "note" in form.errors
    much = boss.post(page(lot, "discard"), {"amount": "11 g", "note": "wet"}).content.decode()
    assert f"{lot.code} (AM) holds 10 g; 11 g were to be discarded." in much
    assert Lot.objects.get().remaining_amount == 10
    boss.post(page(lot, "discard"), {"amount": "", "note": "expired"})
    assert Lot.objects.get().remaining_amount == 0
    shown = boss.get(page(lot)).content.decode()
    assert "empty" in shown
    assert page(lot, "discard") not in shown


@pytest.mark.parametrize("name", ["stocktake", "discard"])
def test_members_read_the_ledger_but_do_not_count(signed_in: Client, lot: Lot, name: str) -> None:
    assert page(lot, name) not in signed_in.get(page(lot)).content.decode()
    assert signed_in.get(page(lot, name)).status_code == 403
    assert signed_in.post(page(lot, name), {"counted": "1", "note": "x"}).status_code == 403
    assert Lot.objects.get().remaining_amount == 10


def test_a_voided_lot_is_not_counted(boss: Client, lot: Lot) -> None:
    boss.post(page(lot, "void"), {"reason": "wrong bottle"})
    assert page(lot, "stocktake") not in boss.get(page(lot)).content.decode()
    answer = boss.post(page(lot, "stocktake"), {"counted": "1 g"})
    assert "is voided (wrong bottle)" in answer.content.decode()


def test_the_ledger_links_what_used_the_lot_where_the_person_may_read_it(
    signed_in: Client, lot: Lot, manager: User, project: Project
) -> None:
    own, foreign = BatchFactory(project=project), BatchFactory()
    manager.memberships.create(project=foreign.project, role="manager")
    for batch in (own, foreign):
        use = Use(material=lot, amount=1, unit="g")
        log_step(sample=batch, kind="weighing", by=manager, uses=[use])
    last, first, _received = signed_in.get(page(lot)).context["ledger"]
    assert own.code in first.sample
    assert (first.change, first.remaining, first.by) == ("-1", "9", manager)
    assert last.sample == "no access"
    assert foreign.code not in signed_in.get(page(lot)).content.decode()


def test_the_number_of_queries_of_a_lot_does_not_grow_with_its_ledger(
    signed_in: Client, lot: Lot, manager: User, project: Project
) -> None:
    counts = []
    for more in (1, 5):
        for _ in range(more):
            use = Use(material=lot, amount=0.1, unit="g")
            log_step(sample=BatchFactory(project=project), kind="mixing", by=manager, uses=[use])
        with CaptureQueriesContext(connection) as queries:
            signed_in.get(page(lot))
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_more_than_a_lot_holds_is_refused_beside_the_amount_and_nothing_is_stored(
    signed_in: Client, lot: Lot, project: Project
) -> None:
    batch = BatchFactory(project=project)
    other = LotFactory(remaining_amount=5)
    typed = {"kind": "mixing", "performed_at": "2026-03-02T12:00", "note": "stirred",
             "uses-TOTAL_FORMS": "2", "uses-INITIAL_FORMS": "0",
             "uses-0-lot": other.pk, "uses-0-amount": "1", "uses-0-unit": "g",
             "uses-1-lot": lot.pk, "uses-1-amount": "12", "uses-1-unit": "g"}  # fmt: skip
    answer = signed_in.post(reverse("samples:batch-step", args=[batch.pk]), typed)
    sentence = f"{lot.code} (AM) holds 10 g; 12 g were to be taken."
    first, second, *_more = answer.context["form"].rows
    assert not first.errors
    assert second.errors == {"amount": [sentence]}
    assert 'value="12"' in answer.content.decode()
    assert not ProcessStep.objects.exists()
    assert set(Lot.objects.values_list("remaining_amount", flat=True)) == {5, 10}
    assert signed_in.post(
        reverse("samples:batch-step", args=[batch.pk]), {**typed, "uses-1-amount": "10"}
    ).status_code == 302  # fmt: skip
    assert set(Lot.objects.values_list("remaining_amount", flat=True)) == {4, 0}


def test_a_wrong_cas_number_is_told_beside_its_field(boss: Client) -> None:
    data = {"short_name": "AM", "name": "acrylamide", "role": "monomer", "cas_number": "79-06-2"}
    answer = boss.post(reverse("samples:chemical-add"), data)
    (error,) = answer.context["form"].errors["cas_number"]
    assert error.startswith("The check digit of 79-06-2 is wrong")
    assert not Chemical.objects.exists()
