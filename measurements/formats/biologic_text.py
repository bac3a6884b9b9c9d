"""BioLogic EC-Lab and BT-Lab text: .mpt and exports as text, with or without their header.

The header ends with the column headings, which carry the units. A table without header is known by
its headings, separated by tabs or commas. Files of settings and of loop indexes are recognised and
refused.
"""

import re
from itertools import islice
from pathlib import Path

import numpy as np
import pandas as pd

from measurements.formats import Format, FormatError, Notice, Reading, Sample
from measurements.formats._biologic_header import header_facts, technique
from measurements.formats._biologic_table import (
    KINDS,
    KNOWN,
    SPECTRA,
    TIME,
    VOLTAGES,
    reading_of,
)
from measurements.formats._checks import Source, clean_text
from measurements.formats._clock import LOCAL_TIME
from measurements.formats._text import Grid, decimal_sign, decode, first_line, headings_of
from measurements.formats._text_block import TextBytes, lines_from, load, read_block

FIRST_LINES = ("ec-lab ascii file", "bt-lab ascii file")
WITHOUT_DATA = {
    "ec-lab setting file": "the settings of an experiment",
    "bt-lab setting file": "the settings of an experiment",
    "vmp experiment loop indexes": "the first points of the loops of another file",
}
"""First line of a file of EC-Lab that holds no measurement -> what it holds."""

LONGEST_HEADER = 10_000
CLOCK = "%m/%d/%Y %H:%M:%S.%f"


def sniff(sample: Sample) -> bool:
    """Tell the text by the first line of its header, or by the column headings themselves."""
    line = first_line(decode(sample.head))
    return line.lower().startswith((*FIRST_LINES, *WITHOUT_DATA)) or _is_heading(line)


def read(path: Path) -> Reading:
    """Read one export; FormatError names the line that is cut off or not numeric."""
    text = load(path)
    _check_data(path.name, text)
    header, heading, start = _parts(path.name, text)
    separator = _separator(heading)
    grid = Grid(
        Source(path.name, "line", len(header) + 2),
        headings_of(heading, separator),
        separator,
        decimal_sign((line for line, _ in lines_from(text, start)), separator),
    )
    raw = read_block(grid, text, start)
    del text
    metadata, notices = header_facts(header)
    raw = _elapsed(grid, raw, notices)
    return reading_of(grid, raw, technique(header), metadata, notices)


def _check_data(name: str, text: TextBytes) -> None:
    """Raise FormatError for a file of EC-Lab that holds no measurement."""
    first = next((line.strip() for line, _ in lines_from(text) if line.strip()), "")
    for beginning, content in WITHOUT_DATA.items():
        if first.lower().startswith(beginning):
            raise FormatError(
                f"{name} holds {content}, no measurement",
                place="line 1",
                found=f"“{clean_text(first, 60)}”",
                expected="the data: the .mpr file of the technique, or its export as text (.mpt)",
                code="E_UNSUPPORTED",
            )


def _parts(name: str, text: TextBytes) -> tuple[list[str], str, int]:
    """Return the lines above the headings, the headings, and where the line after them begins."""
    header: list[str] = []
    for line, following in islice(lines_from(text), LONGEST_HEADER):
        if _is_heading(line):
            return header, line, following
        header.append(line)
    raise FormatError(
        f"{name} is cut off in its header or lacks columns",
        place=f"line {max(1, len(header))}",
        found=f"“{clean_text(header[-1], 60)}”" if header else "nothing",
        expected="column headings of EC-Lab, such as time/s, Ewe/V, I/mA or freq/Hz, Re(Z)/Ohm",
        code="E_COLUMNS_MISSING",
    )


def _separator(line: str) -> str:
    return "\t" if "\t" in line else ","


def _is_heading(line: str) -> bool:
    """Tell column headings: at least two of EC-Lab, among them a potential or an impedance."""
    names = KNOWN.intersection(headings_of(line, _separator(line)))
    return len(names) > 1 and not names.isdisjoint({*VOLTAGES, *SPECTRA})


def _elapsed(grid: Grid, raw: pd.DataFrame, notices: list[Notice]) -> pd.DataFrame:
    """Return the table with the time in s from its first row where it was written as date."""
    if TIME not in raw or pd.api.types.is_numeric_dtype(raw[TIME]) or not _has_dates(raw[TIME]):
        return raw
    texts = raw[TIME].astype("str").str.strip().replace(r"(:\d\d)$", r"\1.0", regex=True)
    clock = pd.to_datetime(texts, format=CLOCK, errors="coerce")
    wrong = np.flatnonzero(clock.isna().to_numpy())
    if wrong.size:
        raise FormatError(
            f"{grid.source.name} has a time that cannot be read",
            place=grid.source.place(int(raw.index[wrong[0]]), TIME),
            found=f"“{clean_text(raw[TIME].iloc[wrong[0]], 40)}”",
            expected="month/day/year hours:minutes:seconds, or the elapsed time in s",
            code="E_VALUE",
        )
    notices.append(
        Notice(
            "CLOCK_WITHOUT_ZONE",
            f"The clock of this file has no time zone: it is kept as {LOCAL_TIME}, and "
            "test_time_second counts from the first row.",
        )
    )
    elapsed = (clock - clock.iloc[0]).dt.total_seconds()
    since_1970 = (clock - pd.Timestamp(0).as_unit("us")).dt.total_seconds()
    return raw.assign(**{TIME: elapsed, LOCAL_TIME: since_1970})


def _has_dates(column: "pd.Series[str]") -> bool:
    return re.match(r"\s*\d+[./-]\d+[./-]\d+\s", str(column.iloc[0])) is not None


FORMAT = Format(
    name="biologic_text",
    title="BioLogic EC-Lab text",
    suffixes=(".mpt",),
    kinds=KINDS,
    sniff=sniff,
    read=read,
)
