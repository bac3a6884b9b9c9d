"""Growth of interfacial resistances (A06)."""

import math

import numpy as np
import pytest

from analysis.science.fitting import FitError
from analysis.science.growth import (
    BROKEN_LINE,
    EXPONENTIAL,
    LOGARITHMIC,
    PARABOLIC,
    Growth,
    best_growth,
    fit_growth,
    growth_rate,
    stabilisation_time,
    transition_time,
)
from analysis.science.interfaces import fit_sequence, lithium_cell
from labsite.demo.spectra import noisy, sweep

HOURS = np.array([0, 0.5, 1, 2, 4, 10, 24, 50.0])
DENSE = np.array([0, 1, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 40, 50.0])
NOISE = 0.003

GROWING = {
    PARABOLIC: lambda t: 100 + 50 * np.sqrt(t),
    EXPONENTIAL: lambda t: 300 - 200 * np.exp(-t / 2),
    LOGARITHMIC: lambda t: 100 + 60 * np.log1p(t / 1.5),
    BROKEN_LINE: lambda t: 100 + 30 * np.minimum(t, 6) + np.maximum(t - 6, 0),
}
PARAMETERS = {
    PARABOLIC: (100, 50),
    EXPONENTIAL: (100, 300, 2),
    LOGARITHMIC: (100, 60, 1.5),
    BROKEN_LINE: (100, 30, 1, 6),
}


def growing(law, seed: int | None = 0, time=HOURS, noise: float = NOISE):
    """Time, resistance and its uncertainty of a cell that grows by the law."""
    exact = GROWING[law](time)
    error = 0 if seed is None else np.random.default_rng(seed).normal(size=time.size)
    return time, exact * (1 + noise * error), noise * exact


def parameter(growth: Growth, name: str) -> tuple[float, float]:
    return growth.fit.value(name), growth.fit.u(name)


@pytest.mark.parametrize("law", GROWING, ids=lambda law: law.name)
def test_a_law_without_noise_gives_its_parameters(law) -> None:
    found = fit_growth(law, *growing(law, seed=None))
    assert found.fit.values == pytest.approx(PARAMETERS[law], rel=1e-6)
    assert found.resistance(HOURS) == pytest.approx(GROWING[law](HOURS), rel=1e-9)


@pytest.mark.parametrize("law", GROWING, ids=lambda law: law.name)
def test_the_criterion_finds_the_law(law) -> None:
    for seed in range(20):
        assert best_growth(*growing(law, seed))[0].law is law


def test_parabolic_growth_has_the_rate_of_the_specification() -> None:
    value, u = parameter(fit_growth(PARABOLIC, *growing(PARABOLIC)), "rate_ohm_per_root_h")
    assert value == pytest.approx(50, abs=0.5)
    assert u == pytest.approx(0.13, rel=0.1)


def test_exponential_growth_has_the_end_of_the_specification() -> None:
    found = fit_growth(EXPONENTIAL, *growing(EXPONENTIAL))
    assert parameter(found, "final_ohm")[0] == pytest.approx(300, abs=1.5)
    value, u = parameter(found, "time_constant_h")
    assert value == pytest.approx(2, abs=0.06)
    assert u == pytest.approx(0.02, rel=0.5)


def spectra(law):
    """Eight spectra with 0.3 % noise of two overlapping arcs that grow by the law."""
    frequency = sweep()
    omega = 2 * np.pi * frequency
    for seed, r in enumerate(GROWING[law](HOURS)):
        values = np.array([100, 5e-7, 20, 0.7 * r, 1e-4, 0.85, 0.3 * r, 1e-3, 0.85])
        impedance = noisy(lithium_cell(values, omega, omega[-1]), NOISE, seed)
        yield frequency, impedance, np.abs(impedance)


def test_spectra_give_the_growth_of_the_specification() -> None:
    """ANALYSES: k = 49.9 ± 0.1 (tolerance 0.5); R_∞ = 299.9 ± 0.2, τ = 2.02 ± 0.02 h."""
    found = {}
    for law in (PARABOLIC, EXPONENTIAL):
        totals = [one.interfacial_resistance for one in fit_sequence(list(spectra(law)))]
        resistance, u = np.array([(total.value, total.u) for total in totals]).T
        found[law] = best_growth(HOURS, resistance, u)[0]
        assert found[law].law is law
    k, u_k = parameter(found[PARABOLIC], "rate_ohm_per_root_h")
    assert k == pytest.approx(50, abs=0.5)
    assert 0.02 < u_k < 0.2
    assert parameter(found[EXPONENTIAL], "final_ohm")[0] == pytest.approx(300, abs=1)
    assert parameter(found[EXPONENTIAL], "time_constant_h")[0] == pytest.approx(2, abs=0.06)


def test_five_spectra_suffice_for_the_laws_with_fewer_parameters() -> None:
    time, resistance, u = (values[:5] for values in growing(PARABOLIC))
    laws = best_growth(time, resistance, u)
    assert laws[0].law is PARABOLIC
    assert [growth.fit.aicc for growth in laws[1:]] == [math.inf] * 3
    with pytest.raises(FitError, match="4 points are too few for 4 parameters"):
        fit_growth(BROKEN_LINE, time[:4], resistance[:4], u[:4])


def test_shrinking_is_growth_with_the_other_sign() -> None:
    found = fit_growth(PARABOLIC, HOURS, 500 - 20 * np.sqrt(HOURS), np.ones(8))
    assert parameter(found, "rate_ohm_per_root_h")[0] == pytest.approx(-20)


def test_rates_are_those_of_the_windows() -> None:
    broken = growing(BROKEN_LINE)
    early, late = growth_rate(*broken, -1, 4), growth_rate(*broken, 6, 50)
    assert early.value == pytest.approx(30, abs=3 * early.u)
    assert early.low <= 30 <= early.high
    assert late.value == pytest.approx(1, abs=3 * late.u)
    assert growth_rate(*broken, 24, 50) is None


def test_the_uncertainty_of_a_rate_is_that_of_the_textbook() -> None:
    rate = growth_rate(HOURS, GROWING[PARABOLIC](HOURS), np.full(8, 2.0), -1, 50)
    spread = HOURS - HOURS.mean()
    assert rate.u == pytest.approx(2 / math.sqrt(spread @ spread))
    assert rate.value == pytest.approx(np.polyfit(HOURS, GROWING[PARABOLIC](HOURS), 1)[0])


def test_the_transition_is_where_the_line_breaks() -> None:
    broken = growing(BROKEN_LINE, time=DENSE, noise=0.01)
    found = transition_time(*broken)
    assert found.value == pytest.approx(6, abs=3 * found.u)
    assert found.low < found.value < found.high
    assert transition_time(*broken) == found
    assert found.u == pytest.approx(
        fit_growth(BROKEN_LINE, *broken).fit.u("transition_h"), rel=0.35
    )


def test_intervals_of_the_transition_hold_the_truth_in_95_of_100_cases() -> None:
    exact = 100 + 30 * np.minimum(DENSE, 7.3) + np.maximum(DENSE - 7.3, 0)
    u, inside = 0.01 * exact, 0
    for seed in range(200):
        resistance = exact + u * np.random.default_rng(seed).normal(size=DENSE.size)
        found = transition_time(DENSE, resistance, u)
        inside += found.low <= 7.3 <= found.high
    assert 0.90 * 200 <= inside <= 0.99 * 200


def test_intervals_of_the_rate_hold_the_truth_in_95_of_100_cases() -> None:
    inside = 0
    for seed in range(200):
        low, high = fit_growth(PARABOLIC, *growing(PARABOLIC, seed)).fit.interval(
            "rate_ohm_per_root_h"
        )
        inside += low <= 50 <= high
    assert 0.90 * 200 <= inside <= 0.99 * 200


def test_a_resistance_is_stable_after_its_last_change_of_a_percent_an_hour() -> None:
    series = growing(EXPONENTIAL, time=DENSE)
    found = stabilisation_time(*series, fit_growth(EXPONENTIAL, *series))
    exact = np.abs(np.diff(np.log(GROWING[EXPONENTIAL](DENSE)))) / np.diff(DENSE)
    truth = DENSE[1 + np.flatnonzero(exact >= 0.01)[-1]]
    assert truth == 8
    assert found.value == truth
    assert found.low <= 6
    assert found.high >= 8
    assert found.u >= 2 / math.sqrt(12)


def test_a_resistance_that_still_grows_has_no_stabilisation_time() -> None:
    steep = HOURS, 100 * np.exp(0.02 * HOURS), np.full(8, 0.1)
    assert stabilisation_time(*steep, fit_growth(BROKEN_LINE, *steep)) is None


def test_a_resistance_that_never_changed_is_stable_from_the_start() -> None:
    flat = HOURS, np.full(8, 300.0), np.full(8, 0.01)
    found = stabilisation_time(*flat, fit_growth(PARABOLIC, *flat))
    assert (found.value, found.low) == (0, 0)


def test_stability_that_noise_hides_is_open_at_the_top() -> None:
    """Steps of an hour with 2 % noise cannot tell a change of 1 % an hour."""
    hours = np.arange(12.0)
    exact = GROWING[EXPONENTIAL](hours)
    resistance = exact.copy()
    found = stabilisation_time(
        hours, resistance, 0.02 * exact, fit_growth(EXPONENTIAL, hours, exact, 0.02 * exact)
    )
    assert found.high is None
    assert found.u is None
