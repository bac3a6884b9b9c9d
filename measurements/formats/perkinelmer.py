"""PerkinElmer Pyris text and CSV: thermogravimetry, calorimetry, or both (TGA, STA, DSC).

The tables have no units: Pyris exports minutes, mg, mW and degrees Celsius. The text has a header
and numbers the steps of the method; the CSV is the bare table.
"""

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from measurements import columns
from measurements.formats import Format, Notice, Reading, Sample
from measurements.formats._checks import Source, no_rows
from measurements.formats._dates import start_of
from measurements.formats._text import (
    Grid,
    decimal_sign,
    decode,
    facts,
    first_line,
    headings_of,
    quantity,
)
from measurements.formats._thermal import (
    HEAT,
    MASS,
    PROGRAM,
    SAMPLE,
    TIME,
    Facts,
    Label,
    block,
    mass_in_mg,
    program,
    to_reading,
)

QUANTITIES = {
    "time": (TIME, "min"),
    "unsubtracted weight": (MASS, "mg"),
    "unsubtracted heat flow": (HEAT, "mW"),
    "program temperature": (PROGRAM, "°C"),
    "sample temperature": (SAMPLE, "°C"),
}
"""Heading -> what the column holds, and the unit in which Pyris exports it."""

BASELINES = ("baseline weight", "baseline heat flow")
FACTS = {
    "Sample ID": "sample_name",
    "Operator ID": "operator",
    "Comment": "comment",
    "Serial Number": "instrument_serial",
}
STEP = re.compile(r"(\d{1,4})\) (\S.*)")
TEXT = re.compile(r"\d+\) |[A-Za-z]|.*(Time|Temperature)")
"""How lines begin, or what they hold, that are no rows."""

METHOD = re.compile(r"(\d{1,4})\)\t(.*)")
GAS = re.compile(r"Switch the Gas to (\w+)")


def sniff(sample: Sample) -> bool:
    """Tell the text by the keys of its header, the CSV by its headings."""
    text = decode(sample.head)
    first = first_line(text).lower()
    if first.startswith("filename:"):
        return "\nOperator ID:" in text
    return first.startswith("time,") and "unsubtracted" in first and "sample temperature" in first


def read(path: Path) -> Reading:
    """Read all steps, one below the other; FormatError names the line that is cut off."""
    lines = decode(path.read_bytes()).splitlines()
    source = Source(path.name, "line", 1)
    known = _facts(lines)
    if first_line("\n".join(lines[:5])).lower().startswith("filename:"):
        labels, frame = _read_text(source, lines)
    else:
        labels, frame = _read_csv(source, lines)
    known.notices.append(
        Notice(
            "UNITS_OF_PROGRAM",
            "The table of the file has no units: it is read in min, mg, mW and °C, which Pyris "
            "exports.",
        )
    )
    known.notices += [*_baseline_notice(frame), *_points_notice(known, len(frame))]
    return to_reading(source, frame, labels, known)


def _read_text(source: Source, lines: Sequence[str]) -> tuple[list[Label], pd.DataFrame]:
    """Return the columns, whose headings stand in two lines, and the rows of all steps."""
    at = next((at for at, line in enumerate(lines) if line.strip().startswith("Time ")), None)
    if at is None or at + 1 >= len(lines):
        raise no_rows(source)
    upper, lower = (line.strip("\r\n ").split("\t")[1:] for line in lines[at : at + 2])
    names = [" ".join(pair).strip() for pair in zip(upper, lower, strict=False)]
    labels = _labels(headings_of("\t".join(" ".join(name.split()) for name in names), "\t"))
    step = [found if (found := STEP.match(line)) else None for line in lines]
    rows = [_row(line) for line in lines[at + 2 :]]
    headings = tuple(label.heading for label in labels)
    grid = Grid(Source(source.name, "line", at + 3), headings, "\t", decimal_sign(rows, "\t"))
    frame = block(grid, rows, at + 2, labels)
    numbers = np.array([float(found[1]) if found else np.nan for found in step])
    segment = pd.Series(numbers).ffill()
    if segment.loc[frame.index].notna().all():
        frame[columns.SEGMENT] = segment.loc[frame.index].to_numpy()
    return labels, frame


def _row(line: str) -> str:
    """Return a row with tabs, empty for the name and the headings of a step."""
    return "" if TEXT.match(line) else "\t".join(line.split())


def _read_csv(source: Source, lines: Sequence[str]) -> tuple[list[Label], pd.DataFrame]:
    """Return the columns and rows of a bare table; columns without heading keep their cells."""
    at = next((at for at, line in enumerate(lines) if line.strip()), None)
    if at is None:
        raise no_rows(source)
    rows = [row.rstrip(" ,") for row in lines[at + 1 :]]
    first = next((row for row in rows if row), "")
    spare = first.count(",") - lines[at].rstrip(" ,").count(",")
    headings = headings_of(lines[at].rstrip(" ,") + ",unnamed" * spare, ",")
    labels = _labels(headings)
    grid = Grid(Source(source.name, "line", at + 2), headings, ",")
    return labels, block(grid, rows, at + 1, labels)


def _labels(headings: Sequence[str]) -> list[Label]:
    return [
        Label(heading, *QUANTITIES.get(heading.lower().strip(), ("", ""))) for heading in headings
    ]


def _baseline_notice(frame: pd.DataFrame) -> list[Notice]:
    """Return a notice where the file has a baseline that is not zero."""
    names = [
        name
        for name in frame.columns
        if name.lower() in BASELINES and (pd.to_numeric(frame[name], errors="coerce") != 0).any()
    ]
    return [
        Notice("BASELINE_NOT_SUBTRACTED", f"The column “{name}” is not subtracted.")
        for name in names[:1]
    ]


def _points_notice(known: Facts, rows: int) -> list[Notice]:
    """Return a notice where the file holds other points than its header announces."""
    announced = known.metadata.pop("points", None)
    if announced in (None, rows):
        return []
    message = f"The header announces {announced:g} points, the file holds {rows}."
    return [Notice("POINTS_DIFFER", message)]


def _facts(lines: Sequence[str]) -> Facts:
    header: dict[str, str] = {}
    for line in lines[:200]:
        key, colon, value = line.partition(":")
        if colon:
            header.setdefault(key.strip(), value.strip())
    steps = {int(found[1]): found[2] for line in lines if (found := METHOD.match(line))}
    gases = dict.fromkeys(found[1] for line in lines[:200] if (found := GAS.search(line)))
    day, _, clock = header.get("Data Collected", "").partition(" ")
    start, notices = start_of(day, clock)
    metadata = {
        **facts(header, FACTS),
        **mass_in_mg(header.get("Sample Weight", "")),
        **quantity(header.get("Total Points in Run"), "points"),
        **program(steps),
        **start,
    }
    if gases:
        metadata["gas"] = ", ".join(gases)
    return Facts(metadata, notices)


FORMAT = Format(
    name="perkinelmer",
    title="PerkinElmer Pyris text or CSV",
    suffixes=(".txt", ".csv"),
    kinds=(columns.TGA, columns.DSC),
    sniff=sniff,
    read=read,
)
