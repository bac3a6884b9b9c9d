"""Tables of universal testers with quantity and unit in the headings: text, CSV or workbook.

Instron Bluehill (``Time,Extension,Load`` above ``(s),(mm),(N)``, quoted cells, a block for each
specimen), Zwick/Roell workbooks (sheets *Values*), MTS TestWorks, Shimadzu and any other whose
headings name a load and a deformation, each with its unit.
"""

import re
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import pandas as pd

from measurements import columns
from measurements.formats import Format, FormatError, Reading, Sample
from measurements.formats._archive import MAGIC
from measurements.formats._checks import Source, clean_text, no_rows
from measurements.formats._mechanical import Label, cells_of, geometry, is_table, label
from measurements.formats._specimens import Part, parts, to_reading
from measurements.formats._text import (
    Grid,
    check_decimal,
    decimal_sign,
    decode,
    headings_of,
    read_grid,
)
from measurements.formats._workbook import open_workbook, sheet_rows
from measurements.formats.zwick_tra import sniff as is_zwick_tra

SEPARATORS = ";\t,"
HEADER_ROWS = 30
MAX_SPECIMENS = 500
LONGEST_NUMBER = 60
NUMBER = re.compile(r"\s*[-+]?[\d.,]*\d[\d.,]*([eE][-+]?\d+)?\s*")
HINT = re.compile(r"force|load|kraft|charge|stress|spannung|contrainte|effort", re.IGNORECASE)
Row = Sequence[str]


def sniff(sample: Sample) -> bool:
    """Tell a table by headings of a load and a deformation with units, in a text or a sheet."""
    if sample.head.startswith(MAGIC):
        return any(_headings(rows) is not None for rows in sample.sheets.values())
    if is_zwick_tra(sample):
        return False
    return bool(_found(decode(sample.head).splitlines()))


def read(path: Path) -> Reading:
    """Read all specimens; FormatError names the line or sheet, or the unit that is unknown."""
    with path.open("rb") as file:
        zipped = file.read(len(MAGIC)) == MAGIC
    return _read_workbook(path) if zipped else _read_text(path)


def _cells(line: str) -> list[str]:
    """Return the cells of a line, which may be quoted."""
    return cells_of(line, _separator(line))


def _separator(line: str) -> str:
    bare = re.sub(r'"[^"]*"', "", line)
    return max(SEPARATORS, key=bare.count)


def _labels(headings: Row, below: Row) -> tuple[list[Label], bool]:
    """Return the columns, and whether their units stand in the row below the headings."""
    names = headings_of("\t".join(cell.replace("\t", " ") for cell in headings), "\t")
    inside = [label(name) for name in names]
    if is_table(inside) or any(_is_number(cell) for cell in below):
        return inside, False
    units = [*below, *[""] * len(names)]
    return [label(name, unit) for name, unit in zip(names, units, strict=False)], True


def _is_number(cell: str) -> bool:
    return len(cell) <= LONGEST_NUMBER and NUMBER.fullmatch(cell) is not None


def _headings(rows: Sequence[Row]) -> int | None:
    """Return the position of the first row with the headings of a mechanical test."""
    for at, (row, below) in enumerate(pairwise([*rows[:HEADER_ROWS], ()])):
        if any(HINT.search(cell) for cell in row) and is_table(_labels(row, below)[0]):
            return at
    return None


def _found(lines: Sequence[str]) -> list[int]:
    """Return the positions of the lines with headings."""
    return [
        at
        for at, line in enumerate(lines)
        if HINT.search(line) and _headings([_cells(row) for row in lines[at : at + 2]]) == 0
    ]


def _read_text(path: Path) -> Reading:
    lines = decode(path.read_bytes()).splitlines()
    source = Source(path.name, "line", 1)
    begins = _found(lines)
    if not begins:
        raise no_rows(source)
    found: list[Part] = []
    labels: list[Label] = []
    before = 0
    for at, following in pairwise([*begins, len(lines)]):
        facts = geometry([_cells(line) for line in lines[before:at] if line.strip()])
        below = _cells(lines[at + 1]) if at + 1 < following else []
        labels, apart = _labels(_cells(lines[at]), below)
        begin = min(at + 1 + apart, following)
        blank = (i for i in range(begin, following) if not lines[i].strip(" ,;\t"))
        before = next(blank, following)
        _check_stray(source, lines, range(before, following), len(labels))
        found += _block(source, lines[:before], begin, labels, facts)
    return to_reading(source, found, labels)


def _check_stray(source: Source, lines: Sequence[str], places: range, width: int) -> None:
    """Raise FormatError for a row of numbers after the end of a table."""
    stray = next((at for at in places if _is_row(lines[at], width)), None)
    if stray is not None:
        raise FormatError(
            f"{source.name} has numbers outside its tables",
            place=source.place(stray),
            found=f"“{clean_text(lines[stray], 60)}”",
            expected="headings above every table",
            code="E_VALUE",
        )


def _block(
    source: Source,
    lines: Sequence[str],
    begin: int,
    labels: Sequence[Label],
    facts: dict[str, object],
) -> list[Part]:
    """Return the specimens in the rows from the line ``begin`` on."""
    rows = lines[begin:]
    separator = _separator(lines[begin - 1])
    if any('"' in row for row in rows):
        rows, separator = ["\t".join(cells_of(row, separator)) for row in rows], "\t"
    headings = tuple(label.heading for label in labels)
    grid = Grid(
        Source(source.name, "line", begin + 1), headings, separator, decimal_sign(rows, separator)
    )
    check_decimal(grid, rows)
    return parts(grid, read_grid(grid, rows), labels, facts, begin)


def _is_row(line: str, width: int) -> bool:
    cells = _cells(line)
    return len(cells) >= width and all(_is_number(cell) for cell in cells[:width])


def _read_workbook(path: Path) -> Reading:
    tables: list[Part] = []
    facts: list[dict[str, object]] = []
    labels: list[Label] = []
    with open_workbook(path) as book:
        for name in book.sheetnames:
            rows = [
                ["" if cell is None else str(cell) for cell in row]
                for row in sheet_rows(book, name, path.name)
            ]
            at = _headings(rows)
            if at is None:
                facts += _facts(rows[:MAX_SPECIMENS])
                continue
            labels, apart = _labels(rows[at], rows[at + 1] if at + 1 < len(rows) else ())
            sheet = clean_text(name, 60)
            source = Source(path.name, f"sheet {sheet}, row", 1)
            known = {"sample_name": sheet} | geometry(rows[:at])
            tables += _sheet(source, rows, at + 1 + apart, labels, known)
    source = Source(path.name, "row", 1)
    if not tables:
        raise no_rows(source)
    if len(facts) == len(tables):
        tables = [(old | new, frame) for (old, frame), new in zip(tables, facts, strict=True)]
    return to_reading(source, tables, labels)


def _facts(rows: Sequence[Row]) -> list[dict[str, object]]:
    """Return the facts of each specimen in a sheet with a row of names, one of units, values."""
    filled = [row for row in rows if any(row)]
    if not filled[2:]:
        return []
    names, units, *specimens = filled
    return [geometry(zip(names, values, units, strict=False)) for values in specimens]


def _sheet(
    source: Source,
    rows: Sequence[Row],
    begin: int,
    labels: Sequence[Label],
    facts: dict[str, object],
) -> list[Part]:
    """Return the specimens in the rows of a sheet from ``begin`` on, blank rows left out."""
    width = len(labels)
    kept = [at for at in range(begin, len(rows)) if any(rows[at][:width])]
    if not kept:
        raise no_rows(source)
    headings = tuple(label.heading for label in labels)
    raw = pd.DataFrame(
        [[*rows[at], *[""] * width][:width] for at in kept], columns=list(headings), index=kept
    )
    return parts(Grid(source, headings, "\t"), raw.apply(_as_numbers), labels, facts)


def _as_numbers(column: "pd.Series[Any]") -> "pd.Series[Any]":
    """Return a column of texts as numbers where all of them are."""
    numbers = pd.to_numeric(column, errors="coerce")
    return numbers if bool((numbers.notna() | (column == "")).all()) else column


FORMAT = Format(
    name="universal_tester",
    title="Table of a universal tester with units in its headings (Instron, Zwick, MTS and others)",
    suffixes=(".csv", ".txt", ".xlsx"),
    kinds=(columns.MECHANICAL,),
    sniff=sniff,
    read=read,
)
