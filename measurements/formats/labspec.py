"""Horiba LabSpec text: a Raman or luminescence spectrum below header lines such as ``#Laser=``.

Two columns, axis and intensity; the header names their units (AxisUnit), in older versions only the
unit of the range that was measured. Maps, which have the axis in a row, are refused.
"""

import re
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from measurements import columns
from measurements.formats import Format, FormatError, Reading, Sample
from measurements.formats._checks import Source, clean_text
from measurements.formats._dates import start_of
from measurements.formats._spectra import PER_CM, Spectrum, abscissa_unit, joined, spectrum
from measurements.formats._text import (
    Grid,
    decimal_sign,
    decode,
    facts,
    number,
    numeric,
    quantity,
    read_grid,
)

LINE = re.compile(r"#([^=]+)=(.*)")
FIRST = "Acq. time (s)"
AXES = ("axis", "intensity")
UNIT = "AxisUnit[1]"
RANGE = re.compile(r"Range \((.+)\)")
RANGE_MARGIN = 0.05
"""Part of the measured range by which the axis may exceed it."""

FACTS = {
    "Instrument": "instrument",
    "Detector": "detector",
    "Objective": "objective",
    "Grating": "grating",
    "Laser": "laser",
    "ND Filter": "filter",
    "Sample": "sample_name",
    "Title": "test_name",
    "Remark": "comment",
    "Project": "project",
}
QUANTITIES = {FIRST: "acquisition_time_s", "Accumulations": "accumulations"}
LASER_NM = re.compile(r"(\d{3,4}(?:[.,]\d+)?) ?(?:nm)?")


def sniff(sample: Sample) -> bool:
    """Tell the text by its header lines, one of which is the time of acquisition."""
    text = decode(sample.head).lstrip()
    return text.startswith("#") and re.search(rf"^#{re.escape(FIRST)}=", text, re.M) is not None


def read(path: Path) -> Reading:
    """Read one spectrum; FormatError for a map, an unknown axis or a line that is cut off."""
    lines = decode(path.read_bytes()).splitlines()
    begin = next((at for at, line in enumerate(lines) if line[:1] not in "#"), len(lines))
    header = {
        match[1].strip(): match[2].strip() for match in map(LINE.match, lines[:begin]) if match
    }
    rows = lines[begin:]
    source = Source(path.name, "line", begin + 1)
    _refuse_map(source, rows)
    grid = Grid(source, AXES, "\t", decimal_sign(rows, "\t"))
    table = read_grid(grid, rows)
    x, y = (np.asarray(numeric(grid, table[name]), np.float64) for name in AXES)
    unit = _unit(source, header, (float(x.min()), float(x.max())))
    kind = columns.RAMAN if unit[0] == PER_CM else columns.SPECTRUM_OTHER
    name = header.get("AxisUnit[0]", "") or "counts"
    points = Source(path.name, "point")
    found = spectrum(points, kind, unit, x, name, y)
    day, _, clock = header.get("Acquired", header.get("Date", "")).partition(" ")
    start, notices = start_of(day, clock, like=[text.split(" ")[0] for text in header.values()])
    whole = Spectrum(found.kind, found.frame, found.unit, (*found.notices, *notices))
    return joined(points, [whole], metadata=_metadata(header) | start)


def _refuse_map(source: Source, rows: list[str]) -> None:
    """Raise FormatError for a table whose first row is the axis."""
    if rows and rows[0].startswith("\t"):
        raise FormatError(
            f"{source.name} holds a map",
            place=source.place(0),
            found=f"an axis of {len(rows[0].split())} values in one row",
            expected="single spectra (two columns), or the map as .spc",
            code="E_UNSUPPORTED",
        )


def _unit(
    source: Source, header: Mapping[str, str], ends: tuple[float, float]
) -> tuple[str, float]:
    """Return the unit of the axis; FormatError where the header does not show it."""
    said = header.get(UNIT, "")
    unit = abscissa_unit(said) if said else _unit_of_range(header, ends)
    if unit is None:
        raise FormatError(
            f"{source.name} has an axis in an unknown unit",
            place=f"the header, {UNIT}",
            found=f"“{clean_text(said, 40)}”" if said else "no such line",
            expected="1/cm or nm",
            code="E_UNITS_UNKNOWN",
        )
    return unit


def _unit_of_range(
    header: Mapping[str, str], ends: tuple[float, float]
) -> tuple[str, float] | None:
    """Return the unit of the measured range if the axis lies in it."""
    for label, text in header.items():
        match = RANGE.fullmatch(label)
        limits = [number(part) for part in text.split("...")]
        if match and len(limits) == len(ends) and None not in limits:
            low, high = sorted(limit for limit in limits if limit is not None)
            margin = RANGE_MARGIN * (high - low)
            inside = low - margin <= ends[0] and ends[1] <= high + margin
            return _range_unit(match[1]) if inside else None
    return None


def _range_unit(text: str) -> tuple[str, float] | None:
    """Return the unit of a range, whose power -1 LabSpec writes with a sign of its own."""
    return abscissa_unit("cm-1" if text.startswith("cm") else text)


def _metadata(header: Mapping[str, str]) -> dict[str, object]:
    found = facts(header, FACTS)
    for label, name in QUANTITIES.items():
        found |= quantity(header.get(label), name)
    laser = LASER_NM.match(header.get("Laser", ""))
    return found | (quantity(laser[1], "laser_nm") if laser else {})


FORMAT = Format(
    name="labspec",
    title="Horiba LabSpec .txt",
    suffixes=(".txt",),
    kinds=(columns.RAMAN, columns.SPECTRUM_OTHER),
    sniff=sniff,
    read=read,
)
