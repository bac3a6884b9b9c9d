"""C1: masses and dry composition of slurries, against the electrodes of the reference study."""

import math
from dataclasses import replace

import pytest

from samples.recipes import (
    LotFacts,
    Part,
    Quantity,
    RecipeError,
    paper_si_parts,
    slurry,
    weighed_composition,
)
from tests.samples.precursors import PURE, codes

SI, INTERPRETED = paper_si_parts()
EXACT = Quantity(0.05, 0.0)


def exact(parts: tuple[Part, ...]) -> tuple[Part, ...]:
    return tuple(
        replace(
            one,
            lot=PURE,
            weight_parts=Quantity(float(one.weight_parts), 0.0),
            solution_mass_fraction=EXACT if one.solution_mass_fraction else None,
        )
        for one in parts
    )


def test_a_tenth_of_a_gram_of_silicon_needs_the_published_masses():
    lines = {line.name: line for line in slurry(SI, active="Si", active_mass_g=0.1).lines}

    composite = sum(lines[name].dry_g.value for name in ("Si", "CNT", "SP"))
    assert composite == pytest.approx(0.12143, abs=5e-6)
    assert lines["PAA"].dry_g.value == pytest.approx(0.021429, abs=5e-7)
    assert lines["PAA"].to_weigh_g.value == pytest.approx(0.42857, abs=5e-6)
    assert lines["PVP"].to_weigh_g.value == pytest.approx(1.43e-3, abs=5e-6)
    assert lines["Si"].to_weigh_g.value == pytest.approx(0.1, rel=1e-12)


def test_interpreted_ratio_gives_69_31_percent_silicon():
    result = slurry(SI, active="Si", active_mass_g=0.1)
    shares = {line.name: line.dry_mass_fraction.value for line in result.lines}

    assert result.active_mass_fraction.value == pytest.approx(0.6931, abs=5e-5)
    assert shares["PAA"] == pytest.approx(0.1485, abs=5e-5)
    assert shares["PVP"] == pytest.approx(0.0099, abs=5e-5)
    assert INTERPRETED.code == "RECIPE_INTERPRETED"


def test_literal_ratio_would_be_a_coating_of_surfactant_and_is_told():
    literal = [*SI[:-1], replace(SI[-1], weight_parts=225.0)]

    result = slurry(literal, active="Si", active_mass_g=0.1)

    assert result.active_mass_fraction.value == pytest.approx(0.215, abs=5e-4)
    assert result.lines[-1].dry_mass_fraction.value == pytest.approx(0.69, abs=5e-3)
    assert "ADDITIVE_ABOVE_5_PERCENT" in codes(result.flags)
    assert "ADDITIVE_ABOVE_5_PERCENT" not in codes(slurry(SI, active="Si", active_mass_g=0.1).flags)


@pytest.mark.parametrize(
    ("parts", "active", "fraction"),
    [
        ({"LFP": 8, "AB": 1, "PVDF": 1}, "LFP", 0.8),
        ({"Si": 6, "LPSC": 3, "CNT": 1}, "Si", 0.6),
        ({"LFP": 6, "Li3InCl6": 3, "VGCF": 1}, "LFP", 0.6),
    ],
)
def test_other_recipes_of_the_study(parts: dict[str, float], active: str, fraction: float):
    recipe = [Part(name, weight, "") for name, weight in parts.items()]

    result = slurry(recipe, active=active, dry_mass_g=2.0)

    assert result.active_mass_fraction.value == pytest.approx(fraction, rel=1e-12)
    assert sum(line.dry_g.value for line in result.lines) == pytest.approx(2.0, rel=1e-12)


def test_impurities_stay_in_the_dry_coating():
    """3 parts of 60 % pure active material bring 2 parts of impurity."""
    parts = exact((Part("A", 3.0, "active_material"), Part("B", 5.0, "binder")))
    impure = (replace(parts[0], lot=LotFacts(Quantity(0.6, 0.0))), parts[1])

    result = slurry(impure, active="A", active_mass_g=3.0)

    assert result.lines[0].dry_g.value == pytest.approx(3.0, rel=1e-12)
    assert result.lines[0].to_weigh_g.value == pytest.approx(5.0, rel=1e-12)
    assert [line.dry_mass_fraction.value for line in result.lines] == pytest.approx([0.5, 0.5])
    assert result.active_mass_fraction.value == pytest.approx(0.3, rel=1e-12)
    by_mass = slurry(impure, active="A", dry_mass_g=10.0)
    assert [line.to_weigh_g.value for line in by_mass.lines] == pytest.approx([5.0, 5.0])


def test_exact_parts_have_an_exact_fraction_and_bare_numbers_an_open_one():
    nominal = slurry(SI, active="Si", active_mass_g=0.1)
    certain = slurry(exact(SI), active="Si", active_mass_g=0.1)

    assert certain.active_mass_fraction.u == 0
    assert certain.flags == ()
    assert nominal.active_mass_fraction.u is None
    assert codes(nominal.flags) == ["UNCERTAINTY_INCOMPLETE"]
    assert "the weight parts of PVP" in nominal.flags[0].message


def test_weighed_masses_give_the_real_composition():
    masses = {
        "Si": Quantity(0.70, 1e-4),
        "CNT": Quantity(0.075, 1e-4),
        "SP": Quantity(0.075, 1e-4),
        "PAA": Quantity(3.3, 1e-3),
        "PVP": Quantity(0.010, 1e-4),
    }
    whole = 0.70 + 0.075 + 0.075 + 0.165 + 0.010

    result = weighed_composition(exact(SI), masses, active="Si")

    assert result.active_mass_fraction.value == pytest.approx(0.70 / whole, rel=1e-12)
    assert result.dry_mass_fractions["PAA"].value == pytest.approx(0.165 / whole, rel=1e-12)
    assert result.deviations["PAA"] == pytest.approx(100 * (1.1 * 1.01 / whole - 1), rel=1e-9)
    assert codes(result.flags) == ["DEVIATION"] * 5


def test_weighing_the_plan_gives_the_plan_at_any_scale():
    planned = slurry(exact(SI), active="Si", active_mass_g=0.37)
    masses = {line.name: Quantity(3 * line.to_weigh_g.value, 1e-5) for line in planned.lines}

    result = weighed_composition(exact(SI), masses, active="Si")

    assert result.active_mass_fraction.value == pytest.approx(
        planned.active_mass_fraction.value, rel=1e-12
    )
    assert all(abs(percent) < 1e-9 for percent in result.deviations.values())
    assert result.flags == ()


def test_uncertainty_of_a_share_counts_its_own_mass_in_the_whole():
    """w = a/(a+b): u(w) = sqrt(b^2 u(a)^2 + a^2 u(b)^2) / (a+b)^2."""
    parts = exact((Part("A", 1.0, "active_material"), Part("B", 1.0, "binder")))

    result = weighed_composition(
        parts, {"A": Quantity(3.0, 0.02), "B": Quantity(1.0, 0.03)}, active="A"
    )

    assert result.active_mass_fraction.u == pytest.approx(math.hypot(0.02, 0.09) / 16, rel=1e-12)


def test_solution_of_unknown_uncertainty_is_named():
    parts = [
        replace(one, solution_mass_fraction=0.05) if one.name == "PAA" else one for one in exact(SI)
    ]
    masses = {line.name: line.to_weigh_g for line in slurry(parts, active="Si", dry_mass_g=1).lines}
    exactly = {name: Quantity(mass.value, 0.0) for name, mass in masses.items()}

    result = weighed_composition(parts, exactly, active="Si")

    assert result.active_mass_fraction.u is None
    assert codes(result.flags) == ["UNCERTAINTY_INCOMPLETE"]
    assert "the solution of PAA" in result.flags[0].message


@pytest.mark.parametrize("masses", [{}, {"active_mass_g": 1.0, "dry_mass_g": 1.0}])
def test_exactly_one_mass_is_asked_for(masses: dict[str, float]):
    with pytest.raises(RecipeError, match="either"):
        slurry(SI, active="Si", **masses)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"weight_parts": 0.0}, "PAA"),
        ({"weight_parts": float("nan")}, "PAA"),
        ({"solution_mass_fraction": 0.0}, "PAA"),
        ({"solution_mass_fraction": 5.0}, "PAA"),
        ({"name": "Si"}, "Si"),
        ({"lot": LotFacts(Quantity(1.2))}, "PAA"),
    ],
)
def test_impossible_parts_are_refused_by_name(change: dict[str, object], field: str):
    parts = [replace(one, **change) if one.name == "PAA" else one for one in SI]

    with pytest.raises(RecipeError) as refusal:
        slurry(parts, active="Si", active_mass_g=0.1)

    assert refusal.value.field == field


@pytest.mark.parametrize("mass", [{"active_mass_g": 0.0}, {"dry_mass_g": -1.0}])
def test_a_mass_of_nothing_is_refused(mass: dict[str, float]):
    with pytest.raises(RecipeError, match="above 0"):
        slurry(SI, active="Si", **mass)


def test_the_active_material_must_be_a_part():
    with pytest.raises(RecipeError, match="allowed is Si or CNT"):
        slurry(SI, active="LFP", active_mass_g=0.1)


@pytest.mark.parametrize("masses", [{"Si": Quantity(1.0)}, {"Si": Quantity(0.0)}])
def test_every_component_must_be_weighed(masses: dict[str, Quantity]):
    with pytest.raises(RecipeError):
        weighed_composition(SI, masses, active="Si")
