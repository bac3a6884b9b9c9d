"""Tables of thermal analysis whose headings say quantity and unit (Setaram Calisto and others).

``Temperature (C), Heat Flow Endo Up (mW)``, ``Time (s);Sample Temperature (°C);TG (mg)``, or
headings with a line of units below. Nothing is read without a unit.
"""

import re
from collections.abc import Sequence
from pathlib import Path

from measurements import columns
from measurements.formats import Format, FormatError, Reading, Sample
from measurements.formats._checks import Source, clean_text, no_rows
from measurements.formats._text import Grid, decimal_sign, decode, first_line, headings_of
from measurements.formats._thermal import (
    FURNACE,
    HEAT,
    MASS,
    PROGRAM,
    SAMPLE,
    Facts,
    Label,
    block,
    direction,
    quantity_of,
    temperature_notice,
    to_reading,
)

SEPARATORS = ";\t,"
HEADING = re.compile(r"(.+?)\s*(?:\(([^()]*)\)|\[([^\[\]]*)\]|/\s*([^\s/]+(?:/[^\s/]+)?))")
BARE = ("t", "ts", "tr")
"""Headings that say a quantity only in a file of Mettler-Toledo."""

GROUPED = re.compile(r"-?\d{1,3}(\.\d{3}){2,}|-?\d{1,3}(,\d{3}){2,}")
"""A number with several thousands signs: a spreadsheet took the decimal sign for one."""


def sniff(sample: Sample) -> bool:
    """Tell a table by headings of a temperature and of a heat flow or a mass, with units."""
    lines = decode(sample.head).splitlines()
    labels = [label for label in _labels(lines)[0] if label.heading.lower() not in BARE]
    found = {label.quantity for label in labels if label.unit}
    return bool(found & {SAMPLE, FURNACE, PROGRAM}) and bool(found & {HEAT, MASS})


def read(path: Path) -> Reading:
    """Read the table; FormatError names the unit that is unknown or the line that is cut off."""
    lines = [line.replace('"', "") for line in decode(path.read_bytes()).splitlines()]
    labels, begin = _labels(lines)
    source = Source(path.name, "line", 1)
    if not labels:
        raise no_rows(source)
    line = first_line("\n".join(lines))
    separator = max(SEPARATORS, key=line.count)
    rows = lines[begin:]
    headings = tuple(label.heading for label in labels)
    grid = Grid(
        Source(path.name, "line", begin + 1), headings, separator, decimal_sign(rows, separator)
    )
    _check_numbers(grid, rows)
    known = Facts(direction(line), temperature_notice(labels))
    return to_reading(source, block(grid, rows, begin, labels), labels, known)


def _labels(lines: Sequence[str]) -> tuple[list[Label], int]:
    """Return the columns, and the position of the first row."""
    at = next((at for at, line in enumerate(lines) if line.strip()), None)
    if at is None:
        return [], 0
    line = lines[at].replace('"', "")
    separator = max(SEPARATORS, key=line.count)
    headings = headings_of(line, separator)
    labels = [_label(heading) for heading in headings]
    below = lines[at + 1].replace('"', "").split(separator) if at + 1 < len(lines) else []
    if any(label.unit for label in labels if label.quantity) or len(below) < len(headings):
        return labels, at + 1
    units = [cell.strip() for cell in below]
    if any(re.search(r"\d", unit) for unit in units):
        return labels, at + 1
    return [
        Label(label.heading, label.quantity, unit)
        for label, unit in zip(labels, units, strict=False)
    ], at + 2


def _label(heading: str) -> Label:
    plain = re.sub(r" \(\d+\)$", "", heading)
    found = HEADING.fullmatch(plain)
    if quantity_of(plain) or not found:
        return Label(heading, quantity_of(plain), "")
    return Label(heading, quantity_of(found[1]), found[2] or found[3] or found[4] or "")


def _check_numbers(grid: Grid, rows: Sequence[str]) -> None:
    """Raise FormatError for numbers whose decimal sign a spreadsheet has lost."""
    for at, row in enumerate(rows):
        cell = next((c for c in row.split(grid.separator) if GROUPED.fullmatch(c.strip())), None)
        if cell is not None:
            raise FormatError(
                f"{grid.source.name} has numbers whose decimal sign is lost",
                place=grid.source.place(at),
                found=f"“{clean_text(cell, 40)}”, with several thousands signs",
                expected="the export of the instrument's program, not saved by a spreadsheet",
                code="E_VALUE",
            )


FORMAT = Format(
    name="thermal_csv",
    title="Table of thermal analysis with units in its headings (Setaram Calisto and others)",
    suffixes=(".csv", ".txt"),
    kinds=(columns.DSC, columns.TGA),
    sniff=sniff,
    read=read,
)
