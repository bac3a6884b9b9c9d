"""Capacity over current: blocks of cycles at one current, and the way back to an earlier one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from analysis.science.cycling import Cycles
from analysis.science.stretches import Floats, Ints

Average = Literal["last_3", "all", "first"]
Side = Literal[0, 1]

LAST = 3
"""Complete cycles that settle a block: the last of them are averaged and show its slope."""


@dataclass(frozen=True, eq=False)
class RateBlock:
    """What the complete cycles of a block at one current have in common; equal to itself only.

    ``number`` counts blocks from 1; ``complete`` (m,) and ``used`` (n,) are indices of cycles, all
    and those averaged; ``current_a`` is the mean of their opening and closing currents. ``sd_ah``
    is None for one cycle. ``slope`` is the change of capacity per cycle over the last three, as a
    fraction of their mean, None for fewer.
    """

    number: int
    complete: Ints
    used: Ints
    current_a: tuple[float, float]
    capacity_ah: float
    sd_ah: float | None
    slope: float | None

    @property
    def short(self) -> bool:
        """Whether the block has too few cycles to have settled."""
        return len(self.complete) < LAST


def rate_steps(
    cycles: Cycles, labels: Ints, capacity_ah: Floats, average: Average
) -> tuple[RateBlock, ...]:
    """Return the blocks (``labels`` (c,) from 0) that have a complete cycle, in their order.

    ``capacity_ah`` (c,) is what counts of each cycle. Source: ANALYSES A09.
    """
    current = cycles.half.current_a
    both = np.column_stack((cycles.opening(current), cycles.closing(current)))
    blocks = []
    for label in range(int(labels[-1]) + 1):
        complete = np.flatnonzero(cycles.complete & (labels == label))
        if not complete.size:
            continue
        used = {"last_3": complete[-LAST:], "all": complete, "first": complete[:1]}[average]
        opening, closing = both[used].mean(axis=0)
        values = capacity_ah[used]
        blocks.append(
            RateBlock(
                number=label + 1,
                complete=complete,
                used=used,
                current_a=(float(opening), float(closing)),
                capacity_ah=float(values.mean()),
                sd_ah=float(values.std(ddof=1)) if len(values) > 1 else None,
                slope=_slope(complete[-LAST:], capacity_ah),
            )
        )
    return tuple(blocks)


def _slope(last: Ints, capacity_ah: Floats) -> float | None:
    """Least-squares slope over the mean."""
    if len(last) < LAST:
        return None
    values = capacity_ah[last]
    return float(np.polyfit(last - last[0], values, 1)[0] / values.mean())


def graded_side(blocks: Sequence[RateBlock]) -> Side:
    """Return which half-cycle carries the rate, 0 opening or 1 closing.

    Where only one direction was graded it is that one, else the closing, whose capacity counts.
    """
    opening, closing = (np.ptp(np.log([b.current_a[side] for b in blocks])) for side in (0, 1))
    return 0 if opening > 2 * closing else 1


def slowest(blocks: Sequence[RateBlock], side: Side, tolerance: float) -> RateBlock:
    """Return the first block at the lowest current of that side."""
    lowest = min(block.current_a[side] for block in blocks)
    return next(b for b in blocks if b.current_a[side] <= lowest * (1 + tolerance))


def first_at_current(blocks: Sequence[RateBlock], tolerance: float) -> tuple[RateBlock, ...]:
    """Return for each block the first one whose currents are its own within a share of them.

    That is the block itself on a first pass.
    """
    known = np.empty((len(blocks), 2))
    rates: list[RateBlock] = []
    found = []
    for block in blocks:
        apart = np.abs(np.array(block.current_a) / known[: len(rates)] - 1)
        alike = np.flatnonzero((apart <= tolerance).all(axis=1))
        if not alike.size:
            known[len(rates)] = block.current_a
            rates.append(block)
        found.append(rates[int(alike[0])] if alike.size else block)
    return tuple(found)
