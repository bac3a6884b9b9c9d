"""What a person should know about a cycling test: its cycles, rates, efficiencies and masses."""

import re
from collections.abc import Iterator

import numpy as np

from analysis.methods import Flag, Severity
from analysis.methods._cycling_evaluation import WORDS, Evaluation
from analysis.methods._cycling_uncertainty import Errors
from analysis.science.knee import FEWEST as FEWEST_FOR_KNEE

HIGH_EFFICIENCY, HIGH_CYCLES = 1.005, 3
LOW_EFFICIENCY = 0.5
OUTLIER = 0.03
NEXT_CYCLES = 3
LABEL = 0.05
CONFLICT = 0.02
"""By how much (of one) retention may exceed the product of efficiencies when the accuracy of the
current is not known."""

THEORY: dict[str, tuple[tuple[float, Severity], ...]] = {
    "si": ((4410.0, "error"), (3760.0, "warn"), (3579.0, "info")),
    "lfp": ((1.05 * 170.0, "warn"),),
    "nmc811": ((1.05 * 276.0, "warn"),),
}
"""Capacities per gram (mAh/g) that no electrode exceeds, highest first. Silicon: Li15Si4 3579,
the lab's 1C 3760, 1.05 times Li22Si5 4410 (ANALYSES amendment 4); others 1.05 times theory."""

SYNONYMS = {"silicon": "si", "lifepo4": "lfp", "ncm811": "nmc811"}


def cycle_flags(evaluation: Evaluation, errors: Errors) -> Iterator[Flag]:
    """Yield what is noteworthy about the cycles of a test."""
    yield from opening(evaluation)
    yield from incomplete(evaluation)
    yield from _cutoffs(evaluation)
    yield from rate_label(evaluation)
    yield from _nominal(evaluation)
    yield from _reference(evaluation)
    yield from _efficiency(evaluation)
    yield from _conflict(evaluation, errors)
    yield from theory(evaluation)
    yield from _life(evaluation)
    yield from _knee(evaluation)


def opening(evaluation: Evaluation) -> Iterator[Flag]:
    """Yield whether a test opens otherwise than its cell type, or in another file."""
    found, cell_type = WORDS[evaluation.opened_with], evaluation.subject.cell_type
    context = {"found": found, "cell_type": cell_type}
    left_out = "; the first half-cycle is left out" if evaluation.leading_left_out else ""
    if evaluation.unexpected:
        yield Flag(
            "FIRST_HALF_CYCLE_UNEXPECTED",
            "warn",
            f"The test opens with a {found}, which does not fit cell_type {cell_type}"
            f"{_as_declared(evaluation)}{left_out}. No initial efficiency is reported. Check the "
            "cell type: a wrong one turns efficiencies upside down.",
            context,
        )
    elif evaluation.leading_left_out:
        yield Flag(
            "LEADING_HALF_CYCLE_EXCLUDED",
            "info",
            f"As declared, the test opens with a {found}; cycles of {cell_type} are counted from "
            "the following half-cycle and no initial efficiency is reported.",
            context,
        )
    if evaluation.continued and evaluation.recording.cycle is not None:
        number = int(evaluation.recording.cycle[0])
        yield Flag(
            "TEST_CONTINUED",
            "warn",
            f"The instrument's cycle numbers begin with {number}: the start of the test is in "
            "another file. No initial efficiency is reported, retention refers to this file.",
            {"first_cycle": number},
        )


def _as_declared(evaluation: Evaluation) -> str:
    declared = evaluation.subject.first_declared
    return f" with first_half_cycle {WORDS[declared]}" if declared else ""


def incomplete(evaluation: Evaluation) -> Iterator[Flag]:
    """Yield which cycles did not end as programmed."""
    cycles = evaluation.cycles
    numbers = cycles.number[~cycles.complete].tolist()
    if not numbers:
        return
    only_last = numbers == [len(cycles)]
    yield Flag(
        "CYCLE_INCOMPLETE",
        "info" if only_last else "warn",
        f"{len(numbers)} of {len(cycles)} cycles did not end as programmed and count for nothing: "
        f"{_listed(numbers)}.",
        {"cycles": numbers[:100], "number": len(numbers)},
    )


def _cutoffs(evaluation: Evaluation) -> Iterator[Flag]:
    half = evaluation.half
    for sign in evaluation.missed:
        declared = evaluation.subject.cutoff_v[sign]
        usual = float(np.median(half.end_voltage_v[half.sign == sign]))
        yield Flag(
            "CUTOFF_NOT_REACHED",
            "warn",
            f"Most {WORDS[sign]}s end at {usual:.3f} V, the declared cut-off is {declared:.3f} V "
            "(5 mV allowed). Completeness is judged by the usual end instead.",
            {"direction": WORDS[sign], "declared_v": declared, "found_v": usual},
        )


def rate_label(evaluation: Evaluation) -> Iterator[Flag]:
    """Yield whether no block runs at the rate that is declared."""
    subject, rate = evaluation.subject, evaluation.rate
    nominal = subject.nominal_a
    if nominal is not None and not rate.as_declared and subject.nominal_c_rate:
        actual = subject.nominal_c_rate * rate.current_a[0] / nominal
        yield Flag(
            "CRATE_LABEL_MISMATCH",
            "warn",
            f"The nominal rate is declared as {subject.nominal_c_rate:g} C; the longest block runs "
            f"at {actual:.3g} C, {100 * (actual / subject.nominal_c_rate - 1):+.1f} % off "
            f"({100 * LABEL:.0f} % allowed, 1C = {subject.one_c_ma_g:g} mA/g).",
            {"declared": subject.nominal_c_rate, "actual": actual},
        )


def _nominal(evaluation: Evaluation) -> Iterator[Flag]:
    if evaluation.rate.ambiguous:
        lengths = np.bincount(evaluation.labels).tolist()
        yield Flag(
            "FORMATION_AMBIGUOUS",
            "warn",
            f"Several rates were run for about as many cycles ({_listed(lengths)} cycles a block): "
            "which one is nominal, and what is formation, is not clear. Declare nominal_c_rate; "
            "if this is a rate test, start rate_capability.",
            {"block_lengths": lengths[:100]},
        )


def _reference(evaluation: Evaluation) -> Iterator[Flag]:
    kept = evaluation.kept
    if kept is None:
        return
    following = kept.relative[kept.averaged : kept.averaged + NEXT_CYCLES]
    if len(following) < NEXT_CYCLES or abs(np.median(following) - 1) <= OUTLIER:
        return
    percent = 100 * float(np.median(following))
    yield Flag(
        "REF_CYCLE_OUTLIER",
        "warn",
        f"The {NEXT_CYCLES} cycles after the reference cycle {kept.reference_cycle} have "
        f"{percent:.1f} % of its capacity ({100 * OUTLIER:.0f} % off allowed): retention depends "
        "on the choice of the reference.",
        {"reference_cycle": kept.reference_cycle, "following_percent": percent},
    )


def _efficiency(evaluation: Evaluation) -> Iterator[Flag]:
    cycles = evaluation.cycles
    efficiency = np.where(cycles.complete, cycles.efficiency, np.nan)
    high = cycles.number[efficiency > HIGH_EFFICIENCY].tolist()
    low = cycles.number[efficiency < LOW_EFFICIENCY].tolist()
    reasons = []
    if len(high) >= HIGH_CYCLES:
        reasons.append(
            f"above {100 * HIGH_EFFICIENCY:.1f} % in {len(high)} cycles ({_listed(high)})"
        )
    if evaluation.returns_too_much:
        first = 100 * float(cycles.efficiency[0])
        reasons.append(f"{first:.1f} % in cycle 1, so no initial efficiency is reported,")
    if low:
        reasons.append(f"below {100 * LOW_EFFICIENCY:.0f} % in {len(low)} ({_listed(low)})")
    if reasons:
        yield Flag(
            "CE_OVER_100",
            "warn",
            f"The efficiency is {' and '.join(reasons)}: wrong cell type, a current offset, a soft "
            "short or a side reaction.",
            {"high": high[:100], "low": low[:100]},
        )


def _conflict(evaluation: Evaluation, errors: Errors) -> Iterator[Flag]:
    """R_n > ΠCE + 2 n u(CE) ΠCE: more capacity kept than the efficiencies allow (amendment 4)."""
    kept, cycles = evaluation.kept, evaluation.cycles
    if kept is None or kept.n[-1] == 1:
        return
    between = slice(kept.reference_cycle, int(kept.cycle[-1]))
    passed = cycles.efficiency[between][cycles.complete[between]]
    product, relative, n = float(np.prod(passed)), float(kept.relative[-1]), int(kept.n[-1])
    u = [errors.efficiency(int(k) - 1) or 0.0 for k in kept.cycle]
    accuracy_known = errors.offset is not None
    allowed = 2 * n * float(np.mean(u)) * product if accuracy_known else CONFLICT
    allowed += 2 * (kept.u(len(kept.n) - 1) or 0.0)
    if relative - product <= allowed:
        return
    reservoir = "a full cell without a lithium reservoir cannot do that"
    if evaluation.subject.half_cell:
        reservoir = (
            "lithium metal is there in excess, so retention does not prove the lithium inventory"
        )
    elif not accuracy_known:
        reservoir += ", unless the unknown accuracy of the current explains it"
    yield Flag(
        "CE_RETENTION_CONFLICT",
        "warn" if accuracy_known and not evaluation.subject.half_cell else "info",
        f"After {n} cycles {100 * relative:.1f} % are kept, the product of the efficiencies is "
        f"{100 * product:.1f} %: {reservoir}.",
        {"retention": relative, "product": product, "allowed": allowed, "n": n},
    )


def theory(evaluation: Evaluation) -> Iterator[Flag]:
    """Yield whether capacities per gram are above what the material can hold."""
    mass, cycles = evaluation.subject.mass_mg, evaluation.cycles
    tokens = re.split(r"[^a-z0-9]+", evaluation.subject.basis.lower())
    material = next((m for m in (SYNONYMS.get(t, t) for t in tokens) if m in THEORY), None)
    if mass is None or material is None:
        return
    charge = evaluation.half.charge_ah
    both = np.stack((cycles.opening(charge), cycles.closing(charge)))[:, cycles.complete]
    largest = float(both.max()) * 1e6 / mass
    for limit, severity in THEORY[material]:
        if largest > limit:
            yield Flag(
                "CAPACITY_ABOVE_THEORETICAL",
                severity,
                f"The largest capacity is {largest:.0f} mAh/g of {evaluation.subject.basis}, above "
                f"{limit:.0f}: check active_mass_mg ({mass:g}) and its basis."
                + (" Nothing is published per gram." if severity == "error" else ""),
                {"capacity_mah_g": largest, "limit_mah_g": limit},
            )
            return


def _life(evaluation: Evaluation) -> Iterator[Flag]:
    life, params = evaluation.life, evaluation.params
    if life is None or life.reached:
        return
    percent = f"{params.life_threshold_percent:g} %"
    if params.life_if_not_reached == "linear_extrapolation":
        yield Flag(
            "LIFE_EXTRAPOLATED",
            "warn",
            f"Retention did not fall below {percent} in {life.value:g} cycles; the cycle life is a "
            "straight line continued (none where the line does not fall).",
            {"cycles": life.value},
        )
    else:
        yield Flag(
            "LIFE_NOT_REACHED",
            "info",
            f"Retention did not fall below {percent} in {life.value:g} cycles: the cycle life is "
            "at least that.",
            {"cycles": life.value},
        )


def _knee(evaluation: Evaluation) -> Iterator[Flag]:
    if evaluation.params.knee == "none" or evaluation.knee is not None:
        return
    kept = evaluation.kept
    cycles = 0 if kept is None else len(kept.n)
    yield Flag(
        "KNEE_NOT_FOUND",
        "info",
        f"No knee is found in {cycles} cycles: two straight lines of which the second is steeper "
        f"must describe retention much better than one, over at least {FEWEST_FOR_KNEE} cycles.",
        {"cycles": cycles},
    )


def _listed(numbers: list[int], most: int = 5) -> str:
    """Write the first few numbers."""
    text = ", ".join(str(number) for number in numbers[:most])
    return f"{text} …" if len(numbers) > most else text
