"""Tests a spectrum for Kramers-Kronig consistency by a linear fit of RC elements (Lin-KK)."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Complexes = NDArray[np.complex128]

FEWEST = 3
PER_DECADE = 5
"""RC elements are tried from FEWEST to PER_DECADE of the measured decades."""

TOLERATED = 1.1
"""The smallest number of elements within this factor of the lowest residual is taken."""


@dataclass(frozen=True)
class LinKK:
    """A linear Kramers-Kronig fit: number of RC elements and residuals (Z - Z_fit)/scale, (n,)."""

    elements: int
    residuals: Complexes
    parameters: int

    @property
    def rms(self) -> float:
        """Root mean square of the real and imaginary residuals together."""
        return math.sqrt(self._sum_of_squares / (2 * self.residuals.size))

    @property
    def noise(self) -> float:
        """Estimate of the relative noise of Z' and Z'': the rms per degree of freedom."""
        return math.sqrt(self._sum_of_squares / self.dof)

    @property
    def dof(self) -> int:
        """Degrees of freedom of the fit."""
        return 2 * self.residuals.size - self.parameters

    @property
    def rms_u(self) -> float:
        """Standard uncertainty of the rms as an estimate of noise: rms/√(2 dof)."""
        return self.rms / math.sqrt(2 * self.dof)

    @property
    def maximum(self) -> float:
        """Largest residual of Z' or Z'' in size."""
        return float(max(np.abs(self.residuals.real).max(), np.abs(self.residuals.imag).max()))

    @property
    def maximum_u(self) -> float:
        """Spread of the largest of 2n normal residuals: rms·(π/√6)/√(2 ln 2n) (Gumbel)."""
        count = 2 * self.residuals.size
        return self.rms * math.pi / math.sqrt(6) / math.sqrt(2 * math.log(count))

    @property
    def lag1(self) -> float:
        """Lag-1 autocorrelation of the residuals along frequency, the larger of Z' and Z''.

        Near zero for noise, near one when the residuals follow a trend.
        """
        return max(_lag1(self.residuals.real), _lag1(self.residuals.imag))

    @property
    def lag1_u(self) -> float:
        """Spread of the lag-1 autocorrelation of n independent residuals: 1/√n (Bartlett)."""
        return 1 / math.sqrt(self.residuals.size)

    @property
    def _sum_of_squares(self) -> float:
        return float(np.vdot(self.residuals, self.residuals).real)


def lin_kk(
    frequency: Floats, impedance: Complexes, *, blocking: bool, scale: Floats | None = None
) -> LinKK:
    """Fit L + R + RC elements, with a series capacitor for a blocking cell; return the residuals.

    ``frequency`` in Hz and ``impedance`` in ohm have shape (n,), sorted by frequency. The time
    constants are spaced evenly in log between 1/ω_max and 1/ω_min. The weights are 1/|Z|, or
    1/scale where the noise goes with another impedance (that before leads were subtracted).
    Without the capacitor a blocking tail looks inconsistent although it is not. Source: Schönleber
    et al., Electrochim. Acta 131 (2014) 20, doi:10.1016/j.electacta.2014.01.034; the number of
    elements by the lowest residual per degree of freedom, as the published µ < 0.85 stops too
    early on clean spectra. Raises ValueError for too few points.
    """
    omega = 2 * np.pi * frequency
    size = np.abs(impedance) if scale is None else scale
    most = math.ceil(PER_DECADE * math.log10(frequency.max() / frequency.min()))
    fits = [
        _fit(omega, impedance, size, count, blocking)
        for count in range(FEWEST, max(FEWEST, most) + 1)
        if count + 2 + blocking < 2 * frequency.size
    ]
    if not fits:
        raise ValueError(f"Lin-KK needs more than {frequency.size} points")
    enough = TOLERATED * min(fit.noise for fit in fits)
    return next(fit for fit in fits if fit.noise <= enough)


def _fit(omega: Floats, impedance: Complexes, size: Floats, count: int, blocking: bool) -> LinKK:
    time_constants = np.geomspace(1 / omega.max(), 1 / omega.min(), count)
    columns = [np.ones_like(impedance), 1j * omega]
    columns += [1 / (1 + 1j * omega * time_constant) for time_constant in time_constants]
    if blocking:
        columns.append(1 / (1j * omega))
    matrix = np.stack(columns, axis=1) / size[:, None]
    stacked = np.vstack([matrix.real, matrix.imag])
    target = impedance / size
    scale = np.linalg.norm(stacked, axis=0)
    solution = np.linalg.lstsq(stacked / scale, np.r_[target.real, target.imag])[0] / scale
    return LinKK(count, target - matrix @ solution, len(columns))


def _lag1(residuals: Floats) -> float:
    power = float(residuals @ residuals)
    return float(residuals[1:] @ residuals[:-1]) / power if power > 0 else 0.0
