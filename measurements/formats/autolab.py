"""Metrohm Autolab: the ASCII export of NOVA (spectra exported for ZView are read as .z).

One line of headings with units, cells separated by semicolons, tabs or commas. -Z'' and -Phase are
turned round; oxidation is positive. The file names neither technique nor start.
"""

from pathlib import Path

from measurements import columns
from measurements.formats import Format, FormatError, Reading, Sample
from measurements.formats._checks import Source, finish, short_list
from measurements.formats._text import (
    Grid,
    canonical,
    decimal_sign,
    decode,
    first_line,
    headings_of,
    read_grid,
)

SEPARATORS = ";\t,"
FREQUENCY = "Frequency (Hz)"
POTENTIAL = "WE(1).Potential (V)"
CURRENT = "WE(1).Current (A)"
SWEPT = "Potential applied (V)"
MEANINGS = {
    FREQUENCY: (columns.FREQUENCY, 1.0),
    "Z' (Ω)": (columns.REAL_IMPEDANCE, 1.0),
    "-Z'' (Ω)": (columns.IMAGINARY_IMPEDANCE, -1.0),
    "Z (Ω)": (columns.ABSOLUTE_IMPEDANCE, 1.0),
    "-Phase (°)": (columns.PHASE, -1.0),
    "Time (s)": (columns.TEST_TIME, 1.0),
    POTENTIAL: (columns.VOLTAGE, 1.0),
    CURRENT: (columns.CURRENT, 1.0),
    "Scan": (columns.CYCLE, 1.0),
}
SPECTRUM = frozenset({FREQUENCY, "Z' (Ω)", "-Z'' (Ω)"})
CURVE = frozenset({POTENTIAL, CURRENT})


def sniff(sample: Sample) -> bool:
    """Tell an export of NOVA by the headings of its first line."""
    headings = set(_headings(first_line(decode(sample.head)))[0])
    return headings >= SPECTRUM or headings >= CURVE


def read(path: Path) -> Reading:
    """Read one export; FormatError names the line that is cut off or not numeric."""
    lines = decode(path.read_bytes()).splitlines()
    at = next((at for at, line in enumerate(lines) if line.strip()), 0)
    headings, separator = _headings(lines[at] if lines else "")
    decimal = decimal_sign(lines[at + 1 :], separator)
    grid = Grid(Source(path.name, "line", at + 2), headings, separator, decimal)
    if not (set(headings) >= SPECTRUM or set(headings) >= CURVE):
        raise FormatError(
            f"{path.name} lacks columns",
            place=f"line {at + 1}",
            found=short_list(headings) or "nothing",
            expected=f"{short_list(sorted(SPECTRUM))} or {short_list(sorted(CURVE))}",
            code="E_COLUMNS_MISSING",
        )
    frame = canonical(grid, read_grid(grid, lines[at + 1 :]), MEANINGS)
    return finish(grid.source, _kind(headings), frame, metadata={})


def _headings(line: str) -> tuple[tuple[str, ...], str]:
    """Return the headings of a line and their separator."""
    separator = max(SEPARATORS, key=line.count)
    return tuple(name.strip('"') for name in headings_of(line, separator)), separator


def _kind(headings: tuple[str, ...]) -> str:
    if set(headings) >= SPECTRUM:
        return columns.IMPEDANCE
    swept = SWEPT in headings or "Scan" in headings or "Time (s)" not in headings
    return columns.VOLTAMMETRY if swept else columns.CYCLING


FORMAT = Format(
    name="autolab",
    title="Autolab NOVA text",
    suffixes=(".txt", ".csv"),
    kinds=(columns.IMPEDANCE, columns.VOLTAMMETRY, columns.CYCLING),
    sniff=sniff,
    read=read,
)
