"""Equivalent circuits of cells with blocking electrodes.

All spectra are arrays of shape (n,) sorted by falling frequency: frequency in Hz, impedance in ohm,
capacitive parts negative.
"""

import math
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from analysis.science.arcs import FIRST_EXPONENT, arc, arc_starts
from analysis.science.fitting import Fit, Parameter, Residuals, fit
from analysis.science.impedance import foot

Floats = NDArray[np.float64]
Complexes = NDArray[np.complex128]
Circuit = Literal["M1", "M2", "M3"]

STEEP = 0.9
"""An exponent at a bound above this is at 1: a plain capacitor."""

ARC_REACH, PELLET_REACH = 10.0, 100.0
"""The arc's time constant is at most this many times 1/ω at the tail's foot, which in a pellet may
be the foot between its arcs."""

ARC_BEYOND = 0.1
"""The arc's time constant is at least this many times 1/ω_max, else the arc is out of sight."""

LEAST_EXPONENT = 0.3
TAIL_EXPONENT = 0.9
"""Where the fit of the tail's exponent starts."""

ARCS_OF_A_PELLET = 2
MOST_UNEQUAL = 1e4
"""Arcs of a pellet differ in resistance by at most this factor."""

STARTS, STARTS_OF_A_PELLET = 10, 4
EVALUATIONS_OF_A_PELLET = 150
"""Arcs that need more steps are not told apart."""


def blocking_cell(values: Floats, omega: Floats, pivot: float) -> Complexes:
    """Return the impedance (n,) in ohm of circuit M1, M2 or M3 at angular frequencies in rad/s.

    M1 = L + R_b + CPE, M2 = L + (R_b parallel CPE_b) + CPE, M3 = M2 + (R_gb parallel CPE_gb), with
    Z_CPE = 1/(Q (jω)^α). ``values`` are the resistance (of all arcs together) and the size of the
    tail at ``pivot`` (both ohm), α, L in henry, for M2 and M3 the time constant in s and the
    exponent of the arc, and for M3 those of the second arc and its resistance over that of the
    first. Written so, the size and the exponent of the tail are hardly correlated, and the sum of
    two arcs is known where each of them is not.
    """
    resistance, size, exponent, inductance, *arcs = (float(value) for value in values)
    bulk: Complexes | float = resistance
    if len(arcs) > len(("time constant", "exponent")):
        *arcs, time_constant, second_exponent, ratio = arcs
        first = resistance / (1 + ratio)
        bulk = arc(omega, first, *arcs) + arc(
            omega, resistance - first, time_constant, second_exponent
        )
    elif arcs:
        bulk = arc(omega, resistance, *arcs)
    return 1j * omega * inductance + bulk + size * (1j * omega / pivot) ** -exponent


@dataclass(frozen=True)
class CellFit:
    """A fitted circuit; its fit has ``resistance, tail_ohm, cpe_exponent, lead_inductance``.

    M2 adds ``arc_time_constant`` and ``arc_exponent``, M3 also ``second_arc_time_constant,
    second_arc_exponent, arc_ratio``; ``residuals`` maps values to residuals.
    """

    circuit: Circuit
    fit: Fit
    pivot: float
    residuals: Residuals

    @property
    def stuck(self) -> tuple[str, ...]:
        """Parameters at a bound that is not a natural limit (no inductance, a plain capacitor)."""
        return tuple(name for name in self.fit.at_bound if not self._at_natural_limit(name))

    def impedance(self, frequency: Floats) -> Complexes:
        """Return the fitted impedance in ohm at frequencies in Hz."""
        return blocking_cell(self.fit.values, 2 * np.pi * frequency, self.pivot)

    def prefactor(self) -> tuple[float, float]:
        """Return Q of the tail in S s^α and its standard uncertainty."""
        return self.fit.derived(lambda values: float(self.pivot ** -values[2] / values[1]))

    def grains(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """Return R_b and R_gb of M3 in ohm, each with its standard uncertainty.

        The faster arc is that of the bulk: grain boundaries resist more and their layers are thin.
        """
        first = self.fit.derived(lambda values: float(values[0] / (1 + values[-1])))
        second = self.fit.derived(lambda values: float(values[0] * values[-1] / (1 + values[-1])))
        slower = self.fit.value("second_arc_time_constant") > self.fit.value("arc_time_constant")
        return (first, second) if slower else (second, first)

    def _at_natural_limit(self, name: str) -> bool:
        if name == "lead_inductance":
            return self.fit.value(name) < self.fit.parameters[3].high / 2
        return name.endswith("exponent") and self.fit.value(name) > STEEP


def fit_blocking_cell(
    frequency: Floats, impedance: Complexes, scale: Floats, circuit: Circuit, seed: int = 0
) -> CellFit:
    """Fit M1, M2 or M3 with residuals (Z_fit - Z)/scale, real and imaginary parts stacked.

    ``scale`` is what the noise goes with, |Z| as measured.

    The arcs must lie where they can be seen: deep in the tail or far above the highest frequency
    they would only bend the tail, and falsify the resistance. Raises FitError.
    """
    omega = 2 * np.pi * frequency
    end = foot(impedance)
    pivot = math.sqrt(omega[-1] * omega[end])

    def residuals(values: Floats) -> Floats:
        relative = (blocking_cell(values, omega, pivot) - impedance) / scale
        return np.concatenate([relative.real, relative.imag])

    parameters = _series_parameters(omega, impedance, scale, end, pivot)
    starts, evaluations = STARTS, None
    if circuit == "M2":
        parameters += _arc_parameters(omega, impedance, end)
    if circuit == "M3":
        parameters = _pellet_parameters(omega, impedance, end, pivot, parameters)
        starts, evaluations = STARTS_OF_A_PELLET, EVALUATIONS_OF_A_PELLET
    found = fit(residuals, parameters, starts, seed, evaluations=evaluations)
    return CellFit(circuit, found, pivot, residuals)


def _series_parameters(
    omega: Floats, impedance: Complexes, scale: Floats, end: int, pivot: float
) -> list[Parameter]:
    """Return resistance, tail and inductance, started from foot, size and highest frequency."""
    smallest, largest = float(scale.min()), float(scale.max())
    tail_ohm = float(np.interp(pivot, omega[::-1], scale[::-1]))
    resistance = max(float(impedance[end].real), smallest / 10)
    inductance = max(float(impedance[0].imag / omega[0]), 0.0)
    most = 2 * float(np.max(scale[:3] / omega[:3]))
    return [
        Parameter("resistance", resistance, smallest / 1e4, largest * 10),
        Parameter("tail_ohm", tail_ohm, smallest / 1e3, largest * 1e3),
        Parameter("cpe_exponent", TAIL_EXPONENT, LEAST_EXPONENT, 1.0, log=False),
        Parameter("lead_inductance", inductance, 0.0, most, log=False),
    ]


def _arc_parameters(omega: Floats, impedance: Complexes, end: int) -> list[Parameter]:
    """Return time constant and exponent of the arc, started from its highest point."""
    peak = int(np.argmin(impedance.imag[: end + 1]))
    return [
        Parameter("arc_time_constant", 1 / omega[peak], *_time_constants(omega, end, ARC_REACH)),
        Parameter("arc_exponent", TAIL_EXPONENT, LEAST_EXPONENT, 1.0, log=False),
    ]


def _pellet_parameters(
    omega: Floats, impedance: Complexes, end: int, pivot: float, series: list[Parameter]
) -> list[Parameter]:
    """Return the parameters of M3, started from the best two arcs on a grid of time constants."""
    limits = _time_constants(omega, end, PELLET_REACH)
    others = [1j * omega, np.asarray((1j * omega / pivot) ** -TAIL_EXPONENT)]
    (first, second), (inductance, tail_ohm) = arc_starts(
        omega, impedance, others, limits, ARCS_OF_A_PELLET
    )
    total, size, exponent, leads = series
    least = total.start / MOST_UNEQUAL**0.5
    ratio = max(second.resistance, least) / max(first.resistance, least)
    return [
        replace(total, start=max(first.resistance + second.resistance, least)),
        replace(size, start=max(float(tail_ohm), size.low)),
        exponent,
        replace(leads, start=float(inductance)),
        Parameter("arc_time_constant", first.time_constant, *limits),
        Parameter("arc_exponent", FIRST_EXPONENT, LEAST_EXPONENT, 1.0, log=False),
        Parameter("second_arc_time_constant", second.time_constant, *limits),
        Parameter("second_arc_exponent", FIRST_EXPONENT, LEAST_EXPONENT, 1.0, log=False),
        Parameter("arc_ratio", ratio, 1 / MOST_UNEQUAL, MOST_UNEQUAL),
    ]


def _time_constants(omega: Floats, end: int, reach: float) -> tuple[float, float]:
    """Return the shortest and longest time constant in s of an arc that is seen above the foot."""
    return float(ARC_BEYOND / omega[0]), float(reach / omega[end])
