"""Baseline, threshold, tangent and their scatter on sweeps of known shape."""

import numpy as np
import pytest

from analysis.science.onset import (
    Doubt,
    Line,
    baseline,
    crossing,
    largest_curvature,
    pre_peaks,
    scatter,
    sweep,
    tangent,
)
from tests.methods.lsv_runs import kink, wave

FLAT = Line(0.0, 0.0)


def rising(law, stop=5.0, noise=0.0, seed=0, step=1e-3):
    potential = np.arange(3.0, stop + step / 2, step)
    scatter = noise * np.random.default_rng(seed).standard_normal(potential.size)
    return sweep(potential, law(potential) + scatter)


def test_a_straight_baseline_is_found_whatever_single_points_do():
    potential = np.linspace(3.0, 4.5, 1501)
    density = 0.5 + 2.0 * potential
    density[::37] += 1000.0
    line = baseline(potential, density, (3.2, 4.0))
    assert line.slope == pytest.approx(2.0, abs=2.0)
    clean = baseline(potential, 0.5 + 2.0 * potential, (3.2, 4.0))
    assert (clean.slope, clean.intercept) == (pytest.approx(2.0), pytest.approx(0.5))


def test_a_window_without_points_has_no_baseline():
    with pytest.raises(ValueError, match="0 points between 6 and 7 V"):
        baseline(np.linspace(3, 5, 100), np.zeros(100), (6.0, 7.0))


@pytest.mark.parametrize(("threshold", "potential"), [(1, 4.505), (10, 4.55), (50, 4.75)])
def test_a_threshold_is_interpolated(threshold, potential):
    """The law is 0.5 + 200 (E - 4.5); the grid does not hit the crossing."""
    found = rising(kink, step=3e-3)
    line = baseline(found.potential, found.density, (3.2, 4.0))
    crossed = crossing(found.potential, found.density - line.at(found.potential), threshold, 10)
    assert crossed.potential == pytest.approx(potential, abs=1e-9)
    assert found.potential[crossed.row - 1] < potential <= found.potential[crossed.row]


def test_a_run_of_points_is_asked_for():
    potential = np.arange(10.0)
    rise = np.array([0, 5, 5, 0, 0, 5, 5, 5, 5, 0.0])
    assert crossing(potential, rise, 2.5, 2).potential == pytest.approx(0.5)
    assert crossing(potential, rise, 2.5, 4).potential == pytest.approx(4.5)
    assert crossing(potential, rise, 2.5, 5) is None
    assert crossing(potential, rise, 2.5, 11) is None
    assert crossing(potential, rise + 5, 2.5, 3) == crossing(potential, rise + 9, 0.0, 1)


@pytest.mark.parametrize("stop", [4.8, 5.0, 5.2, 5.5])
def test_a_tangent_moves_with_the_end_of_an_exponential_wave(stop):
    """ANALYSES A07: 4.60, 4.80, 5.00, 5.30 V for the same wave."""
    assert tangent(rising(wave, stop), FLAT).potential == pytest.approx(stop - 0.2, abs=0.005)


def test_a_tangent_meets_a_kink():
    found = tangent(rising(kink), Line(0.0, 0.5))
    assert found.potential == pytest.approx(4.5, abs=1e-6)
    assert found.slope == pytest.approx(200.0)


def test_noise_alone_has_no_tangent():
    assert tangent(rising(lambda e: 0 * e, noise=0.3), FLAT) is None
    assert tangent(rising(lambda e: -kink(e)), FLAT) is None


@pytest.mark.parametrize("step", [1e-4, 1e-3, 1e-2])
def test_the_noise_is_measured_at_every_density_of_points(step):
    found = [rising(wave, noise=0.3, seed=seed, step=step).noise for seed in range(20)]
    assert np.mean(found) == pytest.approx(0.3, rel=0.05)


def test_the_tangent_s_uncertainty_is_its_scatter():
    found = [tangent(rising(kink, noise=2.0, seed=seed), Line(0.0, 0.5)) for seed in range(200)]
    spread = np.std([one.potential for one in found])
    assert np.mean([one.u for one in found]) == pytest.approx(spread, rel=0.15)


def test_the_logarithm_bends_where_the_wave_leaves_its_background():
    """log(b + e^x) bends most at e^x = b: 10 exp((E - 4.5)/0.08) = 1 at 4.316 V."""
    found = rising(lambda e: 1 + wave(e))
    value, drawn = largest_curvature(found, 3.2, np.random.default_rng(0), 10)
    assert value == pytest.approx(4.5 - 0.08 * np.log(10), abs=0.01)
    np.testing.assert_allclose(drawn, value)
    noisy = rising(lambda e: 1 + wave(e), noise=1.0)
    assert largest_curvature(noisy, 3.2, np.random.default_rng(0), 10) is None


def test_a_peak_is_told_from_noise():
    def peaked(e):
        return wave(e) + 3 * np.exp(-(((e - 4.1) / 0.05) ** 2))

    for step in (1e-3, 1e-2):
        found = rising(peaked, noise=0.3, step=step)
        rows = slice(0, int(np.argmax(found.smooth > 10)))
        assert found.potential[pre_peaks(found, FLAT, rows, 0.2)] == pytest.approx([4.1], abs=0.02)
        quiet = [rising(wave, noise=0.3, seed=seed, step=step) for seed in range(100)]
        assert sum(len(pre_peaks(one, FLAT, rows, 0.2)) for one in quiet) == 0


def test_the_threshold_s_share_of_the_scatter_is_analytic():
    """A threshold drawn from 8 to 12 moves an exponential by 80 mV times its logarithm."""
    found = rising(wave)
    drawn = scatter(
        found, [FLAT] * 21, 0, 10.0, Doubt(0.2, 0.0, 0.0, 10), np.random.default_rng(1), 200
    )
    truth = 0.08 * np.log(np.linspace(0.8, 1.2, 100_001))
    assert drawn.missed == 0
    assert drawn.differences.std() == pytest.approx(truth.std(), rel=0.03)
    np.testing.assert_allclose(
        np.percentile(drawn.differences, (2.5, 97.5)),
        np.percentile(truth, (2.5, 97.5)),
        atol=3e-4,
    )


def test_draws_beyond_the_end_of_the_sweep_are_counted():
    found = rising(wave, stop=4.5)
    drawn = scatter(
        found, [FLAT] * 3, 0, 9.0, Doubt(0.2, 0.0, 0.0, 1), np.random.default_rng(1), 500
    )
    assert drawn.missed == pytest.approx((10.8 - 10) / 3.6, abs=0.05)
