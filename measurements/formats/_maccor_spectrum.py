"""Impedance data that a Maccor attaches to a test (EDA): a header, headings, one spectrum."""

import re
from collections.abc import Sequence

from measurements import columns
from measurements.formats import Reading
from measurements.formats._checks import Source, clean_text, finish
from measurements.formats._cycler import heading_error
from measurements.formats._dates import Start, start_of
from measurements.formats._text import Grid, canonical, decimal_sign, headings_of, read_grid

FIRST_LINE = re.compile(r"\s*MACCOR.*AC Impedance", re.IGNORECASE)
MEANINGS = {
    "Freq(Hz)": (columns.FREQUENCY, 1.0),
    "Z'(a)": (columns.REAL_IMPEDANCE, 1.0),
    "Z''(b)": (columns.IMAGINARY_IMPEDANCE, 1.0),
    "Z-Mag": (columns.ABSOLUTE_IMPEDANCE, 1.0),
    "Phase_Angle": (columns.PHASE, 1.0),
    "time(sec)": (columns.TEST_TIME, 1.0),
}
START = re.compile(r"Start Date:\s*(.+?)\s*Start Time:\s*(\S+)")
PROCEDURE_LINE = 2


def is_spectrum(text: str) -> bool:
    """Tell attached impedance data by their first line."""
    return FIRST_LINE.match(text) is not None


def read_spectrum(name: str, lines: Sequence[str]) -> Reading:
    """Return the spectrum; the imaginary part is as written, negative when capacitive.

    The last columns of the headings have no cells. Raises FormatError for incomplete lines.
    """
    at = next((at for at, line in enumerate(lines) if line.startswith("Freq(Hz)\t")), None)
    if at is None:
        raise heading_error(name, lines, "column headings: Freq(Hz), Z'(a), Z''(b)")
    rows = lines[at + 1 :]
    width = max((row.count("\t") + 1 for row in rows if row.strip()), default=0)
    source = Source(name, "line", at + 2)
    grid = Grid(source, headings_of(lines[at], "\t")[:width], "\t", decimal_sign(rows, "\t"))
    frame = canonical(grid, read_grid(grid, rows), MEANINGS)
    start, notices = _start(lines[:at])
    procedure = clean_text(lines[PROCEDURE_LINE]) if at > PROCEDURE_LINE else ""
    metadata = start | ({"schedule": procedure} if procedure else {})
    return finish(source, columns.IMPEDANCE, frame, metadata=metadata, notices=notices)


def _start(lines: Sequence[str]) -> Start:
    found = next(filter(None, map(START.search, lines)), None)
    return start_of(found[1], found[2]) if found else ({}, [])
