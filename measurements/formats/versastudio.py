"""VersaStudio .par (VersaSTAT, PARSTAT): impedance and direct-current techniques.

Sections between tags; each ``Segment`` has a line Definition with the column names, then rows
separated by commas. Rows with a frequency are a spectrum (Z Imag negative where capacitive). The
sign of direct currents is not in the file: oxidation is read as positive, with a notice.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from measurements import columns
from measurements.formats import Format, FormatError, Notice, Reading, Sample
from measurements.formats._checks import Source, clean_text, counted, finish, no_rows
from measurements.formats._dates import start_of
from measurements.formats._text import (
    Grid,
    canonical,
    decode,
    facts,
    first_line,
    headings_of,
    number,
    quantity,
    read_grid,
)

TITLE = "<Application>"
PROGRAM = "VersaStudio"
DEFINITION = "Definition="
FREQUENCY = "Frequency(Hz)"
REAL = "Z Real"
MEANINGS = {
    "E(V)": (columns.VOLTAGE, 1.0),
    "Elapsed Time(s)": (columns.TEST_TIME, 1.0),
}
CURRENT = {"I(A)": (columns.CURRENT, 1.0)}
SPECTRA = {
    FREQUENCY: (columns.FREQUENCY, 1.0),
    REAL: (columns.REAL_IMPEDANCE, 1.0),
    "Z Imag": (columns.IMAGINARY_IMPEDANCE, 1.0),
}
KINDS = (
    (r"voltammetry|sweep|polarization|tafel|staircase", columns.VOLTAMMETRY),
    (r"chronoamp|chronocoul|constant potential|potentiostatic", columns.CHRONOAMPEROMETRY),
    (r"chronopot|constant current|galvanostatic|open circuit", columns.CHRONOPOTENTIOMETRY),
)
"""Part of an action's name -> kind; several kinds or another action: cycling."""

SIGN = Notice(
    "CURRENT_SIGN_ASSUMED",
    "The file does not say which sign its currents have: as VersaStudio does by default, "
    "oxidation of the working electrode, which charges the cell, is taken as positive.",
)


@dataclass
class _Contents:
    """Values of every section by tag, and the segments: position of Definition and of the end."""

    sections: dict[str, dict[str, str]] = field(default_factory=dict)
    segments: list[tuple[int, int]] = field(default_factory=list)


def sniff(sample: Sample) -> bool:
    """Tell a .par by its first tag and the name of the program."""
    text = decode(sample.head)
    return first_line(text) == TITLE and PROGRAM in text


def read(path: Path) -> Reading:
    """Read all segments; FormatError names the line that is cut off or not numeric."""
    lines = decode(path.read_bytes()).splitlines()
    contents = _parse(lines)
    source = Source(path.name, "line")
    if not contents.segments:
        raise _without_segments(source, contents, len(lines))
    frames = [
        frame
        for at, end in contents.segments
        if (frame := _segment(source, lines, at, end)) is not None
    ]
    if not frames:
        raise _without_segments(source, contents, len(lines))
    raw = pd.concat(frames)
    actions = _actions(contents)
    metadata, notices = _facts(contents, actions)
    swept = _swept(raw)
    if not swept.any():
        frame = _named(source, raw, MEANINGS | CURRENT)
        return finish(source, _kind(actions), frame, metadata=metadata, notices=[*notices, SIGN])
    if not swept.all():
        left = counted(int((~swept).sum()), "row")
        notices.append(
            Notice("REST_ROWS_LEFT_OUT", f"{left} without frequency, beside the spectra, left out.")
        )
    frame = _named(source, raw.loc[swept], MEANINGS | SPECTRA)
    return finish(source, columns.IMPEDANCE, frame, metadata=metadata, notices=notices)


def _parse(lines: Sequence[str]) -> _Contents:
    """Return the values of all sections and where the segments stand."""
    contents = _Contents()
    section = ""
    for at, line in enumerate(lines):
        tag = re.fullmatch(r"<(/?)(\w+)>", line.strip())
        if tag:
            section = "" if tag[1] else tag[2]
        elif section.startswith("Segment") and line.startswith(DEFINITION):
            after = range(at + 1, len(lines))
            end = next((end for end in after if lines[end].startswith("<")), len(lines))
            contents.segments.append((at, end))
        elif section and not section.startswith("Segment"):
            name, found, text = line.partition("=")
            if found:
                contents.sections.setdefault(section, {})[name.strip()] = text.strip()
    return contents


def _segment(source: Source, lines: Sequence[str], at: int, end: int) -> pd.DataFrame | None:
    """Return the rows of a segment, index = position in the file; None when it has no rows."""
    headings = headings_of(lines[at].removeprefix(DEFINITION), ",")
    rows = lines[at + 1 : end]
    if not any(row.strip() for row in rows):
        return None
    width = rows[0].rstrip(", ").count(",") + 1
    if headings[-1] == "0" and width < len(headings):  # a version repeats a setting there
        headings = headings[:-1]
    frame = read_grid(Grid(Source(source.name, "line", at + 2), headings, ","), rows)
    frame.index += at + 1
    return frame


def _named(
    source: Source, raw: pd.DataFrame, meanings: dict[str, tuple[str, float]]
) -> pd.DataFrame:
    return canonical(Grid(source, tuple(raw.columns), ","), raw, meanings)


def _swept(raw: pd.DataFrame) -> "pd.Series[bool]":
    """Return which rows are points of a spectrum: they have a frequency and an impedance."""
    if FREQUENCY not in raw or REAL not in raw:
        return pd.Series(data=False, index=raw.index)
    frequency = pd.to_numeric(raw[FREQUENCY], errors="coerce")
    real = pd.to_numeric(raw[REAL], errors="coerce")
    return pd.Series((frequency != 0) & ~((real == 0) & np.isfinite(real)), dtype=bool)


def _without_segments(source: Source, contents: _Contents, last: int) -> FormatError:
    """Return the error of a file without rows; VersaStudio can also store them in binary form."""
    if contents.sections.get("Experiment", {}).get("DataFormat", "").lower() == "binary":
        return FormatError(
            f"{source.name} has its data in binary form",
            place="the section Experiment, DataFormat",
            found="Binary",
            expected="data as text: switch off “Save New Data to Binary File” in VersaStudio "
            "and save the file again",
            code="E_UNSUPPORTED",
        )
    return no_rows(Source(source.name, "line", last))


def _actions(contents: _Contents) -> list[str]:
    """Return the names of the actions without the first, which holds common settings."""
    named = (values.get("Name", "") for tag, values in contents.sections.items() if "Action" in tag)
    return [name for name in named if name and name != "Common"]


def _kind(actions: Sequence[str]) -> str:
    kinds = {
        next(
            (kind for part, kind in KINDS if re.search(part, name, re.IGNORECASE)), columns.CYCLING
        )
        for name in actions
    }
    return kinds.pop() if len(kinds) == 1 else columns.CYCLING


def _facts(contents: _Contents, actions: Sequence[str]) -> tuple[dict[str, object], list[Notice]]:
    """Return technique, instrument, versions, area, mass, amplitude and start."""
    sections = contents.sections
    experiment = sections.get("Experiment", {})
    common = sections.get("Action0", {})
    settings = {name: text for values in sections.values() for name, text in values.items()}
    start, notices = start_of(
        experiment.get("DateAcquired", ""), experiment.get("TimeAcquired", "")
    )
    technique = {"technique": clean_text(", ".join(actions))} if actions else {}
    metadata: dict[str, object] = {**technique, **start}
    metadata |= facts(sections.get("Application", {}), {"Version": "software_version"})
    metadata |= facts(
        sections.get("Instrument", {}),
        {"Type": "instrument", "SN": "serial_number", "Firmware": "firmware_version"},
    )
    metadata |= quantity(common.get("Working Electrode Area (cm2)"), "area_in_file_cm2")
    if number(common.get("Mass (g)")):
        metadata |= quantity(common.get("Mass (g)"), "active_mass_in_file_mg", 1e3)
    metadata |= quantity(settings.get("Amplitude (mV RMS)"), "amplitude_mv")
    return metadata, notices


FORMAT = Format(
    name="versastudio",
    title="VersaStudio .par",
    suffixes=(".par",),
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
