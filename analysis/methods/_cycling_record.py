"""Reads a cycling table: checked times, what the instrument counted, the temperature."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.methods import Flag, Frame, MethodError
from analysis.methods._refusals import require_columns
from analysis.science.instrument_capacity import (
    InstrumentCycles,
    Restart,
    by_cycle,
    last_rows,
    unbroken,
)
from analysis.science.stretches import Bools, Floats, Ints, Record
from measurements import columns

REQUIRED = (columns.TEST_TIME, columns.VOLTAGE, columns.CURRENT)
FEWEST_ROWS = 10
UNUSABLE_SHARE = 0.01

COUNTERS: tuple[tuple[Restart, str, str], ...] = (
    ("step", columns.STEP_CHARGING_CAPACITY, columns.STEP_DISCHARGING_CAPACITY),
    ("cycle", columns.CYCLE_CHARGING_CAPACITY, columns.CYCLE_DISCHARGING_CAPACITY),
    ("never", columns.CHARGING_CAPACITY, columns.DISCHARGING_CAPACITY),
)
"""Capacities that an instrument may count, the most detailed first; when they restart."""

TEMPERATURES = (
    columns.AMBIENT_TEMPERATURE,
    columns.SURFACE_TEMPERATURE,
    "temperature_t1_celsius",
)

NEGATIVE = 1e-6
"""A capacity below zero by more than this share of the largest is wrong."""


@dataclass(frozen=True)
class Counted:
    """What the instrument counted.

    ``cycles`` by its cycle number (one cycle 0 for all when the file numbers none, then
    ``numbered`` is False); step capacities in Ah ``charge_ah`` and ``discharge_ah`` at the
    last rows ``step_ends`` of steps, None for counters that do not restart with every step.
    """

    cycles: InstrumentCycles
    numbered: bool
    step_ends: Ints | None
    charge_ah: Floats
    discharge_ah: Floats


@dataclass(frozen=True)
class Recording:
    """A test as read; ``cycle`` (rows,) and ``temperature_celsius`` (rows,) may be missing."""

    record: Record
    counted: Counted | None
    cycle: Ints | None
    temperature_celsius: Floats | None
    flags: tuple[Flag, ...]


def read_recording(frame: Frame) -> Recording:
    """Return the checked table.

    Rows without finite time, voltage or current are dropped (refused beyond 1 %).
    Raises MethodError for missing columns, too few rows, times that go back, capacities below 0.
    """
    require_columns(frame, REQUIRED)
    if frame.rows < FEWEST_ROWS:
        raise MethodError(
            "E_TOO_FEW_POINTS",
            f"The table has {frame.rows} rows; a cycle needs at least {FEWEST_ROWS}.",
        )
    required = [np.asarray(frame[name], dtype=np.float64) for name in REQUIRED]
    reader = _Reader(frame, _usable_rows(required))
    time, voltage, current = (reader.select(values) for values in required)
    _require_forward(time)
    step = reader.integers(columns.STEP)
    cycle = reader.integers(columns.CYCLE)
    return Recording(
        record=Record(
            time_s=time,
            voltage_v=voltage,
            current_a=current,
            step=step,
            step_time_s=reader.optional(columns.STEP_TIME),
        ),
        counted=_counted(reader, cycle, step),
        cycle=cycle,
        temperature_celsius=next(
            (reader.floats(name) for name in TEMPERATURES if name in frame.columns), None
        ),
        flags=_dropped(frame.rows, reader.rows),
    )


@dataclass(frozen=True)
class _Reader:
    """Reads columns without the unusable rows (None: all are usable)."""

    frame: Frame
    usable: Bools | None

    @property
    def rows(self) -> int:
        """Number of usable rows."""
        return self.frame.rows if self.usable is None else int(np.count_nonzero(self.usable))

    def select(self, values: Floats) -> Floats:
        """Return the usable rows of a column."""
        return values if self.usable is None else values[self.usable]

    def floats(self, name: str) -> Floats:
        """Return a column as float64."""
        return self.select(np.asarray(self.frame[name], dtype=np.float64))

    def optional(self, name: str) -> Floats | None:
        """Return a column as float64, None where the table lacks it."""
        return self.floats(name) if name in self.frame.columns else None

    def integers(self, name: str) -> Ints | None:
        """Return a column of whole numbers, None where it is missing or has gaps."""
        if name not in self.frame.columns:
            return None
        values = self.frame[name]
        if not np.issubdtype(values.dtype, np.integer):
            if not np.isfinite(np.asarray(values, dtype=np.float64)).all():
                return None
            values = values.astype(np.int64)
        whole: Ints = np.asarray(values, dtype=np.int64)
        return whole if self.usable is None else whole[self.usable]


def _usable_rows(required: Sequence[Floats]) -> Bools | None:
    usable = np.isfinite(required[0])
    for values in required[1:]:
        usable &= np.isfinite(values)
    rows = len(usable)
    unusable = rows - int(np.count_nonzero(usable))
    if unusable > UNUSABLE_SHARE * rows:
        row = int(np.argmin(usable))
        raise MethodError(
            "E_NON_FINITE",
            f"{unusable} of {rows} rows lack a finite time, voltage or current (the first is "
            f"row {row + 1}); allowed is {UNUSABLE_SHARE:.0%}.",
        )
    return usable if unusable else None


def _dropped(rows: int, usable: int) -> tuple[Flag, ...]:
    if rows == usable:
        return ()
    return (
        Flag(
            "NON_FINITE_DROPPED",
            "info",
            f"{rows - usable} of {rows} rows lack a finite time, voltage or current and were left "
            "out.",
            {"rows": rows - usable},
        ),
    )


def _require_forward(time_s: Floats) -> None:
    back = np.flatnonzero(time_s[1:] < time_s[:-1])
    if back.size:
        row = int(back[0]) + 1
        raise MethodError(
            "E_NON_MONOTONIC_TIME",
            f"Time goes back {back.size} times: {columns.TEST_TIME} is {time_s[row - 1]:.10g} s in "
            f"row {row} and {time_s[row]:.10g} s in row {row + 1}; it must not fall. Were files "
            "joined, or is the order of rows lost?",
        )


def _counted(reader: _Reader, cycle: Ints | None, step: Ints | None) -> Counted | None:
    """Return the capacities that the instrument counted, None where it counted none."""
    number = np.zeros(reader.rows, dtype=np.int64) if cycle is None else cycle
    for restart, charging, discharging in COUNTERS:
        present = charging in reader.frame.columns and discharging in reader.frame.columns
        restarts = {"step": step, "cycle": cycle, "never": number}[restart]
        if not present or restarts is None:
            continue
        ends = last_rows(number, restarts)
        counters = [_counter(reader, name, ends, restart) for name in (charging, discharging)]
        if not any(counter.any() for counter in counters):
            continue
        return Counted(
            cycles=by_cycle(number, ends, counters, restart),
            numbered=cycle is not None,
            step_ends=ends if restart == "step" else None,
            charge_ah=counters[0],
            discharge_ah=counters[1],
        )
    return None


def _counter(reader: _Reader, name: str, rows: NDArray[np.int64], restart: Restart) -> Floats:
    values = reader.floats(name)
    if not np.isfinite(values).any():
        return np.zeros(len(rows))
    lowest, highest = float(np.nanmin(values)), float(np.nanmax(values))
    if lowest < -NEGATIVE * max(highest, -lowest):
        raise MethodError(
            "E_NEGATIVE_CAPACITY",
            f"{name} is {lowest:.6g} Ah in row {int(np.nanargmin(values)) + 1}; capacities of a "
            "direction are never negative. Is it a net capacity?",
        )
    values = np.nan_to_num(values)
    return unbroken(values)[rows] if restart == "never" else values[rows]
