"""Mettler-Toledo STARe text: tables of a curve with index, time, temperatures and value.

A line of headings (Index, t, Ts, Tr, Value) with a line of units in square brackets below, then
rows up to a blank line. The unit says what the value is: mg is a mass, mW a heat flow; a share in
percent counts as mass only where the name of the curve says so. Curves over the same times
and temperatures are put side by side.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from measurements import columns
from measurements.formats import Format, Notice, Reading, Sample
from measurements.formats._checks import Source, clean_text, no_rows
from measurements.formats._dates import start_of
from measurements.formats._text import Grid, decimal_sign, decode, headings_of
from measurements.formats._thermal import (
    HEAT,
    MASS,
    UNITS,
    Facts,
    Label,
    block,
    direction,
    mass_in_mg,
    quantity_of,
    temperature_notice,
    to_reading,
    unit_of,
)

UNIT = r"\[[^\[\]]*\]"
UNITS_LINE = re.compile(rf"\s*{UNIT}(\s+{UNIT}){{2,}}\s*")
NAMED = frozenset({"index", "t", "ts", "tr"})
FEWEST_NAMED = 3
VALUES = frozenset({"value", "y value", "wert", "valeur", "valore", "valor"})
ALONG = (columns.TEST_TIME, columns.TEMPERATURE, columns.PROGRAM_TEMPERATURE)
CELLS = re.compile(r"\s{2,}|\t")
MASS_CURVE = re.compile(r"weight|mass|gewicht|masse|poids|tga?\b", re.IGNORECASE)
SAMPLE_LINE = re.compile(r"\s+(.+), (\d[\d.,]* m?g)\s*")
STARTS = tuple(re.compile(before + r" (\d\S*\d{4}) (\d+:\d+:\d+)") for before in ("Performed", ","))
"""How the name of a curve tells when it was measured; other dates are those of calibrations."""

VERSION = re.compile(r"STARe SW\s+(\S+)")


@dataclass(frozen=True)
class Curve:
    """One table: name, columns, position of its first row, position after its last."""

    name: str
    labels: tuple[Label, ...]
    begin: int
    end: int


def sniff(sample: Sample) -> bool:
    """Tell a STARe text by its headings with their units, or by the line at its end."""
    lines = decode(sample.head).splitlines()
    return bool(_headings(lines)) or "STARe SW" in decode(sample.tail)


def read(path: Path) -> Reading:
    """Read the curves of a file; FormatError names the line that is cut off or an unknown unit."""
    lines = decode(path.read_bytes()).splitlines()
    source = Source(path.name, "line", 1)
    curves = [_curve(lines, at) for at in _headings(lines)]
    if not curves:
        raise no_rows(source)
    known = _facts(lines, curves[0].name)
    known.metadata |= direction(" ".join(curve.name for curve in curves))
    frame, left_out = _side_by_side(source, lines, curves)
    if left_out:
        known.notices.append(
            Notice(
                "TABLES_LEFT_OUT",
                f"Curves over other times or temperatures left out: {', '.join(left_out)}.",
            )
        )
    labels = [label for curve in curves for label in curve.labels]
    known.notices += temperature_notice(labels)
    return to_reading(source, frame, labels, known)


def _headings(lines: Sequence[str]) -> list[int]:
    """Return the positions of the lines with headings, which a line of units follows."""
    return [
        at
        for at, units in enumerate(lines[1:])
        if UNITS_LINE.fullmatch(units)
        and len(NAMED.intersection(lines[at].lower().split())) >= FEWEST_NAMED
        and len(CELLS.split(lines[at].strip())) >= len(re.findall(UNIT, units))
    ]


def _curve(lines: Sequence[str], at: int) -> Curve:
    """Return the columns of a curve; units belong to the last headings where the first has none."""
    headings = headings_of("\t".join(CELLS.split(lines[at].strip())), "\t")
    units = [unit[1:-1] for unit in re.findall(UNIT, lines[at + 1])]
    units = [""] * (len(headings) - len(units)) + units
    name = _name(lines, at)
    labels = [
        Label(heading, _quantity(heading, unit, name), unit)
        for heading, unit in zip(headings, units, strict=False)
    ]
    end = next((i for i in range(at + 2, len(lines)) if not lines[i].strip()), len(lines))
    return Curve(name, tuple(labels), at + 2, end)


def _name(lines: Sequence[str], at: int) -> str:
    """Return the indented lines above a table and its title, which name sample and curve."""
    first = at - 1
    while first > 0 and lines[first - 1].startswith("  "):
        first -= 1
    return clean_text(" ".join(line.strip() for line in lines[first : at - 1]), 200)


def _quantity(heading: str, unit: str, name: str) -> str:
    if heading.lower() not in VALUES:
        return quantity_of(heading)
    spelled = unit_of(unit)
    if spelled in UNITS[HEAT]:
        return HEAT
    meant = UNITS[MASS].get(spelled, ("", 1.0))[0]
    if meant == columns.MASS or (meant and MASS_CURVE.search(name)):
        return MASS
    return ""


def _side_by_side(
    source: Source, lines: Sequence[str], curves: Sequence[Curve]
) -> tuple[pd.DataFrame, list[str]]:
    """Return the first curve with the values of others along the same axes, and those left out."""
    first = _frame(source, lines, curves[0])
    left_out = []
    for curve in curves[1:]:
        other = _frame(source, lines, curve)
        new = [name for name in other.columns if name not in first and name != "x value"]
        shared = [name for name in ALONG if name in first and name in other]
        if new and shared and np.array_equal(other[shared], first[shared]):
            first = first.assign(**{name: other[name].to_numpy() for name in new})
        else:
            left_out.append(clean_text(curve.name, 60) or "a curve without a name")
    return first, left_out


def _frame(source: Source, lines: Sequence[str], curve: Curve) -> pd.DataFrame:
    rows = ["\t".join(line.split()) for line in lines[curve.begin : curve.end]]
    named = [replace(label, heading=_heading(label, curve.name)) for label in curve.labels]
    grid = Grid(
        Source(source.name, "line", curve.begin + 1),
        tuple(label.heading for label in named),
        "\t",
        decimal_sign(rows, "\t"),
    )
    return block(grid, rows, curve.begin, named)


def _heading(label: Label, name: str) -> str:
    """Return the name of a column; of a value that is neither mass nor heat flow with its unit."""
    if label.quantity or label.heading.lower() not in VALUES:
        return label.heading
    return clean_text(f"{name} [{label.unit}]", 100)


def _facts(lines: Sequence[str], name: str) -> Facts:
    text = "\n".join(lines)
    sample = next((found for line in lines if (found := SAMPLE_LINE.fullmatch(line[:200]))), None)
    starts = [found for start in STARTS if (found := start.search(name))]
    version = VERSION.search(text)
    start, notices = start_of(starts[0][1], starts[0][2]) if starts else ({}, [])
    metadata: dict[str, object] = dict(start)
    if sample:
        metadata |= {"sample_name": clean_text(sample[1]), **mass_in_mg(sample[2])}
    if version:
        metadata["software_version"] = f"STARe {version[1]}"
    return Facts(metadata, notices)


FORMAT = Format(
    name="mettler",
    title="Mettler-Toledo STARe text",
    suffixes=(".txt",),
    kinds=(columns.TGA, columns.DSC),
    sniff=sniff,
    read=read,
)
