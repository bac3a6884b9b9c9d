"""Ivium text: time, current and potential in columns whose headings carry the units.

Oxidation is positive. The file names neither technique nor start.
"""

import re
from pathlib import Path

from measurements import columns
from measurements.formats import Format, FormatError, Reading, Sample
from measurements.formats._checks import Source, clean_text, finish
from measurements.formats._text import (
    Grid,
    Meanings,
    canonical,
    decimal_sign,
    decode,
    first_line,
    headings_of,
    read_grid,
)

HEADING = re.compile(r"(time|I|E) /(\S+)")
QUANTITIES = {
    "time": (columns.TEST_TIME, {"s": 1.0, "min": 60.0, "h": 3600.0}),
    "I": (columns.CURRENT, {"A": 1.0, "mA": 1e-3, "μA": 1e-6, "uA": 1e-6, "nA": 1e-9}),
    "E": (columns.VOLTAGE, {"V": 1.0, "mV": 1e-3}),
}
"""Quantity of a heading -> canonical name, and its units with their factors."""


def sniff(sample: Sample) -> bool:
    """Tell the text by its first line: time, I and E, each with a unit after a slash."""
    headings = headings_of(first_line(decode(sample.head)), "\t")
    found = {match[1] for match in map(HEADING.fullmatch, headings) if match}
    return found == set(QUANTITIES)


def read(path: Path) -> Reading:
    """Read one table; FormatError names the unit that is unknown or the line that is cut off."""
    lines = decode(path.read_bytes()).splitlines()
    at = next((at for at, line in enumerate(lines) if line.strip()), 0)
    rows = lines[at + 1 :]
    headings = headings_of(lines[at] if lines else "", "\t")
    grid = Grid(Source(path.name, "line", at + 2), headings, "\t", decimal_sign(rows, "\t"))
    frame = canonical(grid, read_grid(grid, rows), _meanings(grid))
    return finish(grid.source, columns.CYCLING, frame, metadata={})


def _meanings(grid: Grid) -> Meanings:
    """Return what the headings mean; FormatError for a unit that is not known."""
    meanings = {}
    for heading in grid.headings:
        found = HEADING.fullmatch(heading)
        if not found:
            continue
        name, units = QUANTITIES[found[1]]
        if found[2] not in units:
            raise FormatError(
                f"{grid.source.name} has an unknown unit",
                place=f"line {grid.source.first - 1}, column {clean_text(heading, 40)}",
                found=f"“{clean_text(found[2], 40)}”",
                expected=", ".join(units),
                code="E_UNITS_UNKNOWN",
            )
        meanings[heading] = (name, units[found[2]])
    return meanings


FORMAT = Format(
    name="ivium",
    title="Ivium text",
    suffixes=(".txt",),
    kinds=(columns.CYCLING,),
    sniff=sniff,
    read=read,
)
