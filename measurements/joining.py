"""Joins the parts of a test that goes on in further files into one table with visible seams.

``part_index`` numbers the parts. Test time, cycles, steps and charge since the start of the test go
on over a seam; what each part says of a cycle or a step of its own is left as it is. A cycle that
the end of a file cut stays two, unless the instrument itself goes on counting in the next file:
its test time and cycle, or time and charge of the step.
"""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from measurements.columns import (
    CHRONOAMPEROMETRY,
    CHRONOPOTENTIOMETRY,
    CYCLE,
    CYCLING,
    IMPEDANCE,
    MULTIMETER,
    PART,
    RECORD,
    SPECTRUM,
    STEP,
    STEP_CHARGING_CAPACITY,
    STEP_DISCHARGING_CAPACITY,
    STEP_TIME,
    STEP_TYPE,
    TEST_TIME,
    VOLTAGE,
    VOLTAMMETRY,
    required,
)
from measurements.formats import FormatError, Notice, Reading
from measurements.formats._checks import short_list
from measurements.growth import start_of
from measurements.seams import Placed, place

JOINABLE = (
    CYCLING, CHRONOAMPEROMETRY, CHRONOPOTENTIOMETRY, VOLTAMMETRY, MULTIMETER, IMPEDANCE,
)  # fmt: skip
"""Kinds whose tests go on in further files."""
COUNTERS = (CYCLE, STEP, RECORD, SPECTRUM)
"""Counted up from the start of the test."""
GROWING = tuple(
    f"{kind}_{quantity}"
    for kind in ("charging", "discharging", "cumulative")
    for quantity in ("capacity_ah", "energy_wh")
)
NET = ("net_capacity_ah", "net_energy_wh")
"""Summed up, and balanced, from the start of the test."""
WORDS = {CYCLE: "cycles", STEP: "steps", RECORD: "records", SPECTRUM: "spectra"}


def join(parts: Sequence[tuple[int, str, Reading]]) -> Reading:
    """Return one reading of the parts, (number, file name, reading), in their order.

    What the file says of itself (metadata) is that of the first part. Raises FormatError, code
    E_PARTS, when a part does not go on where the one before ended.
    """
    (one, _name, first), *rest = parts
    if not rest:
        return first
    frame = _numbered(first).assign(**{PART: one})
    notices = [_of_part(one, notice) for notice in first.notices]
    for number, name, part in rest:
        frame, found = _appended(frame, first, name, part, number)
        notices += [*(_of_part(number, notice) for notice in part.notices), *found]
    return Reading(first.kind, frame.reset_index(drop=True), first.metadata, tuple(notices))


def _of_part(number: int, notice: Notice) -> Notice:
    return Notice(notice.code, f"Part {number}: {notice.message}")


def _numbered(reading: Reading) -> pd.DataFrame:
    """Return the table; a single spectrum, too, has its number."""
    if reading.kind == IMPEDANCE and SPECTRUM not in reading.frame:
        return reading.frame.assign(**{SPECTRUM: 1})
    return reading.frame


def _appended(
    frame: pd.DataFrame, first: Reading, name: str, reading: Reading, number: int
) -> tuple[pd.DataFrame, list[Notice]]:
    """Return the table with one more part, and the notices of the seam."""
    more = _numbered(reading)
    _check_fits(frame, first.kind, name, reading.kind, more)
    starts = start_of(first.metadata), start_of(reading.metadata)
    placed = place(frame, more, starts, name=name, number=number)
    following, counts = _counted_on(frame, placed, number)
    shared = [column for column in frame if column in following or column == PART]
    joined = pd.concat([frame[shared], following.assign(**{PART: number})[shared]])
    return joined, [*_uncommon(frame, more, number), *placed.notices, *counts]


def _check_fits(frame: pd.DataFrame, wanted: str, name: str, kind: str, more: pd.DataFrame) -> None:
    """Raise FormatError unless a table can follow the one before."""
    if kind != wanted or kind not in JOINABLE:
        raise FormatError(
            f"{name} cannot be joined to what comes before",
            found=f"{kind} data after {wanted} data",
            expected=f"two files of one kind of: {', '.join(JOINABLE)}",
            code="E_PARTS",
        )
    whole = {*required(kind, frame.columns), TEST_TIME, VOLTAGE, CYCLE, STEP}
    odd = sorted(column for column in whole if (column in frame) != (column in more))
    if odd:
        raise FormatError(
            f"{name} has not the columns of what comes before",
            place="the column headings",
            found=f"{short_list(odd)} in one of them only",
            expected="all of them in both or in neither",
            code="E_PARTS",
        )


def _uncommon(frame: pd.DataFrame, more: pd.DataFrame, number: int) -> list[Notice]:
    """Return the notice of the columns that only one of two tables has."""
    names = sorted((set(frame.columns) - {PART}) ^ set(more.columns))
    if not names:
        return []
    return [
        Notice(
            "SEAM_COLUMNS_LEFT_OUT",
            f"Part {number} and what comes before do not share and therefore leave out: "
            f"{short_list(names)}.",
        )
    ]


def _counted_on(
    frame: pd.DataFrame, placed: Placed, number: int
) -> tuple[pd.DataFrame, list[Notice]]:
    """Return the rows of the part with counts and sums that go on from the table's, and notices."""
    more, notices = placed.frame, []
    changed: dict[str, Any] = {}
    same_step = _step_goes_on(frame, more)
    for name in (column for column in COUNTERS if column in more and column in frame):
        last, least = int(frame[name].max()), int(more[name].min())
        if least > last or (placed.clock_goes_on and least == int(frame[name].iloc[-1])):
            continue
        offset = last + (0 if same_step and name in (CYCLE, STEP) else 1) - least
        changed[name] = more[name] + offset
        notices.append(_continued(name, number, least, offset, last))
    for name in (column for column in (*GROWING, *NET) if column in more and column in frame):
        last_sum = float(frame[name].iloc[-1])
        restarts = float(more[name].iloc[0]) < last_sum if name in GROWING else None
        if restarts or (restarts is None and not placed.clock_goes_on):
            changed[name] = more[name] + last_sum
    return more.assign(**changed), notices


def _continued(name: str, number: int, least: int, offset: int, last: int) -> Notice:
    words, goes_on = WORDS[name], least + offset
    cut = f" A cycle that the end of the file cut is {goes_on - 1} and {goes_on}."
    cut = cut if name == CYCLE and goes_on > last else ""
    return Notice(
        f"SEAM_{words.upper()}_CONTINUED",
        f"Part {number} counts its {words} from {least}; here they go on from {goes_on}: "
        f"{offset:+d}.{cut}",
    )


def _step_goes_on(frame: pd.DataFrame, more: pd.DataFrame) -> bool:
    """Whether the part begins within the step that the table ends with, by the step's own counts.

    Its time and charge count on from where they were, and it is of the same type.
    """
    if STEP_TIME not in frame or STEP_TIME not in more:
        return False
    last, first = frame.iloc[-1], more.iloc[0]
    if STEP_TYPE in frame and STEP_TYPE in more and last[STEP_TYPE] != first[STEP_TYPE]:
        return False
    counts = (STEP_TIME, STEP_CHARGING_CAPACITY, STEP_DISCHARGING_CAPACITY)
    kept = [name for name in counts if name in frame and name in more]
    return bool(last[STEP_TIME] > 0 and all(first[name] >= last[name] for name in kept))
