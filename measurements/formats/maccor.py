"""Maccor text: exports of tests (tabs, commas or semicolons, many sets of columns) and spectra.

The current may come without sign: then the state of the step (C charges, D discharges) gives it.
The counters of charge and energy run through neighbouring steps of one direction and restart at
the next; they are given as those of each step. A number without unit as test time counts s, min or
h, whichever agrees with the clock of the rows. Attached impedance data (EDA) are read too.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from pandas.api.types import is_numeric_dtype

from measurements import columns
from measurements.formats import Format, FormatError, Notice, Reading, Sample
from measurements.formats._checks import Source, clean_text, finish
from measurements.formats._cycler import (
    COUNTER,
    ENERGY,
    Meaning,
    heading_error,
    in_halves,
    meaning_of,
    read_table,
    resolve,
    runs,
    seconds,
    split_unit,
    with_step_counts,
    with_time_units,
)
from measurements.formats._cycler_current import with_sign
from measurements.formats._maccor_header import header_facts, seconds_of_day, started
from measurements.formats._maccor_spectrum import is_spectrum, read_spectrum
from measurements.formats._text import Grid, canonical, decode, numeric

CLOCK = "dpttime"
WORDS = {
    "rec#": Meaning(columns.RECORD),
    "rec": Meaning(columns.RECORD),
    "cyc#": Meaning(columns.CYCLE),
    "cyclec": Meaning(columns.CYCLE),
    "step": Meaning(columns.STEP),
    "testtime": Meaning(columns.TEST_TIME),
    "test": Meaning(columns.TEST_TIME),
    "steptime": Meaning(columns.STEP_TIME),
    "step[]": Meaning(columns.STEP_TIME),
    "state": Meaning(columns.STEP_TYPE),
    "md": Meaning(columns.STEP_TYPE),
    "amp-hr": Meaning(COUNTER, "Ah"),
    "mamp-hr": Meaning(COUNTER, "mAh"),
    "cap": Meaning(COUNTER, "Ah", assumed=True),
    "capacity": Meaning(COUNTER, "Ah", assumed=True),
    "watt-hr": Meaning(ENERGY, "Wh"),
    "mwatt-hr": Meaning(ENERGY, "mWh"),
    "ener": Meaning(ENERGY, "Wh", assumed=True),
    "energy": Meaning(ENERGY, "Wh", assumed=True),
    "amps": Meaning(columns.CURRENT, "A"),
    "mamps": Meaning(columns.CURRENT, "mA"),
    "current": Meaning(columns.CURRENT, "A", assumed=True),
    "volts": Meaning(columns.VOLTAGE, "V"),
    "mvolts": Meaning(columns.VOLTAGE, "mV"),
    "voltage": Meaning(columns.VOLTAGE, "V", assumed=True),
}
"""Words of a heading -> what it means; “Step (Sec)” is the time of the step."""

NEEDED = (columns.STEP, columns.TEST_TIME, columns.VOLTAGE, columns.CURRENT)
MARKS = frozenset({"rec#", "rec", "cyc#", "cyclec", "cyclep"})
HEADER_LINES = 40
SEPARATORS = "\t,;"

DIRECTIONS = {"C": 1.0, "D": -1.0, "R": 0.0}
STEP_TYPES = {"C": "CHG", "D": "DCH", "R": "REST", "P": "PAUSE", "S": "SUSPEND"}
"""State -> direction of the current (others have none of their own); -> word."""

TIME_UNITS = {"s": 1.0, "min": 60.0, "h": 3600.0}
DAY_S, HALF_DAY_S = 86400.0, 43200.0
CLOCK_S = 1.01
AGREEING = 0.9
"""A unit of time is right if this part of the rows agrees with the clock, which shows seconds."""

MILLIVOLTS = (5e-4, 2e-3)
MUCH = 0.1
"""Energy over charge, relative to the voltage column, when that is in mV; looked at in rows with
this part of the largest charge."""


def sniff(sample: Sample) -> bool:
    """Tell an export by its column headings, a spectrum by its first lines."""
    text = decode(sample.head)
    return is_spectrum(text) or _heading_at(text.splitlines()) is not None


def read(path: Path) -> Reading:
    """Read an export or a spectrum; FormatError names the line, unit or sign that is not clear."""
    text = decode(path.read_bytes())
    lines = text.splitlines()
    if is_spectrum(text):
        return read_spectrum(path.name, lines)
    at = _heading_at(lines)
    if at is None:
        expected = "column headings such as Rec#, Cyc#, Step, TestTime, Amps, Volts, State"
        raise heading_error(path.name, lines, expected)
    notices: list[Notice] = []
    grid, raw = read_table(path.name, lines, at, _separator(lines[at]), notices)
    clock = _clock(raw)
    grid, raw = with_time_units(grid, raw, WORDS, _time_unit(grid, raw, clock))
    frame = _in_volts(canonical(grid, raw, resolve(grid, WORDS, notices)), notices)
    frame = _with_steps(grid.source, frame, notices)
    start, more = started(lines[:at], clock)
    return finish(
        grid.source,
        columns.CYCLING,
        frame,
        metadata=header_facts(lines[:at]) | start,
        notices=[*notices, *more],
    )


def _separator(line: str) -> str:
    return max(SEPARATORS, key=line.count)


def _heading_at(lines: Sequence[str]) -> int | None:
    """Return which line holds the column headings, None if none of the first does."""
    for at, line in enumerate(lines[:HEADER_LINES]):
        cells = [cell.strip('" ') for cell in line.split(_separator(line))]
        found = [meaning_of(WORDS, cell) for cell in cells]
        names = {meaning.name for meaning in found if meaning}
        if names.issuperset(NEEDED) and not MARKS.isdisjoint(split_unit(c)[0] for c in cells):
            return at
    return None


def _clock(raw: pd.DataFrame) -> "pd.Series[str] | None":
    """Return the column with the time of day of each row, None if there is none."""
    clocks = (raw[name] for name in raw if split_unit(str(name))[0] == CLOCK)
    return next((column for column in clocks if not is_numeric_dtype(column)), None)


def _time_unit(grid: Grid, raw: pd.DataFrame, clock: "pd.Series[str] | None") -> str:
    """Return the unit of test times whose heading says none, "" if they are durations.

    Raises FormatError when the clock of the rows does not tell it.
    """
    headings = (name for name in grid.headings if split_unit(name) == ("testtime", ""))
    heading = next(headings, None)
    if heading is None or seconds(grid, raw[heading]) is not None:
        return ""
    elapsed = np.diff(numeric(grid, raw[heading]).to_numpy())
    if clock is not None:
        ticks = np.diff(seconds_of_day(clock))
        for unit, factor in TIME_UNITS.items():
            apart = np.abs((ticks - factor * elapsed + HALF_DAY_S) % DAY_S - HALF_DAY_S)
            moved = factor * elapsed > CLOCK_S
            if moved.any() and np.mean(apart[moved] <= CLOCK_S) >= AGREEING:
                return unit
    raise FormatError(
        f"{grid.source.name} does not say the unit of its times",
        place=f"the column heading {clean_text(heading, 60)}",
        found="numbers without unit" + (" that no clock explains" if clock is None else ""),
        expected="times as 0d 00:00:00.00, Test (Sec), Test (Min) or Test (Hr), "
        "or the column DPt Time",
        code="E_UNITS_UNKNOWN",
    )


def _with_steps(source: Source, frame: pd.DataFrame, notices: list[Notice]) -> pd.DataFrame:
    """Return the table with signed current, step types and the charge of each step."""
    run = runs(frame, (columns.CYCLE, columns.STEP))
    stated = None
    if columns.STEP_TYPE in frame:
        letters = frame[columns.STEP_TYPE].str.strip().str.upper()
        stated = np.array([DIRECTIONS.get(letter, np.nan) for letter in letters])
        frame = frame.assign(**{columns.STEP_TYPE: letters.replace(STEP_TYPES)})
    frame = with_step_counts(frame, run)
    frame, direction = with_sign(source, frame, run, stated, notices)
    return in_halves(frame, direction)


def _in_volts(frame: pd.DataFrame, notices: list[Notice]) -> pd.DataFrame:
    """Return the table with its voltage in V where the file's energy shows that it is in mV."""
    if not {COUNTER, ENERGY} <= set(frame):
        return frame
    charge, energy, voltage = (
        frame[name].to_numpy() for name in (COUNTER, ENERGY, columns.VOLTAGE)
    )
    counted = charge > MUCH * np.nanmax(charge, initial=0.0)
    if not counted.any():
        return frame
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = np.median(energy[counted] / charge[counted] / voltage[counted])
    if not MILLIVOLTS[0] < ratio < MILLIVOLTS[1]:
        return frame
    notices.append(
        Notice(
            "VOLTAGE_IN_MILLIVOLT",
            "The column of the voltage says V but holds mV, as the file's energies and charges "
            "show: it is divided by 1000.",
        )
    )
    return frame.assign(**{columns.VOLTAGE: voltage / 1000})


FORMAT = Format(
    name="maccor",
    title="Maccor text",
    suffixes=(".txt", ".csv"),
    kinds=(columns.CYCLING, columns.IMPEDANCE),
    sniff=sniff,
    read=read,
)
