"""Guesses how an unknown table is written, from the first bytes of the file; a person decides."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from measurements.formats import FormatError
from measurements.formats._text import BOMS
from measurements.formats._workbook import Cell
from measurements.mappings.layout import (
    SEPARATORS,
    Layout,
    is_book,
    is_number,
    rows,
    sheets_of,
    split,
)

BYTES = 2**16
LINES = 400
"""Lines that are looked at."""

RUN, MIN_ROWS = 3, 2
"""Rows in a row that make a table, or all that there are, but two at least."""

CONTROLS = frozenset(map(chr, range(32))) - set("\t\n\r\f\x1a")
"""Signs that no text has."""

EXPONENT = r"(?:[eE][+-]?\d+)?"
NUMBERS = {
    ".": re.compile(rf"[-+\u2212]?(?:\d+\.?\d*|\.\d+){EXPONENT}"),
    ",": re.compile(rf"[-+\u2212]?(?:\d+,?\d*|,\d+){EXPONENT}"),
}
GROUPED = {
    (".", ","): re.compile(rf"[-+]?[1-9]\d{{0,2}}(?:,\d{{3}})+(?:\.\d*)?{EXPONENT}"),
    (".", "'"): re.compile(rf"[-+]?[1-9]\d{{0,2}}(?:'\d{{3}})+(?:\.\d*)?{EXPONENT}"),
    (",", "."): re.compile(rf"[-+]?[1-9]\d{{0,2}}(?:\.\d{{3}})+(?:,\d*)?{EXPONENT}"),
    (",", " "): re.compile(rf"[-+]?[1-9]\d{{0,2}}(?:[ \u00a0\u202f]\d{{3}})+(?:,\d*)?{EXPONENT}"),
    (".", " "): re.compile(rf"[-+]?[1-9]\d{{0,2}}(?:[ \u00a0\u202f]\d{{3}})+(?:\.\d*)?{EXPONENT}"),
}
"""Numbers with thousands by decimal sign and mark."""

MOMENT = re.compile(
    r"(\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([T\s,]+\S.*)?|(\d+\s*d(ays?)?,?\s*|\d+[.T\s])?\d{1,4}:\d{2}(:\d{2}.*)?)"
)
"""A date, a time of day or an elapsed time."""

WORDS = {"nan", "na", "n/a", "inf", "-inf", "null", "#n/a"}


@dataclass(frozen=True)
class _Found:
    """A way of reading the lines: rows of data, share of their cells that are numbers."""

    layout: Layout
    share: float
    lines: int

    @property
    def merit(self) -> tuple[float, int, int, int]:
        """Numbers first, then many rows, then no thousands, then the usual separators."""
        order = list(SEPARATORS)
        plain = 0 if self.layout.thousands else 1
        return (round(self.share, 1), self.lines, plain, -order.index(self.layout.separator))


def guess_layout(path: Path, sheet: str = "") -> Layout | None:
    """Return how a file is probably written; None when it does not look like a table of numbers.

    Of a workbook: the sheet that is asked for, else the first with a table.
    """
    try:
        if is_book(path):
            sheets = [sheet] if sheet else sheets_of(path)
            found = (_of_sheet(path, name) for name in sheets)
            return next((layout for layout in found if layout is not None), None)
        return _of_text(path)
    except FormatError:
        return None


def _of_sheet(path: Path, sheet: str) -> Layout | None:
    layout = Layout(sheet=sheet)
    found = _try(list(islice(rows(path, layout), LINES)), layout)
    return found.layout if found else None


def _of_text(path: Path) -> Layout | None:
    with path.open("rb") as file:
        data = file.read(BYTES)
    encoding = guess_encoding(data)
    mark = next((mark for mark in BOMS if data.startswith(mark)), b"")
    text = data[len(mark) :].decode(encoding, errors="ignore")
    if CONTROLS.intersection(text):
        return None
    lines = text.splitlines()[:LINES]
    lines = lines[:-1] if len(data) == BYTES and len(lines) > 1 else lines
    tried = (
        _try([split(line, separator) for line in lines], layout)
        for separator in SEPARATORS
        for layout in _ways(Layout(encoding=encoding, separator=separator))
    )
    found = [one for one in tried if one is not None]
    return max(found, key=lambda one: one.merit).layout if found else None


def guess_encoding(data: bytes) -> str:
    """Return the encoding of a text by its mark, its zero bytes, or whether it is UTF-8."""
    marked = next((known for mark, known in BOMS.items() if data.startswith(mark)), "")
    if marked:
        return marked
    pairs = len(data) // 2
    if pairs and data[1::2].count(0) > 0.4 * pairs:  # noqa: PLR2004 - Latin letters
        return "utf-16-le"
    if pairs and data[0::2].count(0) > 0.4 * pairs:  # noqa: PLR2004
        return "utf-16-be"
    try:
        data[: len(data) - 3].decode("utf-8")
    except UnicodeDecodeError as error:
        return (
            "utf-8"
            if error.end >= len(data) - 3 and error.reason.startswith("unexpected end")
            else "cp1252"
        )
    return "utf-8"


def _ways(layout: Layout) -> Iterable[Layout]:
    """Give the ways to write numbers that go with a separator."""
    for decimal in ".,":
        for thousands in ("", *(mark for sign, mark in GROUPED if sign == decimal)):
            if layout.separator not in {decimal, thousands} or layout.separator == ",":
                if decimal == layout.separator:
                    continue
                yield replace(layout, decimal=decimal, thousands=thousands)


def _try(cells: Sequence[Sequence[Cell]], layout: Layout) -> _Found | None:
    """Find the data, and the headings above; None when there is no table."""
    flags = [_is_data(row, layout) for row in cells]
    first = _first_run(flags)
    if first is None:
        return None
    data = [row for row, flag in zip(cells[first:], flags[first:], strict=True) if flag]
    width = max(len(_trimmed(row)) for row in data)
    filled = [cell for row in data for cell in row if cell not in (None, "")]
    share = sum(is_value(cell, layout) for cell in filled) / len(filled)
    if width < 2 or (layout.thousands and not _grouped(filled, layout)):  # noqa: PLR2004
        return None
    at = _headings_above(cells[:first], width)
    ready = replace(layout, headings_line=at, first_line=first + 1)
    return _Found(ready, share, len(data))


def _first_run(flags: Sequence[bool]) -> int | None:
    """Return where the first rows of data begin."""
    run = max(MIN_ROWS, min(RUN, sum(flags)))
    starts = range(len(flags) - run + 1)
    return next((at for at in starts if all(flags[at : at + run])), None)


def _is_data(row: Sequence[Cell], layout: Layout) -> bool:
    filled = [cell for cell in row if cell not in (None, "")]
    values = sum(is_value(cell, layout) for cell in filled)
    return len(filled) > 1 and 2 * values >= len(filled) and values > 0


def is_value(cell: Cell, layout: Layout) -> bool:
    """Tell whether a cell holds a number, a time, a date or a word for none."""
    if is_number(cell):
        return True
    text = str(cell).strip()
    grouped = GROUPED.get((layout.decimal, layout.thousands))
    return bool(
        NUMBERS[layout.decimal].fullmatch(text)
        or (grouped and grouped.fullmatch(text))
        or MOMENT.fullmatch(text)
        or text.casefold() in WORDS
    )


def _grouped(cells: Sequence[Cell], layout: Layout) -> bool:
    """Tell whether the cells show the thousands: one that is no number without them."""
    plain = replace(layout, thousands="")
    return any(is_value(cell, layout) and not is_value(cell, plain) for cell in cells)


def _trimmed(row: Sequence[Cell]) -> Sequence[Cell]:
    while row and row[-1] in (None, ""):
        row = row[:-1]
    return row


def _headings_above(above: Sequence[Sequence[Cell]], width: int) -> int:
    """Return the line of the headings, counted from 1; 0 when there are none.

    Directly above the data, or above a line of units, that is of short texts or none.
    """
    texts = [[str(cell or "").strip() for cell in row] for row in above]
    wide = [at for at, row in enumerate(texts) if 2 * sum(map(bool, row)) > width]
    if not wide:
        return 0
    last = wide[-1]
    if len(wide) > 1 and wide[-2] == last - 1 and _are_units(texts[last]):
        return last
    return last + 1


def _are_units(cells: Sequence[str]) -> bool:
    return all(len(cell.strip("[]()/ ")) <= 8 for cell in cells) and any(  # noqa: PLR2004
        cell.strip("[]()/ ") in {"s", "V", "A", "mA", "h", "min", "Hz", "Ohm", "Ω", "N", "mm", "%",
                                 "°C", "K", "MPa", "kN", "mV", "1/cm", "nm", "mAh", "Ah", "mg"}
        for cell in cells
    )  # fmt: skip


def decimal_shown(cells: Iterable[Cell]) -> str:
    """Return the decimal sign that cells show beyond doubt; empty when they do not or differ."""
    texts = [str(cell).strip() for cell in cells if isinstance(cell, str)]
    shown = {
        sign
        for sign, other in ((".", ","), (",", "."))
        for text in texts
        if sign in text
        and NUMBERS[sign].fullmatch(text)
        and not GROUPED[other, sign].fullmatch(text)
    }
    return shown.pop() if len(shown) == 1 else ""
