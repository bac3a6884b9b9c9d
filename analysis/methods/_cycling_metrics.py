"""Metrics of single cycles: capacities, efficiencies, voltages and currents."""

import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from analysis.methods import Metric
from analysis.methods._cycling_evaluation import WORDS, Evaluation
from analysis.methods._cycling_uncertainty import Errors
from analysis.science.cycling import CHARGE, DISCHARGE
from analysis.science.uncertainty import interval, quadrature

MILESTONES = (50, 100, 200)
"""Cycles, counted from the reference, whose values are metrics beside the first and the last."""

FIRST_TWO = (1, 2)


def cycle_metrics(evaluation: Evaluation, errors: Errors) -> tuple[Metric, ...]:
    """Return capacities, efficiencies, voltages and currents of chosen cycles; no intervals yet."""
    found: list[Metric] = []
    for k in chosen_cycles(evaluation):
        found += _of_cycle(evaluation, errors, k)
    found += _of_rate(evaluation, errors)
    found += _of_first_cycle(evaluation, errors)
    found += _of_instrument(evaluation, errors)
    return tuple(found)


def chosen_cycles(evaluation: Evaluation) -> tuple[int, ...]:
    """Return indices of complete cycles 1 and 2, of the reference, of milestones and the last."""
    cycles = evaluation.cycles
    start = reference(evaluation)
    numbers = {*FIRST_TWO, start, *(start + n - 1 for n in MILESTONES)}
    numbers.add(int(cycles.number[cycles.complete][-1]))
    return tuple(k - 1 for k in sorted(numbers) if k <= len(cycles) and cycles.complete[k - 1])


def with_interval(metric: Metric, dof: float = math.inf) -> Metric:
    """Return a metric with its 95 % interval, where u is known and it has none yet."""
    if metric.u is None or metric.lo95 is not None:
        return metric
    low, high = interval(metric.value, metric.u, dof)
    return replace(metric, lo95=low, hi95=high)


def reference(evaluation: Evaluation) -> int:
    """Return our number of the reference cycle; without retention, of the first that counts."""
    if evaluation.kept is not None:
        return evaluation.kept.reference_cycle
    nominal = evaluation.nominal
    counting = nominal if nominal.any() else evaluation.cycles.complete
    return int(np.argmax(counting)) + 1


def _of_cycle(evaluation: Evaluation, errors: Errors, k: int) -> Iterator[Metric]:
    cycles, half, number = evaluation.cycles, evaluation.half, int(evaluation.cycles.number[k])
    for h in (int(cycles.first[k]), int(cycles.second[k])):
        yield from _of_half_cycle(evaluation, errors, h, number)
    second = int(cycles.second[k])
    rel = errors.efficiency(k)
    ratio = 100 * float(cycles.efficiency[k])
    yield Metric(
        "coulombic_efficiency", ratio, times(rel, ratio), index=number,
        definition=efficiency_words(evaluation),
    )  # fmt: skip
    area = evaluation.subject.area_cm2
    if area:
        value = float(half.charge_ah[second]) * 1e3 / area
        yield Metric(
            "areal_capacity", value, times(errors.areal(second), value), index=number,
            definition=f"reversible capacity ({WORDS[int(half.sign[second])]}) per area",
        )  # fmt: skip
    yield from mean_voltages(evaluation, errors, k)
    if evaluation.subject.first_sign == CHARGE:
        energy = half.energy_wh
        ratio = 100 * float(cycles.discharging(energy)[k] / cycles.charging(energy)[k])
        yield Metric("energy_efficiency", ratio, times(rel, ratio), index=number)


def _of_half_cycle(evaluation: Evaluation, errors: Errors, h: int, number: int) -> Iterator[Metric]:
    subject, sign = evaluation.subject, int(evaluation.half.sign[h])
    capacity = float(evaluation.half.charge_ah[h]) * 1e3
    yield Metric(
        f"{WORDS[sign]}_capacity", capacity, times(errors.charge(h), capacity), index=number,
        definition="∫|I|dt of the half-cycle, paired by cell type (lims_cycle)",
    )  # fmt: skip
    if subject.mass_mg is None:
        return
    specific = capacity / subject.mass_mg * 1e3
    names = [f"specific_{WORDS[sign]}_capacity"]
    if subject.half_cell:
        lithiates = sign == DISCHARGE
        names.append(f"specific_capacity_{'lithiation' if lithiates else 'delithiation'}")
    for name in names:
        yield Metric(
            name, specific, times(errors.specific(h), specific), index=number,
            definition=f"per active mass of {subject.basis}",
        )  # fmt: skip


def mean_voltages(evaluation: Evaluation, errors: Errors, k: int) -> Iterator[Metric]:
    """Yield mean voltages of both halves of cycle k and their difference; no intervals yet."""
    cycles, half, number = evaluation.cycles, evaluation.half, int(evaluation.cycles.number[k])
    mean, u = half.mean_voltage_v, errors.voltage_v
    charge, discharge = float(cycles.charging(mean)[k]), float(cycles.discharging(mean)[k])
    definition = "∫V|I|dt / ∫|I|dt"
    yield Metric("mean_charge_voltage", charge, u, index=number, definition=definition)
    yield Metric("mean_discharge_voltage", discharge, u, index=number, definition=definition)
    yield Metric(
        "voltage_hysteresis", charge - discharge, u and quadrature(u, u), index=number,
        definition="difference of the charge-averaged voltages",
    )  # fmt: skip


def _of_rate(evaluation: Evaluation, errors: Errors) -> Iterator[Metric]:
    """Currents of the reference cycle, by direction."""
    subject, cycles, number = evaluation.subject, evaluation.cycles, reference(evaluation)
    for h in (int(cycles.first[number - 1]), int(cycles.second[number - 1])):
        direction = WORDS[int(evaluation.half.sign[h])]
        milliamperes = float(evaluation.half.current_a[h]) * 1e3
        if subject.area_cm2:
            density = milliamperes / subject.area_cm2
            u = times(errors.areal(h), density)
            yield Metric("current_density", density, u, index=number, qualifier=direction)
        if subject.mass_mg is None:
            continue
        specific = milliamperes / subject.mass_mg * 1e3
        u = times(errors.specific(h), specific)
        yield Metric("specific_current", specific, u, index=number, qualifier=direction)
        if subject.one_c_ma_g:
            rate = specific / subject.one_c_ma_g
            yield Metric(
                "c_rate", rate, times(errors.specific(h), rate), index=number,
                qualifier=direction, definition=f"1C = {subject.one_c_ma_g:g} mA/g",
            )  # fmt: skip


def _of_first_cycle(evaluation: Evaluation, errors: Errors) -> Iterator[Metric]:
    if not evaluation.shows_first_cycle:
        return
    cycles, half, mass = evaluation.cycles, evaluation.half, evaluation.subject.mass_mg
    ratio, rel = 100 * float(cycles.efficiency[0]), errors.efficiency(0)
    yield Metric(
        "initial_coulombic_efficiency", ratio, times(rel, ratio),
        definition=f"{efficiency_words(evaluation)}, cycle 1",
    )  # fmt: skip
    if mass is None:
        return
    first, second = int(cycles.first[0]), int(cycles.second[0])
    lost = float(half.charge_ah[first] - half.charge_ah[second]) * 1e6 / mass
    passed = float(half.charge_ah[second]) * 1e6 / mass
    u = None
    if rel is not None and errors.mass is not None:
        u = quadrature(rel * passed, errors.mass * lost)
    yield Metric(
        "irreversible_capacity_first_cycle", lost, u,
        definition="first minus second half-cycle of cycle 1",
    )  # fmt: skip


def _of_instrument(evaluation: Evaluation, errors: Errors) -> Iterator[Metric]:
    """Capacities by the instrument's own cycle number: first two, milestones and last."""
    counted, half = evaluation.recording.counted, evaluation.half
    if counted is None or not counted.numbered:
        return
    numbers = counted.cycles.cycle
    wanted = {*numbers[: len(FIRST_TWO)].tolist(), *MILESTONES, int(numbers[-1])}
    for sign, values in ((1, counted.cycles.charge_ah), (-1, counted.cycles.discharge_ah)):
        rel = None
        if errors.offset is not None:
            rel = float(np.median(errors.offset[half.sign == sign]))
        for i in np.flatnonzero(np.isin(numbers, list(wanted)) & (values > 0)):
            capacity = float(values[i]) * 1e3
            yield Metric(
                f"instrument_{WORDS[sign]}_capacity", capacity, times(rel, capacity),
                index=int(numbers[i]),
                definition="steps summed by the instrument's cycle number, CC and CV together",
            )  # fmt: skip


def efficiency_words(evaluation: Evaluation) -> str:
    """Return which half-cycle is divided by which."""
    names = {
        "anode_half_cell": "delithiation (charge) / lithiation (discharge)",
        "cathode_half_cell": "discharge / charge",
        "full_cell": "discharge / charge",
    }
    return names[evaluation.subject.cell_type]


def times(u: float | None, factor: float) -> float | None:
    """Return an uncertainty scaled, None where it is unknown."""
    return None if u is None else u * abs(factor)
