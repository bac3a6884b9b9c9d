"""Arbin records as an Excel workbook: MITS writes a sheet of facts and sheets of each channel.

Sheets of one channel (``Channel_1-008_1``, ``Channel_1-008_2``) continue one another.
"""

import re
from pathlib import Path

from measurements import columns
from measurements.formats import Format, FormatError, Reading, Sample
from measurements.formats._arbin import facts, is_fact, is_records, to_reading
from measurements.formats._checks import Source, clean_text, no_rows, short_list
from measurements.formats._sheets import facts_in, has_table, joined, sheets_with
from measurements.formats._text import Grid
from measurements.formats._workbook import open_workbook, sheet_rows

CHANNEL = re.compile(r"channel[_ -]?(?P<channel>\d+(?:-\d+)*)(?:_\d+)?", re.IGNORECASE)
FACTS_SHEET = re.compile(r"(global[_ ]?)?info", re.IGNORECASE)


def sniff(sample: Sample) -> bool:
    """Tell the workbook by a sheet with Arbin's headings."""
    return any(has_table(rows, is_records) for rows in sample.sheets.values())


def read(path: Path) -> Reading:
    """Read the records of one channel; FormatError when there are several channels."""
    with open_workbook(path) as book:
        names = sheets_with(book, path.name, is_records)
        if not names:
            raise FormatError(
                f"{path.name} has no sheet of Arbin's records",
                place="the first rows of its sheets",
                found=short_list(book.sheetnames),
                expected="a sheet with Data_Point, Test_Time, Current, Voltage ...",
                code="E_COLUMNS_MISSING",
            )
        channel = _one_channel(path.name, names)
        raw = joined(book, names, path.name, is_records)
        pairs: dict[str, object] = {}
        for name in filter(FACTS_SHEET.fullmatch, book.sheetnames):
            pairs |= facts_in(sheet_rows(book, name, path.name), is_fact)
    if raw.empty:
        raise no_rows(Source(path.name, "record"))
    metadata = ({"channel": channel} if channel else {}) | facts(pairs)
    grid = Grid(Source(path.name, "record"), tuple(raw.columns), "\t")
    return to_reading(grid, raw, metadata)


def _one_channel(name: str, sheets: list[str]) -> str:
    """Return the channel of all sheets, empty if they name none; FormatError for several."""
    found = [match["channel"] if (match := CHANNEL.fullmatch(sheet)) else "" for sheet in sheets]
    if len(set(found)) > 1:
        raise FormatError(
            f"{name} holds several channels",
            place="the list of sheets",
            found=short_list(clean_text(sheet, 60) for sheet in sheets),
            expected="one channel; please export each into a workbook of its own",
            code="E_UNSUPPORTED",
        )
    return found[0]


FORMAT = Format(
    name="arbin_workbook",
    title="Arbin workbook (.xlsx)",
    suffixes=(".xlsx",),
    kinds=(columns.CYCLING,),
    sniff=sniff,
    read=read,
)
