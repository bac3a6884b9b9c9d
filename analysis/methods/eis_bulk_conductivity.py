"""Bulk resistance and ionic conductivity from the impedance between blocking electrodes (A01)."""

import math
from collections.abc import Mapping

import numpy as np

from analysis.methods import Fact, Flag, Inputs, Method, MethodError, Metric, Result
from analysis.methods._conductivity import bulk_conductivity, conductivities, conductivity_flags
from analysis.methods._eis_circuits import chosen, is_pellet, qualifier
from analysis.methods._eis_figures import curves, table
from analysis.methods._eis_flags import (
    entangled,
    fit_flags,
    fits_poorly,
    intercept_flags,
    kk_flags,
    lead_flags,
    spectrum_flags,
)
from analysis.methods._eis_metrics import fit_metrics, grain_metrics, intercept_metric, kk_metrics
from analysis.methods._eis_params import Params
from analysis.methods._geometry import contact_area_cm2, doubtful, thickness_um
from analysis.methods._leads import Leads, without_leads
from analysis.methods._refusals import above, optional_fact
from analysis.methods._spectrum import Spectrum, capacitive, read_spectrum, require_enough
from analysis.science.blocking_cells import CellFit
from analysis.science.impedance import (
    TAIL_PHASE_DEGREE,
    TAIL_SLOPE,
    intercept,
    tail,
)
from analysis.science.lin_kk import LinKK, lin_kk
from analysis.science.profile_likelihood import profile_interval
from analysis.science.uncertainty import effective_dof, factor_interval, quadrature
from measurements.columns import IMPEDANCE

BLOCKING = "blocking"
BLOCKING_CELLS = ("", "symmetric_blocking")

KK_REFUSED = 0.10
FEW_NEGATIVE, NOISE_FACTOR = 2, 2.0
"""Points that may have Z' below zero by more than so many times the noise."""

POOR_REFUSED = 0.05
"""A circuit that misses the spectrum by more (rms) gave resistances up to 70 % wrong."""

UNDETERMINED = 0.5
"""A bulk resistance less certain than this share is not told from zero."""

ROOM_CELSIUS = 25.0
ABSOLUTE_ZERO_CELSIUS = -273.15


def run(inputs: Inputs, params: Params) -> Result:
    """Return bulk resistance, conductivity and the quality of the spectrum; raises MethodError.

    σ = L/(R_b S) with R_b of the fitted circuit (eq. 3 of Pan et al., Nat. Commun. 2024,
    doi:10.1038/s41467-024-46472-9), Kramers-Kronig check first, an intercept read without a model
    beside it.
    """
    facts = inputs.facts
    _require_blocking_contact(facts)
    measured = _measured(inputs, params)
    thickness, area = thickness_um(facts), contact_area_cm2(facts)
    temperature, temperature_flags = _temperature(facts)
    leads = without_leads(measured, inputs)
    spectrum = leads.spectrum
    kk = _consistent(spectrum)
    _require_passive(spectrum, kk)
    cell, reason = chosen(spectrum, params.model, is_pellet(facts), inputs.seed)
    _require_description(cell, kk, spectrum)
    resistance = _bulk_resistance(cell, leads, qualifier(cell, facts))
    grains = grain_metrics(cell, leads.u_ohm, spectrum.frequency.size)
    read = intercept(spectrum.frequency, spectrum.impedance, kk.noise * spectrum.scale)
    count = spectrum.frequency.size
    return Result(
        metrics=(
            resistance,
            *conductivities(resistance, cell.fit.dof, thickness, area, facts),
            *grains,
            *bulk_conductivity(grains, cell.fit.dof, thickness, area, facts),
            *((intercept_metric(read, leads.u_ohm, count),) if read else ()),
            *fit_metrics(cell, count),
            *kk_metrics(kk),
        ),
        flags=(
            *spectrum.flags,
            *doubtful(facts),
            *temperature_flags,
            *conductivity_flags(facts, thickness, area),
            *spectrum_flags(spectrum),
            *kk_flags(kk, params.kk_rms_percent, params.kk_max_percent),
            *intercept_flags(spectrum, read, resistance.value),
            *lead_flags(leads, resistance.value),
            *fit_flags(cell, kk),
        ),
        curves=curves(spectrum, cell, kk, params.kk_max_percent),
        tables=(table(spectrum, cell, kk),),
        log=(
            f"{count} points from {spectrum.frequency[-1]:.3g} to {spectrum.frequency[0]:.3g} Hz; "
            f"leads: {leads.words}.",
            f"Lin-KK with {kk.elements} RC elements, a series inductance and a series capacitor: "
            f"residuals {100 * kk.rms:.2f} % rms, {100 * kk.maximum:.2f} % at most.",
            f"Circuit {reason}; {cell.fit.agreeing} of {cell.fit.starts} starts found this "
            f"minimum, residuals {100 * cell.fit.rms:.2f} % rms.",
            f"Thickness {thickness.value:.4g} ± {thickness.u:.2g} µm, contact area "
            f"{area.value:.4g} ± {area.u:.2g} cm², temperature {temperature:g} °C.",
        ),
    )


def _require_blocking_contact(facts: Mapping[str, Fact]) -> None:
    geometry = facts.get("contact_geometry")
    if geometry in (None, ""):
        raise MethodError(
            "E_META_MISSING:contact_geometry",
            "contact_geometry is missing: say how the electrodes touch the electrolyte. This "
            f"analysis needs {BLOCKING}. Enter it among the conditions of the measurement.",
        )
    cell_type = facts.get("cell_type", "")
    if geometry != BLOCKING or cell_type not in BLOCKING_CELLS:
        found = f"contact_geometry is {geometry}" + (
            f", cell_type {cell_type}" if cell_type else ""
        )
        raise MethodError(
            "E_WRONG_KIND",
            f"The cell is not declared as blocking: {found}; this analysis needs contact_geometry "
            f"{BLOCKING} (and cell_type {BLOCKING_CELLS[1]} or none).",
        )


def _measured(inputs: Inputs, params: Params) -> Spectrum:
    """Return the spectrum as measured, refused where too short or without a blocking tail."""
    spectrum = read_spectrum(
        inputs.frames["main"],
        params.lowest_frequency_hz,
        params.highest_frequency_hz,
        params.spectrum,
    )
    require_enough(spectrum)
    spectrum = capacitive(spectrum)
    end = tail(spectrum.frequency, spectrum.impedance)
    if not end.blocking:
        raise MethodError(
            "E_WRONG_KIND",
            "The spectrum is not blocking: with blocking electrodes -Z'' keeps growing towards low "
            f"frequencies, at least as f^{TAIL_SLOPE} with a phase below -{TAIL_PHASE_DEGREE:g} "
            f"degrees; here it goes as f^{end.slope:.2f} with {end.phase_degree:.1f} degrees at "
            f"{spectrum.frequency[-1]:g} Hz. Check the file and contact_geometry.",
            spectrum.flags,
        )
    return spectrum


def _temperature(facts: Mapping[str, Fact]) -> tuple[float, tuple[Flag, ...]]:
    """Return the temperature in °C, room temperature with a flag where nobody entered one."""
    value = optional_fact(facts, "temperature_celsius")
    if value is not None:
        return above("temperature_celsius", value, ABSOLUTE_ZERO_CELSIUS), ()
    flag = Flag(
        "TEMPERATURE_ASSUMED",
        "info",
        f"temperature_celsius was not entered; {ROOM_CELSIUS:g} °C is assumed.",
        {"temperature_celsius": ROOM_CELSIUS},
    )
    return ROOM_CELSIUS, (flag,)


def _consistent(spectrum: Spectrum) -> LinKK:
    """Return the Kramers-Kronig test; refuses a spectrum that fails it."""
    kk = lin_kk(spectrum.frequency, spectrum.impedance, blocking=True, scale=spectrum.scale)
    if kk.maximum > KK_REFUSED:
        worst = spectrum.frequency[abs(kk.residuals).argmax()]
        raise MethodError(
            "E_KK_INCONSISTENT",
            "The spectrum contradicts the Kramers-Kronig relations: the largest residual is "
            f"{100 * kk.maximum:.0f} % (near {worst:.3g} Hz), allowed are {100 * KK_REFUSED:g} %. "
            "The cell changed during the sweep, or single points are bad.",
            spectrum.flags,
        )
    return kk


def _require_passive(spectrum: Spectrum, kk: LinKK) -> None:
    """Refuse Z' below zero by more than its noise, which no passive cell shows."""
    limit = -NOISE_FACTOR * kk.noise * spectrum.scale
    negative = int(np.count_nonzero(spectrum.impedance.real < limit))
    if negative > FEW_NEGATIVE:
        raise MethodError(
            "EIS_NEGATIVE_REAL",
            f"Z' is negative at {negative} frequencies, which no passive cell shows: check the "
            "leads, their compensation and the current range.",
            spectrum.flags,
        )


def _require_description(cell: CellFit, kk: LinKK, spectrum: Spectrum) -> None:
    """Refuse a circuit that is far from the cell: its resistance would mean nothing."""
    if cell.fit.rms > POOR_REFUSED and fits_poorly(cell, kk):
        raise MethodError(
            "EIS_FIT_POOR",
            f"No circuit of this analysis describes the cell: {cell.circuit} leaves residuals of "
            f"{100 * cell.fit.rms:.0f} % (rms, {100 * POOR_REFUSED:g} % allowed), the spectrum "
            f"itself only {100 * kk.rms:.1f} %. Of a pellet with grain boundaries set film_form to "
            "pellet or the parameter model to M3.",
            spectrum.flags,
        )


def _bulk_resistance(cell: CellFit, leads: Leads, qualifier: str) -> Metric:
    """Return R_b with the uncertainties of fit and leads; refuses one that may be zero."""
    fit = cell.fit
    value, u_fit = fit.value("resistance"), fit.u("resistance")
    if u_fit is None or quadrature(u_fit, leads.u_ohm) > UNDETERMINED * value:
        raise MethodError(
            "E_RESISTANCE_NOT_POSITIVE",
            "The spectrum does not give a positive bulk resistance: the fit ends at "
            f"{value:.3g} Ω, not distinguishable from zero (leads: {leads.words}).",
            leads.spectrum.flags,
        )
    u = quadrature(u_fit, leads.u_ohm)
    dof = effective_dof([(u_fit, fit.dof), (leads.u_ohm, math.inf)])
    lower: float | None
    upper: float | None
    lower, upper = factor_interval(value, u, dof)
    if entangled(fit):
        lower, upper = profile_interval(cell.residuals, fit, "resistance")
    return Metric(
        "bulk_resistance",
        value,
        u,
        lower,
        upper,
        n=leads.spectrum.frequency.size,
        qualifier=qualifier,
        definition=f"fit of circuit {cell.circuit}",
    )


def _triggers(kind: str, facts: Mapping[str, Fact]) -> bool:
    return kind == IMPEDANCE and facts.get("contact_geometry") == BLOCKING


METHOD = Method(
    name="eis_bulk_conductivity",
    version="1.2",
    title="Ionic conductivity (impedance)",
    summary="Bulk resistance and ionic conductivity of an electrolyte between blocking electrodes.",
    kinds=(IMPEDANCE,),
    params=Params,
    triggers=_triggers,
    run=run,
    roles=("main", "short"),
    facts=(
        "contact_geometry",
        "cell_type",
        "film_form",
        "thickness_um",
        "area_cm2",
        "diameter_mm",
        "temperature_celsius",
        "amplitude_mv",
        "separator_macmullin",
        "lead_resistance_ohm",
        "lead_inductance_h",
    ),
)
