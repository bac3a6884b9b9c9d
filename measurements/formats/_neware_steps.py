"""Directions of steps in Neware's exports: the sign of the current, and whose capacity it is."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from measurements import columns
from measurements.formats import FormatError, Notice
from measurements.formats._checks import Source, counted, short_list
from measurements.formats._counters import CAPACITIES, ENERGIES, Bools, begins, restart
from measurements.formats._neware_words import CAPACITY, ENERGY

COUNTS = (columns.CYCLE, columns.STEP, columns.STEP_ID, columns.STEP_TYPE)
CHARGES, DISCHARGES = ("CHG",), ("DCH",)
"""Endings of the types of steps that charge or discharge."""

RESTS = ("REST", "PAUSE", "END", "")

HALVES = {CAPACITY: CAPACITIES, ENERGY: ENERGIES}


@dataclass(frozen=True)
class Steps:
    """Rows (n,) where a step or cycle begins (None: not known), and the number of the step."""

    begin: Bools
    cycles: Bools | None
    number: NDArray[np.int64]


def steps_of(frame: pd.DataFrame) -> Steps:
    """Return the steps of a table: a count changes, or the time in the step falls."""
    begin = begins([frame[name] for name in COUNTS if name in frame], len(frame))
    if columns.STEP_TIME in frame:
        begin[1:] |= np.diff(frame[columns.STEP_TIME].to_numpy(dtype=np.float64)) < 0
    cycles = begins([frame[columns.CYCLE]], len(frame)) if columns.CYCLE in frame else None
    return Steps(begin, cycles, np.cumsum(begin))


def signed(
    source: Source, frame: pd.DataFrame, steps: Steps, notices: list[Notice]
) -> pd.DataFrame:
    """Return the table with positive currents where the cell is charged.

    Raises FormatError when the currents contradict the types of their steps.
    """
    current = frame[columns.CURRENT]
    named = _named(frame)
    if (current < 0).any():
        _refuse_contradiction(source, frame, named)
        return frame
    sign = named if columns.STEP_TYPE in frame else _counted(frame, steps)
    if sign is None:
        if (current > 0).any():
            notices.append(
                Notice(
                    "CURRENT_SIGN_UNKNOWN",
                    "No current is negative and nothing in the file tells charge from discharge: "
                    "all currents are taken as charging.",
                )
            )
        return frame
    if columns.STEP_TYPE in frame:
        notices += _untold(frame[columns.STEP_TYPE][(sign == 0) & (current > 0)])
    if not ((sign < 0) & (current > 0)).any():
        return frame
    notices.append(
        Notice(
            "CURRENT_SIGN_FROM_STEP",
            "The file has no negative current: discharge steps were given their sign.",
        )
    )
    return frame.assign(**{columns.CURRENT: current.where(sign >= 0, -current)})


def _untold(types: "pd.Series[str]") -> list[Notice]:
    """Return a notice of steps with a current whose types do not tell its sign."""
    types = types[~types.isin(RESTS)]
    if types.empty:
        return []
    return [
        Notice(
            "CURRENT_SIGN_UNKNOWN",
            "No current is negative, and steps of the types "
            f"{short_list(types.unique())} do not tell charge from discharge: their "
            f"{counted(len(types), 'row')} are taken as charging.",
        )
    ]


def divided(frame: pd.DataFrame, steps: Steps) -> pd.DataFrame:
    """Return the table with capacity and energy of a step as charged or discharged.

    They stay what passed, whatever its direction, where a step charges and discharges, or where
    they do not restart with the steps.
    """
    direction = _direction(frame, steps)
    for name, halves in HALVES.items():
        if name not in frame or set(halves) & set(frame):
            continue
        counter = frame[name]
        prefix = restart([counter], cycles=steps.cycles, steps=steps.begin)
        if prefix != "step_":
            new = {name: name.replace("step_", prefix or "", 1)}
            frame = frame.rename(columns=new)
        elif not ((direction == 0) & (counter > 0)).any():
            charged = {halves[0]: counter.where(direction > 0, 0.0)}
            discharged = {halves[1]: counter.where(direction < 0, 0.0)}
            frame = frame.drop(columns=name).assign(**charged, **discharged)
    return frame


def _named(frame: pd.DataFrame) -> "pd.Series[float]":
    """Return +1 for rows of charge steps by their type, -1 for discharge, 0 for others."""
    sign = pd.Series(0.0, index=frame.index)
    if columns.STEP_TYPE in frame:
        types = frame[columns.STEP_TYPE]
        sign = sign.mask(types.str.endswith(CHARGES), 1.0).mask(
            types.str.endswith(DISCHARGES), -1.0
        )
    return sign


def _counted(frame: pd.DataFrame, steps: Steps) -> "pd.Series[float] | None":
    """Return -1 for rows of steps in which only discharged capacity is counted, else +1."""
    charged, discharged = CAPACITIES
    if not {charged, discharged} <= set(frame):
        return None
    gains = frame[[charged, discharged]].groupby(steps.number).transform("max")
    return pd.Series(1.0, index=frame.index).mask(
        (gains[discharged] > 0) & (gains[charged] <= 0), -1.0
    )


def _direction(frame: pd.DataFrame, steps: Steps) -> "pd.Series[float]":
    """Return +1 or -1 for rows of steps that only charge or discharge, else 0."""
    named = _named(frame)
    by_step = frame[columns.CURRENT].groupby(steps.number)
    low, high = by_step.transform("min"), by_step.transform("max")
    flowing = pd.Series(0.0, index=frame.index)
    flowing = flowing.mask((low >= 0) & (high > 0), 1.0).mask((high <= 0) & (low < 0), -1.0)
    return named.where(named != 0, flowing)


def _refuse_contradiction(source: Source, frame: pd.DataFrame, named: "pd.Series[Any]") -> None:
    """Raise FormatError when the charge of all charge steps or of all discharge steps is wrong."""
    current = frame[columns.CURRENT]
    for sign in (1.0, -1.0):
        of_steps = named == sign
        if sign * current[of_steps].sum() >= 0:
            continue
        row = int(np.flatnonzero((of_steps & (sign * current < 0)).to_numpy())[0])
        raise FormatError(
            f"{source.name} has currents that contradict the types of their steps",
            place=source.place(int(frame.index[row]), columns.CURRENT),
            found=f"{current.iloc[row]:.6g} A in a step {frame[columns.STEP_TYPE].iloc[row]}",
            expected="positive currents in charge steps, negative ones in discharge steps",
            code="E_VALUE",
        )
