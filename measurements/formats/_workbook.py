"""Excel workbooks (.xlsx) as rows of cells, within bounds; formulas count by their stored value."""

import re
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import IO, TYPE_CHECKING
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException

from measurements.formats import FormatError
from measurements.formats._archive import UNPACK_ERRORS, member_names, open_archive
from measurements.formats._checks import clean_text, short_list

if TYPE_CHECKING:
    from openpyxl import Workbook

WORKBOOK_MEMBER = "xl/workbook.xml"
STRINGS_MEMBER = "xl/sharedStrings.xml"
SHEETS = "xl/worksheets/"
MAX_SHEETS = 100
MAX_ROWS = 2**20
MAX_COLUMNS = 500
MAX_CELLS = 20_000_000
"""Cells that hold something, of a sheet."""

MAX_SHEET_BYTES = 512 * 2**20
MAX_STRINGS_BYTES = 64 * 2**20
MAX_PART_BYTES = 8 * 2**20
"""Unpacked: all sheets together; the table of texts; any other part, which is parsed whole."""

PREVIEW_ROWS = 12
PREVIEW_COLUMNS = 60
PREVIEW_BYTES = 2**20
"""Of each sheet and of the table of texts, this much is looked at to recognise a workbook."""

PREVIEW_PARTS_BYTES = 2**25
ROW_END = re.compile(rb"</(\w+:)?(row|si)>|<(\w+:)?(row|si)(?: [^<>]*)?/>")

Cell = str | int | float | bool | None
DAMAGE = (
    ParseError, DefusedXmlException, KeyError, ValueError, TypeError, IndexError, AttributeError,
    EOFError, OSError, zipfile.BadZipFile, *UNPACK_ERRORS,
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
        with _book(_beginning(path)) as book:
            return {
                name: tuple(
                    tuple("" if cell is None else clean_text(cell, 100) for cell in row)
                    for row in islice(_rows(book, name, PREVIEW_COLUMNS), PREVIEW_ROWS)
                )
                for name in book.sheetnames
            }
    except (*DAMAGE, FormatError):
        return {}


@contextmanager
def open_workbook(path: Path) -> Iterator["Workbook"]:
    """Yield the workbook, read row by row; FormatError when it is damaged or too large."""
    with open_archive(path) as archive:
        _check_parts(path.name, archive.infolist())
    try:
        with path.open("rb") as file, _book(file) as book:
            yield book
    except DAMAGE as error:
        raise FormatError(
            f"{path.name} is a damaged workbook",
            place="its parts",
            found=clean_text(error.__cause__ or error, 100) or type(error).__name__,
            expected="a workbook as Excel saves it (.xlsx)",
            code="E_TRUNCATED",
        ) from error


@contextmanager
def _book(file: IO[bytes]) -> Iterator["Workbook"]:
    """Yield a workbook; raises what ``DAMAGE`` lists."""
    from openpyxl import load_workbook  # noqa: PLC0415 - a quarter of a second

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
        if len(book.sheetnames) > MAX_SHEETS:
            raise ValueError(f"{len(book.sheetnames)} sheets")
        yield book
        book.close()


def _check_parts(name: str, members: list[zipfile.ZipInfo]) -> None:
    """Raise FormatError when a part is too large to be parsed."""
    sheets = sum(part.file_size for part in members if part.filename.startswith(SHEETS))
    strings = sum(part.file_size for part in members if part.filename == STRINGS_MEMBER)
    others = max((part.file_size for part in members if _is_parsed_whole(part)), default=0)
    for words, size, most in (
        ("sheets", sheets, MAX_SHEET_BYTES),
        ("texts", strings, MAX_STRINGS_BYTES),
        ("other parts", others, MAX_PART_BYTES),
    ):
        if size > most:
            raise _too_large(name, "its parts", f"{size / 2**20:,.0f} MiB of {words}",
                             f"at most {most // 2**20} MiB")  # fmt: skip


def _is_parsed_whole(part: zipfile.ZipInfo) -> bool:
    """Whether a part is read at a stroke: all but sheets, texts and pictures."""
    name = part.filename
    return not (
        name.startswith((SHEETS, "xl/media/", "xl/drawings/", "xl/charts/", "xl/embeddings/"))
        or name == STRINGS_MEMBER
    )


def _beginning(path: Path) -> IO[bytes]:
    """Return a copy of a workbook with the first rows and texts only, as a file in memory."""
    copy = BytesIO()
    left = PREVIEW_PARTS_BYTES
    with open_archive(path) as archive, zipfile.ZipFile(copy, "w") as short:
        for part in archive.infolist():
            if not part.filename.endswith((".xml", ".rels")):
                continue
            with archive.open(part) as source:
                data = source.read(PREVIEW_BYTES + 1)
            if len(data) > PREVIEW_BYTES:
                data = _closed(data)
            left -= len(data)
            if left > 0 and data:
                short.writestr(part.filename, data)
    copy.seek(0)
    return copy


def _closed(data: bytes) -> bytes:
    """Return the beginning of a sheet or a table of texts, ended after its last whole row."""
    ends = list(ROW_END.finditer(data))
    if not ends:
        return b""
    prefix, tag = ends[-1][1] or ends[-1][3] or b"", ends[-1][2] or ends[-1][4]
    closing = (b"sst",) if tag == b"si" else (b"sheetData", b"worksheet")
    return data[: ends[-1].end()] + b"".join(b"</" + prefix + name + b">" for name in closing)


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
    yield from _rows(book, name, MAX_COLUMNS, source)


def _rows(book: "Workbook", name: str, width: int, source: str = "") -> Iterator[tuple[Cell, ...]]:
    """Yield rows as wide as the widest so far, empty ones as (); at most ``width`` cells."""
    sheet = book[name]
    if not hasattr(sheet, "iter_rows"):
        return
    widest = filled = 0
    for row in sheet.iter_rows(values_only=True, max_col=width, max_row=MAX_ROWS):
        empty = row.count(None)
        if empty == len(row):
            yield ()
            continue
        filled += len(row) - empty
        if filled > MAX_CELLS:
            place = f"the sheet {clean_text(name, 60)}"
            raise _too_large(source, place, f"more than {MAX_CELLS:,} cells", "fewer cells")
        while any(cell is not None for cell in row[widest:]):
            widest += 1
        yield tuple(_cell(value) for value in row[:widest])


def _too_large(name: str, place: str, found: str, expected: str) -> FormatError:
    return FormatError(
        f"{name} is a workbook that is too large to be read",
        place=place,
        found=found,
        expected=f"{expected}; please export the data as text",
        code="E_TOO_LARGE",
    )


def _cell(value: object) -> Cell:
    if value is None or isinstance(value, (str, int, float, bool)):
        return value
    isoformat = getattr(value, "isoformat", None)
    return str(isoformat()) if isoformat else str(value)
