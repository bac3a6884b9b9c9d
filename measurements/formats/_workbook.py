"""Excel workbooks (.xlsx) as rows of cells, within bounds; formulas count by their stored value."""

import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException

from measurements.formats import FormatError
from measurements.formats._archive import member_names, open_archive
from measurements.formats._checks import clean_text, short_list

if TYPE_CHECKING:
    from openpyxl import Workbook

WORKBOOK_MEMBER = "xl/workbook.xml"
MAX_SHEETS = 100
MAX_ROWS = 2**20
MAX_COLUMNS = 500
PREVIEW_ROWS = 12
PREVIEW_COLUMNS = 60

Cell = str | int | float | bool | None
DAMAGE = (
    ParseError, DefusedXmlException, KeyError, ValueError, TypeError, IndexError, AttributeError,
    EOFError, OSError, zipfile.BadZipFile,
)  # fmt: skip
"""What openpyxl raises on damaged workbooks."""


def is_workbook(names: tuple[str, ...]) -> bool:
    """Tell by the names in an archive whether it is an Excel workbook."""
    return WORKBOOK_MEMBER in names


def preview(path: Path) -> dict[str, tuple[tuple[str, ...], ...]]:
    """Return the first rows of every sheet as texts; {} for anything but a readable workbook."""
    if not is_workbook(member_names(path)):
        return {}
    try:
        with open_workbook(path) as book:
            return {
                name: tuple(
                    tuple("" if cell is None else clean_text(cell, 100) for cell in row)
                    for row in islice(_rows(book, name, PREVIEW_COLUMNS), PREVIEW_ROWS)
                )
                for name in book.sheetnames
            }
    except FormatError:
        return {}


@contextmanager
def open_workbook(path: Path) -> Iterator["Workbook"]:
    """Yield the workbook, read row by row; FormatError when it is damaged or too large."""
    from openpyxl import load_workbook  # noqa: PLC0415 - a quarter of a second

    with open_archive(path):
        pass
    try:
        with path.open("rb") as file, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
            if len(book.sheetnames) > MAX_SHEETS:
                raise ValueError(f"{len(book.sheetnames)} sheets")
            yield book
            book.close()
    except DAMAGE as error:
        raise FormatError(
            f"{path.name} is a damaged workbook",
            place="its parts",
            found=clean_text(error, 100) or type(error).__name__,
            expected="a workbook as Excel saves it (.xlsx)",
            code="E_TRUNCATED",
        ) from error


def sheet_rows(book: "Workbook", name: str, source: str) -> Iterator[tuple[Cell, ...]]:
    """Yield the rows of a sheet; dates and times come as ISO texts.

    Raises FormatError when there is no such sheet or it has more than a million rows.
    """
    if name not in book.sheetnames:
        raise FormatError(
            f"{source} has no sheet {clean_text(name, 60)}",
            place="the list of sheets",
            found=short_list(book.sheetnames),
            expected=clean_text(name, 60),
            code="E_COLUMNS_MISSING",
        )
    yield from _rows(book, name, MAX_COLUMNS)


def _rows(book: "Workbook", name: str, width: int) -> Iterator[tuple[Cell, ...]]:
    sheet = book[name]
    if not hasattr(sheet, "iter_rows"):
        return
    for row in sheet.iter_rows(values_only=True, max_col=width, max_row=MAX_ROWS):
        yield tuple(_cell(value) for value in row)


def _cell(value: object) -> Cell:
    if value is None or isinstance(value, (str, int, float, bool)):
        return value
    isoformat = getattr(value, "isoformat", None)
    return str(isoformat()) if isoformat else str(value)
