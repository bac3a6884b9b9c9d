"""PowerSuite (Princeton Applied Research) text: a spectrum of three columns, no header.

The headings Frequency, Zre, Zimg have no units: the program writes Hz and ohm, and Zimg negative
where capacitive.
"""

from pathlib import Path

from measurements import columns
from measurements.formats import Format, Reading, Sample
from measurements.formats._checks import Source, finish
from measurements.formats._text import (
    Grid,
    canonical,
    decimal_sign,
    decode,
    first_line,
    headings_of,
    read_grid,
)

MEANINGS = {
    "Frequency": (columns.FREQUENCY, 1.0),
    "Zre": (columns.REAL_IMPEDANCE, 1.0),
    "Zimg": (columns.IMAGINARY_IMPEDANCE, 1.0),
}


def sniff(sample: Sample) -> bool:
    """Tell the text by its first line, which is exactly the three headings."""
    return headings_of(first_line(decode(sample.head)), "\t") == tuple(MEANINGS)


def read(path: Path) -> Reading:
    """Read one spectrum; FormatError names the line that is cut off or not numeric."""
    lines = decode(path.read_bytes()).splitlines()
    at = next((at for at, line in enumerate(lines) if line.strip()), 0)
    rows = lines[at + 1 :]
    source = Source(path.name, "line", at + 2)
    grid = Grid(source, tuple(MEANINGS), "\t", decimal_sign(rows, "\t"))
    frame = canonical(grid, read_grid(grid, rows), MEANINGS)
    return finish(source, columns.IMPEDANCE, frame, metadata={})


FORMAT = Format(
    name="powersuite",
    title="PowerSuite text",
    suffixes=(".txt",),
    kinds=(columns.IMPEDANCE,),
    sniff=sniff,
    read=read,
)
