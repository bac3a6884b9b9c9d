"""CH Instruments text: impedance spectra (A.C. Impedance).

The date, the technique, settings as ``name = value``, the headings with units, rows. The other
techniques are refused: their currents are cathodic or anodic positive after a setting of the
program that is not in the file.
"""

import re
from collections.abc import Sequence
from pathlib import Path

from measurements import columns
from measurements.formats import Format, FormatError, Notice, Reading, Sample
from measurements.formats._checks import Source, clean_text, finish
from measurements.formats._dates import start_of
from measurements.formats._text import (
    Grid,
    canonical,
    decode,
    facts,
    headings_of,
    quantity,
    read_grid,
)

MODEL = re.compile(r"^Instrument Model:\s*CHI", re.MULTILINE)
TECHNIQUE = re.compile(r"A\.?C\.? Impedance")
FREQUENCY = "Freq/Hz"
MEANINGS = {
    FREQUENCY: (columns.FREQUENCY, 1.0),
    "Z'/ohm": (columns.REAL_IMPEDANCE, 1.0),
    'Z"/ohm': (columns.IMAGINARY_IMPEDANCE, 1.0),
    "Z/ohm": (columns.ABSOLUTE_IMPEDANCE, 1.0),
    "Phase/deg": (columns.PHASE, 1.0),
}
NAMES = {"Instrument Model": "instrument", "Header": "title", "Note": "comment"}
QUANTITIES = {
    "Init E (V)": ("dc_voltage_volt", 1.0),
    "Amplitude (V)": ("amplitude_in_file_mv", 1e3),
}
"""Setting -> metadata and factor."""

TITLE_LINES = 2


def sniff(sample: Sample) -> bool:
    """Tell a text of CH Instruments by its line with the model, after date and technique."""
    text = decode(sample.head)
    return (
        MODEL.search(text) is not None
        and re.match(r"\s*[A-Z][a-z]+\.? \d+, \d{4}", text) is not None
    )


def read(path: Path) -> Reading:
    """Read one spectrum; FormatError for other techniques and for the line that is cut off."""
    lines = decode(path.read_bytes()).splitlines()
    filled = [line.strip() for line in lines if line.strip()]
    technique = filled[1] if len(filled) >= TITLE_LINES else ""
    if not TECHNIQUE.match(technique):
        raise FormatError(
            f"{path.name} holds a technique that is not read",
            place="line 2",
            found=f"“{clean_text(technique, 60)}”",
            expected="A.C. Impedance; the file does not say whether cathodic or anodic currents "
            "are positive, so please send other techniques as a table in Battery Data Format",
            code="E_UNSUPPORTED",
        )
    at = _heading_at(path.name, lines)
    grid = Grid(Source(path.name, "line", at + 2), headings_of(lines[at], ","), ",")
    frame = canonical(grid, read_grid(grid, lines[at + 1 :]), MEANINGS)
    metadata, notices = _facts(lines[:at])
    metadata = {"technique": clean_text(technique)} | metadata
    return finish(grid.source, columns.IMPEDANCE, frame, metadata=metadata, notices=notices)


def _heading_at(name: str, lines: Sequence[str]) -> int:
    at = next((at for at, line in enumerate(lines) if line.startswith(FREQUENCY)), None)
    if at is not None:
        return at
    seen = max(at for at, line in enumerate(lines) if line.strip())
    raise FormatError(
        f"{name} is cut off in its header or lacks columns",
        place=f"line {seen + 1}",
        found=f"“{clean_text(lines[seen], 60)}”",
        expected=f"the headings {', '.join(MEANINGS)}",
        code="E_COLUMNS_MISSING",
    )


def _facts(lines: Sequence[str]) -> tuple[dict[str, object], list[Notice]]:
    """Return instrument, settings and start."""
    pairs = {}
    for line in lines:
        name, found, text = line.partition(" = " if " = " in line else ":")
        if found:
            pairs[name.strip()] = text.strip()
    first = next((line for line in lines if line.strip()), "")
    day, _, clock = first.strip().rpartition(" ")
    start, notices = start_of(day, clock)
    metadata = facts(pairs, NAMES) | start
    for setting, (key, factor) in QUANTITIES.items():
        metadata |= quantity(pairs.get(setting), key, factor)
    return metadata, notices


FORMAT = Format(
    name="chi",
    title="CH Instruments text",
    suffixes=(".txt",),
    kinds=(columns.IMPEDANCE,),
    sniff=sniff,
    read=read,
)
