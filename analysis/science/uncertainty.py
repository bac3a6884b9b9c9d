"""Combines standard uncertainties and forms 95 % intervals (after the GUM, JCGM 100:2008)."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from scipy import stats

LEVEL = 0.95
"""Coverage of every interval that the methods report."""


@dataclass(frozen=True)
class Estimate:
    """A number, its standard uncertainty and its 95 % interval.

    ``u`` is None at a bound of a fit, an end of the interval where the data set none.
    """

    value: float
    u: float | None
    low: float | None
    high: float | None

    def times(self, factor: float) -> "Estimate":
        """Return the estimate times an exact positive factor."""
        u, low, high = (
            None if number is None else factor * number for number in (self.u, self.low, self.high)
        )
        return Estimate(factor * self.value, u, low, high)


def quadrature(*terms: float) -> float:
    """Return the root of the sum of squares: the combination of independent uncertainties."""
    return math.hypot(*terms)


def t_quantile(dof: float = math.inf, level: float = LEVEL) -> float:
    """Return the two-sided Student t factor; 1.96 for known uncertainties (``dof`` infinite)."""
    return float(stats.t.ppf((1 + level) / 2, dof))


def effective_dof(terms: Sequence[tuple[float, float]]) -> float:
    """Return the Welch-Satterthwaite degrees of freedom of a combined uncertainty.

    ``terms`` are pairs (uncertainty, its degrees of freedom). Source: JCGM 100:2008, eq. G.2b.
    """
    fourth = sum(u**4 / dof for u, dof in terms)
    return quadrature(*(u for u, _ in terms)) ** 4 / fourth if fourth > 0 else math.inf


def interval(value: float, u: float, dof: float = math.inf) -> tuple[float, float]:
    """Return the 95 % interval value ± t u."""
    half = t_quantile(dof) * u
    return value - half, value + half


def factor_interval(value: float, u: float, dof: float = math.inf) -> tuple[float, float]:
    """Return the 95 % interval value · exp(± t u/value) of a product or quotient.

    It keeps the sign of the value and equals value ± t u where u is small beside the value; where
    u exceeds the value it says nothing and value ± t u is returned.
    """
    if u > abs(value):
        return interval(value, u, dof)
    factor = math.exp(t_quantile(dof) * u / abs(value))
    lower, upper = sorted((value / factor, value * factor))
    return lower, upper


def from_logarithm(logarithm: Estimate) -> Estimate:
    """Return the number whose natural logarithm is given; raises OverflowError beyond floats."""
    value = math.exp(logarithm.value)
    low, high = (None if end is None else math.exp(end) for end in (logarithm.low, logarithm.high))
    return Estimate(value, None if logarithm.u is None else value * logarithm.u, low, high)
