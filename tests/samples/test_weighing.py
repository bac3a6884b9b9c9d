"""Services that weigh an electrolyte batch: ledger, corrections, what the masses make."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from labsite.access.recording import EditConflictError, update_record
from samples.processing import Use, log_step
from samples.weighing import KIND, plan_weighing, recalculate, weigh_batch
from samples.weighsteps import weighing_of
from tests import factories
from tests.samples.balance import MASSES_G, RECIPE, batch, lots, weigh

__all__ = ["batch", "lots"]


def test_a_correction_gives_the_difference_back(batch, lots, user):
    weigh(batch, lots, user)
    step = weigh(batch, lots, user, MASSES_G | {"am": 1.6059})
    assert batch.steps.count() == 1
    edge = step.consumptions.get(ingredient="am")
    changes = edge.stock_entries.order_by("created_at").values_list("kind", "change")
    assert list(changes) == [
        ("used", pytest.approx(-1.7059)),
        ("corrected", pytest.approx(0.1)),
    ]
    lots["am"].refresh_from_db()
    assert lots["am"].remaining_amount == pytest.approx(98.3941)
    batch.refresh_from_db()
    moles = (1.6059 / 71.079, 0.5948 / 99.133)
    assert batch.actual_mole_fraction_am == pytest.approx(moles[0] / sum(moles))


def test_another_lot_takes_over_and_the_first_gets_its_mass_back(batch, lots, user):
    weigh(batch, lots, user)
    other = factories.LotFactory(
        chemical=lots["am"].chemical, initial_amount=10.0, remaining_amount=10.0
    )
    weigh(batch, lots | {"am": other}, user)
    lots["am"].refresh_from_db()
    other.refresh_from_db()
    assert (lots["am"].remaining_amount, other.remaining_amount) == (100.0, 8.2941)
    batch.refresh_from_db()
    assert batch.actual_mole_fraction_am == pytest.approx(0.8, abs=1e-4)


def test_a_planned_weighing_is_the_one_that_is_done(batch, lots, user):
    planned = plan_weighing(batch=batch, lots=lots, by=user)
    done = weigh(batch, lots, user)
    assert planned.pk == done.pk
    assert done.consumptions.count() == len(MASSES_G)
    assert plan_weighing(batch=batch, lots=lots, by=user).pk == done.pk


def test_half_a_weighing_tells_what_it_can(batch, lots, user):
    weigh(batch, lots, user, {"am": 1.7059, "dmam": 0.5948})
    batch.refresh_from_db()
    assert batch.actual_mole_fraction_am == pytest.approx(0.8, abs=1e-4)
    assert batch.actual_dem_molar_ratio is None
    assert batch.actual_salt_mol_l is None


def test_a_better_known_purity_recalculates_every_batch_of_the_lot(
    batch, lots, user, manager, django_assert_num_queries
):
    others = [
        factories.BatchFactory(
            project=batch.project, concentration_basis="per_litre_solution", **RECIPE
        )
        for _number in range(2)
    ]
    for one in [batch, *others]:
        weigh(one, lots, user)
    before = batch.actual_mole_fraction_am
    lots["am"].refresh_from_db()
    lots["am"].purity_mass_fraction = 0.9
    update_record(record=lots["am"], by=manager, expected_version=lots["am"].version)
    pure = 0.9 * 1.7059 / 71.079
    x = pure / (pure + 0.5948 / 99.133)
    for one in [batch, *others]:
        one.refresh_from_db()
        assert one.actual_mole_fraction_am == pytest.approx(x, rel=1e-12)
    assert x < before


def test_recalculating_asks_as_often_for_many_batches_as_for_one(
    batch, lots, user, django_assert_num_queries
):
    others = [
        factories.BatchFactory(
            project=batch.project, concentration_basis="per_litre_solution", **RECIPE
        )
        for _number in range(3)
    ]
    for one in [batch, *others]:
        weigh(one, lots, user)
    for rows in ([batch], [batch, *others]):
        for one in rows:
            one.actual_mole_fraction_am = None
        with django_assert_num_queries(6):
            recalculate(rows)


def test_a_corrected_molar_mass_recalculates(batch, lots, user, manager):
    weigh(batch, lots, user)
    chemical = lots["lifsi"].chemical
    chemical.molar_mass_g_mol = 187.06 * 2
    update_record(record=chemical, by=manager, expected_version=chemical.version)
    batch.refresh_from_db()
    assert batch.actual_dem_molar_ratio == pytest.approx(8.0, abs=1e-3)


def test_the_weighing_is_refused_to_those_who_may_only_read(batch, lots, viewer):
    with pytest.raises(PermissionDenied):
        weigh(batch, lots, viewer)


def test_an_older_form_does_not_overwrite_a_weighing(batch, lots, user):
    weigh(batch, lots, user)
    with pytest.raises(EditConflictError):
        weigh(batch, lots, user, {"am": 1.0}, expected_version=0)
    assert weighing_of(batch, KIND).consumptions.get(ingredient="am").amount == 1.7059


@pytest.mark.parametrize(
    ("key", "place", "mass", "sentence"),
    [
        ("water", "am", 1.0, "“water” is no ingredient"),
        ("am", "lifsi", 1.0, "is LiFSI; this is the place of the AM."),
        ("am", "am", -1.0, "Found -1 g; a weighed mass is above 0."),
    ],
)
def test_what_cannot_be_weighed_is_refused_by_place(batch, lots, user, key, place, mass, sentence):
    with pytest.raises(ValidationError) as refused:
        weigh_batch(batch=batch, lots={key: lots[place]}, masses_g={key: mass}, by=user)
    assert sentence in refused.value.message_dict[key][0]


@pytest.mark.parametrize("ingredient", ["am", ""])
def test_two_lots_of_one_ingredient_count_together(batch, lots, user, ingredient):
    other = factories.LotFactory(
        chemical=lots["am"].chemical, purity_mass_fraction=0.9, purity_mass_fraction_u=0.01,
        initial_amount=10.0, remaining_amount=10.0,
    )  # fmt: skip
    masses = [(lots["am"], 1.0), (other, 0.7059), (lots["dmam"], 0.5), (lots["dmam"], 0.0948)]
    uses = [
        Use(material=lot, amount=mass, unit="g", amount_u=0.0, ingredient=key if ingredient else "")
        for (lot, mass), key in zip(masses, ["am", "am", "dmam", "dmam"], strict=True)
    ]
    log_step(sample=batch, kind=KIND, by=user, uses=uses[:3])
    log_step(sample=batch, kind=KIND, by=user, uses=uses[3:])
    batch.refresh_from_db()
    am, dmam = (1.0 + 0.9 * 0.7059) / 71.079, 0.5948 / 99.133
    assert batch.actual_mole_fraction_am == pytest.approx(am / (am + dmam), rel=1e-12)
    slope = 0.7059 / 71.079 * dmam / (am + dmam) ** 2
    assert batch.actual_mole_fraction_am_u == pytest.approx(0.01 * slope, rel=1e-9)


def test_what_was_weighed_in_several_goes_is_not_booked_to_one_lot(batch, lots, user):
    other = factories.LotFactory(
        chemical=lots["am"].chemical, initial_amount=10.0, remaining_amount=10.0
    )
    uses = [Use(material=lot, amount=1.0, unit="g", ingredient="am") for lot in (lots["am"], other)]
    log_step(sample=batch, kind=KIND, by=user, uses=uses)
    with pytest.raises(ValidationError) as refused:
        weigh_batch(batch=batch, lots={"am": lots["am"]}, masses_g={"am": 2.0}, by=user)
    assert "several goes" in refused.value.message_dict["am"][0]
    lots["am"].refresh_from_db()
    other.refresh_from_db()
    assert (lots["am"].remaining_amount, other.remaining_amount) == (99.0, 9.0)
