"""Voltage profiles of chosen cycles, their dQ/dV and the potentials of its peaks (A10)."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from analysis.methods import Flag, Inputs, Method, Result
from analysis.methods._cycling_curves import voltage_profiles
from analysis.methods._cycling_evaluation import Evaluation, evaluate
from analysis.methods._cycling_flags import opening, theory
from analysis.methods._cycling_params import DEAD_BAND, RESOLUTION
from analysis.methods._cycling_params import Params as CyclingParams
from analysis.methods._cycling_record import read_recording
from analysis.methods._cycling_record_flags import gaps, uncertainty_flags
from analysis.methods._cycling_subject import cycles_a_cell, read_subject
from analysis.methods._cycling_uncertainty import errors
from analysis.methods._profile_halves import Halves, Smoothing, chosen_numbers, read_halves
from analysis.methods._profile_results import differential_curve, half_flags, metrics, tables
from measurements.columns import CYCLING


@dataclass(frozen=True)
class Params:
    """What a person may change."""

    cycles: str = field(
        default="",
        metadata={
            "help": "Numbers of the cycles, such as: 1, 2, 50, last. Empty: 1 and 2, the first at "
            "the nominal rate, those 50, 100 and 200 from it, and the last complete one."
        },
    )
    grid_mv: float = field(
        default=2.0,
        metadata={"help": "Distance of the voltages (mV) of dQ/dV.", "min": 1.0, "max": 10.0},
    )
    smoothing_mv: float = field(
        default=22.0,
        metadata={
            "help": "Width (mV) of the Savitzky-Golay window; 11 to 21 points are usual.",
            "min": 5.0,
            "max": 200.0,
        },
    )
    polynomial_order: int = field(
        default=3,
        metadata={"help": "Order of the polynomial in that window.", "min": 2, "max": 5},
    )
    prominence_percent: float = field(
        default=5.0,
        metadata={
            "help": "Share of the largest dQ/dV by which a peak stands out.",
            "min": 0.5,
            "max": 50.0,
        },
    )
    dead_band_percent: float = field(default=0.1, metadata=DEAD_BAND)
    current_resolution_a: float = field(default=0.0, metadata=RESOLUTION)


def run(inputs: Inputs, params: Params) -> Result:
    """Return voltage over capacity and dQ/dV of the chosen cycles, and the peaks' potentials.

    Half-cycles and cycles are those of galvanostatic_cycling; dQ/dV is positive on charge and
    negative on discharge, which lithiates the working electrode of half cells. Raises MethodError
    for cycles that are not there, and where no half-cycle has a hundred points.
    """
    subject = read_subject(inputs.facts)
    recording = read_recording(inputs.frames["main"])
    evaluation = evaluate(
        recording,
        subject,
        CyclingParams(
            dead_band_percent=params.dead_band_percent,
            current_resolution_a=params.current_resolution_a,
        ),
    )
    above_theory = tuple(theory(evaluation))
    if any(flag.severity == "error" for flag in above_theory):  # the mass cannot be true
        evaluation = replace(evaluation, subject=replace(subject, mass_mg=None))
    numbers = chosen_numbers(evaluation, params.cycles)
    smoothing = Smoothing(
        step_v=params.grid_mv / 1e3,
        window_v=params.smoothing_mv / 1e3,
        order=params.polynomial_order,
        prominence=params.prominence_percent / 100,
    )
    halves = read_halves(evaluation, numbers, smoothing)
    found = tuple(metrics(evaluation, errors(evaluation), halves, numbers))
    flags = (
        *(replace(f, severity="info") for f in subject.flags),  # voltages need no mass
        *recording.flags,
        *opening(evaluation),
        *_incomplete(evaluation, numbers),
        *above_theory,
        *gaps(evaluation),
        *half_flags(evaluation, halves, smoothing),
        *uncertainty_flags(evaluation, found, without_concern=("current", "mass", "area")),
    )
    drawn = (voltage_profiles(evaluation, numbers), differential_curve(evaluation, halves))
    return Result(found, flags, drawn, tables(evaluation, halves), _log(halves, smoothing))


def _incomplete(evaluation: Evaluation, numbers: tuple[int, ...]) -> Iterator[Flag]:
    """Yield which of the chosen cycles did not end as programmed."""
    chosen = [n for n in numbers if not evaluation.cycles.complete[n - 1]]
    if chosen:
        yield Flag(
            "CYCLE_INCOMPLETE",
            "info",
            f"Of the chosen cycles {', '.join(map(str, chosen))} did not end as programmed: they "
            "are drawn, without mean voltages.",
            {"cycles": chosen},
        )


def _log(halves: Halves, smoothing: Smoothing) -> tuple[str, ...]:
    """How the numbers came about, line by line."""
    return (
        f"dQ/dV of {len(halves.drawn)} half-cycles on a grid of {smoothing.step_v * 1e3:g} mV, "
        f"Savitzky-Golay over {smoothing.points} points of order {smoothing.order}",
        *(
            f"cycle {half.number}, half-cycle {half.h + 1}: median |ΔV| "
            f"{half.sampling.spacing_v * 1e3:.3g} mV, noise {half.sampling.noise_v * 1e3:.3g} mV, "
            f"area error {100 * half.curve.area_error:.2g} %, {len(half.peaks)} peaks"
            for half in halves.drawn
        ),
    )


METHOD = Method(
    name="voltage_profile_dqdv",
    version="1.0",
    title="Voltage profiles and dQ/dV",
    summary="Voltage over capacity of chosen cycles, their differential capacity dQ/dV and the "
    "potentials of its peaks.",
    kinds=(CYCLING,),
    params=Params,
    triggers=cycles_a_cell,
    run=run,
    facts=(
        "cell_type",
        "first_half_cycle",
        "active_mass_mg",
        "mass_basis",
        "one_c_ma_g",
        "nominal_c_rate",
        "lower_cutoff_v",
        "upper_cutoff_v",
        "voltage_accuracy_v",
    ),
)
