"""ISIS LOQ text of COLETTE (.LOQ): a SANS curve below five lines of header.

The header gives the wavelengths in Å and the radii on the detector in mm; COLETTE writes q in 1/Å
and the file does not repeat it. Curves that other programs write in this layout are not claimed.
"""

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from measurements import columns
from measurements.formats import Format, FormatError, Notice, Reading, Sample
from measurements.formats._checks import Source, clean_text
from measurements.formats._scattering import curves
from measurements.formats._text import Grid, decode, numeric, read_grid

HEADER_LINES = 5
TITLE = re.compile(r"\s*LOQ\s.*SAMPLE:\s*(\S+)")
GEOMETRY = re.compile(r"\s*Wav\s+([\d.]+)\s*>\s*([\d.]+)\s+Phi\s.*Rad\s+[\d.]+\s*>\s*[\d.]+")
NAMES = (columns.Q, columns.INTENSITY, columns.INTENSITY_U)
ASSUMED = Notice(
    "Q_UNIT_ASSUMED",
    "The file does not name the unit of q; LOQ writes 1/Å, with its wavelengths in Å.",
)


def sniff(sample: Sample) -> bool:
    """Tell the text by its title and the geometry below."""
    return _header(decode(sample.head).splitlines()) is not None


def read(path: Path) -> Reading:
    """Read the curve; FormatError for another number of points than the header announces."""
    lines = decode(path.read_bytes()).splitlines()
    header = _header(lines)
    rows = ["\t".join(line.split()) for line in lines[HEADER_LINES:]]
    grid = Grid(Source(path.name, "line", HEADER_LINES + 1), NAMES, "\t")
    table = read_grid(grid, rows)
    frame = pd.DataFrame({name: numeric(grid, table[name]) for name in NAMES})
    announced = next(iter(lines[2].split()), "")
    if announced != str(len(frame)):
        raise FormatError(
            f"{path.name} is not whole",
            place=f"line {len(lines)}",
            found=f"{len(frame)} points",
            expected=f"{clean_text(announced, 20)}, as line 3 says",
            code="E_TRUNCATED",
        )
    metadata: dict[str, object] = {"instrument": "LOQ"}
    if header:
        metadata["run"] = clean_text(header[0])
        ends = np.array(header[1:], dtype=np.float64)
        metadata["wavelength_min_angstrom"], metadata["wavelength_max_angstrom"] = ends.tolist()
    return curves(
        Source(path.name, "point"), [frame], unit="", metadata=metadata, notices=[ASSUMED]
    )


def _header(lines: Sequence[str]) -> tuple[str, str, str] | None:
    """Return run and wavelengths (Å) of the header; None for any other text."""
    if len(lines) <= HEADER_LINES:
        return None
    title, geometry = TITLE.match(lines[0]), GEOMETRY.match(lines[1])
    return (title[1], geometry[1], geometry[2]) if title and geometry else None


FORMAT = Format(
    name="colette",
    title="ISIS LOQ text .LOQ",
    suffixes=(".loq", ".txt"),
    kinds=(columns.SCATTERING,),
    sniff=sniff,
    read=read,
)
