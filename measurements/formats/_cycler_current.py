"""The sign of a cycler's current: from the file, from the state of the step, from the voltage."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from measurements import columns
from measurements.formats import FormatError, Notice
from measurements.formats._checks import DROPPABLE_FRACTION, Source, counted

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

CLEAR_CHANGE_V = 0.01
MUCH_CHANGE_V = 0.2
"""Smaller changes within a step, after a rest or without one, do not tell its direction."""


def with_sign(
    source: Source,
    frame: pd.DataFrame,
    run: Ints,
    stated: Floats | None,
    notices: list[Notice],
) -> tuple[pd.DataFrame, Floats]:
    """Return the table with currents that are positive when they charge, and directions (n,).

    ``run`` numbers the steps (n,), ``stated`` is the direction that the file states for each row:
    1, -1, 0 for a rest, NaN where it says none; None without such a column. A current that the
    file signs is kept; rows whose direction nothing tells are left out with a notice. Raises
    FormatError when they are more than 1 % or when signs and states contradict each other.
    """
    current = np.nan_to_num(frame[columns.CURRENT].to_numpy(dtype=np.float64), posinf=0, neginf=0)
    if (current < 0).any():
        return frame, of_signed(source, current, run, stated)
    if stated is None:
        stated = _by_voltage(frame[columns.VOLTAGE].to_numpy(dtype=np.float64), current, run)
        if (stated != 0).any():
            notices.append(_told_by_voltage(stated, run))
        direction = stated
    else:
        direction = _through_steps(stated, run)
    resting = (stated == 0) & (current > 0)
    if resting.any():
        notices.append(_rests_set_to_zero(current[resting]))
        current = np.where(resting, 0.0, current)
    open_rows = np.isnan(direction) & (current != 0)
    signed = np.where(current == 0, 0.0, current * direction)
    frame = frame.assign(**{columns.CURRENT: signed})
    direction = np.nan_to_num(direction)
    if not open_rows.any():
        return frame, direction
    notices.append(_left_out(source, frame, open_rows))
    return frame.loc[~open_rows], direction[~open_rows]


def of_signed(source: Source, current: Floats, run: Ints, stated: Floats | None) -> Floats:
    """Return directions of a signed current; FormatError when states say the opposite."""
    by_sign = np.sign(np.bincount(run, current))[run]
    if stated is None:
        return np.asarray(by_sign, dtype=np.float64)
    for direction, word in ((1.0, "charge"), (-1.0, "discharge")):
        rows = stated == direction
        if direction * current[rows].sum() < 0:
            raise FormatError(
                f"{source.name} has currents with the opposite sign",
                place=f"the rows of steps that {word}",
                found=f"on average {current[rows].mean():.6g} A",
                expected="a positive current that charges and a negative one that discharges",
                code="E_VALUE",
            )
    filled = _through_steps(stated, run)
    return np.where(np.isnan(filled), by_sign, filled)


def _through_steps(stated: Floats, run: Ints) -> Floats:
    """Return the directions; rows without one take that of their step if it has just one."""
    count = int(run[-1]) + 1
    charges = np.bincount(run, stated == 1, count) > 0
    discharges = np.bincount(run, stated == -1, count) > 0
    of_step = np.where(charges == discharges, np.nan, np.where(charges, 1.0, -1.0))
    return np.where(np.isnan(stated), of_step[run], stated)


def _by_voltage(voltage: Floats, current: Floats, run: Ints) -> Floats:
    """Return directions (n,) by the voltage: after a rest by how a step changes it.

    Without a rest before it the voltage must change much within the step, since it relaxes after
    a larger current; a step that hardly changes it (constant voltage) goes on in the direction of
    the one before. NaN where nothing tells it.
    """
    begins = np.flatnonzero(np.diff(run, prepend=-1))
    ends = np.append(begins[1:], len(run)) - 1
    change = voltage[ends] - voltage[np.maximum(begins - 1, 0)]
    within = voltage[ends] - voltage[begins]
    flows = np.bincount(run, current) > 0
    rested = np.append(False, ~flows[:-1])
    found = np.where(np.abs(within) > MUCH_CHANGE_V, np.sign(within), np.nan)
    found = np.where(rested & (np.abs(change) > CLEAR_CHANGE_V), np.sign(change), found)
    found = np.where(flows, found, 0.0)
    for at in np.flatnonzero(np.isnan(found)):
        if at and np.abs(change[at]) <= CLEAR_CHANGE_V:
            found[at] = found[at - 1] or np.nan
    return np.asarray(found[run], dtype=np.float64)


def _told_by_voltage(direction: Floats, run: Ints) -> Notice:
    steps = np.unique(run[direction > 0]).size, np.unique(run[direction < 0]).size
    return Notice(
        "SIGN_FROM_VOLTAGE",
        "The file has neither a sign of the current nor a state of the step: the current charges "
        f"where the voltage rises over a step ({counted(steps[0], 'step')}) and discharges where "
        f"it falls ({counted(steps[1], 'step')}). Export the column State to be sure.",
    )


def _rests_set_to_zero(current: Floats) -> Notice:
    return Notice(
        "REST_CURRENT_ZEROED",
        f"{counted(current.size, 'row')} of rests with a current without sign (at most "
        f"{current.max():.3g} A) have 0 A.",
    )


def _left_out(source: Source, frame: pd.DataFrame, open_rows: NDArray[np.bool_]) -> Notice:
    """Return the notice of rows whose current has no direction; FormatError for many."""
    rows = int(open_rows.sum())
    first = int(np.flatnonzero(open_rows)[0])
    place = source.place(int(frame.index[first]))
    if rows > DROPPABLE_FRACTION * len(frame):
        raise FormatError(
            f"{source.name} does not say whether its current charges or discharges",
            place=place,
            found=f"{counted(rows, 'row')} with a current without sign, in a state without one",
            expected="a signed current, or the state of every step (charge, discharge, rest)",
            code="E_VALUE",
        )
    return Notice(
        "DIRECTION_UNKNOWN",
        f"{counted(rows, 'row')} left out, first {place}: the current has no sign and the "
        "step's state is neither charge nor discharge.",
    )
