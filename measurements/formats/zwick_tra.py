"""Zwick/Roell testXpert .TRA: quoted header with the geometry, headings, units, rows.

The language of the headings is that of the program (English, German, French).
"""

from collections.abc import Sequence
from pathlib import Path

from measurements import columns
from measurements.formats import Format, Reading, Sample
from measurements.formats._checks import Source, no_rows
from measurements.formats._mechanical import Label, cells_of, geometry, is_table, label
from measurements.formats._specimens import parts, to_reading
from measurements.formats._text import (
    Grid,
    check_decimal,
    decimal_sign,
    decode,
    headings_of,
    read_grid,
)

SEPARATORS = ";\t,"
MAX_HEADER_LINES = 200


def sniff(sample: Sample) -> bool:
    """Tell a .TRA by two lines of quoted cells, headings and units, below a quoted header."""
    return _headings(decode(sample.head).splitlines()) > 0


def read(path: Path) -> Reading:
    """Read the rows of one specimen; FormatError names the line or the unit that is unknown."""
    lines = decode(path.read_bytes()).splitlines()
    source = Source(path.name, "line", 1)
    at = _headings(lines)
    if not at:
        raise no_rows(source)
    separator = _separator(lines[at])
    labels = _labels(lines, at)
    rows = lines[at + 2 :]
    headings = tuple(label.heading for label in labels)
    begin = at + 2
    grid = Grid(
        Source(path.name, "line", begin + 1), headings, separator, decimal_sign(rows, separator)
    )
    check_decimal(grid, rows)
    facts = geometry(cells_of(line, separator) for line in lines[:at])
    return to_reading(source, parts(grid, read_grid(grid, rows), labels, facts, begin), labels)


def _headings(lines: Sequence[str]) -> int:
    """Return the position of the headings, 0 if there are none."""
    for at in range(1, min(len(lines) - 1, MAX_HEADER_LINES)):
        both = lines[at].rstrip("\r\n ;,\t"), lines[at + 1].rstrip("\r\n ;,\t")
        if all(_is_quoted(line) for line in both) and is_table(_labels(lines, at)):
            return at
    return 0


def _is_quoted(line: str) -> bool:
    separator = _separator(line)
    return line.count(separator) > 0 and all(
        cell.startswith('"') and cell.endswith('"') for cell in line.split(separator)
    )


def _separator(line: str) -> str:
    return max(SEPARATORS, key=lambda sign: line.count(f'"{sign}"'))


def _labels(lines: Sequence[str], at: int) -> list[Label]:
    separator = _separator(lines[at])
    headings = headings_of(lines[at].replace('"', ""), separator)
    units = lines[at + 1].replace('"', "").split(separator)
    units += [""] * (len(headings) - len(units))
    return [label(heading, unit) for heading, unit in zip(headings, units, strict=False)]


FORMAT = Format(
    name="zwick_tra",
    title="Zwick/Roell testXpert .TRA",
    suffixes=(".tra", ".txt"),
    kinds=(columns.MECHANICAL,),
    sniff=sniff,
    read=read,
)
