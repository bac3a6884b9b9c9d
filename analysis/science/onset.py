"""Onset of a wave in a linear sweep: baseline, crossing of a threshold, tangent, their scatter."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import signal, stats

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]

SMOOTHING_V = 0.05
CURVATURE_V = 0.1
"""Widths over which a sweep is smoothed, and its curvature taken."""

FEWEST_SMOOTHED, DEGREE = 5, 2

CLEAR = 5.0
"""Smoothed densities above so many standard deviations of their noise have a logarithm."""

BASELINE_BINS = 60
"""Means of so many parts of the window go into the Theil-Sen line, so that it stays quick."""

TANGENT_SHARES = (0.1, 0.5)
FEWEST_TANGENT = 5

SURELY_BELOW, SURELY_ABOVE = 1.5, 4.0
"""Further from the threshold, in standard deviations, noise starts or stops no run of points."""

NORMAL_MAD = 1.4826


@dataclass(frozen=True)
class Sweep:
    """A rising sweep, arrays of shape (n,): potential in V, current density in µA/cm².

    ``smooth`` is the density smoothed over 50 mV; ``noise`` the standard deviation of the density
    about it; ``remaining`` the share of that noise which is left in ``smooth``.
    """

    potential: Floats
    density: Floats
    smooth: Floats
    noise: float
    remaining: float


@dataclass(frozen=True)
class Line:
    """A baseline slope · E + intercept in µA/cm²."""

    slope: float
    intercept: float

    def at(self, potential: Floats) -> Floats:
        """Return the baseline at potentials (n,)."""
        return self.slope * potential + self.intercept


@dataclass(frozen=True)
class Crossing:
    """Where a density passes a threshold: ``row`` begins the run of points that stay above."""

    potential: float
    row: int


@dataclass(frozen=True)
class Tangent:
    """Intersection of the baseline with the line through the rise; ``u`` from its residuals."""

    potential: float
    u: float
    slope: float


def sweep(potential: Floats, density: Floats) -> Sweep:
    """Return the sweep with its smoothed density and its noise (robust, by the median)."""
    width = _points(potential, SMOOTHING_V)
    smooth = signal.savgol_filter(density, width, DEGREE)
    centre = float(signal.savgol_coeffs(width, DEGREE)[width // 2])
    residual = density - smooth
    spread = float(np.median(np.abs(residual - np.median(residual))))
    return Sweep(
        potential=potential,
        density=density,
        smooth=smooth,
        noise=NORMAL_MAD * spread / np.sqrt(1 - centre),
        remaining=float(np.sqrt(centre)),
    )


def _points(potential: Floats, width_v: float) -> int:
    """Return the odd number of points in a width of potential."""
    step = (potential[-1] - potential[0]) / (len(potential) - 1)
    return max(int(width_v / step) | 1, FEWEST_SMOOTHED)


def baseline(potential: Floats, density: Floats, window: tuple[float, float]) -> Line:
    """Return the Theil-Sen line through the points within a window of potential (V).

    Source: Sen, J. Am. Stat. Assoc. 63 (1968) 1379. Raises ValueError for fewer than two points.
    """
    inside = (potential >= window[0]) & (potential <= window[1])
    x, y = potential[inside], density[inside]
    count = min(BASELINE_BINS, len(x))
    if count < 2:  # noqa: PLR2004
        raise ValueError(f"{len(x)} points between {window[0]:g} and {window[1]:g} V")
    starts = np.linspace(0, len(x), count, endpoint=False).astype(np.int64)
    sizes = np.diff(starts, append=len(x))
    slope, intercept, _low, _high = stats.theilslopes(
        np.add.reduceat(y, starts) / sizes, np.add.reduceat(x, starts) / sizes
    )
    return Line(float(slope), float(intercept))


def crossing(potential: Floats, rise: Floats, threshold: float, run: int) -> Crossing | None:
    """Return where ``rise`` (n,) first stays at or above a threshold for ``run`` points.

    Linear between the points before and after; None where it never does.
    """
    row = int(_first_runs((rise >= threshold)[None], run)[0])
    if row == len(rise):
        return None
    return Crossing(float(_between(potential, rise[None], np.array([threshold]), [row])[0]), row)


def _first_runs(above: Bools, run: int) -> Ints:
    """Return the column at which each row (m, n) first has ``run`` true values; n for none."""
    count = above.shape[1]
    if count < run:
        return np.full(len(above), count)
    total = np.cumsum(np.pad(above, ((0, 0), (1, 0))), axis=1, dtype=np.int32)
    full = total[:, run:] - total[:, :-run] == run
    columns: Ints = np.where(full.any(axis=1), full.argmax(axis=1), count)
    return columns


def _between(
    potential: Floats, rise: Floats, threshold: Floats, rows: Sequence[int] | Ints
) -> Floats:
    """Interpolate the crossing of each line of ``rise`` (m, n) before its row (m,)."""
    after = np.asarray(rows)
    before = np.maximum(after - 1, 0)
    lines = np.arange(len(rise))
    low, high = rise[lines, before], rise[lines, after]
    climb = np.where(high > low, high - low, 1.0)
    share = np.where(after > before, (threshold - low) / climb, 1.0)
    found: Floats = potential[before] + share * (potential[after] - potential[before])
    return found


def tangent(sweep: Sweep, line: Line) -> Tangent | None:
    """Return where the line through 10 to 50 % of the rise at the end meets the baseline.

    None where the rise at the end does not stand out, or fewer than five points show it.
    """
    rise = sweep.smooth - line.at(sweep.potential)
    low, high = (share * rise[-1] for share in TANGENT_SHARES)
    if rise[-1] <= SURELY_ABOVE * sweep.noise / TANGENT_SHARES[0]:
        return None
    first = int(np.flatnonzero(rise < low)[-1]) + 1 if (rise < low).any() else 0
    last = first + int(np.argmax(rise[first:] > high))
    if last - first < FEWEST_TANGENT:
        return None
    x, y = sweep.potential[first:last], (sweep.density - line.at(sweep.potential))[first:last]
    slope = float(np.mean((x - x.mean()) * y) / x.var())
    if slope <= 0:
        return None
    before_v = float(y.mean()) / slope
    residual = float(np.std(y - y.mean() - slope * (x - x.mean()))) / slope
    u = residual * float(np.sqrt((1 + before_v**2 / x.var()) / (len(x) - 2)))
    return Tangent(float(x.mean()) - before_v, u, slope)


def largest_curvature(
    sweep: Sweep, start_v: float, rng: np.random.Generator, draws: int
) -> tuple[float, Floats] | None:
    """Return where log j bends upwards most beyond ``start_v`` (V), and so with noise drawn anew.

    The second is of shape (draws,). None where the density does not stand out of the noise
    throughout, or too few points are left.
    """
    later = sweep.potential >= start_v
    potential, density = sweep.potential[later], sweep.smooth[later]
    width = _points(sweep.potential, CURVATURE_V)
    if len(density) < 2 * width or density.min() <= CLEAR * sweep.remaining * sweep.noise:
        return None
    inner = slice(width // 2, len(density) - width // 2)

    def bent(line: Floats) -> float:
        bend = signal.savgol_filter(np.log10(line), width, DEGREE + 1, deriv=2)
        return float(potential[inner][bend[inner].argmax()])

    narrow, lowest = _points(sweep.potential, SMOOTHING_V), density.min() / 2
    drawn = np.empty(draws)
    for draw in range(draws):
        noise = sweep.noise * rng.standard_normal(len(density))
        fresh = density + signal.savgol_filter(noise, narrow, DEGREE)
        drawn[draw] = bent(np.maximum(fresh, lowest))
    return bent(density), drawn


def pre_peaks(sweep: Sweep, line: Line, rows: slice, least: float) -> Ints:
    """Return rows of local maxima of the smoothed density above its baseline.

    Each stands out by more than 3 standard deviations of the noise (more where much noise is
    left after smoothing) and by more than ``least`` µA/cm².
    """
    rise = (sweep.smooth - line.at(sweep.potential))[rows]
    height = max(3.0, 7.0 * sweep.remaining) * sweep.noise
    peaks, _found = signal.find_peaks(rise, prominence=max(height, least))
    found: Ints = peaks + (rows.start or 0)
    return found


@dataclass(frozen=True)
class Scatter:
    """How sure a crossing is: differences (draws,) of the truth from the value found, in V.

    ``missed`` is the share of draws in which the sweep ends before the threshold is passed.
    """

    differences: Floats
    missed: float


@dataclass(frozen=True)
class Doubt:
    """What is uncertain beside noise and baseline.

    ``spread`` is the relative half-width over which the threshold is drawn (uniform), ``scale_u``
    the relative standard uncertainty of the density, ``potential_u`` (V) that of the potential;
    ``run`` points in a row must stay above the threshold.
    """

    spread: float
    scale_u: float
    potential_u: float
    run: int


def scatter(
    sweep: Sweep,
    lines: Sequence[Line],
    start: int,
    threshold: float,
    doubt: Doubt,
    rng: np.random.Generator,
    draws: int,
) -> Scatter:
    """Return by Monte Carlo how a crossing varies with noise, baseline and threshold.

    The first of ``lines`` is the one that was used, the others are drawn; rows from ``start`` on
    are searched. Each draw puts fresh noise on the smoothed density; its shift against the
    smoothed crossing is reflected, since noise delays a run of points, and added to the shift of
    the smoothed crossing by baseline and threshold.
    """
    potential, smooth = sweep.potential[start:], sweep.smooth[start:]
    end = float(potential[-1])
    used = crossing(potential, smooth - lines[0].at(potential), threshold, doubt.run)
    centre = end if used is None else used.potential
    differences, missed = [], 0
    for line in lines[1:]:
        factors = rng.uniform(1 - doubt.spread, 1 + doubt.spread, draws)
        factors *= 1 + doubt.scale_u * rng.standard_normal(draws)
        levels = threshold * factors
        rise = smooth - line.at(potential)
        rows = _uncertain(rise, levels, sweep.noise, doubt.run)
        part = np.broadcast_to(rise[rows], (draws, rows.stop - rows.start))
        noisy = part + sweep.noise * rng.standard_normal(part.shape)
        clear, lost = _crossings(potential[rows], part, levels, doubt.run, end)
        shaken, more = _crossings(potential[rows], noisy, levels, doubt.run, end)
        offset = doubt.potential_u * rng.standard_normal(draws)
        differences.append(2 * clear - shaken - centre + offset)
        missed += int(np.count_nonzero(lost | more))
    return Scatter(np.concatenate(differences), missed / (draws * (len(lines) - 1)))


def _uncertain(rise: Floats, levels: Floats, noise: float, run: int) -> slice:
    """Return the rows in which a run above one of the levels may begin, and its length."""
    near = rise >= levels.min() - SURELY_BELOW * noise
    above = _first_runs((rise >= levels.max() + SURELY_ABOVE * noise)[None], run)[0]
    first = max(int(np.argmax(near)) - 1, 0) if near.any() else len(rise) - 1
    return slice(first, max(min(int(above) + run, len(rise)), first + 1))


def _crossings(
    potential: Floats, rise: Floats, levels: Floats, run: int, end: float
) -> tuple[Floats, Bools]:
    """Return the crossing of each line (m, n) with its level (m,), and which have none."""
    rows = _first_runs(rise >= levels[:, None], run)
    lost: Bools = rows == rise.shape[1]
    found = _between(potential, rise, levels, np.where(lost, 0, rows))
    return np.where(lost, end, found), lost
