"""C3, C4, C6: N/P, currents and energy, against the numbers of the reference study."""

import math
import subprocess
import sys

import pytest

from cells.geometry import Side, c_rate_current, c_rate_of, cell_energy, np_ratio
from samples.recipes import Flag, Quantity, RecipeError, disc_area_cm2

AREA = disc_area_cm2(Quantity(12.0, 0.06))
LFP_LOADING = Quantity(6.0, 0.1)


def side(capacity_mah_g: float, loading_mg_cm2: float, area: Quantity = AREA) -> Side:
    return Side(
        area,
        capacity_mah_g=Quantity(capacity_mah_g, 0.0),
        loading_mg_cm2=Quantity(loading_mg_cm2, 0.01),
    )


def areal(mah_cm2: float, area: Quantity = AREA) -> Side:
    return Side(area, areal_capacity_mah_cm2=Quantity(mah_cm2, 0.01))


def codes(flags: tuple[Flag, ...]) -> list[str]:
    return [flag.code for flag in flags]


@pytest.mark.parametrize(
    ("basis", "si_mah_g", "lfp_mah_g", "low", "high"),
    [
        ("theoretical", 3579, 170, 1.75, 2.46),
        ("measured_first_lithiation", 2973, 162.3, 1.53, 2.14),
        ("measured_reversible", 2081.6, 162.3, 1.07, 1.50),
    ],
)
def test_np_of_micron_silicon_and_lfp_by_basis(
    basis: str, si_mah_g: float, lfp_mah_g: float, low: float, high: float
):
    positive = side(lfp_mah_g, 6.0)

    thin = np_ratio(side(si_mah_g, 0.5), positive, basis)
    thick = np_ratio(side(si_mah_g, 0.7), positive, basis)

    assert thin.value.value == pytest.approx(low, abs=5e-3)
    assert thick.value.value == pytest.approx(high, abs=5e-3)
    assert thin.basis == basis
    assert (thin.negative_area_cm2, thin.positive_area_cm2) == (AREA, AREA)
    assert thin.total_ratio is None


def test_the_basis_moves_np_by_a_factor_of_1_6():
    theoretical = np_ratio(side(3579, 0.5), side(170, 6.0), "theoretical")
    reversible = np_ratio(side(2081.6, 0.5), side(162.3, 6.0), "measured_reversible")

    assert theoretical.value.value / reversible.value.value == pytest.approx(1.6, abs=0.05)


def test_np_adds_relative_uncertainties_in_squares():
    negative = Side(AREA, areal_capacity_mah_cm2=Quantity(1.2, 0.03))
    positive = Side(AREA, None, Quantity(162.3, 2.0), LFP_LOADING)

    value = np_ratio(negative, positive, "measured_reversible").value

    relative = math.hypot(0.03 / 1.2, 2 / 162.3, 0.1 / 6)
    assert value.u / value.value == pytest.approx(relative, rel=1e-9)


@pytest.mark.parametrize(
    ("negative_mah_cm2", "told"),
    [(0.99, ["NP_BELOW_1"]), (1.0, []), (1.2, []), (1.5, []), (1.51, ["NP_ABOVE_1_5"])],
)
def test_too_little_and_too_much_negative_electrode_are_told(
    negative_mah_cm2: float, told: list[str]
):
    result = np_ratio(areal(negative_mah_cm2), areal(1.0), "measured_reversible")

    assert codes(result.flags) == told


def test_prelithiation_is_noted_and_leaves_the_number():
    cycled = np_ratio(areal(1.2), areal(1.0), "measured_reversible", prelithiated=True)

    assert codes(cycled.flags) == ["PRELITHIATED"]
    assert cycled.flags[0].severity == "info"
    assert cycled.value == np_ratio(areal(1.2), areal(1.0), "measured_reversible").value


def test_overhang_is_said_and_the_ratio_of_totals_given():
    wide = disc_area_cm2(Quantity(16.0, 0.06))

    result = np_ratio(areal(1.2, wide), areal(1.0), "measured_reversible")

    assert result.value.value == pytest.approx(1.2, rel=1e-12)
    assert result.total_ratio.value == pytest.approx(1.2 * 16**2 / 12**2, rel=1e-12)
    assert codes(result.flags) == ["AREAS_DIFFER"]
    assert result.flags[0].severity == "info"


def test_a_larger_positive_electrode_is_a_warning():
    wide = disc_area_cm2(Quantity(14.0, 0.06))

    result = np_ratio(areal(1.2), areal(1.0, wide), "measured_reversible")

    assert result.total_ratio.value == pytest.approx(1.2 * 12**2 / 14**2, rel=1e-12)
    assert [(flag.code, flag.severity) for flag in result.flags] == [("AREAS_DIFFER", "warning")]
    assert "edge" in result.flags[0].message


def test_np_without_uncertainty_names_what_is_missing():
    result = np_ratio(Side(AREA, Quantity(1.2)), areal(1.0), "theoretical")

    assert result.value.u is None
    assert codes(result.flags) == ["UNCERTAINTY_INCOMPLETE"]
    assert "the negative areal capacity" in result.flags[0].message


@pytest.mark.parametrize("basis", ["", "guessed"])
def test_np_without_basis_is_refused(basis: str):
    with pytest.raises(RecipeError, match="basis"):
        np_ratio(areal(1.2), areal(1.0), basis)


@pytest.mark.parametrize(
    "wrong",
    [
        Side(AREA),
        Side(AREA, Quantity(1.0), Quantity(3579.0), Quantity(0.6)),
        Side(AREA, capacity_mah_g=Quantity(3579.0)),
        Side(AREA, Quantity(0.0)),
        Side(AREA, None, Quantity(0.0), Quantity(0.6)),
        Side(AREA, None, Quantity(3579.0), Quantity(-0.6)),
        Side(Quantity(0.0), Quantity(1.0)),
    ],
)
def test_impossible_electrodes_are_refused_by_side(wrong: Side):
    with pytest.raises(RecipeError) as negative:
        np_ratio(wrong, areal(1.0), "theoretical")
    with pytest.raises(RecipeError) as positive:
        np_ratio(areal(1.0), wrong, "theoretical")

    assert (negative.value.field, positive.value.field) == ("negative", "positive")


@pytest.mark.parametrize(("c_rate", "density"), [(0.2, 0.9305), (0.3, 1.396)])
def test_current_density_of_the_thick_silicon_electrode(c_rate: float, density: float):
    mass = Quantity(1.3 * AREA.value, 0.0)

    current = c_rate_current(c_rate, 3579, mass, Quantity(AREA.value, 0.0))

    assert current.current_density_ma_cm2.value == pytest.approx(density, abs=5e-4)
    assert current.flags == ()


def test_a_tenth_of_c_of_a_12_mm_disc_is_0_2429_ma():
    current = c_rate_current(0.1, 3579, Quantity(0.6 * AREA.value, 0.01))

    assert current.current_ma.value == pytest.approx(0.2429, abs=5e-5)
    assert current.current_ma.u == pytest.approx(0.3579 * 0.01, rel=1e-9)
    assert current.current_density_ma_cm2 is None


def test_one_c_of_the_pouch_is_16_80_ma():
    current = c_rate_current(1.0, 175, 96.0)

    assert current.current_ma.value == pytest.approx(16.80, rel=1e-12)
    assert codes(current.flags) == ["UNCERTAINTY_INCOMPLETE"]


def test_labels_of_the_paper_are_0_105_and_0_525_c():
    assert c_rate_of(0.376, 3579, 1.0).value == pytest.approx(0.105, abs=5e-4)
    assert c_rate_of(1.880, 3579, 1.0).value == pytest.approx(0.525, abs=5e-4)


def test_the_c_rate_of_a_current_inverts_the_current():
    mass = Quantity(0.6786, 0.02)

    current = c_rate_current(0.37, 3579, mass).current_ma

    assert c_rate_of(Quantity(current.value, 0.0), 3579, mass).value == pytest.approx(0.37)


@pytest.mark.parametrize(
    ("inputs", "field"),
    [
        ((0.0, 3579, 1.0), "c_rate"),
        ((0.1, 0.0, 1.0), "one_c_ma_g"),
        ((0.1, 3579, 0.0), "active_mass_mg"),
        ((0.1, 3579, 1.0, 0.0), "area_cm2"),
    ],
)
def test_impossible_currents_are_refused_by_field(inputs: tuple, field: str):
    with pytest.raises(RecipeError) as refusal:
        c_rate_current(*inputs)

    assert refusal.value.field == field


def test_energy_of_a_stack_is_that_of_all_its_masses():
    """11.7 mAh at 3.0 V over 200 mg: 35.1 mWh, 175.5 Wh/kg."""
    masses = {
        "negative_electrode": Quantity(60.0, 0.0),
        "positive_electrode": Quantity(120.0, 0.0),
        "electrolyte": Quantity(20.0, 2.0),
    }

    energy = cell_energy(Quantity(11.7, 0.0), Quantity(3.0, 0.0), masses)

    assert energy.energy_mwh == Quantity(pytest.approx(35.1), 0.0)
    assert energy.wh_per_kg.value == pytest.approx(175.5, rel=1e-12)
    assert energy.wh_per_kg.u / energy.wh_per_kg.value == pytest.approx(0.01, rel=1e-9)
    assert (energy.label, energy.flags) == ("stack", ())


@pytest.mark.parametrize(
    "masses",
    [
        {"negative_electrode": 60.0, "positive_electrode": 120.0, "electrolyte": None},
        {"negative_electrode": 60.0, "positive_electrode": 120.0},
    ],
)
def test_a_stack_without_every_mass_has_no_energy_per_mass(masses: dict[str, float | None]):
    energy = cell_energy(11.7, 3.0, masses)

    assert energy.wh_per_kg is None
    assert energy.energy_mwh.value == pytest.approx(35.1)
    assert "MASSES_INCOMPLETE" in codes(energy.flags)
    assert "mass of electrolyte" in energy.flags[0].message


def test_active_mass_alone_is_no_stack():
    alone = {"silicon": 9.6, "LFP": 96.0}

    assert cell_energy(11.7, 3.0, alone).wh_per_kg is None

    active = cell_energy(11.7, 3.0, alone, label="active")
    assert active.label == "active"
    assert active.wh_per_kg.value == pytest.approx(1000 * 35.1 / 105.6, rel=1e-12)
    assert "MASSES_INCOMPLETE" not in codes(active.flags)


@pytest.mark.parametrize(
    ("inputs", "field"),
    [
        ((0.0, 3.0, {"LFP": 96.0}, "active"), "capacity_mah"),
        ((11.7, -3.0, {"LFP": 96.0}, "active"), "mean_voltage_v"),
        ((11.7, 3.0, {"LFP": 0.0}, "active"), "LFP"),
        ((11.7, 3.0, {}, "active"), "masses_mg"),
        ((11.7, 3.0, {"LFP": 96.0}, "cell"), "label"),
    ],
)
def test_impossible_energies_are_refused_by_field(inputs: tuple, field: str):
    with pytest.raises(RecipeError) as refusal:
        cell_energy(*inputs)

    assert refusal.value.field == field


def test_calculators_load_without_django():
    code = "import cells.geometry, samples.recipes, sys; print('django' in sys.modules)"

    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert told.stdout.strip() == "False"
