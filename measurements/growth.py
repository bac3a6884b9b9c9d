"""Whether a newer file is the same test grown on: the old table must be the beginning of the new.

No column may be gone, and all that were there are compared: the same voltages under other cycle
numbers are other results. Only the very last old row may differ, for it may have been written half;
it must then follow on enough rows that agree. A file may also grow without more rows.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from numbers import Real
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.api.types import is_numeric_dtype

from measurements.columns import CURRENT, TEST_TIME, VOLTAGE, required
from measurements.formats import Reading
from measurements.formats._checks import counted, short_list

PRINT_ROUNDING = 1e-6
"""Numbers that differ by less, relative to the number or to a millionth of the column, are one."""
START_S = 1.0
ROWS_BEFORE_A_CUT = 10
"""A last row that differs is taken for one written half only after so many rows that agree."""


@dataclass(frozen=True)
class Growth:
    """Whether a file is the one before grown on, and in a sentence what is new or differs."""

    grown: bool
    note: str


def compare(before: Reading, after: Reading) -> Growth:
    """Return whether ``after`` goes on where ``before`` ended."""
    trouble = _other_test(before, after) or _fewer_rows(before, after)
    if trouble:
        return Growth(False, trouble)
    names = compared_columns(before, after)
    rows, more = len(before.frame), len(after.frame) - len(before.frame)
    differing = np.flatnonzero(~agreeing(before.frame, after.frame[:rows], names))
    if not differing.size:
        return Growth(True, f"{_more(more)}; it begins with all of the file before.")
    row = int(differing[0])
    at = slice(row, row + 1)
    if row == rows - 1 and row >= ROWS_BEFORE_A_CUT:
        return Growth(
            True, f"{_more(more)}; the last row of the file before, {rows}, was unfinished."
        )
    was, now = before.frame[at], after.frame[at]
    name = next(name for name in names if not _same(was[name], now[name])[0])
    return Growth(
        False,
        f"It does not begin with the file before: from row {row + 1} on they differ, "
        f"{name} was {_show(was[name].iloc[0])} and is {_show(now[name].iloc[0])}.",
    )


def compared_columns(before: Reading, after: Reading) -> tuple[str, ...]:
    """Return the columns that two tables of one kind share, those that say most first."""
    present = set(before.frame.columns) & set(after.frame.columns)
    needed = required(before.kind, before.frame.columns)
    ordered = (*needed, TEST_TIME, VOLTAGE, CURRENT, *before.frame.columns)
    return tuple(name for name in dict.fromkeys(ordered) if name in present)


def agreeing(
    before: pd.DataFrame, after: pd.DataFrame, names: tuple[str, ...]
) -> NDArray[np.bool_]:
    """Return for each row (n,) of two tables of n rows whether they agree to print rounding."""
    alike = np.ones(len(before), dtype=bool)
    for name in names:
        alike &= _same(before[name], after[name])
    return alike


def _same(before: "pd.Series[Any]", after: "pd.Series[Any]") -> NDArray[np.bool_]:
    if not (is_numeric_dtype(before) and is_numeric_dtype(after)):
        texts = before.astype("str").to_numpy() == after.astype("str").to_numpy()
        return np.asarray(texts, dtype=bool)
    was, now = before.to_numpy(dtype=np.float64), after.to_numpy(dtype=np.float64)
    largest = float(np.max(np.abs(was[np.isfinite(was)]), initial=0.0))
    same = np.isclose(
        was, now, rtol=PRINT_ROUNDING, atol=PRINT_ROUNDING**2 * largest, equal_nan=True
    )
    return np.asarray(same, dtype=bool)


def _other_test(before: Reading, after: Reading) -> str:
    """Return the sentence that two readings are of different tests; empty when they need not be."""
    if before.kind != after.kind:
        return f"It holds {after.kind} data; the file before holds {before.kind} data."
    was, now = start_of(before.metadata), start_of(after.metadata)
    if was and now and _apart(was, now):
        return f"Its test started at {now}; that of the file before at {was}."
    missing = [name for name in before.frame if name not in after.frame]
    return f"It lacks {short_list(missing)}, which the file before has." if missing else ""


def _apart(was: datetime, now: datetime) -> bool:
    if (was.tzinfo is None) != (now.tzinfo is None):
        return True
    return abs((now - was).total_seconds()) > START_S


def _fewer_rows(before: Reading, after: Reading) -> str:
    rows, now = len(before.frame), len(after.frame)
    if now >= rows:
        return ""
    return f"It has {counted(now, 'row')}; the file before has {rows}."


def start_of(metadata: Mapping[str, object]) -> datetime | None:
    """Return the start time that a file gives, naive when it names no zone."""
    text = metadata.get("start_time")
    return datetime.fromisoformat(text) if isinstance(text, str) else None


def _more(rows: int) -> str:
    return f"{counted(rows, 'row')} more" if rows else "No rows more"


def _show(value: object) -> str:
    return f"{value:.10g}" if isinstance(value, Real) else f"“{value}”"
