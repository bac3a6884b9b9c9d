"""Impedance of cells with blocking electrodes: tail, intercept and equivalent circuits.

All spectra are arrays of shape (n,) sorted by falling frequency: frequency in Hz, impedance in ohm,
capacitive parts negative.
"""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from analysis.science.fitting import Fit, Parameter, Residuals, fit

Floats = NDArray[np.float64]
Complexes = NDArray[np.complex128]
Circuit = Literal["M1", "M2"]

TAIL_SLOPE = -0.55
"""A tail that rises no faster than a Warburg impedance is diffusion, not a blocking contact."""

TAIL_PHASE_DEGREE = 20.0
"""From here on the phase belongs to the tail, up to SPIKE_PHASE_DEGREE for its straight part."""

SPIKE_PHASE_DEGREE = 80.0
SPIKE_DECADES = 1.5
FEWEST_POINTS_OF_A_LINE = 3

ARC_RISE = 0.05
"""-Z'' that rises again by this part of |Z| above the tail's foot belongs to an arc."""

STEEP = 0.9
"""An exponent at a bound above this is at 1: a plain capacitor."""

ARC_REACH = 10.0
"""The arc's time constant is at most this many times 1/ω at the tail's foot."""

ARC_BEYOND = 0.1
"""The arc's time constant is at least this many times 1/ω_max, else the arc is out of sight."""

LEAST_EXPONENT = 0.3


@dataclass(frozen=True)
class Tail:
    """The low-frequency end: d ln(-Z'')/d ln f over the lowest decade, and the phase in degrees."""

    slope: float
    phase_degree: float

    @property
    def blocking(self) -> bool:
        """Whether -Z'' keeps growing like a capacitance and stands out of the resistance."""
        return self.slope <= TAIL_SLOPE and self.phase_degree <= -TAIL_PHASE_DEGREE


@dataclass(frozen=True)
class Intercept:
    """Resistance at Z'' = 0 without a model, in ohm, with standard uncertainty."""

    value: float
    u: float
    dof: float
    definition: str


def phase_degree(impedance: Complexes) -> Floats:
    """Return the phase in degrees, negative when capacitive."""
    return np.degrees(np.angle(impedance))


def tail(frequency: Floats, impedance: Complexes) -> Tail:
    """Describe the low-frequency end of a spectrum.

    The slope is -alpha of a constant-phase element, -0.5 of a Warburg impedance, +1 of an arc that
    closes and 0 of a plateau. It is a Theil-Sen slope, so single bad points do not decide; a
    spectrum whose lowest decade is mostly not capacitive has slope 0.
    """
    lowest = frequency <= max(10 * frequency[-1], frequency[-min(5, frequency.size)])
    capacitive = lowest & (impedance.imag < 0)
    if 2 * np.count_nonzero(capacitive) <= np.count_nonzero(lowest):
        slope = 0.0
    else:
        size = np.log(-impedance.imag[capacitive])
        slope = float(stats.theilslopes(size, np.log(frequency[capacitive]))[0])
    return Tail(slope, float(np.median(phase_degree(impedance[-3:]))))


def foot(impedance: Complexes) -> int:
    """Return the index where the tail meets the real axis or the first arc.

    Coming from low frequency this is the first point with -Z'' ≤ 0, else the lowest -Z'' before
    an arc rises, else the highest frequency.
    """
    lowest = impedance.size - 1
    for index in range(impedance.size - 1, -1, -1):
        height = -impedance.imag[index]
        if height <= 0:
            return index
        if height < -impedance.imag[lowest]:
            lowest = index
        elif height > -impedance.imag[lowest] + ARC_RISE * abs(impedance[index]):
            return lowest
    return lowest


def intercept(frequency: Floats, impedance: Complexes, noise: Floats) -> Intercept | None:
    """Return the bulk resistance read without a model, None where nothing positive can be read.

    Z' where the tail crosses Z'' = 0 (interpolated in log frequency), else the straight part of
    the tail (phase 20 to 80 degrees, its highest 1.5 decades) extrapolated to Z'' = 0 with weights
    1/noise. ``noise`` is the standard uncertainty of Z' and of Z'' in ohm, (n,).
    """
    end = foot(impedance)
    read: Intercept | None
    if impedance.imag[end] >= 0 and end + 1 < impedance.size:
        above, below = impedance[end], impedance[end + 1]
        part = above.imag / (above.imag - below.imag)
        value = float(above.real + part * (below.real - above.real))
        read = Intercept(value, float(noise[end]), math.inf, "crossing of Z'' = 0")
    else:
        read = _extrapolated(frequency[end:], impedance[end:], noise[end:])
    return read if read and read.value > 0 else None


def _extrapolated(frequency: Floats, impedance: Complexes, noise: Floats) -> Intercept | None:
    angle = -phase_degree(impedance)
    straight = (angle >= TAIL_PHASE_DEGREE) & (angle <= SPIKE_PHASE_DEGREE)
    if straight.any():
        straight &= frequency >= frequency[straight].max() / 10**SPIKE_DECADES
    count = int(np.count_nonzero(straight))
    if count < FEWEST_POINTS_OF_A_LINE:
        return None
    spike = impedance[straight]
    weights = 1 / noise[straight]
    design = np.stack([np.ones(count), -spike.imag], axis=1) * weights[:, None]
    target = spike.real * weights
    line = np.linalg.lstsq(design, target)[0]
    left = target - design @ line
    variance = float(left @ left) / (count - 2) * np.linalg.inv(design.T @ design)[0, 0]
    return Intercept(
        float(line[0]), math.sqrt(variance), count - 2, "straight tail extrapolated to Z'' = 0"
    )


def blocking_cell(values: Floats, omega: Floats, pivot: float) -> Complexes:
    """Return the impedance (n,) in ohm of circuit M1 or M2 at angular frequencies in rad/s.

    M1 = L + R_b + CPE, M2 = L + (R_b parallel CPE_b) + CPE, with Z_CPE = 1/(Q (jω)^α). ``values``
    are R_b and the size of the tail at ``pivot`` (both ohm), α, L in henry and, for M2, the time
    constant in s and the exponent of the arc. Written so, the size and the exponent of the tail
    are hardly correlated.
    """
    resistance, size, exponent, inductance, *arc = (float(value) for value in values)
    bulk = resistance / (1 + (1j * omega * arc[0]) ** arc[1]) if arc else resistance
    return 1j * omega * inductance + bulk + size * (1j * omega / pivot) ** -exponent


@dataclass(frozen=True)
class CellFit:
    """A fitted circuit; its fit has ``bulk_resistance, tail_ohm, cpe_exponent, lead_inductance``.

    M2 adds ``arc_time_constant`` and ``arc_exponent``; ``residuals`` maps values to residuals.
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

    def _at_natural_limit(self, name: str) -> bool:
        if name == "lead_inductance":
            return self.fit.value(name) < self.fit.parameters[3].high / 2
        return name in ("cpe_exponent", "arc_exponent") and self.fit.value(name) > STEEP


def fit_blocking_cell(
    frequency: Floats, impedance: Complexes, scale: Floats, circuit: Circuit, seed: int = 0
) -> CellFit:
    """Fit M1 or M2 with residuals (Z_fit - Z)/scale, real and imaginary parts stacked.

    ``scale`` is what the noise goes with, |Z| as measured.

    The arc of M2 must lie where it can be seen: deep in the tail or far above the highest
    frequency it would only bend the tail, and falsify R_b. Raises FitError.
    """
    omega = 2 * np.pi * frequency
    end = foot(impedance)
    pivot = math.sqrt(omega[-1] * omega[end])

    def residuals(values: Floats) -> Floats:
        relative = (blocking_cell(values, omega, pivot) - impedance) / scale
        return np.concatenate([relative.real, relative.imag])

    parameters = _series_parameters(omega, impedance, scale, end, pivot)
    if circuit == "M2":
        parameters += _arc_parameters(omega, impedance, end)
    return CellFit(circuit, fit(residuals, parameters, seed=seed), pivot, residuals)


def _series_parameters(
    omega: Floats, impedance: Complexes, scale: Floats, end: int, pivot: float
) -> list[Parameter]:
    """Return R_b, tail and inductance, started from foot, size and highest frequency."""
    smallest, largest = float(scale.min()), float(scale.max())
    tail_ohm = float(np.interp(pivot, omega[::-1], scale[::-1]))
    resistance = max(float(impedance[end].real), smallest / 10)
    inductance = max(float(impedance[0].imag / omega[0]), 0.0)
    most = 2 * float(np.max(scale[:3] / omega[:3]))
    return [
        Parameter("bulk_resistance", resistance, smallest / 1e4, largest * 10),
        Parameter("tail_ohm", tail_ohm, smallest / 1e3, largest * 1e3),
        Parameter("cpe_exponent", 0.9, LEAST_EXPONENT, 1.0, log=False),
        Parameter("lead_inductance", inductance, 0.0, most, log=False),
    ]


def _arc_parameters(omega: Floats, impedance: Complexes, end: int) -> list[Parameter]:
    """Return time constant and exponent of the arc, started from its highest point."""
    peak = int(np.argmin(impedance.imag[: end + 1]))
    shortest, longest = ARC_BEYOND / omega[0], ARC_REACH / omega[end]
    return [
        Parameter("arc_time_constant", 1 / omega[peak], shortest, longest),
        Parameter("arc_exponent", 0.9, LEAST_EXPONENT, 1.0, log=False),
    ]
