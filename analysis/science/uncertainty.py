"""Combines standard uncertainties and forms 95 % intervals (after the GUM, JCGM 100:2008)."""

import math
from collections.abc import Sequence

from scipy import stats

LEVEL = 0.95
"""Coverage of every interval that the methods report."""


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
