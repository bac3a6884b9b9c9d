"""ZPlot and ZView .z: spectra of Solartron and other analysers as text.

Layouts: ``ZPLOT2 ASCII`` (Scribner ZPlot 2-3, header up to ``End Comments``, tabs), ``ZPlotW`` and
``ZView Calculated Data File`` (quoted header, commas), the ``Z60W Data File`` that Autolab exports
for ZView, and any of them without header, beginning with the column headings. The sign of Z'' is
kept as reported.
"""

import math
import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pandas as pd

from measurements import columns
from measurements.formats import Format, FormatError, Notice, Reading, Sample
from measurements.formats._checks import Source, clean_text, finish, no_rows, short_list

FIRST_LINES = ("zplot2 ascii", "zplotw data file", "zview calculated data file", "z60w data file")
END_OF_HEADER = "end comments"
HEADINGS = {
    "freq(hz)": columns.FREQUENCY,
    "z'(a)": columns.REAL_IMPEDANCE,
    "z''(b)": columns.IMAGINARY_IMPEDANCE,
}
STANDARD_HEADINGS = (
    "Freq(Hz)",
    "Ampl",
    "Bias",
    "Time(Sec)",
    "Z'(a)",
    "Z''(b)",
    "GD",
    "Err",
    "Range",
)
"""Columns of every version of ZPlot and ZView; a file without headings has them in this order."""

FACTS = {
    "Experiment Type": "experiment_type",
    "Measured Data, ZPlot": "zplot_version",
    "Begin Analyzer": "analyser",
    "Begin Pstat/Gstat": "potentiostat",
}
QUANTITIES = {
    "Open Circuit Potential (V)": "open_circuit_voltage_volt",
    "Surface Area": "area_in_file_cm2",
}
"""Line of the header -> metadata, as text and as number."""


@dataclass(frozen=True)
class _Layout:
    """Where the data begin (line index), the headings of their columns, the header's lines."""

    begin: int
    headings: tuple[str, ...]
    header: list[str]


def sniff(sample: Sample) -> bool:
    """Tell a .z by its first line: a known title, or the column headings themselves."""
    lines = (_unquoted(line) for line in _decode(sample.head).splitlines())
    first = next(filter(None, lines), "")
    return first.lower().startswith(FIRST_LINES) or _is_heading(first)


def read(path: Path) -> Reading:
    """Read one .z; FormatError names the line that is cut off or not numeric."""
    lines = _decode(path.read_bytes()).splitlines()
    layout = _layout(path.name, lines)
    source = Source(path.name, "line", layout.begin + 1)
    rows = {
        number: _cells(source, number, line, layout.headings)
        for number, line in enumerate(lines[layout.begin :])
        if line.strip()
    }
    if not rows:
        raise no_rows(source)
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=list(layout.headings))
    frame = frame.rename(columns={name: HEADINGS.get(_key(name), name) for name in frame.columns})
    metadata = _metadata(layout.header)
    notices = []
    announced = metadata.get("points_announced", len(frame))
    if announced != len(frame):
        notices.append(
            Notice(
                "POINTS_DIFFER",
                f"The header announces {announced} points, the file holds {len(frame)}.",
            )
        )
    return finish(source, columns.IMPEDANCE, frame, metadata=metadata, notices=notices)


def _decode(data: bytes) -> str:
    """Return text of UTF-8 or, if it is none, Latin-1, which cannot fail."""
    with suppress(UnicodeDecodeError):
        return data.decode("utf-8-sig")
    return data.decode("latin-1")


def _unquoted(line: str) -> str:
    return line.strip().strip('"').strip()


def _key(heading: str) -> str:
    return heading.replace(" ", "").lower()


def _is_heading(line: str) -> bool:
    keys = {_key(name) for name in _split_headings(line)}
    return keys.issuperset(HEADINGS)


def _split_headings(line: str) -> list[str]:
    """Return column names, separated by tabs, commas or spaces; a unit stays with its name."""
    line = re.sub(r"\s+\(", "(", _unquoted(line))
    return [name.strip() for name in re.split(r"[\t,;]|\s+", line) if name.strip()]


def _layout(name: str, lines: list[str]) -> _Layout:
    """Find the first line of data and the headings; FormatError when they cannot be told."""
    heading = next((at for at, line in enumerate(lines) if _is_heading(line)), None)
    end = next((at for at, line in enumerate(lines) if _key(line) == _key(END_OF_HEADER)), None)
    other = next(
        (at for at, line in enumerate(lines) if _key(_unquoted(line)).startswith("freq(")), None
    )
    if heading is None and (end is None or other is not None):
        seen = len(lines) - 1 if other is None else other
        raise FormatError(
            f"{name} is cut off in its header or lacks columns",
            place=f"line {seen + 1}",
            found=f"“{clean_text(lines[seen], 60)}”" if lines else "nothing",
            expected=f"the headings {short_list(STANDARD_HEADINGS)}",
            code="E_COLUMNS_MISSING",
        )
    begin = max(at for at in (heading, end) if at is not None) + 1
    headings = STANDARD_HEADINGS if heading is None else tuple(_split_headings(lines[heading]))
    return _Layout(begin, headings, lines[:begin])


def _cells(source: Source, number: int, line: str, headings: tuple[str, ...]) -> list[float]:
    """Return the numbers of a line; a comma may be the decimal sign where tabs separate."""
    if "\t" in line:
        cells = [cell.replace(",", ".") for cell in line.strip().split("\t")]
    else:
        cells = re.split(r"[,;]\s*|\s+", line.strip())
    if len(cells) != len(headings):
        raise FormatError(
            f"{source.name} has an incomplete line",
            place=source.place(number),
            found=f"{len(cells)} columns (“{clean_text(line, 60)}”)",
            expected=f"{len(headings)} columns: {short_list(headings)}",
            code="E_TRUNCATED",
        )
    for cell, heading in zip(cells, headings, strict=True):
        if not _is_number(cell):
            raise FormatError(
                f"{source.name} has a cell that is not a number",
                place=source.place(number, heading),
                found=f"“{clean_text(cell, 40)}”",
                expected="a number",
                code="E_VALUE",
            )
    return [float(cell) for cell in cells]


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _metadata(header: list[str]) -> dict[str, object]:
    """Return what the header says; amplitude in mV under voltage control."""
    split = (line.split(":", 1) for line in header if ":" in line)
    pairs = {_unquoted(name): _unquoted(text) for name, text in split}
    metadata: dict[str, object] = {
        FACTS[name]: clean_text(text) for name, text in pairs.items() if name in FACTS and text
    }
    for name, key in QUANTITIES.items():
        metadata |= _number(pairs.get(name), key)
    if "Control Voltage" in pairs.get("Experiment Type", ""):
        metadata |= _number(pairs.get("Potential-AC"), "amplitude_mv")
    points = pairs.get("Data Points") or _unquoted(header[-2] if len(header) > 1 else "")
    if points.isdecimal():  # ZPlot: a line of its own; ZView: the line above the headings
        metadata["points_announced"] = int(points)
    metadata |= _start("\n".join(header))
    comment = _comment(header)
    return metadata | ({"comment": comment} if comment else {})


def _number(text: str | None, key: str) -> dict[str, object]:
    """Return a header number under its key, or nothing if it is none."""
    if text is None or not _is_number(text) or not math.isfinite(float(text)):
        return {}
    return {key: float(text)}


def _start(header: str) -> dict[str, object]:
    """Return the start; the programs write month-day-year, in local time."""
    date = re.search(r"Date:\s*(\d+-\d+-\d+)", header)
    time = re.search(r"Time:\s*(\d+:\d+:\d+)", header)
    if not date or not time:
        return {}
    with suppress(ValueError):
        start = datetime.strptime(f"{date[1]} {time[1]}", "%m-%d-%Y %H:%M:%S")
        return {"start_time": start.isoformat()}
    return {"date": f"{date[1]} {time[1]}"}


def _comment(header: list[str]) -> str:
    """Return the lines between the marks of user comments."""
    keys = [_key(line.split(":", 1)[0]) for line in header]
    if "beginusercomments" not in keys or "endusercomments" not in keys:
        return ""
    lines = header[keys.index("beginusercomments") + 1 : keys.index("endusercomments")]
    return clean_text("\n".join(line.strip() for line in lines))


FORMAT = Format(
    name="zplot",
    title="ZPlot/ZView .z",
    suffixes=(".z",),
    kinds=(columns.IMPEDANCE,),
    sniff=sniff,
    read=read,
)
