"""Figures and table of a symmetric lithium cell: voltage over time, overpotential with events."""

import numpy as np

from analysis.methods import Curve, Table, Trace
from analysis.methods._plating_metrics import Fate
from analysis.science.integrals import HOUR_S
from analysis.science.profiles import min_max_rows
from analysis.science.stretches import Bools, Floats

MOST_POINTS = 2000
ZOOMED = 6
"""Half-cycles in a zoom."""

TIME, VOLTAGE = "Time / h", "Voltage / V"


def curves(fate: Fate) -> tuple[Curve, ...]:
    """Return V(t) in full and in three zooms, and the overpotential over time."""
    count = len(fate.plating.half)
    middle = (count - ZOOMED) // 2 if fate.failed is None else fate.failed - ZOOMED // 2
    zooms = {
        "start": ("First half-cycles", 0),
        "middle": ("Middle" if fate.failed is None else "Around the failure", middle),
        "end": ("Last half-cycles", count - ZOOMED),
    }
    return (
        _voltage(fate, "voltage", "Voltage", 0, count),
        *(
            _voltage(fate, f"voltage_{name}", title, max(first, 0), max(first, 0) + ZOOMED)
            for name, (title, first) in zooms.items()
        ),
        _overpotential(fate),
    )


def _voltage(fate: Fate, name: str, title: str, first: int, end: int) -> Curve:
    half, record = fate.plating.half, fate.plating.record
    last = min(end, len(half)) - 1
    rows = slice(int(half.first[first]), int(half.last[last]) + 1)
    time = (record.time_s[rows] - half.start_s[0]) / HOUR_S
    volt = record.voltage_v[rows]
    shown = min_max_rows(volt, MOST_POINTS)
    return Curve(name, title, TIME, VOLTAGE, (Trace("voltage", time[shown], volt[shown]),))


def _overpotential(fate: Fate) -> Curve:
    plating, events = fate.plating, fate.events
    time, eta = plating.start_h, 1e3 * plating.voltages.eta
    marked: dict[str, list[int | None]] = {
        "soft short": list(events.soft),
        "hard short": [events.hard],
        "creeping soft short": [events.creeping],
        "polarisation failure": [events.polarised],
    }
    traces = [
        _points(word, time, eta, plating.half.sign == sign)
        for word, sign in (("positive current", 1), ("negative current", -1))
    ]
    for word, indices in marked.items():
        found = np.zeros(len(eta), dtype=np.bool_)
        found[[h for h in indices if h is not None]] = True
        if found.any():
            traces.append(_points(word, time, eta, found))
    return Curve(
        "overpotential", "Overpotential of the half-cycles", TIME, "Overpotential |V| / mV",
        tuple(traces),
    )  # fmt: skip


def _points(name: str, time: Floats, eta: Floats, chosen: Bools) -> Trace:
    x, y = time[chosen], eta[chosen]
    rows = min_max_rows(y, MOST_POINTS)
    return Trace(name, x[rows], y[rows], mode="markers")


def half_cycle_table(fate: Fate) -> Table:
    """Return one row a half-cycle."""
    plating, events = fate.plating, fate.events
    found, half = plating.voltages, plating.half
    numbers = np.arange(1, len(half) + 1)
    soft = np.isin(numbers - 1, events.soft)
    return Table(
        "half_cycles",
        {
            "half_cycle": numbers,
            "sign": half.sign,
            "start_h": plating.start_h,
            "duration_h": half.duration_s / HOUR_S,
            "current_density_ma_cm2": plating.density,
            "charge_mah_cm2": plating.charge,
            "overpotential_mv": 1e3 * found.eta,
            "opening_voltage_mv": 1e3 * found.opening,
            "peak_voltage_mv": 1e3 * found.peak,
            "slope_mv_per_h": 1e3 * found.slope,
            "asr_ohm_cm2": plating.asr,
            "jump": found.jumped,
            "soft_short": soft,
        },
    )
