"""Capacities that an instrument counted, summed by its cycle number."""

import numpy as np
import pytest

from analysis.science.instrument_capacity import by_cycle, by_half_cycle, last_rows, unbroken

CYCLE = np.array([1, 1, 1, 1, 1, 1, 2, 2, 2, 2])
STEP = np.array([1, 1, 2, 2, 3, 3, 4, 4, 5, 5])
CHARGING = np.array([0.0, 1.0, 0.0, 0.5, 0.0, 0.0, 0.0, 1.2, 0.0, 0.0])
DISCHARGING = np.array([0.0, 0.0, 0.0, 0.0, 0.0, 1.4, 0.0, 0.0, 0.0, 1.1])


def test_constant_current_and_held_voltage_of_a_cycle_add_up():
    ends = last_rows(CYCLE, STEP)
    assert ends.tolist() == [1, 3, 5, 7, 9]
    found = by_cycle(CYCLE, ends, (CHARGING[ends], DISCHARGING[ends]), "step")
    assert found.cycle.tolist() == [1, 2]
    np.testing.assert_allclose(found.charge_ah, [1.5, 1.2])
    np.testing.assert_allclose(found.discharge_ah, [1.4, 1.1])


@pytest.mark.parametrize("restart", ["cycle", "never"])
def test_counters_that_restart_with_cycles_or_never_give_the_same(restart):
    ends = last_rows(CYCLE)
    base = {"cycle": 0.0, "never": 1.0}[restart]
    charge = np.array([1.5, 1.2 + 1.5 * base])
    discharge = np.array([1.4, 1.1 + 1.4 * base])
    found = by_cycle(CYCLE, ends, (charge, discharge), restart)
    np.testing.assert_allclose(found.charge_ah, [1.5, 1.2])
    np.testing.assert_allclose(found.discharge_ah, [1.4, 1.1])


def test_steps_are_summed_over_half_cycles():
    ends = last_rows(CYCLE, STEP)
    first, last = np.array([0, 4, 6, 8]), np.array([3, 5, 7, 9])
    charge = by_half_cycle(ends, CHARGING[ends], first, last)
    np.testing.assert_allclose(charge, [1.5, 0.0, 1.2, 0.0])


def test_a_half_cycle_that_ends_within_a_step_has_no_counted_charge():
    ends = last_rows(CYCLE, STEP)
    found = by_half_cycle(ends, CHARGING[ends], np.array([0, 4]), np.array([2, 5]))
    assert np.isnan(found[0])
    assert found[1] == 0


def test_a_counter_that_restarts_although_it_should_not_is_put_together():
    np.testing.assert_allclose(unbroken(np.array([0.0, 1.0, 0.2, 0.5]))[-1], 1.5)
    np.testing.assert_allclose(unbroken(np.array([5.0, 6.0, 7.0])), [0.0, 1.0, 2.0])


def test_rounding_downwards_is_no_restart():
    assert unbroken(np.array([0.0, 1.0, 0.999999, 2.0]))[-1] == pytest.approx(2.0)
