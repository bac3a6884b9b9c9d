"""Readings of UNI-T meters (UT803 and others) as Docklight exports them: date, time, value, unit.

The unit stands in every line, since the meter changes its range by itself; the readings must be of
one quantity. The clock has no zone.
"""

from pathlib import Path

import pandas as pd

from measurements import columns
from measurements.formats import Format, FormatError, Notice, Reading, Sample
from measurements.formats._checks import Source, clean_text, finish, short_list
from measurements.formats._multimeter import UNITS, numbers, seconds, unit_of, unknown_unit
from measurements.formats._text import Grid, decode, first_line, headings_of, read_grid, whole_text

HEADINGS = ("date", "time", "value", "unit")
SEPARATORS = (";", ",", "\t")
LAYOUTS = ("%Y-%m-%d %H:%M:%S", "%d.%m.%Y %H:%M:%S")


def sniff(sample: Sample) -> bool:
    """Tell the text by its four headings."""
    return _separator(first_line(decode(sample.head))) != ""


def read(path: Path) -> Reading:
    """Read one log; FormatError for unknown or mixed units."""
    lines = decode(path.read_bytes()).splitlines()
    at = next((at for at, line in enumerate(lines) if line.strip()), 0)
    separator = _separator(lines[at]) if lines else ""
    source = Source(path.name, "line", at + 2)
    if not separator:
        raise FormatError(
            f"{path.name} lacks the headings of a meter's log",
            place="line 1",
            found=f"“{clean_text(lines[at], 60)}”" if lines else "nothing",
            expected="Date;Time;Value;Unit",
            code="E_COLUMNS_MISSING",
        )
    grid = Grid(source, tuple(heading.title() for heading in HEADINGS), separator)
    raw = read_grid(grid, lines[at + 1 :])
    table = pd.DataFrame({name: whole_text(raw[name]).str.strip() for name in raw})
    notices: list[Notice] = []
    passed, start = seconds(source, table["Date"] + " " + table["Time"], LAYOUTS)
    table[columns.TEST_TIME] = passed
    name, factors = _quantity(source, table["Unit"])
    decimal = "." if separator == "," else ","
    values = numbers(source, table["Value"], decimal, notices)
    frame = pd.DataFrame(
        {
            columns.TEST_TIME: table.loc[values.index, columns.TEST_TIME],
            name: values * factors[values.index],
        }
    )
    facts = {"start_time": start}
    return finish(source, columns.MULTIMETER, frame, metadata=facts, notices=notices)


def _separator(line: str) -> str:
    found = (
        separator
        for separator in SEPARATORS
        if tuple(name.lower() for name in headings_of(line, separator)) == HEADINGS
    )
    return next(found, "")


def _quantity(source: Source, units: "pd.Series[str]") -> tuple[str, "pd.Series[float]"]:
    """Return the one quantity of all lines, and the factor of each line to its unit."""
    known = {text: unit_of(text) for text in units.unique()}
    for text, found in known.items():
        if found is None:
            first = int(units.index[(units == text).to_numpy().argmax()])
            raise unknown_unit(source, source.place(first, "Unit"), text)
    pairs = {text: found for text, found in known.items() if found is not None}
    names = {name for name, _ in pairs.values()}
    if len(names) != 1:
        raise FormatError(
            f"{source.name} mixes quantities",
            place="the column Unit",
            found=short_list(pairs),
            expected=f"one of {', '.join(UNITS)} in all lines",
            code="E_UNITS_UNKNOWN",
        )
    return names.pop(), units.map({text: factor for text, (_, factor) in pairs.items()})


FORMAT = Format(
    name="ut803",
    title="Multimeter log of Docklight (UNI-T)",
    suffixes=(".csv",),
    kinds=(columns.MULTIMETER,),
    sniff=sniff,
    read=read,
)
