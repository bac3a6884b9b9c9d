"""Onset of oxidation in a linear sweep of lithium against a blocking electrode (A07)."""

from collections.abc import Mapping

import numpy as np

from analysis.methods import Curve, Fact, Inputs, Method, Result, Trace
from analysis.methods._geometry import doubtful
from analysis.methods._lsv_flags import onset_flags
from analysis.methods._lsv_onsets import Onsets, find_onsets, onset_metrics
from analysis.methods._lsv_params import Params
from analysis.methods._lsv_sweep import LI_BLOCKING, read_scan
from analysis.science.onset import Floats
from analysis.science.profiles import min_max_rows
from measurements.columns import VOLTAMMETRY

MOST_POINTS = 2000
NEAR_V = 0.25
POTENTIAL = "Potential vs Li⁺/Li / V"
DENSITY = "Current density / µA cm⁻²"


def run(inputs: Inputs, params: Params) -> Result:
    """Return onsets by threshold and tangent; raises MethodError without one rising sweep.

    The onset is the first potential at which j exceeds a Theil-Sen baseline by a threshold for
    several points in a row. Every threshold is a convention and depends on electrode and rate
    (Méry et al., Materials 14 (2021) 3840).
    """
    scan = read_scan(inputs, params)
    onsets = find_onsets(scan, params, inputs.seed)
    return Result(
        metrics=onset_metrics(onsets),
        flags=(*scan.flags, *doubtful(inputs.facts), *onset_flags(onsets)),
        curves=_curves(onsets),
        log=_log(onsets),
    )


def _log(onsets: Onsets) -> tuple[str, ...]:
    scan, (low, high), line = onsets.scan, onsets.window, onsets.lines[0]
    return (
        f"{len(scan.current_a)} points from {scan.sweep.potential[0]:.4f} to {onsets.end_v:.4f} V "
        f"at {scan.rate_mv_s:.4g} mV/s ({scan.declared_mv_s:g} mV/s declared), {scan.electrode} "
        f"against {scan.reference}, {scan.area.value:.4g} ± {scan.area.u:.2g} cm².",
        f"Baseline from {low:.3f} to {high:.3f} V: {line.slope:+.3g} µA/cm²/V; noise "
        f"{scan.sweep.noise:.3g} µA/cm².",
        "Series resistance: "
        + (
            f"{scan.resistance_ohm:g} Ω, {'' if onsets.params.correct_ir else 'not '}corrected."
            if scan.resistance_ohm
            else "unknown, its voltage drop is not corrected."
        ),
    )


def _curves(onsets: Onsets) -> tuple[Curve, ...]:
    """Return j over E, the same near the onset, and the logarithm of the rise."""
    potential, density = onsets.scan.sweep.potential, onsets.scan.sweep.density
    onset_v = float(potential[onsets.first_row])
    near = np.abs(potential - onset_v) <= NEAR_V
    rise = onsets.rise
    rising = rise > 0
    window = (*onsets.window, "baseline")
    levels = tuple((level, f"{level:g} µA/cm²") for level in onsets.found)
    return (
        Curve(
            "sweep", "Linear sweep", POTENTIAL, DENSITY,
            (_line("measured", potential, density), _baseline(onsets), _marks(onsets, density)),
            shaded=(window,),
        ),
        Curve(
            "onset", "Rise above the baseline near the onset", POTENTIAL, DENSITY,
            (_line("above the baseline", potential[near], rise[near]),),
            levels=((onsets.params.threshold_ua_cm2, "threshold"),),
        ),
        Curve(
            "log_rise", "Rise above the baseline, logarithmic", POTENTIAL, DENSITY,
            (_line("above the baseline", potential[rising], rise[rising]),),
            y_log=True, shaded=(window,), levels=levels,
        ),
    )  # fmt: skip


def _line(name: str, x: Floats, y: Floats) -> Trace:
    rows = min_max_rows(y, MOST_POINTS)
    return Trace(name, x[rows], y[rows])


def _baseline(onsets: Onsets) -> Trace:
    ends = np.array([onsets.window[0], onsets.end_v])
    return Trace("baseline", ends, onsets.lines[0].at(ends))


def _marks(onsets: Onsets, density: Floats) -> Trace:
    found = [crossing for crossing in onsets.found.values() if crossing is not None]
    return Trace(
        "onsets",
        np.array([crossing.potential for crossing in found]),
        np.array([density[crossing.row] for crossing in found]),
        mode="markers",
    )


def triggers(kind: str, facts: Mapping[str, Fact]) -> bool:
    """Return whether an arriving measurement starts this: a voltammogram of Li | blocking."""
    declared = facts.get("cell_type") or facts.get("contact_geometry")
    return kind == VOLTAMMETRY and declared == LI_BLOCKING


METHOD = Method(
    name="lsv_onset",
    version="1.0",
    title="Oxidation onset (linear sweep)",
    summary="Potential at which an electrolyte is oxidised on a blocking electrode, by thresholds "
    "of the current density and by the tangent.",
    kinds=(VOLTAMMETRY,),
    params=Params,
    triggers=triggers,
    run=run,
    facts=(
        "cell_type",
        "contact_geometry",
        "area_cm2",
        "diameter_mm",
        "working_electrode",
        "reference_electrode",
        "scan_rate_mv_s",
        "voltage_accuracy_v",
    ),
)
