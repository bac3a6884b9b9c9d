"""Reads a linear sweep: what the cell is, the rising part of the potential, its rate."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from analysis.methods import Fact, Flag, Inputs, MethodError
from analysis.methods._cycling_record import read_recording
from analysis.methods._geometry import Quantity, contact_area_cm2
from analysis.methods._lsv_params import Params
from analysis.methods._refusals import WHERE, above, optional_fact
from analysis.science.onset import Floats, Sweep, sweep
from analysis.science.stretches import Record

LI_BLOCKING = "li_blocking"
FEWEST_POINTS = 100
NARROWEST_V = 0.5
"""A baseline shorter than that says nothing about its slope."""

CHARGING_V = 0.2
"""At the start of a sweep the double layer is charged; no baseline there."""

NOISE_V = 0.005
"""A measured potential may fall by so much without the sweep turning."""

REST_V = 0.1
"""Rows before the sweep whose potential varies by less are a rest."""

SWEPT_V = 0.5
RATE_TOLERANCE = 0.05
MICRO = 1e6

LITHIUM = {"li", "lithium", "limetal", "lifoil", "li/li+", "li+/li", "li0", "lithiummetal"}
INDIUM = {"liin", "inli", "in/liin", "liin/in", "lithiumindium", "indiumlithium", "in/inli"}
INDIUM_SHIFT_V = 0.62
"""E(vs Li+/Li) = E(vs In/LiIn) + 0.62 V in the two-phase range (ANALYSES 0.2)."""


@dataclass(frozen=True)
class Scan:
    """A rising sweep of a known electrode, potentials in V vs Li+/Li.

    ``current_a`` (n,) belongs to the points of ``sweep``; ``rate_mv_s`` is the measured rate,
    ``voltage_u_v`` None where the accuracy of the instrument is unknown.
    """

    sweep: Sweep
    current_a: Floats
    area: Quantity
    electrode: str
    reference: str
    declared_mv_s: float
    rate_mv_s: float
    resistance_ohm: float
    voltage_u_v: float | None
    flags: tuple[Flag, ...]


def read_scan(inputs: Inputs, params: Params) -> Scan:
    """Return the sweep; raises MethodError for missing facts and for anything but one rising sweep.

    Rests before and holds after the sweep are left out.
    """
    facts = inputs.facts
    _require_cell(facts)
    area = contact_area_cm2(facts)
    electrode = _word(facts, "working_electrode", "SS, Al or C, the electrode that is swept")
    reference, shift, flags = _reference(facts)
    declared = _declared_rate(inputs)
    recording = read_recording(inputs.frames["main"])
    record = recording.record
    _require_enough(record.time_s.size)
    rows, rate = _rising(record)
    _require_rate(rate, declared)
    current = record.current_a[rows]
    if np.ptp(current) == 0:
        raise MethodError(
            "E_WRONG_KIND",
            f"The current is {current[0]:g} A in all {len(current)} rows of the sweep: nothing was "
            "measured. Check the current range and the connection of the cell.",
        )
    potential = _corrected(record.voltage_v[rows] + shift, current, params)
    return Scan(
        sweep=sweep(potential, MICRO * current / area.value),
        current_a=current,
        area=area,
        electrode=electrode,
        reference=reference,
        declared_mv_s=declared,
        rate_mv_s=rate,
        resistance_ohm=params.series_resistance_ohm,
        voltage_u_v=optional_fact(facts, "voltage_accuracy_v"),
        flags=(*recording.flags, *flags, *_left_out(record, rows)),
    )


def _require_cell(facts: Mapping[str, Fact]) -> None:
    declared = facts.get("cell_type") or facts.get("contact_geometry")
    if not declared:
        raise MethodError(
            "E_META_MISSING:cell_type",
            "cell_type is missing: an onset of oxidation needs lithium against a blocking "
            f"electrode ({LI_BLOCKING}). Enter it {WHERE}.",
        )
    if declared != LI_BLOCKING:
        raise MethodError(
            "E_WRONG_KIND",
            f"The cell is declared as {declared}; an onset of oxidation needs {LI_BLOCKING}: "
            "lithium against an electrode that stores nothing. Check cell_type.",
        )


def _word(facts: Mapping[str, Fact], name: str, expected: str) -> str:
    word = str(facts.get(name, "")).strip()
    if not word:
        raise MethodError(
            f"E_META_MISSING:{name}",
            f"{name} is missing: {expected}; onsets of different electrodes or references are not "
            "comparable. Enter it among the conditions of the measurement.",
        )
    return word


def _reference(facts: Mapping[str, Fact]) -> tuple[str, float, tuple[Flag, ...]]:
    """Return the reference, what its potential lies above Li+/Li (V), and a flag for a shift."""
    word = _word(facts, "reference_electrode", "Li or Li-In, against which the potential is")
    plain = word.lower().replace(" ", "").replace("-", "").replace("⁺", "+").replace("_", "")
    if plain in LITHIUM:
        return word, 0.0, ()
    if plain in INDIUM:
        flag = Flag(
            "REFERENCE_SHIFTED",
            "info",
            f"Potentials against {word} were shifted by +{INDIUM_SHIFT_V:g} V to the scale of "
            "Li+/Li.",
            {"shift_v": INDIUM_SHIFT_V},
        )
        return word, INDIUM_SHIFT_V, (flag,)
    raise MethodError(
        "E_META_IMPLAUSIBLE:reference_electrode",
        f"reference_electrode is {word!r}; its potential against Li+/Li is not known here. "
        "Allowed: Li, Li/Li+, Li-In. Correct it among the conditions of the measurement.",
    )


def _declared_rate(inputs: Inputs) -> float:
    """Return the scan rate in mV/s that was entered, else that of the file's settings."""
    rate = optional_fact(inputs.facts, "scan_rate_mv_s")
    if rate is None:
        written = inputs.metadata.get("scan_rate_mv_s")
        rate = float(written) if isinstance(written, int | float) else None
    if rate is None or not math.isfinite(rate):
        raise MethodError(
            "E_META_MISSING:scan_rate_mv_s",
            "scan_rate_mv_s (mV/s) is missing, and the file does not tell it. Enter it among the "
            "conditions of the measurement.",
        )
    return above("scan_rate_mv_s", rate)


def _require_enough(rows: int) -> None:
    if rows < FEWEST_POINTS:
        raise MethodError(
            "E_TOO_FEW_POINTS",
            f"The sweep has {rows} rows; at least {FEWEST_POINTS} are needed.",
        )


def _rising(record: Record) -> tuple[slice, float]:
    """Return the rows of the sweep and its rate in mV/s; raises MethodError where there is none.

    The straight line E(t) between 5 mV above the lowest and 5 mV below the highest potential
    tells when the sweep starts and ends.
    """
    time, volt = record.time_s, record.voltage_v
    low, high = float(volt.min()), float(volt.max())
    if high - low < SWEPT_V:
        raise MethodError(
            "E_WRONG_KIND",
            f"The potential does not sweep: it stays between {low:.6g} and {high:.6g} V; expected "
            f"are at least {SWEPT_V:g} V. Are voltage and current swapped, or is it another "
            "technique?",
        )
    if np.argmax(volt) < np.argmin(volt):
        raise MethodError(
            "E_NON_MONOTONIC_POTENTIAL",
            f"The potential falls from {high:.4g} to {low:.4g} V; an onset of oxidation needs one "
            "rising sweep. A reductive sweep, a cyclic voltammogram, or a reversed sign?",
        )
    rising = volt[: int(np.argmax(volt)) + 1]
    first = int(np.flatnonzero(rising <= low + NOISE_V)[-1])
    last = first + int(np.argmax(volt[first:] >= high - NOISE_V))
    rate = (volt[last] - volt[first]) / max(time[last] - time[first], np.finfo(float).tiny)
    begin = int(np.searchsorted(time, time[first] - (volt[first] - low) / rate, "left"))
    end = int(np.searchsorted(time, time[last] + (high - volt[last]) / rate, "right"))
    rows = slice(min(begin, first), max(end, last + 1))
    _require_rise(volt, rows)
    _require_enough(rows.stop - rows.start)
    return rows, 1e3 * float(rate)


def _require_rise(volt: Floats, rows: slice) -> None:
    """Refuse a potential that turns, before, within or after the sweep."""
    before = volt[: rows.start]
    if before.size and np.ptp(before) > REST_V:
        raise MethodError(
            "E_NON_MONOTONIC_POTENTIAL",
            f"Before the rising sweep, which starts in row {rows.start + 1}, the potential moves "
            f"between {before.min():.4g} and {before.max():.4g} V: one rising sweep is needed, not "
            "a cyclic voltammogram.",
        )
    later = volt[rows.start :]
    fallen = np.maximum.accumulate(later) - later
    if fallen.max() > 2 * NOISE_V:
        row = int(np.argmax(fallen > 2 * NOISE_V))
        raise MethodError(
            "E_NON_MONOTONIC_POTENTIAL",
            f"The potential turns in row {rows.start + row + 1}, at {later[row]:.4g} V after "
            f"{later[: row + 1].max():.4g} V: one rising sweep is needed, not a cyclic "
            "voltammogram. Keep the rows of one sweep.",
        )


def _require_rate(rate: float, declared: float) -> None:
    if abs(rate / declared - 1) > RATE_TOLERANCE:
        raise MethodError(
            "E_META_IMPLAUSIBLE:scan_rate_mv_s",
            f"scan_rate_mv_s is {declared:g} mV/s, but potential and time rise at {rate:.4g} mV/s; "
            f"{RATE_TOLERANCE:.0%} difference is allowed. Correct the rate, or check the units of "
            "time and potential.",
        )


def _corrected(potential: Floats, current: Floats, params: Params) -> Floats:
    """Return the potential without the drop over the series resistance, where asked for."""
    if not params.correct_ir:
        return potential
    if params.series_resistance_ohm == 0:
        raise MethodError(
            "E_PARAM_INVALID",
            "correct_ir is set, but series_resistance_ohm is 0; give the resistance in Ω.",
        )
    free = potential - current * params.series_resistance_ohm
    if free[-1] - free[0] < SWEPT_V:
        raise MethodError(
            "E_PARAM_INVALID",
            f"series_resistance_ohm is {params.series_resistance_ohm:g}: without its drop the "
            f"sweep rises by {free[-1] - free[0]:.3g} V only, {SWEPT_V:g} V are needed.",
        )
    return free


def _left_out(record: Record, rows: slice) -> tuple[Flag, ...]:
    before, after = rows.start, len(record.time_s) - rows.stop
    if before + after == 0:
        return ()
    return (
        Flag(
            "REST_LEFT_OUT",
            "info",
            f"{before} rows of rest before and {after} rows after the sweep were left out.",
            {"before": before, "after": after},
        ),
    )
