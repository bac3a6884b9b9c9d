"""A mapping: what the columns of a lab's table mean; reads a file into a canonical table."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from measurements import columns
from measurements.formats import FormatError, Notice, Reading
from measurements.formats._checks import Source, clean_text, counted, finish, short_list
from measurements.formats._counters import relabelled
from measurements.formats._text import whole_text
from measurements.mappings.layout import Layout, read_table
from measurements.mappings.quantities import QUANTITIES, TIME_TEXTS
from measurements.mappings.values import numbers, seconds

TRAILING_LINES = 50
"""Lines without a number after the table that are taken for a remark."""


@dataclass(frozen=True)
class Column:
    """One mapped column: canonical = sign · (factor · (number + offset) + shift).

    ``offset`` is in the unit of the file.
    """

    heading: str
    quantity: str
    unit: str
    flip: bool = False
    offset: float = 0.0


@dataclass(frozen=True)
class Mapping:
    """A reusable description of a table; columns that it does not name keep their headings.

    ``headings`` and ``units`` are the texts above the data of the file that it was made for, by
    which further files are recognised; ``name_contains`` is a plain text that their names must
    contain, without which a table without headings is never recognised.
    """

    kind: str
    layout: Layout
    columns: tuple[Column, ...]
    headings: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    name_contains: str = ""


class ColumnError(FormatError):
    """A mapped column that cannot be read; ``heading`` says which."""

    def __init__(self, heading: str, error: FormatError) -> None:
        """Keep the sentence and the column."""
        super().__init__(
            error.message,
            place=error.place,
            found=error.found,
            expected=error.expected,
            code=error.code,
        )
        self.heading = heading


def read(path: Path, mapping: Mapping, limit: int | None = None) -> Reading:
    """Read a table, its first ``limit`` rows or whole; raises FormatError, of a column ColumnError.

    A start that the file's dates tell stands in the metadata as ``start_time``.
    """
    source = Source(path.name, "line")
    table = read_table(path, mapping.layout, limit)
    missing = [one.heading for one in mapping.columns if one.heading not in table]
    if missing:
        raise FormatError(
            f"{path.name} lacks {short_list(missing)}",
            place=f"line {mapping.layout.headings_line}, the headings",
            found=short_list(table.columns),
            expected=short_list(one.heading for one in mapping.columns),
            code="E_COLUMNS_MISSING",
        )
    notices: list[Notice] = []
    table = _without_remark(table, mapping, notices)
    metadata: dict[str, object] = {}
    known = {
        one.quantity: _values(source, table[one.heading], one, mapping.layout, metadata)
        for one in mapping.columns
    }
    others = dict(_others(table, mapping))
    frame = pd.DataFrame({**known, **others}, index=table.index)
    frame = _with_parts(mapping.kind, frame, notices)
    if mapping.kind == columns.CYCLING:
        frame = relabelled(frame, notices)
    return finish(source, mapping.kind, frame, metadata=metadata, notices=notices)


def _without_remark(table: pd.DataFrame, mapping: Mapping, notices: list[Notice]) -> pd.DataFrame:
    """Leave out the lines after the table in which no mapped column has a number or a time."""
    tail = table[[one.heading for one in mapping.columns]].iloc[-TRAILING_LINES:]
    digits = tail.apply(lambda column: column.astype("str").str.match(r"\s*[-+\u2212.,]?\d"))
    data = np.flatnonzero(digits.any(axis=1).to_numpy())
    left = len(tail) - 1 - int(data[-1]) if data.size else 0
    if not left:
        return table
    first = table.iloc[-left].dropna().astype("str")
    notices.append(
        Notice(
            "REMARK_LEFT_OUT",
            f"{counted(left, 'line')} after the table left out, the first is line "
            f"{table.index[-left] + 1}: “{clean_text(' '.join(first), 80)}”.",
        )
    )
    return table.iloc[:-left]


def _values(
    source: Source,
    cells: "pd.Series[Any]",
    column: Column,
    layout: Layout,
    metadata: dict[str, object],
) -> "pd.Series[Any]":
    """Return a column in the canonical unit; what it says of the whole goes to the metadata."""
    if column.quantity in columns.TEXTS:
        return whole_text(cells)
    try:
        if column.unit in TIME_TEXTS:
            values, start = seconds(source, cells, column.unit)
            if start is not None and column.quantity == columns.TEST_TIME:
                metadata["start_time"] = start
            return values
        values = numbers(source, cells, layout)
    except FormatError as error:
        raise ColumnError(column.heading, error) from error
    if column.quantity == columns.INTENSITY:
        metadata["intensity_unit"] = column.unit
    factor, shift = QUANTITIES[column.quantity].units[column.unit]
    values = (values + column.offset) * factor + shift
    return -values if column.flip else values


def _others(table: pd.DataFrame, mapping: Mapping) -> Iterator[tuple[str, "pd.Series[Any]"]]:
    """Give the columns that are not mapped, empty ones left out; none has a canonical name."""
    taken = {one.heading for one in mapping.columns}
    for heading in table.columns:
        cells = table[heading]
        if heading in taken or cells.isna().all():
            continue
        name = f"{heading} (file)" if heading in columns_known() else heading
        if pd.api.types.is_numeric_dtype(cells):
            yield name, cells
            continue
        try:
            yield name, numbers(Source(""), cells, mapping.layout)
        except FormatError:
            yield name, whole_text(cells)


def columns_known() -> frozenset[str]:
    """Return every canonical name: a heading of a file that is not mapped must not pass for one."""
    kinds = (names for ways in columns.REQUIRED.values() for names in ways)
    return frozenset(QUANTITIES) | {name for names in kinds for name in names} | columns.INTEGERS


def _with_parts(kind: str, frame: pd.DataFrame, notices: list[Notice]) -> pd.DataFrame:
    """Work out Re Z and Im Z of a spectrum that has |Z| and its phase only."""
    polar = {columns.ABSOLUTE_IMPEDANCE, columns.PHASE}
    parts = {columns.REAL_IMPEDANCE, columns.IMAGINARY_IMPEDANCE}
    if kind != columns.IMPEDANCE or not polar <= set(frame) or parts & set(frame):
        return frame
    notices.append(Notice("PARTS_DERIVED", "Re Z and Im Z are worked out from |Z| and its phase."))
    phase = np.radians(frame[columns.PHASE])
    return frame.assign(
        **{
            columns.REAL_IMPEDANCE: frame[columns.ABSOLUTE_IMPEDANCE] * np.cos(phase),
            columns.IMAGINARY_IMPEDANCE: frame[columns.ABSOLUTE_IMPEDANCE] * np.sin(phase),
        }
    )
