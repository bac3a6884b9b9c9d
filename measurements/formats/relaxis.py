"""RelaxIS 3 spectrum export: spectra as text, with frequency (Hz), Z' and Z'' (ohm) as measured.

A title, the date of the export, one line of headings, one of labels with the state of the spectrum
(DC bias, temperature), then rows separated by tabs.
"""

import re
from collections.abc import Sequence
from pathlib import Path

from measurements import columns
from measurements.formats import Format, FormatError, Reading, Sample
from measurements.formats._checks import Source, clean_text, finish
from measurements.formats._text import (
    Grid,
    canonical,
    decimal_sign,
    decode,
    first_line,
    headings_of,
    quantity,
    read_grid,
)

TITLE = re.compile(r"RelaxIS [\d.]+ Spectrum export")
FREQUENCY = "Data: Frequency"
MEANINGS = {
    FREQUENCY: (columns.FREQUENCY, 1.0),
    "Data: Z'": (columns.REAL_IMPEDANCE, 1.0),
    "Data: Z''": (columns.IMAGINARY_IMPEDANCE, 1.0),
    "Data: |Z|": (columns.ABSOLUTE_IMPEDANCE, 1.0),
    "Data: Theta (Z)": (columns.PHASE, 1.0),
}
STATES = {"DC": "dc_voltage_volt", "TM": "temperature_in_file_celsius"}


def sniff(sample: Sample) -> bool:
    """Tell an export by the title in its first line."""
    return TITLE.fullmatch(first_line(decode(sample.head))) is not None


def read(path: Path) -> Reading:
    """Read one spectrum; FormatError names the line that is cut off, and several spectra."""
    lines = decode(path.read_bytes()).splitlines()
    at = _heading_at(path.name, lines)
    _refuse_several(path.name, at, lines[at])
    rows = lines[at + 2 :]
    source = Source(path.name, "line", at + 3)
    grid = Grid(source, headings_of(lines[at], "\t"), "\t", decimal_sign(rows, "\t"))
    frame = canonical(grid, read_grid(grid, rows), MEANINGS)
    labels = lines[at + 1] if at + 1 < len(lines) else ""
    metadata: dict[str, object] = {
        "software": clean_text(first_line("\n".join(lines)).split(" Spec")[0])
    }
    for name, value in re.findall(r"(\w+)=([-+.\dEe]+)", labels):
        if name in STATES:
            metadata |= quantity(value, STATES[name])
    return finish(source, columns.IMPEDANCE, frame, metadata=metadata)


def _heading_at(name: str, lines: Sequence[str]) -> int:
    at = next((at for at, line in enumerate(lines) if line.startswith(FREQUENCY)), None)
    if at is not None:
        return at
    last = lines[-1] if lines else ""
    raise FormatError(
        f"{name} is cut off in its header or lacks columns",
        place=f"line {len(lines)}",
        found=f"“{clean_text(last, 60)}”",
        expected=f"the headings {', '.join(MEANINGS)}",
        code="E_COLUMNS_MISSING",
    )


def _refuse_several(name: str, at: int, headings: str) -> None:
    """Raise FormatError for spectra side by side, which belong to different measurements."""
    count = headings.count(FREQUENCY)
    if count > 1:
        raise FormatError(
            f"{name} holds several spectra side by side",
            place=f"line {at + 1}",
            found=f"{count} columns “{FREQUENCY}”",
            expected="one spectrum; please export each to a file of its own",
            code="E_UNSUPPORTED",
        )


FORMAT = Format(
    name="relaxis",
    title="RelaxIS spectrum export",
    suffixes=(".txt",),
    kinds=(columns.IMPEDANCE,),
    sniff=sniff,
    read=read,
)
