"""Impedance of cells with two lithium electrodes: bulk, arcs of the interfaces, diffusion.

All spectra are arrays of shape (n,) sorted by falling frequency: frequency in Hz, impedance in ohm,
capacitive parts negative.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from analysis.science.arcs import FIRST_EXPONENT, arc, arc_starts
from analysis.science.fitting import Fit, FitError, Parameter, fit
from analysis.science.uncertainty import Estimate, factor_interval

Floats = NDArray[np.float64]
Complexes = NDArray[np.complex128]
Spectrum = tuple[Floats, Complexes, Floats]
"""Frequency in Hz, impedance in ohm and what its noise goes with in ohm, each (n,)."""

ARCS = 2
ELEMENTS = ("bulk_resistance", "lead_inductance", "warburg_ohm")
PER_ARC = 3

OVERLAP = 0.95
"""Beyond this correlation of their resistances only the sum of two arcs is known."""

LEAST_EXPONENT = 0.5
"""A lower exponent is not told from diffusion."""

STEEP = 0.9
"""An exponent at a bound above this is at 1: a plain capacitor."""

STARTS, STARTS_AFTER = 4, 2
EVALUATIONS = 100
"""Arcs that need more steps are too alike to be told apart; the one arc of both then does."""

SMALLEST = 1e-5
"""Resistances are sought down to this part of the largest impedance."""


@dataclass(frozen=True)
class Arc:
    """An arc: resistance in ohm, time constant in s, exponent, effective capacitance in F.

    C = (R^(1-α) Q)^(1/α) = τ/R. Source: Hsu & Mansfeld, Corrosion 57 (2001) 747,
    doi:10.5006/1.3280607.
    """

    resistance: Estimate
    time_constant: float
    exponent: float
    capacitance: Estimate


@dataclass(frozen=True)
class InterfaceFit:
    """A fitted spectrum of a cell with two lithium electrodes.

    ``fit`` has ``bulk_resistance``, ``lead_inductance``, ``warburg_ohm`` and, numbered from 1 for
    each arc, ``arc_1_resistance``, ``arc_1_time_constant`` and ``arc_1_exponent``; ``lowest`` is
    the lowest angular frequency in rad/s.
    """

    fit: Fit
    lowest: float

    @property
    def bulk_resistance(self) -> Estimate:
        """R_b in ohm."""
        return _estimate(self.fit, lambda values: float(values[0]))

    @property
    def interfacial_resistance(self) -> Estimate:
        """The sum of the arcs in ohm, which stays sure where they overlap."""
        return _estimate(self.fit, lambda values: float(values[len(ELEMENTS) :: PER_ARC].sum()))

    @property
    def arcs(self) -> tuple[Arc, ...]:
        """The arcs, the fastest first."""
        found = (self._arc(at) for at in range(len(ELEMENTS), self.fit.x.size, PER_ARC))
        return tuple(sorted(found, key=lambda one: one.time_constant))

    @property
    def overlap(self) -> float:
        """Correlation of the resistances of two arcs; beyond OVERLAP only their sum counts."""
        if len(self.arcs) < ARCS:
            return 0.0
        return self.fit.correlation("arc_1_resistance", "arc_2_resistance")

    @property
    def stuck(self) -> tuple[str, ...]:
        """Parameters at a bound that is not a natural limit: no inductance, no diffusion, α = 1."""
        return tuple(name for name in self.fit.at_bound if not self._at_natural_limit(name))

    def impedance(self, frequency: Floats) -> Complexes:
        """Return the fitted impedance in ohm at frequencies in Hz."""
        return lithium_cell(self.fit.values, 2 * np.pi * frequency, self.lowest)

    def _arc(self, at: int) -> Arc:
        resistance, time_constant, exponent = self.fit.values[at : at + PER_ARC]
        return Arc(
            _estimate(self.fit, lambda values: float(values[at])),
            float(time_constant),
            float(exponent),
            _estimate(self.fit, lambda values: float(values[at + 1] / values[at])),
        )

    def _at_natural_limit(self, name: str) -> bool:
        if name in ("lead_inductance", "warburg_ohm"):
            return True
        return name.endswith("exponent") and self.fit.value(name) > STEEP


def lithium_cell(values: Floats, omega: Floats, lowest: float) -> Complexes:
    """Return the impedance (n,) in ohm of L + R_b + Warburg + arcs at angular frequencies in rad/s.

    ``values`` are R_b in ohm, L in henry, the size in ohm of the Warburg impedance at ``lowest``
    (rad/s), and resistance in ohm, time constant in s and exponent of each arc.
    """
    bulk, inductance, warburg, *arcs = (float(value) for value in values)
    impedance = bulk + 1j * omega * inductance + warburg / np.sqrt(1j * omega / lowest)
    for at in range(0, len(arcs), PER_ARC):
        impedance = impedance + arc(omega, *arcs[at : at + PER_ARC])
    return np.asarray(impedance)


def fit_interfaces(
    spectrum: Spectrum, seed: int = 0, after: InterfaceFit | None = None
) -> InterfaceFit:
    """Fit L + R_b + two arcs + Warburg with residuals (Z_fit - Z)/scale; one arc where that does.

    ``spectrum`` are frequency, impedance and scale, |Z| as measured, with which the noise goes.

    The second arc is kept as soon as it lowers the corrected Akaike criterion: with an arc too
    many the sum of the arcs is right, with one too few it is not. ``after`` is the fit of the
    spectrum before in a sequence and starts this one. Raises FitError.
    """
    one = _fit(spectrum, 1, seed, after)
    try:
        two = _fit(spectrum, ARCS, seed, after)
    except FitError:
        return one
    return two if two.fit.aicc < one.fit.aicc and not two.stuck else one


def fit_sequence(spectra: Sequence[Spectrum], seed: int = 0) -> tuple[InterfaceFit, ...]:
    """Fit spectra in order, each started from the one before; raises FitError naming which."""
    fits: list[InterfaceFit] = []
    for number, spectrum in enumerate(spectra, start=1):
        try:
            fits.append(fit_interfaces(spectrum, seed, fits[-1] if fits else None))
        except FitError as error:
            raise FitError(f"spectrum {number} of {len(spectra)}: {error}") from error
    return tuple(fits)


def _fit(spectrum: Spectrum, arcs: int, seed: int, after: InterfaceFit | None) -> InterfaceFit:
    frequency, impedance, scale = spectrum
    omega = 2 * np.pi * frequency
    lowest = float(omega[-1])

    def residuals(values: Floats) -> Floats:
        relative = (lithium_cell(values, omega, lowest) - impedance) / scale
        return np.concatenate([relative.real, relative.imag])

    parameters, starts = _parameters(omega, impedance, arcs), STARTS
    if after is not None and len(after.fit.parameters) == len(parameters):
        starts = STARTS_AFTER
        parameters = [
            replace(parameter, start=min(max(float(value), parameter.low), parameter.high))
            for parameter, value in zip(parameters, after.fit.values, strict=True)
        ]
    return InterfaceFit(fit(residuals, parameters, starts, seed, evaluations=EVALUATIONS), lowest)


def _parameters(omega: Floats, impedance: Complexes, arcs: int) -> list[Parameter]:
    """Return the parameters, started from the best arcs on a grid of time constants."""
    limits = float(1 / omega[0]), float(1 / omega[-1])
    elements = [np.ones_like(impedance), 1j * omega, 1 / np.sqrt(1j * omega / omega[-1])]
    starts, (bulk, inductance, warburg) = arc_starts(omega, impedance, elements, limits, arcs)
    size = np.abs(impedance)
    largest = float(size.max())
    least, most = SMALLEST * largest, 10 * largest
    parameters = [
        Parameter("bulk_resistance", max(bulk, float(size.min()) / 10), least, most),
        Parameter(
            "lead_inductance", inductance, 0.0, 2 * float(np.max((size / omega)[:3])), log=False
        ),
        Parameter("warburg_ohm", warburg, 0.0, most, log=False),
    ]
    for number, start in enumerate(starts, start=1):
        resistance = max(start.resistance, 100 * least)
        parameters += [
            Parameter(f"arc_{number}_resistance", resistance, least, most),
            Parameter(f"arc_{number}_time_constant", start.time_constant, *limits),
            Parameter(f"arc_{number}_exponent", FIRST_EXPONENT, LEAST_EXPONENT, 1.0, log=False),
        ]
    return parameters


def _estimate(found: Fit, quantity: Callable[[Floats], float]) -> Estimate:
    value, u = found.derived(quantity)
    return Estimate(value, u, *factor_interval(value, u, found.dof))
