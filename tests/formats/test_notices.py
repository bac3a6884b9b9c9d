"""What is noticed in the rows of a table, and what is not."""

import numpy as np
import pandas as pd
import pytest

from measurements import columns
from measurements.formats._checks import Source, finish
from measurements.formats._notices import noticed

HOUR_S = 3600.0


def cycling(cycles: int = 3, rows: int = 200) -> pd.DataFrame:
    """Charge and discharge at 1 mA, one hour each, step capacities by the rectangle rule."""
    noise = 1e-6 * np.random.default_rng(3).standard_normal((2 * cycles, rows))
    current = 1e-3 * np.resize([1.0, -1.0], 2 * cycles)[:, None] + noise
    interval_s = HOUR_S / rows
    passed = np.cumsum(np.abs(current), axis=1) * interval_s / HOUR_S
    charging = np.repeat(current[:, 0] > 0, rows)
    step = np.repeat(np.arange(2 * cycles), rows)
    return pd.DataFrame(
        {
            columns.TEST_TIME: interval_s * np.arange(2 * cycles * rows),
            columns.VOLTAGE: 3.0,
            columns.CURRENT: current.ravel(),
            columns.CYCLE: 1 + step // 2,
            columns.STEP: 1 + step,
            columns.STEP_CHARGING_CAPACITY: np.where(charging, passed.ravel(), 0.0),
            columns.STEP_DISCHARGING_CAPACITY: np.where(charging, 0.0, passed.ravel()),
        }
    )


def found(frame: pd.DataFrame) -> dict[str, str]:
    return {notice.code: notice.message for notice in noticed(Source("a.csv", "line", 3), frame)}


def test_a_sound_test_gives_no_notice() -> None:
    assert found(cycling()) == {}


def test_repeated_rows_are_counted_and_kept() -> None:
    frame = cycling()
    double = pd.concat([frame[:10], frame[9:20], frame[19:]], ignore_index=True)
    message = found(double)["DUPLICATED_ROWS"]
    assert message.startswith("2 rows repeat the row before in every value, first at line 13;")
    kept = finish(Source("a.csv"), columns.CYCLING, double, metadata={})
    assert len(kept.frame) == len(frame) + 2
    assert [notice.code for notice in kept.notices] == ["DUPLICATED_ROWS"]


def test_a_logger_with_a_clock_of_whole_seconds_may_repeat_itself() -> None:
    frame = cycling()[[columns.TEST_TIME, columns.VOLTAGE]].copy()
    frame[columns.TEST_TIME] = np.floor(frame[columns.TEST_TIME] / 30)
    assert found(frame) == {}


def test_two_rows_of_one_time_that_differ_are_no_repetition() -> None:
    frame = cycling()
    frame.loc[10, columns.TEST_TIME] = frame.loc[9, columns.TEST_TIME]
    assert found(frame) == {}


@pytest.mark.parametrize(
    ("numbers", "said"),
    [
        ((1, 3, 4), "once, first at line 403 (cycle 1, then 3)"),
        ((1, 2, 1), "once, first at line 803 (cycle 2, then 1)"),
        ((5, 1, 7), "2 times, first at line 403 (cycle 5, then 1)"),
    ],
)
def test_cycle_numbers_that_jump(numbers: tuple[int, ...], said: str) -> None:
    frame = cycling().assign(**{columns.CYCLE: np.repeat(numbers, 400)})
    assert said in found(frame)["CYCLE_JUMPS"]


@pytest.mark.parametrize(
    ("factor", "said"),
    [(1e-3, "differs by 100% (median of 3"), (1.08, "differs by 7% (median of 3")],
)
def test_capacities_of_another_scale(factor: float, said: str) -> None:
    frame = cycling()
    frame[columns.STEP_CHARGING_CAPACITY] *= factor
    message = found(frame)["CAPACITY_MISMATCH"]
    assert f"{columns.STEP_CHARGING_CAPACITY} {said}" in message
    assert columns.STEP_DISCHARGING_CAPACITY not in message


def test_the_numbers_in_the_notice_are_those_of_a_half_cycle() -> None:
    frame = cycling()
    frame[columns.STEP_CHARGING_CAPACITY] *= 2
    message = found(frame)["CAPACITY_MISMATCH"]
    assert "0.00199 Ah in the file, 0.000995 Ah by integration" in message


def test_a_current_of_the_wrong_sign_is_noticed_in_both_counters() -> None:
    message = found(cycling().assign(**{columns.CURRENT: -cycling()[columns.CURRENT]}))
    assert message["CAPACITY_MISMATCH"].count("differs by 100%") == 2


def test_a_capacity_that_runs_through_the_test_is_as_good() -> None:
    frame = cycling()
    steps = frame.pop(columns.STEP_CHARGING_CAPACITY)
    total = np.cumsum(np.maximum(np.diff(steps, prepend=0.0), 0.0))
    assert found(frame.assign(**{columns.CHARGING_CAPACITY: total})) == {}


def test_capacities_and_currents_rounded_by_the_file_are_no_mismatch() -> None:
    """As Landt writes: 0.0002 A is anything from 0.15 to 0.25 mA."""
    frame = cycling()
    scaled = {
        name: (0.23 * frame[name]).round(4)
        for name in (
            columns.CURRENT,
            columns.STEP_CHARGING_CAPACITY,
            columns.STEP_DISCHARGING_CAPACITY,
        )
    }
    assert found(frame.assign(**scaled)) == {}


def test_charge_below_the_noise_is_not_judged() -> None:
    frame = cycling()
    frame[columns.CURRENT] *= 1e-3
    frame[columns.STEP_CHARGING_CAPACITY] *= 2e-3
    frame[columns.STEP_DISCHARGING_CAPACITY] *= 1e-3
    assert found(frame) == {}


def test_counters_without_numbers_are_not_judged() -> None:
    frame = cycling().assign(**{columns.STEP_CHARGING_CAPACITY: np.nan})
    frame.loc[::2, columns.STEP_DISCHARGING_CAPACITY] = np.inf
    assert found(frame) == {}
