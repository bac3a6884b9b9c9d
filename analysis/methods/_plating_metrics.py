"""Overpotentials, time to failure and charge plated of a symmetric lithium cell."""

import math
from dataclasses import dataclass

import numpy as np

from analysis.methods import Metric
from analysis.methods._plating_params import Params
from analysis.methods._plating_record import MILLI, Plating
from analysis.science.plating import Events, find_events
from analysis.science.uncertainty import interval, quadrature

COMPLETE = 0.98
"""A half-cycle with this share of the usual charge is complete."""

MEDIAN_FACTOR = math.sqrt(math.pi / 2)
"""Standard error of a median over that of a mean, for normal scatter."""

PER_ELECTRODE = "per electrode"

INITIAL_WORDS = {
    "second_half": "median |V| of the second half of half-cycle 1",
    "cycle_mean": "mean of plating and stripping in cycle 1, median |V| of their second halves",
    "half_peak_to_peak": "half of the peak-to-peak voltage of cycle 1",
    "peak": "largest |V| of half-cycle 1",
}


@dataclass(frozen=True)
class Fate:
    """What became of a cell: ``end`` half-cycles came before its first failure, of all (h,)."""

    plating: Plating
    params: Params
    events: Events
    failed: int | None

    @property
    def end(self) -> int:
        """Number of half-cycles before the failure; at least one."""
        return len(self.plating.half) if self.failed is None else max(self.failed, 1)

    @property
    def complete(self) -> int:
        """Half-cycles before the failure that passed the usual charge."""
        charge = self.plating.charge
        block = charge >= COMPLETE * np.median(charge[: self.end])
        return int(block[: len(charge) if self.failed is None else self.failed].sum())


def fate(plating: Plating, params: Params, limit_v: float | None) -> Fate:
    """Return the events of a test and its first failure."""
    events = find_events(plating.voltages, plating.half.current_a, limit_v)
    candidates = [events.failed] if events.failed is not None else []
    if params.soft_short_ends and events.soft:
        candidates.append(events.soft[0])
    return Fate(plating, params, events, min(candidates, default=None))


def plating_metrics(fate: Fate) -> tuple[Metric, ...]:
    """Return the metrics of ANALYSES A04."""
    return (*_overpotentials(fate), *_times(fate), *_charges(fate))


def _overpotentials(fate: Fate) -> tuple[Metric, ...]:
    plating, params = fate.plating, fate.params
    first, u_first = _initial(plating, params.initial_overpotential)
    words = INITIAL_WORDS[params.initial_overpotential]
    initial = _volts("plating_overpotential_initial", first, u_first, f"{words}, two-electrode")
    eta = plating.voltages.eta[: fate.end]
    scatter = float(np.std(eta, ddof=1)) if len(eta) > 1 else 0.0
    u_median = quadrature(MEDIAN_FACTOR * scatter / math.sqrt(len(eta)), plating.voltage_u_v)
    asr = 1e3 * first / float(plating.density[0])
    u_asr = asr * quadrature(u_first / first, plating.relative_u)
    found = [
        initial,
        _volts(
            "plating_overpotential_median", float(np.median(eta)), u_median,
            "median of all half-cycles before failure or end, two-electrode", len(eta),
        ),
        _volts(
            "plating_overpotential_final", float(eta[-1]), _u_eta(plating, fate.end - 1),
            f"half-cycle {fate.end}, the last before failure or end, two-electrode",
        ),
        _plain("polarisation_asr", asr, u_asr, f"{words} over its current density"),
    ]  # fmt: skip
    if params.per_electrode:
        found.append(
            _volts(
                "plating_overpotential_initial", first / 2, u_first / 2,
                f"half of the two-electrode value: {words}", qualifier=PER_ELECTRODE,
            )
        )  # fmt: skip
    return tuple(found)


def _initial(plating: Plating, rule: str) -> tuple[float, float]:
    """Return the overpotential of the start and its standard uncertainty in V."""
    eta, peak, noise = (
        values[:2]
        for values in (plating.voltages.eta, plating.voltages.peak, plating.voltages.noise)
    )
    u = [_u_eta(plating, h) for h in range(2)]
    both = quadrature(*u) / 2
    record_u = quadrature(float(noise[0]), plating.voltage_u_v)
    values: dict[str, tuple[float, float]] = {
        "second_half": (float(eta[0]), u[0]),
        "cycle_mean": (float(eta.mean()), both),
        "half_peak_to_peak": (float(peak.mean()), record_u / math.sqrt(2)),
        "peak": (float(peak[0]), record_u),
    }
    return values[rule]


def _u_eta(plating: Plating, h: int) -> float:
    """Return the standard uncertainty of the overpotential of a half-cycle in V."""
    noise, count = float(plating.voltages.noise[h]), int(plating.voltages.count[h])
    return quadrature(MEDIAN_FACTOR * noise / math.sqrt(count), plating.voltage_u_v)


def _volts(
    name: str, value: float, u: float, definition: str, n: int | None = None, qualifier: str = ""
) -> Metric:
    low, high = interval(MILLI * value, MILLI * u)
    return Metric(
        name, MILLI * value, MILLI * u, low, high, n, qualifier=qualifier, definition=definition
    )


def _plain(name: str, value: float, u: float, definition: str) -> Metric:
    return Metric(name, value, u, *interval(value, u), definition=definition)


def _times(fate: Fate) -> tuple[Metric, ...]:
    """Return when it failed, when it shorted, and counts; times from the first current."""
    plating, events = fate.plating, fate.events
    until = "from the first current to the first failure, rests included"
    if fate.failed is None:
        survived = Metric(
            "cycling_time_survived", plating.end_h, censored="lower",
            definition="from the first current to the end of the test, rests included",
        )  # fmt: skip
    else:
        survived = _moment("cycling_time_survived", plating, fate.failed, until)
    counts = (
        _count(
            "half_cycles_completed", fate.complete,
            f"before failure, with at least {COMPLETE:.0%} of the usual charge",
        ),
        _count(
            "soft_short_event_count", len(events.soft),
            "drops that recovered, and half-cycles with jumps where more than 5 % have one",
        ),
    )  # fmt: skip
    if events.hard is None:
        return (survived, *counts)
    short = _moment("short_circuit_time", plating, events.hard, "start of the lasting short")
    return (survived, *counts, short)


def _moment(name: str, plating: Plating, h: int, definition: str) -> Metric:
    """Return the start of a half-cycle (h); the event lies within half a half-cycle of it."""
    value, length = float(plating.start_h[h]), float(plating.half.duration_s[h]) / 3600
    return Metric(
        name, value, length / math.sqrt(12), max(value - length / 2, 0.0), value + length / 2,
        definition=definition,
    )  # fmt: skip


def _count(name: str, value: int, definition: str) -> Metric:
    return Metric(name, value, 0.0, value, value, definition=definition)


def _charges(fate: Fate) -> tuple[Metric, ...]:
    plating = fate.plating
    charge = plating.charge if fate.failed is None else plating.charge[: fate.failed]
    total = float(charge.sum())
    density = float(np.median(plating.density[: fate.end]))
    definition = "Σ|j|Δt of plating and stripping until failure or end"
    cumulative = Metric(
        "cumulative_areal_capacity", total, total * plating.relative_u,
        *interval(total, total * plating.relative_u),
        censored="lower" if fate.failed is None else "none", definition=definition,
    )  # fmt: skip
    current = _plain(
        "current_density", density, density * plating.relative_u, "median of all half-cycles"
    )
    return cumulative, current
