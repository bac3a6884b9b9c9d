"""What holds for every recipe: scaling, recovery of the plan, sums of fractions, uncertainties."""

import math
from dataclasses import fields, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samples.recipes import (
    Composition,
    LotFacts,
    Part,
    Plan,
    Quantity,
    Weighed,
    actual,
    loading,
    scaled,
    slurry,
    targets,
    weighed_composition,
)
from tests.samples.precursors import PLAN, SUBSTANCES, weighed

MOLAR = {one: substance.molar_mass_g_mol for one, substance in SUBSTANCES.items()}

steady = settings(database=None, derandomize=True, deadline=None)
"""The same examples in every run."""

shares = st.one_of(st.just(0.0), st.just(1.0), st.floats(0.001, 0.999))
plans = st.builds(
    Plan,
    volume_ml=st.floats(0.1, 1000),
    mole_fraction_am=shares,
    total_monomer_mol_l=st.floats(0.1, 8),
    crosslinker_mmol_l=st.floats(0.1, 10),
    photoinitiator_mmol_l=st.floats(0.1, 10),
    dem_molar_ratio=st.floats(1, 10),
    dem_density_g_ml=st.builds(Quantity, st.floats(1.0, 1.5), st.floats(0, 0.1)),
    concentration_basis=st.sampled_from(["per_litre_solution", "per_litre_dem"]),
    fec_mass_fraction=st.one_of(st.just(0.0), st.floats(0.001, 0.5)),
    fec_basis=st.sampled_from(["of_total", "of_base"]),
)
quantities = st.builds(Quantity, st.floats(1e-3, 1e3), st.one_of(st.none(), st.floats(0, 1e2)))


def grams(plan: Plan) -> dict[str, float]:
    return {one: mass.value for one, mass in targets(plan, SUBSTANCES).masses_g.items()}


def values(composition: Composition) -> dict[str, float]:
    got = {field.name: getattr(composition, field.name) for field in fields(composition)}
    return {name: quantity.value for name, quantity in got.items() if quantity is not None}


@steady
@given(plans, st.floats(0.01, 100))
def test_masses_scale_with_the_volume(plan: Plan, factor: float):
    once, more = grams(plan), grams(scaled(plan, factor))

    assert more == pytest.approx({one: factor * mass for one, mass in once.items()}, rel=1e-9)


@steady
@given(plans)
def test_x_and_the_dem_ratio_are_recovered_from_the_masses(plan: Plan):
    masses = grams(plan)
    am, dmam = masses.get("am", 0.0) / MOLAR["am"], masses.get("dmam", 0.0) / MOLAR["dmam"]

    assert am / (am + dmam) == pytest.approx(plan.mole_fraction_am, rel=1e-12, abs=1e-12)
    assert masses["nma"] / MOLAR["nma"] == pytest.approx(
        plan.dem_molar_ratio * masses["lifsi"] / MOLAR["lifsi"], rel=1e-12
    )


@steady
@given(plans)
def test_target_masses_give_the_nominal_composition_on_every_basis(plan: Plan):
    """The nominal numbers come from the plan, not from the composition of the targets."""
    mixed = actual(plan, SUBSTANCES, weighed(targets(plan, SUBSTANCES).masses_g))

    per_dem = plan.concentration_basis == "per_litre_dem"
    before, after = mixed.before_fec, mixed.after_fec
    litres = plan.volume_ml / 1000
    monomer = before.monomer_mol_l_dem if per_dem else before.monomer_mol_l
    assert monomer.value == pytest.approx(plan.total_monomer_mol_l, rel=1e-9)
    per_monomer = before.crosslinker_mmol_l.value / before.monomer_mol_l.value
    assert per_monomer == pytest.approx(
        plan.crosslinker_mmol_l / plan.total_monomer_mol_l, rel=1e-9
    )
    initiator = after.photoinitiator_mmol_l.value * mixed.final_volume_ml.value / 1000
    assert initiator == pytest.approx(plan.photoinitiator_mmol_l * litres, rel=1e-9)
    assert before.mole_fraction_am.value == pytest.approx(
        plan.mole_fraction_am, rel=1e-9, abs=1e-12
    )
    assert after.dem_molar_ratio.value == pytest.approx(plan.dem_molar_ratio, rel=1e-9)
    f = plan.fec_mass_fraction
    of_total = f if plan.fec_basis == "of_total" else f / (1 + f)
    assert after.fec_mass_fraction.value == pytest.approx(of_total, rel=1e-9)


@steady
@given(plans)
def test_target_masses_have_the_composition_stated_with_them(plan: Plan):
    planned = targets(plan, SUBSTANCES)
    mixed = actual(plan, SUBSTANCES, weighed(planned.masses_g))

    for stated, found in (
        (planned.before_fec, mixed.before_fec),
        (planned.after_fec, mixed.after_fec),
    ):
        assert values(found) == pytest.approx(values(stated), rel=1e-9)
    assert set(mixed.deviations.values()) == {0.0}


@steady
@given(plans, st.lists(st.floats(0, 5000), min_size=7, max_size=7))
def test_purity_of_one_and_known_water_change_nothing_but_the_water(plan: Plan, water: list[float]):
    bare = weighed(targets(plan, SUBSTANCES).masses_g, LotFacts(), 1e-4)
    lots = {
        one: Weighed(entry.mass_g, LotFacts(Quantity(1.0, 0.0), ppm))
        for (one, entry), ppm in zip(bare.items(), water, strict=False)
    }

    without, known = actual(plan, SUBSTANCES, bare), actual(plan, SUBSTANCES, lots)

    for bare_one, known_one in (
        (without.before_fec, known.before_fec),
        (without.after_fec, known.after_fec),
    ):
        assert known_one.water_ppm.value <= max(water) * (1 + 1e-12)
        assert values(replace(known_one, water_ppm=None)) == values(bare_one)
    assert known.deviations == without.deviations


@steady
@given(plans, st.lists(quantities, min_size=7, max_size=7))
def test_uncertainty_of_a_composition_is_never_negative(plan: Plan, masses: list[Quantity]):
    entries = {
        one: Weighed(mass, LotFacts(Quantity(0.99, 0.005)))
        for one, mass in zip(SUBSTANCES, masses, strict=True)
    }

    mixed = actual(plan, SUBSTANCES, entries)

    for composition in (mixed.before_fec, mixed.after_fec):
        for field in fields(composition):
            quantity = getattr(composition, field.name)
            if quantity is not None:
                assert math.isfinite(quantity.value)
                assert quantity.u is None or quantity.u >= 0


@steady
@given(plans, st.floats(0.1, 0.9))
def test_x_depends_on_the_monomers_alone(plan: Plan, factor: float):
    plan = replace(plan, mole_fraction_am=0.8)
    masses = weighed(targets(plan, SUBSTANCES).masses_g, u_g=1e-4)
    less = masses | {
        one: replace(masses[one], mass_g=Quantity(factor * masses[one].mass_g.value))
        for one in ("nma", "lifsi", "crosslinker")
    }

    x = actual(plan, SUBSTANCES, less).before_fec.mole_fraction_am

    assert x == actual(plan, SUBSTANCES, masses).before_fec.mole_fraction_am


parts = st.lists(
    st.tuples(st.floats(0.01, 1000), st.floats(0.5, 1.0), st.none() | st.floats(0.01, 1.0)),
    min_size=1,
    max_size=8,
).map(
    lambda rows: [
        Part(f"part {number}", weight, "binder", solution, LotFacts(Quantity(purity, 0.0)))
        for number, (weight, purity, solution) in enumerate(rows)
    ]
)


@steady
@given(parts, st.floats(1e-3, 1e3), st.floats(0.01, 100))
def test_fractions_of_a_slurry_sum_to_one_and_its_masses_scale(
    recipe: list[Part], grams: float, factor: float
):
    once = slurry(recipe, active="part 0", active_mass_g=grams)
    more = slurry(recipe, active="part 0", active_mass_g=factor * grams)

    assert abs(sum(line.dry_mass_fraction.value for line in once.lines) - 1) <= 1e-9
    for line, larger in zip(once.lines, more.lines, strict=True):
        assert larger.to_weigh_g.value == pytest.approx(factor * line.to_weigh_g.value, rel=1e-9)
        assert larger.dry_mass_fraction == line.dry_mass_fraction


@steady
@given(parts, st.floats(1e-3, 1e3))
def test_a_slurry_weighed_as_planned_has_the_planned_composition(recipe: list[Part], grams: float):
    planned = slurry(recipe, active="part 0", dry_mass_g=grams)
    masses = {line.name: Quantity(line.to_weigh_g.value, 0.0) for line in planned.lines}

    found = weighed_composition(recipe, masses, active="part 0")

    assert abs(sum(share.value for share in found.dry_mass_fractions.values()) - 1) <= 1e-9
    for line in planned.lines:
        share = found.dry_mass_fractions[line.name].value
        assert share == pytest.approx(line.dry_mass_fraction.value, rel=1e-9)
    assert found.active_mass_fraction.value == pytest.approx(
        planned.active_mass_fraction.value, rel=1e-9
    )


@steady
@given(
    st.floats(1.0, 100.0),
    st.floats(0.1, 20.0),
    st.floats(0.1, 1.0),
    st.floats(0.01, 50.0),
    st.booleans(),
)
def test_loading_recovers_the_active_mass_on_any_foil(
    coating_mg: float, area_cm2: float, fraction: float, foil_mg_cm2: float, same_punch: bool
):
    mass = Quantity(coating_mg + foil_mg_cm2 * area_cm2, 0.01)

    found = loading(
        mass,
        Quantity(area_cm2, 0.01),
        Quantity(foil_mg_cm2, 0.01),
        Quantity(fraction, 0.01),
        Quantity(3579.0, 10.0),
        same_punch=same_punch,
    )

    assert found.active_mass_mg.value == pytest.approx(fraction * coating_mg, rel=1e-9)
    assert found.areal_capacity_mah_cm2.value == pytest.approx(
        3.579 * fraction * coating_mg / area_cm2, rel=1e-9
    )
    assert min(found.coating_mass_mg.u, found.active_mass_loading_mg_cm2.u) > 0


def test_the_reference_plan_is_among_the_plans():
    """10 mL of x = 0.8 passes the same recovery with the numbers of the paper."""
    mixed = actual(PLAN, SUBSTANCES, weighed(targets(PLAN, SUBSTANCES).masses_g))

    assert mixed.before_fec.mole_fraction_am.value == pytest.approx(0.8, rel=1e-12)
    assert mixed.before_fec.dem_molar_ratio.value == pytest.approx(4.0, rel=1e-12)
    assert mixed.before_fec.monomer_mol_l.value == pytest.approx(3.0, rel=1e-9)
