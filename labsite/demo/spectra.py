"""Synthetic impedance spectra with known truth, the same for the same seed.

Spectra are frequency in Hz, falling, and complex impedance in ohm, both of shape (points,).
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Complexes = NDArray[np.complex128]
Points = tuple[Floats, Complexes]

NOISE = 0.003
"""Relative noise of Z' and of Z''."""


def sweep(highest_hz: float = 1e6, lowest_hz: float = 0.1, points: int = 71) -> Floats:
    """Return falling frequencies, evenly spaced in log."""
    return np.geomspace(highest_hz, lowest_hz, points)


def resistance_ohm(conductivity_s_cm: float, thickness_um: float, diameter_mm: float) -> float:
    """Return the resistance L/(σS) of a disc."""
    return thickness_um * 1e-4 / (conductivity_s_cm * math.pi * diameter_mm**2 / 400)


def noisy(impedance: Complexes, noise: float, seed: int) -> Complexes:
    """Return the impedance with independent normal noise on Z' and Z'', relative to |Z|."""
    draw = np.random.default_rng(seed).normal(size=(2, impedance.size))
    scatter: Complexes = noise * np.abs(impedance) * (draw[0] + 1j * draw[1])
    return impedance + scatter


@dataclass(frozen=True)
class BlockingCell:
    """An electrolyte between blocking electrodes: L + (R parallel C) + CPE.

    ``resistance`` in ohm may be an array, one value a frequency, for a cell that drifts;
    ``inductance`` in H, ``prefactor`` in S s^exponent, ``capacitance`` in F.
    """

    resistance: float | Floats
    inductance: float = 0.5e-6
    prefactor: float = 2e-5
    exponent: float = 0.9
    capacitance: float = 0.0

    def spectrum(
        self, seed: int = 0, noise: float = NOISE, frequency: Floats | None = None
    ) -> Points:
        """Return the spectrum, by default from 1 MHz to 0.1 Hz."""
        frequency = sweep() if frequency is None else frequency
        omega = 2 * np.pi * frequency
        bulk = self.resistance / (1 + 1j * omega * self.resistance * self.capacitance)
        tail = 1 / (self.prefactor * (1j * omega) ** self.exponent)
        return frequency, noisy(1j * omega * self.inductance + bulk + tail, noise, seed)


FILM_25 = BlockingCell(resistance_ohm(2e-3, 200, 16))
"""FX-EIS-25: 2e-3 S/cm, 200 µm thick, 16 mm across: 4.974 Ω."""

FILM_MINUS_10 = BlockingCell(resistance_ohm(2e-4, 200, 16))
"""FX-EIS-10: 2e-4 S/cm, 200 µm thick, 16 mm across: 49.74 Ω."""

BULK_ARC = BlockingCell(5e4, inductance=0, prefactor=1e-6, exponent=0.85, capacitance=1e-10)
"""FX-EIS-ARC: 50 kΩ parallel 100 pF, then the tail."""


def drifting(seed: int = 0, noise: float = NOISE) -> Points:
    """FX-EIS-DRIFT: two arcs without a tail, the larger one growing by 10 % during the sweep."""
    frequency = sweep()
    omega = 2 * np.pi * frequency
    growing = 300 * np.linspace(1, 1.1, frequency.size)
    arcs = growing / (1 + (1j * omega * 1e-4) ** 0.85) + 80 / (1 + (1j * omega * 1e-2) ** 0.8)
    return frequency, noisy(1j * omega * 0.2e-6 + 5 + arcs, noise, seed)
