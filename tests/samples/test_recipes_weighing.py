"""C5 at the balance: what to weigh of each lot and what was mixed."""

import math
from dataclasses import replace

import pytest

from samples.recipes import (
    LotFacts,
    Quantity,
    RecipeError,
    Weighed,
    actual,
    targets,
    to_weigh,
    weigh_out,
    weighing_u,
)
from tests.samples.precursors import PLAN, PURE, SUBSTANCES, codes, weighed

WITH_FEC = replace(PLAN, fec_mass_fraction=0.05, fec_basis="of_total")
PLANNED = targets(WITH_FEC, SUBSTANCES)
LARGE = replace(PLAN, volume_ml=100.0)


def test_one_weighing_is_as_uncertain_as_the_readability_over_root_three():
    assert weighing_u(0.1) == pytest.approx(0.057735, abs=1e-6)
    with pytest.raises(RecipeError):
        weighing_u(0.0)


def test_an_impure_lot_needs_more_of_it():
    lot = LotFacts(Quantity(0.98, 0.004), 200.0)

    mass = to_weigh(Quantity(1.0, 0.003), lot)

    assert mass.value == pytest.approx(1 / 0.98, rel=1e-12)
    assert mass.u / mass.value == pytest.approx(math.hypot(0.003, 0.004 / 0.98), rel=1e-9)


def test_unknown_purity_counts_as_one_and_leaves_the_uncertainty_open():
    assert to_weigh(Quantity(1.0, 0.003), LotFacts()) == Quantity(1.0, None)


@pytest.mark.parametrize("purity", [0.0, -0.5, 1.001, 99.5, float("nan")])
def test_impossible_purity_is_refused(purity: float):
    with pytest.raises(RecipeError, match="purity"):
        to_weigh(Quantity(1.0), LotFacts(Quantity(purity)))


def test_negative_water_is_refused():
    with pytest.raises(RecipeError, match="water of NMA in ppm"):
        actual(WITH_FEC, SUBSTANCES, {"nma": Weighed(Quantity(5.0, 0.0), LotFacts(water_ppm=-1.0))})


def test_table_lists_pure_and_lot_mass_in_weighing_order():
    table = weigh_out(PLANNED, {"nma": LotFacts(Quantity(0.99, 0.001))})

    assert [line.ingredient for line in table.lines] == list(PLANNED.masses_g)
    nma = next(line for line in table.lines if line.ingredient == "nma")
    assert nma.pure_g == PLANNED.masses_g["nma"]
    assert nma.to_weigh_g.value == pytest.approx(5.7529 / 0.99, abs=1e-4)


def test_unknown_purities_are_named_in_one_flag():
    known = dict.fromkeys(PLANNED.masses_g, PURE)

    some = weigh_out(PLANNED, known | {"nma": LotFacts(), "lifsi": LotFacts(water_ppm=20.0)})

    purity = [flag for flag in some.flags if flag.code == "PURITY_UNKNOWN"]
    assert len(purity) == 1
    assert "purity of NMA and LiFSI is" in purity[0].message
    assert "PURITY_UNKNOWN" not in codes(weigh_out(PLANNED, known).flags)


def test_purity_without_uncertainty_is_named():
    lots = dict.fromkeys(PLANNED.masses_g, PURE) | {"am": LotFacts(Quantity(0.99))}

    flags = weigh_out(PLANNED, lots, readability_mg=0.01).flags

    assert codes(flags) == ["UNCERTAINTY_INCOMPLETE"]
    assert "the purity of AM" in flags[0].message


def test_milligrams_of_crosslinker_and_initiator_ask_for_a_stock_solution():
    lots = dict.fromkeys(PLANNED.masses_g, PURE)

    small = [flag for flag in weigh_out(PLANNED, lots).flags if flag.code == "SMALL_WEIGHING"]

    assert [flag.message.split(":")[0] for flag in small] == ["MBAA", "Irgacure 2959"]
    assert codes(weigh_out(PLANNED, lots, readability_mg=0.01).flags) == []
    assert codes(weigh_out(targets(LARGE, SUBSTANCES), lots).flags) == []


def test_ten_milligrams_are_the_limit_at_a_tenth_of_a_milligram():
    just = replace(PLAN, volume_ml=10 * 10.01 / 3.364)
    below = replace(PLAN, volume_ml=10 * 9.99 / 3.364)
    lots = dict.fromkeys(PLANNED.masses_g, PURE)

    assert codes(weigh_out(targets(just, SUBSTANCES), lots, 0.1).flags) == []
    assert codes(weigh_out(targets(below, SUBSTANCES), lots, 0.1).flags) == ["SMALL_WEIGHING"]


def test_readability_must_be_positive():
    with pytest.raises(RecipeError, match="readability_mg"):
        weigh_out(PLANNED, {}, readability_mg=0.0)


def test_impurities_dilute_as_they_are_in_the_flask():
    """10 mL of pure solution plus 1/0.98 - 1 of it as impurity of the same density."""
    impure = {
        one: Weighed(Quantity(mass.value / 0.98, 0.0), LotFacts(Quantity(0.98, 0.0)))
        for one, mass in PLANNED.masses_g.items()
    }

    mixed = actual(WITH_FEC, SUBSTANCES, impure)

    assert mixed.before_fec.mole_fraction_am.value == pytest.approx(0.8, rel=1e-12)
    assert mixed.before_fec.monomer_mol_l.value == pytest.approx(3.0 * 0.98, rel=1e-9)
    assert mixed.after_fec.fec_mass_fraction.value == pytest.approx(0.05 * 0.98, rel=1e-9)
    assert mixed.final_volume_ml.value == pytest.approx(PLANNED.final_volume_ml.value / 0.98)
    assert all(abs(percent) < 1e-9 for percent in mixed.deviations.values())


def test_x_is_that_of_the_pure_monomers():
    """9 g of AM lot at 50 % are 4.5 g of AM."""
    lots = {
        "am": Weighed(Quantity(9.0, 0.0), LotFacts(Quantity(0.5, 0.0))),
        "dmam": Weighed(Quantity(2.0, 0.0), PURE),
    }

    x = actual(PLAN, SUBSTANCES, lots).before_fec.mole_fraction_am.value

    am, dmam = 4.5 / 71.079, 2.0 / 99.133
    assert x == pytest.approx(am / (am + dmam), rel=1e-12)


def test_water_is_the_mass_weighted_mean_of_the_lots():
    dry = weighed(PLANNED.masses_g, LotFacts(Quantity(1.0, 0.0), 10.0))
    wet = dry | {"nma": replace(dry["nma"], lot=LotFacts(Quantity(1.0, 0.0), 500.0))}
    grams = {one: mass.value for one, mass in PLANNED.masses_g.items()}
    whole = sum(grams.values())

    mixed = actual(WITH_FEC, SUBSTANCES, wet)

    expected = (500 * grams["nma"] + 10 * (whole - grams["nma"])) / whole
    assert mixed.after_fec.water_ppm.value == pytest.approx(expected, rel=1e-12)
    assert mixed.before_fec.water_ppm.value > mixed.after_fec.water_ppm.value


def test_water_of_one_lot_unknown_leaves_the_water_unknown():
    lots = weighed(PLANNED.masses_g, LotFacts(Quantity(1.0, 0.0), 10.0))
    lots["lifsi"] = replace(lots["lifsi"], lot=PURE)

    assert actual(WITH_FEC, SUBSTANCES, lots).before_fec.water_ppm is None


def test_only_what_the_weighed_masses_tell_is_told():
    some = {one: w for one, w in weighed(PLANNED.masses_g).items() if one in ("am", "dmam", "nma")}

    mixed = actual(WITH_FEC, SUBSTANCES, some)

    assert mixed.before_fec.mole_fraction_am.value == pytest.approx(0.8, rel=1e-12)
    for name in ("dem_molar_ratio", "monomer_mol_l", "salt_mol_l", "polymer_mass_fraction"):
        assert getattr(mixed.before_fec, name) is None
    assert mixed.before_fec_volume_ml is None
    assert codes(mixed.flags) == ["NOT_YET_WEIGHED"]
    assert "MBAA, Irgacure 2959, LiFSI and FEC" in mixed.flags[0].message


def test_fec_not_yet_added_leaves_the_composition_before_it():
    some = {one: w for one, w in weighed(PLANNED.masses_g).items() if one != "fec"}

    mixed = actual(WITH_FEC, SUBSTANCES, some)

    assert mixed.before_fec.monomer_mol_l.value == pytest.approx(3.0, rel=1e-9)
    assert mixed.after_fec.monomer_mol_l is None
    assert mixed.after_fec.fec_mass_fraction is None
    assert mixed.after_fec.mole_fraction_am.value == pytest.approx(0.8, rel=1e-12)


def test_deviation_above_one_percent_is_told_by_ingredient():
    masses = weighed(PLANNED.masses_g)
    masses["am"] = Weighed(Quantity(1.0101 * masses["am"].mass_g.value, 0.0), PURE)
    masses["nma"] = Weighed(Quantity(0.9901 * masses["nma"].mass_g.value, 0.0), PURE)

    mixed = actual(WITH_FEC, SUBSTANCES, masses)

    assert mixed.deviations["am"] == pytest.approx(1.01, rel=1e-6)
    assert mixed.deviations["nma"] == pytest.approx(-0.99, rel=1e-6)
    assert codes(mixed.flags) == ["DEVIATION"]
    assert mixed.flags[0].message.startswith("AM: weighed 1.01 % more")


def test_too_little_is_a_deviation_too():
    masses = weighed(PLANNED.masses_g)
    masses["dmam"] = Weighed(Quantity(0.98 * masses["dmam"].mass_g.value, 0.0), PURE)

    mixed = actual(WITH_FEC, SUBSTANCES, masses)

    assert codes(mixed.flags) == ["DEVIATION"]
    assert mixed.flags[0].message.startswith("DMAM: weighed 2 % less")


def test_a_mass_counts_once_for_its_amount_and_its_volume():
    """c = (m/M) / (m/rho + V): dc/dm = V / (M (m/rho + V)^2)."""
    substances = SUBSTANCES | {"am": replace(SUBSTANCES["am"], density_g_ml=Quantity(1.122, 0.0))}
    plan = replace(PLAN, mole_fraction_am=1.0, dem_density_g_ml=Quantity(1.2, 0.0))
    planned = targets(plan, substances)
    masses = weighed(planned.masses_g)
    masses["am"] = replace(masses["am"], mass_g=Quantity(masses["am"].mass_g.value, 0.1))

    c = actual(plan, substances, masses).before_fec.monomer_mol_l

    dem_ml = planned.dem_volume_ml.value
    assert c.u == pytest.approx(1000 * 0.1 * dem_ml / 71.079 / 10.0**2, rel=1e-9)


def test_fec_that_was_not_planned_is_counted_and_told():
    masses = weighed(PLANNED.masses_g)

    mixed = actual(PLAN, SUBSTANCES, masses)

    assert codes(mixed.flags) == ["NOT_PLANNED"]
    assert mixed.after_fec.fec_mass_fraction.value == pytest.approx(0.05, rel=1e-9)
    assert mixed.before_fec.monomer_mol_l.value == pytest.approx(3.0, rel=1e-9)
    assert "fec" not in mixed.deviations


def test_assumed_density_is_told_for_what_was_mixed_too():
    mixed = actual(replace(PLAN, dem_density_g_ml=None), SUBSTANCES, weighed(PLANNED.masses_g))

    assert "DENSITY_ASSUMED" in codes(mixed.flags)


def test_unknown_purity_leaves_only_what_depends_on_it_without_uncertainty():
    masses = weighed(PLANNED.masses_g, u_g=1e-4)
    masses["nma"] = replace(masses["nma"], lot=LotFacts())

    mixed = actual(WITH_FEC, SUBSTANCES, masses)

    assert codes(mixed.flags) == ["PURITY_UNKNOWN", "UNCERTAINTY_INCOMPLETE"]
    assert mixed.before_fec.mole_fraction_am.u > 0
    assert mixed.before_fec.monomer_mol_l.u > 0
    assert mixed.before_fec.dem_molar_ratio == Quantity(pytest.approx(4.0), None)


@pytest.mark.parametrize(
    ("masses", "field"),
    [
        ({"am": Weighed(Quantity(0.0, 0.0))}, "am"),
        ({"am": Weighed(Quantity(-1.0, 0.0))}, "am"),
        ({"am": Weighed(Quantity(float("nan"), 0.0))}, "am"),
        ({"sugar": Weighed(Quantity(1.0, 0.0))}, "weighed"),
    ],
)
def test_impossible_weighings_are_refused(masses: dict[str, Weighed], field: str):
    with pytest.raises(RecipeError) as refusal:
        actual(PLAN, SUBSTANCES, masses)

    assert refusal.value.field == field
