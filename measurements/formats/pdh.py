"""PDH (PCG, Anton Paar SAXSquant): five lines of header, rows q, I, dI, and an XML description.

The unit of q stands in the XML. Without it the wavelength shows which length the file uses, if it
is that of a usual anode; other files are refused.
"""

import re
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from measurements import columns
from measurements.formats import Format, FormatError, Notice, Reading, Sample
from measurements.formats._checks import Source, clean_text
from measurements.formats._scattering import (
    TEMPERATURE,
    WAVELENGTH,
    curves,
    length_angstrom,
    no_q_unit,
    q_factor,
    xml_root,
)
from measurements.formats._text import Grid, decode, number, numeric, quantity, read_grid

HEADER_LINES = 5
INTEGERS, REALS = 8, 5
MARK = "SAXS"
XML = "<?xml"
NAMES = (columns.Q, columns.INTENSITY, columns.INTENSITY_U)
ANODES_ANGSTROM = (1.5406, 1.5418, 1.542, 0.7093, 0.7107)
"""Cu Kα1, Cu Kα as weighed and as Anton Paar rounds it, Mo Kα1, Mo Kα."""

TOLERANCE = 1e-3
CELSIUS = {"degC": 1.0}
LENGTHS = {"nm": 10.0, "Å": 1.0}


def sniff(sample: Sample) -> bool:
    """Tell the text by its key word and the numbers of its header lines."""
    return _reals(decode(sample.head).splitlines()) is not None


def read(path: Path) -> Reading:
    """Read the curve; FormatError where rows lack or the unit of q stays open."""
    lines = decode(path.read_bytes()).splitlines()
    source = Source(path.name, "line", HEADER_LINES + 1)
    reals = _reals(lines) or []
    end = next((at for at, line in enumerate(lines) if line.startswith(XML)), len(lines))
    rows = ["\t".join(line.split()) for line in lines[HEADER_LINES:end]]
    grid = Grid(source, NAMES, "\t")
    table = read_grid(grid, rows)
    frame = pd.DataFrame({name: numeric(grid, table[name]) for name in NAMES})
    announced = number(lines[2].split()[0]) if reals else None
    if announced != len(frame):
        raise FormatError(
            f"{path.name} is not whole",
            place=f"line {end}",
            found=f"{len(frame)} points",
            expected=f"{announced} points, as line 3 says",
            code="E_TRUNCATED",
        )
    described = _description(path.name, "\n".join(lines[end:]))
    unit, notices = _q_unit(source, described, reals[4])
    frame[columns.Q] *= unit
    metadata: dict[str, object] = {"test_name": clean_text(lines[0])} if lines[0].strip() else {}
    for name, key, factor in (
        ("Wavelength", WAVELENGTH, length_angstrom(described.get("Wavelength unit", ""))),
        ("Temperature", TEMPERATURE, CELSIUS.get(described.get("Temperature unit", ""))),
    ):
        metadata |= quantity(described.get(name), key, factor) if factor else {}
    return curves(
        Source(path.name, "point"),
        [frame],
        unit=described.get("Y unit", "").replace("_", ""),
        metadata=metadata,
        notices=notices,
    )


def _reals(lines: Sequence[str]) -> list[float] | None:
    """Return the five numbers of the fourth line; None where the header is another."""
    if len(lines) < HEADER_LINES or not lines[1].startswith(MARK):
        return None
    integers = lines[2].split()
    if len(integers) != INTEGERS or not all(re.fullmatch(r"-?\d+", text) for text in integers):
        return None
    found = [[number(text) for text in line.split()] for line in lines[3:HEADER_LINES]]
    values = [value for value in found[0] if value is not None]
    return values if [*map(len, found), len(values)] == [REALS] * 3 else None


def _q_unit(
    source: Source, described: dict[str, str], wavelength: float
) -> tuple[float, list[Notice]]:
    """Return the factor of q to 1/Å, with a notice where it follows from the wavelength."""
    said = described.get("X unit", "")
    factor = q_factor(said.replace("_", ""))
    if factor is not None:
        return factor, []
    for name, size in LENGTHS.items():
        near = [abs(wavelength * size / anode - 1) < TOLERANCE for anode in ANODES_ANGSTROM]
        if not said and any(near):
            text = (
                f"The file does not name the unit of q; its wavelength, {wavelength:g}, is that "
                f"of an anode in {name}, so q was taken for 1/{name}."
            )
            return 1 / size, [Notice("Q_UNIT_ASSUMED", text)]
    raise no_q_unit(source, "the description of column X", said)


def _description(name: str, text: str) -> dict[str, str]:
    """Return values and units of the XML: ``X unit``, ``Wavelength``, ``Wavelength unit`` ..."""
    if not text.strip():
        return {}
    found: dict[str, str] = {}
    for element in xml_root(name, text.encode(), "the XML after the rows"):
        values = {child.get("key", ""): (child.text or "").strip() for child in element}
        key = element.get("key", "")
        found |= {key: values.get("value", ""), f"{key} unit": values.get("unit", "")}
    return found


FORMAT = Format(
    name="pdh",
    title="PDH scattering curve .pdh",
    suffixes=(".pdh",),
    kinds=(columns.SCATTERING,),
    sniff=sniff,
    read=read,
)
