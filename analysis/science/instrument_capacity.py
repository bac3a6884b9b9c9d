"""Capacities as the instrument counted them, summed by its own cycle number."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from analysis.science.stretches import Bools, Floats, Ints

Restart = Literal["step", "cycle", "never"]

RESTART = 0.5


@dataclass(frozen=True)
class InstrumentCycles:
    """Capacities by the instrument's cycle number, arrays of shape (c,), in Ah."""

    cycle: Ints
    charge_ah: Floats
    discharge_ah: Floats


def last_rows(*numbers: NDArray[np.generic]) -> Ints:
    """Return the last row of each run in which none of the ``numbers`` (rows,) changes."""
    change = np.zeros(len(numbers[0]) - 1, dtype=np.bool_)
    for number in numbers:
        change |= number[1:] != number[:-1]
    return np.append(np.flatnonzero(change), len(numbers[0]) - 1)


def unbroken(counter: Floats) -> Floats:
    """Return a counter (rows,) from 0, as if it had never restarted.

    Counters that should run through the whole test restart with steps or cycles in files of some
    programs; a fall to less than half is such a restart, smaller ones are rounding.
    """
    passed = np.diff(counter, prepend=counter[0])
    restarts = np.flatnonzero(counter[1:] < RESTART * counter[:-1]) + 1
    passed[restarts] = counter[restarts]
    total: Floats = np.cumsum(passed)
    return total


def by_cycle(
    cycle: NDArray[np.generic], ends: Ints, at_ends: Sequence[Floats], restart: Restart
) -> InstrumentCycles:
    """Sum what the instrument counted by its cycle number.

    ``at_ends`` are charging and discharging capacity (Ah) at rows ``ends``: the last rows of steps
    for counters that restart with every step (CC and CV then add up), else of cycles.
    """
    number, owner = np.unique(cycle[ends].astype(np.int64), return_inverse=True)
    sums = []
    for counter in at_ends:
        passed = np.diff(counter, prepend=0.0) if restart == "never" else counter
        total: Floats = np.bincount(owner, weights=passed, minlength=len(number)).astype(float)
        sums.append(total)
    return InstrumentCycles(number, sums[0], sums[1])


def by_half_cycle(ends: Ints, counters: Floats, first: Ints, last: Ints) -> Floats:
    """Sum step capacities (steps,) at rows ``ends`` over the steps that end in each half-cycle.

    NaN where the last step of a half-cycle does not end with its last row.
    """
    sums = np.append(0.0, np.cumsum(counters))
    low, high = np.searchsorted(ends, first), np.searchsorted(ends, last, side="right")
    closed: Bools = np.isin(last, ends)
    return np.where(closed, sums[high] - sums[low], np.nan)
