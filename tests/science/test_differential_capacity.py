"""dQ/dV of curves whose derivative and peaks are known."""

import numpy as np
import pytest
from scipy.stats import norm

from analysis.science.differential_capacity import differentiate, peaks, sampling

WINDOW, ORDER, STEP = 11, 3, 0.002
BASE, LOW, HIGH = 0.2, 3.3, 3.9


def gaussian(
    potential: float = 3.6, width: float = 0.02, *, direction: int = 1, records: int = 2000,
    noise: float = 0.0, seed: int = 0,
):  # fmt: skip
    """Capacity (Ah) and voltage at constant current: a slope of BASE and a peak of area 1 Ah."""
    volt = np.linspace(LOW, HIGH, 20_001)
    charge = BASE * (volt - LOW) / (HIGH - LOW) + norm.cdf((volt - potential) / width)
    passed = np.linspace(charge[0], charge[-1], records)
    recorded = np.interp(passed, charge, volt)
    capacity = passed - passed[0]
    if direction < 0:
        recorded, capacity = recorded[::-1], (passed[-1] - passed)[::-1]
    return capacity, recorded + noise * np.random.default_rng(seed).standard_normal(records)


def highest(capacity, volt, direction=1, share=0.05):
    curve = differentiate(capacity, volt, direction, STEP, WINDOW, ORDER)
    return max(peaks(curve, share), key=lambda peak: peak.prominence)


def test_the_area_of_a_tanh_step_is_the_charge_to_0_01_percent():
    """ANALYSES A10 [V]."""
    volt = np.linspace(3.2, 3.8, 4000)
    charge = 0.5 * (1 + np.tanh((volt - 3.5) / 0.02))
    curve = differentiate(charge - charge[0], volt, 1, STEP, WINDOW, ORDER)
    assert curve.area_error < 1e-4
    exact = 0.5 / 0.02 / np.cosh((curve.voltage_v - 3.5) / 0.02) ** 2
    np.testing.assert_allclose(curve.slope, exact, atol=0.01 * exact.max())
    area = np.trapezoid(curve.slope, curve.voltage_v)
    assert area == pytest.approx(np.interp(curve.voltage_v[-1], volt, charge), rel=1e-3)


@pytest.mark.parametrize("direction", [1, -1])
def test_a_gaussian_peak_has_its_potential_and_height_on_the_way_up_and_down(direction):
    peak = highest(*gaussian(3.6013, direction=direction), direction)
    assert peak.potential_v == pytest.approx(3.6013, abs=5e-5)
    true = norm.pdf(0) / 0.02 + BASE / (HIGH - LOW)
    assert peak.height == pytest.approx(true, rel=0.01)


def test_capacity_runs_from_either_end_and_the_ends_are_left_out():
    up = differentiate(*gaussian(), 1, STEP, WINDOW, ORDER)
    down = differentiate(*gaussian(direction=-1), -1, STEP, WINDOW, ORDER)
    assert (np.diff(up.capacity_ah) > 0).all()
    assert (np.diff(down.capacity_ah) < 0).all()
    assert up.voltage_v[0] >= LOW + 0.005
    assert up.voltage_v[-1] <= HIGH - 0.005
    np.testing.assert_allclose(up.slope, down.slope, rtol=1e-3, atol=1e-3)
    np.testing.assert_allclose(np.round(up.voltage_v / STEP), up.voltage_v / STEP, atol=1e-6)


@pytest.mark.parametrize(
    ("noise", "width", "records"), [(1e-4, 0.02, 2000), (5e-4, 0.02, 500), (5e-4, 0.06, 1000)]
)
def test_the_interval_of_a_potential_holds_it_in_90_to_99_percent_of_200_noisy_cells(
    noise, width, records
):
    hits = 0
    for seed in range(200):
        true = 3.6 + np.random.default_rng(1000 + seed).uniform(-0.002, 0.002)
        peak = highest(*gaussian(true, width, noise=noise, records=records, seed=seed))
        hits += abs(peak.potential_v - true) <= 1.96 * peak.u_v
    assert 180 <= hits <= 198


def test_noise_makes_no_peaks_beside_the_true_one():
    found = [
        len(peaks(differentiate(*gaussian(noise=5e-4, seed=s), 1, STEP, WINDOW, ORDER), 0.05))
        for s in range(50)
    ]
    assert found == [1] * 50


def test_two_peaks_stand_in_the_order_of_their_potentials():
    volt = np.linspace(3.0, 4.0, 5000)
    charge = norm.cdf((volt - 3.7) / 0.02) + 0.5 * norm.cdf((volt - 3.4) / 0.02)
    curve = differentiate(charge, volt, 1, STEP, WINDOW, ORDER)
    low, high = peaks(curve, 0.05)
    assert low.potential_v == pytest.approx(3.4, abs=1e-4)
    assert high.potential_v == pytest.approx(3.7, abs=1e-4)
    assert len(peaks(curve, 0.6)) == 1, "the lower one has half the height"


def test_a_straight_line_has_a_constant_derivative_and_no_peak():
    volt = np.linspace(3.0, 4.0, 500)
    curve = differentiate(2.0 * (volt - 3.0), volt, 1, STEP, WINDOW, ORDER)
    np.testing.assert_allclose(curve.slope, 2.0, rtol=1e-9)
    assert peaks(curve, 0.05) == ()


def test_a_voltage_that_goes_back_is_told():
    volt = np.linspace(3.0, 4.0, 1000)
    volt[300:320] -= 0.04
    curve = differentiate(np.linspace(0, 1, 1000), volt, 1, STEP, WINDOW, ORDER)
    assert 0.015 < curve.reversed_v < 0.045


def test_a_flat_or_narrow_voltage_has_no_derivative():
    charge = np.linspace(0, 1, 500)
    assert differentiate(charge, np.full(500, 3.4), 1, STEP, WINDOW, ORDER) is None
    assert differentiate(charge, np.linspace(3.4, 3.43, 500), 1, STEP, WINDOW, ORDER) is None
    assert differentiate(charge, np.linspace(3.4, 3.44, 500), 1, STEP, WINDOW, ORDER) is not None


@pytest.mark.parametrize("digit", [1e-4, 1e-3, 5e-3])
def test_the_digit_of_a_voltage_is_seen(digit):
    volt = np.round(np.linspace(3.0, 3.6, 20_000) / digit) * digit
    found = sampling(volt)
    assert found.digit_v == pytest.approx(digit, rel=1e-3)
    assert found.noise_v >= digit / np.sqrt(12)


def test_an_even_line_has_no_digit():
    assert sampling(np.linspace(3.0, 3.6, 601)).digit_v is None


def test_voltage_held_at_the_end_takes_no_part():
    """Nine tenths of the charge along a line, one tenth at its end: 0.9 Ah/V up to the end."""
    volt = np.minimum(np.linspace(3.0, 4.1111, 1000), 4.0)
    curve = differentiate(np.linspace(0, 1, 1000), volt, 1, STEP, WINDOW, ORDER)
    np.testing.assert_allclose(curve.slope, 0.9, rtol=1e-3)


def test_noise_has_no_digit_and_is_measured():
    volt = np.linspace(3.0, 3.6, 2000) + 2e-4 * np.random.default_rng(1).standard_normal(2000)
    found = sampling(volt)
    assert found.digit_v is None
    assert found.noise_v == pytest.approx(2e-4, rel=0.1)


def test_spacing_is_the_median_step():
    assert sampling(np.linspace(3.0, 4.0, 101)).spacing_v == pytest.approx(0.01)
