"""Metrics of a whole test: mean efficiency, retention, cycle life and fade."""

import math
from collections.abc import Iterator

import numpy as np

from analysis.methods import Metric
from analysis.methods._cycling_evaluation import Evaluation
from analysis.methods._cycling_metrics import MILESTONES, times, with_interval
from analysis.methods._cycling_uncertainty import Errors
from analysis.science.knee import Knee
from analysis.science.retention import CycleLife, Retention
from analysis.science.stretches import Ints

USUAL_THRESHOLD = 80.0
"""Retention in percent at which ``cycle_life_80`` ends; that to another one is ``cycle_life``."""

ROUNDING = 1e-6
"""Cycles by which a crossing may miss a whole number for rounding alone."""


def efficiency_metrics(evaluation: Evaluation, errors: Errors) -> Iterator[Metric]:
    """Yield the mean efficiency at the nominal rate, with and without its first cycle."""
    nominal = np.flatnonzero(evaluation.nominal)
    first = int(np.argmax(evaluation.rate.cycles))
    settled = nominal[nominal > first]
    kinds: tuple[tuple[str, Ints, str], ...] = (
        ("", settled, "without formation and the first cycle at the nominal rate"),
        ("with_first_cycle", nominal, "without formation"),
    )
    for qualifier, chosen, words in kinds:
        if not chosen.size:
            continue
        values = 100 * evaluation.cycles.efficiency[chosen]
        u, dof = errors.mean_efficiency(values, chosen)
        spread = f", sd {np.std(values, ddof=1):.2g} %" if len(values) > 1 else ""
        yield with_interval(
            Metric(
                "average_coulombic_efficiency", float(np.mean(values)), u, n=len(values),
                qualifier=qualifier, definition=f"mean of complete cycles {words}{spread}",
            ), dof,
        )  # fmt: skip
        if not qualifier:
            yield with_interval(
                Metric(
                    "average_coulombic_efficiency", float(np.median(values)), u, n=len(values),
                    qualifier="median", definition=f"median of complete cycles {words}",
                ), dof,
            )  # fmt: skip


def retention_metrics(evaluation: Evaluation) -> Iterator[Metric]:
    """Yield reference cycle, retention at milestones, cycle life, fade and knee."""
    kept, params, faded = evaluation.kept, evaluation.params, evaluation.faded
    if kept is None or evaluation.life is None:
        return
    qualifier: str = params.retention_reference
    if params.retention_capacity != "reversible":
        qualifier += f", {params.retention_capacity}"
    yield Metric(
        "retention_reference_cycle", kept.reference_cycle, 0.0, kept.reference_cycle,
        kept.reference_cycle, qualifier=qualifier, definition=_reference_words(evaluation, kept),
    )  # fmt: skip
    for i in _milestones(kept):
        value, u = 100 * float(kept.relative[i]), kept.u(i)
        yield Metric(
            "capacity_retention", value, times(u, 100), index=int(kept.n[i]),
            qualifier=qualifier, definition=f"n = {int(kept.n[i])} is cycle {int(kept.cycle[i])}; "
            f"{_reference_words(evaluation, kept)}",
        )  # fmt: skip
    yield _life(evaluation, kept, evaluation.life)
    if faded is not None:
        yield Metric(
            "capacity_fade_rate", 100 * faded.slope, 100 * faded.u, 100 * faded.lo95,
            100 * faded.hi95, n=len(kept.n), qualifier=qualifier,
            definition="Theil-Sen slope dR/dn; negative: capacity is lost",
        )  # fmt: skip
    if evaluation.knee is not None:
        yield _knee(kept, evaluation.knee)


def _knee(kept: Retention, knee: Knee) -> Metric:
    return Metric(
        "capacity_knee", knee.n, knee.u, knee.lo95, knee.hi95, n=len(kept.n),
        qualifier="piecewise linear",
        definition=f"break of two straight lines: {100 * knee.slope_before:.3g} %/cycle before, "
        f"{100 * knee.slope_after:.3g} after; from cycle {kept.reference_cycle} as n = 1",
    )  # fmt: skip


def _milestones(kept: Retention) -> list[int]:
    """Entries of the milestones that are there, and the last."""
    present = np.flatnonzero(np.isin(kept.n, MILESTONES)).tolist()
    return sorted({*present, len(kept.n) - 1} - {0})


def _reference_words(evaluation: Evaluation, kept: Retention) -> str:
    """Say what 100 % is."""
    h = evaluation.cycles.second[kept.reference_cycle - 1]
    capacity = f"{kept.reference_capacity * 1e3:.5g} mAh"
    if evaluation.subject.mass_mg:
        capacity = f"{kept.reference_capacity * 1e6 / evaluation.subject.mass_mg:.5g} mAh/g"
    current = f"{evaluation.half.current_a[h] * 1e3:.4g} mA"
    mean = f"mean of {kept.averaged} cycles from " if kept.averaged > 1 else ""
    kind = evaluation.params.retention_capacity
    cycle = f"{mean}cycle {kept.reference_cycle} at {current}"
    return f"100 % is the {kind} capacity {capacity} of {cycle}"


def _life(evaluation: Evaluation, kept: Retention, life: CycleLife) -> Metric:
    params, faded = evaluation.params, evaluation.faded
    percent = f"{params.life_threshold_percent:g} %"
    words = (
        f"first of {params.life_consecutive} complete cycles in a row below {percent}, from cycle "
        f"{kept.reference_cycle} as n = 1, linear to the crossing"
    )
    name = "cycle_life_80" if params.life_threshold_percent == USUAL_THRESHOLD else "cycle_life"
    if life.reached:
        return Metric(
            name, life.value, life.u, qualifier=percent,
            definition=f"{words}; whole cycles: {math.floor(life.value + ROUNDING)}",
        )  # fmt: skip
    if params.life_if_not_reached == "linear_extrapolation" and faded is not None:
        crossing = faded.crossing(params.life_threshold_percent / 100)
        if crossing is not None and crossing > life.value:
            return Metric(
                name, crossing, qualifier=percent,
                definition=f"{words}; NOT REACHED: Theil-Sen line continued from n = "
                f"{life.value:g}",
            )  # fmt: skip
    return Metric(
        name, life.value, censored="lower", qualifier=percent,
        definition=f"{words}; not reached by the last complete cycle",
    )  # fmt: skip
