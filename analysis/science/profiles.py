"""Voltage over capacity of a half-cycle, and fewer points for a figure without lost extremes."""

import numpy as np

from analysis.science.integrals import HELD_V, HOUR_S, PLATEAU
from analysis.science.stretches import Bools, Floats, Ints, Record

FEWEST = 4
"""Two ends and the extremes of one part."""


def profile(record: Record, first: int, last: int, dead_band_a: float) -> tuple[Floats, Floats]:
    """Return capacity (Ah, from 0) and voltage (V) of the rows under current in a half-cycle.

    ``first`` and ``last`` are its rows; rests within it are left out. Both arrays have one shape.
    """
    rows = slice(first, last + 1)
    current = np.abs(record.current_a[rows])
    flowing = current > dead_band_a
    both = flowing[1:] & flowing[:-1]
    passed = 0.5 * (current[1:] + current[:-1]) * np.diff(record.time_s[rows]) * both
    capacity = np.append(0.0, np.cumsum(passed)) / HOUR_S
    return capacity[flowing], record.voltage_v[rows][flowing]


def not_held(record: Record, first: int, last: int, dead_band_a: float) -> Bools:
    """Return which points of ``profile`` are not at held voltage.

    Held: near the voltage at which the half-cycle ends, with a current that has fallen.
    """
    rows = slice(first, last + 1)
    current, voltage = np.abs(record.current_a[rows]), record.voltage_v[rows]
    held = (current < PLATEAU * current.max()) & (np.abs(voltage - voltage[-1]) <= HELD_V)
    free: Bools = ~held[current > dead_band_a]
    return free


def min_max_rows(values: Floats, most: int) -> Ints:
    """Return at most ``most`` rows of a line: its ends, lowest and highest of each of equal parts.

    Raises ValueError for ``most`` below four.
    """
    if most < FEWEST:
        raise ValueError(f"a line needs at least {FEWEST} points, {most} were asked for")
    if len(values) <= most:
        return np.arange(len(values))
    edges = np.linspace(0, len(values), (most - 2) // 2 + 1).astype(np.int64)
    chosen = [0, len(values) - 1]
    for start, stop in zip(edges[:-1], edges[1:], strict=True):
        part = values[start:stop]
        chosen += [start + int(part.argmin()), start + int(part.argmax())]
    return np.unique(chosen)
