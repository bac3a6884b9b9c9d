"""Impedance of cells with blocking electrodes: tail and intercept.

All spectra are arrays of shape (n,) sorted by falling frequency: frequency in Hz, impedance in ohm,
capacitive parts negative.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Floats = NDArray[np.float64]
Complexes = NDArray[np.complex128]

TAIL_SLOPE = -0.55
"""A tail that rises no faster than a Warburg impedance is diffusion, not a blocking contact."""

TAIL_PHASE_DEGREE = 20.0
"""From here on the phase belongs to the tail, up to SPIKE_PHASE_DEGREE for its straight part."""

SPIKE_PHASE_DEGREE = 80.0
SPIKE_DECADES = 1.5
FEWEST_POINTS_OF_A_LINE = 3

ARC_RISE = 0.05
"""-Z'' that rises again by this part of |Z| above the tail's foot belongs to an arc."""


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
