"""LANDT/LANHE text: the table with lower-case headings and the older one with Voltage/V.

The first comes with six lines of facts and names its steps, the second has a state (C_CC, D_CC,
R ...) for each row, in English or Chinese. Capacities and energies restart with every step.
"""

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from measurements import columns
from measurements.formats import Format, Notice, Reading, Sample
from measurements.formats._checks import Source, finish
from measurements.formats._cycler import (
    COUNTER,
    ENERGY,
    HALVES,
    Meaning,
    heading_error,
    in_halves,
    meaning_of,
    read_table,
    resolve,
    runs,
    with_step_counts,
    with_time_units,
)
from measurements.formats._cycler_current import with_sign
from measurements.formats._dates import Start, start_of
from measurements.formats._text import BOMS, canonical, decode, facts

NEW = {
    "cycleindex": Meaning(columns.CYCLE),
    "stepindex": Meaning(columns.STEP),
    "stepname": Meaning(columns.STEP_TYPE),
    "testtimes": Meaning(columns.TEST_TIME, "s"),
    "steptimes": Meaning(columns.STEP_TIME, "s"),
    "currenta": Meaning(columns.CURRENT, "A"),
    "currentma": Meaning(columns.CURRENT, "mA"),
    "voltagev": Meaning(columns.VOLTAGE, "V"),
    "chargecapacityah": Meaning(columns.STEP_CHARGING_CAPACITY, "Ah"),
    "chargecapacitymah": Meaning(columns.STEP_CHARGING_CAPACITY, "mAh"),
    "dischargecapacityah": Meaning(columns.STEP_DISCHARGING_CAPACITY, "Ah"),
    "dischargecapacitymah": Meaning(columns.STEP_DISCHARGING_CAPACITY, "mAh"),
    "chargeenergywh": Meaning(columns.STEP_CHARGING_ENERGY, "Wh"),
    "chargeenergymwh": Meaning(columns.STEP_CHARGING_ENERGY, "mWh"),
    "dischargeenergywh": Meaning(columns.STEP_DISCHARGING_ENERGY, "Wh"),
    "dischargeenergymwh": Meaning(columns.STEP_DISCHARGING_ENERGY, "mWh"),
    **{f"temperature{at}c": Meaning(f"temperature_t{at}_celsius", "C") for at in range(1, 4)},
}
OLD = {
    "index": Meaning(columns.RECORD),
    "记录序号": Meaning(columns.RECORD),
    "testtime": Meaning(columns.TEST_TIME),
    "测试时间": Meaning(columns.TEST_TIME),
    "steptime": Meaning(columns.STEP_TIME),
    "步骤时间": Meaning(columns.STEP_TIME),
    "voltage": Meaning(columns.VOLTAGE),
    "电压": Meaning(columns.VOLTAGE),
    "current": Meaning(columns.CURRENT),
    "电流": Meaning(columns.CURRENT),
    "capacity": Meaning(COUNTER),
    "容量": Meaning(COUNTER),
    "energy": Meaning(ENERGY),
    "能量": Meaning(ENERGY),
    "state": Meaning(columns.STEP_TYPE),
    "状态": Meaning(columns.STEP_TYPE),
}
"""Words of a heading -> what it means, in the two layouts."""

NEEDED = {columns.TEST_TIME, columns.VOLTAGE, columns.CURRENT}
NEW_MARKS = {columns.CYCLE, columns.STEP, columns.STEP_TYPE}
OLD_MARKS = {columns.RECORD, COUNTER}
"""What a table of each layout must have beside the needed columns."""

CHANNEL = "channel_index"
HEADER_LINES = 20
SEPARATORS = ",\t;"
NAMES = {"cell model": "cell_model", "cell id": "sample_name", "test": "test_name"}
STAMP = re.compile(r"(\d[\d/.-]*)\s+(\d+:\d+:\d+)")
STATES = re.compile(r"(dch|disch|d_|d$)|(ch|c_|c$)|(rest|r$|r_)", re.IGNORECASE)
MODE = re.compile(r"CCCV|CC|CV|CP|CR", re.IGNORECASE)
"""Beginning of a state or name of a step: discharge, charge, rest."""


def sniff(sample: Sample) -> bool:
    """Tell a table by its column headings, which stand in one of the first lines."""
    return _heading_at(_text(sample.head).splitlines()) is not None


def read(path: Path) -> Reading:
    """Read one table; FormatError names the line that is incomplete or not numeric."""
    lines = _text(path.read_bytes()).splitlines()
    found = _heading_at(lines)
    if found is None:
        raise heading_error(path.name, lines, "column headings of LANDT, such as Voltage/V")
    at, words = found
    notices: list[Notice] = []
    grid, raw = read_table(path.name, lines, at, _separator(lines[at]), notices)
    grid, raw = with_time_units(grid, raw, words)
    meanings = resolve(grid, _without_dead_sensors(raw, words), notices)
    frame = _with_steps(grid.source, canonical(grid, raw, meanings), notices)
    start, more = _start(raw)
    return finish(
        grid.source,
        columns.CYCLING,
        frame,
        metadata=_header(lines[:at]) | start,
        notices=[*notices, *more],
    )


def _text(data: bytes) -> str:
    """Return text in UTF-8, UTF-16 with its mark or, of Chinese programs, GB 18030."""
    try:
        data[:-4].decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start < len(data) - 8 and not data.startswith(tuple(BOMS)):
            return data.decode("gb18030", errors="replace")
    return decode(data)


def _separator(line: str) -> str:
    return max(SEPARATORS, key=line.count)


def _heading_at(lines: Sequence[str]) -> tuple[int, dict[str, Meaning]] | None:
    """Return the line of the column headings and the words of its layout, None if there is none."""
    for at, line in enumerate(lines[:HEADER_LINES]):
        cells = [cell.strip('" ') for cell in line.split(_separator(line))]
        for words, marks in ((NEW, NEW_MARKS), (OLD, OLD_MARKS)):
            found = {meaning.name for cell in cells if (meaning := meaning_of(words, cell))}
            if found >= NEEDED | marks and _is_landt(cells, words):
                return at, words
    return None


def _is_landt(cells: Sequence[str], words: dict[str, Meaning]) -> bool:
    """Tell headings of LANDT from similar ones: by the channel, or by units after a stroke."""
    if words is NEW:
        return CHANNEL in cells
    return any(cell.startswith(("Voltage/", "电压/")) for cell in cells)


def _without_dead_sensors(raw: pd.DataFrame, words: dict[str, Meaning]) -> dict[str, Meaning]:
    """Return the words without those of thermometers that show 0 throughout: not connected."""
    dead = {
        meaning.name
        for heading in map(str, raw)
        if (meaning := meaning_of(words, heading))
        and meaning.name.startswith("temperature")
        and not raw[heading].any()
    }
    return {word: meaning for word, meaning in words.items() if meaning.name not in dead}


def _with_steps(source: Source, frame: pd.DataFrame, notices: list[Notice]) -> pd.DataFrame:
    """Return the table with signed current, the charge of each step, the record's number."""
    run = runs(frame, (columns.CYCLE, columns.STEP, columns.STEP_TYPE))
    counted = CHANNEL in frame and pd.api.types.is_numeric_dtype(frame[CHANNEL])
    if counted and len(frame) > 1 and (np.diff(frame[CHANNEL]) == 1).all():
        frame = frame.rename(columns={CHANNEL: columns.RECORD})
    frame = with_step_counts(frame, run, [name for pair in HALVES.values() for name in pair])
    stated = None
    if columns.STEP_TYPE in frame:
        states = frame[columns.STEP_TYPE].str.strip()
        names = states.unique()
        stated = states.map({name: _direction(name) for name in names}).to_numpy(np.float64)
        words = states.map({name: _word(name) for name in names})
        frame = frame.assign(**{columns.STEP_TYPE: words})
    frame, direction = with_sign(source, with_step_counts(frame, run), run, stated, notices)
    return in_halves(frame, direction)


def _direction(state: str) -> float:
    found = STATES.match(state)
    return np.nan if found is None else -1.0 if found[1] else 1.0 if found[2] else 0.0


def _word(state: str) -> str:
    """Return a state or name of a step in words of BDF, others as they are."""
    direction, mode = _direction(state), MODE.search(state)
    if direction == 0:
        return "REST"
    if np.isnan(direction):
        return state
    return "_".join(filter(None, (mode and mode[0].upper(), "CHG" if direction > 0 else "DCH")))


def _header(lines: Sequence[str]) -> dict[str, object]:
    """Return the facts of the lines before the headings (“cell id: A1,,,”)."""
    pairs = (line.strip(", ;\t").partition(":") for line in lines)
    return facts({key.strip().lower(): value.strip(", ") for key, _, value in pairs}, NAMES)


def _start(raw: pd.DataFrame) -> Start:
    """Return the date and time of the first row, if a column has them."""
    for name in raw:
        first, last = str(raw[name].iloc[0]), str(raw[name].iloc[-1])
        found, end = STAMP.match(first), STAMP.match(last)
        if found and end:
            day = found[1].replace("/", "-") if found[1][:4].isdigit() else found[1]
            return start_of(day, found[2], like=[found[1], end[1]])
    return {}, []


FORMAT = Format(
    name="landt",
    title="LANDT/LANHE text",
    suffixes=(".csv", ".txt"),
    kinds=(columns.CYCLING,),
    sniff=sniff,
    read=read,
)
