"""Critical current density of a symmetric lithium cell from steps of rising current (A05)."""

import math
from collections.abc import Iterator, Mapping

import numpy as np

from analysis.methods import (
    Curve,
    Fact,
    Flag,
    Inputs,
    Method,
    MethodError,
    Metric,
    Result,
    Table,
    Trace,
)
from analysis.methods._critical_params import Params
from analysis.methods._geometry import doubtful
from analysis.methods._plating_record import MILLI, Plating, read_plating
from analysis.methods._refusals import above, optional_fact, require_fact
from analysis.science.critical_current import COMPLETE, Ramp, Step, find_ramp
from analysis.science.integrals import HOUR_S
from analysis.science.profiles import min_max_rows
from analysis.science.uncertainty import interval, quadrature
from measurements.columns import CYCLING

FEWEST_STEPS = 3
MOST_POINTS = 2000
ABSOLUTE_ZERO_CELSIUS = -273.15


def run(inputs: Inputs, params: Params) -> Result:
    """Return the largest current density whose plating and stripping completed without failure.

    It lies between that step and the one that failed. It depends on the protocol, temperature,
    pressure and charge per half-cycle (Flatscher et al., Commun. Chem. 2023,
    doi:10.1038/s42004-023-01002-4); raises MethodError where they are missing.
    """
    facts = inputs.facts
    temperature = above(
        "temperature_celsius", require_fact(facts, "temperature_celsius"), ABSOLUTE_ZERO_CELSIUS
    )
    pressure = _pressure(facts)
    limit = optional_fact(facts, "upper_cutoff_v")
    if limit is not None:
        above("upper_cutoff_v", limit)
    plating = read_plating(inputs, params.dead_band_percent)
    ramp = find_ramp(plating.half, plating.voltages, limit)
    _require_steps(ramp, plating)
    circumstances = f"{ramp.protocol}, {temperature:g} °C, {pressure:g} MPa"
    return Result(
        metrics=(_critical(ramp, plating, circumstances), _cumulative(ramp, plating)),
        flags=(*plating.flags, *doubtful(facts), *_flags(ramp, plating)),
        curves=_curves(ramp, plating),
        tables=(_table(ramp, plating),),
        log=(
            f"{len(ramp.steps)} steps of rising current, {len(plating.half)} half-cycles in all; "
            f"{circumstances}, {plating.area.value:.4g} ± {plating.area.u:.2g} cm².",
        ),
    )


def _pressure(facts: Mapping[str, Fact]) -> float:
    pressure = require_fact(facts, "external_pressure_mpa")
    return pressure if pressure == 0 else above("external_pressure_mpa", pressure)


def _require_steps(ramp: Ramp, plating: Plating) -> None:
    if len(ramp.steps) < FEWEST_STEPS:
        found = ", ".join(f"{_density(step, plating):.4g}" for step in ramp.steps)
        raise MethodError(
            "E_TOO_FEW_STEPS",
            f"The current density rises in {len(ramp.steps)} steps ({found} mA/cm²); at least "
            f"{FEWEST_STEPS}, each more than 5 % above the one before, are needed. For a constant "
            "current use li_plating_stripping.",
        )
    if ramp.passed is None and ramp.failure is None:
        step = ramp.steps[0]
        raise MethodError(
            "E_STEP_INCOMPLETE",
            f"The step of {_density(step, plating):.4g} mA/cm² has no complete plating and "
            f"stripping: {step.last - step.first + 1} half-cycles. Each step needs both, with at "
            f"least {COMPLETE:.0%} of the time or charge of the programme.",
        )


def _density(step: Step, plating: Plating) -> float:
    """Return the current density of a step in mA/cm²."""
    return step.current_a * MILLI / plating.area.value


def _critical(ramp: Ramp, plating: Plating, circumstances: str) -> Metric:
    name, passed, failed = "critical_current_density", ramp.passed, ramp.failed
    definition = (
        "largest current density whose plating and stripping completed without failure; "
        + circumstances
    )
    if passed is None:
        value = _density(ramp.steps[0], plating)
        return Metric(name, value, censored="upper", definition=definition)
    value = _density(passed, plating)
    if failed is None:
        return Metric(name, value, censored="lower", definition=definition)
    above_it = _density(failed, plating)
    scale = plating.relative_u
    low, _ = interval(value, scale * value)
    _, high = interval(above_it, scale * above_it)
    u = quadrature((above_it - value) / math.sqrt(3), scale * value)
    words = f"{definition}; between {value:.4g} and {above_it:.4g} mA/cm², the step that failed"
    return Metric(name, value, u, low, high, definition=words)


def _cumulative(ramp: Ramp, plating: Plating) -> Metric:
    end = ramp.steps[-1].last + 1 if ramp.failure is None else ramp.failure.half_cycle
    total = float(plating.charge[:end].sum())
    u = total * plating.relative_u
    return Metric(
        "cumulative_areal_capacity", total, u, *interval(total, u),
        censored="lower" if ramp.failure is None else "none",
        definition="Σ|j|Δt of plating and stripping until failure or the end of the ramp",
    )  # fmt: skip


def _flags(ramp: Ramp, plating: Plating) -> Iterator[Flag]:
    yield from _outcome(ramp, plating)
    charge = [float(plating.charge[step.first]) for step in ramp.steps]
    if ramp.protocol == "constant time":
        yield Flag(
            "CAPACITY_GROWS_WITH_CURRENT",
            "info",
            f"The time of the half-cycles is constant: their charge grows from {charge[0]:.3g} to "
            f"{max(charge):.3g} mAh/cm². Compare only tests of the same protocol.",
            {"from_mah_cm2": charge[0], "to_mah_cm2": max(charge)},
        )
    if ramp.protocol == "neither":
        yield Flag(
            "PROTOCOL_UNCLEAR",
            "warn",
            "Neither the time nor the charge of the half-cycles is constant over the steps: what "
            "a complete half-cycle is, is taken from its own step.",
            {"charges_mah_cm2": charge[:100]},
        )
    last = ramp.steps[-1].last if ramp.failure is None else ramp.failure.half_cycle
    jumped = np.flatnonzero(plating.voltages.jumped[: last + 1])
    if jumped.size:
        yield Flag(
            "SOFT_SHORT_SUSPECT",
            "warn",
            f"{jumped.size} half-cycles up to the failure hold a jump of the voltage at unchanged "
            f"current, the first at {plating.density[jumped[0]]:.4g} mA/cm²: the critical current "
            "density may be lower.",
            {"half_cycles": (jumped[:100] + 1).tolist()},
        )
    if plating.assumed:
        yield Flag(
            "UNCERTAINTY_INCOMPLETE",
            "info",
            f"No uncertainty was entered for some inputs; assumed: {', '.join(plating.assumed)}.",
            {"assumed": list(plating.assumed)},
        )


def _outcome(ramp: Ramp, plating: Plating) -> Iterator[Flag]:
    passed, failed = ramp.passed, ramp.failed
    if ramp.failure is None or failed is None:
        reached = ramp.steps[-1] if passed is None else passed
        yield Flag(
            "NO_FAILURE",
            "info",
            f"The cell survived {_density(reached, plating):.4g} mA/cm², the largest step that "
            "completed: the critical current density is a lower limit, without an uncertainty.",
            {"density_ma_cm2": _density(reached, plating)},
        )
        return
    limit = "" if passed else " It is the first step: only an upper limit, without an uncertainty."
    half_cycle = ramp.failure.half_cycle
    yield Flag(
        "CCD_FAILURE",
        "info",
        f"The cell failed at {_density(failed, plating):.4g} mA/cm², in half-cycle "
        f"{half_cycle + 1}, at {plating.start_h[half_cycle]:.4g} h: {ramp.failure.cause}.{limit}",
        {"half_cycle": half_cycle + 1, "cause": ramp.failure.cause},
    )


def _curves(ramp: Ramp, plating: Plating) -> tuple[Curve, ...]:
    """Return voltage and current density over time, and the overpotential over the density."""
    record, begin = plating.record, plating.half.start_s[0]
    time = (record.time_s - begin) / HOUR_S
    density = record.current_a * MILLI / plating.area.value
    shown, stepped = min_max_rows(record.voltage_v, MOST_POINTS), min_max_rows(density, MOST_POINTS)
    failed = ramp.failed
    shaded: tuple[tuple[float, float, str], ...] = ()
    if failed is not None:
        end_h = float(plating.half.end_s[failed.last] - begin) / HOUR_S
        shaded = ((float(plating.start_h[failed.first]), end_h, "failing step"),)
    last = ramp.steps[-1].last + 1
    rows = min_max_rows(plating.voltages.eta[:last], MOST_POINTS)
    return (
        Curve(
            "steps", "Voltage and current density", "Time / h", "Voltage / V",
            (
                Trace("voltage", time[shown], record.voltage_v[shown]),
                Trace("current density", time[stepped], density[stepped], axis="y2"),
            ),
            y2_title="Current density / mA cm⁻²", shaded=shaded,
        ),
        Curve(
            "overpotential_density", "Overpotential of the half-cycles",
            "Current density / mA cm⁻²", "Overpotential |V| / mV",
            (
                Trace(
                    "half-cycles", plating.density[rows], 1e3 * plating.voltages.eta[rows],
                    mode="markers",
                ),
            ),
        ),
    )  # fmt: skip


def _table(ramp: Ramp, plating: Plating) -> Table:
    """Return one row a step."""
    first = [step.first for step in ramp.steps]
    return Table(
        "steps",
        {
            "step": np.arange(1, len(first) + 1),
            "current_density_ma_cm2": np.array([_density(step, plating) for step in ramp.steps]),
            "half_cycles": np.array([step.last - step.first + 1 for step in ramp.steps]),
            "start_h": plating.start_h[first],
            "charge_mah_cm2": plating.charge[first],
            "overpotential_mv": np.array(
                [
                    1e3 * np.median(plating.voltages.eta[step.first : step.last + 1])
                    for step in ramp.steps
                ]
            ),
            "passed": np.array([step.passed for step in ramp.steps]),
        },
    )


def triggers(kind: str, facts: Mapping[str, Fact]) -> bool:
    """Return False: whether the current is stepped shows only in the table; started by hand."""
    del kind, facts
    return False


METHOD = Method(
    name="critical_current_density",
    version="1.0",
    title="Critical current density",
    summary="Largest current density that a symmetric lithium cell survives, from steps of rising "
    "current. Started by hand.",
    kinds=(CYCLING,),
    params=Params,
    triggers=triggers,
    run=run,
    facts=(
        "cell_type",
        "area_cm2",
        "diameter_mm",
        "temperature_celsius",
        "external_pressure_mpa",
        "upper_cutoff_v",
        "current_range_a",
        "current_accuracy_fraction",
        "voltage_accuracy_v",
    ),
)
