"""B&W Tek BWSpec and BWRAM text: a header of pairs and a table with one row for each pixel.

The intensity is the column *Dark Subtracted*; raw counts and dark stay beside it. Pixels outside
the calibrated axis have no wavelength and are left out. Several frames (#1, #2 ...) are spectra.
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from measurements import columns
from measurements.formats import Format, FormatError, Notice, Reading, Sample
from measurements.formats._checks import Source, counted, no_rows, short_list
from measurements.formats._dates import start_of
from measurements.formats._spectra import Spectrum, Values, joined
from measurements.formats._text import (
    Grid,
    decimal_sign,
    decode,
    facts,
    first_line,
    headings_of,
    numeric,
    quantity,
    read_grid,
)

FIRST = re.compile(r"File Version([;,\t])BW", re.IGNORECASE)
SHIFT, WAVELENGTH = "Raman Shift", "Wavelength"
FRAME = re.compile(r"(Dark Subtracted)( #\d+)?")
BESIDE = ("Raw data", "Dark")
FACTS = {"title": "instrument", "model": "spectrometer", "operator": "operator"}
QUANTITIES = {
    "intigration times(ms)": ("acquisition_time_s", 1e-3),
    "average number": ("averages", 1.0),
    "time_multiply": ("accumulations", 1.0),
    "laser_wavelength": ("laser_nm", 1.0),
    "laser_powerlevel": ("laser_power_percent", 1.0),
}


def sniff(sample: Sample) -> bool:
    """Tell the text by its first line, the version of the program."""
    return bool(FIRST.match(first_line(decode(sample.head))))


def read(path: Path) -> Reading:
    """Read all frames; FormatError names the column or the line that lacks."""
    lines = decode(path.read_bytes()).splitlines()
    title = FIRST.match(first_line("\n".join(lines[:3])))
    separator = title[1] if title else ";"
    at = next((at for at, line in enumerate(lines) if line.startswith(f"Pixel{separator}")), None)
    if at is None:
        raise no_rows(Source(path.name, "line"))
    rows = lines[at + 1 :]
    headings = headings_of(lines[at], separator)
    sign = decimal_sign(rows, separator)
    grid = Grid(Source(path.name, "line", at + 2), headings, separator, sign)
    table = read_grid(grid, rows)
    axis, x = _axis(grid, table)
    on_axis = np.isfinite(x)
    notices = []
    if not on_axis.all():
        pixels = counted(int((~on_axis).sum()), "pixel")
        notices = [Notice("PIXELS_LEFT_OUT", f"{pixels} outside the calibrated axis left out.")]
    kind = columns.RAMAN if axis == columns.RAMAN_SHIFT else columns.SPECTRUM_OTHER
    header = dict((line.split(separator, 1) + [""])[:2] for line in lines[:at])
    day, _, clock = header.get("Date", "").partition(" ")
    start, dated = start_of(day, clock)
    spectra = [
        Spectrum(kind, frame[on_axis], "counts", (*notices, *dated))
        for frame in _frames(grid, table, axis, x)
    ]
    return joined(Source(path.name, "point"), spectra, metadata=_metadata(header) | start)


def _axis(grid: Grid, table: pd.DataFrame) -> tuple[str, Values]:
    """Return the canonical name and the values of the axis: the Raman shift, or the wavelength."""
    for heading, name in ((SHIFT, columns.RAMAN_SHIFT), (WAVELENGTH, columns.WAVELENGTH)):
        if heading in table:
            x = np.asarray(numeric(grid, table[heading]), np.float64)
            if np.isfinite(x).any():
                return name, x
    raise _lacks(grid, f"{SHIFT} or {WAVELENGTH}")


def _frames(grid: Grid, table: pd.DataFrame, axis: str, x: Values) -> Sequence[pd.DataFrame]:
    """Return the tables of the frames; FormatError where no column is dark subtracted."""
    found = []
    for heading in grid.headings:
        match = FRAME.fullmatch(heading)
        if match:
            named = {name: f"{name}{match[2] or ''}" for name in BESIDE}
            beside = {
                name: numeric(grid, table[other if other in table else name])
                for name, other in named.items()
                if other in table or name in table
            }
            values = {axis: x, columns.INTENSITY: numeric(grid, table[heading])}
            found.append(pd.DataFrame(values | beside, index=table.index))
    if not found:
        raise _lacks(grid, "Dark Subtracted")
    return found


def _lacks(grid: Grid, name: str) -> FormatError:
    return FormatError(
        f"{grid.source.name} lacks a column",
        place=f"line {grid.source.first - 1}, the column headings",
        found=short_list(grid.headings),
        expected=name,
        code="E_COLUMNS_MISSING",
    )


def _metadata(header: Mapping[str, str]) -> dict[str, object]:
    found = facts(header, FACTS)
    for label, (name, factor) in QUANTITIES.items():
        found |= quantity(header.get(label), name, factor)
    return found


FORMAT = Format(
    name="bwtek",
    title="B&W Tek BWSpec .txt",
    suffixes=(".txt",),
    kinds=(columns.RAMAN, columns.SPECTRUM_OTHER),
    sniff=sniff,
    read=read,
)
