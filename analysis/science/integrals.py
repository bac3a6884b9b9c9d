"""Integrals over stretches of rows, block by block, so that memory stays bounded."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from analysis.science.stretches import Bools, Floats, Ints, Record, Stretches

HOUR_S = 3600.0

BLOCK_ROWS = 250_000
"""Rows integrated at a time; bounds the memory beside the columns to some 20 MB."""

PLATEAU = 0.95
"""Rows with at least this share of the largest current are the constant-current part."""

HELD_V = 0.005
"""The voltage is held while it is this close to its end and the current has fallen."""


@dataclass(frozen=True)
class Sums:
    """Over each stretch (p,): integrals, largest current, longest time between two records."""

    charge_ah: Floats
    energy_wh: Floats
    peak_a: Floats
    longest_s: Floats

    def __getitem__(self, chosen: Bools) -> "Sums":
        """Return the sums of some of the stretches."""
        return Sums(
            self.charge_ah[chosen],
            self.energy_wh[chosen],
            self.peak_a[chosen],
            self.longest_s[chosen],
        )


@dataclass(frozen=True)
class Plateau:
    """Charge and time at constant current, and charge at held voltage, of each stretch, (p,)."""

    charge_ah: Floats
    time_s: Floats
    held_ah: Floats


@dataclass(frozen=True)
class _Block:
    """Rows of successive stretches: s, V, |A| and the rows counted from the block's start."""

    parts: slice
    time: Floats
    volt: Floats
    amp: Floats
    first: Ints
    last: Ints

    @property
    def interval_s(self) -> Floats:
        """Time from each row to the next (rows,)."""
        return np.diff(self.time, append=self.time[-1])

    def reduce(self, ufunc: np.ufunc, values: Floats) -> Floats:
        """Reduce ``values`` (rows,) over first ... last - 1 of each stretch; one row: its own."""
        bounds = np.column_stack((self.first, self.last)).ravel()
        reduced: Floats = ufunc.reduceat(values, bounds)[::2]
        return reduced

    def sums(self, values: Floats) -> Floats:
        """Sum ``values`` of the intervals from each row to the next; zero for one row."""
        return np.where(self.first == self.last, 0.0, self.reduce(np.add, values))


def integrate(record: Record, parts: Stretches) -> Sums:
    """Return ∫|I|dt and ∫V|I|dt over each stretch by the trapezoid, and the rest of ``Sums``."""
    sums = Sums(*(np.empty(len(parts)) for _ in range(4)))
    for block in _blocks(record, parts):
        chosen, dt = block.parts, block.interval_s
        sums.charge_ah[chosen] = block.sums(_middle(block.amp) * dt) / HOUR_S
        sums.energy_wh[chosen] = block.sums(_middle(block.amp * block.volt) * dt) / HOUR_S
        sums.longest_s[chosen] = np.where(
            block.first == block.last, 0.0, block.reduce(np.maximum, dt)
        )
        sums.peak_a[chosen] = np.maximum(block.reduce(np.maximum, block.amp), block.amp[block.last])
    return sums


def plateaus(record: Record, parts: Stretches, peak_a: Floats, end_v: Floats) -> Plateau:
    """Return what passed at constant current and at held voltage.

    ``peak_a`` and ``end_v`` (p,) are largest current and end voltage of the half-cycle to which a
    stretch belongs.
    """
    found = Plateau(*(np.empty(len(parts)) for _ in range(3)))
    for block in _blocks(record, parts):
        chosen, dt, middle = block.parts, block.interval_s, _middle(block.amp)
        owner = np.repeat(np.arange(len(block.first)), np.diff(block.first, append=len(block.amp)))
        low = block.amp < PLATEAU * peak_a[chosen][owner]
        near = np.abs(block.volt - end_v[chosen][owner]) <= HELD_V
        held = low & near
        constant = ~low
        constant[:-1] &= constant[1:]
        found.charge_ah[chosen] = block.sums(middle * dt * constant) / HOUR_S
        found.time_s[chosen] = block.sums(dt * constant)
        found.held_ah[chosen] = block.sums(middle * dt * held) / HOUR_S
    return found


def means(values: Floats, first: Ints, last: Ints) -> Floats:
    """Return the mean of the finite ``values`` (rows,) in each range of rows; NaN without any."""
    finite = np.isfinite(values)
    edges = np.append(0, np.cumsum(finite))
    sums = np.append(0.0, np.cumsum(np.where(finite, values, 0.0)))
    number = edges[last + 1] - edges[first]
    averages: Floats = np.full(len(first), np.nan)
    np.divide(sums[last + 1] - sums[first], number, out=averages, where=number > 0)
    return averages


def _middle(values: Floats) -> Floats:
    """Mean of each value and the next (rows,)."""
    middle: Floats = 0.5 * (values + np.append(values[1:], values[-1]))
    return middle


def _blocks(record: Record, parts: Stretches) -> Iterator[_Block]:
    """Yield successive stretches with together about BLOCK_ROWS rows."""
    bins = parts.first // BLOCK_ROWS
    edges = [0, *(np.flatnonzero(np.diff(bins)) + 1).tolist(), len(parts)]
    for start, stop in zip(edges[:-1], edges[1:], strict=True):
        if start == stop:
            continue
        low, high = parts.first[start], parts.last[stop - 1] + 1
        yield _Block(
            parts=slice(start, stop),
            time=record.time_s[low:high],
            volt=record.voltage_v[low:high],
            amp=np.abs(record.current_a[low:high]),
            first=parts.first[start:stop] - low,
            last=parts.last[start:stop] - low,
        )
