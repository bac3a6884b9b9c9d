"""C2: areas, foil, active mass and loading, against worked examples."""

import math

import pytest

from samples.recipes import (
    Quantity,
    RecipeError,
    disc_area_cm2,
    foil,
    loading,
    rectangle_area_cm2,
    spread,
)
from tests.samples.precursors import codes

PUNCH_U_MM = 0.1 / math.sqrt(3)
AREA = disc_area_cm2(Quantity(12.0, PUNCH_U_MM))
SI_FRACTION = Quantity(70 / 101, 0.003)
FOIL = foil([10.12, 10.15, 10.11, 10.14], AREA).mass_mg_cm2
CAPACITY = Quantity(3579.0, 0.0)


def electrode(coating_mg: float, u_mg: float = 0.006) -> Quantity:
    return Quantity(coating_mg + FOIL.value * AREA.value, u_mg)


@pytest.mark.parametrize(
    ("diameter_mm", "area"), [(10, 0.7854), (12, 1.1310), (14, 1.5394), (16, 2.0106)]
)
def test_areas_of_the_usual_punches(diameter_mm: float, area: float):
    assert disc_area_cm2(Quantity(diameter_mm, 0.1)).value == pytest.approx(area, abs=5e-5)


def test_area_of_the_pouch_is_16_cm2():
    area = rectangle_area_cm2(Quantity(40.0, 0.1), Quantity(40.0, 0.2))

    assert area.value == pytest.approx(16.0, abs=5e-4)
    assert area.u / area.value == pytest.approx(math.hypot(0.1, 0.2) / 40, rel=1e-9)


def test_relative_uncertainty_of_a_disc_is_twice_that_of_its_diameter():
    area = disc_area_cm2(Quantity(12.0, 0.05))

    assert area.u / area.value == pytest.approx(2 * 0.05 / 12, rel=1e-12)
    assert disc_area_cm2(Quantity(12.0)).u is None


def test_twelve_millimetres_at_0_6_hold_0_6786_mg_of_silicon():
    result = loading(electrode(0.979), AREA, FOIL, SI_FRACTION, CAPACITY)

    assert result.coating_mass_mg.value == pytest.approx(0.979, abs=5e-4)
    assert result.active_mass_mg.value == pytest.approx(0.6786, abs=1e-4)
    assert result.active_mass_loading_mg_cm2.value == pytest.approx(0.6, abs=1e-4)
    assert result.areal_capacity_mah_cm2.value == pytest.approx(0.6 * 3.579, abs=1e-3)


def test_a_pressed_milligram_of_composite_has_0_764_mg_of_silicon_per_cm2():
    area = disc_area_cm2(Quantity(10.0, PUNCH_U_MM))

    result = loading(Quantity(1.0, 0.01), area, None, Quantity(0.6, 0.01))

    assert result.active_mass_loading_mg_cm2.value == pytest.approx(0.764, abs=5e-4)
    assert result.areal_capacity_mah_cm2 is None
    assert result.flags == ()


def test_foil_is_the_mean_of_its_blanks_and_one_disc_scatters_by_root_1_plus_1_over_n():
    blanks = foil([10.0, 10.2, 10.4], Quantity(2.0, 0.02))

    assert blanks.n == 3
    assert blanks.sd_mg == pytest.approx(0.2, rel=1e-12)
    assert blanks.mass_mg_cm2.value == pytest.approx(5.1, rel=1e-12)
    assert blanks.mass_mg_cm2.u == pytest.approx(0.2 * math.sqrt(4 / 3) / 2, rel=1e-12)
    assert blanks.other_punch_mg_cm2.u == pytest.approx(
        math.hypot(blanks.mass_mg_cm2.u, 5.1 * 0.01), rel=1e-12
    )
    assert blanks.flags == ()


def test_two_blanks_are_too_few_to_know_the_scatter():
    assert codes(foil([10.0, 10.2], AREA).flags) == ["FOIL_FEW_BLANKS"]


def test_one_blank_leaves_the_uncertainty_open():
    one = foil([10.0], AREA, weighing_u_mg=0.06)

    assert one.sd_mg is None
    assert one.mass_mg_cm2.u is None
    assert codes(one.flags) == ["FOIL_FEW_BLANKS", "UNCERTAINTY_INCOMPLETE"]


def test_equal_readings_of_a_coarse_balance_are_not_equal_discs():
    equal = foil([10.1, 10.1, 10.1], AREA)
    read = foil([10.1, 10.1, 10.1], AREA, weighing_u_mg=0.06)

    assert equal.mass_mg_cm2.u is None
    assert codes(equal.flags) == ["UNCERTAINTY_INCOMPLETE"]
    assert read.mass_mg_cm2.u == pytest.approx(0.06 * math.sqrt(4 / 3) / AREA.value, rel=1e-9)
    assert read.flags == ()


def test_area_of_the_same_punch_cancels_in_the_foil():
    foil_of_large_area = Quantity(9.0, 0.0)
    mass = Quantity(FOIL.value * AREA.value + 1.0, 0.0)

    same = loading(mass, AREA, foil_of_large_area, Quantity(0.8, 0.0))
    other = loading(mass, AREA, foil_of_large_area, Quantity(0.8, 0.0), same_punch=False)

    assert same.coating_mass_mg.u == 0
    assert other.coating_mass_mg.u == pytest.approx(9.0 * AREA.u, rel=1e-9)
    assert other.coating_mass_mg.value == same.coating_mass_mg.value


def test_larger_area_of_another_punch_means_more_foil_and_less_coating():
    """loading = w (m/A - rho): with an own punch, dL/dA = -w m / A^2."""
    mass, rho, w = Quantity(20.0, 0.0), Quantity(9.0, 0.0), Quantity(0.8, 0.0)

    other = loading(mass, AREA, rho, w, same_punch=False).active_mass_loading_mg_cm2
    same = loading(mass, AREA, rho, w).active_mass_loading_mg_cm2

    assert other.u == pytest.approx(0.8 * 20.0 / AREA.value**2 * AREA.u, rel=1e-9)
    assert same.u == pytest.approx(same.value * AREA.u / AREA.value, rel=1e-9)


def test_two_hundredths_of_a_milligram_are_two_percent_of_a_thin_coating():
    result = loading(Quantity(0.979, 0.02), AREA, None, Quantity(70 / 101, 0.0))

    assert result.active_mass_mg.u / result.active_mass_mg.value == pytest.approx(0.02, rel=0.03)
    assert "MASS_NEAR_BALANCE_LIMIT" not in codes(result.flags)


def test_a_coating_known_to_worse_than_three_percent_is_told():
    near = loading(Quantity(0.979, 0.0295), AREA, None, SI_FRACTION)
    good = loading(Quantity(0.979, 0.0293), AREA, None, SI_FRACTION)

    assert codes(near.flags) == ["MASS_NEAR_BALANCE_LIMIT"]
    assert codes(good.flags) == []


@pytest.mark.parametrize(
    ("coating_mg", "spec", "told"),
    [
        (0.979, (0.5, 0.7), []),
        (1.30, (0.5, 0.7), ["LOADING_OUT_OF_SPEC"]),
        (0.70, (0.5, 0.7), ["LOADING_OUT_OF_SPEC"]),
        (0.70, None, []),
    ],
)
def test_loading_outside_the_wanted_range_is_told(
    coating_mg: float, spec: tuple[float, float] | None, told: list[str]
):
    result = loading(
        electrode(coating_mg, 1e-4), AREA, Quantity(FOIL.value, 0.0), SI_FRACTION, spec=spec
    )

    assert codes(result.flags) == told


def test_a_range_without_an_end_is_told_without_it():
    w, area = Quantity(0.7, 0.0), Quantity(1.0, 0.0)

    low = loading(Quantity(0.5, 0.0), area, None, w, spec=(0.5, math.inf))

    assert codes(low.flags) == ["LOADING_OUT_OF_SPEC"]
    assert "0.35 mg/cm2 is outside 0.5 or more" in low.flags[0].message
    assert loading(Quantity(9.0, 0.0), area, None, w, spec=(0.5, math.inf)).flags == ()


def test_limits_of_the_range_belong_to_it():
    w, area = Quantity(0.7, 0.0), Quantity(1.0, 0.0)

    assert loading(Quantity(1.0, 0.0), area, None, w, spec=(0.5, 0.7)).flags == ()
    assert loading(Quantity(1.0, 0.0), area, None, w, spec=(0.7, 0.9)).flags == ()


def test_missing_uncertainties_are_named_where_they_matter():
    result = loading(electrode(0.979), Quantity(AREA.value), FOIL, SI_FRACTION, Quantity(3579.0))

    assert result.active_mass_mg.u is not None
    assert result.active_mass_loading_mg_cm2.u is None
    assert codes(result.flags) == ["UNCERTAINTY_INCOMPLETE"]
    assert "the area and the specific capacity" in result.flags[0].message


@pytest.mark.parametrize("coating_mg", [0.0, -0.5])
def test_an_electrode_not_heavier_than_its_foil_is_refused(coating_mg: float):
    with pytest.raises(RecipeError, match=r"allowed is more than its foil of 10\.13 mg"):
        loading(electrode(coating_mg), AREA, FOIL, SI_FRACTION)


@pytest.mark.parametrize(
    ("inputs", "field"),
    [
        ((Quantity(0.0), AREA, FOIL, SI_FRACTION), "mass_mg"),
        ((Quantity(12.0), Quantity(0.0), FOIL, SI_FRACTION), "area_cm2"),
        ((Quantity(12.0), AREA, Quantity(0.0), SI_FRACTION), "foil_mg_cm2"),
        ((Quantity(12.0), AREA, FOIL, Quantity(69.3)), "active_fraction"),
        ((Quantity(12.0), AREA, FOIL, SI_FRACTION, Quantity(0.0)), "capacity_mah_g"),
        ((Quantity(12.0), AREA, FOIL, SI_FRACTION, None, (0.7, 0.5)), "spec"),
    ],
)
def test_impossible_electrodes_are_refused_by_field(inputs: tuple, field: str):
    with pytest.raises(RecipeError) as refusal:
        loading(*inputs)

    assert refusal.value.field == field


@pytest.mark.parametrize("masses", [[], [10.0, 0.0], [10.0, float("nan")]])
def test_impossible_blanks_are_refused(masses: list[float]):
    with pytest.raises(RecipeError) as refusal:
        foil(masses, AREA)

    assert refusal.value.field == "masses_mg"


@pytest.mark.parametrize("size", [0.0, -12.0, float("inf")])
def test_impossible_sizes_are_refused(size: float):
    with pytest.raises(RecipeError):
        disc_area_cm2(Quantity(size))
    with pytest.raises(RecipeError):
        rectangle_area_cm2(Quantity(40.0), Quantity(size))
    with pytest.raises(RecipeError):
        rectangle_area_cm2(Quantity(size), Quantity(40.0))


def test_spread_has_the_tabulated_t_interval():
    """t(0.975, 4) = 2.776; sd of 1 ... 5 is sqrt(2.5)."""
    result = spread([1.0, 2.0, 3.0, 5.0, 4.0])

    half = 2.776 * math.sqrt(2.5) / math.sqrt(5)
    assert (result.n, result.mean, result.median) == (5, 3.0, 3.0)
    assert result.sd == pytest.approx(math.sqrt(2.5), rel=1e-12)
    assert result.lower_95 == pytest.approx(3 - half, rel=1e-3)
    assert result.upper_95 == pytest.approx(3 + half, rel=1e-3)
    assert result.flags == ()


def test_one_piece_has_no_spread():
    result = spread([0.6])

    assert (result.n, result.mean, result.median) == (1, 0.6, 0.6)
    assert (result.sd, result.lower_95, result.upper_95) == (None, None, None)
    assert codes(result.flags) == ["SINGLE_REPLICATE"]


@pytest.mark.parametrize("values", [[], [1.0, float("nan")]])
def test_spread_of_nothing_is_refused(values: list[float]):
    with pytest.raises(RecipeError):
        spread(values)
