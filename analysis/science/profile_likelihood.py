"""Intervals of fitted parameters from the likelihood profile."""

import math
from collections.abc import Callable

import numpy as np
from scipy.optimize import brentq

from analysis.science.fitting import Fit, Residuals, bounds, in_units, solve

PROFILE_STEP = 1e-4
"""Ends of profile intervals are exact to this part of their distance from the best value."""


def profile_interval(
    residuals: Residuals, best: Fit, name: str
) -> tuple[float | None, float | None]:
    """Return the 95 % profile-likelihood interval of a free parameter.

    At its ends the sum of squares, with all other parameters fitted again, has grown by t² times
    the variance of a residual; an end is None where it has not grown so much at the bound. Source:
    Bates & Watts, Nonlinear Regression Analysis and Its Applications, 1988, ch. 6.
    """
    index = [parameter.name for parameter in best.parameters].index(name)
    held, others = best.parameters[index], best.parameters[:index] + best.parameters[index + 1 :]
    growth = best.t * math.sqrt(best.variance)
    start = best.x[index]
    direction = best.covariance[:, index] / best.covariance[index, index]

    def excess(x: float) -> float:
        value = in_units((held,), np.array([x]))[0]
        result = solve(
            lambda values: residuals(np.insert(values, index, value)),
            others,
            np.delete(best.x + (x - start) * direction, index),
        )
        return math.sqrt(max(2 * float(result.cost) - best.rss, 0.0)) - growth

    reach = best.t * math.sqrt(best.covariance[index, index])
    ends = (_profile_end(excess, start, reach, bound[index]) for bound in bounds(best.parameters))
    lower, upper = (None if x is None else float(in_units((held,), np.array([x]))[0]) for x in ends)
    return lower, upper


def _profile_end(
    excess: Callable[[float], float], start: float, reach: float, bound: float
) -> float | None:
    """Return where the excess crosses zero, looked for from ``reach`` outwards to the bound."""
    sign, farthest = math.copysign(1, bound - start), abs(bound - start)
    inside, outside = 0.0, min(reach, farthest)
    while excess(start + sign * outside) < 0:
        if outside == farthest:
            return None
        inside, outside = outside, min(2 * outside, farthest)
    tolerance = PROFILE_STEP * reach
    end = brentq(lambda out: excess(start + sign * out), inside, outside, xtol=tolerance)
    return start + sign * float(end)
