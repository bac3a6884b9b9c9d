"""Least-squares fits with log parameters, several starts, covariance, AICc and profiles."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from scipy.optimize import OptimizeResult, least_squares

from analysis.science.uncertainty import factor_interval, interval, t_quantile

Floats = NDArray[np.float64]
Residuals = Callable[[Floats], Floats]

TOLERANCE = 1e-12
"""Of cost, step and gradient; scipy's defaults bias resistances by up to 1 %."""

SCATTER = 1 / math.log(10)
"""Spread of the starts of log parameters in decades: a log-normal of sigma 1."""

NEAR_BOUND = 1e-5
"""A parameter this close to a bound, in parts of its range, is at the bound."""

RESOLUTION = 1e-6
"""Relative residuals below this are rounding and tell no model from another."""

CONTRADICTED = 0.05
"""Known uncertainties whose chi-squared test gives less are not believed."""


class FitError(Exception):
    """A fit did not converge or cannot determine a parameter."""


@dataclass(frozen=True)
class Parameter:
    """A parameter of a fit: start and bounds in its own unit; ``log`` fits log10 of it."""

    name: str
    start: float
    low: float
    high: float
    log: bool = True


@dataclass(frozen=True)
class Fit:
    """The best of several fits.

    ``x`` (p,) and ``covariance`` (p, p) are in the solver's coordinates (log10 of log parameters);
    rows of parameters ``at_bound`` are zero, as their error means nothing. ``residuals`` (n,) are
    weighted, with ``known_noise`` by known uncertainties that they do not contradict;
    ``condition`` is that of the column-scaled Jacobian; ``agreeing`` counts the starts that found
    this minimum.
    """

    parameters: tuple[Parameter, ...]
    x: Floats
    covariance: Floats
    residuals: Floats
    at_bound: tuple[str, ...]
    condition: float
    starts: int
    agreeing: int
    known_noise: bool = False

    @property
    def rss(self) -> float:
        """Sum of squared weighted residuals."""
        return float(self.residuals @ self.residuals)

    @property
    def rms(self) -> float:
        """Root mean square of the weighted residuals."""
        return math.sqrt(self.rss / self.residuals.size)

    @property
    def dof(self) -> int:
        """Degrees of freedom: residuals minus free parameters."""
        return self.residuals.size - len(self.parameters) + len(self.at_bound)

    @property
    def variance(self) -> float:
        """Variance of a weighted residual: 1 where the noise is known, else RSS/dof."""
        return 1.0 if self.known_noise else self.rss / self.dof

    @property
    def t(self) -> float:
        """Half width of a 95 % interval in standard uncertainties."""
        return t_quantile(math.inf if self.known_noise else self.dof)

    @property
    def values(self) -> Floats:
        """Best values in the parameters' own units, shape (p,)."""
        return in_units(self.parameters, self.x)

    @property
    def aicc(self) -> float:
        """Corrected Akaike criterion n ln(RSS/n) + 2k + 2k(k+1)/(n-k-1), k = p + 1.

        Infinite where n ≤ k + 1. Source: Hurvich & Tsai, Biometrika 76 (1989) 297,
        doi:10.1093/biomet/76.2.297.
        """
        n, k = self.residuals.size, len(self.parameters) + 1
        if n <= k + 1:
            return math.inf
        return 2 * n * math.log(max(self.rms, RESOLUTION)) + 2 * k + 2 * k * (k + 1) / (n - k - 1)

    def value(self, name: str) -> float:
        """Return the best value of a parameter."""
        return float(self.values[self._index(name)])

    def u(self, name: str) -> float | None:
        """Return the standard uncertainty of a parameter; None at a bound."""
        index = self._index(name)
        if name in self.at_bound:
            return None
        u = math.sqrt(self.covariance[index, index])
        return u * math.log(10) * self.value(name) if self.parameters[index].log else u

    def interval(self, name: str) -> tuple[float, float] | None:
        """Return the 95 % t-interval, formed in the solver's coordinate; None at a bound."""
        u = self.u(name)
        if u is None:
            return None
        form = factor_interval if self.parameters[self._index(name)].log else interval
        return form(self.value(name), u, math.inf if self.known_noise else self.dof)

    def derived(self, quantity: Callable[[Floats], float]) -> tuple[float, float]:
        """Return a positive function of ``values`` and its standard uncertainty.

        Its logarithm is propagated linearly.
        """
        logarithm, u = self.propagated(lambda values: math.log(quantity(values)))
        value = math.exp(logarithm)
        return value, value * u

    def propagated(self, quantity: Callable[[Floats], float]) -> tuple[float, float]:
        """Return a function of ``values`` and its standard uncertainty.

        It is propagated linearly in the solver's coordinates (central differences).
        """
        step = 1e-6
        gradient = np.empty_like(self.x)
        for index, shift in enumerate(step * np.eye(self.x.size)):
            up, down = (quantity(in_units(self.parameters, self.x + s)) for s in (shift, -shift))
            gradient[index] = (up - down) / (2 * step)
        return quantity(self.values), math.sqrt(gradient @ self.covariance @ gradient)

    def correlation(self, first: str, second: str) -> float:
        """Return the correlation of two parameters in the solver's coordinates; 0 at a bound."""
        sd = np.sqrt(np.diag(self.covariance))
        i, j = self._index(first), self._index(second)
        return float(self.covariance[i, j] / (sd[i] * sd[j])) if sd[i] * sd[j] else 0.0

    def correlated(self, limit: float) -> tuple[tuple[str, str], ...]:
        """Return the pairs of free parameters whose correlation exceeds the limit in size."""
        sd = np.sqrt(np.diag(self.covariance))
        free = np.flatnonzero(sd)
        return tuple(
            (self.parameters[i].name, self.parameters[j].name)
            for i in free
            for j in free[free > i]
            if abs(self.covariance[i, j]) > limit * sd[i] * sd[j]
        )

    def _index(self, name: str) -> int:
        return [parameter.name for parameter in self.parameters].index(name)


def fit(
    residuals: Residuals,
    parameters: Sequence[Parameter],
    starts: int = 10,
    seed: int = 0,
    known_noise: bool = False,
    evaluations: int | None = None,
) -> Fit:
    """Return the least-squares fit with the lowest sum of squares of several starts.

    ``residuals`` maps values (p,) in the parameters' units to weighted residuals (n,). The first
    start is the given one, the others scatter around it, the same ones for the same seed; a start
    that needs more than ``evaluations`` steps has not converged.

    The covariance is scaled by the residuals, unless ``known_noise`` says that they are in units
    of their standard uncertainty and they do not contradict it (chi-squared test at 5 %). Raises
    FitError when no start converges, a parameter does nothing or nothing is left to tell the noise.
    """
    parameters = tuple(parameters)
    found = [
        result
        for x0 in _starts(parameters, starts, seed)
        if (result := solve(residuals, parameters, x0, evaluations)).success
    ]
    if not found:
        raise FitError(f"none of {starts} starts converged")
    best = min(found, key=lambda result: float(result.cost))
    if best.fun.size < len(parameters):
        raise FitError(f"{best.fun.size} values cannot tell {len(parameters)} parameters")
    low, high = bounds(parameters)
    near = NEAR_BOUND * (high - low)
    free = (best.x - low > near) & (high - best.x > near)
    rss, dof = 2 * float(best.cost), best.fun.size - int(free.sum())
    trusted = known_noise and (dof == 0 or bool(stats.chi2.sf(rss, dof) >= CONTRADICTED))
    if dof < 1 and not trusted:
        raise FitError("there are as many parameters as values, which leaves none for the noise")
    covariance, condition = _covariance(best.jac, free)
    return Fit(
        parameters=parameters,
        x=best.x,
        covariance=covariance if trusted else rss / dof * covariance,
        residuals=best.fun,
        at_bound=tuple(p.name for p, inside in zip(parameters, free, strict=True) if not inside),
        condition=condition,
        starts=starts,
        agreeing=sum(bool(result.cost <= best.cost * (1 + RESOLUTION)) for result in found),
        known_noise=trusted,
    )


def _coordinates(parameters: Sequence[Parameter], values: Sequence[float]) -> Floats:
    """Return the numbers that the solver varies."""
    pairs = zip(parameters, values, strict=True)
    return np.array([math.log10(value) if p.log else value for p, value in pairs])


def in_units(parameters: Sequence[Parameter], x: Floats) -> Floats:
    """Return the values in the parameters' own units."""
    log = np.array([parameter.log for parameter in parameters])
    return np.where(log, 10.0 ** np.where(log, x, 0.0), x)


def bounds(parameters: Sequence[Parameter]) -> tuple[Floats, Floats]:
    """Return the lower and upper bounds (p,) in the solver's coordinates."""
    return (
        _coordinates(parameters, [parameter.low for parameter in parameters]),
        _coordinates(parameters, [parameter.high for parameter in parameters]),
    )


def _starts(parameters: Sequence[Parameter], starts: int, seed: int) -> list[Floats]:
    """Return the given start and scattered ones, all inside the bounds."""
    low, high = bounds(parameters)
    first = _coordinates(parameters, [parameter.start for parameter in parameters])
    spread = np.where([parameter.log for parameter in parameters], SCATTER, 0.1 * (high - low))
    noise = np.random.default_rng(seed).normal(size=(starts - 1, first.size))
    return [_inside(x, low, high) for x in (first, *(first + spread * noise))]


def _inside(x: Floats, low: Floats, high: Floats) -> Floats:
    margin = 1e-3 * (high - low)
    return np.clip(x, low + margin, high - margin)


def solve(
    residuals: Residuals,
    parameters: Sequence[Parameter],
    x0: Floats,
    evaluations: int | None = None,
) -> OptimizeResult:
    """Return scipy's solution from one start (p,), moved inside the bounds."""
    low, high = bounds(parameters)

    def of_coordinates(x: Floats) -> Floats:
        return residuals(in_units(parameters, x))

    return least_squares(
        of_coordinates,
        _inside(x0, low, high),
        bounds=(low, high),
        x_scale="jac",
        ftol=TOLERANCE,
        xtol=TOLERANCE,
        gtol=TOLERANCE,
        max_nfev=evaluations,
    )


def _covariance(jacobian: Floats, free: NDArray[np.bool_]) -> tuple[Floats, float]:
    """Return the covariance for unit variance, zero rows for held parameters, and the condition.

    Directions that the data do not determine get a huge variance, never none.
    """
    columns = jacobian[:, free]
    scale = np.linalg.norm(columns, axis=0)
    if not scale.all():
        raise FitError("a parameter has no effect on the data")
    _, singular, directions = np.linalg.svd(columns / scale, full_matrices=False)
    floored = np.maximum(singular, np.finfo(float).eps * singular[0])
    root = directions.T / floored / scale[:, None]
    covariance = np.zeros((free.size, free.size))
    covariance[np.ix_(free, free)] = root @ root.T
    return covariance, float(singular[0] / floored[-1])
