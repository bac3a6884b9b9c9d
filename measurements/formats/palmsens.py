"""PalmSens PSTrace CSV: impedance spectra one below the other, other curves side by side.

The program writes UTF-16. The column Z'' of a spectrum holds -Im Z, which the columns of the phase
or of the capacitance show: it is turned round by them, and refused where neither is there. Curves
have two columns each: time and potential, time and current, or potential and current; oxidation
is positive.
"""

from pathlib import Path

from measurements import columns
from measurements.formats import Format, FormatError, Reading, Sample
from measurements.formats._checks import clean_text
from measurements.formats._palmsens_curves import read_curves
from measurements.formats._palmsens_spectra import is_spectrum_heading, read_spectra
from measurements.formats._text import decode, first_line

FIRST_LINES = ("file date:", "date and time:")
MARKS = ("measurement:", "date and time measurement:")


def sniff(sample: Sample) -> bool:
    """Tell a PSTrace file by its first line and the line that names or dates a measurement."""
    text = decode(sample.head).lower()
    return first_line(text).startswith(FIRST_LINES) and any(mark in text for mark in MARKS)


def read(path: Path) -> Reading:
    """Read spectra or curves; FormatError names the line that is cut off or in unknown units."""
    lines = decode(path.read_bytes()).splitlines()
    if any(is_spectrum_heading(line) for line in lines):
        return read_spectra(path.name, lines)
    if any(MARKS[1] in line.lower() for line in lines):
        return read_curves(path.name, lines)
    seen = max(0, len(lines) - 1)
    raise FormatError(
        f"{path.name} is cut off in its header or lacks columns",
        place=f"line {seen + 1}",
        found=f"“{clean_text(lines[seen], 60)}”" if lines else "nothing",
        expected="the headings of a spectrum (freq / Hz ...) or the units of curves (s,V ...)",
        code="E_COLUMNS_MISSING",
    )


FORMAT = Format(
    name="palmsens",
    title="PalmSens PSTrace .csv",
    suffixes=(".csv",),
    kinds=(
        columns.IMPEDANCE,
        columns.VOLTAMMETRY,
        columns.CHRONOAMPEROMETRY,
        columns.CHRONOPOTENTIOMETRY,
    ),
    sniff=sniff,
    read=read,
)
