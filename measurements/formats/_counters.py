"""Finds out from the numbers when the capacities that a cycler counts restart."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from measurements.formats import Notice

NOISE = 1e-6
"""A counter that falls by less than this share of its largest value has not restarted."""

AT_START = 1e-3
"""A counter below this share of its largest value has just begun."""

SCHEDULE = "schedule_"
CAPACITIES = ("schedule_charging_capacity_ah", "schedule_discharging_capacity_ah")
ENERGIES = ("schedule_charging_energy_wh", "schedule_discharging_energy_wh")
"""Names of BDF for counters that restart where the schedule of a cycler says."""

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
