"""Conductivity over temperature (A02): the paper's law, its uncertainty, real electrolytes."""

import csv
import math
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from analysis.science.fitting import FitError
from analysis.science.temperature import BOLTZMANN_EV_K, fit_arrhenius, fit_vtf, hysteresis
from analysis.science.uncertainty import from_logarithm

KELVIN = 273.15
CELSIUS = np.array([-20, -10, 0, 10, 25, 40, 50, 60, 70, 80.0])
TEMPERATURE = CELSIUS + KELVIN
PREFACTOR, ENERGY_EV, VOGEL_K = 26.84, 0.076570, 164.65
TABLE_MS_CM = np.array([0.07358, 0.2000, 0.4508, 0.8838, 2.000, 3.823, 5.489, 7.540, 9.982, 12.81])
"""FX-VTF of ANALYSES, four digits."""

KJ_MOL_PER_EV = 96.485332


def law(temperature):
    slope = ENERGY_EV / BOLTZMANN_EV_K
    return PREFACTOR / np.sqrt(temperature) * np.exp(-slope / (temperature - VOGEL_K))


def scattered(seed: int, noise: float = 0.02):
    return law(TEMPERATURE) * np.exp(np.random.default_rng(seed).normal(0, noise, CELSIUS.size))


def known(noise: float, **choices):
    """The fit of the exact law whose points are known to the noise."""
    return fit_vtf(TEMPERATURE, law(TEMPERATURE), u=np.full(CELSIUS.size, noise), **choices)


def test_the_law_is_that_of_the_table() -> None:
    assert 1e3 * law(TEMPERATURE) == pytest.approx(TABLE_MS_CM, rel=3e-4)


def test_the_law_is_recovered_from_points_without_noise() -> None:
    found = fit_vtf(TEMPERATURE, law(TEMPERATURE))
    assert found.energy_ev().value == pytest.approx(ENERGY_EV, rel=1e-6)
    assert found.vogel_k().value == pytest.approx(VOGEL_K, rel=1e-6)
    assert from_logarithm(found.log_prefactor()).value == pytest.approx(PREFACTOR, rel=1e-6)
    assert found.conductivity(273.15 + 25).value == pytest.approx(law(298.15), rel=1e-6)
    assert found.longest_run() == 0


def test_four_digits_are_enough() -> None:
    found = fit_vtf(TEMPERATURE, 1e-3 * TABLE_MS_CM)
    assert found.energy_ev().value == pytest.approx(ENERGY_EV, abs=5e-4)
    assert found.vogel_k().value == pytest.approx(VOGEL_K, abs=0.5)
    assert found.conductivity(298.15).value == pytest.approx(2.000e-3, rel=1e-3)
    assert found.conductivity(263.15).value == pytest.approx(2.000e-4, rel=1e-3)


@pytest.mark.parametrize(
    ("noise", "u_vogel", "u_energy"), [(0.02, 2.3, 2.9e-3), (0.05, 5.8, 7.4e-3)]
)
def test_uncertainties_are_those_of_the_specification(
    noise: float, u_vogel: float, u_energy: float
) -> None:
    found = known(noise)
    assert found.vogel_k().u == pytest.approx(u_vogel, rel=0.05)
    assert found.energy_ev().u == pytest.approx(u_energy, rel=0.05)
    assert found.fit.correlation("slope_k", "vogel_k") == pytest.approx(-0.995, abs=5e-4)
    assert found.fit.known_noise


def test_uncertainties_are_the_scatter_of_repeated_measurements() -> None:
    """Holds the linear propagation against 200 simulated series."""
    fits = [fit_vtf(TEMPERATURE, scattered(seed)) for seed in range(200)]
    vogel = [found.fit.value("vogel_k") for found in fits]
    assert np.std(vogel) == pytest.approx(known(0.02).vogel_k().u, rel=0.12)
    sigma = [found.conductivity(298.15).value for found in fits]
    assert np.std(sigma) == pytest.approx(known(0.02).conductivity(298.15).u, rel=0.12)


def test_a_fixed_vogel_temperature_makes_the_energy_ten_times_surer() -> None:
    fixed = known(0.02, vogel_k=VOGEL_K)
    assert known(0.02).energy_ev().u / fixed.energy_ev().u == pytest.approx(10, rel=0.05)
    assert fixed.energy_ev().value == pytest.approx(ENERGY_EV, rel=1e-9)
    assert fixed.vogel_k().value == VOGEL_K
    assert fixed.vogel_k().u is None


@pytest.mark.parametrize(
    ("exponent", "energy", "vogel"), [(0, 0.0706, 167.7), (0.5, 0.0766, 164.7), (1, 0.0829, 161.7)]
)
def test_the_exponent_changes_the_energy_and_hardly_the_fit(
    exponent: float, energy: float, vogel: float
) -> None:
    found = fit_vtf(TEMPERATURE, law(TEMPERATURE), exponent)
    assert found.energy_ev().value == pytest.approx(energy, abs=6e-5)
    assert found.vogel_k().value == pytest.approx(vogel, abs=0.06)
    assert found.fit.rms < 0.0015


def test_the_law_of_arrhenius_gives_another_energy_and_fits_worse() -> None:
    vtf, found = (f(TEMPERATURE, law(TEMPERATURE)) for f in (fit_vtf, fit_arrhenius))
    assert found.energy_ev().value == pytest.approx(0.389, abs=5e-4)
    assert vtf.fit.aicc < found.fit.aicc - 2
    assert found.longest_run() >= 4


def test_the_law_of_arrhenius_is_the_straight_line_of_the_textbook() -> None:
    measured = scattered(3)
    found = fit_arrhenius(TEMPERATURE, measured)
    book = stats.linregress(1 / TEMPERATURE, np.log(measured))
    energy = found.energy_ev()
    assert energy.value == pytest.approx(-book.slope * BOLTZMANN_EV_K, rel=1e-8)
    assert energy.u == pytest.approx(book.stderr * BOLTZMANN_EV_K, rel=1e-5)
    half = stats.t.ppf(0.975, 8) * book.stderr * BOLTZMANN_EV_K
    assert (energy.low, energy.high) == pytest.approx((energy.value - half, energy.value + half))
    prefactor = found.log_prefactor()
    assert prefactor.value == pytest.approx(book.intercept, rel=1e-8)
    assert prefactor.u == pytest.approx(book.intercept_stderr, rel=1e-4)


def test_the_line_of_conductivity_times_temperature_has_a_higher_energy() -> None:
    found = fit_arrhenius(TEMPERATURE, law(TEMPERATURE), exponent=1)
    book = stats.linregress(1 / TEMPERATURE, np.log(law(TEMPERATURE) * TEMPERATURE))
    assert found.energy_ev().value == pytest.approx(-book.slope * BOLTZMANN_EV_K, rel=1e-8)
    assert found.log_prefactor().value == pytest.approx(book.intercept, rel=1e-8)


def test_two_published_points_give_the_energies_of_the_specification() -> None:
    """Two points and two parameters: only known uncertainties say anything about the noise."""
    two, published, u = np.array([263.15, 298.15]), np.array([2e-4, 2e-3]), np.full(2, 0.02)
    assert fit_arrhenius(two, published, u=u).energy_ev().value == pytest.approx(0.4448, abs=5e-5)
    vtf = fit_vtf(two, published, vogel_k=154.65, u=u)
    assert vtf.energy_ev().value == pytest.approx(0.0907, abs=5e-5)
    assert vtf.fit.aicc == math.inf
    with pytest.raises(FitError, match="as many parameters as values"):
        fit_arrhenius(two, published)


def test_what_all_points_share_widens_prefactor_and_conductivity_only() -> None:
    found = known(0.02)
    alone, shared = (found.conductivity(298.15, u) for u in (0.0, 0.05))
    assert shared.u / shared.value == pytest.approx(math.hypot(alone.u / alone.value, 0.05))
    assert math.log(shared.high / shared.value) == pytest.approx(
        1.96 * shared.u / shared.value, rel=1e-3
    )
    alone, shared = (found.log_prefactor(u) for u in (0.0, 0.05))
    assert shared.u == pytest.approx(math.hypot(alone.u, 0.05))
    assert shared.low < alone.low < alone.high < shared.high


def test_uncertainties_that_the_scatter_contradicts_are_not_believed() -> None:
    measured = scattered(1, noise=0.05)
    told = fit_vtf(TEMPERATURE, measured, u=np.full(CELSIUS.size, 0.01))
    found = fit_vtf(TEMPERATURE, measured)
    assert not told.fit.known_noise
    assert told.vogel_k().u == pytest.approx(found.vogel_k().u, rel=1e-4)


def test_sure_points_weigh_more() -> None:
    measured, u = law(TEMPERATURE), np.full(CELSIUS.size, 0.002)
    measured[-1] *= 1.5
    u[-1] = 0.5
    assert fit_vtf(TEMPERATURE, measured, u=u).energy_ev().value == pytest.approx(0.0766, abs=3e-4)
    assert abs(fit_vtf(TEMPERATURE, measured).energy_ev().value - 0.0766) > 0.01


def test_an_arrhenius_conductor_has_no_vogel_temperature() -> None:
    straight = 1e3 * np.exp(-0.4 / BOLTZMANN_EV_K / TEMPERATURE)
    noisy = straight * np.exp(np.random.default_rng(5).normal(0, 0.02, CELSIUS.size))
    vtf, arrhenius = fit_vtf(TEMPERATURE, noisy), fit_arrhenius(TEMPERATURE, noisy)
    vogel = vtf.vogel_k()
    assert vogel.low is None
    assert vogel.u is None or vogel.u > 15
    assert arrhenius.fit.aicc < vtf.fit.aicc + 2
    assert arrhenius.energy_ev().low <= 0.4 <= arrhenius.energy_ev().high


def test_a_conductivity_that_falls_with_temperature_ends_at_the_bound() -> None:
    found = fit_arrhenius(TEMPERATURE, 1e-3 * np.linspace(2, 1, CELSIUS.size))
    assert found.fit.at_bound == ("slope_k",)
    assert found.energy_ev().u is None


def test_a_transition_shows_as_a_run_of_residuals() -> None:
    """Another law below 5 °C, as where a phase crystallises."""
    jumped = np.where(CELSIUS < 5, 0.5, 1) * law(TEMPERATURE)
    assert fit_vtf(TEMPERATURE, jumped).longest_run() >= 4


def test_the_order_of_the_points_does_not_matter() -> None:
    order = np.random.default_rng(0).permutation(CELSIUS.size)
    measured = scattered(2)
    shuffled = fit_vtf(TEMPERATURE[order], measured[order])
    assert shuffled.fit.values == pytest.approx(fit_vtf(TEMPERATURE, measured).fit.values)
    assert shuffled.covers(263.15)
    assert not shuffled.covers(360)


def test_hysteresis_is_the_largest_difference_at_a_common_temperature() -> None:
    heating = law(TEMPERATURE)
    cooled = TEMPERATURE[[8, 6, 4, 2]]
    cooling = law(cooled) * np.array([1.0, 1.02, 0.8, 1.05])
    both = np.r_[TEMPERATURE, cooled], np.r_[heating, cooling]
    up = np.r_[np.ones(10, dtype=bool), np.zeros(4, dtype=bool)]
    assert hysteresis(*both, up) == pytest.approx((298.15, 0.25), rel=1e-9)
    assert hysteresis(*both, np.ones(14, dtype=bool)) is None
    assert hysteresis(*both, np.zeros(14, dtype=bool)) is None
    apart = np.r_[TEMPERATURE[:3], 340.0]
    assert hysteresis(apart, law(apart), np.array([True, True, True, False])) is None


def test_intervals_of_energy_and_vogel_temperature_hold_the_truth_in_95_of_100_cases() -> None:
    inside = np.zeros(2)
    for seed in range(200):
        found = fit_vtf(TEMPERATURE, scattered(seed))
        energy, vogel = found.energy_ev(), found.vogel_k()
        inside += (
            energy.low <= ENERGY_EV <= energy.high,
            (vogel.low or 0) <= VOGEL_K <= vogel.high,
        )
    assert np.all((inside >= 0.90 * 200) & (inside <= 0.99 * 200))


@pytest.mark.parametrize("told", [True, False])
def test_intervals_of_the_conductivity_hold_the_truth_in_95_of_100_cases(told: bool) -> None:
    inside = np.zeros(2)
    u = np.full(CELSIUS.size, 0.02) if told else None
    for seed in range(200):
        found = fit_vtf(TEMPERATURE, scattered(seed), u=u)
        for column, kelvin in enumerate((298.15, 263.15)):
            sigma = found.conductivity(kelvin)
            inside[column] += sigma.low <= law(kelvin) <= sigma.high
    assert np.all((inside >= 0.90 * 200) & (inside <= 0.99 * 200))


def madap(folder: Path):
    """Temperature in K and conductivity in S/cm of four liquid electrolytes, by experiment."""
    path = folder / "eis" / "temperature_series" / "MADAP" / "Dataframe_STRUCTURED_all508.csv"
    csv.field_size_limit(1_000_000)
    series: dict[str, list[tuple[float, float]]] = {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file, delimiter=";"):
            point = float(row["temperature [°C]"]) + KELVIN, float(row["conductivity [S/cm]"])
            series.setdefault(row["experimentID"], []).append(point)
    return {name: np.array(points).T for name, points in series.items()}


@pytest.mark.parametrize(
    ("experiment", "energy_kj_mol", "r2"),
    [
        ("PYA_25082021_BM169_1", 10.431, 0.9923),
        ("WOC_02112021_BM241_3", 23.840, 0.978),
        ("WOC_18012022_BM-K004_4", 12.472, 0.992),
        ("WOC_23032021_BM063_4", 14.271, 0.991),
    ],
)
def test_real_electrolytes_have_the_energies_of_the_manifest(
    real_data: Path, experiment: str, energy_kj_mol: float, r2: float
) -> None:
    temperature, conductivity = madap(real_data)[experiment]
    found = fit_arrhenius(temperature, conductivity)
    assert found.energy_ev().value * KJ_MOL_PER_EV == pytest.approx(energy_kj_mol, abs=6e-4)
    spread = np.log(conductivity) - np.log(conductivity).mean()
    assert 1 - found.fit.rss / (spread @ spread) == pytest.approx(r2, abs=6e-4)


def test_real_electrolytes_are_curved(real_data: Path) -> None:
    for temperature, conductivity in madap(real_data).values():
        vtf, straight = fit_vtf(temperature, conductivity), fit_arrhenius(temperature, conductivity)
        assert vtf.fit.aicc < straight.fit.aicc - 2
        assert vtf.fit.rms < 0.02
        assert 50 < vtf.vogel_k().value < temperature[0] - 20
        assert vtf.curve(temperature) == pytest.approx(conductivity, rel=0.04)
