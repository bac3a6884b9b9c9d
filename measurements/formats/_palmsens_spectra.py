"""Impedance spectra in a PSTrace file, each with its own title, date and headings."""

import re
from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from measurements import columns
from measurements.formats import FormatError, Notice, Reading
from measurements.formats._checks import Source, clean_text, finish
from measurements.formats._dates import start_of
from measurements.formats._text import (
    Grid,
    canonical,
    decimal_sign,
    headings_of,
    number,
    read_grid,
)

FREQUENCY = "freq / Hz"
PHASE = "neg. Phase / °"
IMAGINARY = "Z'' / Ohm"
CAPACITANCE = "Cs / F"
MEANINGS = {
    FREQUENCY: (columns.FREQUENCY, 1.0),
    PHASE: (columns.PHASE, -1.0),
    "Phase / °": (columns.PHASE, 1.0),
    "Idc / uA": (columns.CURRENT, 1e-6),
    "Z / Ohm": (columns.ABSOLUTE_IMPEDANCE, 1.0),
    "Z' / Ohm": (columns.REAL_IMPEDANCE, 1.0),
    IMAGINARY: (columns.IMAGINARY_IMPEDANCE, 1.0),
    "-Z'' / Ohm": (columns.IMAGINARY_IMPEDANCE, -1.0),
    "time / s": (columns.TEST_TIME, 1.0),
}
FLIPPED = Notice(
    "IMAG_SIGN_FLIPPED",
    "The file has -Im Z in its column Z'': it is turned round, capacitive parts are negative.",
)


def is_spectrum_heading(line: str) -> bool:
    """Tell the headings of a spectrum by the frequency at their beginning."""
    return line.lstrip().startswith(FREQUENCY)


def read_spectra(name: str, lines: Sequence[str]) -> Reading:
    """Return all spectra of a file in one table, numbered where there are several."""
    notices: list[Notice] = []
    frames: list[pd.DataFrame] = []
    for at, end in _blocks(lines):
        separator = ";" if ";" in lines[at] else ","
        block = lines[at + 1 : end]
        grid = Grid(
            Source(name, "line", at + 2),
            headings_of(lines[at], separator),
            separator,
            decimal_sign(block, separator),
        )
        frame = canonical(grid, read_grid(grid, block), MEANINGS)
        frame = _with_sign(grid, frame, notices)
        frame[columns.SPECTRUM] = float(len(frames) + 1)
        frame.index += at + 1
        frames.append(frame)
    metadata, found = _facts(lines)
    return finish(
        Source(name, "line"),
        columns.IMPEDANCE,
        pd.concat(frames),
        metadata=metadata,
        notices=[*notices, *found],
    )


def _blocks(lines: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield where the headings of each spectrum stand, and where its rows end."""
    for at, line in enumerate(lines):
        if is_spectrum_heading(line):
            after = range(at + 1, len(lines))
            yield at, next((end for end in after if _is_text(lines[end])), len(lines))


def _is_text(line: str) -> bool:
    """Tell a line that belongs to no row: it begins with a word."""
    first = re.split(r"[,;]", line)[0].strip()
    return bool(first) and number(first) is None and re.match(r"[A-Za-z]", first) is not None


def _with_sign(grid: Grid, frame: pd.DataFrame, notices: list[Notice]) -> pd.DataFrame:
    """Return the table with Im Z negative where capacitive, by the sign of phase or capacitance."""
    if IMAGINARY not in grid.headings or columns.IMAGINARY_IMPEDANCE not in frame:
        return frame
    imaginary = frame[columns.IMAGINARY_IMPEDANCE].to_numpy(dtype=np.float64)
    if columns.PHASE in frame:
        with np.errstate(invalid="ignore"):
            expected = np.sin(np.radians(frame[columns.PHASE].to_numpy(dtype=np.float64)))
    elif CAPACITANCE in frame and pd.api.types.is_numeric_dtype(frame[CAPACITANCE]):
        expected = -frame[CAPACITANCE].to_numpy(dtype=np.float64)
    else:
        expected = np.zeros(len(frame))
    agreement = float(np.nansum(np.sign(expected) * np.sign(imaginary)))
    if agreement == 0:
        raise FormatError(
            f"{grid.source.name} does not say which sign Z'' has",
            place=grid.source.place(-1),
            found=", ".join(clean_text(name, 40) for name in grid.headings),
            expected=f"beside Z'' one of the columns {PHASE} and {CAPACITANCE}",
            code="E_UNITS_UNKNOWN",
        )
    if agreement < 0 and FLIPPED not in notices:
        notices.append(FLIPPED)
    return frame.assign(**{columns.IMAGINARY_IMPEDANCE: np.sign(agreement) * imaginary})


def _facts(lines: Sequence[str]) -> tuple[dict[str, object], list[Notice]]:
    """Return technique, comment and the first date of a measurement."""
    pairs: dict[str, str] = {}
    for line in lines:
        name, found, text = line.partition(":")
        if found:
            pairs.setdefault(name.strip(), text.strip(" ,;"))
    day, _, clock = pairs.get("Date and time", "").partition(" ")
    start, notices = start_of(day, clock)
    named = {"technique": "Measurement", "comment": "Notes"}
    metadata = {key: clean_text(pairs[name]) for key, name in named.items() if pairs.get(name)}
    return metadata | start, notices
