"""Tables as battery cyclers write them: units in headings, durations, grouped digits, counters."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from measurements import columns
from measurements.formats import FormatError, Notice
from measurements.formats._bdf import UNITS as BDF_UNITS
from measurements.formats._checks import Source, clean_text
from measurements.formats._text import Grid, decimal_sign, headings_of, read_grid

UNITS = BDF_UNITS | {
    "sec": ("second", 1.0),
    "seconds": ("second", 1.0),
    "minutes": ("second", 60.0),
    "hr": ("second", 3600.0),
    "hrs": ("second", 3600.0),
    "hours": ("second", 3600.0),
    "ua": ("ampere", 1e-6),
    "μa": ("ampere", 1e-6),
    "uah": ("ah", 1e-6),
    "μah": ("ah", 1e-6),
    "uwh": ("wh", 1e-6),
    "μwh": ("wh", 1e-6),
    "uv": ("volt", 1e-6),
    "mohm": ("ohm", 1e-3),
    "mω": ("ohm", 1e-3),
    "ohms": ("ohm", 1.0),
    "c": ("celsius", 1.0),
    "\ufffdc": ("celsius", 1.0),
}
"""Unit in lower case -> last part of a canonical name, factor; a lost degree sign is U+FFFD."""

COUNTER, ENERGY = "counter_ah", "counter_wh"
HALVES = {
    COUNTER: (columns.STEP_CHARGING_CAPACITY, columns.STEP_DISCHARGING_CAPACITY),
    ENERGY: (columns.STEP_CHARGING_ENERGY, columns.STEP_DISCHARGING_ENERGY),
}
"""Counter without direction -> its canonical columns for steps that charge and discharge."""

NEEDED = frozenset(columns.required(columns.CYCLING, ()))
COUNTED = frozenset({"count", "index", "id", "type"})
"""Last parts of canonical names that have no unit."""

HEADING_UNIT = re.compile(r"(.*?)\s*(?:[\[(]\s*([^\[\]()]*?)\s*[\])]|/\s*([^/\s]+))")
QUOTED = re.compile(r'"([^"]*)"')
GROUPED = re.compile(r"[-+]?\d{1,3}(,\d{3})+(\.\d*)?")
DURATION = re.compile(r"\s*(?:(\d+)\s*d|(\d+)[-.])?\s*(\d+):(\d+):(\d+(?:[.,]\d*)?)\s*")
LINES_LOOKED_AT = 2000
SECONDS_AN_HOUR = 3600.0
SECONDS_A_DAY = 86400.0

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Meaning:
    """What a heading means: canonical name, and the unit when the heading does not say one.

    ``unit`` is "" for a heading that must say it; with ``assumed`` a notice tells of the unit.
    """

    name: str
    unit: str = ""
    assumed: bool = False


def split_unit(heading: str) -> tuple[str, str]:
    """Return the words of a heading in lower case without spaces and dots, and its unit or ""."""
    found = HEADING_UNIT.fullmatch(heading.strip())
    words, unit = (found[1], found[2] or found[3] or "") if found else (heading, "")
    return re.sub(r"[\s._]+", "", words).lower(), unit


def _factor(unit: str, name: str) -> float | None:
    """Return the factor from a unit to that of a canonical name, None for an unknown unit."""
    suffix = name.rpartition("_")[2]
    if suffix in COUNTED:
        return 1.0
    found = UNITS.get(unit.strip().lower().rstrip("."), ("", 1.0))
    return found[1] if found[0] == suffix else None


def _unknown_unit(source: Source, heading: str, unit: str, name: str) -> FormatError:
    suffix = name.rpartition("_")[2]
    return FormatError(
        f"{source.name} has an unknown unit",
        place=f"the column heading {clean_text(heading, 60)}",
        found=f"“{clean_text(unit, 40)}”" if unit else "no unit",
        expected=", ".join(text for text, (part, _) in UNITS.items() if part == suffix),
        code="E_UNITS_UNKNOWN",
    )


def meaning_of(words: Mapping[str, Meaning], heading: str) -> Meaning | None:
    """Return what a heading means; “step[]” holds with any unit, “energy[mwh]” with this one."""
    stem, unit = split_unit(heading)
    keys = (f"{stem}[{unit.lower()}]", f"{stem}[]", stem) if unit else (stem,)
    return next((words[key] for key in keys if key in words), None)


def resolve(
    grid: Grid, words: Mapping[str, Meaning], notices: list[Notice]
) -> dict[str, tuple[str, float]]:
    """Return heading -> canonical name and factor for the headings whose words are known.

    A quantity that comes twice is taken from the first column; one that a cycling table does not
    need keeps its heading if its unit is unknown. Raises FormatError for a needed one then.
    """
    meanings: dict[str, tuple[str, float]] = {}
    assumed: list[str] = []
    for heading in grid.headings:
        meaning, unit = meaning_of(words, heading), split_unit(heading)[1]
        if meaning is None or meaning.name in {name for name, _ in meanings.values()}:
            continue
        factor = _factor(unit or meaning.unit, meaning.name)
        if factor is None and meaning.name not in NEEDED:
            continue
        if factor is None:
            raise _unknown_unit(grid.source, heading, unit, meaning.name)
        if meaning.assumed and not unit:
            assumed.append(f"{clean_text(heading, 40)} in {meaning.unit}")
        meanings[heading] = (meaning.name, factor)
    if assumed:
        notices.append(
            Notice(
                "UNITS_ASSUMED",
                f"The column headings do not say these units: {', '.join(assumed)}, the "
                "program's default, is taken.",
            )
        )
    return meanings


def read_table(
    name: str, lines: Sequence[str], at: int, separator: str, notices: list[Notice]
) -> tuple[Grid, pd.DataFrame]:
    """Return the table whose headings are in line ``at``; index 0 is the line after it.

    Digits in groups are joined (“1,234.5”; “1.234,5” between tabs or semicolons). A last line that
    is cut off is left out with a notice. Raises FormatError for any other incomplete line.
    """
    rows = _ungrouped([_unquoted(line, separator) for line in lines[at + 1 :]], separator)
    headings = headings_of(_unquoted(lines[at], separator), separator)
    source = Source(name, "line", at + 2)
    grid = Grid(source, headings, separator, decimal_sign(rows, separator))
    return grid, read_grid(grid, _without_cut(source, rows, len(headings), separator, notices))


def _unquoted(line: str, separator: str) -> str:
    """Return a line without quotes; digits in groups joined, other separators in quotes blank."""
    if '"' not in line:
        return line

    def plain(found: "re.Match[str]") -> str:
        text = found[1].strip()
        grouped = GROUPED.fullmatch(text)
        return text.replace(",", "") if grouped else text.replace(separator, " ")

    return QUOTED.sub(plain, line)


def _ungrouped(rows: list[str], separator: str) -> list[str]:
    """Return rows without marks between groups of digits, where both marks show which is which."""
    if separator == ",":
        return rows
    seen = "\n".join(rows[:LINES_LOOKED_AT])
    for mark, decimal in ((",", "."), (".", ",")):
        group = rf"\{mark}\d{{3}}"
        if re.search(rf"\d{group}({group})*\{decimal}\d", seen):
            between = re.compile(rf"(?<=\d)\{mark}(?=\d{{3}}(?!\d))")
            return [between.sub("", row) for row in rows]
    return rows


def _without_cut(
    source: Source, rows: list[str], width: int, separator: str, notices: list[Notice]
) -> list[str]:
    """Return the rows without a last one that has too few cells, and notice it."""
    last = next((at for at in range(len(rows) - 1, -1, -1) if rows[at].strip()), None)
    if not last or rows[last].count(separator) + 1 >= width:
        return rows
    notices.append(
        Notice(
            "LAST_LINE_CUT",
            f"The file is cut off at {source.place(last)}: this line is left out, and what came "
            "after it is missing.",
        )
    )
    return rows[:last]


def seconds(grid: Grid, column: "pd.Series[Any]") -> "pd.Series[float] | None":
    """Return durations (“1d 02:03:04.5”, “26:03:04.5”, “1-02:03:04”, “1.02:03:04”) in s.

    None for a column of numbers. Raises FormatError for a cell that is no duration in a column
    whose first cell is one.
    """
    if pd.api.types.is_numeric_dtype(column) or column.dropna().empty:
        return None
    if not DURATION.fullmatch(str(column.dropna().iloc[0])):
        return None
    parts = column.astype("str").str.extract(f"^{DURATION.pattern}$")
    parts[4] = parts[4].str.replace(",", ".")
    days, other, hours, minutes, rest = (
        pd.to_numeric(parts[at], errors="coerce").astype("float64") for at in range(5)
    )
    total = days.fillna(other).fillna(0.0) * SECONDS_A_DAY + hours * 3600 + minutes * 60 + rest
    wrong = np.flatnonzero((total.isna() & column.notna()).to_numpy())
    if wrong.size:
        raise FormatError(
            f"{grid.source.name} has a time that cannot be read",
            place=grid.source.place(int(column.index[wrong[0]]), clean_text(column.name, 60)),
            found=f"“{clean_text(column.iloc[wrong[0]], 40)}”",
            expected="days, hours, minutes and seconds as in the lines before",
            code="E_VALUE",
        )
    return total


def with_time_units(
    grid: Grid, raw: pd.DataFrame, words: Mapping[str, Meaning], unit: str = ""
) -> tuple[Grid, pd.DataFrame]:
    """Return the table with its durations in s; headings of times then say their unit.

    ``unit`` is that of numbers whose heading says none.
    """
    renamed: dict[str, str] = {}
    cells = dict(raw.items())
    for heading in grid.headings:
        meaning = meaning_of(words, heading)
        if meaning is None or not meaning.name.endswith("_second"):
            continue
        stem, stated = split_unit(heading)
        total = seconds(grid, raw[heading])
        if total is not None:
            cells[heading], stated = total, "s"
        if stated or unit:
            renamed[heading] = f"{stem}[{stated or unit}]"
    headings = tuple(renamed.get(heading, heading) for heading in grid.headings)
    frame = pd.DataFrame(cells, index=raw.index, copy=False)
    return Grid(grid.source, headings, grid.separator, grid.decimal), frame.set_axis(
        list(headings), axis=1
    )


def runs(frame: pd.DataFrame, names: Sequence[str]) -> NDArray[np.int64]:
    """Return the number of its step for each row (n,): a step begins where a column changes."""
    begins: NDArray[np.bool_] = np.zeros(len(frame), dtype=np.bool_)
    for name in names:
        if name in frame:
            values = frame[name].to_numpy()
            begins[1:] |= values[1:] != values[:-1]
    return np.cumsum(begins).astype(np.int64)


def per_step(counter: Floats, run: NDArray[np.int64], passed: Floats) -> Floats:
    """Return the amount since the beginning of its step for each row (n,), never negative.

    ``passed`` is about what the current carried since the row before (n,). A counter restarts with
    a step unless its first value there, less the last one of the step before, is nearer to that:
    it then goes on, and what the steps before counted is taken off.
    """
    begins = np.flatnonzero(np.diff(run, prepend=-1))
    before = np.append(0.0, counter[begins[1:] - 1])
    first = counter[begins]
    carried = np.minimum(passed[begins], np.abs(first))
    goes_on = np.abs(np.abs(first - before) - carried) < np.abs(np.abs(first) - carried)
    return np.abs(counter - np.where(goes_on, before, 0.0)[run])


def with_step_counts(
    frame: pd.DataFrame, run: NDArray[np.int64], names: Sequence[str] = tuple(HALVES)
) -> pd.DataFrame:
    """Return the table with its counters, as far as it has them, as amounts of each step."""
    counts = {
        name: per_step(frame[name].to_numpy(), run, _passed(frame, name))
        for name in names
        if name in frame
    }
    return frame.assign(**counts)


def _passed(frame: pd.DataFrame, counter: str) -> Floats:
    """Return about how much a counter rose since the row before (n,) by current and time."""
    interval = np.diff(frame[columns.TEST_TIME].to_numpy(dtype=np.float64), prepend=0.0)
    if columns.STEP_TIME in frame:
        interval = np.fmin(interval, frame[columns.STEP_TIME].to_numpy(dtype=np.float64))
    rate = frame[columns.CURRENT].abs().to_numpy(dtype=np.float64)
    if counter.endswith("_wh"):
        rate = rate * frame[columns.VOLTAGE].abs().to_numpy(dtype=np.float64)
    return rate * np.maximum(interval, 0.0) / SECONDS_AN_HOUR


def in_halves(frame: pd.DataFrame, direction: Floats) -> pd.DataFrame:
    """Return the table with its counters parted by ``direction`` (n,): 1 charges, -1 discharges."""
    halves = {
        half: np.where(direction == sign, frame[name], 0.0)
        for name in HALVES
        if name in frame
        for half, sign in zip(HALVES[name], (1.0, -1.0), strict=True)
    }
    return frame.assign(**halves).drop(columns=list(HALVES), errors="ignore")


def heading_error(name: str, lines: Sequence[str], expected: str) -> FormatError:
    """Return the error of a file that ends before its column headings or lacks them."""
    seen = max(0, len(lines) - 1)
    return FormatError(
        f"{name} is cut off in its header or lacks columns",
        place=f"line {seen + 1}",
        found=f"“{clean_text(lines[seen], 60)}”" if lines else "nothing",
        expected=expected,
        code="E_COLUMNS_MISSING",
    )
