"""TA Instruments text: Universal Analysis (Sig1 ..., StartOfData) and TRIOS ([step] blocks).

Universal Analysis puts a row with a negative time where a segment of the program ends. TRIOS
writes for every step its name, headings, units and rows, separated by tabs or commas.
"""

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd

from measurements import columns
from measurements.formats import Format, FormatError, Notice, Reading, Sample
from measurements.formats._checks import Source, counted, no_rows, short_list
from measurements.formats._dates import MONTHS, start_of
from measurements.formats._text import (
    Grid,
    decimal_sign,
    decode,
    facts,
    first_line,
    headings_of,
)
from measurements.formats._thermal import (
    Facts,
    Label,
    block,
    direction,
    mass_in_mg,
    program,
    quantity_of,
    temperature_notice,
    to_reading,
)

START = "StartOfData"
STEP = "[step]"
LAST_YEAR = "70"
SIGNAL = re.compile(r"Sig(\d+)\t(.*)")
UNIVERSAL_KEYS = ("Run", "RunSerial", "Instrument", "Module", "Sample", "Size", "Nsig", "Method")
FEWEST_KEYS = 3
TRIOS_KEYS = frozenset(
    ["instrument name", "rundate", "proceduresegments", "sample name", "operator"]
)
UNIVERSAL_FACTS = {
    "Sample": "sample_name",
    "Instrument": "instrument",
    "InstSerial": "instrument_serial",
    "Module": "module",
    "Operator": "operator",
    "Method": "method",
    "Comment": "comment",
}
TRIOS_FACTS = {
    "sample name": "sample_name",
    "instrument name": "instrument",
    "instrument serial number": "instrument_serial",
    "operator": "operator",
    "trios version": "software_version",
    "pan type": "crucible",
}


def sniff(sample: Sample) -> bool:
    """Tell a text of either program by its first line and the keys that follow it."""
    text = decode(sample.head)
    return _is_universal(text) or _is_trios(text)


def read(path: Path) -> Reading:
    """Read one file; FormatError names the line that is cut off or the unit that is unknown."""
    text = decode(path.read_bytes())
    lines = text.splitlines()
    return _read_trios(path.name, lines) if _is_trios(text) else _read_universal(path.name, lines)


def _is_universal(text: str) -> bool:
    if first_line(text).split("\t")[0] not in ("CLOSED", "Version", "Run"):
        return False
    return sum(f"\n{key}\t" in text for key in UNIVERSAL_KEYS) >= FEWEST_KEYS


def _is_trios(text: str) -> bool:
    key, _, _ = re.sub(r"[\t,;]", "\t", first_line(text)).partition("\t")
    names = {re.split(r"[\t,;]", line)[0].strip().lower() for line in text.splitlines()[:40]}
    return key.strip().lower() == "filename" and len(names & TRIOS_KEYS) > 1


def _read_universal(name: str, lines: Sequence[str]) -> Reading:
    source = Source(name, "line", 1)
    if START not in lines:
        raise no_rows(source)
    begin = lines.index(START) + 1
    header = {line.split("\t")[0]: "\t".join(line.split("\t")[1:]) for line in lines[:begin]}
    signals = [found[2] for line in lines[:begin] if (found := SIGNAL.fullmatch(line.strip()))]
    headings = headings_of("\t".join(signals), "\t")
    labels = [_signal(heading) for heading in headings]
    rows = ["\t".join(line.split()) for line in lines[begin:]]
    grid = Grid(Source(name, "line", begin + 1), headings, "\t", decimal_sign(rows, "\t"))
    known = _universal_facts(header)
    frame = block(grid, rows, begin, labels)
    if columns.TEST_TIME in frame:
        frame = _without_marks(frame, known)
    known.notices += temperature_notice(labels)
    return to_reading(source, frame, labels, known)


def _signal(heading: str) -> Label:
    """Return the column of a signal such as *Heat Flow (W/g)*."""
    found = re.fullmatch(r"(.+?)\s*\(([^()]*)\)(?: \(\d+\))?", heading)
    words, unit = (found[1], found[2]) if found else (heading, "")
    return Label(heading, quantity_of(words), unit)


def _without_marks(frame: pd.DataFrame, known: Facts) -> pd.DataFrame:
    """Leave out the rows that mark the end of a segment, and number the segments by them."""
    marks = (frame[columns.TEST_TIME] < 0).to_numpy()
    if not marks.any():
        return frame
    known.notices.append(
        Notice(
            "MARKS_LEFT_OUT",
            f"{counted(int(marks.sum()), 'row')} with a negative time left out: they mark where a "
            f"segment of the program ends; {columns.SEGMENT} counts them.",
        )
    )
    numbered = frame.assign(**{columns.SEGMENT: 1.0 + np.cumsum(marks)})
    return numbered.loc[~marks]


def _universal_facts(header: Mapping[str, str]) -> Facts:
    day = _day(header.get("Date", "").strip())
    start, notices = start_of(day, header.get("Time", ""))
    gas = re.search(r"Gas1:\s*(\w+)", header.get("Xcomment", ""))
    metadata = {
        **facts(header, UNIVERSAL_FACTS),
        **mass_in_mg(header.get("Size", "").replace("\t", " ")),
        **direction(f"exotherm {header.get('Exotherm', '')}"),
        **start,
    }
    return Facts(metadata | ({"gas": gas[1]} if gas else {}), notices)


def _day(text: str) -> str:
    """Return 25-Jan-17 as 2017-01-25, any other date as it is; 71 to 99 are of the last century."""
    date = re.fullmatch(r"(\d{1,2})-([A-Za-z]{3})-((?:\d\d)?)(\d\d)", text)
    if not date or date[2].lower() not in MONTHS:
        return text
    century = date[3] or ("19" if date[4] > LAST_YEAR else "20")
    return f"{century}{date[4]}-{MONTHS.index(date[2].lower()) + 1}-{date[1]}"


def _read_trios(name: str, lines: Sequence[str]) -> Reading:
    source = Source(name, "line", 1)
    steps = [at for at, line in enumerate(lines) if line.strip(" ,;\t").lower() == STEP]
    if not steps:
        raise no_rows(source)
    separator = max("\t;,", key="\n".join(lines[: steps[0]]).count)
    known = _trios_facts([line.split(separator) for line in lines[: steps[0]]])
    frames, titles = [], {}
    labels: list[Label] = []
    for count, (at, end) in enumerate(pairwise([*steps, len(lines)]), 1):
        stop = next((i for i in range(at + 4, end) if lines[i].startswith("[")), end)
        titles[count] = lines[at + 1].strip(" ,;\t") if at + 1 < end else ""
        labels, frame = _step(source, lines, slice(at, stop), separator)
        frames.append(frame.assign(**{columns.SEGMENT: float(count)}))
    known.metadata |= program(titles)
    known.notices += temperature_notice(labels)
    return to_reading(source, pd.concat(frames), labels, known)


def _step(
    source: Source, lines: Sequence[str], place: slice, separator: str
) -> tuple[list[Label], pd.DataFrame]:
    """Return columns and rows of one step, whose marker stands at the begin of ``place``."""
    begin = place.start + 4
    headings = headings_of(lines[place.start + 2] if begin <= place.stop else "", separator)
    units = lines[place.start + 3].split(separator) if begin <= place.stop else []
    if not headings or len(units) < len(headings):
        raise FormatError(
            f"{source.name} has a step without columns",
            place=source.place(place.start),
            found=short_list(headings) or "no headings",
            expected="the name of the step, its headings, their units, rows",
            code="E_TRUNCATED",
        )
    labels = [
        Label(heading, quantity_of(re.sub(r" \(\d+\)$", "", heading)), unit)
        for heading, unit in zip(headings, units, strict=False)
    ]
    rows = lines[begin : place.stop]
    grid = Grid(
        Source(source.name, "line", begin + 1), headings, separator, decimal_sign(rows, separator)
    )
    return labels, block(grid, rows, begin, labels)


def _trios_facts(cells: Sequence[Sequence[str]]) -> Facts:
    header: dict[str, str] = {}
    for key, *rest in cells:
        header.setdefault(key.strip().lower(), " ".join(cell.strip() for cell in rest).strip())
    day, _, clock = (header.get("rundate") or header.get("run date") or "").partition(" ")
    american = clock.strip().upper().endswith(("AM", "PM"))
    start, notices = start_of(day, clock, month_first=american)
    mass = header.get("sample mass") or header.get("sample size") or header.get("size") or ""
    exothermic = header.get("exotherm direction") or header.get("exotherm") or ""
    metadata = {
        **facts(header, TRIOS_FACTS),
        **mass_in_mg(mass),
        **direction(f"exotherm {exothermic}"),
        **start,
    }
    gas = header.get("gas 1") or header.get("gas1") or header.get("purge gas")
    return Facts(metadata | ({"gas": gas} if gas else {}), notices)


FORMAT = Format(
    name="ta_instruments",
    title="TA Instruments text (Universal Analysis, TRIOS)",
    suffixes=(".txt", ".csv"),
    kinds=(columns.DSC, columns.TGA),
    sniff=sniff,
    read=read,
)
