"""CorrWare and CorrTest ASCII (.cor): comments, headings E, I, T, rows between blanks or tabs.

The current is a density: it is multiplied by the surface area of the comments. Anodic currents are
positive (polarity 0). CorrTest marks the last row of each cycle. Source of the layout: two
independent published examples (corRead, MATLAB; a reader of CorrWare 3.5 files) that agree.
"""

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from measurements import columns
from measurements.formats import Format, FormatError, Notice, Reading, Sample
from measurements.formats._checks import Source, clean_text, finish
from measurements.formats._cycler import heading_error
from measurements.formats._dates import start_of
from measurements.formats._text import (
    Grid,
    Meanings,
    canonical,
    decode,
    facts,
    first_line,
    number,
    read_grid,
)

FIRST_LINE = "CORRW ASCII"
END = "End Comments"
HEADING = re.compile(r"\s*E\s*\((\S+)\)\s+I\s*\((\S+)\)\s+T\s*\((\S+)\)\s*", re.IGNORECASE)
CYCLE_MARK = re.compile(r"\s+(\d+)\s+CYCLE\s*$")
FIRST_LINES = 8
UNITS = {
    "volts": 1.0, "v": 1.0, "mv": 1e-3, "seconds": 1.0, "s": 1.0, "sec": 1.0,
    "a": 1.0, "amps": 1.0, "ma": 1e-3, "ua": 1e-6, "μa": 1e-6,
}  # fmt: skip
AREA = re.compile(r"/cm(\^?2|²)$")
KINDS = (
    (r"volt?amm|linear sweep|potentiodynamic|polariz|tafel|id_cv|id_lsv", columns.VOLTAMMETRY),
    (r"galvan|open circuit|chronopot|id_ocp", columns.CHRONOPOTENTIOMETRY),
    (r"potentiostat|chronoamp", columns.CHRONOAMPEROMETRY),
)
"""Words of the first lines -> kind; other tests are time, current and potential of a cell."""

NAMES = {"Comment": "comment", "Reference Type": "reference_type"}
SIGNS = ("Polarity", "PolarityI")
STAMP = re.compile(r"Dat[ea]:\s*(\S+)\s+Time:\s*(\S+)")


def sniff(sample: Sample) -> bool:
    """Tell the text by its first line."""
    return first_line(decode(sample.head)).upper().startswith(FIRST_LINE)


def read(path: Path) -> Reading:
    """Read one test; FormatError without headings, known units, an area or the usual polarity."""
    lines = decode(path.read_bytes()).splitlines()
    end = next((at for at, line in enumerate(lines) if line.strip() == END), None)
    heading = next((at for at in range(end or 0) if HEADING.fullmatch(lines[at])), None)
    if end is None or heading is None:
        raise heading_error(path.name, lines, f"the headings E, I, T with units, then “{END}”")
    pairs = _pairs(lines[:end])
    source = Source(path.name, "line", end + 2)
    _check_polarity(source, pairs)
    notices: list[Notice] = []
    meanings = _meanings(source, lines[heading], pairs, notices)
    frame = _table(source, lines[end + 1 :], meanings)
    stamp = next(filter(None, map(STAMP.search, lines[:end])), None)
    start, more = start_of(stamp[1], stamp[2]) if stamp else ({}, [])
    metadata = facts(pairs, NAMES) | start
    return finish(source, _kind(lines), frame, metadata=metadata, notices=[*notices, *more])


def _pairs(lines: Sequence[str]) -> dict[str, str]:
    parts = (line.partition(":") for line in lines)
    return {key.strip(): value.strip() for key, _, value in parts}


def _kind(lines: Sequence[str]) -> str:
    words = " ".join(lines[:FIRST_LINES]).lower()
    return next((kind for part, kind in KINDS if re.search(part, words)), columns.CYCLING)


def _check_polarity(source: Source, pairs: dict[str, str]) -> None:
    """Raise FormatError when the signs of potential or current were turned round."""
    for name in SIGNS:
        if number(pairs.get(name, "0")) != 0:
            raise FormatError(
                f"{source.name} was recorded with another sign convention",
                place=f"the line {name}",
                found=clean_text(pairs[name], 40),
                expected="0 (anodic currents positive)",
                code="E_UNSUPPORTED",
            )


def _meanings(source: Source, line: str, pairs: dict[str, str], notices: list[Notice]) -> Meanings:
    """Return what E, I and T mean; FormatError for an unknown unit or a density without area."""
    found = HEADING.fullmatch(line)
    units = found.groups() if found else ()
    names = (columns.VOLTAGE, columns.CURRENT, columns.TEST_TIME)
    meanings = {}
    for letter, name, unit in zip("EIT", names, units, strict=True):
        plain = AREA.sub("", unit)
        factor = UNITS.get(plain.lower())
        if factor is None:
            raise FormatError(
                f"{source.name} has an unknown unit",
                place=f"the column heading {letter}",
                found=f"“{clean_text(unit, 40)}”",
                expected="V, A/cm2 or A, and s",
                code="E_UNITS_UNKNOWN",
            )
        if plain != unit:
            factor *= _area(source, pairs, notices)
        meanings[letter] = (name, factor)
    return meanings


def _area(source: Source, pairs: dict[str, str], notices: list[Notice]) -> float:
    """Return the surface area in cm2 and notice it; FormatError when it is missing."""
    area = number(pairs.get("Surface Area"))
    if area is None or area <= 0:
        raise FormatError(
            f"{source.name} has a current density without an area",
            place="the line Surface Area",
            found=clean_text(pairs.get("Surface Area", "nothing"), 40),
            expected="the surface area in cm2",
            code="E_VALUE",
        )
    notices.append(
        Notice(
            "DENSITY_TIMES_AREA",
            f"The file holds a current density: it is multiplied by its surface area {area:g} cm2.",
        )
    )
    return area


def _table(source: Source, rows: Sequence[str], meanings: Meanings) -> pd.DataFrame:
    """Return the rows, with the cycle number where the file marks the ends of cycles."""
    marks = [CYCLE_MARK.search(row) for row in rows]
    plain = ["\t".join(CYCLE_MARK.sub("", row).replace(",", ".").split()) for row in rows]
    grid = Grid(source, tuple(meanings), "\t")
    frame = canonical(grid, read_grid(grid, plain), meanings)
    if not any(marks):
        return frame
    ended = np.cumsum([mark is not None for mark in marks]) - [mark is not None for mark in marks]
    return frame.assign(**{columns.CYCLE: ended[frame.index]})


FORMAT = Format(
    name="corrware",
    title="CorrWare or CorrTest ASCII",
    suffixes=(".cor",),
    kinds=(
        columns.VOLTAMMETRY,
        columns.CHRONOPOTENTIOMETRY,
        columns.CHRONOAMPEROMETRY,
        columns.CYCLING,
    ),
    sniff=sniff,
    read=read,
)
