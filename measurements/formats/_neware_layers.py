"""Neware's layered text: lines of cycles, below them lines of steps, below them records.

A line of a step begins with one separator, a record with two. A cycle and its first step may
share a line.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from measurements import columns
from measurements.formats import FormatError
from measurements.formats._checks import Source
from measurements.formats._neware_words import NAMES, is_records, is_summary, parts_of
from measurements.formats._text import Grid, decimal_sign, headings_of, read_grid

SEPARATORS = ",;\t"
CYCLE, STEP, RECORD = 0, 1, 2
"""Levels of lines: how many separators they begin with."""

LEVELS = 3
Headings = tuple[str, ...]
WANTED = {
    CYCLE: frozenset({columns.CYCLE}),
    STEP: frozenset({columns.STEP_ID, columns.STEP, columns.STEP_TYPE}),
}
"""What the records take from the lines above them."""


@dataclass(frozen=True)
class Layout:
    """How a text is built: position of the first row, separator, headings of each level.

    A flat table has no headings of cycles and steps.
    """

    first: int
    separator: str
    records: Headings
    cycles: Headings = ()
    steps: Headings = ()


def layout_of(lines: Sequence[str]) -> Layout | None:
    """Return how a text of records is built by its first lines, None if it is no such text."""
    filled = [at for at, line in enumerate(lines[:20]) if line.strip()][:LEVELS]
    if not filled:
        return None
    separator = max(SEPARATORS, key=lines[filled[0]].count)
    rows = [headings_of(lines[at].replace('"', ""), separator) for at in filled]
    if is_records(rows[0]):
        return Layout(filled[0] + 1, separator, rows[0])
    levels = [_level(lines[at], separator) for at in filled]
    if levels != [CYCLE, STEP, RECORD] or not is_records(rows[RECORD]):
        return None
    cycles, steps, records = (row[level:] for level, row in enumerate(rows))
    return Layout(filled[RECORD] + 1, separator, records, cycles, steps)


def is_summary_text(lines: Sequence[str]) -> bool:
    """Tell whether the first lines are headings of cycles or steps, without records."""
    line = next((line for line in lines if line.strip()), "")
    separator = max(SEPARATORS, key=line.count)
    return layout_of(lines) is None and is_summary(headings_of(line, separator))


def read_rows(name: str, layout: Layout, lines: Sequence[str]) -> tuple[Grid, pd.DataFrame]:
    """Return the records with their headings; those of layers get cycle and step beside them.

    Raises FormatError for incomplete lines and for records without a cycle or step above them.
    """
    rows = lines[layout.first :]
    source = Source(name, "line", layout.first + 1)
    grid = Grid(source, layout.records, layout.separator, decimal_sign(rows, layout.separator))
    if not layout.cycles:
        return grid, read_grid(grid, rows)
    levels = np.array([_level(row, layout.separator) for row in rows])
    records = [
        row[RECORD:] if level == RECORD else "" for row, level in zip(rows, levels, strict=True)
    ]
    frame = read_grid(grid, records)
    at = frame.index.to_numpy()
    steps, cycles = _above(layout, rows, levels)
    for table in (cycles, steps):
        place = np.searchsorted(table.index.to_numpy(), at, side="right") - 1
        if (place < 0).any():
            raise FormatError(
                f"{name} has records without a cycle or step above them",
                place=source.place(int(at[0])),
                found="a record",
                expected="a line of a cycle, a line of a step, then records",
                code="E_TRUNCATED",
            )
        for column in table.columns.difference(frame.columns, sort=False):
            frame[column] = table[column].to_numpy()[place]
    return grid, frame


def _above(
    layout: Layout, rows: Sequence[str], levels: NDArray[np.int_]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the wanted cells of the lines of steps and of cycles, index = position."""
    cycles: dict[int, list[str]] = {}
    steps: dict[int, list[str]] = {}
    for at in map(int, np.flatnonzero(levels < RECORD)):
        cells = rows[at].split(layout.separator)
        if levels[at] == STEP:
            steps[at] = cells[STEP:]
            continue
        if not cells[0].strip():
            continue
        cycles[at] = cells
        if len(cells) > len(layout.cycles):
            steps[at] = cells[len(layout.cycles) :]
    return _cells(steps, layout.steps, STEP), _cells(cycles, layout.cycles, CYCLE)


def _cells(lines: dict[int, list[str]], headings: Headings, level: int) -> pd.DataFrame:
    wanted = [
        (at, heading)
        for at, heading in enumerate(headings)
        if NAMES.get(parts_of(heading)[0]) in WANTED[level]
    ]
    data = {
        heading: [cells[at].strip() if at < len(cells) else "" for cells in lines.values()]
        for at, heading in wanted
    }
    return pd.DataFrame(data, index=pd.Index(lines, dtype="int64"), dtype="str")


def _level(line: str, separator: str) -> int:
    if line.startswith(separator * RECORD):
        return RECORD
    return STEP if line.startswith(separator) else CYCLE
