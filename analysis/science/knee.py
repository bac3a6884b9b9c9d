"""The knee of a fading capacity: where one straight line breaks into a steeper one."""

from dataclasses import dataclass

import numpy as np
from scipy import optimize, stats

from analysis.science.stretches import Bools, Floats
from analysis.science.uncertainty import LEVEL, t_quantile

FEWEST = 20
"""Cycles from which a break can be told from scatter."""

MARGIN = 4
"""Points that each of the two lines has at least."""

SIMPLER = 10.0
"""By how much AICc of the broken line must be below that of one line."""

OUTLYING = 5.0
"""Standard deviations off the median of its neighbours at which a cycle is left out."""

NEIGHBOURS = 7
MOST_POINTS = 500
MOST_CANDIDATES = 400


@dataclass(frozen=True)
class Knee:
    """Two lines that meet at ``n``: slopes before and after it, and the 95 % interval of ``n``.

    ``line`` (3, 2) are start, break and end as (n, value).
    """

    n: float
    lo95: float
    hi95: float
    slope_before: float
    slope_after: float
    line: Floats

    @property
    def u(self) -> float:
        """Standard uncertainty of the break."""
        return (self.hi95 - self.lo95) / (2 * t_quantile())


def find_knee(n: Floats, values: Floats, scatter: float) -> Knee | None:
    """Return the break of a continuous line of two straight pieces, None where there is no knee.

    ``n`` (m,) ascends; ``scatter`` is the standard deviation of ``values`` (m,) from cycle to
    cycle. Least squares over all breaks, without outlying cycles; the interval holds the breaks
    whose sum of squares is not beyond the F limit of the best. A knee falls faster after the break
    and fits better than one line by AICc. Source: Seber & Wild, Nonlinear Regression, section 9.3.
    """
    regular = _regular(values, scatter)
    chosen = np.flatnonzero(regular)
    chosen = chosen[np.unique(np.linspace(0, len(chosen) - 1, MOST_POINTS).astype(np.int64))]
    x, y = n[chosen].astype(np.float64), values[chosen]
    if len(x) < FEWEST:
        return None
    low, high = float(x[MARGIN - 1]), float(x[-MARGIN])
    breaks = np.linspace(low, high, min(MOST_CANDIDATES, 2 * len(x)))
    cost = np.array([_squares(float(k), x, y) for k in breaks])
    best = int(cost.argmin())
    around = (float(breaks[max(best - 1, 0)]), float(breaks[min(best + 1, len(breaks) - 1)]))
    found = optimize.minimize_scalar(
        _squares, bounds=around, args=(x, y), method="bounded", options={"xatol": 1e-6 * high}
    )
    k, floor = float(found.x), len(x) * scatter**2 * 1e-6
    least = max(float(found.fun), floor)
    offset, before, change = _fit(k, x, y)
    straight = max(float(np.sum((y - np.polyval(np.polyfit(x, y, 1), x)) ** 2)), floor)
    if change >= 0 or before + change >= 0 or not _better(straight, least, len(x)):
        return None
    limit = least * (1 + stats.f.ppf(LEVEL, 1, len(x) - 4) / (len(x) - 4))
    within = np.append(breaks[cost <= limit], k)
    spacing = float(breaks[1] - breaks[0])
    ends = np.array([x[0], k, x[-1]])
    heights = offset + before * ends + change * np.maximum(ends - k, 0)
    return Knee(
        n=k,
        lo95=float(within.min()) - spacing / 2,
        hi95=float(within.max()) + spacing / 2,
        slope_before=before,
        slope_after=before + change,
        line=np.column_stack((ends, heights)),
    )


def _regular(values: Floats, scatter: float) -> Bools:
    """Mark the cycles (m,) that are not far off the median of those around them."""
    padded = np.pad(values, NEIGHBOURS // 2, mode="reflect", reflect_type="odd")
    around = np.lib.stride_tricks.sliding_window_view(padded, NEIGHBOURS)
    off = np.abs(values - np.median(around, axis=1))
    usual: Bools = off <= max(OUTLYING * scatter, OUTLYING * float(np.median(off)))
    return usual


def _design(k: float, x: Floats) -> Floats:
    return np.column_stack((np.ones_like(x), x, np.maximum(x - k, 0)))


def _fit(k: float, x: Floats, y: Floats) -> tuple[float, float, float]:
    offset, slope, change = np.linalg.lstsq(_design(k, x), y)[0]
    return float(offset), float(slope), float(change)


def _squares(k: float, x: Floats, y: Floats) -> float:
    design = _design(k, x)
    return float(np.sum((y - design @ np.linalg.lstsq(design, y)[0]) ** 2))


def _better(straight: float, broken: float, points: int) -> bool:
    """Compare one line (2 parameters) with the broken one (4) by AICc, each with its variance."""

    def aicc(squares: float, parameters: int) -> float:
        k = parameters + 1
        penalty = 2 * k + 2 * k * (k + 1) / (points - k - 1)
        return points * float(np.log(squares / points)) + penalty

    return bool(aicc(broken, 4) < aicc(straight, 2) - SIMPLER)
