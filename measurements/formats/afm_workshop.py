"""Force-distance curves of AFM Workshop: a header, then approach and retreat side by side.

The four columns (position and force of each branch) become two, one branch after the other;
``segment_index`` 1 is the approach. Units stand in the headings.
"""

import re
from pathlib import Path

import pandas as pd

from measurements import columns
from measurements.formats import Format, FormatError, Reading, Sample
from measurements.formats._checks import Source, clean_text, finish, short_list
from measurements.formats._dates import start_of
from measurements.formats._text import (
    Grid,
    decode,
    first_line,
    headings_of,
    numeric,
    quantity,
    read_grid,
)

FIRST_LINE = "force-distance curve"
BRANCHES = ("extend", "retract")
POSITION, FORCE = "z-sense", "force"
HEADING = re.compile(r"(extend|retract)\s+(z-sense|force)\s*\((\w+)\)", re.IGNORECASE)
LENGTHS = {"nm": 1e-9, "um": 1e-6, "μm": 1e-6, "m": 1.0}
FORCES = {"pn": 1e-12, "nn": 1e-9, "un": 1e-6, "μn": 1e-6, "n": 1.0}
SEPARATOR = ","


def sniff(sample: Sample) -> bool:
    """Tell the text by its first line and the headings of the two branches."""
    text = decode(sample.head)
    return first_line(text).lower() == FIRST_LINE and HEADING.search(text) is not None


def read(path: Path) -> Reading:
    """Read one curve; FormatError for headings with other units or lines that are cut off."""
    lines = decode(path.read_bytes()).splitlines()
    at = next((at for at, line in enumerate(lines) if HEADING.match(line)), None)
    if at is None:
        raise FormatError(
            f"{path.name} is cut off in its header or lacks columns",
            place=f"line {max(1, len(lines))}",
            found=f"“{clean_text(lines[-1], 60)}”" if lines else "nothing",
            expected="the headings Extend Z-Sense(nm), Extend Force(nN), Retract ...",
            code="E_COLUMNS_MISSING",
        )
    source = Source(path.name, "line", at + 2)
    grid = Grid(source, headings_of(lines[at], SEPARATOR), SEPARATOR)
    raw = read_grid(grid, lines[at + 1 :])
    branches = [_branch(grid, raw, name) for name in BRANCHES]
    frame = pd.concat(
        [branch.assign(**{columns.SEGMENT: 1 + at}) for at, branch in enumerate(branches)]
    )
    metadata = _facts(lines[:at]) | {"segments": list(BRANCHES)}
    return finish(source, columns.FORCE_CURVE, frame, metadata=metadata)


def _branch(grid: Grid, raw: pd.DataFrame, branch: str) -> pd.DataFrame:
    """Return position in m and force in N of one branch; FormatError for an unknown unit."""
    found = {}
    for heading in grid.headings:
        parts = HEADING.fullmatch(heading)
        if parts and parts[1].lower() == branch:
            length = parts[2].lower() == POSITION
            factor = (LENGTHS if length else FORCES).get(parts[3].lower())
            if factor is None:
                raise _unit(grid, heading)
            name = columns.Z_POSITION if length else columns.FORCE
            found[name] = numeric(grid, raw[heading]) * factor
    if len(found) < len(BRANCHES):
        raise FormatError(
            f"{grid.source.name} lacks a column of the {branch} branch",
            place="the column headings",
            found=short_list(grid.headings),
            expected=f"{branch.title()} Z-Sense and {branch.title()} Force, with their units",
            code="E_COLUMNS_MISSING",
        )
    return pd.DataFrame(found).dropna(how="all")


def _unit(grid: Grid, heading: str) -> FormatError:
    return FormatError(
        f"{grid.source.name} has a unit that is not known",
        place="the column headings",
        found=f"“{clean_text(heading, 60)}”",
        expected="positions in nm or um, forces in pN, nN or uN",
        code="E_UNITS_UNKNOWN",
    )


def _facts(lines: list[str]) -> dict[str, object]:
    cells = (line.replace("\t", "").partition(":") for line in lines)
    pairs = {name.strip(): text.strip() for name, _, text in cells}
    day = pairs.get("Date", "").partition(",")[2]
    start, _ = start_of(day.strip(), pairs.get("Time", ""))
    place = quantity(pairs.get("X, um"), "x_position_um")
    place |= quantity(pairs.get("Y, um"), "y_position_um")
    mode = clean_text(pairs.get("Mode", ""), 60)
    return start | place | ({"mode": mode} if mode else {})


FORMAT = Format(
    name="afm_workshop",
    title="AFM Workshop force-distance curve",
    suffixes=(".csv",),
    kinds=(columns.FORCE_CURVE,),
    sniff=sniff,
    read=read,
)
