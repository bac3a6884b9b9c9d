"""Arbin's table of records, whatever file it comes in: names, units, clock and counters.

Headings are those of the result database (``Test_Time``), of MITS (``Test_Time(s)``) or of MITS
Pro (``Test Time (s)``); without a unit they are in s, A, V, Ah, Wh and °C, the units of the
database. Positive current charges. The schedule decides when the capacities restart.
"""

import re
from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from measurements import columns
from measurements.formats import FormatError, Notice, Reading
from measurements.formats._checks import clean_text, finish, short_list
from measurements.formats._clock import SERIALS, from_serials, iso, moments, with_clock
from measurements.formats._counters import CAPACITIES, ENERGIES, begins, scoped
from measurements.formats._text import Grid, Meanings, canonical, number

HEADING = re.compile(r"(?P<name>[^()]+?)\s*(?:\((?P<unit>[^()]*)\))?(?P<end>_\d+)?")

SECONDS = {"": 1.0, "s": 1.0, "sec": 1.0, "ms": 1e-3, "min": 60.0, "h": 3600.0, "hr": 3600.0}
AMPERES = {"": 1.0, "a": 1.0, "ma": 1e-3, "ua": 1e-6, "μa": 1e-6}
VOLTS = {"": 1.0, "v": 1.0, "mv": 1e-3}
AMPERE_HOURS = {"": 1.0, "ah": 1.0, "mah": 1e-3}
WATT_HOURS = {"": 1.0, "wh": 1.0, "mwh": 1e-3}
WATTS = {"": 1.0, "w": 1.0, "mw": 1e-3}
OHMS = {"": 1.0, "ohm": 1.0, "ohms": 1.0, "mohm": 1e-3}
CELSIUS = {"": 1.0, "c": 1.0, "°c": 1.0, "degc": 1.0}
NONE = {"": 1.0}

CHARGE, DISCHARGE = "charge_capacity", "discharge_capacity"
TEST = "Test_ID"
CLOCKS = ("date_time", "datetime")
QUANTITIES: dict[str, tuple[str, Mapping[str, float]]] = {
    "data_point": (columns.RECORD, NONE),
    "test_time": (columns.TEST_TIME, SECONDS),
    "step_time": (columns.STEP_TIME, SECONDS),
    "cycle_index": (columns.CYCLE, NONE),
    "step_index": (columns.STEP_ID, NONE),
    "current": (columns.CURRENT, AMPERES),
    "voltage": (columns.VOLTAGE, VOLTS),
    "power": ("power_watt", WATTS),
    CHARGE: (CAPACITIES[0], AMPERE_HOURS),
    DISCHARGE: (CAPACITIES[1], AMPERE_HOURS),
    "charge_energy": (ENERGIES[0], WATT_HOURS),
    "discharge_energy": (ENERGIES[1], WATT_HOURS),
    "internal_resistance": ("internal_resistance_ohm", OHMS),
    "temperature": ("temperature_t1_celsius", CELSIUS),
    **{
        f"{name}_{channel}": (f"temperature_t{channel}_celsius", CELSIUS)
        for name in ("temperature", "aux_temperature")
        for channel in range(1, 6)
    },
}
"""Name in lower case with underscores -> canonical name, units and their factors."""

NEEDED = frozenset({"test_time", "current", "voltage"})
TELLING = frozenset({"data_point", "step_index", "cycle_index", CHARGE, DISCHARGE, *CLOCKS})
FEWEST_TELLING = 3
"""An Arbin table has the needed columns and at least so many of the telling ones."""

START = "start_datetime"
FACTS = {
    "test_name": "test_name",
    "channel": "channel",
    "channel_index": "channel",
    "creator": "creator",
    "comments": "comment",
    "schedule_file_name": "schedule",
    "schedule_version": "schedule_version",
    "software_version": "software_version",
    "serial_number": "instrument_serial",
    "item_id": "item_id",
}
QUANTIFIED = {
    "mass": ("active_mass_in_file_mg", 1e3),
    "specific_capacity": ("nominal_specific_capacity_ah_per_g", 1.0),
    "capacity": ("nominal_capacity_ah", 1.0),
}
"""Name of a fact -> key of the metadata; of a quantity -> key, factor (masses are in g)."""


def parts_of(heading: object) -> tuple[str, str]:
    """Return name (lower case, underscores) and unit (lower case) of a heading."""
    found = HEADING.fullmatch(str(heading).strip().strip('"'))
    if not found:
        return str(heading).strip().lower(), ""
    name = re.sub(r"[\s_]+", "_", found["name"].strip()).lower() + (found["end"] or "")
    return name, (found["unit"] or "").strip().lower()


def is_records(headings: Iterable[object]) -> bool:
    """Tell whether headings are those of Arbin's records."""
    names = {parts_of(heading)[0] for heading in headings}
    return names >= NEEDED and len(names & TELLING) >= FEWEST_TELLING


def to_reading(
    grid: Grid,
    raw: pd.DataFrame,
    metadata: Mapping[str, object],
    notices: Sequence[Notice] = (),
) -> Reading:
    """Return a checked Reading of a table with Arbin's headings, index 0..n-1.

    Raises FormatError for unknown units, doubled columns and cells that are not numbers.
    """
    _refuse_several_tests(grid, raw)
    found = list(notices)
    frame = _without_empty(canonical(grid, raw, _meanings(grid, raw)), found)
    cycles = begins([frame[columns.CYCLE]], len(frame)) if columns.CYCLE in frame else None
    frame, scheduled = scoped(frame, (CAPACITIES, ENERGIES), cycles=cycles)
    heading = next((str(name) for name in frame if parts_of(name)[0] in CLOCKS), None)
    frame, times = with_clock(frame, heading, found)
    found.extend(scheduled)
    return finish(
        grid.source, columns.CYCLING, frame, metadata=times | dict(metadata), notices=found
    )


def is_fact(label: object) -> bool:
    """Tell whether a cell is the label of a fact about a test."""
    name = parts_of(str(label).strip(" :"))[0]
    return name == START or name in FACTS or name in QUANTIFIED


def facts(pairs: Mapping[str, object]) -> dict[str, object]:
    """Return metadata from the facts of a test, their names as Arbin's (with or without unit)."""
    named = {parts_of(name)[0]: value for name, value in pairs.items()}
    found: dict[str, object] = {}
    for name, value in named.items():
        text = clean_text("" if value is None else value)
        if name in FACTS and text:
            found[FACTS[name]] = text
        if name in QUANTIFIED and (number(text) or 0.0) > 0:
            key, factor = QUANTIFIED[name]
            found[key] = round((number(text) or 0.0) * factor, 6)
    start = _start(named.get(START))
    return found | ({"start_time": start} if start else {})


def _refuse_several_tests(grid: Grid, raw: pd.DataFrame) -> None:
    if TEST in raw and raw[TEST].nunique() > 1:
        raise FormatError(
            f"{grid.source.name} holds several tests",
            place=f"the column {TEST}",
            found=short_list(raw[TEST].unique()),
            expected="one test; please export each into a file of its own",
            code="E_UNSUPPORTED",
        )


def _start(value: object) -> str:
    """Return an ISO time from Excel's days or a text of one meaning, else nothing."""
    serial = number(str(value))
    if serial is not None and SERIALS[0] < serial < SERIALS[1]:
        return iso(float(from_serials(pd.Series([serial])).iloc[0]))
    found = moments(pd.Series([str(value or "")]))
    return "" if found is None else iso(float(found.iloc[0]))


def _meanings(grid: Grid, raw: pd.DataFrame) -> Meanings:
    """Return what the headings mean; FormatError for an unknown unit of a needed column."""
    meanings = {}
    for heading in raw.columns:
        name, unit = parts_of(heading)
        canonical_name, units = QUANTITIES.get(name, ("", NONE))
        if unit not in units and name in NEEDED:
            raise FormatError(
                f"{grid.source.name} has an unknown unit",
                place=f"the column headings, column {clean_text(heading, 40)}",
                found=f"“{clean_text(unit, 40)}”",
                expected=", ".join(filter(None, units)) or "no unit",
                code="E_UNITS_UNKNOWN",
            )
        if canonical_name and unit in units:
            meanings[heading] = (canonical_name, units[unit])
    return meanings


def _without_empty(frame: pd.DataFrame, notices: list[Notice]) -> pd.DataFrame:
    """Drop known columns that are empty; a notice when the cycle numbers are."""
    empty = [
        name
        for name in {canonical_name for canonical_name, _ in QUANTITIES.values()} & set(frame)
        if name not in columns.REQUIRED[columns.CYCLING][0]
        and (frame[name].isna() | (frame[name] == "")).all()
    ]
    if columns.CYCLE in empty:
        notices.append(Notice("CYCLE_MISSING", "The column of cycle numbers is empty."))
    return frame.drop(columns=empty)
