"""Arcs of an impedance spectrum: resistances in parallel with constant-phase elements.

Spectra are arrays of shape (n,) sorted by falling frequency: angular frequency in rad/s, impedance
in ohm, capacitive parts negative.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import nnls

Floats = NDArray[np.float64]
Complexes = NDArray[np.complex128]

FIRST_EXPONENT = 0.85
PER_DECADE = 2
"""Time constants a decade among which a start is looked for."""


@dataclass(frozen=True)
class ArcStart:
    """Where the fit of an arc starts: resistance in ohm and time constant in s."""

    resistance: float
    time_constant: float


def arc(omega: Floats, resistance: float, time_constant: float, exponent: float) -> Complexes:
    """Return R/(1 + (jωτ)^α) in ohm, shape (n,): R parallel to a CPE with Q = τ^α/R."""
    return np.asarray(resistance / (1 + (1j * omega * time_constant) ** exponent))


def arc_starts(
    omega: Floats,
    impedance: Complexes,
    others: Sequence[Complexes],
    limits: tuple[float, float],
    count: int,
) -> tuple[tuple[ArcStart, ...], Floats]:
    """Return the arcs, the fastest first, that describe a spectrum best, and the others' sizes.

    Of all choices of ``count`` time constants on a grid between ``limits`` (s) the one whose
    non-negative least squares, relative to |Z|, leave least. ``others`` are the impedances (n,)
    of the other elements at unit size, whose best sizes are returned.
    """
    decades = np.log10(limits[1] / limits[0])
    grid = np.geomspace(*limits, max(count, 1 + round(PER_DECADE * decades)))
    arcs = [_stacked(arc(omega, 1.0, float(tau), FIRST_EXPONENT) / impedance) for tau in grid]
    rest = [_stacked(other / impedance) for other in others]
    target = _stacked(np.ones_like(impedance))

    def solved(chosen: tuple[int, ...]) -> tuple[float, tuple[int, ...], Floats]:
        sizes, left = nnls(np.stack([*(arcs[i] for i in chosen), *rest], axis=1), target)
        return float(left), chosen, sizes

    _, best, sizes = min(map(solved, combinations(range(grid.size), count)), key=lambda one: one[0])
    starts = (ArcStart(float(size), float(grid[i])) for size, i in zip(sizes, best, strict=False))
    return tuple(starts), sizes[count:]


def _stacked(relative: Complexes) -> Floats:
    return np.concatenate([relative.real, relative.imag])
