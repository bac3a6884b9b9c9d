"""Conductivity over temperature: the laws of Vogel, Tammann and Fulcher and of Arrhenius.

Temperatures are arrays (n,) in kelvin, conductivities (n,) in S/cm, positive.
"""

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from analysis.science.fitting import (
    RESOLUTION,
    Fit,
    Parameter,
    Residuals,
    fit,
)
from analysis.science.profile_likelihood import profile_interval
from analysis.science.uncertainty import Estimate, from_logarithm, quadrature

Floats = NDArray[np.float64]

BOLTZMANN_EV_K = 8.617333262e-5
"""CODATA 2018."""

GRID = 12
NEAREST_START_K, NEAREST_K = 7.0, 5.0
"""T0 starts and stays at least this far below the lowest temperature."""

COLDEST_START = 0.2
"""The coldest start of T0, in parts of the lowest temperature."""

SLOPE_BOUNDS_K = (10.0, 2e4)
LOG_RANGE = 50.0
"""ln σ at the reference temperature lies within this of the measured ones."""

STARTS = 3
"""Beside the grid few are needed: given T0 the law is linear."""


def log_conductivity(
    values: Floats, temperature: Floats, reference: float, exponent: float
) -> Floats:
    """Return ln σ = y - n ln(T/T_r) - B (1/(T - T0) - 1/(T_r - T0)), shape (n,).

    ``values`` are y = ln σ at the reference temperature T_r (K), B in K and T0 in K; ``exponent``
    is n. It is the law σ = A T^-n exp(-B/(T - T0)) written so that its parameters are hardly
    correlated.
    """
    level, slope, vogel = values
    inverse = 1 / (temperature - vogel) - 1 / (reference - vogel)
    return np.asarray(level - exponent * np.log(temperature / reference) - slope * inverse)


@dataclass(frozen=True)
class Law:
    """A law fitted to ln σ: ``fit`` has ``log_level, slope_k`` and, unless fixed, ``vogel_k``.

    ``exponent`` is n; energies and prefactors of different n are different quantities.
    ``temperature`` (n,) rises, as do the residuals of the fit.
    """

    fit: Fit
    residuals: Residuals
    temperature: Floats
    reference: float
    exponent: float
    fixed_vogel: float | None

    def vogel_k(self) -> Estimate:
        """Return T0 in K with its profile-likelihood interval; without u where it was fixed."""
        if self.fixed_vogel is not None:
            return Estimate(self.fixed_vogel, None, None, None)
        return _profiled(self.fit, self.residuals, "vogel_k")

    def energy_ev(self) -> Estimate:
        """Return k_B B in eV with its profile-likelihood interval."""
        slope = _profiled(self.fit, self.residuals, "slope_k")
        return slope.times(BOLTZMANN_EV_K)

    def log_prefactor(self, u_common: float = 0.0) -> Estimate:
        """Return ln A, A in S/cm K^n, with its profile-likelihood interval.

        ``u_common`` is the relative uncertainty that all conductivities share (thickness, area).
        """
        law = self._written_with_the_prefactor()
        return self._widened(_profiled(law.fit, law.residuals, "log_prefactor"), u_common)

    def conductivity(self, temperature: float, u_common: float = 0.0) -> Estimate:
        """Return σ in S/cm at a temperature in K, its interval from the covariance."""
        value, u = self.fit.propagated(lambda values: self._at(values, temperature))
        estimate = Estimate(value, u, value - self.fit.t * u, value + self.fit.t * u)
        return from_logarithm(self._widened(estimate, u_common))

    def curve(self, temperature: Floats) -> Floats:
        """Return the fitted σ in S/cm at temperatures in K."""
        values = _with_vogel(self.fit.values, self.fixed_vogel)
        return np.exp(log_conductivity(values, temperature, self.reference, self.exponent))

    def covers(self, temperature: float) -> bool:
        """Return whether a temperature in K lies within the measured ones."""
        return bool(self.temperature[0] <= temperature <= self.temperature[-1])

    def longest_run(self) -> int:
        """Return how many neighbouring residuals at most have one sign; rounding has none."""
        signs = np.sign(np.where(np.abs(self.fit.residuals) > RESOLUTION, self.fit.residuals, 0))
        ends = np.flatnonzero(np.diff(signs, prepend=np.nan, append=np.nan))
        lengths = np.where(signs[ends[:-1]] == 0, 0, np.diff(ends))
        return int(lengths.max(initial=0))

    def _at(self, values: Floats, temperature: float) -> float:
        values, at = _with_vogel(values, self.fixed_vogel), np.array([temperature])
        return float(log_conductivity(values, at, self.reference, self.exponent)[0])

    def _widened(self, logarithm: Estimate, u_common: float) -> Estimate:
        """Add an uncertainty that all conductivities share to the logarithm of one."""
        value, shared = logarithm.value, self.fit.t * u_common
        low, high = (
            None if end is None else value + math.copysign(quadrature(end - value, shared), side)
            for end, side in ((logarithm.low, -1), (logarithm.high, 1))
        )
        u = None if logarithm.u is None else quadrature(logarithm.u, u_common)
        return Estimate(value, u, low, high)

    def _written_with_the_prefactor(self) -> "Law":
        """Return the same optimum with ln A in the place of ln σ at the reference temperature."""

        def offset(slope: float, vogel: float) -> float:
            return self.exponent * math.log(self.reference) + slope / (self.reference - vogel)

        def residuals(values: Floats) -> Floats:
            _, slope, vogel = _with_vogel(values, self.fixed_vogel)
            return self.residuals(np.r_[values[0] - offset(slope, vogel), values[1:]])

        _, slope, vogel = _with_vogel(self.fit.values, self.fixed_vogel)
        shift = offset(slope, vogel)
        start = self.fit.value("log_level") + shift
        level = Parameter("log_prefactor", start, start - 1e4, start + 1e4, log=False)
        others = [
            replace(parameter, start=float(value))
            for parameter, value in zip(self.fit.parameters, self.fit.values, strict=True)
        ]
        again = fit(residuals, [level, *others[1:]], 1, known_noise=self.fit.known_noise)
        return replace(self, fit=again, residuals=residuals)


def fit_vtf(
    temperature: Floats,
    conductivity: Floats,
    exponent: float = 0.5,
    vogel_k: float | None = None,
    u: Floats | None = None,
) -> Law:
    """Return the law σ = A T^-n exp(-B/(T - T0)) fitted to ln σ, with T0 free or fixed.

    ``u`` (n,) are the relative standard uncertainties that the points do not share; without them
    all weigh alike and the residuals tell the noise. Raises FitError. Source: Vogel 1921, Fulcher
    1925, Tammann & Hesse 1926; with n = 1/2 eq. 1 of Pan et al., Nat. Commun. 2024,
    doi:10.1038/s41467-024-46472-9.
    """
    order = np.argsort(temperature, kind="stable")
    at, measured = temperature[order], np.log(conductivity[order])
    sigma = np.ones_like(at) if u is None else u[order]
    reference = float(np.exp(np.mean(np.log(at))))

    def residuals(values: Floats) -> Floats:
        values = _with_vogel(values, vogel_k)
        return (log_conductivity(values, at, reference, exponent) - measured) / sigma

    def linear(vogel: float) -> tuple[float, float, float, float]:
        inverse = 1 / (at - vogel) - 1 / (reference - vogel)
        design = np.stack([np.ones_like(at), -inverse], axis=1) / sigma[:, None]
        target = (measured + exponent * np.log(at / reference)) / sigma
        level, slope = np.linalg.lstsq(design, target)[0]
        left = target - design @ (level, slope)
        return float(left @ left), float(level), float(slope), vogel

    highest = float(at[0]) - NEAREST_START_K
    grid = np.linspace(COLDEST_START * at[0], highest, GRID) if vogel_k is None else [vogel_k]
    _, level, slope, vogel = min(linear(float(start)) for start in grid)
    low, high = SLOPE_BOUNDS_K
    parameters = [
        Parameter(
            "log_level",
            level,
            float(measured.min()) - LOG_RANGE,
            float(measured.max()) + LOG_RANGE,
            log=False,
        ),
        Parameter("slope_k", min(max(slope, low), high), low, high),
    ]
    if vogel_k is None:
        parameters.append(Parameter("vogel_k", vogel, 0.0, float(at[0]) - NEAREST_K, log=False))
    found = fit(residuals, parameters, STARTS, known_noise=u is not None)
    return Law(found, residuals, at, reference, exponent, vogel_k)


def fit_arrhenius(
    temperature: Floats, conductivity: Floats, exponent: float = 0.0, u: Floats | None = None
) -> Law:
    """Return the law σ = σ0 exp(-E/(k_B T)) fitted to ln σ; with exponent 1 the one of ln(σT).

    It is the law of Vogel, Tammann and Fulcher with T0 = 0. Raises FitError.
    """
    return fit_vtf(temperature, conductivity, exponent, 0.0, u)


def hysteresis(
    temperature: Floats, conductivity: Floats, heating: NDArray[np.bool_]
) -> tuple[float, float] | None:
    """Return where heating and cooling differ most: temperature in K and σ_heating/σ_cooling - 1.

    ``heating`` (n,) tells the direction of each point; ln σ on heating is interpolated over 1/T to
    the temperatures on cooling. None where the two have no temperature in common.
    """
    order = np.argsort(-temperature, kind="stable")
    inverse, logarithm, up = 1 / temperature[order], np.log(conductivity[order]), heating[order]
    if not up.any():
        return None
    common = ~up & (inverse >= inverse[up][0]) & (inverse <= inverse[up][-1])
    if not common.any():
        return None
    reached = np.interp(inverse[common], inverse[up], logarithm[up])
    difference = reached - logarithm[common]
    most = int(np.argmax(np.abs(difference)))
    return float(1 / inverse[common][most]), math.expm1(difference[most])


def _with_vogel(values: Floats, fixed: float | None) -> Floats:
    return values if fixed is None else np.append(values, fixed)


def _profiled(found: Fit, residuals: Residuals, name: str) -> Estimate:
    """Return a parameter with its profile-likelihood interval; without one at a bound."""
    u = found.u(name)
    limits = (None, None) if u is None else profile_interval(residuals, found, name)
    return Estimate(found.value(name), u, *limits)
