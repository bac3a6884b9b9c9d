"""Finds out from the numbers when the capacities that a cycler counts restart."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from measurements import columns
from measurements.formats import Notice

NOISE = 1e-6
"""A counter that falls by less than this share of its largest value has not restarted."""

AT_START = 1e-3
"""A counter below this share of its largest value has just begun."""

SCHEDULE = "schedule_"
CAPACITIES = ("schedule_charging_capacity_ah", "schedule_discharging_capacity_ah")
ENERGIES = ("schedule_charging_energy_wh", "schedule_discharging_energy_wh")
"""Names of BDF for counters that restart where the schedule of a cycler says."""

CLEAR_FALL = 1e-3
"""A counter that falls by more than this share of its largest value restarts."""

MOST = 0.5
"""A counter that goes on at more than this part of the starts does not restart there."""

SCHEDULED = Notice(
    "CAPACITY_OF_SCHEDULE",
    "The rows do not show that the capacities restart with every cycle or never: they are kept "
    "under names that begin with schedule_, and analyses integrate the current.",
)

Bools = NDArray[np.bool_]


def begins(counts: Sequence["pd.Series[Any]"], rows: int) -> Bools:
    """Return for each row (n,) whether one of the counts or texts differs from the row before."""
    changed = np.zeros(rows, dtype=bool)
    for count in counts:
        changed[1:] |= count.to_numpy()[1:] != count.to_numpy()[:-1]
    return changed


def starts_of(frame: pd.DataFrame) -> tuple[Bools | None, Bools | None]:
    """Return for each row (n,) whether a cycle and whether a step begins; None if not counted."""
    cycle, step = (
        [frame[name] for name in names if name in frame]
        for names in ((columns.CYCLE,), (columns.STEP, columns.STEP_ID))
    )
    cycles = begins(cycle, len(frame)) if cycle else None
    return cycles, begins([*cycle, *step], len(frame)) if step else None


def restart(
    counters: Sequence["pd.Series[float]"], *, cycles: Bools | None, steps: Bools | None = None
) -> str | None:
    """Return when counters restart as BDF prefixes their names: step_, cycle_ or nothing (never).

    ``cycles``, ``steps``: rows (n,) where a cycle or step begins, None if unknown. None if the
    counters restart otherwise or if their rows do not tell; counters of which steps are given
    restart with them unless the rows show otherwise.
    """
    stacked = np.stack([counter.to_numpy(dtype=np.float64) for counter in counters])
    values: NDArray[np.float64] = np.nan_to_num(stacked)
    noise = NOISE * float(np.abs(values).max(initial=0.0))
    falls: Bools = np.diff(values, axis=1) < -noise
    fell: Bools = np.any(falls, axis=0)
    counted: Bools = values[:, :-1] > noise
    for prefix, starts in (("step_", steps), ("cycle_", cycles)):
        if starts is None:
            continue
        known = counted[:, starts[1:]].any() or (prefix == "step_" and not fell.any())
        if known and not fell[~starts[1:]].any() and falls[counted & starts[1:]].all():
            return prefix
    return None if fell.any() else _unbroken(values, cycles, counted)


def _unbroken(values: NDArray[np.float64], cycles: Bools | None, counted: Bools) -> str | None:
    """Return what counters that never fall are: of the test, or of the one cycle there is."""
    if cycles is not None and counted[:, cycles[1:]].any():
        return ""
    if (values[:, 0] > AT_START * values.max(initial=0.0)).any():
        return None
    return "" if cycles is None else "cycle_"


def scoped(
    frame: pd.DataFrame,
    pairs: Sequence[tuple[str, str]],
    *,
    cycles: Bools | None,
    steps: Bools | None = None,
) -> tuple[pd.DataFrame, list[Notice]]:
    """Return the table with each pair of counters named by when it restarts, and a notice if not.

    ``pairs``: names of BDF that begin with schedule_.
    """
    scheduled = False
    for pair in pairs:
        names = [name for name in pair if name in frame]
        if not names:
            continue
        prefix = restart([frame[name] for name in names], cycles=cycles, steps=steps)
        scheduled |= prefix is None
        if prefix is not None:
            new = {name: name.replace(SCHEDULE, prefix) for name in names}
            frame = frame.rename(columns=new)
    return frame, [SCHEDULED] if scheduled else []


def relabelled(frame: pd.DataFrame, notices: list[Notice]) -> pd.DataFrame:
    """Return the table with those counters renamed whose BDF names the rows contradict."""
    cycles, steps = starts_of(frame)
    renamed: dict[str, str] = {}
    for scope, starts in (("", None), ("cycle_", cycles), ("step_", steps)):
        for pair in (CAPACITIES, ENERGIES):
            names = {name.replace(SCHEDULE, scope): name for name in pair}
            names = {name: other for name, other in names.items() if name in frame}
            counters = [frame[name] for name in names]
            if not names or not _contradicted(counters, scope, starts):
                continue
            prefix = restart(counters, cycles=cycles, steps=steps)
            if prefix == scope:
                continue
            right = {n: other.replace(SCHEDULE, prefix or "") for n, other in names.items()}
            taken = {*frame, *renamed.values()}
            renamed |= names if prefix is None or taken & {*right.values()} else right
    if renamed:
        listed = ", ".join(f"{name} as {other}" for name, other in renamed.items())
        notices.append(
            Notice(
                "COUNTERS_RENAMED",
                f"The rows show that counters restart otherwise than their names say: {listed}.",
            )
        )
    return frame.rename(columns=renamed)


def _contradicted(counters: Sequence["pd.Series[float]"], scope: str, starts: Bools | None) -> bool:
    """Tell whether counters that should never restart fall, or others mostly do not at starts."""
    for counter in counters:
        values = np.nan_to_num(counter.to_numpy(dtype=np.float64))
        clear = CLEAR_FALL * np.abs(values).max(initial=0.0)
        falls = np.diff(values) < -clear
        if not scope and falls.any():
            return True
        if starts is not None:
            kept = ~falls[starts[1:] & (values[:-1] > clear)]
            if kept.size and kept.mean() > MOST:
                return True
    return False
