"""C5: masses of the precursor, against the worked example of the reference study."""

from dataclasses import replace

import pytest

from samples.recipes import Plan, Quantity, RecipeError, scaled, targets
from tests.samples.precursors import PLAN, SUBSTANCES, codes

WITH_FEC = replace(PLAN, fec_mass_fraction=0.05, fec_basis="of_total")
PER_DEM = replace(WITH_FEC, concentration_basis="per_litre_dem")


def grams(plan: Plan) -> dict[str, float]:
    return {one: mass.value for one, mass in targets(plan, SUBSTANCES).masses_g.items()}


def test_ten_millilitres_of_solution_need_the_published_masses():
    masses = grams(WITH_FEC)

    assert list(masses) == ["am", "dmam", "crosslinker", "photoinitiator", "nma", "lifsi", "fec"]
    assert masses["am"] == pytest.approx(1.7059, abs=5e-5)
    assert masses["dmam"] == pytest.approx(0.5948, abs=5e-5)
    assert masses["dmam"] / 0.962 == pytest.approx(0.618, abs=5e-4)
    assert masses["crosslinker"] == pytest.approx(4.625e-3, abs=5e-7)
    assert masses["photoinitiator"] == pytest.approx(3.364e-3, abs=5e-7)
    assert masses["nma"] == pytest.approx(5.7529, abs=5e-5)
    assert masses["lifsi"] == pytest.approx(3.6806, abs=5e-5)
    assert 1000 * masses["lifsi"] / 187.06 == pytest.approx(19.68, abs=5e-3)
    assert masses["fec"] == pytest.approx(0.618, abs=5e-4)


def test_dem_fills_what_the_monomers_leave_of_the_solution():
    result = targets(WITH_FEC, SUBSTANCES)

    assert result.dem_volume_ml.value == pytest.approx(7.861, abs=5e-4)
    assert result.before_fec_volume_ml.value == pytest.approx(10.0, rel=1e-12)
    assert result.final_volume_ml.value == pytest.approx(10.0 + 0.618 / 1.47, abs=5e-4)


def test_salt_is_0_39016_of_the_dem():
    masses = grams(PLAN)

    dem = masses["nma"] + masses["lifsi"]

    assert masses["lifsi"] / dem == pytest.approx(0.39016, abs=5e-6)
    assert masses["nma"] / dem == pytest.approx(0.60984, abs=5e-6)


def test_per_litre_of_dem_needs_the_published_masses():
    masses, result = grams(PER_DEM), targets(PER_DEM, SUBSTANCES)

    assert masses["am"] == pytest.approx(1.7059, abs=5e-5)
    assert masses["dmam"] == pytest.approx(0.5948, abs=5e-5)
    assert masses["nma"] == pytest.approx(7.3181, abs=1e-4)
    assert masses["lifsi"] == pytest.approx(4.6819, abs=1e-4)
    assert masses["fec"] == pytest.approx(0.7531, abs=5e-5)
    assert result.dem_volume_ml == Quantity(10.0, 0.0)
    assert result.before_fec_volume_ml.value == pytest.approx(12.14, abs=5e-3)


def test_per_litre_of_dem_holds_18_percent_less_real_monomer():
    result = targets(PER_DEM, SUBSTANCES)

    real = result.before_fec.monomer_mol_l.value

    assert round(100 * (1 - real / 3.0)) == 18
    assert result.before_fec.monomer_mol_l_dem.value == pytest.approx(3.0, rel=1e-12)
    flag = next(f for f in result.flags if f.code == "CONCENTRATION_PER_LITRE_DEM")
    assert "2.47 mol/L" in flag.message
    assert "18 % less than 3 mol/L" in flag.message


def test_fec_dilutes_three_to_about_2_88_mol_per_litre():
    result = targets(WITH_FEC, SUBSTANCES)

    assert result.before_fec.monomer_mol_l.value == pytest.approx(3.0, rel=1e-12)
    assert result.after_fec.monomer_mol_l.value == pytest.approx(2.88, abs=5e-3)
    assert result.before_fec.fec_mass_fraction == Quantity(0.0, 0.0)
    assert result.after_fec.fec_mass_fraction.value == pytest.approx(0.05, rel=1e-12)


def test_without_fec_nothing_changes_after_it():
    result = targets(PLAN, SUBSTANCES)

    assert "fec" not in result.masses_g
    assert result.after_fec == result.before_fec
    assert result.final_volume_ml == result.before_fec_volume_ml


def test_fec_of_the_base_is_a_share_of_the_mass_before_it():
    masses = grams(replace(WITH_FEC, fec_basis="of_base"))
    base = sum(masses.values()) - masses["fec"]

    assert masses["fec"] / base == pytest.approx(0.05, rel=1e-12)

    after = targets(replace(WITH_FEC, fec_basis="of_base"), SUBSTANCES).after_fec
    assert after.fec_mass_fraction.value == pytest.approx(0.05 / 1.05, rel=1e-12)


@pytest.mark.parametrize(("x", "am_g"), [(0.0, 0.0), (0.5, 1.0662), (0.87, 1.8552), (1.0, 2.1324)])
def test_acrylamide_of_the_series_of_x(x: float, am_g: float):
    masses = grams(replace(PLAN, mole_fraction_am=x))

    assert masses.get("am", 0.0) == pytest.approx(am_g, abs=5e-5)
    assert ("am" in masses) == (x > 0)
    assert ("dmam" in masses) == (x < 1)


def test_denser_crystal_of_acrylamide_leaves_0_23_ml_more_for_dem():
    dense = SUBSTANCES | {"am": replace(SUBSTANCES["am"], density_g_ml=Quantity(1.32))}

    more = targets(PLAN, dense).dem_volume_ml.value - targets(PLAN, SUBSTANCES).dem_volume_ml.value

    assert more == pytest.approx(0.23, abs=5e-3)


def test_polymer_salt_and_lithium_follow_from_the_published_masses():
    before = targets(PLAN, SUBSTANCES).before_fec
    polymer = 1.7059 + 0.5948 + 0.0046
    whole = polymer + 0.0034 + 5.7529 + 3.6806

    assert before.salt_mol_l.value == pytest.approx(1.968, abs=5e-4)
    assert before.li_per_monomer.value == pytest.approx(19.68 / 30, abs=5e-4)
    assert before.polymer_mass_fraction.value == pytest.approx(polymer / whole, abs=5e-5)


def test_the_dem_alone_can_be_planned():
    plan = replace(PLAN, total_monomer_mol_l=0, crosslinker_mmol_l=0, photoinitiator_mmol_l=0)

    result = targets(plan, SUBSTANCES)

    assert list(result.masses_g) == ["nma", "lifsi"]
    assert sum(mass.value for mass in result.masses_g.values()) == pytest.approx(12.0, rel=1e-12)
    assert result.before_fec.mole_fraction_am is None
    assert result.before_fec.li_per_monomer is None
    assert result.before_fec.monomer_mol_l.value == 0


def test_density_not_given_is_taken_as_1_20_and_said():
    assumed = targets(replace(PLAN, dem_density_g_ml=None), SUBSTANCES)

    assert codes(assumed.flags) == ["DENSITY_ASSUMED"]
    assert "1.2 g/mL" in assumed.flags[0].message
    assert grams(replace(PLAN, dem_density_g_ml=None)) == grams(PLAN)
    assert codes(targets(PLAN, SUBSTANCES).flags) == []


def test_density_entered_as_assumed_is_said():
    plan = replace(PLAN, dem_density_assumed=True)

    assert codes(targets(plan, SUBSTANCES).flags) == ["DENSITY_ASSUMED"]


def test_missing_density_of_fec_leaves_masses_and_withholds_volume():
    bare = SUBSTANCES | {"fec": replace(SUBSTANCES["fec"], density_g_ml=None)}

    result = targets(WITH_FEC, bare)

    assert codes(result.flags) == ["DENSITY_MISSING"]
    assert result.final_volume_ml is None
    assert result.after_fec.monomer_mol_l is None
    assert result.after_fec.fec_mass_fraction.value == pytest.approx(0.05, rel=1e-12)
    assert result.before_fec.monomer_mol_l.value == pytest.approx(3.0, rel=1e-12)


def test_missing_uncertainties_are_named_once_and_only_where_they_matter():
    rough = SUBSTANCES | {
        one: replace(SUBSTANCES[one], density_g_ml=Quantity(SUBSTANCES[one].density_g_ml.value))
        for one in ("am", "fec")
    }

    result = targets(WITH_FEC, rough)

    assert codes(result.flags) == ["UNCERTAINTY_INCOMPLETE"]
    assert "the density of AM and the density of FEC" in result.flags[0].message
    assert result.before_fec.monomer_mol_l.u is None
    assert result.before_fec.monomer_mol_l_dem.u == pytest.approx(
        3.0 * 10 / 7.8613 * 0.025, rel=1e-4
    )


def test_much_crosslinker_takes_a_volume_that_is_not_counted():
    much = targets(replace(PLAN, crosslinker_mmol_l=60), SUBSTANCES)

    assert codes(much.flags) == ["SOLUTE_VOLUME_NEGLECTED"]


def test_scaling_the_plan_scales_the_volume():
    assert scaled(PLAN, 2.5) == replace(PLAN, volume_ml=25.0)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"concentration_basis": ""}, "concentration_basis"),
        ({"concentration_basis": "per_kg"}, "concentration_basis"),
        ({"fec_mass_fraction": 0.05}, "fec_basis"),
        ({"fec_mass_fraction": 1.0, "fec_basis": "of_total"}, "fec_mass_fraction"),
        ({"fec_mass_fraction": -0.1}, "fec_mass_fraction"),
        ({"volume_ml": 0.0}, "volume_ml"),
        ({"volume_ml": float("nan")}, "volume_ml"),
        ({"volume_ml": float("inf")}, "volume_ml"),
        ({"mole_fraction_am": 1.01}, "mole_fraction_am"),
        ({"mole_fraction_am": float("nan")}, "mole_fraction_am"),
        ({"total_monomer_mol_l": -3.0}, "total_monomer_mol_l"),
        ({"crosslinker_mmol_l": -1.0}, "crosslinker_mmol_l"),
        ({"photoinitiator_mmol_l": float("nan")}, "photoinitiator_mmol_l"),
        ({"dem_molar_ratio": 0.0}, "dem_molar_ratio"),
        ({"dem_density_g_ml": Quantity(0.0, 0.03)}, "dem_density_g_ml"),
        ({"total_monomer_mol_l": 15.0}, "total_monomer_mol_l"),
    ],
)
def test_impossible_plans_are_refused_by_field(change: dict[str, object], field: str):
    with pytest.raises(RecipeError) as refusal:
        targets(replace(PLAN, **change), SUBSTANCES)

    assert refusal.value.field == field
    assert "allowed" in refusal.value.message


def test_monomers_that_overfill_the_volume_are_told_with_the_limit():
    with pytest.raises(RecipeError, match=r"take 10\.7 mL of 10 mL; allowed is less than 14"):
        targets(replace(PLAN, total_monomer_mol_l=15.0), SUBSTANCES)


@pytest.mark.parametrize(
    ("ingredient", "change"),
    [
        ("am", {"molar_mass_g_mol": 0.0}),
        ("lifsi", {"molar_mass_g_mol": -187.06}),
        ("am", {"density_g_ml": Quantity(0.0)}),
        ("dmam", {"density_g_ml": Quantity(-0.962)}),
        ("dmam", {"density_g_ml": None}),
    ],
)
def test_impossible_substances_are_refused_by_ingredient(ingredient: str, change: dict):
    wrong = SUBSTANCES | {ingredient: replace(SUBSTANCES[ingredient], **change)}

    with pytest.raises(RecipeError) as refusal:
        targets(PLAN, wrong)

    assert refusal.value.field == ingredient


def test_a_negative_uncertainty_is_refused():
    with pytest.raises(RecipeError, match="uncertainty of the density of the DEM"):
        targets(replace(PLAN, dem_density_g_ml=Quantity(1.2, -0.03)), SUBSTANCES)


def test_a_missing_substance_is_asked_for():
    rest = {one: substance for one, substance in SUBSTANCES.items() if one != "fec"}

    with pytest.raises(RecipeError, match="fec"):
        targets(WITH_FEC, rest)
    assert "fec" not in targets(PLAN, rest).masses_g
