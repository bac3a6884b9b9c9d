"""Voltage profiles and their thinning."""

import numpy as np
import pytest

from analysis.science.profiles import min_max_rows, not_held, profile
from analysis.science.stretches import Record


def test_a_profile_ends_with_the_charge_that_passed_and_leaves_rests_out():
    time = np.arange(0.0, 7201.0, 10.0)
    current = np.select([time <= 1800, time <= 5400], [2.0, 0.0], 2.0)
    capacity, volt = profile(Record(time, 3.0 + time / 7200, current), 0, len(time) - 1, 1e-3)
    assert capacity[0] == 0
    assert capacity[-1] == pytest.approx(2.0 * (1800 + 1790) / 3600)
    assert len(volt) == (current > 0).sum()
    assert (np.diff(capacity) >= 0).all()


def test_points_at_held_voltage_are_told_from_those_at_constant_current():
    """One hour at 2 A up to 4 V, then the current falls; the row before is at rest."""
    time = np.arange(0.0, 5401.0, 60.0)
    constant = time <= 3600
    current = np.where(constant, 2.0, 2.0 * np.exp(-(time - 3600) / 900))
    current[0] = 0.0
    volt = np.where(constant, 3.0 + time / 3600, 4.0)
    free = not_held(Record(time, volt, current), 0, len(time) - 1, 1e-3)
    assert len(free) == len(time) - 1
    assert free[:60].all()
    assert not free[60:].any()


def test_few_points_stay_as_they_are():
    assert min_max_rows(np.array([3.0, 1.0, 2.0]), 10).tolist() == [0, 1, 2]


def test_thinning_keeps_ends_and_extremes_and_never_exceeds_the_limit():
    rng = np.random.default_rng(0)
    values = rng.standard_normal(10_007)
    values[[4321, 8765]] = 50.0, -50.0
    chosen = min_max_rows(values, 500)
    assert len(chosen) <= 500
    assert {0, 4321, 8765, 10_006} <= set(chosen.tolist())
    assert (np.diff(chosen) > 0).all()


def test_three_points_are_too_few_for_a_line():
    with pytest.raises(ValueError, match="at least 4 points"):
        min_max_rows(np.arange(100.0), 3)
