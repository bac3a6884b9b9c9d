"""Gamry .DTA: impedance, voltammetry, chrono techniques, open circuit (EXPLAIN and VFP600 files).

A header of tagged lines, then tables: a line ``NAME TABLE count``, headings, units, rows that begin
with a tab. Tables of spectra are ZCURVE (several: several spectra), of other tests CURVE or
CURVE1, CURVE2 ... (one for each cycle of a CV). Anodic currents are positive (CONVENTION 1).
"""

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from measurements import columns
from measurements.formats import Format, FormatError, Notice, Reading, Sample
from measurements.formats._checks import Source, clean_text, finish
from measurements.formats._gamry_file import Contents, Table, header_facts, parse
from measurements.formats._text import (
    Grid,
    canonical,
    decimal_sign,
    decode,
    number,
    read_grid,
)

TITLE = "EXPLAIN"
FRONT_PANEL = "VFP600"
SPECTRUM = re.compile(r"ZCURVE\d*")
CURVE = re.compile(r"(VFP)?CURVE(\d*)")

MEANINGS = {
    "Freq": (columns.FREQUENCY, "Hz"),
    "Zreal": (columns.REAL_IMPEDANCE, "ohm"),
    "Zimag": (columns.IMAGINARY_IMPEDANCE, "ohm"),
    "Zmod": (columns.ABSOLUTE_IMPEDANCE, "ohm"),
    "Time": (columns.TEST_TIME, "s"),
    "T": (columns.TEST_TIME, "s"),
    "Vf": (columns.VOLTAGE, "V"),
    "Vdc": (columns.VOLTAGE, "V"),
    "Voltage": (columns.VOLTAGE, "V"),
    "Im": (columns.CURRENT, "A"),
    "Idc": (columns.CURRENT, "A"),
    "Current": (columns.CURRENT, "A"),
    "Zphz": (columns.PHASE, ""),
}
"""Heading -> canonical name, and the unit that stands below it (V: V vs. Ref. too)."""

KINDS = (
    (r"CV|LSV|LPR|POLRES|CYCPOL|POTENTIODYNAMIC|TAFEL|.*_CV|RCV", columns.VOLTAMMETRY),
    (r"CHRONOA|CHRONOC|POTENTIOSTATIC|VFP600", columns.CHRONOAMPEROMETRY),
    (r"CHRONOP|GALVANOSTATIC|CORPOT|OCP", columns.CHRONOPOTENTIOMETRY),
)
"""Tag of the experiment -> kind; the others cycle a cell."""

ANODIC_POSITIVE = 1
ABORTED = Notice(
    "ABORTED", "The experiment was aborted: the table ends before the programme of the header."
)


def sniff(sample: Sample) -> bool:
    """Tell a .DTA by its first line and the tag that follows it."""
    lines = [line.strip() for line in decode(sample.head).splitlines()[:3]]
    return bool(lines) and (
        (lines[0] == TITLE and any(line.startswith("TAG\t") for line in lines))
        or (lines[0] == FRONT_PANEL and f"TAG\t{FRONT_PANEL}" in lines)
    )


def read(path: Path) -> Reading:
    """Read a .DTA; FormatError names the line that is cut off, not numeric or in other units."""
    contents = parse(decode(path.read_bytes()).splitlines())
    tables = _main(path.name, contents)
    impedance = SPECTRUM.fullmatch(tables[0].name) is not None
    kind = columns.IMPEDANCE if impedance else _kind(contents.tag)
    source = Source(path.name, "line")
    frames = [_frame(source, contents, table) for table in tables]
    frame = pd.concat(frames)
    metadata, notices = header_facts(contents)
    if len(tables) > 1:
        number_of = np.repeat(np.arange(1, len(frames) + 1), [len(part) for part in frames])
        frame[_counter(kind)] = number_of.astype(np.float64)
    if columns.TEST_TIME not in frame and contents.tag == FRONT_PANEL:
        frame = _with_time(source, contents, frame, notices)
    notices += _notices(contents, tables, frames)
    return finish(source, kind, frame, metadata=metadata, notices=notices)


def _main(name: str, contents: Contents) -> list[Table]:
    """Return the tables of the measurement itself; FormatError when there is none."""
    for pattern in (SPECTRUM, CURVE):
        tables = [
            table for table in contents.tables if pattern.fullmatch(table.name) and table.rows
        ]
        if tables:
            return tables
    others = ", ".join(clean_text(table.name, 40) for table in contents.tables)
    raise FormatError(
        f"{name} holds no data",
        place=f"line {contents.lines}, the end of the file",
        found=f"only the tables {others}" if others else "a header without any table",
        expected="a table ZCURVE, CURVE or CURVE1 with at least one point",
        code="E_TOO_FEW_POINTS",
    )


def _kind(tag: str) -> str:
    return next((kind for tags, kind in KINDS if re.fullmatch(tags, tag)), columns.CYCLING)


def _counter(kind: str) -> str:
    """Return which number the tables give their rows."""
    if kind == columns.IMPEDANCE:
        return columns.SPECTRUM
    return columns.CYCLE if kind == columns.VOLTAMMETRY else columns.STEP


def _frame(source: Source, contents: Contents, table: Table) -> pd.DataFrame:
    """Return one table with canonical names; index = position of the line in the file."""
    lines = ["\t".join(row.split()) for row in table.rows]
    grid = Grid(
        Source(source.name, "line", table.begin + 1),
        table.headings,
        "\t",
        decimal_sign(lines, "\t"),
    )
    frame = canonical(grid, read_grid(grid, lines), _meanings(source, table))
    frame.index += table.begin
    if columns.CURRENT in frame:
        _check_convention(source, contents)
    return frame


def _meanings(source: Source, table: Table) -> dict[str, tuple[str, float]]:
    """Return the canonical names; FormatError for a unit that Gamry does not write."""
    meanings = {}
    for heading, unit in zip(table.headings, table.units, strict=True):
        name, expected = MEANINGS.get(heading, ("", ""))
        if expected and not re.fullmatch(rf"{expected}( vs\. .*)?", unit, re.IGNORECASE):
            raise FormatError(
                f"{source.name} has an unknown unit",
                place=source.place(table.begin - 1, clean_text(heading, 40)),
                found=f"“{clean_text(unit, 40)}”",
                expected=expected,
                code="E_UNITS_UNKNOWN",
            )
        if name:
            meanings[heading] = (name, 1.0)
    return meanings


def _check_convention(source: Source, contents: Contents) -> None:
    """Raise FormatError unless anodic currents are positive, as they are by default."""
    found = number(contents.facts.get("CONVENTION", str(ANODIC_POSITIVE)))
    if found != ANODIC_POSITIVE:
        raise FormatError(
            f"{source.name} was measured with another sign of the current",
            place="the header, CONVENTION",
            found=clean_text(contents.facts["CONVENTION"], 40),
            expected=f"{ANODIC_POSITIVE} (anodic currents are positive)",
            code="E_UNSUPPORTED",
        )


def _with_time(
    source: Source, contents: Contents, frame: pd.DataFrame, notices: list[Notice]
) -> pd.DataFrame:
    """Add the time of a front-panel file, whose points follow at the rate of its header."""
    rate = number(contents.facts.get("FREQ"))
    if rate is None or rate <= 0:
        raise FormatError(
            f"{source.name} has no times",
            place="the header, FREQ",
            found=clean_text(contents.facts.get("FREQ", "nothing"), 40),
            expected="the acquisition frequency in Hz, above 0",
            code="E_COLUMNS_MISSING",
        )
    notices.append(
        Notice(
            "TIME_FROM_RATE",
            f"The file has no times: they follow from its {rate:g} points a second.",
        )
    )
    return frame.assign(**{columns.TEST_TIME: np.arange(len(frame)) / rate})


def _notices(
    contents: Contents, tables: Sequence[Table], frames: Sequence[pd.DataFrame]
) -> list[Notice]:
    """Return notices of an aborted test, of lost points, and of tables that are not read."""
    notices = [ABORTED] if contents.aborted else []
    for table, frame in zip(tables, frames, strict=True):
        if table.announced is not None and table.announced != len(frame) and not contents.aborted:
            notices.append(
                Notice(
                    "POINTS_DIFFER",
                    f"The table {table.name} announces {table.announced} points, "
                    f"the file holds {len(frame)}.",
                )
            )
            break
    others = [
        f"{clean_text(table.name, 40)} ({len(table.rows)} rows)"
        for table in contents.tables
        if table not in tables
    ]
    if others:
        notices.append(
            Notice(
                "TABLES_LEFT_OUT", f"Other tables of the file are left out: {', '.join(others)}."
            )
        )
    return notices


FORMAT = Format(
    name="gamry",
    title="Gamry .DTA",
    suffixes=(".dta",),
    kinds=(
        columns.IMPEDANCE,
        columns.VOLTAMMETRY,
        columns.CHRONOAMPEROMETRY,
        columns.CHRONOPOTENTIOMETRY,
        columns.CYCLING,
    ),
    sniff=sniff,
    read=read,
)
