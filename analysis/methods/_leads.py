"""Takes the leads out of a spectrum: that of a shorted cell, or a resistance and an inductance."""

import math
from dataclasses import dataclass, replace

import numpy as np

from analysis.methods import Inputs, MethodError
from analysis.methods._geometry import uncertainty
from analysis.methods._refusals import above, optional_fact
from analysis.methods._spectrum import Spectrum, read_spectrum
from analysis.science.impedance import phase_degree

SHORT_GRID = 0.01
"""The short's outermost frequencies may differ by so much, relatively."""

SHORT_PHASE_DEGREE = -5.0
"""A spectrum more capacitive than this over a third of its frequencies is no short."""


@dataclass(frozen=True)
class Leads:
    """A spectrum without its leads.

    ``compensated`` says whether their resistance was taken out, with uncertainty ``u_ohm``;
    ``words`` what was done.
    """

    spectrum: Spectrum
    compensated: bool
    u_ohm: float
    words: str


def without_leads(measured: Spectrum, inputs: Inputs) -> Leads:
    """Subtract the spectrum in the role ``short``, or without one the leads named in the facts.

    Raises MethodError where these are unfit.
    """
    if "short" in inputs.frames:
        turned = any(flag.code == "IMAG_SIGN_FLIPPED" for flag in measured.flags)
        short = read_spectrum(inputs.frames["short"], 0.0, math.inf)
        if turned:
            short = replace(short, impedance=short.impedance.conj())
        return Leads(_minus_short(measured, short), True, 0.0, "short-cell spectrum subtracted")
    resistance, inductance = (
        None if value is None else (above(name, value) if value else 0.0)
        for name in ("lead_resistance_ohm", "lead_inductance_h")
        for value in (optional_fact(inputs.facts, name),)
    )
    if resistance is None and inductance is None:
        return Leads(measured, False, 0.0, "not compensated")
    leads = (resistance or 0.0) + 1j * measured.omega * (inductance or 0.0)
    return Leads(
        replace(measured, impedance=measured.impedance - leads),
        resistance is not None,
        uncertainty(inputs.facts, "lead_resistance_ohm") or 0.0,
        f"{resistance or 0:g} Ω and {inductance or 0:g} H subtracted",
    )


def _minus_short(spectrum: Spectrum, short: Spectrum) -> Spectrum:
    """Subtract a short, interpolating its resistance and inductance over log frequency."""
    highest, lowest = spectrum.frequency[0], spectrum.frequency[-1]
    if not (
        short.frequency.size
        and short.frequency[0] >= highest * (1 - SHORT_GRID)
        and short.frequency[-1] <= lowest * (1 + SHORT_GRID)
    ):
        raise MethodError(
            "E_SHORT_RANGE",
            f"The short-cell spectrum does not cover the {lowest:g} to {highest:g} Hz of the "
            "measurement; record it over the same frequencies.",
        )
    thirds = np.array_split(phase_degree(short.impedance), 3)
    steepest = min(float(np.median(third)) for third in thirds if third.size)
    if steepest < SHORT_PHASE_DEGREE:
        raise MethodError(
            "E_WRONG_KIND",
            f"The spectrum given as short cell is capacitive (phase {steepest:.0f} degrees over a "
            "third of its frequencies); a short is resistive or inductive throughout.",
        )
    position, known = np.log(spectrum.frequency[::-1]), np.log(short.frequency[::-1])
    resistance = np.interp(position, known, short.impedance.real[::-1])[::-1]
    inductance = np.interp(position, known, (short.impedance.imag / short.omega)[::-1])[::-1]
    leads = resistance + 1j * spectrum.omega * inductance
    return replace(spectrum, impedance=spectrum.impedance - leads)
