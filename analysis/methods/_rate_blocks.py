"""A rate test understood: its blocks, what each is compared with, and how well that is known."""

import math
from dataclasses import dataclass

import numpy as np

from analysis.methods import MethodError
from analysis.methods._cycling_evaluation import Evaluation
from analysis.methods._cycling_uncertainty import Errors
from analysis.science.rates import (
    LAST,
    Average,
    RateBlock,
    Side,
    first_at_current,
    graded_side,
    rate_steps,
    slowest,
)
from analysis.science.retention import FLOAT32
from analysis.science.stretches import Floats, Ints
from analysis.science.uncertainty import effective_dof, quadrature

FEWEST_RATES = 2
"""Currents with a block of three complete cycles from which there is a rate capability."""

MOST_LISTED = 6

Uncertain = tuple[float | None, float]
"""A relative standard uncertainty, None where it is unknown, and its degrees of freedom."""


@dataclass(frozen=True)
class RateTest:
    """Blocks of a rate test.

    ``first`` is for each block the first one at its current; ``counting`` tells whose capacity
    counts (reversible or discharge); ``side`` whose current is the rate; ``lowest`` is the first
    block at the lowest current.
    """

    evaluation: Evaluation
    errors: Errors
    blocks: tuple[RateBlock, ...]
    first: tuple[RateBlock, ...]
    lowest: RateBlock
    counting: str
    side: Side

    @property
    def first_passes(self) -> list[RateBlock]:
        """The blocks at a current that was not run before."""
        return [b for b, first in zip(self.blocks, self.first, strict=True) if b == first]

    @property
    def returns(self) -> list[tuple[RateBlock, RateBlock]]:
        """The blocks back at an earlier current, each with the first one at it."""
        return [(b, first) for b, first in zip(self.blocks, self.first, strict=True) if b != first]

    @property
    def counting_side(self) -> Side:
        """Whose capacity counts, 0 opening or 1 closing."""
        opening = self.counting == "discharge" and self.evaluation.subject.first_sign < 0
        return 0 if opening else 1

    def halves(self, block: RateBlock, side: Side) -> Ints:
        """Return indices of the opening or closing half-cycles of the averaged cycles."""
        cycles = self.evaluation.cycles
        chosen: Ints = (cycles.first, cycles.second)[side][block.used]
        return chosen

    def current_a(self, block: RateBlock) -> float:
        """Return the current that is the rate of a block."""
        return block.current_a[self.side]

    @property
    def rate_direction(self) -> int:
        """Sign of the half-cycles whose current is the rate."""
        first = self.evaluation.subject.first_sign
        return first if self.side == 0 else -first

    def u_capacity(self, block: RateBlock) -> Uncertain:
        """Of a block's capacity per mass: mass, offset of the current, scatter of the cycles."""
        return self._with_scatter(self.u_specific(block, self.counting_side), block)

    def u_specific(self, block: RateBlock, side: Side) -> float | None:
        """Of charges and currents of one direction per mass, as shared by all cycles of a block."""
        known = [self.errors.specific(int(h)) for h in self.halves(block, side)]
        shared = [u for u in known if u is not None]
        return float(np.mean(shared)) if shared else None

    def u_ratio(self, block: RateBlock, other: RateBlock) -> Uncertain:
        """Of the ratio of two blocks' capacities: the mass cancels, the offset of the current only
        as far as their currents are equal."""
        ends = abs(self._mean(self.errors.ends, block) - self._mean(self.errors.ends, other))
        offset = self.errors.offset
        apart = 0.0
        if offset is not None:
            apart = abs(self._mean(offset, block) - self._mean(offset, other))
        elif (block, other) not in self.returns:
            return None, math.inf
        return self._with_scatter(quadrature(ends, apart), block, other)

    def _mean(self, values: Floats, block: RateBlock) -> float:
        return float(values[self.halves(block, self.counting_side)].mean())

    def _with_scatter(self, shared: float | None, *blocks: RateBlock) -> Uncertain:
        """Add the scatter of means; unknown where nothing but single cycles is known."""
        averaged = [
            (max(b.sd_ah / b.capacity_ah, FLOAT32) / math.sqrt(len(b.used)), len(b.used) - 1)
            for b in blocks
            if b.sd_ah is not None
        ]
        if shared is None or not (shared or len(averaged) == len(blocks)):
            return None, math.inf
        terms = [(shared, math.inf), *averaged]
        return quadrature(*(u for u, _dof in terms)), effective_dof(terms)


def read_rates(evaluation: Evaluation, errors: Errors, average: Average, counting: str) -> RateTest:
    """Return the blocks of a rate test; raises MethodError where fewer than two rates were run."""
    tolerance = evaluation.params.rate_tolerance_percent / 100
    cycles = evaluation.cycles
    capacity = cycles.counting(cycles.half.charge_ah, counting)
    blocks = rate_steps(cycles, evaluation.labels, capacity, average)
    _require_rates(blocks, tolerance)
    side = graded_side(blocks)
    return RateTest(
        evaluation=evaluation,
        errors=errors,
        blocks=blocks,
        first=first_at_current(blocks, tolerance),
        lowest=slowest(blocks, side, tolerance),
        counting=counting,
        side=side,
    )


def _require_rates(blocks: tuple[RateBlock, ...], tolerance: float) -> None:
    long = [block for block in blocks if not block.short]
    rates = {block.number for block in first_at_current(long, tolerance)}
    if len(rates) >= FEWEST_RATES:
        return
    listed = ", ".join(
        f"{len(b.complete)} at {b.current_a[0] * 1e3:.4g}/{b.current_a[1] * 1e3:.4g} mA"
        for b in blocks[:MOST_LISTED]
    )
    more = " …" if len(blocks) > MOST_LISTED else ""
    raise MethodError(
        "E_TOO_FEW_POINTS",
        f"Currents with a block of at least {LAST} complete cycles: {len(rates)}; a rate test "
        f"needs {FEWEST_RATES}. Complete cycles of the {len(blocks)} blocks: {listed}{more}. "
        f"(Currents within {100 * tolerance:g} % are one rate.)",
    )
