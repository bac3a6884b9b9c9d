"""The knee of fading capacities with known breaks."""

import numpy as np
import pytest

from analysis.science.knee import find_knee
from analysis.science.retention import scatter

N = np.arange(1, 161)


def full_cell(noise: float = 0.0, outlier: int | None = None, seed: int = 0) -> np.ndarray:
    """FX-FULL: a slow fade to cycle 100, then a fast one."""
    kept = np.interp(N, [1, 100, 160], [1.0, 0.983, 0.983 - 0.183 * 60 / 45])
    kept *= 1 + noise * np.random.default_rng(seed).standard_normal(len(N))
    if outlier:
        kept[outlier - 1] *= 0.7
    return kept / kept[0]


def test_the_break_of_two_exact_lines_is_found_with_their_slopes():
    knee = find_knee(N, full_cell(), 6e-8)
    assert knee.n == pytest.approx(100.0, abs=1e-4)
    assert knee.slope_before == pytest.approx(-0.017 / 99, rel=1e-5)
    assert knee.slope_after == pytest.approx(-0.183 / 45, rel=1e-5)
    np.testing.assert_allclose(knee.line[:, 1], [1.0, 0.983, 0.739], atol=1e-6)


def test_one_bad_cycle_does_not_move_the_knee():
    capacities = full_cell(noise=0.003, outlier=61, seed=3)
    knee = find_knee(N, capacities, scatter(capacities))
    assert knee.n == pytest.approx(100.0, abs=1.5)


def test_the_interval_holds_the_break_in_90_to_99_percent_of_200_tests():
    hits = 0
    for seed in range(200):
        capacities = full_cell(noise=0.003, seed=seed)
        knee = find_knee(N, capacities, scatter(capacities))
        hits += knee.lo95 <= 100 <= knee.hi95
    assert 180 <= hits <= 198


def test_a_straight_fade_has_no_knee_whatever_its_scatter():
    n = np.arange(1, 301)
    found = 0
    for seed in range(40):
        line = 1 - 0.0003 * n + 0.003 * np.random.default_rng(seed).standard_normal(300)
        found += find_knee(n, line, scatter(line)) is not None
    assert found == 0
    assert find_knee(n, 1 - 0.0003 * n, 6e-8) is None


@pytest.mark.parametrize(
    "course",
    [
        np.interp(N, [1, 40, 160], [1.0, 0.9, 0.85]),
        np.interp(N, [1, 80, 160], [1.0, 0.9, 0.95]),
        0.8 + 0.2 * np.exp(-N / 60),
    ],
    ids=["slower after the break", "recovers after the break", "exponential"],
)
def test_a_fade_that_slows_down_has_no_knee(course):
    assert find_knee(N, course, 6e-8) is None


def test_nineteen_cycles_are_too_few():
    assert find_knee(N[:19], np.interp(N[:19], [1, 10, 19], [1.0, 0.99, 0.8]), 6e-8) is None
    assert find_knee(N[:20], np.interp(N[:20], [1, 10, 20], [1.0, 0.99, 0.8]), 6e-8) is not None


def test_ten_thousand_cycles_are_thinned_and_keep_their_knee():
    n = np.arange(1, 10_001)
    knee = find_knee(n, np.interp(n, [1, 7000, 10_000], [1.0, 0.9, 0.6]), 6e-8)
    assert knee.n == pytest.approx(7000, abs=1)
