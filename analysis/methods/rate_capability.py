"""Capacity of a cell at several currents and what comes back at an earlier one (A09)."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from analysis.methods import Fact, Inputs, Method, Result
from analysis.methods._cycling_evaluation import WORDS, evaluate
from analysis.methods._cycling_flags import incomplete, opening, rate_label, theory
from analysis.methods._cycling_params import (
    COUNTING_CAPACITY,
    DEAD_BAND,
    RATE_TOLERANCE,
    RESOLUTION,
)
from analysis.methods._cycling_params import Params as CyclingParams
from analysis.methods._cycling_record import read_recording
from analysis.methods._cycling_record_flags import record_flags, uncertainty_flags
from analysis.methods._cycling_subject import read_subject
from analysis.methods._cycling_uncertainty import errors
from analysis.methods._rate_blocks import RateTest, read_rates
from analysis.methods._rate_results import MOST_BLOCKS, block_flags, curves, metrics, table
from analysis.science.rates import Average
from measurements.columns import CYCLING

RATE_TEST = "rate"
"""What the condition ``mode`` of a measurement says that is a rate test."""


@dataclass(frozen=True)
class Params:
    """What a person may change."""

    average: Average = field(
        default="last_3",
        metadata={
            "help": "Complete cycles of a block that are averaged.",
            "choices": ("last_3", "all", "first"),
        },
    )
    capacity: str = field(default="reversible", metadata=COUNTING_CAPACITY)
    rate_tolerance_percent: float = field(default=3.0, metadata=RATE_TOLERANCE)
    dead_band_percent: float = field(default=0.1, metadata=DEAD_BAND)
    current_resolution_a: float = field(default=0.0, metadata=RESOLUTION)


def run(inputs: Inputs, params: Params) -> Result:
    """Return the capacity of each block of cycles at one current, its share of that at the lowest
    current, and what came back.

    Half-cycles, cycles and blocks are those of galvanostatic_cycling. Raises MethodError with
    fewer than two currents that had a block of three complete cycles.
    """
    subject = read_subject(inputs.facts)
    recording = read_recording(inputs.frames["main"])
    evaluation = evaluate(
        recording,
        subject,
        CyclingParams(
            rate_tolerance_percent=params.rate_tolerance_percent,
            dead_band_percent=params.dead_band_percent,
            current_resolution_a=params.current_resolution_a,
        ),
    )
    above_theory = tuple(theory(evaluation))
    if any(flag.severity == "error" for flag in above_theory):  # the mass cannot be true
        evaluation = replace(evaluation, subject=replace(subject, mass_mg=None))
    test = read_rates(evaluation, errors(evaluation), params.average, params.capacity)
    found = tuple(metrics(test))
    flags = (
        *subject.flags,
        *recording.flags,
        *opening(evaluation),
        *incomplete(evaluation),
        *rate_label(evaluation),
        *above_theory,
        *block_flags(test),
        *record_flags(evaluation),
        *uncertainty_flags(evaluation, found, without_concern=("voltage", "area")),
    )
    return Result(found, flags, curves(test), (table(test),), _log(test))


def _log(test: RateTest) -> tuple[str, ...]:
    """How the numbers came about, line by line."""
    blocks = test.blocks
    lines = [
        f"{len(test.evaluation.cycles)} cycles in {len(blocks)} blocks; the rate is the current on "
        f"{WORDS[test.rate_direction]}",
        f"block {test.lowest.number} is the first at the lowest current, "
        f"{test.current_a(test.lowest) * 1e3:.5g} mA",
    ]
    if len(blocks) > MOST_BLOCKS:
        lines.append(f"metrics of the first {MOST_BLOCKS} blocks, the table has all")
    return tuple(lines)


def triggers(kind: str, facts: Mapping[str, Fact]) -> bool:
    """Return whether an arriving measurement starts this analysis: one declared a rate test.

    Whether a test graded its currents is in the table alone, and most did not: started by every
    cycling file it would refuse most. So the condition ``mode`` says "rate", or a person starts
    it; the flag FORMATION_AMBIGUOUS of galvanostatic_cycling points here.
    """
    return kind == CYCLING and facts.get("mode") == RATE_TEST


METHOD = Method(
    name="rate_capability",
    version="1.0",
    title="Rate capability",
    summary="Capacity at each current of a rate test, its share of that at the lowest current, and "
    "the share that comes back at an earlier one.",
    kinds=(CYCLING,),
    params=Params,
    triggers=triggers,
    run=run,
    facts=(
        "cell_type",
        "first_half_cycle",
        "active_mass_mg",
        "active_mass_u_mg",
        "mass_basis",
        "one_c_ma_g",
        "nominal_c_rate",
        "lower_cutoff_v",
        "upper_cutoff_v",
        "temperature_celsius",
        "current_range_a",
        "current_accuracy_fraction",
        "mode",
    ),
)
