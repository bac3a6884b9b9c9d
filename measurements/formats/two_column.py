"""Spectra as text whose headings say what the columns are: ``cm-1,%T``, ``#Wave #Intensity`` ...

The headings stand in one of the first lines (PerkinElmer Spectrum, Renishaw WiRE, tables made by
hand). Tables whose headings leave the axis or its unit open are
not claimed. WiRE does not write the unit of its axis: it is taken for the Raman shift, its default.
"""

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from measurements import columns
from measurements.formats import Format, FormatError, Notice, Reading, Sample
from measurements.formats._checks import Source, clean_text
from measurements.formats._spectra import (
    NM,
    PER_CM,
    Spectrum,
    Values,
    reading,
    spectrum,
    squeezed,
)
from measurements.formats._text import Grid, decimal_sign, decode, headings_of, numeric, read_grid

SEARCHED_LINES = 6
SEPARATORS = ("\t", ";", ",")
BLANKS = " "
WIRE = re.compile(r"(?:#X\s+#Y\s+)?#Wave\s+#Intensity\s*")
BEFORE = ("X", "Y")
"""Columns of a map before the axis: the place in µm."""

SHIFT = re.compile(r"ramanshift[\[(/,]*(1?/cm|cm\^?\(?-1\)?)[\])]?")
WAVENUMBER = re.compile(r"(wavenumbers?[\[(/,]*)?(1/cm|cm\^?\(?-1\)?)[\])]?")
WAVELENGTH = re.compile(r"(wavelength[\[(/,]*)(nm|[uμ]m)[\])]?")
TAKEN_UP = re.compile(
    r"%t|%?transm(ittance|ission)([\[(/,]*%[\])]?)?|a|abs|absorbance([\[(].*[\])])?"
)
COUNTED = re.compile(r"(intensity|counts|signal)([\[(/,].*)?")

SHIFT_ASSUMED = Notice(
    "RAMAN_SHIFT_ASSUMED",
    "WiRE does not write the unit of its axis; it was taken for the Raman shift in 1/cm.",
)


def sniff(sample: Sample) -> bool:
    """Tell the text by its headings, which name both axes and the unit of the first."""
    return _heading(decode(sample.head).splitlines()) is not None


def read(path: Path) -> Reading:
    """Read the spectrum; FormatError names the line that is cut off or not numeric."""
    lines = decode(path.read_bytes()).splitlines()
    axes = _heading(lines)
    if axes is None:
        raise FormatError(
            f"{path.name} has no headings of a spectrum",
            place=f"the first {SEARCHED_LINES} lines",
            found=f"“{clean_text(next(iter(lines), ''), 60)}”",
            expected="headings such as cm-1 and %T, or Raman shift (cm-1) and Intensity",
            code="E_COLUMNS_MISSING",
        )
    rows = lines[axes.at + 1 :]
    if axes.separator == BLANKS:
        rows = ["\t".join(line.split()) for line in rows]
    separator = "\t" if axes.separator == BLANKS else axes.separator
    source = Source(path.name, "line", axes.at + 2)
    grid = Grid(source, axes.headings, separator, decimal_sign(rows, separator))
    table = read_grid(grid, rows)
    *places, x, y = (
        np.asarray(numeric(grid, table[heading]), np.float64) for heading in axes.headings
    )
    points = Source(path.name, "point")
    whole = spectrum(points, axes.kind, axes.unit, x, axes.headings[-1], y)
    ends = np.array([len(x)])
    if axes.assumed:
        moved = np.any([np.diff(place) != 0 for place in places] + [_restarts(x)], axis=0)
        ends = np.append(np.flatnonzero(moved) + 1, len(x))
    if places:
        frame = whole.frame.assign(**dict(zip(BEFORE, places, strict=True)))
        whole = Spectrum(whole.kind, frame, whole.unit, whole.notices)
    if axes.assumed:
        whole = Spectrum(whole.kind, whole.frame, "counts", (*whole.notices, SHIFT_ASSUMED))
    return reading(points, whole, list(np.diff(ends, prepend=0)), metadata={})


def _restarts(x: Values) -> NDArray[np.bool_]:
    """Tell for each step of the axis (n - 1,) whether the next spectrum of WiRE begins there."""
    steps = np.diff(x)
    back: NDArray[np.bool_] = steps * np.sign(np.median(steps)) < 0 if steps.size else steps > 0
    return back


@dataclass(frozen=True)
class _Axes:
    """Where the headings stand, what they are, and what they mean."""

    at: int
    headings: tuple[str, ...]
    separator: str
    kind: str
    unit: tuple[str, float]
    assumed: bool = False


def _heading(lines: list[str]) -> _Axes | None:
    """Return the headings of the columns; None where there are none that leave nothing open."""
    for at, line in enumerate(lines[:SEARCHED_LINES]):
        if WIRE.fullmatch(line):
            names = tuple(word.strip("#") for word in line.split())
            return _Axes(at, names, BLANKS, columns.RAMAN, (PER_CM, 1.0), assumed=True)
        separator = next((sign for sign in SEPARATORS if sign in line), "")
        headings = headings_of(line.replace('"', ""), separator) if separator else ()
        meaning = _meaning(headings)
        if meaning:
            return _Axes(at, headings, separator, *meaning)
    return None


def _meaning(headings: tuple[str, ...]) -> tuple[str, tuple[str, float]] | None:
    """Return the kind and the unit of the axis that two headings mean, None if one is open."""
    if len(headings) != len(BEFORE):
        return None
    x, y = (squeezed(heading.strip("#")) for heading in headings)
    taken_up, counted = TAKEN_UP.fullmatch(y), COUNTED.fullmatch(y)
    if SHIFT.fullmatch(x) and counted:
        return columns.RAMAN, (PER_CM, 1.0)
    if WAVENUMBER.fullmatch(x) and taken_up:
        return columns.INFRARED, (PER_CM, 1.0)
    length = WAVELENGTH.fullmatch(x)
    if length and (taken_up or counted):
        return columns.SPECTRUM_OTHER, (NM, 1.0 if length[2] == "nm" else 1e3)
    return None


FORMAT = Format(
    name="two_column",
    title="Spectrum as text with headings (cm-1, %T ...)",
    suffixes=(".txt", ".csv", ".asc"),
    kinds=(columns.INFRARED, columns.RAMAN, columns.SPECTRUM_OTHER),
    sniff=sniff,
    read=read,
)
