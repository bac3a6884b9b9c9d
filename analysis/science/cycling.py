"""Cycles of a cell: half-cycles paired by cell type, completeness, blocks of equal rate."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from analysis.science.half_cycles import HalfCycles
from analysis.science.stretches import Bools, Floats, Ints

CHARGE, DISCHARGE = 1, -1

FIRST_SIGN: Mapping[str, int] = {
    "anode_half_cell": DISCHARGE,
    "cathode_half_cell": CHARGE,
    "full_cell": CHARGE,
}
"""Direction of the half-cycle that opens a cycle. In an anode half cell discharge lithiates the
electrode. Efficiency is always second over first, the second capacity is the reversible one."""

CUTOFF_TOLERANCE_V = 0.005
"""A cut-off is reached within this, or within the last sampling interval's change of voltage."""

PROGRAMMED = 1e-3
"""Half-cycles whose charges agree to this share ended at a programmed capacity or time."""

HELD = 0.9
"""With more than this share of its charge at held voltage, a half-cycle shows no set current."""

ABORTED = 0.9
"""Without a declared cut-off, less than this share of the neighbours' charge is an abortion."""


@dataclass(frozen=True)
class Cycles:
    """Cycles k = 1 ... c of a test, arrays of shape (c,).

    ``first`` and ``second`` index the half-cycles of each pair (second -1: missing); ``complete``
    when both ended as programmed.
    """

    half: HalfCycles
    first_sign: int
    first: Ints
    second: Ints
    complete: Bools

    def __len__(self) -> int:
        """Return the number of cycles."""
        return len(self.first)

    @property
    def number(self) -> Ints:
        """Our number of each cycle, from 1 (lims_cycle)."""
        return np.arange(1, len(self) + 1)

    def opening(self, values: Floats) -> Floats:
        """Return a quantity of half-cycles (h,) for the first half of each cycle."""
        return values[self.first]

    def closing(self, values: Floats) -> Floats:
        """Return a quantity of half-cycles (h,) for the second half; NaN where it is missing."""
        return np.where(self.second >= 0, values[self.second], np.nan)

    def charging(self, values: Floats) -> Floats:
        """Return a quantity of half-cycles (h,) for the charge; NaN where it is missing."""
        return self.opening(values) if self.first_sign == CHARGE else self.closing(values)

    def discharging(self, values: Floats) -> Floats:
        """Return a quantity of half-cycles (h,) for the discharge; NaN where it is missing."""
        return self.closing(values) if self.first_sign == CHARGE else self.opening(values)

    def counting(self, values: Floats, which: str) -> Floats:
        """Return a quantity of half-cycles (h,) for the half whose capacity counts.

        That is the second one (``reversible``) or the ``discharge``.
        """
        return self.discharging(values) if which == "discharge" else self.closing(values)

    @property
    def efficiency(self) -> Floats:
        """Coulombic efficiency, second over first charge; NaN where a half is missing."""
        return self.closing(self.half.charge_ah) / self.opening(self.half.charge_ah)


def pair(half: HalfCycles, first_sign: int, reached: Bools) -> Cycles:
    """Pair half-cycles to cycles that open with ``first_sign``; a leading other one is left out.

    ``reached`` (h,) tells which half-cycles ended as programmed.
    """
    first = np.arange(int(half.sign[0] != first_sign), len(half), 2)
    second = np.where(first + 1 < len(half), first + 1, -1)
    complete = (second >= 0) & reached[first] & reached[second]
    return Cycles(half=half, first_sign=first_sign, first=first, second=second, complete=complete)


def ends_at(half: HalfCycles, cutoff_v: Mapping[int, float]) -> Bools:
    """Return which half-cycles (h,) ended at the cut-off of their direction (sign -> V).

    Programmed capacities count as well: most half-cycles of a direction have one charge, but not
    one end voltage.
    """
    reached = np.zeros(len(half), dtype=np.bool_)
    for sign, limit in cutoff_v.items():
        mine = half.sign == sign
        if mine.any():
            beyond = sign * (half.end_voltage_v - limit)
            at_voltage = beyond >= -(CUTOFF_TOLERANCE_V + half.end_change_v)
            reached |= mine & (at_voltage | _at_capacity(half, mine))
    return reached


def usual_cutoffs(half: HalfCycles) -> dict[int, float]:
    """Return the median end voltage of each direction (sign -> V)."""
    return {
        sign: float(np.median(half.end_voltage_v[half.sign == sign]))
        for sign in (CHARGE, DISCHARGE)
        if (half.sign == sign).any()
    }


def ends_as_usual(half: HalfCycles) -> Bools:
    """Return which half-cycles (h,) were not broken off, judged without any declared cut-off.

    Broken off: the end voltage is not the usual one, and it is the last half-cycle of the test or
    its charge falls short of both its neighbours in the same direction by more than a tenth.
    """
    usual = ends_at(half, usual_cutoffs(half))
    charge = half.charge_ah
    around = np.pad(charge, 2, constant_values=np.inf)
    smaller = np.minimum(around[:-4], around[4:])
    short = np.isfinite(smaller) & (charge < ABORTED * smaller)
    short[-1] = True
    return usual | ~short


def _at_capacity(half: HalfCycles, mine: Bools) -> Bools:
    median = np.median(half.charge_ah[mine])
    equal: Bools = mine & (np.abs(half.charge_ah - median) <= PROGRAMMED * median)
    usual = equal.sum() > mine.sum() / 2
    limited = usual and np.ptp(half.end_voltage_v[equal]) > CUTOFF_TOLERANCE_V
    return equal if limited else np.zeros_like(equal)


def rate_blocks(cycles: Cycles, tolerance: float) -> Ints:
    """Number the blocks of consecutive cycles whose currents equal those of the block's first.

    ``tolerance`` is relative; both directions count. A missing half-cycle fits everywhere, as does
    one at held voltage from its start, which does not show the current that was set.
    """
    both = _set_currents(cycles)
    labels = np.zeros(len(cycles), dtype=np.int64)
    reference = both[0]
    for k in range(1, len(cycles)):
        labels[k] = labels[k - 1]
        if np.any(np.abs(both[k] / reference - 1) > tolerance):
            labels[k] += 1
            reference = both[k]
        reference = np.where(np.isnan(reference), both[k], reference)
    return labels


def _set_currents(cycles: Cycles) -> Floats:
    """Currents (c, 2) of opening and closing half-cycles, NaN where the set one was not seen."""
    half = cycles.half
    current = np.where(half.held_ah > HELD * half.charge_ah, np.nan, half.current_a)
    return np.column_stack((cycles.opening(current), cycles.closing(current)))


RIVAL = 0.8
"""A block at another rate with this share of the longest block's cycles makes it ambiguous."""

DECLARED = 0.05
"""How far the current of a block may be from the declared one."""


@dataclass(frozen=True)
class NominalRate:
    """The rate that counts and its ``cycles`` (c,), marked from the first one on.

    ``current_a`` of its first cycle's (opening, closing) half; ``as_declared`` is False when no
    block runs at the declared current; ``ambiguous`` when another rate has nearly as many cycles.
    """

    cycles: Bools
    current_a: tuple[float, float]
    as_declared: bool
    ambiguous: bool


def nominal_rate(
    cycles: Cycles, labels: Ints, tolerance: float, declared_a: float | None
) -> NominalRate:
    """Find the nominal rate: that of the longest block, of those at the declared current if any.

    Other blocks at the same rate (after check-ups at another one) belong to it. Everything before
    its first cycle is formation.
    """
    lengths = np.bincount(labels)
    rates = np.full((len(lengths), 2), np.nan)
    for block, both in zip(labels[::-1], _set_currents(cycles)[::-1], strict=True):
        rates[block] = np.where(np.isnan(both), rates[block], both)
    fits: Bools = np.zeros(len(lengths), dtype=np.bool_)
    if declared_a is not None:
        fits = np.any(np.abs(rates / declared_a - 1) <= DECLARED, axis=1)
    chosen = int(np.argmax(np.where(fits | ~fits.any(), lengths, 0)))
    differs = np.abs(rates / rates[chosen] - 1) > tolerance
    same: Bools = np.logical_not(np.any(differs, axis=1))
    rivals = ~same & (lengths >= RIVAL * lengths[chosen])
    return NominalRate(
        cycles=same[labels],
        current_a=_actual(cycles, int(np.argmax(same[labels])), rates[chosen]),
        as_declared=declared_a is None or bool(fits.any()),
        ambiguous=bool(rivals.any() and not fits.any()),
    )


def _actual(cycles: Cycles, k: int, rate: Floats) -> tuple[float, float]:
    """Currents of both directions, those of cycle ``k`` where the set ones were not seen."""
    current = cycles.half.current_a
    seen = np.array([cycles.opening(current)[k], cycles.closing(current)[k]])
    opening, closing = np.where(np.isnan(rate), seen, rate)
    return float(opening), float(closing)
