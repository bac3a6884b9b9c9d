"""The columns of EC-Lab, whether read from its text or from its binary files.

Their headings carry the units. The imaginary part is written as -Im(Z) and turned round; I > 0
oxidises the working electrode, which charges a cell whose positive electrode it is.
"""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from measurements import columns
from measurements.formats import FormatError, Notice, Reading
from measurements.formats._checks import clean_text, counted, finish, no_rows
from measurements.formats._text import Grid, Meanings, canonical, numeric

TIME = "time/s"
FREQUENCY = "freq/Hz"
VOLTAGES = ("Ewe/V", "<Ewe>/V", "Ecell/V", "<Ecell>/V")
CURRENTS = {"I/mA": 1e-3, "<I>/mA": 1e-3, "I/A": 1.0, "<I>/A": 1.0, "I/μA": 1e-6, "<I>/μA": 1e-6}
"""What is the voltage, and what the current, in this order of preference."""

COUNTER_POTENTIALS = ("Ece/V", "<Ece>/V", "Ewe-Ece/V", "<Ewe-Ece>/V")
POTENTIALS = (VOLTAGES[:2], VOLTAGES[2:])
"""Of the working electrode, of the cell."""

STEPS = {
    TIME: (columns.TEST_TIME, 1.0),
    "cycle number": (columns.CYCLE, 1.0),
    "Ns": (columns.STEP_ID, 1.0),
    "step time/s": (columns.STEP_TIME, 1.0),
}
SPECTRA = {
    FREQUENCY: (columns.FREQUENCY, 1.0),
    "Re(Z)/Ohm": (columns.REAL_IMPEDANCE, 1.0),
    "-Im(Z)/Ohm": (columns.IMAGINARY_IMPEDANCE, -1.0),
    "Im(Z)/Ohm": (columns.IMAGINARY_IMPEDANCE, 1.0),
    "|Z|/Ohm": (columns.ABSOLUTE_IMPEDANCE, 1.0),
    "Phase(Z)/deg": (columns.PHASE, 1.0),
}
KNOWN = frozenset({*STEPS, *SPECTRA, *VOLTAGES, *CURRENTS, *COUNTER_POTENTIALS})
PARTS = {columns.REAL_IMPEDANCE: np.cos, columns.IMAGINARY_IMPEDANCE: np.sin}

TECHNIQUES = (
    ("voltamm", columns.VOLTAMMETRY),
    ("polarization", columns.VOLTAMMETRY),
    ("chronoamp", columns.CHRONOAMPEROMETRY),
    ("chronopot", columns.CHRONOPOTENTIOMETRY),
    ("open circuit", columns.CHRONOPOTENTIOMETRY),
)
"""Part of the name of a technique -> kind; the others cycle a cell."""


KINDS = (
    columns.CYCLING,
    columns.IMPEDANCE,
    columns.VOLTAMMETRY,
    columns.CHRONOAMPEROMETRY,
    columns.CHRONOPOTENTIOMETRY,
)


def reading_of(
    grid: Grid,
    raw: pd.DataFrame,
    technique: str,
    metadata: Mapping[str, object],
    notices: list[Notice],
) -> Reading:
    """Return a table with the headings of EC-Lab as a Reading; empty ``technique``: by columns.

    Raises FormatError as ``canonical`` and ``finish`` do, and for a test without its current.
    """
    kind = kind_of(grid, raw, technique)
    if kind == columns.IMPEDANCE:
        raw = _without_rests(grid, raw, notices)
    frame = canonical(grid, raw, _meanings(grid.headings, kind))
    _check_current(grid, kind, frame)
    if _present(raw, COUNTER_POTENTIALS) or all(_present(raw, names) for names in POTENTIALS):
        notices.append(
            Notice(
                "THREE_ELECTRODES",
                "The potential of the counter electrode or of the cell was recorded beside that of "
                "the working electrode: voltage_volt is that of the working electrode against the "
                "reference (Ewe), not of the cell.",
            )
        )
    frame = _with_parts(frame) if kind == columns.IMPEDANCE else frame
    return finish(grid.source, kind, frame, metadata=metadata, notices=notices)


def kind_of(grid: Grid, raw: pd.DataFrame, name: str) -> str:
    """Return the kind by the columns, then by the technique, then by which of t, E, I there are."""
    if FREQUENCY in raw:
        swept = int((numeric(grid, raw[FREQUENCY]) > 0).sum())
        if 2 * swept >= len(raw) or not _present(raw, CURRENTS):
            return columns.IMPEDANCE
    known = (kind for part, kind in TECHNIQUES if part in name.lower())
    if name:
        return next(known, columns.CYCLING)
    if TIME not in raw:
        return columns.VOLTAMMETRY
    if not _present(raw, CURRENTS):
        return columns.CHRONOPOTENTIOMETRY
    return columns.CYCLING if _present(raw, VOLTAGES) else columns.CHRONOAMPEROMETRY


def _present(raw: pd.DataFrame, names: Iterable[str]) -> bool:
    return any(name in raw for name in names)


def _without_rests(grid: Grid, raw: pd.DataFrame, notices: list[Notice]) -> pd.DataFrame:
    """Return the rows of spectra without those between them, which have the frequency 0."""
    swept = numeric(grid, raw[FREQUENCY]) != 0
    rests = int((~swept).sum())
    if rests == len(raw):
        raise no_rows(grid.source)
    if rests:
        notices.append(
            Notice(
                "REST_ROWS_LEFT_OUT",
                f"{counted(rests, 'row')} without frequency, recorded before or between the "
                "spectra, left out.",
            )
        )
    return raw.loc[swept]


def _meanings(headings: Sequence[str], kind: str) -> Meanings:
    """Return what the headings mean; of several voltages or currents the preferred one."""
    voltage = next((name for name in VOLTAGES if name in headings), None)
    current = next((name for name in CURRENTS if name in headings), None)
    meanings = dict(STEPS) | (SPECTRA if kind == columns.IMPEDANCE else {})
    if voltage:
        meanings[voltage] = (columns.VOLTAGE, 1.0)
    if current:
        meanings[current] = (columns.CURRENT, CURRENTS[current])
    return meanings


def _check_current(grid: Grid, kind: str, frame: pd.DataFrame) -> None:
    """Raise FormatError in the words of EC-Lab when a test came without its current."""
    if columns.CURRENT in columns.required(kind, frame.columns) and columns.CURRENT not in frame:
        raise FormatError(
            f"{grid.source.name} was exported without the current",
            place="the column headings",
            found=", ".join(clean_text(name, 40) for name in grid.headings[:12]),
            expected="the column I/mA or <I>/mA; choose it when you export the file as text",
            code="E_COLUMNS_MISSING",
        )


def _with_parts(frame: pd.DataFrame) -> pd.DataFrame:
    """Add real and imaginary impedance where only magnitude and phase are given."""
    polar = {columns.ABSOLUTE_IMPEDANCE, columns.PHASE}
    if not polar <= set(frame) or not set(PARTS).isdisjoint(frame):
        return frame
    magnitude, phase = frame[columns.ABSOLUTE_IMPEDANCE], np.radians(frame[columns.PHASE])
    with np.errstate(invalid="ignore"):
        return frame.assign(**{name: magnitude * part(phase) for name, part in PARTS.items()})
