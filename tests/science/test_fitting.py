"""Least-squares fits against certified, analytic and golden values."""

import math
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from analysis.science.fitting import Fit, FitError, Parameter, fit
from analysis.science.profile_likelihood import profile_interval
from tests.methods.spectra import capacitive, zplot

# NIST StRD Misra1a: y = b1 (1 - exp(-b2 x)), certified values and standard deviations.
MISRA1A_X = np.array(
    [77.6, 114.9, 141.1, 190.8, 239.9, 289.0, 332.8, 378.4, 434.8, 477.3, 536.8, 593.1, 689.1, 760]
)
MISRA1A_Y = np.array(
    [
        10.07,
        14.73,
        17.94,
        23.93,
        29.61,
        35.18,
        40.02,
        44.82,
        50.76,
        55.05,
        61.01,
        66.40,
        75.47,
        81.78,
    ]
)


def misra1a(values):
    return values[0] * (1 - np.exp(-values[1] * MISRA1A_X)) - MISRA1A_Y


def test_a_certified_problem_is_solved_to_the_certified_digits() -> None:
    start = [Parameter("b1", 500, 1, 1e4), Parameter("b2", 1e-4, 1e-6, 1)]
    found = fit(misra1a, start)
    assert found.value("b1") == pytest.approx(2.3894212918e2, rel=1e-8)
    assert found.value("b2") == pytest.approx(5.5015643181e-4, rel=1e-8)
    assert found.u("b1") == pytest.approx(2.7070075241, rel=1e-5)
    assert found.u("b2") == pytest.approx(7.2668688436e-6, rel=1e-5)
    assert found.rss == pytest.approx(1.2455138894e-1, rel=1e-8)
    assert found.dof == 12
    assert found.agreeing == found.starts == 10


def line(x, y, log: bool = False) -> Fit:
    start = [Parameter("a", 1, 0.01, 100, log=log), Parameter("b", 1, -10, 10, log=False)]
    return fit(lambda values: values[0] + values[1] * x - y, start)


def test_uncertainties_of_a_straight_line_are_those_of_the_textbook() -> None:
    x = np.linspace(0, 5, 30)
    y = 2 + 3 * x + np.random.default_rng(4).normal(0, 0.2, x.size)
    found, book = line(x, y), stats.linregress(x, y)
    assert found.value("b") == pytest.approx(book.slope, rel=1e-9)
    assert found.u("b") == pytest.approx(book.stderr, rel=1e-6)
    assert found.u("a") == pytest.approx(book.intercept_stderr, rel=1e-6)
    t = stats.t.ppf(0.975, 28)
    assert found.interval("a") == pytest.approx(
        (book.intercept - t * book.intercept_stderr, book.intercept + t * book.intercept_stderr)
    )


def test_the_interval_of_a_log_parameter_is_positive_and_symmetric_in_the_logarithm() -> None:
    x = np.linspace(0, 5, 30)
    found = line(x, 2 + 3 * x + np.random.default_rng(4).normal(0, 0.8, x.size), log=True)
    lower, upper = found.interval("a")
    assert 0 < lower < found.value("a") < upper
    assert lower * upper == pytest.approx(found.value("a") ** 2)


def test_the_criterion_of_akaike_follows_its_formula() -> None:
    x = np.linspace(0, 5, 30)
    found = line(x, 2 + 3 * x + np.random.default_rng(4).normal(0, 0.2, x.size))
    expected = 30 * math.log(found.rss / 30) + 2 * 3 + 2 * 3 * 4 / (30 - 3 - 1)
    assert found.aicc == pytest.approx(expected)


def parallel_circuit(points, scatter: float = 1.0) -> Fit:
    """R0 + (R1 parallel C1) by modulus weights, from a rough start."""
    frequency, impedance = points
    omega = 2 * np.pi * frequency

    def residuals(values):
        resistance, arc, capacitance = values
        model = resistance + arc / (1 + 1j * omega * arc * capacitance)
        relative = (model - impedance) / np.abs(impedance)
        return np.r_[relative.real, relative.imag]

    low, high = np.abs(impedance).min(), np.abs(impedance).max()
    start = [
        Parameter("R0", low * scatter, low / 1e3, high * 1e3),
        Parameter("R1", high * scatter, low / 1e3, high * 1e3),
        Parameter("C1", 1e-7 * scatter, 1e-12, 1),
    ]
    return fit(residuals, start)


GOLDEN = {
    "Circuit1_EIS_1.z": ((29.1436, 46.6425, 1.04324e-5), (0.075, 0.10, 0.23), 7.024e-4),
    "Circuit3_EIS_1.z": ((1504.62, 4631.83, 2.02132e-8), (0.16, 0.14, 0.31), 3.079e-3),
}


@pytest.mark.parametrize("name", GOLDEN)
def test_dummy_circuits_give_the_values_of_an_independent_program(
    real_data: Path, name: str
) -> None:
    values, percent, chi_square = GOLDEN[name]
    found = parallel_circuit(capacitive(zplot(real_data, name)))
    assert found.values == pytest.approx(values, rel=1e-4)
    assert found.rss == pytest.approx(chi_square, rel=1e-3)
    errors = [100 * found.u(p.name) / found.value(p.name) for p in found.parameters]
    assert errors == pytest.approx(percent, rel=0.08)


def test_several_starts_find_what_a_bad_start_misses() -> None:
    time = np.linspace(0, 10, 200)

    def residuals(values):
        return np.sin(values[0] * time) - np.sin(5 * time)

    start = [Parameter("frequency", 2, 0.1, 100)]
    assert fit(residuals, start, starts=1).rms > 0.5
    found = fit(residuals, start, starts=40)
    assert found.value("frequency") == pytest.approx(5, rel=1e-9)
    assert 1 <= found.agreeing < 40


def test_the_same_seed_gives_the_same_fit() -> None:
    start = [Parameter("b1", 500, 1, 1e4), Parameter("b2", 1e-4, 1e-6, 1)]
    assert np.array_equal(fit(misra1a, start, seed=3).x, fit(misra1a, start, seed=3).x)


def test_a_parameter_at_its_bound_is_named_and_has_no_error() -> None:
    x = np.linspace(0, 1, 20)
    start = [Parameter("a", 0.5, 0, 10, log=False), Parameter("b", 1, 0, 2, log=False)]
    found = fit(lambda values: values[0] + values[1] * x - 3 * x, start)
    assert found.at_bound == ("b",)
    assert found.value("b") == pytest.approx(2, abs=1e-4)
    assert found.u("b") is None
    assert found.interval("b") is None
    assert found.u("a") == pytest.approx(math.sqrt(found.rss / found.dof / 20), rel=1e-3)


def test_a_parameter_without_effect_is_an_error() -> None:
    x = np.linspace(0, 1, 20)
    start = [Parameter("a", 0.5, 0, 10, log=False), Parameter("idle", 1, 0, 2, log=False)]
    with pytest.raises(FitError, match="no effect"):
        fit(lambda values: values[0] - x, start)


def test_parameters_that_only_show_as_a_sum_are_correlated_and_uncertain() -> None:
    x = np.linspace(0, 1, 20)
    y = 3 + np.random.default_rng(1).normal(0, 0.1, x.size)
    start = [Parameter("a", 1, -1e6, 1e6, log=False), Parameter("b", 1, -1e6, 1e6, log=False)]
    found = fit(lambda values: values[0] + values[1] * (1 + 1e-3 * x) - y, start)
    assert found.correlated(0.99) == (("a", "b"),)
    assert found.condition > 1e3
    assert found.u("a") > 10


def test_a_profile_of_a_straight_line_is_its_interval() -> None:
    x = np.linspace(0, 5, 30)
    y = 2 + 3 * x + np.random.default_rng(4).normal(0, 0.2, x.size)
    found = line(x, y)
    profile = profile_interval(lambda values: values[0] + values[1] * x - y, found, "a")
    assert profile == pytest.approx(found.interval("a"), rel=1e-5)


def test_a_profile_has_no_end_where_the_data_set_no_limit() -> None:
    time = np.linspace(0, 1, 20)
    y = 2 * time + np.random.default_rng(1).normal(0, 0.1, time.size)

    def residuals(values):
        return values[0] * values[1] * (1 - np.exp(-time / values[1])) - y

    start = [Parameter("slope", 1, 0.01, 100), Parameter("tau", 10, 0.01, 1e4)]
    found = fit(residuals, start)
    lower, upper = profile_interval(residuals, found, "tau")
    assert lower > 0.5
    assert upper is None


def test_the_error_of_a_derived_quantity_counts_the_correlation() -> None:
    start = [Parameter("b1", 500, 1, 1e4), Parameter("b2", 1e-4, 1e-6, 1)]
    found = fit(misra1a, start)
    value, u = found.derived(lambda values: values[0] * values[1])
    relative = np.array([found.u("b1") / found.value("b1"), found.u("b2") / found.value("b2")])
    correlation = found.covariance[0, 1] / math.sqrt(
        found.covariance[0, 0] * found.covariance[1, 1]
    )
    expected = math.sqrt(relative @ relative + 2 * correlation * relative[0] * relative[1])
    assert value == pytest.approx(found.value("b1") * found.value("b2"))
    assert u == pytest.approx(value * expected, rel=1e-6)
    assert u < 0.3 * value * math.hypot(*relative)


def straight(scatter: float, told: float | None, seed: int = 4) -> Fit:
    """A line through 30 points whose residuals are in units of what was told of their scatter."""
    x = np.linspace(0, 5, 30)
    y = 2 + 3 * x + np.random.default_rng(seed).normal(0, scatter, x.size)
    start = [Parameter(name, 1, -10, 10, log=False) for name in "ab"]
    unit = told or 1.0
    return fit(
        lambda values: (values[0] + values[1] * x - y) / unit, start, known_noise=told is not None
    )


def test_known_noise_gives_the_errors_of_its_size_and_normal_intervals() -> None:
    found = straight(0.2, told=0.2)
    assert found.known_noise
    spread = np.linspace(0, 5, 30) - 2.5
    assert found.u("b") == pytest.approx(0.2 / math.sqrt(spread @ spread), rel=1e-6)
    lower, upper = found.interval("b")
    assert upper - lower == pytest.approx(2 * 1.959964 * found.u("b"), rel=1e-5)
    assert found.variance == 1


def test_known_noise_that_the_residuals_contradict_is_replaced_by_theirs() -> None:
    told, untold = straight(0.2, told=0.05), straight(0.2, told=None)
    assert not told.known_noise
    assert told.u("b") == pytest.approx(untold.u("b"), rel=1e-6)
    assert told.interval("b") == pytest.approx(untold.interval("b"), rel=1e-6)


def test_a_profile_with_known_noise_is_the_normal_interval() -> None:
    x = np.linspace(0, 5, 30)
    found = straight(0.2, told=0.2)
    y = 2 + 3 * x + np.random.default_rng(4).normal(0, 0.2, x.size)
    profile = profile_interval(lambda v: (v[0] + v[1] * x - y) / 0.2, found, "a")
    assert profile == pytest.approx(found.interval("a"), rel=1e-4)


def test_a_line_through_two_points_needs_known_noise() -> None:
    x, y = np.array([0.0, 2.0]), np.array([1.0, 5.0])
    start = [Parameter(name, 1, -10, 10, log=False) for name in "ab"]

    def residuals(values):
        return (values[0] + values[1] * x - y) / 0.1

    found = fit(residuals, start, known_noise=True)
    assert found.values == pytest.approx([1, 2])
    assert found.u("a") == pytest.approx(0.1)
    assert found.correlation("a", "b") == pytest.approx(-1 / math.sqrt(2))
    assert found.aicc == math.inf
    with pytest.raises(FitError, match="as many parameters as values"):
        fit(residuals, start)
    with pytest.raises(FitError, match="2 values cannot tell 3 parameters"):
        fit(residuals, [*start, Parameter("c", 1, -10, 10, log=False)])


def test_any_function_of_the_parameters_has_its_uncertainty() -> None:
    found = straight(0.2, told=0.2)
    value, u = found.propagated(lambda values: values[0] - 4 * values[1])
    assert value == pytest.approx(found.value("a") - 4 * found.value("b"))
    part = found.covariance
    assert u == pytest.approx(math.sqrt(part[0, 0] + 16 * part[1, 1] - 8 * part[0, 1]))


def test_a_start_that_needs_too_many_steps_has_not_converged() -> None:
    start = [Parameter("b1", 500, 1, 1e4), Parameter("b2", 1e-4, 1e-6, 1)]
    with pytest.raises(FitError, match="none of 10 starts converged"):
        fit(misra1a, start, evaluations=2)
