"""When a saved mapping applies itself to a file: the same table, written in the same way.

Headings, the line of units, the sheet and the number of lines above the data must be the same;
only spaces in headings do not count (mΩ and MΩ differ by a capital). A decimal sign that the data
shows to be another one speaks against it. A table without headings is known by a part of its
file's name only.
"""

from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from measurements.formats import FormatError
from measurements.formats._workbook import Cell
from measurements.mappings.guess import decimal_shown, is_value
from measurements.mappings.layout import is_book, read_head, rows, width_of
from measurements.mappings.mapping import Mapping

ROWS = 50
"""Rows of data that are looked at."""


def applies(path: Path, name: str, mapping: Mapping) -> bool:
    """Tell whether a mapping reads a file unasked; ``name`` is the file's original name."""
    part, layout = mapping.name_contains.casefold(), mapping.layout
    if part not in name.casefold() or not (part or layout.headings_line):
        return False
    if is_book(path) != bool(layout.sheet):
        return False
    try:
        width = width_of(path, layout)
        head = read_head(path, layout, width)
        first = layout.first_line - 1
        data = list(islice(rows(path, layout), first, first + ROWS))
    except FormatError:
        return False
    shown = decimal_shown(cell for row in data for cell in row)
    if shown and shown != layout.decimal:
        return False
    same = _same(head.headings, mapping.headings) and head.units == mapping.units
    return same and (not data or _begins(data[0], head.headings, mapping))


def _begins(row: Sequence[Cell], headings: Sequence[str], mapping: Mapping) -> bool:
    """Tell whether the data begins with a row in which a mapped column has a value."""
    mapped = {one.heading for one in mapping.columns}
    cells = zip(headings, row, strict=False)
    return any(is_value(cell, mapping.layout) for heading, cell in cells if heading in mapped)


def _same(found: tuple[str, ...], known: tuple[str, ...]) -> bool:
    return ["".join(one.split()) for one in found] == ["".join(one.split()) for one in known]
