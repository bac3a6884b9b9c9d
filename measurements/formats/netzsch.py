"""NETZSCH Proteus ASCII export: thermogravimetry and calorimetry, one or several segments.

Header lines ``#KEY:value``, then tables that begin with ``##Temp./°C;Time/min;Mass/%``. The line
``#EXO:`` says which sign exothermic heat flow has: 1 up, -1 down.
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from measurements import columns
from measurements.formats import Format, Reading, Sample
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
    Facts,
    Label,
    block,
    program,
    quantity_of,
    temperature_notice,
    to_reading,
)

TABLE = re.compile(r"##\s*(temp|time|zeit)", re.IGNORECASE)
HEADING = re.compile(r"(.+?)\s*/\s*(\(.+\)|[^/()]+)")
KEY = re.compile(r"#([^#:][^:]*):[,;\t]*(.*)")
FACTS = {
    "SAMPLE": "sample_name",
    "IDENTITY": "test_name",
    "INSTRUMENT": "instrument",
    "OPERATOR": "operator",
    "LABORATORY": "laboratory",
    "REMARK": "comment",
    "TYPE OF CRUCIBLE": "crucible",
}
EXOTHERMIC = {"1": "up", "-1": "down"}
DECIMALS = {"POINT": ".", "COMMA": ","}


def sniff(sample: Sample) -> bool:
    """Tell an export by the keys of its header, or by the heading where that was cut away."""
    text = decode(sample.head)
    first = first_line(text)
    if TABLE.match(first):
        return True
    return first.startswith("#") and any(
        mark in text
        for mark in ("#EXPORTTYPE:", "#FORMAT:NETZSCH", "#INSTRUMENT:NETZSCH", "\n##Temp")
    )


def read(path: Path) -> Reading:
    """Read all segments, one below the other; FormatError names the line or the unit."""
    lines = [line.strip('" \t') for line in decode(path.read_bytes()).splitlines()]
    source = Source(path.name, "line", 1)
    begins = [at for at, line in enumerate(lines) if TABLE.match(line)]
    if not begins:
        raise no_rows(source)
    header = _header(lines[: begins[0]])
    known = _facts(header)
    frames = []
    for count, at in enumerate(begins, 1):
        end = next((i for i in range(at + 1, len(lines)) if lines[i].startswith("#")), len(lines))
        labels, frame = _table(source, header, lines, slice(at, end))
        segment = _segment(lines[:at]) or (count if len(begins) > 1 else 0)
        if segment and columns.SEGMENT not in frame:
            frame[columns.SEGMENT] = float(segment)
        frames.append(frame)
    known.notices += temperature_notice(labels)
    return to_reading(source, pd.concat(frames), labels, known)


def _header(lines: Sequence[str]) -> dict[str, str]:
    found = map(KEY.fullmatch, lines)
    return {match[1].strip(): match[2].strip(' ",;\t') for match in found if match}


def _segment(lines: Sequence[str]) -> int:
    """Return the segment that the header names last (S1/2), 0 if it names none or several."""
    named = [line for line in lines if line.startswith("#SEGMENT:")]
    found = re.fullmatch(r"#SEGMENT:\W*S?(\d{1,4})(?:/\d+)?\W*", named[-1]) if named else None
    return int(found[1]) if found else 0


def _table(
    source: Source, header: Mapping[str, str], lines: Sequence[str], place: slice
) -> tuple[list[Label], pd.DataFrame]:
    """Return the columns and the rows of one table; ``place`` counts its lines."""
    line, rows = lines[place.start].lstrip("#"), lines[place.start + 1 : place.stop]
    separator = max(";\t,", key=line.count)
    headings = headings_of(line.replace('"', ""), separator)
    decimal = DECIMALS.get(header.get("DECIMAL", ""), decimal_sign(rows, separator))
    if decimal == separator:
        decimal = "."
    labels = [_label(heading) for heading in headings]
    grid = Grid(Source(source.name, "line", place.start + 2), headings, separator, decimal)
    segments = [label.heading for label in labels if label.quantity == "segment"]
    rows = [row.replace('"', "") for row in rows]
    if segments:
        rows = _plain_segments(rows, separator, headings.index(segments[0]))
    return labels, block(grid, rows, place.start + 1, labels)


def _plain_segments(rows: Sequence[str], separator: str, column: int) -> list[str]:
    """Return the rows with segments as numbers: S1 or S1/2 becomes 1."""
    pattern = re.compile(rf"^((?:[^{separator}]*{separator}){{{column}}})\s*S?(\d+)(?:/\d+)?")
    return [pattern.sub(r"\1\2", row) for row in rows]


def _label(heading: str) -> Label:
    plain = re.sub(r" \(\d+\)$", "", heading)
    found = HEADING.fullmatch(plain)
    words, unit = (found[1], found[2]) if found else (plain, "")
    return Label(heading, quantity_of(words), unit)


def _facts(header: Mapping[str, str]) -> Facts:
    day, _, clock = header.get("DATE/TIME", "").partition(" ")
    start, notices = start_of(day, clock)
    gases = [header[key] for key in header if re.match(r"(PURGE|PROTECTIVE|ATMOSPHERE)", key)]
    segments = {
        int(found[1]): header[key]
        for key in header
        if (found := re.fullmatch(r"SEG\. (\d{1,4})", key))
    }
    metadata = {
        **facts(header, FACTS),
        **quantity(header.get("SAMPLE MASS /mg"), "sample_mass_mg"),
        **program(segments),
        **start,
    }
    if any(gases):
        metadata["gas"] = ", ".join(dict.fromkeys(gas for gas in gases if gas))
    if header.get("EXO") in EXOTHERMIC:
        metadata["exothermic"] = EXOTHERMIC[header["EXO"]]
    return Facts(metadata, notices)


FORMAT = Format(
    name="netzsch",
    title="NETZSCH Proteus ASCII export",
    suffixes=(".txt", ".csv"),
    kinds=(columns.TGA, columns.DSC),
    sniff=sniff,
    read=read,
)
