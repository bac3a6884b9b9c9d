"""Chooses the circuit of a blocking cell: the simplest one that describes the spectrum."""

from collections.abc import Mapping

from analysis.methods import Fact, MethodError
from analysis.methods._spectrum import Spectrum
from analysis.science.blocking_cells import CellFit, Circuit, fit_blocking_cell
from analysis.science.fitting import FitError

PELLET = "pellet"
TOTAL = "total"
SIMPLE: tuple[Circuit, ...] = ("M1", "M2")
OF_A_PELLET: tuple[Circuit, ...] = (*SIMPLE, "M3")
AICC_GAIN = 10.0
"""A circuit has one arc more than the one before and must be better by this AICc to be chosen."""


def is_pellet(facts: Mapping[str, Fact]) -> bool:
    """Return whether the electrolyte is a pressed or sintered pellet, which has grains."""
    return facts.get("film_form") == PELLET


def qualifier(cell: CellFit, facts: Mapping[str, Fact]) -> str:
    """Return what the resistance between the electrodes is: of a pellet the total of its parts."""
    return TOTAL if is_pellet(facts) or cell.circuit == "M3" else ""


def chosen(spectrum: Spectrum, model: str, pellet: bool, seed: int) -> tuple[CellFit, str]:
    """Return the fitted circuit and why it was chosen; M3 by itself only for a pellet.

    Raises MethodError where no circuit could be fitted.
    """
    fits: list[CellFit] = []
    problems: list[str] = []
    for circuit in OF_A_PELLET if pellet or model != "auto" else SIMPLE:
        if model in ("auto", circuit):
            try:
                fits.append(
                    fit_blocking_cell(
                        spectrum.frequency, spectrum.impedance, spectrum.scale, circuit, seed
                    )
                )
            except FitError as error:
                problems.append(f"{circuit}: {error}")
    if not fits:
        raise MethodError(
            "E_FIT_NOT_CONVERGED", f"The fit failed ({'; '.join(problems)}).", spectrum.flags
        )
    if len(fits) == 1:
        return fits[0], f"{fits[0].circuit}, {'; '.join(problems) or 'as asked for'}"
    best, words = fits[0], ""
    for richer in fits[1:]:
        best, reason = _better(best, richer)
        words += f", {reason}"
    return best, best.circuit + words


def _better(simple: CellFit, richer: CellFit) -> tuple[CellFit, str]:
    """Return the richer circuit where it gains enough and its arcs lie within the spectrum."""
    change = richer.fit.aicc - simple.fit.aicc
    words = f"ΔAICc({richer.circuit} − {simple.circuit}) = {change:+.1f}"
    if change >= -AICC_GAIN:
        return simple, words
    if richer.stuck:
        return simple, f"although {words}: an arc of {richer.circuit} lies outside the spectrum"
    return richer, words
