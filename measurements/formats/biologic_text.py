"""BioLogic EC-Lab and BT-Lab text: .mpt and exports as text, with or without their header.

The header ends with the column headings, which carry the units. The imaginary part is written as
-Im(Z) and turned round; I > 0 oxidises the working electrode, which charges a cell whose positive
electrode it is. A table without header is known by its headings, separated by tabs or commas.
"""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from measurements import columns
from measurements.formats import Format, FormatError, Notice, Reading, Sample
from measurements.formats._biologic_header import header_facts, technique
from measurements.formats._checks import Source, clean_text, counted, finish, no_rows
from measurements.formats._neware_table import LOCAL_TIME
from measurements.formats._text import (
    Grid,
    Meanings,
    canonical,
    decimal_sign,
    decode,
    first_line,
    headings_of,
    numeric,
    read_grid,
)

FIRST_LINES = ("ec-lab ascii file", "bt-lab ascii file")
TIME = "time/s"
FREQUENCY = "freq/Hz"
VOLTAGES = ("Ewe/V", "<Ewe>/V", "Ecell/V", "<Ecell>/V")
CURRENTS = {"I/mA": 1e-3, "<I>/mA": 1e-3, "I/A": 1.0, "<I>/A": 1.0, "I/μA": 1e-6, "<I>/μA": 1e-6}
"""What is the voltage, and what the current, in this order of preference."""

COUNTER_POTENTIALS = ("Ece/V", "<Ece>/V")
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

CLOCK = "%m/%d/%Y %H:%M:%S.%f"


def sniff(sample: Sample) -> bool:
    """Tell the text by the first line of its header, or by the column headings themselves."""
    line = first_line(decode(sample.head))
    return line.lower().startswith(FIRST_LINES) or _is_heading(line)


def read(path: Path) -> Reading:
    """Read one export; FormatError names the line that is cut off or not numeric."""
    lines = decode(path.read_bytes()).splitlines()
    at = _heading_at(path.name, lines)
    separator = _separator(lines[at])
    grid = Grid(
        Source(path.name, "line", at + 2),
        headings_of(lines[at], separator),
        separator,
        decimal_sign(lines[at + 1 :], separator),
    )
    raw = read_grid(grid, lines[at + 1 :])
    metadata, notices = header_facts(lines[:at])
    raw = _elapsed(grid, raw, notices)
    kind = _kind(grid, raw, technique(lines[:at]))
    if kind == columns.IMPEDANCE:
        raw = _without_rests(grid, raw, notices)
    frame = canonical(grid, raw, _meanings(grid.headings, kind))
    _check_current(grid, kind, frame)
    if any(name in raw for name in COUNTER_POTENTIALS):
        notices.append(
            Notice(
                "THREE_ELECTRODES",
                "The potential of the counter electrode (Ece) was recorded: voltage_volt is that "
                "of the working electrode against the reference (Ewe), not of the cell.",
            )
        )
    frame = _with_parts(frame) if kind == columns.IMPEDANCE else frame
    return finish(grid.source, kind, frame, metadata=metadata, notices=notices)


def _separator(line: str) -> str:
    return "\t" if "\t" in line else ","


def _is_heading(line: str) -> bool:
    """Tell column headings: at least two of EC-Lab, among them a potential or an impedance."""
    names = KNOWN.intersection(headings_of(line, _separator(line)))
    return len(names) > 1 and not names.isdisjoint({*VOLTAGES, *SPECTRA})


def _heading_at(name: str, lines: Sequence[str]) -> int:
    at = next((at for at, line in enumerate(lines) if _is_heading(line)), None)
    if at is not None:
        return at
    seen = max(0, len(lines) - 1)
    raise FormatError(
        f"{name} is cut off in its header or lacks columns",
        place=f"line {seen + 1}",
        found=f"“{clean_text(lines[seen], 60)}”" if lines else "nothing",
        expected="column headings of EC-Lab, such as time/s, Ewe/V, I/mA or freq/Hz, Re(Z)/Ohm",
        code="E_COLUMNS_MISSING",
    )


def _elapsed(grid: Grid, raw: pd.DataFrame, notices: list[Notice]) -> pd.DataFrame:
    """Return the table with the time in s from its first row where it was written as date."""
    if TIME not in raw or pd.api.types.is_numeric_dtype(raw[TIME]) or not _has_dates(raw[TIME]):
        return raw
    texts = raw[TIME].astype("str").str.strip().replace(r"(:\d\d)$", r"\1.0", regex=True)
    clock = pd.to_datetime(texts, format=CLOCK, errors="coerce")
    wrong = np.flatnonzero(clock.isna().to_numpy())
    if wrong.size:
        raise FormatError(
            f"{grid.source.name} has a time that cannot be read",
            place=grid.source.place(int(raw.index[wrong[0]]), TIME),
            found=f"“{clean_text(raw[TIME].iloc[wrong[0]], 40)}”",
            expected="month/day/year hours:minutes:seconds, or the elapsed time in s",
            code="E_VALUE",
        )
    notices.append(
        Notice(
            "CLOCK_WITHOUT_ZONE",
            f"The clock of this file has no time zone: it is kept as {LOCAL_TIME}, and "
            "test_time_second counts from the first row.",
        )
    )
    elapsed = (clock - clock.iloc[0]).dt.total_seconds()
    since_1970 = (clock - pd.Timestamp(0)).dt.total_seconds()
    return raw.assign(**{TIME: elapsed, LOCAL_TIME: since_1970})


def _has_dates(column: "pd.Series[str]") -> bool:
    return re.match(r"\s*\d+[./-]\d+[./-]\d+\s", str(column.iloc[0])) is not None


def _kind(grid: Grid, raw: pd.DataFrame, name: str) -> str:
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


FORMAT = Format(
    name="biologic_text",
    title="BioLogic EC-Lab text",
    suffixes=(".mpt",),
    kinds=(
        columns.CYCLING,
        columns.IMPEDANCE,
        columns.VOLTAMMETRY,
        columns.CHRONOAMPEROMETRY,
        columns.CHRONOPOTENTIOMETRY,
    ),
    sniff=sniff,
    read=read,
)
