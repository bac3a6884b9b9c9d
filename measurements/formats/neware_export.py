"""Neware's own exports (BTSDA) as text or workbook: records, flat or below cycles and steps.

English and Chinese headings, any choice of columns. Currents without sign get that of their step.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from measurements import columns
from measurements.formats import Format, FormatError, Notice, Reading, Sample
from measurements.formats._checks import Source, clean_text, finish, no_rows, short_list
from measurements.formats._clock import LOCAL_TIME, durations, with_clock
from measurements.formats._counters import CAPACITIES, ENERGIES, scoped
from measurements.formats._neware_layers import is_summary_text, layout_of, read_rows
from measurements.formats._neware_steps import divided, signed, steps_of
from measurements.formats._neware_words import (
    CLOCK_UNITS,
    DATE,
    NAMES,
    QUANTITIES,
    is_records,
    is_summary,
    parts_of,
    step_type,
)
from measurements.formats._sheets import has_table, joined, sheets_with
from measurements.formats._text import Grid, canonical, decode
from measurements.formats._workbook import open_workbook

WORKBOOK = b"PK\x03\x04"
TIMES = (columns.STEP_TIME, columns.TEST_TIME)
NEEDED = frozenset({columns.CURRENT, columns.VOLTAGE, *TIMES})
CHINESE = "电压"
KNOWN = (is_records, is_summary)


def sniff(sample: Sample) -> bool:
    """Tell an export by its headings: the first lines of a text, the first rows of a sheet."""
    if sample.sheets:
        found = (has_table(rows, known) for rows in sample.sheets.values() for known in KNOWN)
        return any(found)
    lines = _text(sample.head).splitlines()
    return layout_of(lines) is not None or is_summary_text(lines)


def read(path: Path) -> Reading:
    """Read the records; FormatError when only cycles or steps were exported, or a cell is wrong."""
    with path.open("rb") as file:
        workbook = file.read(len(WORKBOOK)) == WORKBOOK
    grid, raw = _from_sheets(path) if workbook else _from_text(path)
    if raw.empty:
        raise no_rows(grid.source)
    notices: list[Notice] = []
    frame = _canonical(grid, raw)
    dates = (name for name in map(str, frame) if NAMES.get(parts_of(name)[0]) == DATE)
    frame, times = with_clock(frame, next(dates, None), notices)
    frame = _timed(frame, notices)
    steps = steps_of(frame)
    frame = divided(signed(grid.source, frame, steps, notices), steps)
    frame, scheduled = scoped(frame, (CAPACITIES, ENERGIES), cycles=steps.cycles, steps=steps.begin)
    notices += scheduled
    return finish(grid.source, columns.CYCLING, frame, metadata=times, notices=notices)


def _from_text(path: Path) -> tuple[Grid, pd.DataFrame]:
    lines = _text(path.read_bytes()).splitlines()
    layout = layout_of(lines)
    if layout is None:
        line = next((line for line in lines if line.strip()), "")
        raise _without_records(path.name, clean_text(line, 100))
    return read_rows(path.name, layout, lines)


def _from_sheets(path: Path) -> tuple[Grid, pd.DataFrame]:
    with open_workbook(path) as book:
        names = sheets_with(book, path.name, is_records)
        if not names:
            raise _without_records(path.name, short_list(book.sheetnames))
        raw = joined(book, names, path.name, is_records)
    return Grid(Source(path.name, "record"), tuple(raw.columns), "\t"), raw


def _text(data: bytes) -> str:
    """Return text, also in the Chinese encoding of Windows, which its headings tell."""
    chinese = "" if data.isascii() else data.decode("gb18030", errors="ignore")
    return chinese if CHINESE in chinese else decode(data)


def _without_records(name: str, found: str) -> FormatError:
    return FormatError(
        f"{name} is an export of Neware without records",
        place="the headings",
        found=found,
        expected="the record layer too (time, current, voltage); please export it in BTSDA",
        code="E_UNSUPPORTED",
    )


def _canonical(grid: Grid, raw: pd.DataFrame) -> pd.DataFrame:
    """Return the table with canonical names, units and words, without empty columns."""
    meanings: dict[str, tuple[str, float]] = {}
    read: dict[str, pd.Series[Any]] = {}
    for heading in raw.columns:
        name, unit = NAMES.get(parts_of(heading)[0]), parts_of(heading)[1]
        written = name in TIMES and unit in CLOCK_UNITS
        units = {unit: 1.0} if written else QUANTITIES[name][1] if name else {}
        if name in NEEDED and unit not in units:
            raise _unknown_unit(grid, heading, unit, units)
        if name in (None, DATE) or unit not in units or _is_empty(raw[heading]):
            continue
        meanings[heading] = (name, units[unit])
        if written:
            read[heading] = durations(grid.source, raw[heading])
    frame = canonical(grid, raw.assign(**read), meanings)
    if columns.STEP_TYPE in frame:
        words = {word: step_type(word) for word in frame[columns.STEP_TYPE].unique()}
        frame[columns.STEP_TYPE] = frame[columns.STEP_TYPE].map(words)
    return frame


def _unknown_unit(grid: Grid, heading: str, unit: str, units: Mapping[str, float]) -> FormatError:
    return FormatError(
        f"{grid.source.name} has an unknown unit",
        place=f"the column headings, column {clean_text(heading, 40)}",
        found=f"“{clean_text(unit, 40)}”" if unit else "no unit",
        expected=", ".join(units),
        code="E_UNITS_UNKNOWN",
    )


def _is_empty(column: "pd.Series[Any]") -> bool:
    if pd.api.types.is_numeric_dtype(column):
        return bool(column.isna().all())
    return bool((column.isna() | (column.astype("str").str.strip() == "")).all())


def _timed(frame: pd.DataFrame, notices: list[Notice]) -> pd.DataFrame:
    """Return the table with a time of the test: as written, else of its steps or its clock."""
    if columns.TEST_TIME in frame:
        return frame
    if columns.STEP_TIME not in frame:
        return _timed_by_clock(frame, notices)
    step_time = frame[columns.STEP_TIME].to_numpy(dtype=np.float64)
    begin = steps_of(frame).begin
    before = np.where(begin, np.concatenate([[0.0], step_time[:-1]]), 0.0)
    notices.append(
        Notice(
            "TIME_ADDED_UP",
            "The file has no total time: it is added up from the times of the steps.",
        )
    )
    return frame.assign(**{columns.TEST_TIME: np.cumsum(before) + step_time})


def _timed_by_clock(frame: pd.DataFrame, notices: list[Notice]) -> pd.DataFrame:
    if LOCAL_TIME not in frame:
        return frame
    text = "The file has no time of the test: it is taken from the dates."
    notices.append(Notice("TIME_FROM_CLOCK", text))
    clock = frame[LOCAL_TIME]
    return frame.assign(**{columns.TEST_TIME: clock - clock.iloc[0]})


FORMAT = Format(
    name="neware_export",
    title="Neware export (BTSDA), text or .xlsx",
    suffixes=(".csv", ".txt", ".xlsx"),
    kinds=(columns.CYCLING,),
    sniff=sniff,
    read=read,
)
