"""PEC (LifeTest) text: lines of facts, headings with units, one row a record, of one cell.

Current is positive when it charges. When the counters of charge and energy restart is told by the
rows; older programs call the energy a capacity in mWh.
"""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from measurements import columns
from measurements.formats import Format, FormatError, Notice, Reading, Sample
from measurements.formats._checks import Source, clean_text, counted, finish
from measurements.formats._counters import CAPACITIES, ENERGIES, scoped, starts_of
from measurements.formats._cycler import (
    Meaning,
    heading_error,
    read_table,
    resolve,
    with_time_units,
)
from measurements.formats._dates import Start, start_of
from measurements.formats._text import canonical, decode, facts, first_line

FIRST_LINE = "Request Year:"
HEADINGS = "Test,Cell,"
RISING, FALLING = ENERGIES
WORDS = {
    "step": Meaning(columns.STEP),
    "cycle": Meaning(columns.CYCLE),
    "instructionname": Meaning(columns.STEP_TYPE),
    "totaltime": Meaning(columns.TEST_TIME),
    "steptime": Meaning(columns.STEP_TIME),
    "voltage": Meaning(columns.VOLTAGE),
    "current": Meaning(columns.CURRENT),
    "chargecapacity": Meaning(CAPACITIES[0]),
    "dischargecapacity": Meaning(CAPACITIES[1]),
    "chargecapacity[mwh]": Meaning(RISING),
    "dischargecapacity[mwh]": Meaning(FALLING),
    "chargecapacity[wh]": Meaning(RISING),
    "dischargecapacity[wh]": Meaning(FALLING),
    "chargeenergy": Meaning(RISING),
    "dischargeenergy": Meaning(FALLING),
    "ambienttemperature": Meaning(columns.AMBIENT_TEMPERATURE),
    "cellsurfacetemperature": Meaning(columns.SURFACE_TEMPERATURE),
    "temp": Meaning("temperature_t1_celsius"),
}
NAMES = {
    "TestRegime Name": "schedule",
    "TestRegime Version": "schedule_version",
    "Test": "test_name",
    "Test Description": "comment",
    "Project": "project",
    "LotID": "lot",
    "Product ID": "sample_name",
    "Requestor": "operator",
}
PLACE = ("Rack", "Shelf", "Position")
CELL = ("Test", "Cell")
CLOCK = "Real Time"


def sniff(sample: Sample) -> bool:
    """Tell the text by its first line."""
    return first_line(decode(sample.head)).strip('"').startswith(FIRST_LINE)


def read(path: Path) -> Reading:
    """Read the records of one cell; FormatError for several cells, odd units and odd signs."""
    lines = decode(path.read_bytes()).splitlines()
    plain = (line.replace('"', "") for line in lines)
    at = next((at for at, line in enumerate(plain) if line.startswith(HEADINGS)), None)
    if at is None:
        raise heading_error(path.name, lines, "column headings: Test, Cell, Rack, Shelf ...")
    notices: list[Notice] = []
    grid, raw = read_table(path.name, lines, at, ",", notices)
    _check_one_cell(grid.source, raw)
    grid, raw = with_time_units(grid, raw, WORDS)
    frame = canonical(grid, raw, resolve(grid, WORDS, notices))
    cycles, steps = starts_of(frame)
    frame, scheduled = scoped(frame, (CAPACITIES, ENERGIES), cycles=cycles, steps=steps)
    start, more = _start(lines[:at], raw)
    return finish(
        grid.source,
        columns.CYCLING,
        frame,
        metadata=_header(lines[:at]) | _channel(raw) | start,
        notices=[*notices, *scheduled, *more],
    )


def _check_one_cell(source: Source, raw: pd.DataFrame) -> None:
    """Raise FormatError for a table with the records of several cells or tests."""
    cells = raw[[name for name in CELL if name in raw]].drop_duplicates()
    if len(cells) > 1:
        raise FormatError(
            f"{source.name} holds several cells",
            place=source.place(int(cells.index[1])),
            found=f"{counted(len(cells), 'cell')}, the second is "
            f"{clean_text(' '.join(map(str, cells.iloc[1])), 60)}",
            expected="one cell of one test in a file",
            code="E_UNSUPPORTED",
        )


def _header(lines: Sequence[str]) -> dict[str, object]:
    """Return the facts of the lines before the headings (“Test:,187”)."""
    pairs = (line.replace('"', "").partition(":,") for line in lines)
    return facts({key.strip(): value.strip(", ") for key, _, value in pairs}, NAMES)


def _channel(raw: pd.DataFrame) -> dict[str, object]:
    """Return rack, shelf and position as the name of the channel."""
    parts = [clean_text(raw[name].iloc[0], 60) for name in PLACE if name in raw]
    return {"channel": "-".join(parts)} if parts else {}


def _start(lines: Sequence[str], raw: pd.DataFrame) -> Start:
    """Return the clock of the first row; other dates of the file may show the order of the day."""
    if CLOCK not in raw:
        return {}, []
    stamps = [str(raw[CLOCK].iloc[0]), str(raw[CLOCK].iloc[-1])]
    stamps += [line.partition(":,")[2] for line in lines]
    days = [stamp.strip(", ").split(" ")[0] for stamp in stamps]
    return start_of(days[0], stamps[0].partition(" ")[2], like=days)


FORMAT = Format(
    name="pec",
    title="PEC text",
    suffixes=(".csv",),
    kinds=(columns.CYCLING,),
    sniff=sniff,
    read=read,
)
