"""Tables in the sheets of a workbook: headings in a row, records below, and facts beside them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING

import pandas as pd

from measurements.formats import FormatError
from measurements.formats._checks import clean_text, short_list
from measurements.formats._text import headings_of
from measurements.formats._workbook import Cell, sheet_rows

if TYPE_CHECKING:
    from openpyxl import Workbook

CHUNK_ROWS = 20_000
HEADINGS_WITHIN = 12
FACTS_WITHIN = 60
"""Headings stand in the first rows of a sheet, facts in the first rows of theirs."""

CELL_END = "\x1f"

Texts = tuple[str, ...]


def headings_in(row: Sequence[object]) -> Texts:
    """Return the cells of a row as headings, each name once, none at the end."""
    texts = ("" if cell is None else clean_text(cell, 100) for cell in row)
    return headings_of(CELL_END.join(texts), CELL_END)


def has_table(rows: Iterable[Sequence[object]], known: Callable[[Texts], bool]) -> bool:
    """Tell whether one of the first rows of a sheet holds known headings."""
    return any(known(headings_in(row)) for row in islice(rows, HEADINGS_WITHIN))


def sheets_with(book: "Workbook", source: str, known: Callable[[Texts], bool]) -> list[str]:
    """Return the names of the sheets whose first rows hold known headings, in their order."""
    return [name for name in book.sheetnames if has_table(sheet_rows(book, name, source), known)]


def joined(
    book: "Workbook", names: Sequence[str], source: str, known: Callable[[Texts], bool]
) -> pd.DataFrame:
    """Return the records of sheets that continue one another, index 0..n-1.

    Raises FormatError when their headings differ.
    """
    tables: list[pd.DataFrame] = []
    for name in names:
        for table in _tables(sheet_rows(book, name, source), known):
            if list(table.columns) != list((tables or [table])[0].columns):
                raise FormatError(
                    f"{source} has sheets with different columns",
                    place=f"the sheet {clean_text(name, 60)}",
                    found=short_list(table.columns),
                    expected=short_list(tables[0].columns),
                    code="E_VALUE",
                )
            tables.append(table)
    return pd.concat(tables, ignore_index=True).dropna(how="all") if tables else pd.DataFrame()


def facts_in(rows: Iterable[Sequence[Cell]], known: Callable[[object], bool]) -> dict[str, object]:
    """Return facts by their label: the value is right of it, or below in a row of labels."""
    table = list(islice(rows, FACTS_WITHIN))
    found: dict[str, object] = {}
    for at, row in enumerate(table):
        labels = [column for column, cell in enumerate(row) if cell is not None and known(cell)]
        beside = [column + 1 for column in labels]
        below = len(labels) > 1 and any(column in labels for column in beside)
        values = table[at + 1] if below and at + 1 < len(table) else row
        for column, right in zip(labels, beside, strict=True):
            place = column if below else right
            if place < len(values) and values[place] is not None:
                found.setdefault(str(row[column]).strip(" :"), values[place])
    return found


def _tables(
    rows: Iterator[tuple[Cell, ...]], known: Callable[[Texts], bool]
) -> Iterator[pd.DataFrame]:
    """Yield the records of a sheet in pieces, so that few rows are held as Python objects."""
    headings: Texts = ()
    for row in rows:
        headings = headings_in(row)
        if known(headings):
            break
    width = len(headings)
    while piece := [row[:width] for row in islice(rows, CHUNK_ROWS)]:
        full = [(*row, *(None,) * (width - len(row))) for row in piece]
        yield pd.DataFrame(full, columns=list(headings))
