"""Growth of an interfacial resistance with time: laws, rates, transition, stabilisation.

Time is an array (n,) in hours, rising from 0 or later, resistance (n,) in ohm with its standard
uncertainties (n,).
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.science.fitting import Fit, FitError, Parameter, fit
from analysis.science.uncertainty import Estimate, interval, quadrature

Floats = NDArray[np.float64]

GRID = 30
"""Time constants or breaks among which a start is chosen."""

STARTS = 2
SHORTEST, LONGEST = 0.1, 10.0
"""A time constant is within these parts of the shortest step and of the longest time."""

RANGE = 100.0
"""Linear parameters are sought within this many times their start or the largest resistance."""

DRAWS = 1000
BREAKS, NEAR = 200, 5.0
"""Each draw has its best among so many transitions over all times and again as many within so
many standard uncertainties of the best one."""

PERCENTILES = (2.5, 15.8655, 84.1345, 97.5)
STABLE_PER_HOUR = 0.01


@dataclass(frozen=True)
class Law:
    """A law R(t) that is linear in all parameters but its time.

    ``columns`` maps the times (n,) and the law's own time in hours to the design (n, p); ``names``
    are the p linear parameters, ``time_name`` the own time, empty where there is none.
    """

    name: str
    names: tuple[str, ...]
    time_name: str
    columns: Callable[[Floats, float], Floats]


def _parabolic(time: Floats, _: float) -> Floats:
    return np.stack([np.ones_like(time), np.sqrt(time)], axis=1)


def _exponential(time: Floats, tau: float) -> Floats:
    gone = np.exp(-time / tau)
    return np.stack([gone, 1 - gone], axis=1)


def _logarithmic(time: Floats, tau: float) -> Floats:
    return np.stack([np.ones_like(time), np.log1p(time / tau)], axis=1)


def _broken_line(time: Floats, at: float) -> Floats:
    return np.stack([np.ones_like(time), np.minimum(time, at), np.maximum(time - at, 0)], axis=1)


PARABOLIC = Law("parabolic", ("initial_ohm", "rate_ohm_per_root_h"), "", _parabolic)
"""R = R_0 + k √t"""

EXPONENTIAL = Law("exponential", ("initial_ohm", "final_ohm"), "time_constant_h", _exponential)
"""R = R_∞ - (R_∞ - R_0) exp(-t/τ)"""

LOGARITHMIC = Law("logarithmic", ("initial_ohm", "rate_ohm"), "time_constant_h", _logarithmic)
"""R = R_0 + k ln(1 + t/t_0)"""

BROKEN_LINE = Law(
    "broken line",
    ("initial_ohm", "early_rate_ohm_h", "late_rate_ohm_h"),
    "transition_h",
    _broken_line,
)
"""Two straight parts that meet at the transition."""

LAWS = (PARABOLIC, EXPONENTIAL, LOGARITHMIC, BROKEN_LINE)


@dataclass(frozen=True)
class Growth:
    """A law fitted to R(t)."""

    law: Law
    fit: Fit

    def resistance(self, time: Floats) -> Floats:
        """Return the fitted resistance in ohm at times (n,) in hours."""
        return _resistance(self.law, self.fit.values, time)


def fit_growth(law: Law, time: Floats, resistance: Floats, u: Floats) -> Growth:
    """Return the law fitted with weights 1/u; raises FitError where points are too few."""
    size = len(law.names) + bool(law.time_name)
    if time.size < size + 1:
        raise FitError(f"{time.size} points are too few for {size} parameters ({law.name})")

    def residuals(values: Floats) -> Floats:
        return (_resistance(law, values, time) - resistance) / u

    grid = _own_times(law, time)
    best = min(grid, key=lambda own: _linear(law, own, time, resistance, u)[1])
    sizes = _linear(law, best, time, resistance, u)[0]
    reach = RANGE * (np.abs(sizes).max() + np.abs(resistance).max())
    parameters = [
        Parameter(name, float(start), float(start - reach), float(start + reach), log=False)
        for name, start in zip(law.names, sizes, strict=True)
    ]
    if law.time_name:
        parameters.append(Parameter(law.time_name, best, grid[0], grid[-1]))
    return Growth(law, fit(residuals, parameters, STARTS, known_noise=True))


def best_growth(time: Floats, resistance: Floats, u: Floats) -> tuple[Growth, ...]:
    """Return every law that the points suffice for, the one of the lowest AICc first."""
    fits = []
    for law in LAWS:
        try:
            fits.append(fit_growth(law, time, resistance, u))
        except FitError:
            continue
    return tuple(sorted(fits, key=lambda growth: growth.fit.aicc))


def transition_time(time: Floats, resistance: Floats, u: Floats, seed: int = 0) -> Estimate:
    """Return when fast growth turns into slow growth, in hours: where the broken line breaks.

    The interval is that of a parametric bootstrap (1000 draws of the noise around the fitted line,
    whose breaks lie between the second and the last but one time). Raises FitError.
    """
    found = fit_growth(BROKEN_LINE, time, resistance, u)
    noise = math.sqrt(found.fit.variance) * u
    normal = np.random.default_rng(seed).normal(size=(time.size, DRAWS))
    drawn = (found.resistance(time)[:, None] + noise[:, None] * normal) / u[:, None]
    value = found.fit.value(BROKEN_LINE.time_name)
    reach = NEAR * (found.fit.u(BROKEN_LINE.time_name) or 0.0)
    near = np.linspace(value - reach, value + reach, BREAKS).clip(time[1], time[-2])
    breaks = np.sort(np.r_[np.geomspace(time[1], time[-2], BREAKS), near])
    explained = [
        np.sum((_basis(_broken_line(time, float(at)) / u[:, None]).T @ drawn) ** 2, axis=0)
        for at in breaks
    ]
    low, minus, plus, high = np.percentile(breaks[np.argmax(explained, axis=0)], PERCENTILES)
    return Estimate(value, float(plus - minus) / 2, min(value, float(low)), max(value, float(high)))


def growth_rate(
    time: Floats, resistance: Floats, u: Floats, after: float, until: float
) -> Estimate | None:
    """Return the slope in Ω/h of the weighted line through the times in (after, until].

    Its uncertainty is that of the resistances alone; None where there are fewer than two points.
    """
    window = (time > after) & (time <= until)
    if np.count_nonzero(window) < len(("level", "slope")):
        return None
    design = np.stack([np.ones(np.count_nonzero(window)), time[window]], axis=1) / u[window, None]
    slope = float(np.linalg.lstsq(design, resistance[window] / u[window])[0][1])
    uncertainty = math.sqrt(np.linalg.inv(design.T @ design)[1, 1])
    return Estimate(slope, uncertainty, *interval(slope, uncertainty))


def stabilisation_time(
    time: Floats,
    resistance: Floats,
    u: Floats,
    growth: Growth,
    limit: float = STABLE_PER_HOUR,
    seed: int = 0,
) -> Estimate | None:
    """Return the first time in hours after which |Δ ln R/Δt| stays below the limit (1/h).

    None where it has not at the last time. The interval reaches from the time before, as nothing
    is known in between, and holds what noise does to the law that was fitted (1000 draws); it is
    open at the top where the resistance may not be stable at all.
    """
    last = time.size - 1
    first = int(_first_stable(time, resistance[None], limit)[0])
    if first == last:
        return None
    normal = np.random.default_rng(seed).normal(size=(DRAWS, time.size))
    drawn = growth.resistance(time) + math.sqrt(growth.fit.variance) * u * normal
    at = _first_stable(time, drawn, limit)
    stable = np.where(at == last, np.inf, time[at])
    value, before = float(time[first]), float(time[max(first - 1, 0)])
    low = min(before, float(np.percentile(time[np.maximum(at - 1, 0)], PERCENTILES[0])))
    _, minus, plus, high = np.percentile(stable, PERCENTILES, method="nearest")
    if math.isinf(high):
        return Estimate(value, None, low, None)
    u_time = quadrature((plus - minus) / 2, (value - before) / math.sqrt(12))
    return Estimate(value, u_time, low, max(value, float(high)))


def _first_stable(time: Floats, resistance: Floats, limit: float) -> NDArray[np.intp]:
    """Return for each row of resistances (m, n) the index after its last change at the limit."""
    changing = np.abs(np.diff(np.log(resistance), axis=1)) >= limit * np.diff(time)
    back = np.argmax(changing[:, ::-1], axis=1)
    return np.where(changing.any(axis=1), time.size - 1 - back, 0)


def _resistance(law: Law, values: Floats, time: Floats) -> Floats:
    own = float(values[-1]) if law.time_name else math.nan
    return np.asarray(law.columns(time, own) @ values[: len(law.names)])


def _own_times(law: Law, time: Floats) -> list[float]:
    """Return the grid of the law's own time in hours; one number that is not used without one."""
    if not law.time_name:
        return [1.0]
    ends = (time[1], time[-2])
    if law is not BROKEN_LINE:
        ends = (SHORTEST * np.diff(time).min(), LONGEST * time[-1])
    return [float(own) for own in np.geomspace(*ends, GRID)]


def _linear(
    law: Law, own: float, time: Floats, resistance: Floats, u: Floats
) -> tuple[Floats, float]:
    """Return the best linear parameters for the law's own time and the weighted squares left."""
    design, target = law.columns(time, own) / u[:, None], resistance / u
    sizes: Floats = np.linalg.lstsq(design, target)[0].astype(np.float64)
    left = target - design @ sizes
    return sizes, float(left @ left)


def _basis(design: Floats) -> Floats:
    """Return orthonormal columns (n, p) that span those of the design."""
    return np.asarray(np.linalg.qr(design)[0])
