"""Lots and their ledger in the API."""

import pytest

from samples.models import Lot
from tests import factories as make

pytestmark = pytest.mark.django_db
LOTS, ENTRIES = "/api/v1/lots/", "/api/v1/stock-entries/"


@pytest.fixture
def lot(manage):
    """A lot of 10 g as the API answered it."""
    chemical = make.ChemicalFactory(short_name="AM")
    sent = {"chemical": chemical.code, "lot_number": "L1", "initial_amount": 10}
    return manage.post(LOTS, sent, format="json").json()


def test_a_new_lot_holds_its_initial_amount(lot):
    assert (lot["initial_amount"], lot["remaining_amount"], lot["states"]) == (10, 10, ["in_use"])


def test_what_remains_is_not_sent(manage, lot):
    address = f"{LOTS}{lot['code']}/"
    for sent in ({"remaining_amount": 99}, {"initial_amount": 99}):
        answer = manage.patch(address, {**sent, "version": 1}, format="json")
        stored = Lot.objects.get()
        assert (stored.initial_amount, stored.remaining_amount) == (10, 10)
    assert answer.status_code == 400
    assert "a stocktake says what is there now" in str(answer.json())


def test_a_step_takes_from_the_lot_or_is_refused_as_a_whole(api, project, lot):
    batch = make.BatchFactory(project=project)
    uses = [{"lot": lot["code"], "amount": 2500, "unit": "mg"}]
    sent = {"kind": "mixing", "batch": batch.code, "consumptions": uses}
    assert api.post("/api/v1/steps/", sent, format="json").status_code == 201
    assert api.get(f"{LOTS}{lot['code']}/").json()["remaining_amount"] == 7.5
    uses[0]["unit"] = "g"
    refused = api.post("/api/v1/steps/", sent, format="json")
    assert refused.status_code == 400
    assert f"{lot['code']} (AM) holds 7.5 g; 2500 g were to be taken." in str(refused.json())
    assert batch.steps.count() == 1


def test_the_ledger_is_read_and_filtered(api, manage, project, lot):
    manage.post(f"{LOTS}{lot['code']}/stocktake/", {"counted_amount": 9}, format="json")
    manage.post(f"{LOTS}{lot['code']}/discard/", {"amount": 1, "note": "wet"}, format="json")
    make.LotFactory()
    found = api.get(ENTRIES, {"lot": lot["code"]}).json()["results"]
    assert [(one["kind"], one["change"], one["remaining"]) for one in found] == [
        ("discarded", -1, 8),
        ("stocktake", -1, 9),
        ("initial", 10, 10),
    ]
    assert found[0]["lot"]["code"] == lot["code"]
    kinds = api.get(ENTRIES, {"kind": "stocktake"}).json()["results"]
    assert [one["id"] for one in kinds] == [found[1]["id"]]
    later = api.get(ENTRIES, {"at_after": found[0]["at"]}).json()["results"]
    assert [one["kind"] for one in later] == ["discarded"]
    assert api.post(ENTRIES, {}, format="json").status_code == 405


@pytest.mark.parametrize(
    ("action", "sent", "where"),
    [
        ("stocktake", {"counted_amount": -1}, "counted_amount"),
        ("stocktake", {}, "counted_amount"),
        ("discard", {"amount": 1}, "note"),
        ("discard", {"amount": 11, "note": "wet"}, "holds 10 g; 11 g were to be discarded."),
        ("discard", {"amount": 0, "note": "wet"}, "must be above 0"),
    ],
)
def test_impossible_counts_are_refused(manage, lot, action, sent, where):
    answer = manage.post(f"{LOTS}{lot['code']}/{action}/", sent, format="json")
    assert answer.status_code == 400
    assert where in str(answer.json())
    assert Lot.objects.get().remaining_amount == 10


@pytest.mark.parametrize("action", ["stocktake", "discard"])
def test_members_do_not_count(api, lot, action):
    sent = {"counted_amount": 1} if action == "stocktake" else {"note": "wet"}
    answer = api.post(f"{LOTS}{lot['code']}/{action}/", sent, format="json")
    assert answer.status_code == 403
    assert Lot.objects.get().remaining_amount == 10


def test_a_count_sent_twice_is_stored_once(manage, lot):
    address, key = f"{LOTS}{lot['code']}/stocktake/", {"HTTP_IDEMPOTENCY_KEY": "k"}
    first = manage.post(address, {"counted_amount": 9}, format="json", **key).json()
    second = manage.post(address, {"counted_amount": 9}, format="json", **key).json()
    assert first == second
    assert Lot.objects.get().stock_entries.count() == 2


def test_lots_are_found_by_their_state(api, lot):
    low = make.LotFactory(remaining_amount=1, minimum_amount=2)
    found = api.get(LOTS, {"state": "low"}).json()["results"]
    assert [one["code"] for one in found] == [low.code]
    assert found[0]["states"] == ["low"]
