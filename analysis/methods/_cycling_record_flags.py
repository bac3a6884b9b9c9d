"""What a person should know about a cycling table: missing ends and records, counters, heat."""

from collections.abc import Collection, Iterator, Sequence

import numpy as np

from analysis.methods import Flag, Metric
from analysis.methods._cycling_evaluation import WORDS, Evaluation
from analysis.science.stretches import Bools

MISSING_END = 0.002
"""Share of a half-cycle that may lie between its last record and its end."""

GAP_TIMES, GAP_SHARE, GAP_OTHERS = 10.0, 0.02, 3.0
"""A gap is this many usual intervals, this share of its half-cycle, and this many times the
longest interval that half-cycles of the test usually have."""

CLOCK_S, CLOCK_SHARE = 1.0, 0.002
DISAGREEMENT = 0.005
COMPARED = 0.05
"""Half-cycles with less than this share of the largest charge are too short to compare."""
EXCURSION_K = 2.0

FACTS = {
    "current": "current_range_a and current_accuracy_fraction of the channel",
    "voltage": "voltage_accuracy_v of the channel",
    "mass": "active_mass_u_mg",
    "area": "area_cm2_u",
}
"""What uncertainties come from, by quantity."""


def record_flags(evaluation: Evaluation) -> Iterator[Flag]:
    """Yield what is noteworthy about the records of a test."""
    yield from _ends(evaluation)
    yield from gaps(evaluation)
    yield from _counters(evaluation)
    yield from _temperature(evaluation)


def uncertainty_flags(
    evaluation: Evaluation, metrics: Sequence[Metric], without_concern: Collection[str] = ()
) -> Iterator[Flag]:
    """Yield which metrics have no uncertainty, and what the others leave out, for lack of facts.

    ``without_concern`` are the keys of FACTS that the metrics do not need.
    """
    subject = evaluation.subject
    without = sorted({m.name for m in metrics if m.u is None and m.censored == "none"})
    missing = {
        "current": subject.offset_a is None,
        "voltage": subject.voltage_u_v is None,
        "mass": subject.mass_mg is not None and subject.mass_u_mg is None,
        "area": subject.area_cm2 is not None and subject.area_u_cm2 is None,
    }
    names = [FACTS[key] for key, no in missing.items() if no and key not in without_concern]
    if without:
        yield Flag(
            "UNCERTAINTY_UNKNOWN",
            "info",
            f"No uncertainty is known for {', '.join(without)}. Not known are: "
            f"{', '.join(names) or 'enough cycles to see their scatter'}.",
            {"metrics": without},
        )
    if names and any(m.u for m in metrics):
        yield Flag(
            "UNCERTAINTY_INCOMPLETE",
            "info",
            f"The uncertainties do not contain what is not known: {', '.join(names)}.",
            {"missing": names},
        )


def _ends(evaluation: Evaluation) -> Iterator[Flag]:
    half = evaluation.half
    share = np.maximum(half.tail_s, half.open_s) / np.maximum(half.duration_s, 1e-9)
    missing, opened = share > MISSING_END, half.open_s > MISSING_END * half.duration_s
    if not missing.any():
        return
    lost = int(opened.sum())
    done = (
        f"{lost} of them could not be continued to the end and miss up to that share"
        if lost
        else "they were continued at constant current to the end by the step clock or the next "
        "record"
    )
    yield Flag(
        "STEP_END_MISSING",
        "warn" if lost else "info",
        f"{int(missing.sum())} of {len(half)} half-cycles have no record at the end of a step (up "
        f"to {100 * float(share.max()):.3g} % of their time): {done}.",
        {"half_cycles": int(missing.sum()), "largest_share": float(share.max()), "open": lost},
    )


def gaps(evaluation: Evaluation) -> Iterator[Flag]:
    """Yield gaps without a record and pauses of the step clock."""
    half = evaluation.half
    rows = np.maximum(half.last - half.first, 2)
    usual = np.maximum(half.duration_s - half.longest_s, 0.0) / (rows - 1)
    shortest_gap = np.maximum(GAP_TIMES * usual, GAP_SHARE * half.duration_s)
    gaps = half.longest_s > np.maximum(shortest_gap, GAP_OTHERS * np.median(half.longest_s))
    stopped = half.stopped_s > np.maximum(CLOCK_S, CLOCK_SHARE * half.duration_s)
    if gaps.any():
        yield Flag(
            "STEP_TIME_GAP",
            "warn",
            f"{int(gaps.sum())} half-cycles have gaps without a record, the longest of "
            f"{float(half.longest_s[gaps].max()):.0f} s; the charge is interpolated across them.",
            {"half_cycles": int(gaps.sum()), "longest_s": float(half.longest_s[gaps].max())},
        )
    if stopped.any():
        yield Flag(
            "STEP_TIME_GAP",
            "warn",
            f"In {int(stopped.sum())} half-cycles the clock of the step stood still for up to "
            f"{float(half.stopped_s.max()):.0f} s while that of the test went on (a pause?): the "
            "charge of that time is counted.",
            {"half_cycles": int(stopped.sum()), "longest_s": float(half.stopped_s.max())},
        )


def _counters(evaluation: Evaluation) -> Iterator[Flag]:
    half, counted = evaluation.half, evaluation.counted_ah
    relevant: Bools = half.charge_ah > COMPARED * half.charge_ah.max()
    off = np.where(relevant & np.isfinite(counted), np.abs(counted / half.charge_ah - 1), 0.0)
    wrong = off > DISAGREEMENT
    if wrong.any():
        worst = int(off.argmax())
        yield Flag(
            "CAPACITY_MISMATCH",
            "warn",
            f"In {int(wrong.sum())} of {len(half)} half-cycles the instrument counted more than "
            f"{100 * DISAGREEMENT:g} % more or less than the current integrates to, at worst "
            f"{counted[worst] * 1e3:.6g} against {half.charge_ah[worst] * 1e3:.6g} mAh "
            f"({WORDS[int(half.sign[worst])]} ending at {float(half.end_s[worst]):.0f} s).",
            {"half_cycles": int(wrong.sum()), "largest_share": float(off.max())},
        )


def _temperature(evaluation: Evaluation) -> Iterator[Flag]:
    celsius = evaluation.temperature_celsius[np.isfinite(evaluation.temperature_celsius)]
    if not celsius.size:
        return
    declared = evaluation.subject.temperature_celsius
    expected = float(np.median(celsius)) if declared is None else declared
    away = celsius - expected
    worst = float(away[np.abs(away).argmax()])
    if abs(worst) > EXCURSION_K:
        yield Flag(
            "TEMPERATURE_EXCURSION",
            "warn",
            f"{int((np.abs(away) > EXCURSION_K).sum())} half-cycles ran more than {EXCURSION_K:g} "
            f"K away from {expected:.1f} °C, at most {worst:+.1f} K.",
            {"expected_celsius": expected, "largest_k": worst},
        )
