"""Arbin .res: the Access database in which MITS keeps a test.

The records stand in any order and are sorted by their number. ``Global_Table`` has the facts.
"""

from pathlib import Path

import numpy as np
import pandas as pd

from measurements import columns
from measurements.formats import Format, FormatError, Notice, Reading, Sample
from measurements.formats._access import (
    MAGIC,
    PAGE_BYTES,
    declared_rows,
    first_row,
    read_table,
)
from measurements.formats._arbin import facts, is_records, to_reading
from measurements.formats._checks import Source, no_rows, short_list
from measurements.formats._text import Grid

RECORDS = "Channel_Normal_Table"
RECORD_NUMBER = "Data_Point"
DEFINING = (RECORD_NUMBER, "Is_FC_Data", "Discharge_Capacity")
"""Columns that only the table of records has."""

AUXILIARY = "Auxiliary_Table"
FACTS = ("Global_Table", "Version_Table")


def sniff(sample: Sample) -> bool:
    """Tell any Access database by its first bytes."""
    return sample.head.startswith(MAGIC)


def read(path: Path) -> Reading:
    """Read the records of a test; FormatError for other databases and for one that is cut off."""
    size = path.stat().st_size
    if size % PAGE_BYTES:
        raise _cut_off(path.name, f"byte {size}", f"{size} bytes", "whole pages of 4096 bytes")
    raw = read_table(path, path.name, RECORDS)
    if not is_records(raw.columns) or RECORD_NUMBER not in raw:
        raise FormatError(
            f"{path.name} is not a database of Arbin's records",
            place=f"the columns of {RECORDS}",
            found=short_list(raw.columns),
            expected="Data_Point, Test_Time, Current, Voltage ...",
            code="E_COLUMNS_MISSING",
        )
    source = Source(path.name, "record")
    if raw.empty:
        raise no_rows(source)
    _check_complete(path, raw)
    raw = raw.sort_values(RECORD_NUMBER, kind="stable", ignore_index=True)
    grid = Grid(source, tuple(raw.columns), ",")
    return to_reading(grid, raw, _facts(path), _left_out(path))


def _check_complete(path: Path, raw: pd.DataFrame) -> None:
    """Raise FormatError when rows of the table or numbers of records are missing."""
    declared = declared_rows(path, DEFINING)
    if declared is not None and declared > len(raw):
        raise _cut_off(path.name, f"the table {RECORDS}", f"{len(raw)} rows", f"{declared} rows")
    numbers = raw[RECORD_NUMBER]
    whole = pd.api.types.is_integer_dtype(numbers) and numbers.is_unique
    if not whole or int(np.ptp(numbers)) + 1 != len(numbers):
        raise _cut_off(
            path.name,
            f"the column {RECORD_NUMBER} of {RECORDS}",
            f"{len(raw)} records numbered {numbers.min()} to {numbers.max()}",
            "every number once",
        )


def _left_out(path: Path) -> list[Notice]:
    if not first_row(path, path.name, AUXILIARY):
        return []
    text = "The auxiliary channels (temperatures ...) are left out; MITS exports them as .csv."
    return [Notice("AUXILIARY_LOST", text)]


def _cut_off(name: str, place: str, found: str, expected: str) -> FormatError:
    return FormatError(
        f"{name} is cut off or damaged",
        place=place,
        found=found,
        expected=expected,
        code="E_TRUNCATED",
    )


def _facts(path: Path) -> dict[str, object]:
    table, version = (first_row(path, path.name, name) for name in FACTS)
    text = version.get("Version_Schema_Field", "")
    return facts(table) | ({"file_version": text} if text else {})


FORMAT = Format(
    name="arbin_res",
    title="Arbin .res",
    suffixes=(".res",),
    kinds=(columns.CYCLING,),
    sniff=sniff,
    read=read,
)
