"""GRAMS ASCII with header (.asp): six numbers, then the ordinates over an even axis, one a line.

The six are the number of points, first and last abscissa, the types of both axes (codes of .spc)
and the resolution; a comment after an apostrophe may follow. Source: Thermo, GRAMS converter
"ASCII with header".
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from measurements import columns
from measurements.formats import Format, FormatError, Reading, Sample
from measurements.formats._checks import Source, clean_text
from measurements.formats._spc_codes import RAMAN_SHIFT, X_UNITS, Y_NAMES
from measurements.formats._spectra import PER_CM, joined, spectrum
from measurements.formats._text import decode, number

HEADER_LINES = 6
FEWEST_POINTS = 10
COMMENT = "'"
LONGEST_NUMBER = 32


def sniff(sample: Sample) -> bool:
    """Tell the text by its six numbers: a count that the size allows, two ends, two known types."""
    lines = decode(sample.head).splitlines()
    header = _header(lines)
    if header is None or len(lines) <= HEADER_LINES:
        return False
    points, first, last, x_code, y_code, resolution = header
    return (
        points % 1 == 0
        and max(FEWEST_POINTS, sample.size / LONGEST_NUMBER) <= points <= sample.size / 2
        and x_code in X_UNITS
        and y_code in Y_NAMES
        and first != last
        and resolution >= 0
    )


def read(path: Path) -> Reading:
    """Read the spectrum; FormatError for another number of points than announced."""
    lines = decode(path.read_bytes()).splitlines()
    header = _header(lines)
    if header is None:
        raise _wrong(path.name, 0, "no header", "six numbers", "E_FORMAT")
    points, first, last, x_code, y_code, resolution = header
    begin = HEADER_LINES + (len(lines) > HEADER_LINES and lines[HEADER_LINES][:1] == COMMENT)
    rows = [(at, line) for at, line in enumerate(lines[begin:], begin) if line.strip()]
    if len(rows) != points:
        found, expected = f"{len(rows)} ordinates", f"{points:.10g}, as the first line says"
        raise _wrong(path.name, len(lines) - 1, found, expected, "E_TRUNCATED")
    unit = X_UNITS.get(int(x_code))
    if unit is None:
        raise _wrong(path.name, 3, f"type {x_code:g}", "1, 2, 3 or 13", "E_UNITS_UNKNOWN")
    y = np.array([_value(path.name, at, line) for at, line in rows])
    source = Source(path.name, "point")
    kind = columns.INFRARED if unit[0] == PER_CM else columns.SPECTRUM_OTHER
    kind = columns.RAMAN if x_code == RAMAN_SHIFT else kind
    name = Y_NAMES.get(int(y_code), f"type {y_code:g}")
    found_one = spectrum(source, kind, unit, np.linspace(first, last, len(y)), name, y)
    metadata: dict[str, object] = {"resolution_cm1": resolution} if unit[0] == PER_CM else {}
    if begin > HEADER_LINES:
        metadata["comment"] = clean_text(lines[HEADER_LINES].strip(COMMENT))
    return joined(source, [found_one], metadata=metadata)


def _header(lines: Sequence[str]) -> list[float] | None:
    """Return the six numbers, None where one of the first six lines is none."""
    found = [number(line) for line in lines[:HEADER_LINES]]
    values = [value for value in found if value is not None]
    return values if len(values) == HEADER_LINES else None


def _value(name: str, at: int, line: str) -> float:
    value = number(line)
    if value is None:
        raise _wrong(name, at, f"“{clean_text(line, 40)}”", "a number", "E_VALUE")
    return value


def _wrong(name: str, at: int, found: str, expected: str, code: str) -> FormatError:
    return FormatError(
        f"{name} is no whole GRAMS text",
        place=f"line {at + 1}",
        found=found,
        expected=expected,
        code=code,
    )


FORMAT = Format(
    name="grams_ascii",
    title="GRAMS ASCII .asp",
    suffixes=(".asp",),
    kinds=(columns.INFRARED, columns.RAMAN, columns.SPECTRUM_OTHER),
    sniff=sniff,
    read=read,
)
