"""WITec text (``//Exported ASCII-File``): the axis and one column for each spectrum.

The axis is the Raman shift (rel. 1/cm), or the wavelength, from which the shift follows only if
the header names the excitation.
"""

from pathlib import Path

import numpy as np

from measurements import columns
from measurements.formats import Format, FormatError, Reading, Sample
from measurements.formats._checks import Source, clean_text, no_rows
from measurements.formats._spectra import (
    NM_CM1,
    PER_CM,
    Values,
    abscissa_unit,
    reading,
    spectrum,
    squeezed,
)
from measurements.formats._text import (
    Grid,
    decimal_sign,
    decode,
    facts,
    first_line,
    headings_of,
    number,
    numeric,
    read_grid,
)

TITLE = "//Exported ASCII-File"
DATA = "[Data]"
RELATIVE = "rel."
FACTS = {"GraphName": "test_name", "FileName": "source_file"}
EXCITATION = "ExcitationWavelength"


def sniff(sample: Sample) -> bool:
    """Tell the text by its first line and the sections of its header."""
    text = decode(sample.head)
    return first_line(text) == TITLE and "[Header]" in text


def read(path: Path) -> Reading:
    """Read all spectra; FormatError names the line that is cut off or an axis of unknown unit."""
    lines = [line.rstrip() for line in decode(path.read_bytes()).splitlines()]
    if DATA not in lines[:-2]:
        raise no_rows(Source(path.name, "line"))
    begin = lines.index(DATA) + 3
    header = {
        name.strip(): text.strip()
        for name, mark, text in (line.partition("=") for line in lines[:begin])
        if mark
    }
    separator = "\t" if "\t" in lines[begin - 2] else ","
    rows = lines[begin:]
    source = Source(path.name, "line", begin + 1)
    headings = headings_of(lines[begin - 2], separator)
    grid = Grid(source, headings, separator, decimal_sign(rows, separator))
    table = read_grid(grid, rows)
    values = np.column_stack([numeric(grid, table[name]) for name in headings])
    units = lines[begin - 1].split(separator)
    count = values.shape[1] - 1
    if count < 1:
        raise no_rows(source)
    kind, unit, x = _axis(source, units[0], header, values[:, 0])
    name = units[1].strip() if len(units) > 1 else ""
    points = Source(path.name, "point")
    whole = spectrum(points, kind, unit, np.tile(x, count), name, values[:, 1:].T.ravel())
    return reading(points, whole, [len(x)] * count, metadata=facts(header, FACTS))


def _axis(
    source: Source, text: str, header: dict[str, str], x: Values
) -> tuple[str, tuple[str, float], Values]:
    """Return the kind, the unit and the values of the axis; FormatError for an unknown unit."""
    relative = squeezed(text).startswith(RELATIVE)
    unit = abscissa_unit(squeezed(text).removeprefix(RELATIVE))
    if unit is None or (unit[0] == PER_CM and not relative):
        raise FormatError(
            f"{source.name} has an axis in an unknown unit",
            place=f"line {source.first - 1}, first column",
            found=f"“{clean_text(text, 40)}”",
            expected="rel. 1/cm, nm or µm",
            code="E_UNITS_UNKNOWN",
        )
    laser = number(header.get(EXCITATION))
    if relative or not laser or laser < 0 or (x <= 0).any():
        return columns.RAMAN, unit, x
    return columns.RAMAN, (PER_CM, 1.0), NM_CM1 * (1 / laser - 1 / (x * unit[1]))


FORMAT = Format(
    name="witec",
    title="WITec ASCII export",
    suffixes=(".txt",),
    kinds=(columns.RAMAN, columns.SPECTRUM_OTHER),
    sniff=sniff,
    read=read,
)
