"""Where in time a part of a test begins, and which of its rows the part before has already."""

from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
import pandas as pd

from measurements.columns import (
    CURRENT,
    FREQUENCY,
    IMAGINARY_IMPEDANCE,
    REAL_IMPEDANCE,
    RESISTANCE,
    TEMPERATURE,
    TEST_TIME,
    UNIX_TIME,
    VOLTAGE,
)
from measurements.formats import FormatError, Notice
from measurements.formats._checks import counted
from measurements.growth import agreeing

Starts = tuple[datetime | None, datetime | None]
"""When the first part of a test and this part began, as their files say."""

COMPARED = (
    VOLTAGE, CURRENT, RESISTANCE, TEMPERATURE, FREQUENCY, REAL_IMPEDANCE, IMAGINARY_IMPEDANCE,
)  # fmt: skip
SAME_TIME_S = 1e-3
CLOCK_S = 60.0
"""By so much the clocks of two files may contradict: start times are often given in minutes."""


@dataclass(frozen=True)
class Placed:
    """The rows of a part that are new, in the time of the whole test, and what was noticed.

    ``clock_goes_on``: the part's own test time continues that of the part before.
    """

    frame: pd.DataFrame
    clock_goes_on: bool = False
    notices: list[Notice] = field(default_factory=list)


def place(
    before: pd.DataFrame, part: pd.DataFrame, starts: Starts, *, name: str, number: int
) -> Placed:
    """Return a part in the time of the table ``before``, without rows that the table ends with.

    Its own test time counts when it goes on; else the absolute times of both files; else the part
    is put directly after the last row, with a notice. Raises FormatError, code E_PARTS, when the
    part brings nothing new or begins before the table ends.
    """
    if TEST_TIME not in part:
        _check_without_clock(before, part, name)
        return Placed(part)
    repeated = max(_repeated(before, part, clock) for clock in (UNIX_TIME, TEST_TIME))
    if repeated:
        _check_new(before, part, repeated, name)
        rest = place(before, part.iloc[repeated:], starts, name=name, number=number)
        notice = Notice(
            "SEAM_OVERLAP_DROPPED",
            f"Part {number} begins with {counted(repeated, 'row')} that the part before has "
            "already; they are left out.",
        )
        return Placed(rest.frame, rest.clock_goes_on, [notice, *rest.notices])
    end, own = _last(before, TEST_TIME), float(part[TEST_TIME].iloc[0])
    if own >= end > 0:
        return Placed(part, clock_goes_on=True)
    start = _start(before, part, starts)
    if start is None:
        notice = Notice(
            "SEAM_TIME_UNKNOWN",
            f"Nothing says when part {number} began; it is put directly after the row before.",
        )
        return Placed(_shifted(part, end - own), notices=[notice])
    if start < end - CLOCK_S:
        raise FormatError(
            f"{name} begins before the part before it ends",
            found=f"a start {end - start:.0f} s before that end",
            expected="parts in their order, each of which begins after the one before",
            code="E_PARTS",
        )
    return Placed(_shifted(part, max(start, end) - own))


def _start(before: pd.DataFrame, part: pd.DataFrame, starts: Starts) -> float | None:
    """Return the test time of the part's first row by absolute times; None when they are not said.

    Start times without a zone are compared when both lack it: they are of one clock. Files that
    name the same moment say nothing when both count from it anew.
    """
    if UNIX_TIME in before and UNIX_TIME in part:
        pause = float(part[UNIX_TIME].iloc[0]) - _last(before, UNIX_TIME)
        if np.isfinite(pause):
            return _last(before, TEST_TIME) + pause
    was, now = starts
    if was is None or now is None or (was.tzinfo is None) != (now.tzinfo is None):
        return None
    own = float(part[TEST_TIME].iloc[0])
    if was == now and own - float(before[TEST_TIME].iloc[0]) <= CLOCK_S:
        return None
    return (now - was).total_seconds() + own


def _repeated(before: pd.DataFrame, part: pd.DataFrame, clock: str) -> int:
    """Return how many rows at the start of the part the table ends with, by a clock of both."""
    if clock not in before or clock not in part:
        return 0
    compared = tuple(name for name in (clock, *COMPARED) if name in before and name in part)
    begin = float(part[clock].iloc[0])
    for row in np.flatnonzero(np.abs(before[clock].to_numpy() - begin) <= SAME_TIME_S):
        rows = min(len(before) - int(row), len(part))
        tail = before.iloc[int(row) : int(row) + rows]
        if agreeing(tail, part.iloc[:rows], compared).all():
            return rows
    return 0


def _check_without_clock(before: pd.DataFrame, part: pd.DataFrame, name: str) -> None:
    """Raise FormatError when of two tables without times one begins with the other."""
    rows = min(len(before), len(part))
    compared = tuple(name for name in COMPARED if name in before and name in part)
    if len(compared) > 1 and agreeing(before.iloc[:rows], part.iloc[:rows], compared).all():
        _check_new(before, part, rows, name)


def _check_new(before: pd.DataFrame, part: pd.DataFrame, repeated: int, name: str) -> None:
    """Raise FormatError when a part is no next part: nothing of it, or all before it, is there."""
    if repeated == len(part):
        found, expected = "only rows that are there already", "rows that follow them"
    elif repeated == len(before):
        found, expected = "all of the part before, and more", "a newer version of that part"
    else:
        return
    raise FormatError(
        f"{name} is not the next part", found=found, expected=expected, code="E_PARTS"
    )


def _last(frame: pd.DataFrame, name: str) -> float:
    return float(frame[name].iloc[-1])


def _shifted(part: pd.DataFrame, by_s: float) -> pd.DataFrame:
    return part.assign(**{TEST_TIME: part[TEST_TIME] + by_s})
