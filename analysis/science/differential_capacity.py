"""Differential capacity dQ/dV of a half-cycle and its peaks."""

from dataclasses import dataclass

import numpy as np
from scipy.integrate import cumulative_trapezoid
from scipy.optimize import isotonic_regression
from scipy.signal import find_peaks, savgol_coeffs, savgol_filter

from analysis.science.retention import scatter
from analysis.science.stretches import Floats
from analysis.science.uncertainty import quadrature

EDGE_V = 0.005
"""Left out at either end, where voltage relaxes or is held (ANALYSES A10)."""

LEVELS = 10
DIGIT = 0.05
SMALLEST_DIGIT_V = 1e-5
"""Neighbouring levels up to ten digits apart must be multiples of one digit within this share."""

MOST_PEAKS = 8
SIGNIFICANT = 4.0
"""Standard uncertainties of dQ/dV by which a peak stands out."""

TOP = 0.25
"""Share of a peak's prominence that its parabola is put through."""

FEWEST_TOP = 3


@dataclass(frozen=True)
class Sampling:
    """How finely a voltage was recorded, in V.

    ``spacing_v`` is the median |ΔV| of successive records, ``digit_v`` the digit of the converter
    (None where none is seen), ``noise_v`` the standard deviation of a record, digit included.
    """

    spacing_v: float
    digit_v: float | None
    noise_v: float


def sampling(voltage_v: Floats) -> Sampling:
    """Return how finely a voltage (n,) was recorded; n >= 6."""
    digit = _digit(voltage_v)
    return Sampling(
        spacing_v=float(np.median(np.abs(np.diff(voltage_v)))),
        digit_v=digit,
        noise_v=quadrature(scatter(voltage_v) or 0.0, (digit or 0.0) / np.sqrt(12)),
    )


def _digit(voltage_v: Floats) -> float | None:
    """Smallest difference of levels that recur, where small differences are multiples of it."""
    levels = np.unique(np.round(voltage_v, 7))
    apart = np.diff(levels)
    if not 1 < len(levels) < len(voltage_v) or apart.min() < SMALLEST_DIGIT_V:
        return None
    near = apart[apart <= LEVELS * apart.min()] / apart.min()
    return float(apart.min()) if np.all(np.abs(near - near.round()) <= DIGIT) else None


@dataclass(frozen=True)
class Differential:
    """dQ/dV on an even grid of voltages, arrays of shape (g,), ascending voltage.

    ``capacity_ah`` is the charge passed on the way up or down to each voltage; ``slope`` is
    |dQ/dV| in Ah/V with the standard uncertainty ``slope_u`` by noise of the voltage; ``level_v``
    the distance of the recorded levels around each voltage; ``kernel`` (w,) made ``slope`` from
    ``capacity_ah``, whose uncertainty is ``capacity_u``. ``reversed_v`` is how far the voltage went
    against its direction.
    """

    voltage_v: Floats
    capacity_ah: Floats
    capacity_u: Floats
    slope: Floats
    slope_u: Floats
    level_v: Floats
    kernel: Floats
    reversed_v: float

    @property
    def step_v(self) -> float:
        """Distance of the grid's voltages."""
        return float(self.voltage_v[1] - self.voltage_v[0])

    @property
    def area_error(self) -> float:
        """By how much of it ∫(dQ/dV)dV misses the charge passed between both ends."""
        passed = abs(float(self.capacity_ah[-1] - self.capacity_ah[0]))
        return abs(float(np.trapezoid(self.slope, self.voltage_v)) / passed - 1)


def differentiate(
    capacity_ah: Floats, voltage_v: Floats, direction: int, step_v: float, window: int, order: int
) -> Differential | None:
    """Return dQ/dV of a half-cycle, None where its voltages span fewer grid points than ``window``.

    ``capacity_ah`` and ``voltage_v`` (n,) in the order of time, ``direction`` +1 for charge. The
    voltage is made monotonic by isotonic regression, records at one voltage take their mean
    charge (the first voltage is left with the last of them, the last one reached with the first),
    the line through it is averaged over the cells of a grid of ``step_v`` and
    differentiated by a Savitzky-Golay filter of odd length ``window`` and order ``order``; the
    first and last 5 mV are left out. Source: ANALYSES A10; Savitzky & Golay, Anal. Chem. 36,
    1627 (1964).
    """
    rising = np.asarray(isotonic_regression(direction * voltage_v).x, dtype=np.float64)
    levels, owner, number = np.unique(rising, return_inverse=True, return_counts=True)
    charge = np.bincount(owner, weights=capacity_ah) / number
    charge[0] = np.max(capacity_ah[owner == 0])
    charge[-1] = np.min(capacity_ah[owner == len(levels) - 1])
    if direction < 0:
        levels, charge = -levels[::-1], charge[::-1]
    low, high = levels[0] + EDGE_V, levels[-1] - EDGE_V
    grid = step_v * np.arange(np.ceil(low / step_v), np.floor(high / step_v) + 1)
    if len(grid) < window:
        return None
    edges = np.append(grid - step_v / 2, grid[-1] + step_v / 2)
    interpolated = _cell_means(levels, charge, edges)
    slope = direction * savgol_filter(interpolated, window, order, deriv=1, delta=step_v)
    above = np.clip(np.searchsorted(levels, grid), 1, len(levels) - 1)
    records = np.maximum(np.histogram(direction * rising, edges)[0], 1)
    capacity_u = np.abs(slope) * sampling(voltage_v).noise_v / np.sqrt(records)
    kernel = savgol_coeffs(window, order, deriv=1, delta=step_v, use="dot")
    return Differential(
        voltage_v=grid,
        capacity_ah=interpolated,
        capacity_u=capacity_u,
        slope=slope,
        slope_u=_propagated(capacity_u, kernel),
        level_v=levels[above] - levels[above - 1],
        kernel=kernel,
        reversed_v=float(np.max(np.abs(direction * voltage_v - rising))),
    )


def _cell_means(levels: Floats, charge: Floats, edges: Floats) -> Floats:
    """Mean over each cell between ``edges`` (g+1,) of the line through charge over levels (n,)."""
    voltage = np.union1d(levels, edges)
    area = cumulative_trapezoid(np.interp(voltage, levels, charge), voltage, initial=0)
    means: Floats = np.diff(np.interp(edges, voltage, area)) / np.diff(edges)
    return means


def _propagated(u: Floats, kernel: Floats) -> Floats:
    """Standard uncertainty (g,) of a filter's output whose inputs have ``u`` (g,)."""
    half = len(kernel) // 2
    variance = np.convolve(np.pad(u**2, half, mode="edge"), kernel[::-1] ** 2, mode="valid")
    return np.sqrt(variance)


@dataclass(frozen=True)
class Peak:
    """A maximum of |dQ/dV|: its potential with the standard uncertainty by noise and sampling,
    its height and prominence in Ah/V."""

    potential_v: float
    u_v: float
    height: float
    prominence: float


def peaks(curve: Differential, share: float) -> tuple[Peak, ...]:
    """Return the peaks with a prominence above ``share`` of the highest, by ascending potential.

    They stand four standard uncertainties above what noise makes; at most eight, the most
    prominent. A parabola through the upper quarter of a peak gives its potential.
    """
    found, told = find_peaks(curve.slope, prominence=share * float(curve.slope.max()))
    prominence = told["prominences"]
    significant = prominence > SIGNIFICANT * curve.slope_u[found]
    found, prominence = found[significant], prominence[significant]
    kept = np.sort(np.argsort(prominence)[::-1][:MOST_PEAKS])
    return tuple(_peak(curve, int(found[i]), float(prominence[i])) for i in kept)


def _peak(curve: Differential, top: int, prominence: float) -> Peak:
    """Put a parabola through the top; its vertex follows from its slope at the highest point."""
    chosen = _around(curve.slope, top, curve.slope[top] - TOP * prominence)
    x = curve.voltage_v[chosen] - curve.voltage_v[top]
    solver = np.linalg.pinv(np.vander(x, 3, increasing=True))
    height, tilt, bend = solver @ curve.slope[chosen]
    vertex = float(np.clip(-tilt / (2 * bend), x[0], x[-1])) if bend < 0 else 0.0
    noise = _u_vertex(curve, chosen, vertex, float(bend))
    return Peak(
        potential_v=float(curve.voltage_v[top]) + vertex,
        u_v=quadrature(noise, float(curve.level_v[top]) / np.sqrt(12)),
        height=float(height + tilt * vertex + bend * vertex**2),
        prominence=prominence,
    )


def _around(slope: Floats, top: int, limit: float) -> slice:
    """Points next to each other above ``limit`` around the top, at least one on either side."""
    below = np.flatnonzero(slope < limit)
    left = int(below[below < top].max(initial=-1)) + 1
    right = int(below[below > top].min(initial=len(slope))) - 1
    return slice(min(left, top - 1), max(right, top + 1) + 1)


def _u_vertex(curve: Differential, chosen: slice, vertex: float, bend: float) -> float:
    """Propagate the charge's noise through filter and parabola; the tilt at the vertex counts."""
    if bend >= 0:
        return curve.step_v
    x = curve.voltage_v[chosen] - curve.voltage_v[chosen.start]
    tilt = np.linalg.pinv(np.vander(x - x.mean(), 3, increasing=True))[1]
    weights = np.convolve(tilt, curve.kernel)
    half = len(curve.kernel) // 2
    u = np.pad(curve.capacity_u, half, mode="edge")[chosen.start : chosen.stop + 2 * half]
    return float(np.sqrt(np.sum((weights * u) ** 2)) / (2 * abs(bend)))
