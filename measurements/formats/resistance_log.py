"""Tables of a resistance over time whose headings name quantity and unit.

Such as Time (s), Resistance (MΩ); only tables of exactly these two columns. A time without unit is
taken only where it is written as a date; otherwise the rows are counted and it keeps its heading.
"""

import re
from pathlib import Path

import numpy as np
import pandas as pd

from measurements import columns
from measurements.formats import Format, FormatError, Notice, Reading, Sample
from measurements.formats._checks import Source, clean_text, finish
from measurements.formats._multimeter import numbers, seconds, unit_of, unknown_unit
from measurements.formats._text import (
    Grid,
    decimal_sign,
    decode,
    first_line,
    headings_of,
    numeric,
    read_grid,
    whole_text,
)

SEPARATORS = (";", "\t", ",")
HEADING = r"\s*(?:\[(.+)\]|\((.+)\)|/\s*(\S+))"
RESISTANCE = re.compile(r"(?:measured )?resistance" + HEADING, re.IGNORECASE)
TIME = re.compile(r"(?:elapsed |test )?time(?:" + HEADING + ")?|timestamp|date time", re.IGNORECASE)
TIMES = {"s": 1.0, "sec": 1.0, "ms": 1e-3, "min": 60.0, "h": 3600.0}
LAYOUTS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M:%S.%f", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S.%f")


def sniff(sample: Sample) -> bool:
    """Tell the table by its two headings."""
    return _headings(first_line(decode(sample.head))) is not None


def read(path: Path) -> Reading:
    """Read one log; FormatError for an unknown unit or a cell that is not a number."""
    lines = decode(path.read_bytes()).splitlines()
    at = next((at for at, line in enumerate(lines) if line.strip()), 0)
    source = Source(path.name, "line", at + 2)
    found = _headings(lines[at]) if lines else None
    if found is None:
        raise FormatError(
            f"{path.name} lacks the headings of a log of a resistance",
            place=f"line {at + 1}",
            found=f"“{clean_text(lines[at], 60)}”" if lines else "nothing",
            expected="Time (s) and Resistance (Ω), with kΩ or MΩ where it is so",
            code="E_COLUMNS_MISSING",
        )
    headings, separator = found
    time, resistance = headings
    unit = unit_of(_unit(RESISTANCE, resistance))
    if unit is None or unit[0] != columns.RESISTANCE:
        raise unknown_unit(source, "the column headings", resistance)
    grid = Grid(source, headings, separator, decimal_sign(lines[at + 1 :], separator))
    raw = read_grid(grid, lines[at + 1 :])
    notices: list[Notice] = []
    ohms = numbers(source, whole_text(raw[resistance]), grid.decimal, notices) * unit[1]
    frame, metadata = _times(grid, raw, time, notices)
    frame = frame.loc[ohms.index].assign(**{columns.RESISTANCE: ohms})
    return finish(source, columns.MULTIMETER, frame, metadata=metadata, notices=notices)


def _headings(line: str) -> tuple[tuple[str, ...], str] | None:
    """Return the headings of a time and a resistance and their separator; None if others."""
    for separator in SEPARATORS:
        names = tuple(name.strip('"') for name in headings_of(line, separator))
        if len(names) == len(("time", "resistance")) and TIME.fullmatch(names[0]):
            return (names, separator) if RESISTANCE.fullmatch(names[1]) else None
    return None


def _unit(pattern: "re.Pattern[str]", heading: str) -> str:
    found = pattern.fullmatch(heading)
    return next((part for part in found.groups() if part), "") if found else ""


def _times(
    grid: Grid, raw: pd.DataFrame, time: str, notices: list[Notice]
) -> tuple[pd.DataFrame, dict[str, object]]:
    """Return a table with the time in s, or with the numbers of the rows; and when it began."""
    factor = TIMES.get(_unit(TIME, time))
    if factor is not None:
        return pd.DataFrame({columns.TEST_TIME: numeric(grid, raw[time]) * factor}), {}
    if not pd.api.types.is_numeric_dtype(raw[time]):
        passed, start = seconds(grid.source, raw[time], LAYOUTS)
        table = pd.DataFrame({columns.TEST_TIME: passed}, index=raw.index)
        return table, {"start_time": start}
    notices.append(
        Notice(
            "TIME_UNIT_UNKNOWN",
            f"The heading “{clean_text(time, 40)}” names no unit of time: the rows are counted by "
            f"{columns.RECORD}, the time is kept as it is.",
        )
    )
    count = np.arange(1, len(raw) + 1)
    return pd.DataFrame({columns.RECORD: count, time: raw[time]}, index=raw.index), {}


FORMAT = Format(
    name="resistance_log",
    title="Resistance over time",
    suffixes=(".csv", ".txt"),
    kinds=(columns.MULTIMETER,),
    sniff=sniff,
    read=read,
)
