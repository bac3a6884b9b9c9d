"""Retention, cycle life and fade of sequences with known answers."""

import numpy as np
import pytest

from analysis.science.retention import cycle_life, fade, retention, scatter

FIRST = "first_of_nominal_rate"


def kept(capacities, start: int = 1, kind=FIRST, nth: int = 1):
    values = np.asarray(capacities, dtype=float)
    return retention(np.arange(start, start + len(values)), values, kind, nth)


def full_cell(noise: float = 0.0, outlier: int | None = None, seed: int = 0) -> np.ndarray:
    """FX-FULL: 98.3 % at 100, 80 % at 145."""
    k = np.arange(1, 161)
    capacity = 151.4 * np.interp(k, [1, 100, 145, 160], [1.0, 0.983, 0.8, 0.739])
    capacity *= 1 + noise * np.random.default_rng(seed).standard_normal(160)
    if outlier:
        capacity[outlier - 1] *= 0.7
    return capacity


def test_n_counts_from_the_reference_cycle_as_one():
    found = kept([1.0, 0.9], start=4)
    assert found.n.tolist() == [1, 2]
    assert found.reference_cycle == 4


def test_the_full_cell_ends_at_145():
    life = cycle_life(kept(full_cell()), 0.8, 3)
    assert life.reached
    assert life.value == pytest.approx(145.0, abs=1e-6)


def test_an_outlier_does_not_end_a_life_unless_one_cycle_is_enough():
    capacities = full_cell(noise=0.003, outlier=61)
    assert cycle_life(kept(capacities), 0.8, 3).value == pytest.approx(145.0, abs=1.5)
    assert cycle_life(kept(capacities), 0.8, 1).value == pytest.approx(61.0, abs=1.0)


def test_a_crossing_is_interpolated_from_the_last_cycle_above():
    """Cycle 4 is missing: 0.9 at 3, 0.7 at 5."""
    capacities = np.array([1.0, 0.95, 0.9, 0.7, 0.6, 0.5])
    found = retention(np.array([1, 2, 3, 5, 6, 7]), capacities, FIRST, 1)
    assert cycle_life(found, 0.8, 3).value == pytest.approx(4.0)


def test_an_outlier_right_before_the_crossing_is_passed_over():
    """80 % is crossed between 4 and 5; cycle 3 alone was below."""
    life = cycle_life(kept([1.0, 0.9, 0.5, 0.84, 0.76, 0.7, 0.6]), 0.8, 3)
    assert life.value == pytest.approx(4.5)


def test_a_life_that_does_not_end_gives_its_last_cycle():
    life = cycle_life(kept([1.0, 0.95, 0.9]), 0.8, 3)
    assert (life.value, life.reached, life.u) == (3.0, False, None)


def test_two_cycles_below_at_the_end_are_not_three():
    assert not cycle_life(kept([1.0, 0.9, 0.7, 0.6]), 0.8, 3).reached


def test_the_scatter_of_noise_on_a_line_is_that_of_the_noise():
    rng = np.random.default_rng(1)
    line = np.linspace(1.0, 0.8, 2000)
    assert scatter(line + 0.003 * rng.standard_normal(2000)) == pytest.approx(0.003, rel=0.05)


def test_a_line_without_noise_scatters_by_no_more_than_the_resolution_of_a_file():
    assert scatter(np.linspace(1.0, 0.8, 20)) == pytest.approx(6e-8)


def test_five_cycles_are_too_few_for_a_scatter():
    assert scatter(np.linspace(1.0, 0.8, 5)) is None
    assert kept(np.linspace(1.0, 0.8, 5)).u(4) is None


def test_the_uncertainty_of_retention_has_that_of_the_reference_in_it():
    rng = np.random.default_rng(2)
    found = kept(1 + 0.01 * rng.standard_normal(500))
    assert found.u(0) == 0
    assert found.u(100) == pytest.approx(0.01 * np.sqrt(2), rel=0.1)
    three = kept(1 + 0.01 * rng.standard_normal(500), kind="mean_first_3")
    assert three.u(100) == pytest.approx(0.01 * np.sqrt(4 / 3), rel=0.1)


@pytest.mark.parametrize(
    ("kind", "cycle", "base"),
    [
        (FIRST, 4, 1.0),
        ("max", 5, 1.1),
        ("nth", 6, 0.9),
        ("mean_first_3", 4, 1.0),
    ],
)
def test_references(kind, cycle, base):
    found = kept([1.0, 1.1, 0.9, 0.8], start=4, kind=kind, nth=6)
    assert found.reference_cycle == cycle
    assert found.reference_capacity == pytest.approx(base)
    assert found.relative[-1] == pytest.approx(0.8 / base)


def test_a_reference_cycle_that_is_not_there_is_an_error():
    with pytest.raises(ValueError, match="cycle 1 is not among"):
        kept([1.0, 0.9], start=4, kind="cycle_1")


def test_fade_is_the_slope_whatever_one_cycle_does():
    capacities = 1 - 0.001 * np.arange(100)
    capacities[50] = 0.3
    line = fade(kept(capacities))
    assert line.slope == pytest.approx(-0.001, rel=1e-6)
    assert line.crossing(0.8) == pytest.approx(201.0, rel=1e-4)


def test_fade_of_ten_thousand_cycles_uses_some_of_them():
    line = fade(kept(1 - 1e-5 * np.arange(10_000)))
    assert line.slope == pytest.approx(-1e-5, rel=1e-9)


def test_capacity_that_grows_never_falls_to_a_threshold():
    assert fade(kept([1.0, 1.1, 1.2])).crossing(0.8) is None
