"""How a table is written: encoding, separator, decimal sign, where headings and data begin."""

import csv
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import StringIO, TextIOWrapper
from itertools import islice
from pathlib import Path
from typing import TextIO

import pandas as pd

from measurements.formats import FormatError
from measurements.formats._archive import member_names
from measurements.formats._checks import Source, clean_text, no_rows, short_list
from measurements.formats._text import BOMS, headings_of
from measurements.formats._workbook import Cell, is_workbook, open_workbook, sheet_rows

ENCODINGS = {
    "utf-8": "UTF-8",
    "cp1252": "Latin-1 (Windows)",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16, big-endian",
}
SEPARATORS = {
    "\t": "tab", ";": "semicolon", ",": "comma", "|": "bar", " ": "spaces",
}  # fmt: skip
DECIMALS = {".": "point", ",": "comma"}
THOUSANDS = {"": "none", ".": "point", ",": "comma", "'": "apostrophe", " ": "space"}
MAX_HEADER_LINES = 500
MAX_COLUMNS = 500
MAX_LINE = 2**16
"""Letters of a header's line that are looked at."""

MAX_LOOKED_AT = 2**23
"""Letters of the first rows, where not all are read."""

UNNAMED = "Column"
FIELD = "\x1f"
"""Stands between the cells of a heading line; no file has it."""


@dataclass(frozen=True)
class Layout:
    """How a table is written; lines count from 1.

    ``headings_line`` 0: the table has no headings, its columns are "Column 1", "Column 2" ...
    ``sheet``: of a workbook, empty for a text; encoding and separator are then of no use.
    """

    encoding: str = "utf-8"
    separator: str = ","
    decimal: str = "."
    thousands: str = ""
    headings_line: int = 1
    first_line: int = 2
    sheet: str = ""


@dataclass(frozen=True)
class Head:
    """The lines above the data: headings, and the texts of a line of units or ()."""

    headings: tuple[str, ...]
    units: tuple[str, ...] = ()


def is_book(path: Path) -> bool:
    """Tell whether a file is an Excel workbook."""
    return is_workbook(member_names(path))


def is_number(cell: Cell) -> bool:
    """Tell a number of a workbook from its texts and truth values."""
    return isinstance(cell, (int, float)) and not isinstance(cell, bool)


@contextmanager
def open_text(path: Path, encoding: str) -> Iterator[TextIO]:
    """Yield a text file; a byte order mark counts more than ``encoding``.

    Raises FormatError when the bytes are none of the encoding, while they are read.
    """
    with path.open("rb") as file:
        start = file.read(4)
        mark = next((mark for mark in BOMS if start.startswith(mark)), b"")
        file.seek(len(mark))
        known = BOMS.get(mark, encoding)
        errors = "replace" if known == "cp1252" else "strict"
        try:
            yield TextIOWrapper(file, encoding=known, errors=errors)
        except UnicodeDecodeError as error:
            found = clean_text(error.object[error.start : error.start + 4].hex(" "))
            raise FormatError(
                f"{path.name} is not written in {ENCODINGS.get(known, known)}",
                place="a letter of the file",
                found=f"bytes {found}",
                expected="another encoding: " + ", ".join(ENCODINGS.values()),
                code="E_ENCODING",
            ) from error


def split(line: str, separator: str, width: int = 0) -> list[str]:
    """Return the cells of a line, quotes taken off; of spaces, ``width`` decides how many."""
    line = line.strip("\r\n")
    if separator != " ":
        return [cell.strip() for cell in next(csv.reader([line], delimiter=separator), [])]
    words = line.split()
    wide = [cell.strip() for cell in line.strip().split("  ") if cell.strip()]
    return wide if width and len(words) != width and len(wide) == width else words


def read_head(path: Path, layout: Layout, width: int = 0) -> Head:
    """Return the headings of a table of ``width`` columns (0: as the heading line says).

    Raises FormatError when the file ends before the headings.
    """
    lines = islice(rows(path, layout, width), max(layout.first_line - 1, 0))
    above = [[str("" if cell is None else cell).strip() for cell in line] for line in lines]
    at = layout.headings_line
    if at > len(above):
        raise no_rows(Source(path.name, "line"))
    cells = above[at - 1] if at else []
    if cells and cells[0].startswith("#"):
        cells = [cells[0][1:].strip(), *cells[1:]]
        cells = cells if cells[0] else cells[1:]
    units = above[at] if at and at < len(above) else []
    units = units if sum(map(bool, units)) > 1 else []
    return Head(_named(cells, width), tuple(clean_text(cell, 40) for cell in units[:MAX_COLUMNS]))


def _named(cells: Sequence[str], width: int) -> tuple[str, ...]:
    """Return a name for every column, each once; one without a heading is called by its number."""
    while len(cells) > max(width, 0) and not cells[-1]:
        cells = cells[:-1]
    count = min(max(width, len(cells)), MAX_COLUMNS)
    given = [*cells[:count], *[""] * (count - len(cells))]
    texts = [
        clean_text(cell, 90).replace(FIELD, "").replace("\n", " ") or f"{UNNAMED} {at}"
        for at, cell in enumerate(given, start=1)
    ]
    return headings_of(FIELD.join(texts), FIELD)


def rows(path: Path, layout: Layout, width: int = 0) -> Iterator[Sequence[Cell]]:
    """Yield the rows of a file from its first line on, as cells."""
    if layout.sheet:
        with open_workbook(path) as book:
            yield from sheet_rows(book, layout.sheet, path.name)
        return
    with open_text(path, layout.encoding) as file:
        for line in _lines(file):
            yield split(line, layout.separator, width)


def _lines(file: TextIO) -> Iterator[str]:
    while line := file.readline(MAX_LINE):
        yield line


def read_table(path: Path, layout: Layout, limit: int | None = None) -> pd.DataFrame:
    """Return the cells under the headings, index = line from 0; empty lines are left out.

    Columns of numbers are numeric, others text. Raises FormatError when a line has more cells
    than the table has columns, and when there is no line with data.
    """
    if layout.sheet != "" and not is_book(path) or layout.sheet == "" and is_book(path):
        raise FormatError(
            f"{path.name} is {'no' if layout.sheet else 'an'} Excel workbook",
            place="the start of the file",
            expected="a workbook" if layout.sheet else "a text, or the name of a sheet",
            code="E_UNKNOWN_FORMAT",
        )
    table = _from_sheet(path, layout, limit) if layout.sheet else _from_text(path, layout, limit)
    table = table.dropna(how="all")
    if table.empty:
        raise no_rows(Source(path.name, "line"))
    return table


def _from_sheet(path: Path, layout: Layout, limit: int | None) -> pd.DataFrame:
    first = layout.first_line - 1
    last = None if limit is None else first + limit
    found = [list(row) for row in islice(rows(path, layout), first, last)]
    width = max((_filled(row) for row in found), default=0)
    names = read_head(path, layout, width).headings
    cells = [[*row[: len(names)], *[None] * (len(names) - len(row))] for row in found]
    index = range(first, first + len(cells))
    return pd.DataFrame(cells, columns=list(names), index=index).infer_objects()


def _filled(row: Sequence[Cell]) -> int:
    return max((at for at, cell in enumerate(row, start=1) if cell not in (None, "")), default=0)


def _from_text(path: Path, layout: Layout, limit: int | None) -> pd.DataFrame:
    width = width_of(path, layout)
    names = read_head(path, layout, width).headings
    separator = r"\s+" if layout.separator == " " else layout.separator
    with open_text(path, layout.encoding) as file:
        for _line in islice(_lines(file), layout.first_line - 1):
            pass
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", pd.errors.ParserWarning)
                table = pd.read_csv(
                    file if limit is None else _beginning(file, limit),
                    sep=separator,
                    header=None,
                    names=list(names),
                    index_col=False,
                    decimal=layout.decimal,
                    skipinitialspace=True,
                    skip_blank_lines=False,
                    low_memory=False,
                    nrows=limit,
                )
        except (pd.errors.ParserError, pd.errors.EmptyDataError) as error:
            raise _broken(path, layout, error) from error
    table.index = pd.RangeIndex(layout.first_line - 1, layout.first_line - 1 + len(table))
    return table


def _beginning(file: TextIO, lines: int) -> StringIO:
    """Return the next lines of a text, of those that are very long only what fits."""
    text = "".join(islice(_lines(file), lines))
    if len(text) > MAX_LOOKED_AT:
        text = text[:MAX_LOOKED_AT]
        text = text[: text.rfind("\n") + 1] or text
    return StringIO(text)


def width_of(path: Path, layout: Layout) -> int:
    """Return the number of columns: that of the first rows with data, not of the headings."""
    first = layout.first_line - 1
    counts = [_filled(row) for row in islice(rows(path, layout), first, first + 20)]
    return max(counts, default=0)


def _broken(path: Path, layout: Layout, error: Exception) -> FormatError:
    if isinstance(error, pd.errors.EmptyDataError):
        return no_rows(Source(path.name, "line"))
    names = read_head(path, layout, width_of(path, layout)).headings
    return FormatError(
        f"{path.name} has a line with more cells than the table has columns",
        place=f"a line after line {layout.first_line}",
        found=clean_text(str(error).replace("Error tokenizing data. C error: ", ""), 100),
        expected=f"{len(names)} columns: {short_list(names)}",
        code="E_COLUMNS",
    )


def sheets_of(path: Path) -> list[str]:
    """Return the sheets of a workbook, none of a text; FormatError when it is damaged."""
    if not is_book(path):
        return []
    with open_workbook(path) as book:
        return [str(name) for name in book.sheetnames]
