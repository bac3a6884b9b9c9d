"""Stretches of rows under current in one direction, and what is missing at the ends of steps."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

CONSTANT = 0.01
"""Two successive currents closer than this share are one constant current."""

NEGLIGIBLE = 1e-3
"""A time shorter than this share of its stretch is bridged whatever the current does."""

LIMIT = 1.5
"""A step is continued beyond its last record for at most this many sampling intervals."""


@dataclass(frozen=True)
class Record:
    """What the cycler wrote, arrays of shape (rows,) in s, V and A; positive current charges.

    ``step`` numbers the steps of the programme in their order, ``step_time_s`` restarts with
    every step; both may be missing.
    """

    time_s: Floats
    voltage_v: Floats
    current_a: Floats
    step: NDArray[np.generic] | None = None
    step_time_s: Floats | None = None


@dataclass(frozen=True)
class Stretches:
    """Rows of one step under current in one direction, arrays of shape (p,).

    ``first`` and ``last`` are rows, ``sign`` is +1 for charge and -1 for discharge.
    """

    first: Ints
    last: Ints
    sign: Ints

    def __len__(self) -> int:
        """Return the number of stretches."""
        return len(self.first)

    def __getitem__(self, chosen: Bools | slice) -> "Stretches":
        """Return some of the stretches."""
        return Stretches(self.first[chosen], self.last[chosen], self.sign[chosen])


@dataclass(frozen=True)
class Margins:
    """Time under current outside of the first and the last record of each stretch, shape (p,).

    ``known`` when the step clock tells the end of the step; otherwise the time of the next
    record is taken for it, and the truth lies between 0 and ``after_s``. ``closable`` when the
    current is constant enough to be continued to the end, ``opening`` likewise to the start.
    """

    before_s: Floats
    after_s: Floats
    known: Bools
    opening: Bools
    closable: Bools


def find_stretches(record: Record, dead_band_a: float) -> Stretches:
    """Return the stretches with |I| above ``dead_band_a``, split where a new step begins."""
    current = record.current_a
    sign = (current > dead_band_a).view(np.int8) - (current < -dead_band_a).view(np.int8)
    change = sign[1:] != sign[:-1]
    if record.step is not None:
        change |= record.step[1:] != record.step[:-1]
    elif record.step_time_s is not None:
        change |= record.step_time_s[1:] < record.step_time_s[:-1]
    edges = np.concatenate(([0], np.flatnonzero(change) + 1, [len(sign)]))
    first, last = edges[:-1], edges[1:] - 1
    flowing = sign[first] != 0
    return Stretches(first[flowing], last[flowing], sign[first[flowing]].astype(np.int64))


def margins(record: Record, parts: Stretches, longest_s: Floats) -> Margins:
    """Return the time under current that the records of each stretch do not span.

    ``longest_s`` (p,) is the longest interval between two records of each stretch: a step is
    not continued for more than 1.5 of them, unless the step clock shows that it went on.
    """
    time, current = record.time_s, np.abs(record.current_a[_around(record, parts)])
    duration = time[parts.last] - time[parts.first]
    interval = (time[-1] - time[0]) / max(len(time) - 1, 1)
    limit = LIMIT * np.where(parts.first == parts.last, interval, longest_s)
    after, known = _after(record, parts)
    after = np.where(known | (after <= limit), after, 0.0)
    before = _before(record, parts)
    return Margins(
        before_s=before,
        after_s=after,
        known=known | (after == 0),
        opening=(before <= limit) & _steady(current[0], current[1], before, duration),
        closable=(after <= limit) & _steady(current[3], current[2], after, duration),
    )


def _around(record: Record, parts: Stretches) -> Ints:
    """Rows (4, p): first, second, last but one and last record of each stretch."""
    second = np.minimum(parts.first + 1, parts.last)
    penultimate = np.maximum(parts.last - 1, parts.first)
    return np.stack((parts.first, second, penultimate, parts.last))


def _steady(outer: Floats, inner: Floats, margin_s: Floats, duration_s: Floats) -> Bools:
    steady: Bools = np.abs(outer - inner) <= CONSTANT * outer
    return steady | (margin_s <= NEGLIGIBLE * duration_s)


def _after(record: Record, parts: Stretches) -> tuple[Floats, Bools]:
    """Time from the last record to the end of the step, and whether the step clock tells it."""
    time = record.time_s
    following = np.minimum(parts.last + 1, len(time) - 1)
    gap = time[following] - time[parts.last]
    if record.step_time_s is None:
        return gap, np.zeros(len(parts), dtype=np.bool_)
    clock = record.step_time_s
    told = (
        _begins_step(record, following) & (following > parts.last) & np.isfinite(clock[following])
    )
    by_clock = np.clip(gap - clock[following], 0.0, gap)
    return np.where(told, by_clock, gap), told


def _before(record: Record, parts: Stretches) -> Floats:
    """Time from the start of the step, by its clock, to the first record."""
    if record.step_time_s is None:
        return np.zeros(len(parts))
    begins = _begins_step(record, parts.first)
    since = record.time_s[parts.first] - record.time_s[np.maximum(parts.first - 1, 0)]
    since[parts.first == 0] = np.inf
    clock = np.nan_to_num(record.step_time_s[parts.first])
    return np.where(begins, np.clip(clock, 0.0, since), 0.0)


def _begins_step(record: Record, rows: Ints) -> Bools:
    previous = np.maximum(rows - 1, 0)
    begins: Bools = rows == 0
    if record.step is not None:
        begins |= record.step[rows] != record.step[previous]
    elif record.step_time_s is not None:
        begins |= record.step_time_s[rows] < record.step_time_s[previous]
    return begins
