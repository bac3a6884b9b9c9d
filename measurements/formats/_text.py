"""Text as potentiostats write it: encodings, decimal commas, tables with checked cells."""

import codecs
import csv
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from typing import Any

import numpy as np
import pandas as pd

from measurements import columns
from measurements.formats import FormatError
from measurements.formats._checks import Source, clean_text, counted, no_rows, short_list

BOMS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
PADDING = "\ufeff\x00\ufffd\x1a"
"""What programs leave after the last line."""

MAX_COLUMNS = 10_000
MAX_HEADING = 1_000
"""Headings and letters of one that are looked at; no instrument writes as many."""

LARGEST_WHOLE = 2.0**53
"""A float of this size and above no longer tells whole numbers apart."""

Meanings = Mapping[str, tuple[str, float]]
"""Heading -> canonical name, and factor to its unit."""


@dataclass(frozen=True)
class Grid:
    """A table in a text: source, headings of its columns, and how its cells are written."""

    source: Source
    headings: tuple[str, ...]
    separator: str
    decimal: str = "."


def decode(data: bytes) -> str:
    """Return text in UTF-8, UTF-16 with its mark or Latin-1; it may be cut off in a letter."""
    for mark, encoding in BOMS.items():
        if data.startswith(mark):
            return _letters(data[len(mark) :], encoding, "replace").strip(PADDING)
    try:
        return _letters(data, "utf-8", "strict").strip(PADDING)
    except UnicodeDecodeError:
        return data.decode("latin-1").strip(PADDING)


def _letters(data: bytes, encoding: str, errors: str) -> str:
    return codecs.getincrementaldecoder(encoding)(errors).decode(data)


def first_line(text: str) -> str:
    """Return the first line that is not blank, stripped of spaces."""
    return next((line.strip() for line in text.splitlines() if line.strip()), "")


def headings_of(line: str, separator: str) -> tuple[str, ...]:
    """Return the headings of a line, composed letters (NFKC), each name once, none at the end."""
    parts = line.split(separator, MAX_COLUMNS)[:MAX_COLUMNS]
    cells = [unicodedata.normalize("NFKC", cell[:MAX_HEADING]).strip() for cell in parts]
    while cells and not cells[-1]:
        cells.pop()
    names: dict[str, None] = {}
    times = Counter[str]()
    for cell in cells:
        heading = name = clean_text(cell, 100) or "unnamed"
        while name in names:
            times[heading] += 1
            name = f"{heading} ({times[heading] + 1})"
        names[name] = None
    return tuple(names)


def decimal_sign(lines: Iterable[str], separator: str) -> str:
    """Return how the first line with fractions writes them; a comma only beside separators."""
    first = next((line for line in lines if re.search(r"\d[.,]\d", line)), "")
    return "," if separator != "," and re.search(r"\d,\d", first) else "."


def number(text: str | None) -> float | None:
    """Return a finite number of a header, with decimal point or comma; None if it is none."""
    try:
        value = float((text or "").strip().replace(",", "."))
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def quantity(text: str | None, key: str, factor: float = 1.0) -> dict[str, object]:
    """Return a number of a header under its key, or nothing if it is none."""
    value = number(text)
    return {} if value is None else {key: round(value * factor, 9)}


def facts(pairs: Mapping[str, str], names: Mapping[str, str]) -> dict[str, object]:
    """Return the texts of a header under canonical names, empty ones left out."""
    texts = {names[name]: clean_text(text) for name, text in pairs.items() if name in names}
    return {name: text for name, text in texts.items() if text}


def read_grid(grid: Grid, lines: Sequence[str]) -> pd.DataFrame:
    """Return the cells under the headings, index = position of the line; blank lines are skipped.

    A column of numbers is float64, any other text. Raises FormatError for a line with too few or
    too many cells and when there is no line.
    """
    kept = [at for at, line in enumerate(lines) if line.strip()]
    if not kept:
        raise no_rows(grid.source)
    texts = [whole_line(grid, at, lines[at]) for at in kept]
    frame = pd.read_csv(
        StringIO("\n".join(texts)),
        sep=grid.separator,
        decimal=grid.decimal,
        header=None,
        names=list(grid.headings),
        index_col=False,
        quoting=csv.QUOTE_NONE,
        skipinitialspace=True,
        skip_blank_lines=False,
        low_memory=False,
    )
    frame.index = pd.Index(kept)
    return frame


def whole_line(grid: Grid, at: int, line: str) -> str:
    """Return a line without separators after its last cell; FormatError if cells lack."""
    text = line.strip("\r\n ")
    width = len(grid.headings)
    cells = text.count(grid.separator) + 1
    if cells > width:
        kept = text.rstrip(f"{grid.separator} ")
        empty = max(0, width - 1 - kept.count(grid.separator))
        text = kept + grid.separator * empty
        cells = text.count(grid.separator) + 1
    if cells == width and text.strip(grid.separator):
        return text
    raise FormatError(
        f"{grid.source.name} has an incomplete line",
        place=grid.source.place(at),
        found=f"{counted(cells, 'column')} (“{clean_text(text, 60)}”)",
        expected=f"{width} columns: {short_list(grid.headings)}",
        code="E_TRUNCATED",
    )


def check_decimal(grid: Grid, lines: Sequence[str]) -> None:
    """Raise FormatError where numbers have a point although the table has decimal commas.

    Of 1.000 and 1,000 in one table one is a thousand: to guess would be wrong by its factor.
    """
    if grid.decimal != ",":
        return
    at = next((at for at, line in enumerate(lines) if re.search(r"\d\.\d", line)), None)
    if at is not None:
        raise FormatError(
            f"{grid.source.name} has numbers with decimal commas and with points",
            place=grid.source.place(at),
            found=f"“{clean_text(lines[at], 60)}”",
            expected="one decimal sign and no thousands signs",
            code="E_VALUE",
        )


def canonical(grid: Grid, frame: pd.DataFrame, meanings: Meanings) -> pd.DataFrame:
    """Return the table with canonical names and units; other columns keep their names.

    Raises FormatError for a cell of a canonical column that is not a number and for two columns
    of one quantity.
    """
    table: dict[str, pd.Series[Any]] = {}
    for heading in frame.columns:
        name, factor = meanings.get(heading, (heading, 1.0))
        if name in table:
            raise FormatError(
                f"{grid.source.name} has two columns for {name}",
                place="the column headings",
                found=f"“{clean_text(heading, 60)}” and another",
                expected="one column for each quantity",
                code="E_COLUMNS_DOUBLE",
            )
        if heading not in meanings:
            table[name] = frame[heading]
        elif name in columns.TEXTS:
            table[name] = whole_text(frame[heading])
        else:
            table[name] = numeric(grid, frame[heading]) * factor
    return pd.DataFrame(table, index=frame.index)


def numeric(grid: Grid, column: "pd.Series[Any]") -> "pd.Series[float]":
    """Return a column as float64; FormatError names the first cell that is not a number.

    Beside decimal commas a point is none: of 1.000 and 1,000 one would be a thousand.
    """
    if pd.api.types.is_numeric_dtype(column):
        return column.astype("float64")
    texts = column.astype("str").str.strip()
    values = pd.to_numeric(texts.str.replace(grid.decimal, "."), errors="coerce")
    if grid.decimal == ",":
        values = values.mask(texts.str.contains(".", regex=False))
    wrong = np.flatnonzero((values.isna() & column.notna() & (texts != "")).to_numpy())
    if wrong.size:
        at = int(wrong[0])
        raise FormatError(
            f"{grid.source.name} has a cell that is not a number",
            place=grid.source.place(int(column.index[at]), clean_text(column.name, 60)),
            found=f"“{clean_text(texts.iloc[at], 40)}”",
            expected="a number" if grid.decimal == "." else "a number with decimal comma",
            code="E_VALUE",
        )
    return values.astype("float64")


def whole_text(column: "pd.Series[Any]") -> "pd.Series[str]":
    """Return a column as text, whole numbers without decimals, empty where there is none."""
    if pd.api.types.is_float_dtype(column) and _is_whole(column.dropna()):
        return column.astype("Int64").astype("str").where(column.notna(), "")
    return column.astype("str").where(column.notna(), "")


def _is_whole(numbers: "pd.Series[float]") -> bool:
    return bool(((numbers % 1 == 0) & (numbers.abs() < LARGEST_WHOLE)).all())
