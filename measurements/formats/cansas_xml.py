"""CanSAS 1D XML, versions 1.0 and 1.1: reduced small-angle scattering of X-rays or neutrons.

Every SASdata of every SASentry is a curve. Units stand at each number and must not change within a
curve. Source: https://www.cansas.org/formats/canSAS1d/1.1/doc/
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from measurements import columns
from measurements.formats import Format, FormatError, Notice, Reading, Sample
from measurements.formats._checks import Source, clean_text, no_rows
from measurements.formats._scattering import (
    TEMPERATURE,
    WAVELENGTH,
    ZERO_CELSIUS_K,
    curves,
    length_angstrom,
    no_q_unit,
    q_factor,
    xml_root,
)
from measurements.formats._text import decode, quantity

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

NAMES = {
    "Q": columns.Q,
    "I": columns.INTENSITY,
    "Idev": columns.INTENSITY_U,
    "Qdev": columns.Q_U,
}
LIKE_Q = ("Q", "Qdev", "Qmean", "dQl", "dQw")
"""Numbers that have the unit of the scattering vector; the last three keep their names in 1/Å."""

FACTS = {
    "Title": "test_name",
    "Run": "run",
    "SASsample/ID": "sample_name",
    "SASinstrument/name": "instrument",
    "SASinstrument/SASsource/radiation": "radiation",
}
CELSIUS = {"c", "°c", "degc", "celsius"}
KELVIN = {"k", "kelvin"}


def sniff(sample: Sample) -> bool:
    """Tell the XML by its root, which names canSAS."""
    head = decode(sample.head)
    return "<SASroot" in head and "cansas1d" in head.lower()


def read(path: Path) -> Reading:
    """Read all curves; FormatError for broken XML, unknown units or numbers that lack."""
    source = Source(path.name, "point")
    root = xml_root(path.name, path.read_bytes(), "the XML")
    entries = [element for element in root if _tag(element) == "SASentry"]
    data = [element for entry in entries for element in entry if _tag(element) == "SASdata"]
    found = [_curve(source, element, at) for at, element in enumerate(data, start=1)]
    filled = [(frame, unit) for frame, unit in found if len(frame)]
    if not filled:
        raise no_rows(source)
    unit = filled[0][1]
    like = [frame for frame, other in filled if other == unit]
    notices = []
    if len(like) < len(filled):
        notices = [
            Notice(
                "SPECTRA_LEFT_OUT",
                f"{len(filled) - len(like)} of {len(filled)} curves are left out: their intensity "
                f"is not in {unit or 'the same unit'}.",
            )
        ]
    return curves(source, like, unit=unit, metadata=_metadata(entries[0]), notices=notices)


def _tag(element: "Element") -> str:
    """Return the name of an element without its namespace."""
    return str(element.tag).rpartition("}")[2]


def _curve(source: Source, data: "Element", number: int) -> tuple[pd.DataFrame, str]:
    """Return a curve with canonical columns, and the unit of its intensity."""
    points = [{_tag(child): child for child in point} for point in data if _tag(point) == "Idata"]
    table: dict[str, list[float]] = {}
    units: dict[str, str] = {}
    for name in {name: None for point in points for name in point}:
        cells = [point.get(name) for point in points]
        table[name] = [
            _number(source, cell, f"curve {number}, point {at}, {name}")
            for at, cell in enumerate(cells, start=1)
        ]
        units[name] = _unit(source, cells, f"curve {number}, {name}")
    frame = pd.DataFrame(table, dtype=np.float64)
    for name in LIKE_Q:
        if name in frame:
            factor = q_factor(units[name])
            if factor is None:
                raise no_q_unit(source, f"curve {number}, {name}", units[name])
            frame[name] = frame[name] * factor
    _check_deviation(source, units, f"curve {number}, Idev")
    return frame.rename(columns=NAMES), units.get("I", "")


def _check_deviation(source: Source, units: Mapping[str, str], place: str) -> None:
    """Raise FormatError where the deviation of the intensity has another unit."""
    unit, other = units.get("I", ""), units.get("Idev", "")
    if other and other != unit:
        raise FormatError(
            f"{source.name} has an uncertainty in another unit than the intensity",
            place=place,
            found=f"“{clean_text(other, 40)}”",
            expected=f"“{clean_text(unit, 40)}”, as the intensity",
            code="E_UNITS_UNKNOWN",
        )


def _number(source: Source, cell: "Element | None", place: str) -> float:
    """Return the number of an element, NaN where there is none."""
    text = (cell.text or "").strip() if cell is not None else ""
    try:
        return float(text) if text else np.nan
    except ValueError as error:
        raise FormatError(
            f"{source.name} has something that is no number",
            place=place,
            found=f"“{clean_text(text, 40)}”",
            expected="a number",
            code="E_VALUE",
        ) from error


def _unit(source: Source, cells: "list[Element | None]", place: str) -> str:
    """Return the one unit of a column; FormatError where it changes."""
    units = sorted({cell.get("unit", "") for cell in cells if cell is not None})
    if len(units) > 1:
        raise FormatError(
            f"{source.name} has a curve in several units",
            place=place,
            found=", ".join(f"“{clean_text(unit, 40)}”" for unit in units),
            expected="one unit",
            code="E_UNITS_UNKNOWN",
        )
    return units[0] if units else ""


def _metadata(entry: "Element") -> dict[str, object]:
    found: dict[str, object] = {}
    for path, name in FACTS.items():
        for element in _find(entry, path):
            found[name] = clean_text(element.text or "")
    for element in _find(entry, "SASinstrument/SASsource/wavelength"):
        size = length_angstrom(element.get("unit", ""))
        found |= quantity(element.text, WAVELENGTH, size) if size else {}
    for element in _find(entry, "SASsample/temperature"):
        unit = element.get("unit", "").strip().lower()
        if unit in CELSIUS | KELVIN:
            value = quantity(element.text, TEMPERATURE)
            offset = ZERO_CELSIUS_K if unit in KELVIN else 0.0
            found |= {name: round(float(str(text)) - offset, 6) for name, text in value.items()}
    return {name: fact for name, fact in found.items() if fact != ""}


def _find(entry: "Element", path: str) -> "Iterator[Element]":
    """Yield the first element at a path of names without namespaces, if there is one."""
    elements = [entry]
    for name in path.split("/"):
        elements = [child for element in elements for child in element if _tag(child) == name]
    yield from elements[:1]


FORMAT = Format(
    name="cansas_xml",
    title="CanSAS 1D XML",
    suffixes=(".xml",),
    kinds=(columns.SCATTERING,),
    sniff=sniff,
    read=read,
)
