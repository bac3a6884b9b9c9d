"""Ends of steps that the file does not record, with and without the instrument's own count."""

from dataclasses import replace

import numpy as np
import pytest

from labsite.demo.cycling import Cycle
from tests.methods.cycling_runs import (
    CHANNEL,
    HALF_CELL,
    analyse,
    cathode_test,
    codes,
    flag,
    metric,
    rows,
    table,
    with_columns,
)

COUNTERS = {"step_charging_capacity_ah": None, "step_discharging_capacity_ah": None}
FOUR = [Cycle(1.0, 0.98, 1.0)] * 4


def test_120_points_at_30_s_give_the_true_charge_by_the_step_clock():
    """Without the continuation every half-cycle would be 0.8 % short."""
    test = cathode_test(FOUR, replace(HALF_CELL, interval_s=30.0, end_records=False))
    first = (test.columns["step_count"] == 1).sum()
    assert first == 120
    charge = table(analyse(with_columns(test, **COUNTERS)), "cycles")["charge_capacity_mah"]
    np.testing.assert_allclose(charge, 1.0, rtol=1e-9)


def test_the_efficiency_of_unequal_half_cycles_is_right_too():
    """50 % of the charge at twice the duration: the loss of both would not cancel."""
    short = [Cycle(1.0, 0.5, 1.0)] * 4
    test = cathode_test(short, replace(HALF_CELL, interval_s=30.0, end_records=False))
    result = analyse(with_columns(test, **COUNTERS))
    assert metric(result, "coulombic_efficiency", 1).value == pytest.approx(50.0, rel=1e-9)


def without_first_records(test):
    """Records at the end of every interval only, as some cyclers write them."""
    return rows(test, test.columns["step_time_second"] > 0)


def test_the_instruments_count_decides_whether_a_step_went_on_after_its_last_record():
    """Without step clock, a rest whose first record comes late looks like 30 s more of charge."""
    test = cathode_test(FOUR, replace(HALF_CELL, interval_s=30.0))
    late = (test.columns["step_type"] == "REST") & (test.columns["step_time_second"] == 0)
    blind = with_columns(rows(test, ~late), step_time_second=None)
    counted = analyse(blind)
    assert metric(counted, "charge_capacity", 2).value == pytest.approx(1.0, rel=1e-9)
    assert "STEP_END_MISSING" not in codes(counted)
    bare = with_columns(blind, **COUNTERS)
    alone = metric(analyse(bare, facts=CHANNEL), "charge_capacity", 2)
    assert alone.value == pytest.approx(1 + 30 / 3600, rel=1e-6)
    assert alone.lo95 < 1.0


def test_records_at_ends_of_intervals_give_the_true_charge_as_well():
    """What is missing before the first record is added after the last one."""
    written = without_first_records(cathode_test(FOUR, replace(HALF_CELL, interval_s=30.0)))
    blind = with_columns(written, step_time_second=None, **COUNTERS)
    charge = table(analyse(blind), "cycles")["charge_capacity_mah"]
    np.testing.assert_allclose(charge, 1.0, rtol=1e-9)


def test_the_step_clock_adds_what_passed_before_the_first_record():
    written = without_first_records(cathode_test(FOUR, replace(HALF_CELL, interval_s=30.0)))
    charge = table(analyse(written), "cycles")["charge_capacity_mah"]
    np.testing.assert_allclose(charge, 1.0, rtol=1e-9)


def test_held_voltage_without_an_end_takes_the_charge_that_the_instrument_counted():
    cycles = [Cycle(1.0, 0.98, 1.0, held=0.2)] * 4
    protocol = replace(HALF_CELL, interval_s=30.0, end_records=False)
    test = cathode_test(cycles, protocol)
    counted = test.columns["step_charging_capacity_ah"].copy()
    kind, step = test.columns["step_type"], test.columns["step_count"]
    ends = np.append(np.flatnonzero(np.diff(step)), len(step) - 1)
    counted[ends[kind[ends] == "CC_CHG"]] = 0.8e-3
    counted[ends[kind[ends] == "CV_CHG"]] = 0.2e-3
    result = analyse(with_columns(test, step_charging_capacity_ah=counted))
    charge = table(result, "cycles")["charge_capacity_mah"]
    np.testing.assert_allclose(charge, 1.0, rtol=1e-9)


def test_held_voltage_without_an_end_or_a_count_is_short_and_said_to_be():
    cycles = [Cycle(1.0, 0.98, 1.0, held=0.2)] * 4
    protocol = replace(HALF_CELL, interval_s=30.0, end_records=False)
    result = analyse(with_columns(cathode_test(cycles, protocol), **COUNTERS))
    value = metric(result, "charge_capacity", 2).value
    assert 0.998 < value < 1.0
    found = flag(result, "STEP_END_MISSING")
    assert found.severity == "warn"
    assert found.context["open"] == 4, "discharges happen to end within 5 s of a record"


@pytest.mark.parametrize("noise_ma", [0.0, 0.002])
def test_noise_of_the_current_does_not_hinder_the_continuation(noise_ma):
    protocol = replace(HALF_CELL, interval_s=30.0, end_records=False, noise_ma=noise_ma)
    result = analyse(with_columns(cathode_test(FOUR, protocol), **COUNTERS))
    assert metric(result, "charge_capacity", 2).value == pytest.approx(1.0, rel=5e-4)
