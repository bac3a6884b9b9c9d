"""Figures of a cycling test: capacity and efficiency, retention, voltage profiles."""

from collections.abc import Sequence

import numpy as np

from analysis.methods import Curve, Trace
from analysis.methods._cycling_evaluation import WORDS, Evaluation
from analysis.methods._cycling_metrics import reference
from analysis.science.profiles import min_max_rows, profile
from analysis.science.stretches import Bools, Floats, Ints

EFFICIENCY_RANGE = (80.0, 102.0)
MOST_POINTS = 2000
PROFILE_POINTS = 500
PROFILES = 5
"""Profiles are drawn of every fifth part of the cycles, beside the first two and the reference."""


def curves(evaluation: Evaluation) -> tuple[Curve, ...]:
    """Return the figures of ANALYSES A08."""
    drawn = _drawn(evaluation)
    figures = [_capacity_and_efficiency(evaluation), voltage_profiles(evaluation, drawn)]
    if evaluation.kept is not None:
        figures.insert(1, _retention(evaluation))
    return tuple(figures)


def scale(evaluation: Evaluation) -> tuple[float, str]:
    """Return the factor from Ah and the unit of capacities: per gram where the mass is known."""
    mass = evaluation.subject.mass_mg
    if mass is None:
        return 1e3, "mAh"
    return 1e6 / mass, f"mAh/g {evaluation.subject.basis}"


def _capacity_and_efficiency(evaluation: Evaluation) -> Curve:
    cycles, half = evaluation.cycles, evaluation.half
    factor, unit = scale(evaluation)
    named = {
        half_name(evaluation, 1): factor * cycles.charging(half.charge_ah),
        half_name(evaluation, -1): factor * cycles.discharging(half.charge_ah),
    }
    capacities = [
        points(name, cycles.number, values, np.isfinite(values)) for name, values in named.items()
    ]
    ratio = points(
        "coulombic efficiency", cycles.number, 100 * cycles.efficiency, cycles.complete, axis="y2"
    )
    formation = evaluation.formation
    return Curve(
        name="capacity_ce",
        title="Capacity and coulombic efficiency",
        x_title="Cycle",
        y_title=f"Capacity / {unit}",
        y2_title="Coulombic efficiency / %",
        y2_range=EFFICIENCY_RANGE,
        traces=(*capacities, ratio),
        shaded=((0.5, formation + 0.5, "formation"),) if formation else (),
    )


def points(name: str, number: Ints, values: Floats, shown: Bools, axis: str = "y") -> Trace:
    """Return markers of the shown cycles, thinned beyond 2,000 without losing extremes."""
    x, y = number[shown].astype(np.float64), values[shown]
    rows = min_max_rows(y, MOST_POINTS)
    return Trace(name, x[rows], y[rows], mode="markers", axis="y2" if axis == "y2" else "y")


def half_name(evaluation: Evaluation, sign: int) -> str:
    """Return what a half-cycle does to the working electrode, where that has a name."""
    if not evaluation.subject.half_cell:
        return WORDS[sign]
    return f"{WORDS[sign]} ({'delithiation' if sign > 0 else 'lithiation'})"


def trace_name(evaluation: Evaluation, number: int, h: int) -> str:
    """Return the name of half-cycle ``h`` of a cycle in a figure."""
    return f"cycle {number}, {half_name(evaluation, int(evaluation.half.sign[h]))}"


def _retention(evaluation: Evaluation) -> Curve:
    kept, level = evaluation.kept, evaluation.params.life_threshold_percent
    if kept is None:
        raise ValueError("there is no retention to draw")
    percent = 100 * kept.relative
    everything = np.ones(len(percent), dtype=np.bool_)
    traces = [points("retention", kept.n, percent, everything)]
    if evaluation.knee is not None:
        n, relative = evaluation.knee.line.T
        traces.append(Trace("two straight lines", n, 100 * relative))
    return Curve(
        name="retention",
        title=f"Capacity retention, cycle {kept.reference_cycle} is 100 %",
        x_title="Cycle counted from the reference",
        y_title="Retention / %",
        traces=tuple(traces),
        levels=((level, f"{level:g} %"),),
    )


def voltage_profiles(evaluation: Evaluation, numbers: Sequence[int]) -> Curve:
    """Return voltage over capacity of both halves of the cycles with these numbers."""
    factor, unit = scale(evaluation)
    traces = []
    for number in numbers:
        for h in (evaluation.cycles.first[number - 1], evaluation.cycles.second[number - 1]):
            if h < 0:
                continue
            capacity, volt = profile(
                evaluation.recording.record,
                int(evaluation.half.first[h]),
                int(evaluation.half.last[h]),
                evaluation.dead_band_a,
            )
            rows = min_max_rows(volt, PROFILE_POINTS)
            traces.append(
                Trace(trace_name(evaluation, number, int(h)), factor * capacity[rows], volt[rows])
            )
    return Curve(
        name="voltage_profiles",
        title="Voltage profiles",
        x_title=f"Capacity / {unit}",
        y_title="Voltage / V",
        traces=tuple(traces),
    )


def _drawn(evaluation: Evaluation) -> list[int]:
    """Cycles 1, 2, the reference, every fifth part of all, and the last complete one."""
    cycles = evaluation.cycles
    count = len(cycles)
    parts = range(count // PROFILES, count + 1, count // PROFILES) if count >= PROFILES else ()
    last = int(cycles.number[cycles.complete][-1])
    wanted = {1, 2, reference(evaluation), last, *parts}
    return sorted(number for number in wanted if number <= count)
