"""Basytec text: facts and column headings behind “~”, rows between tabs, blanks or semicolons.

The units stand in square brackets; columns of charge without unit are in Ah. Current is positive
when it charges. Counters named Cyc restart with a cycle, Ah-Step with a step, Ah[Ah] never.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from measurements import columns
from measurements.formats import Format, Notice, Reading, Sample
from measurements.formats._checks import Source, finish
from measurements.formats._cycler import (
    Meaning,
    heading_error,
    read_table,
    resolve,
    runs,
    with_time_units,
)
from measurements.formats._cycler_current import of_signed
from measurements.formats._dates import Start, start_of
from measurements.formats._text import canonical, decode, facts, first_line

FIRST_LINE = "~resultfile from basytec"
TIME = ("~time[", "~time ")
SEPARATORS = "\t; "
WORDS = {
    "time": Meaning(columns.TEST_TIME),
    "t-step": Meaning(columns.STEP_TIME),
    "dataset": Meaning(columns.RECORD),
    "line": Meaning(columns.STEP),
    "command": Meaning(columns.STEP_TYPE),
    "u": Meaning(columns.VOLTAGE),
    "i": Meaning(columns.CURRENT),
    "p": Meaning("power_watt"),
    "ah": Meaning("net_capacity_ah", "Ah"),
    "ah-cyc-charge": Meaning(columns.CYCLE_CHARGING_CAPACITY, "Ah"),
    "ah-cyc-discharge": Meaning(columns.CYCLE_DISCHARGING_CAPACITY, "Ah"),
    "ah-step": Meaning("step_net_capacity_ah", "Ah"),
    "wh": Meaning("net_energy_wh", "Wh"),
    "wh-cyc-charge": Meaning("cycle_charging_energy_wh", "Wh"),
    "wh-cyc-discharge": Meaning("cycle_discharging_energy_wh", "Wh"),
    "wh-step": Meaning("step_net_energy_wh", "Wh"),
    "t1": Meaning("temperature_t1_celsius"),
    "t2": Meaning("temperature_t2_celsius"),
    "cyc-count": Meaning(columns.CYCLE),
}
NAMES = {
    "Name of Test": "test_name",
    "Battery": "sample_name",
    "Testplan": "schedule",
    "Testchannel": "channel",
    "Operator (Test)": "operator",
}
CYCLE_COUNTERS = (
    columns.CYCLE_CHARGING_CAPACITY,
    columns.CYCLE_DISCHARGING_CAPACITY,
    "cycle_charging_energy_wh",
    "cycle_discharging_energy_wh",
)
COMMANDS = {"charge": 1.0, "discharge": -1.0, "pause": 0.0}
STEP_TYPES = {"charge": "CHG", "discharge": "DCH", "pause": "REST"}


def sniff(sample: Sample) -> bool:
    """Tell the text by its first line."""
    return first_line(decode(sample.head)).lower().startswith(FIRST_LINE)


def read(path: Path) -> Reading:
    """Read one test; FormatError for odd units and a sign that contradicts the command."""
    lines = decode(path.read_bytes()).splitlines()
    at = next((at for at, line in enumerate(lines) if line.lower().startswith(TIME)), None)
    if at is None:
        raise heading_error(path.name, lines, "column headings: ~Time[s], U[V], I[A] ...")
    lines[at] = lines[at].removeprefix("~")
    separator = next((mark for mark in SEPARATORS if mark in lines[at]), "\t")
    notices: list[Notice] = []
    grid, raw = read_table(path.name, lines, at, separator, notices)
    grid, raw = with_time_units(grid, raw, WORDS)
    frame = canonical(grid, raw, resolve(grid, WORDS, notices))
    frame = _with_steps(grid.source, frame)
    start, more = _start(lines[:at])
    return finish(
        grid.source,
        columns.CYCLING,
        frame,
        metadata=facts(_pairs(lines[:at]), NAMES) | start,
        notices=[*notices, *more],
    )


def _with_steps(source: Source, frame: pd.DataFrame) -> pd.DataFrame:
    """Return the table with step types in words of BDF and counters that are not negative."""
    if columns.STEP_TYPE in frame:
        commands = frame[columns.STEP_TYPE].str.strip().str.lower()
        if columns.CURRENT in frame:
            current = np.nan_to_num(frame[columns.CURRENT].to_numpy(dtype=np.float64))
            stated = np.array([COMMANDS.get(command, np.nan) for command in commands])
            of_signed(source, current, runs(frame, (columns.STEP,)), stated)
        words = commands.map(STEP_TYPES).fillna(frame[columns.STEP_TYPE])
        frame = frame.assign(**{columns.STEP_TYPE: words})
    halves = [name for name in CYCLE_COUNTERS if name in frame]
    return frame.assign(**{name: frame[name].abs() for name in halves})


def _pairs(lines: Sequence[str]) -> dict[str, str]:
    parts = (line.lstrip("~").partition(":") for line in lines)
    return {key.strip(): value.strip() for key, _, value in parts}


def _start(lines: Sequence[str]) -> Start:
    pairs = _pairs(lines)
    stamps = [pairs.get(key, "") for key in ("Start of Test", "End of Test")]
    days = [stamp.split(" ")[0] for stamp in stamps]
    return start_of(days[0], stamps[0].partition(" ")[2], like=days)


FORMAT = Format(
    name="basytec",
    title="Basytec text",
    suffixes=(".txt", ".dat"),
    kinds=(columns.CYCLING,),
    sniff=sniff,
    read=read,
)
