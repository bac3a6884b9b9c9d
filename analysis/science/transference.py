"""Transference number of lithium from a polarised symmetric cell (Bruce, Vincent, Evans).

Time in s, current in A, voltage in V, resistance in ohm; time series are arrays (n,). The current
is positive; that of a cell polarised the other way has its sign turned before.
"""

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from analysis.science.uncertainty import Estimate, interval

Floats = NDArray[np.float64]

DRAWS = 20_000
CORRELATION = 0.5
"""Of the interfacial resistances before and after: both have the errors of one circuit."""

STEADY_SHARE, SLOPE_SHARE, FEWEST_POINTS = 0.05, 0.10, 10
"""Steady current and slope are those of this last part of the time, of at least so many points."""

SQRT_T_WITHIN_S = 10.0
FEWEST_OF_A_LINE = 3
SECONDS_PER_HOUR = 3600.0

PERCENTILES = (2.5, 15.8655, 84.1345, 97.5)
"""Of draws: the ends of the 95 % interval around those of one standard uncertainty."""


class Measured(NamedTuple):
    """A value and its standard uncertainty."""

    value: float
    u: float


@dataclass(frozen=True)
class SteadyState:
    """The end of a polarisation: mean current in A, its relative slope in 1/h, since when in s."""

    current: Measured
    slope_per_hour: Estimate
    since: float


@dataclass(frozen=True)
class Polarisation:
    """A voltage step, its currents, and the resistances of bulk and interfaces before and after.

    ``initial_current`` is None where it follows from Ohm's law for the cell before.
    """

    voltage: Measured
    steady_current: Measured
    bulk_before: Measured
    bulk_after: Measured
    interfaces_before: Measured
    interfaces_after: Measured
    initial_current: Measured | None = None


@dataclass(frozen=True)
class Transference:
    """Transference numbers, I_s/I_0, I_0 in A and the factor by which errors grow.

    ``number`` is eq. 4, ``with_bulk`` the one of Watanabe; neither is confined to 0 … 1. Limits
    are percentiles of Monte Carlo draws, u half of their central 68 %; an upper limit is None
    where too many draws have no voltage left for the bulk. ``draws`` (m,) are those of ``number``.
    """

    number: Estimate
    with_bulk: Estimate
    ratio: Estimate
    initial_current: Estimate
    amplification: float
    draws: Floats


def bruce_vincent(
    voltage: Floats, initial: Floats, steady: Floats, before: Floats, after: Floats
) -> Floats:
    """Return t = I_s (ΔV - I_0 R_0)/(I_0 (ΔV - I_s R_s)), (m,), with interfacial resistances R.

    Infinite where the interfaces leave the steady state no voltage. Source: Evans, Vincent &
    Bruce, Polymer 28 (1987) 2324, doi:10.1016/0032-3861(87)90394-6; eq. 4 of Pan et al., Nat.
    Commun. 2024, doi:10.1038/s41467-024-46472-9.
    """
    left = voltage - steady * after
    ratio = steady * (voltage - initial * before) / initial
    number = np.full(left.shape, np.inf)
    np.divide(ratio, left, out=number, where=left > 0)
    return number


def error_amplification(
    voltage: float, initial: float, steady: float, before: float, after: float
) -> float:
    """Return the larger of I R/(ΔV - I R) before and after: errors of R grow by it."""
    return max(
        current * resistance / (voltage - current * resistance)
        for current, resistance in ((initial, before), (steady, after))
    )


def steady_state(time: Floats, current: Floats) -> SteadyState:
    """Return the mean of the last 5 % of the time and the slope over the last 10 %.

    Each has at least ten points (all, if there are fewer); their scatter tells the uncertainties.
    The mean must not be zero.
    """
    last, wider = (_last(time, share) for share in (STEADY_SHARE, SLOPE_SHARE))
    mean = float(current[last].mean())
    u = float(current[last].std(ddof=1)) / math.sqrt(current[last].size)
    line = stats.linregress(time[wider], current[wider])
    slope, u_slope = (SECONDS_PER_HOUR * number / mean for number in (line.slope, line.stderr))
    limits = interval(slope, abs(u_slope), current[wider].size - 2)
    return SteadyState(
        Measured(mean, u), Estimate(slope, abs(u_slope), *limits), float(time[last][0])
    )


def initial_sqrt_t(
    time: Floats, current: Floats, within: float = SQRT_T_WITHIN_S
) -> Measured | None:
    """Return the current extrapolated over √t to the step at t = 0; None below three points.

    Diffusion makes the current fall with √t at first; ``within`` is how long in s.
    """
    early = (time > 0) & (time <= within)
    if np.count_nonzero(early) < FEWEST_OF_A_LINE:
        return None
    line = stats.linregress(np.sqrt(time[early]), current[early])
    return Measured(float(line.intercept), float(line.intercept_stderr))


def transference(
    cell: Polarisation, correlation: float = CORRELATION, seed: int = 0
) -> Transference:
    """Return the transference number with the uncertainty of 20,000 draws of its inputs.

    Inputs are drawn from normal distributions, the interfacial resistances before and after with
    the correlation between them. Raises ValueError where the interfaces take the whole step.
    """
    generator = np.random.default_rng(seed)

    def drawn(measured: Measured, normal: Floats | None = None) -> Floats:
        """Return the value itself, then its draws, (1 + m,)."""
        normal = generator.normal(size=DRAWS) if normal is None else normal
        return measured.value + measured.u * np.concatenate(([0.0], normal))

    first, second = generator.normal(size=(2, DRAWS))
    before = drawn(cell.interfaces_before, first)
    mixed = correlation * first + math.sqrt(1 - correlation**2) * second
    after = drawn(cell.interfaces_after, mixed)
    voltage, steady = drawn(cell.voltage), drawn(cell.steady_current)
    bulk_before, bulk_after = drawn(cell.bulk_before), drawn(cell.bulk_after)
    if cell.initial_current is None:
        initial = voltage / (bulk_before + before)
    else:
        initial = drawn(cell.initial_current)
    exact = voltage[0], initial[0], steady[0], before[0], after[0]
    _require_voltage(*exact)
    number = bruce_vincent(voltage, initial, steady, before, after)
    return Transference(
        number=_estimate(number),
        with_bulk=_estimate(number * bulk_after / bulk_before),
        ratio=_estimate(steady / initial),
        initial_current=_estimate(initial),
        amplification=error_amplification(*exact),
        draws=number[1:],
    )


def _last(time: Floats, share: float) -> slice:
    """Return the last share of the time, of at least ten points."""
    begin = int(np.searchsorted(time, time[-1] - share * (time[-1] - time[0])))
    return slice(max(0, min(begin, time.size - FEWEST_POINTS)), None)


def _require_voltage(
    voltage: float, initial: float, steady: float, before: float, after: float
) -> None:
    for current, resistance, when in ((initial, before, "initial"), (steady, after, "steady")):
        if current * resistance >= voltage:
            raise ValueError(
                f"the {when} current of {1e6 * current:.4g} µA through interfaces of "
                f"{resistance:.4g} Ω takes {1e3 * current * resistance:.4g} mV, the whole step of "
                f"{1e3 * voltage:.4g} mV"
            )


def _estimate(values: Floats) -> Estimate:
    """Return the first value with the percentiles of the others; None in the place of infinity."""
    low, minus, plus, high = np.percentile(values[1:], PERCENTILES, method="nearest")
    u, top = (float(end) if np.isfinite(end) else None for end in ((plus - minus) / 2, high))
    return Estimate(float(values[0]), u, float(low), top)
