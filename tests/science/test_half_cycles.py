"""Half-cycles and their charges against currents whose integral is known."""

from dataclasses import replace

import numpy as np
import pytest

from analysis.science import integrals
from analysis.science.half_cycles import HalfCycles, dead_band, half_cycles
from analysis.science.stretches import Record
from labsite.demo.cycling import Cycle, Protocol, cycling_columns

HOUR = Protocol(opens_with=-1, lower_v=0.05, upper_v=2.0, shape="silicon", interval_s=30.0)
ONE_AH = [Cycle(1000.0, 1000.0, 1000.0)] * 2


def record(table, *, clock: bool = True) -> Record:
    return Record(
        time_s=table["test_time_second"],
        voltage_v=table["voltage_volt"],
        current_a=table["current_ampere"],
        step=table["step_count"] if clock else None,
        step_time_s=table["step_time_second"] if clock else None,
    )


def split(measured: Record) -> HalfCycles:
    return half_cycles(measured, dead_band(measured.current_a, 1e-3))


def square(duration_s: float = 3600.0, interval_s: float = 30.0) -> Record:
    """+1 A, then -1 A, records at the start of every interval only, without step clock."""
    time = np.arange(0.0, 2 * duration_s, interval_s)
    current = np.where(time < duration_s, 1.0, -1.0)
    return Record(time, np.full(len(time), 3.0), current)


def test_signs_alternate_and_follow_the_current():
    half = split(record(cycling_columns(ONE_AH, HOUR)))
    assert half.sign.tolist() == [-1, 1, -1, 1]


def test_120_points_at_30_s_lose_0_8_percent_of_a_trapezoid():
    """The loss that the continuation to the end of the step makes good."""
    measured = square()
    charge = measured.current_a > 0
    assert charge.sum() == 120
    naive = np.trapezoid(measured.current_a[charge], measured.time_s[charge]) / 3600
    assert naive == pytest.approx(1 - 0.0083, abs=1e-4)


def test_steps_are_continued_to_the_time_of_the_next_record():
    half = split(square())
    assert half.charge_ah[0] == pytest.approx(1.0, rel=1e-12)
    assert half.assumed_ah[0] == pytest.approx(30 / 3600)
    assert half.ended_with_last_record().charge_ah[0] == pytest.approx(119 / 120, rel=1e-12)


def test_the_last_step_of_a_file_has_no_next_record():
    assert split(square()).charge_ah[1] == pytest.approx(119 / 120, rel=1e-12)


@pytest.mark.parametrize("rest_s", [0.0, 600.0])
def test_steps_are_continued_to_the_end_that_the_step_clock_tells(rest_s):
    unrecorded = replace(HOUR, end_records=False, rest_s=rest_s)
    half = split(record(cycling_columns(ONE_AH, unrecorded)))
    np.testing.assert_allclose(half.charge_ah[:3], 1.0, rtol=1e-12)
    np.testing.assert_allclose(half.tail_s[:3], 30.0)
    np.testing.assert_array_equal(half.assumed_ah[:3], 0.0)


def test_a_step_that_ended_between_records_is_continued_by_the_clock_of_the_next():
    """Charge for 3610 s with records every 30 s; the next step's first record is 5 s late."""
    time = np.concatenate((np.arange(0.0, 3601.0, 30.0), 3615.0 + np.arange(0.0, 900.0, 30.0)))
    clock = np.concatenate((np.arange(0.0, 3601.0, 30.0), 5.0 + np.arange(0.0, 900.0, 30.0)))
    current = np.where(time < 3611, 1.0, -1.0)
    half = split(Record(time, np.full(len(time), 3.0), current, step_time_s=clock))
    assert half.charge_ah[0] == pytest.approx(3610 / 3600, rel=1e-12)
    discharged = time[-1] - 3610.0
    assert half.charge_ah[1] == pytest.approx(discharged / 3600, rel=1e-12)
    np.testing.assert_array_equal(half.assumed_ah, 0.0)


def test_an_unrecorded_rest_is_not_taken_for_current():
    """The next record comes an hour after the last one of the step."""
    first = square()
    moved = np.where(first.current_a < 0, first.time_s + 3600.0, first.time_s)
    half = split(replace(first, time_s=moved))
    assert half.charge_ah[0] == pytest.approx(119 / 120, rel=1e-12)
    assert half.tail_s[0] == 0


def test_a_falling_current_is_not_continued():
    time = np.arange(0.0, 600.0, 30.0)
    current = np.where(time < 450, np.exp(-time / 100.0), -1.0)
    half = split(Record(time, np.full(len(time), 3.0), current))
    within = time < 450
    assert half.charge_ah[0] == pytest.approx(np.trapezoid(current[within], time[within]) / 3600)
    assert half.open_s[0] == 30.0


def test_an_open_end_takes_a_charge_from_elsewhere():
    half = split(square())
    taken = half.corrected(np.array([1.25, 1.25]), np.array([True, False]))
    assert taken.charge_ah[0] == 1.25
    assert taken.charge_ah[1] == half.charge_ah[1]
    assert taken.energy_wh[0] == pytest.approx(3.0 * 1.25)


def test_constant_current_and_held_voltage_are_one_half_cycle():
    held = replace(HOUR, interval_s=2.0)
    cycles = [Cycle(1000.0, 1000.0, 1000.0, held=0.2)] * 2
    half = split(record(cycling_columns(cycles, held)))
    assert len(half) == 4
    np.testing.assert_allclose(half.charge_ah, 1.0, rtol=1e-5)
    np.testing.assert_allclose(half.current_a, 1.0, rtol=1e-3)
    np.testing.assert_allclose(half.held_ah, 0.2, rtol=0.06)


def test_rests_within_a_half_cycle_are_left_out():
    """Charge, rest, charge on: the charge of the rest is nothing and the halves are one."""
    time = np.arange(0.0, 10_000.0, 10.0)
    current = np.select(
        [time < 1800, time < 3600, time < 5400, time < 5500], [1.0, 0, 1.0, 0], -1.0
    )
    half = split(Record(time, np.full(len(time), 3.0), current))
    assert len(half) == 2
    assert half.charge_ah[0] == pytest.approx(1.0, rel=1e-12)
    assert half.duration_s[0] == pytest.approx(3600.0)


def test_energy_is_the_integral_of_power_and_mean_voltage_that_over_charge():
    time = np.linspace(0.0, 3600.0, 361)
    volt = 3.0 + time / 3600.0
    current = np.append(np.full(360, 2.0), -2.0)
    half = split(Record(time, volt, current))
    share = 359 / 360  # then the last voltage holds to the end of the hour
    expected = 2.0 * (3.0 * share + share**2 / 2) + 2.0 * (1 / 360) * (3.0 + share)
    assert half.energy_wh[0] == pytest.approx(expected, rel=1e-9)
    assert half.mean_voltage_v[0] == pytest.approx(expected / 2.0, rel=1e-9)


def test_currents_in_the_dead_band_are_rest():
    time = np.arange(0.0, 1000.0, 10.0)
    current = np.where(time < 500, 1.0, -0.0005)
    assert len(split(Record(time, np.full(100, 3.0), current))) == 1
    assert len(half_cycles(Record(time, np.full(100, 3.0), current), 1e-4)) == 2


def test_the_dead_band_is_a_share_of_the_largest_current_or_the_resolution():
    assert dead_band(np.array([0.5, -2.0]), 1e-3) == pytest.approx(2e-3)
    assert dead_band(np.array([0.5, -2.0]), 1e-3, 0.01) == 0.01


def test_a_stray_record_of_the_other_sign_does_not_split_a_half_cycle():
    measured = square()
    current = measured.current_a.copy()
    current[50] = -0.01
    half = split(replace(measured, current_a=current))
    assert half.sign.tolist() == [1, -1]
    assert half.charge_ah[0] == pytest.approx(1.0, rel=0.02)


def test_a_short_half_cycle_between_short_ones_is_kept():
    """Two records each, as of a dead cell: nothing is noise beside its neighbours."""
    current = np.array([1.0, 1.0, -1.0, -1.0, 1.0, 1.0, -1.0, -1.0])
    half = split(Record(np.arange(8.0), np.full(8, 3.0), current))
    assert half.sign.tolist() == [1, -1, 1, -1]


def test_no_current_gives_no_half_cycle():
    nothing = np.zeros(20)
    assert len(half_cycles(Record(np.arange(20.0), nothing, nothing), 0.0)) == 0


@pytest.mark.parametrize("block", [50, 97, 1000, 10**6])
def test_the_size_of_blocks_changes_nothing(block, monkeypatch):
    table = cycling_columns([Cycle(900.0 + k, 850.0, 500.0, held=0.1) for k in range(6)], HOUR)
    expected = split(record(table))
    monkeypatch.setattr(integrals, "BLOCK_ROWS", block)
    found = split(record(table))
    for name in HalfCycles.__dataclass_fields__:
        np.testing.assert_array_equal(getattr(found, name), getattr(expected, name))


def test_a_random_current_is_integrated_exactly_as_by_a_plain_loop():
    """Irregular times, changing signs and rests, against one trapezoid a run."""
    rng = np.random.default_rng(3)
    lengths = rng.integers(5, 60, 40)
    levels = np.tile([1.0, 0.0, -1.0, 0.0], 10) * rng.uniform(0.5, 2.0, 40)
    level = np.repeat(levels, lengths)
    current = level * (1 + 0.1 * rng.standard_normal(len(level)))
    time = np.cumsum(rng.uniform(0.1, 10.0, len(level)))
    half = half_cycles(Record(time, np.full(len(time), 1.0), current), 0.01)
    edges = np.concatenate(([0], np.cumsum(lengths)))
    expected = [
        abs(np.trapezoid(current[a:b], time[a:b])) / 3600
        for a, b, level_a in zip(edges[:-1], edges[1:], levels, strict=True)
        if level_a != 0
    ]
    closed = half.ended_with_last_record().charge_ah
    np.testing.assert_allclose(closed, expected, rtol=1e-12)


def test_temperatures_are_averaged_over_the_finite_rows():
    values = np.array([20.0, 22.0, np.nan, 30.0, np.nan])
    first, last = np.array([0, 2, 4]), np.array([1, 3, 4])
    means = integrals.means(values, first, last)
    np.testing.assert_allclose(means[:2], [21.0, 30.0])
    assert np.isnan(means[2])
