"""Capacity retention, cycle life and fade of a cell, with the scatter that limits them."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import stats

from analysis.science.stretches import Floats, Ints
from analysis.science.uncertainty import LEVEL, quadrature, t_quantile

Reference = Literal["first_of_nominal_rate", "cycle_1", "max", "nth", "mean_first_3"]

FLOAT32 = 6e-8
"""Relative resolution of what instruments store; no scatter is smaller."""

FEWEST = 6
"""Cycles from which scatter can be told."""

MOST_SLOPES = 500
"""Cycles that a Theil-Sen line is put through at most; it compares all pairs."""

LOCAL = 5
"""Cycles on either side of a crossing that give its slope."""


@dataclass(frozen=True)
class Retention:
    """Capacities of complete cycles relative to a reference, arrays of shape (m,).

    ``cycle`` is our number of the cycle, ``n`` counts from the reference cycle (n = 1),
    ``relative`` is q_n/q_ref with q_ref averaged over ``averaged`` cycles, ``scatter`` the standard
    deviation of ``relative`` from cycle to cycle about its trend, None for fewer than six cycles.
    """

    cycle: Ints
    n: Ints
    relative: Floats
    reference_capacity: float
    averaged: int
    scatter: float | None

    @property
    def reference_cycle(self) -> int:
        """Our number of the reference cycle."""
        return int(self.cycle[0])

    def u(self, i: int) -> float | None:
        """Return u(q_n/q_ref) of entry ``i`` by scatter; mass and current offset cancel."""
        if self.scatter is None:
            return None
        if self.n[i] == 1 and self.averaged == 1:
            return 0.0
        return quadrature(self.scatter, self.scatter * float(self.relative[i]) / self.averaged**0.5)


def retention(cycle: Ints, capacity: Floats, kind: Reference, nth: int) -> Retention:
    """Relate capacities (m,) of complete cycles at one rate to their reference, from there on.

    ``cycle`` ascends; for ``nth`` and ``cycle_1`` it must contain the reference cycle.
    Raises ValueError when it does not.
    """
    wanted = {"cycle_1": 1, "nth": nth, "max": int(cycle[np.argmax(capacity)])}
    reference = wanted.get(kind, int(cycle[0]))
    if reference not in cycle:
        raise ValueError(f"cycle {reference} is not among the complete cycles at this rate")
    later = cycle >= reference
    averaged = min(3, int(later.sum())) if kind == "mean_first_3" else 1
    base = float(np.mean(capacity[later][:averaged]))
    relative = capacity[later] / base
    return Retention(
        cycle=cycle[later],
        n=cycle[later] - reference + 1,
        relative=relative,
        reference_capacity=base,
        averaged=averaged,
        scatter=scatter(relative),
    )


def scatter(values: Floats) -> float | None:
    """Return the standard deviation about a smooth trend, None for fewer than six values.

    1.4826 · median |second difference| / √6: linear trends cancel and outliers do not count.
    """
    if len(values) < FEWEST:
        return None
    bends = np.abs(np.diff(values, 2))
    return max(float(1.4826 * np.median(bends) / np.sqrt(6)), FLOAT32)


@dataclass(frozen=True)
class CycleLife:
    """Cycles (fractional) to the crossing of a threshold; the last cycle when not ``reached``."""

    value: float
    u: float | None
    reached: bool


def cycle_life(kept: Retention, threshold: float, consecutive: int) -> CycleLife:
    """Return where retention falls below ``threshold`` (a fraction) for ``consecutive`` cycles.

    Linear between the last cycle above and the first of them; single outliers do not count.
    Source: ANALYSES appendix A (n80).
    """
    below = kept.relative < threshold
    runs = np.convolve(below, np.ones(consecutive), mode="valid") >= consecutive - 0.5
    if len(below) < consecutive or not runs.any():
        return CycleLife(float(kept.n[-1]), None, reached=False)
    i = int(np.argmax(runs))
    above = np.flatnonzero(~below[:i])
    if not above.size:
        return CycleLife(float(kept.n[i]), None, reached=True)
    j = int(above[-1])
    share = (kept.relative[j] - threshold) / (kept.relative[j] - kept.relative[i])
    value = float(kept.n[j] + share * (kept.n[i] - kept.n[j]))
    return CycleLife(value, _u_crossing(kept, i, threshold), reached=True)


def _u_crossing(kept: Retention, i: int, threshold: float) -> float | None:
    """Scatter of a cycle and of the reference, over the slope of the cycles around."""
    around = slice(max(0, i - LOCAL), i + LOCAL + 1)
    slope = float(stats.theilslopes(kept.relative[around], kept.n[around]).slope)
    if kept.scatter is None or slope >= 0:
        return None
    return quadrature(kept.scatter, kept.scatter * threshold / kept.averaged**0.5) / -slope


@dataclass(frozen=True)
class Fade:
    """Theil-Sen line of retention (a fraction) over n with the 95 % interval of its slope.

    The intercept is the median of what the slope leaves.
    """

    slope: float
    intercept: float
    lo95: float
    hi95: float

    @property
    def u(self) -> float:
        """Standard uncertainty of the slope."""
        return (self.hi95 - self.lo95) / (2 * t_quantile())

    def crossing(self, threshold: float) -> float | None:
        """Return where the line falls to ``threshold``, None if it does not fall."""
        return (threshold - self.intercept) / self.slope if self.slope < 0 else None


def fade(kept: Retention) -> Fade:
    """Return the Theil-Sen line of retention over n, through at most 500 cycles evenly chosen."""
    chosen = np.unique(np.linspace(0, len(kept.n) - 1, MOST_SLOPES).round().astype(np.int64))
    n, relative = kept.n[chosen], kept.relative[chosen]
    line = stats.theilslopes(relative, n, alpha=LEVEL)
    return Fade(
        slope=float(line.slope),
        intercept=float(np.median(relative - line.slope * n)),
        lo95=float(line.low_slope),
        hi95=float(line.high_slope),
    )
