"""What a person should know about a table although every number in it can be read."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from measurements import columns
from measurements.formats import Notice

if TYPE_CHECKING:
    from measurements.formats._checks import Source

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

COUNTERS = {
    columns.STEP_CHARGING_CAPACITY: 1,
    columns.STEP_DISCHARGING_CAPACITY: -1,
    columns.CYCLE_CHARGING_CAPACITY: 1,
    columns.CYCLE_DISCHARGING_CAPACITY: -1,
    columns.CHARGING_CAPACITY: 1,
    columns.DISCHARGING_CAPACITY: -1,
}
"""Counters of charge -> sign of the current that they count."""

SECONDS_AN_HOUR = 3600.0
SMALLEST_CHARGE_AH = 0.01 / SECONDS_AN_HOUR
"""10 mAs: less than that is the noise of a rest."""

LARGEST_DIFFERENCE = 0.05
FEWEST_ROWS = 10
"""Stretches of fewer rows are too coarse to integrate."""


def noticed(source: "Source", frame: pd.DataFrame) -> Iterator[Notice]:
    """Yield what is odd in the rows of a table with a time; its index counts the file's rows."""
    if columns.TEST_TIME not in frame:
        return
    with np.errstate(invalid="ignore", over="ignore"):
        if {columns.VOLTAGE, columns.CURRENT} <= set(frame):
            yield from _duplicated_rows(source, frame)
        if columns.CYCLE in frame:
            yield from _cycle_jumps(source, frame)
        if columns.CURRENT in frame:
            yield from _capacity_mismatches(frame)


def _duplicated_rows(source: "Source", frame: pd.DataFrame) -> Iterator[Notice]:
    """Notice rows that repeat the one before in every column.

    Of cyclers and potentiostats only: loggers with a clock of whole seconds repeat themselves.
    """
    time = frame[columns.TEST_TIME].to_numpy()
    again = np.flatnonzero(time[1:] == time[:-1]) + 1
    for name in frame.columns:
        if not again.size:
            return
        values = frame[name].to_numpy()
        here, before = values[again], values[again - 1]
        again = again[(here == before) | (pd.isna(here) & pd.isna(before))]
    if again.size:
        rows = "1 row repeats" if again.size == 1 else f"{again.size} rows repeat"
        yield Notice(
            "DUPLICATED_ROWS",
            f"{rows} the row before in every value, first at "
            f"{source.place(int(frame.index[again[0]]))}; they are kept.",
        )


def _cycle_jumps(source: "Source", frame: pd.DataFrame) -> Iterator[Notice]:
    """Notice cycle numbers that fall or leave numbers out."""
    cycle = frame[columns.CYCLE].to_numpy()
    step = np.diff(cycle)
    jumps = np.flatnonzero((step < 0) | (step > 1)) + 1
    if jumps.size:
        times = "once" if jumps.size == 1 else f"{jumps.size} times"
        yield Notice(
            "CYCLE_JUMPS",
            f"The cycle number falls or leaves numbers out {times}, first at "
            f"{source.place(int(frame.index[jumps[0]]))} (cycle {cycle[jumps[0] - 1]}, then "
            f"{cycle[jumps[0]]}); the instrument's numbers are kept.",
        )


@dataclass(frozen=True)
class Counts:
    """Charge of stretches, arrays of shape (stretches,) in Ah.

    As the file counts it, as the integral of its current, and what rounding may make of both.
    """

    file: Floats
    integral: Floats
    rounding: Floats


def _capacity_mismatches(frame: pd.DataFrame) -> Iterator[Notice]:
    """Notice counters of charge that differ from the integral of the current over time."""
    counters = {name: np.abs(frame[name].to_numpy()) for name in COUNTERS if name in frame}
    if not counters:
        return
    current, time = (frame[name].to_numpy() for name in (columns.CURRENT, columns.TEST_TIME))
    hours = np.diff(time) / SECONDS_AN_HOUR
    total = np.append(0.0, np.cumsum(0.5 * (current[1:] + current[:-1]) * hours))
    first, last = _stretches(current, _parted(frame, counters.values()) | (hours < 0))
    rounding = 0.5 * _resolution(np.abs(current)) * (time[last] - time[first]) / SECONDS_AN_HOUR
    found = []
    for name, counter in counters.items():
        said = _difference(
            Counts(
                file=counter[last] - counter[first],
                integral=np.maximum(COUNTERS[name] * (total[last] - total[first]), 0.0),
                rounding=rounding + _resolution(counter),
            )
        )
        if said:
            found.append(f"{name} {said}")
    if found:
        yield Notice(
            "CAPACITY_MISMATCH",
            "The file's capacities are not the integral of its current over its time: "
            f"{'; '.join(found)}. Units, signs or times in the file may be wrong.",
        )


def _resolution(values: Floats) -> float:
    """Return the smallest step between neighbours (rows,) that differ, 0 when none do."""
    steps = np.abs(np.diff(values, prepend=0.0))
    return float(np.min(steps, where=steps > 0, initial=np.inf)) if steps.any() else 0.0


def _parted(frame: pd.DataFrame, counters: Iterable[Floats]) -> Bools:
    """Return for each pair of rows (n - 1,) whether a step, a cycle or a count begins anew."""
    parted: Bools = np.zeros(len(frame) - 1, dtype=np.bool_)
    for name in (columns.CYCLE, columns.STEP):
        if name in frame:
            parted |= np.diff(frame[name].to_numpy()) != 0
    for counter in counters:
        parted |= np.diff(counter) < 0
    return parted


def _stretches(current: Floats, parted: Bools) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return first and last rows of the stretches with current of one sign."""
    sign = np.sign(current)
    ends = np.flatnonzero(parted | (sign[1:] != sign[:-1]))
    first, last = np.append(0, ends + 1), np.append(ends, len(current) - 1)
    kept = (sign[first] != 0) & (last - first + 1 >= FEWEST_ROWS)
    return first[kept], last[kept]


def _difference(counts: Counts) -> str:
    """Return by how much the counts of charge differ; "" when they agree."""
    largest = np.maximum(counts.file, counts.integral)
    kept = np.flatnonzero(np.isfinite(largest) & (largest >= SMALLEST_CHARGE_AH))
    if not kept.size:
        return ""
    apart = np.abs(counts.file - counts.integral)
    sure = (apart - counts.rounding)[kept] / largest[kept]
    if not np.median(sure) > LARGEST_DIFFERENCE:
        return ""
    typical = kept[np.argsort(sure)[sure.size // 2]]
    stretches = "1 half-cycle" if kept.size == 1 else f"{kept.size} half-cycles"
    return (
        f"differs by {np.median(apart[kept] / largest[kept]):.0%} (median of {stretches}; one has "
        f"{counts.file[typical]:.4g} Ah in the file, {counts.integral[typical]:.4g} Ah by "
        "integration)"
    )
