"""BioLogic EC-Lab and BT-Lab binary files (.mpr): what their export as text would hold.

Where a test recorded charge but no current, the current is the charge between two points over the
time between them, which is what EC-Lab itself shows as <I>. The clock has no time zone.
"""

from pathlib import Path

import numpy as np
import pandas as pd

from measurements import columns
from measurements.formats import Format, FormatError, Notice, Reading, Sample
from measurements.formats._biologic_modules import (
    DATA,
    MAGIC,
    facts_of,
    loop_starts,
    modules_of,
    technique_of,
)
from measurements.formats._biologic_points import table_of
from measurements.formats._biologic_table import (
    CURRENTS,
    FREQUENCY,
    KINDS,
    TIME,
    kind_of,
    reading_of,
)
from measurements.formats._checks import Source
from measurements.formats._text import Grid

CHARGES = {"(Q-Qo)/mA.h": 3600.0, "(Q-Qo)/C": 1e3}
"""Charge since the start -> mAs in its unit."""

STEP_OF_CHARGE = "dq/mA.h"
MILLIAMPERE_SECONDS = 3600.0
MEAN_CURRENT = "<I>/mA"
LOOP = "loop number"


def sniff(sample: Sample) -> bool:
    """Tell the binary by its first words."""
    return sample.head.startswith(MAGIC)


def read(path: Path) -> Reading:
    """Read one file; FormatError names an unknown column by its number."""
    modules = modules_of(path.name, path.read_bytes())
    if DATA not in modules:
        raise FormatError(
            f"{path.name} holds no measurement",
            place="its modules",
            found=", ".join(modules) or "none",
            expected=f"a module “{DATA}”, as EC-Lab writes it from the first point on",
            code="E_TOO_FEW_POINTS",
        )
    source = Source(path.name, "point")
    raw = table_of(source, modules[DATA])
    starts = loop_starts(modules, len(raw))
    notices: list[Notice] = []
    technique, metadata = technique_of(modules)
    metadata |= facts_of(modules)
    modules.clear()
    raw = _with_current(raw, notices)
    grid = Grid(source, tuple(raw.columns), "")
    kind = kind_of(grid, raw, technique)
    if len(starts) > 1:
        raw = _with_loops(raw, starts, kind)
    if not technique and kind == columns.CYCLING:
        notices.append(
            Notice(
                "TECHNIQUE_UNKNOWN",
                f"The technique of this file (number {metadata.get('technique_number', 'none')}) "
                "is not known here: its table is taken as that of a cycling test.",
            )
        )
    return reading_of(grid, raw, technique, metadata, notices)


def _with_current(raw: pd.DataFrame, notices: list[Notice]) -> pd.DataFrame:
    """Add the mean current where only the charge was recorded."""
    charge = _charge_steps(raw)
    if charge is None or FREQUENCY in raw or TIME not in raw or not CURRENTS.keys().isdisjoint(raw):
        return raw
    time = raw[TIME].to_numpy(dtype=np.float64)
    passed = np.diff(time, prepend=np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        current = np.where(charge == 0.0, 0.0, np.where(passed > 0, charge / passed, np.nan))
    notices.append(
        Notice(
            "CURRENT_FROM_CHARGE",
            "The file holds no current: current_ampere is the charge between two points over the "
            "time between them (what EC-Lab shows as <I>).",
        )
    )
    return raw.assign(**{MEAN_CURRENT: current})


def _charge_steps(raw: pd.DataFrame) -> np.ndarray[tuple[int], np.dtype[np.float64]] | None:
    """Return the charge in mAs that passed before each point since the one before (n,)."""
    if STEP_OF_CHARGE in raw:
        return raw[STEP_OF_CHARGE].to_numpy(dtype=np.float64) * MILLIAMPERE_SECONDS
    for name, factor in CHARGES.items():
        if name in raw:
            total = raw[name].to_numpy(dtype=np.float64)
            return np.diff(total, prepend=total[:1]) * factor
    return None


def _with_loops(raw: pd.DataFrame, starts: list[int], kind: str) -> pd.DataFrame:
    """Number the loops: spectra from 1, other loops from 0 as EC-Lab does."""
    loop = np.zeros(len(raw))
    loop[starts[1:]] = 1.0
    number = np.cumsum(loop)
    if kind == columns.IMPEDANCE:
        return raw.assign(**{columns.SPECTRUM: number + 1})
    return raw.assign(**{LOOP: number})


FORMAT = Format(
    name="biologic_mpr",
    title="BioLogic EC-Lab binary",
    suffixes=(".mpr",),
    kinds=KINDS,
    sniff=sniff,
    read=read,
)
