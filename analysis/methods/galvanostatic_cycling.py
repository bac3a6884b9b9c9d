"""Capacities, efficiencies, retention and cycle life of a cell cycled at constant current (A08)."""

from dataclasses import replace

from analysis.methods import Inputs, Method, Result
from analysis.methods._cycling_curves import curves
from analysis.methods._cycling_evaluation import WORDS, Evaluation, evaluate
from analysis.methods._cycling_flags import cycle_flags
from analysis.methods._cycling_metrics import cycle_metrics, with_interval
from analysis.methods._cycling_params import Params
from analysis.methods._cycling_record import read_recording
from analysis.methods._cycling_record_flags import record_flags, uncertainty_flags
from analysis.methods._cycling_retention import efficiency_metrics, retention_metrics
from analysis.methods._cycling_subject import cycles_a_cell, read_subject
from analysis.methods._cycling_tables import tables
from analysis.methods._cycling_uncertainty import errors
from measurements.columns import CYCLING


def run(inputs: Inputs, params: Params) -> Result:
    """Return what a cycling test shows; raises MethodError where it shows nothing reliable.

    Half-cycles are integrated from the current and paired by the cell type, whatever the cycle
    number of the file; capacities counted by the instrument stand beside them by that number.
    """
    subject = read_subject(inputs.facts)
    recording = read_recording(inputs.frames["main"])
    evaluation = evaluate(recording, subject, params)
    found = errors(evaluation)
    cycling = tuple(cycle_flags(evaluation, found))
    if any(flag.severity == "error" for flag in cycling):  # the mass cannot be true
        evaluation = replace(evaluation, subject=replace(subject, mass_mg=None))
        found = errors(evaluation)
    metrics = tuple(
        with_interval(metric)
        for metric in (
            *cycle_metrics(evaluation, found),
            *efficiency_metrics(evaluation, found),
            *retention_metrics(evaluation),
        )
    )
    flags = (
        *subject.flags,
        *recording.flags,
        *cycling,
        *record_flags(evaluation),
        *uncertainty_flags(evaluation, metrics),
    )
    return Result(metrics, flags, curves(evaluation), tables(evaluation, found), _log(evaluation))


def _log(evaluation: Evaluation) -> tuple[str, ...]:
    """How the numbers came about, line by line."""
    half, cycles, subject = evaluation.half, evaluation.cycles, evaluation.subject
    counted = evaluation.recording.counted
    lines = [
        f"{len(evaluation.recording.record.time_s)} rows, {len(half)} half-cycles with |I| above "
        f"{evaluation.dead_band_a:.3g} A, opening with a {WORDS[evaluation.opened_with]}",
        f"{len(cycles)} cycles of {subject.cell_type}, {int(cycles.complete.sum())} complete; a "
        f"cycle opens with a {WORDS[subject.first_sign]}",
        f"{int(evaluation.labels[-1]) + 1} rate blocks, nominal "
        f"{evaluation.rate.current_a[0] * 1e3:.5g} mA, {evaluation.formation} cycles of formation",
        "capacities counted by the instrument: "
        + ("none" if counted is None else f"{len(counted.cycles.cycle)} cycles by its number"),
    ]
    if not subject.cutoff_v:
        lines.append("no cut-off is declared: complete cycles end as usual in this test")
    return tuple(lines)


METHOD = Method(
    name="galvanostatic_cycling",
    version="1.0",
    title="Galvanostatic cycling",
    summary="Capacities, coulombic efficiency, retention, cycle life and voltages of a cell cycled "
    "at constant current, by cycles paired after the cell type.",
    kinds=(CYCLING,),
    params=Params,
    triggers=cycles_a_cell,
    run=run,
    facts=(
        "cell_type",
        "first_half_cycle",
        "active_mass_mg",
        "active_mass_u_mg",
        "mass_basis",
        "area_cm2",
        "area_cm2_u",
        "one_c_ma_g",
        "nominal_c_rate",
        "lower_cutoff_v",
        "upper_cutoff_v",
        "temperature_celsius",
        "current_range_a",
        "current_accuracy_fraction",
        "voltage_accuracy_v",
    ),
)
