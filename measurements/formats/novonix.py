"""Novonix text: blocks [Summary], [Protocol] and [Data], the last a table with commas.

Current is positive when it charges. The counters of charge and energy are given as those of each
step, whether they restart with it or go on. Types of steps: 0 rest, 1 and 2 constant current, 7 and
9 the constant current of a CCCV step, 8 and 10 its constant voltage (source: preparenovonix, MIT).
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from measurements import columns
from measurements.formats import Format, Notice, Reading, Sample
from measurements.formats._checks import finish
from measurements.formats._cycler import (
    COUNTER,
    ENERGY,
    NEEDED,
    Floats,
    Meaning,
    heading_error,
    in_halves,
    read_table,
    resolve,
    runs,
    with_step_counts,
)
from measurements.formats._dates import Start, start_of
from measurements.formats._text import canonical, decode, facts, number, quantity

WORDS = {
    "cyclenumber": Meaning(columns.CYCLE),
    "stepnumber": Meaning(columns.STEP),
    "steptype": Meaning(columns.STEP_TYPE),
    "runtime": Meaning(columns.TEST_TIME),
    "steptime": Meaning(columns.STEP_TIME),
    "current": Meaning(columns.CURRENT),
    "potential": Meaning(columns.VOLTAGE),
    "capacity": Meaning(COUNTER),
    "energy": Meaning(ENERGY),
    "temperature": Meaning("temperature_t1_celsius"),
    "power": Meaning("power_watt"),
}
NAMES = {
    "Channel": "channel",
    "Serial Number": "serial_number",
    "Description": "comment",
    "CellID": "sample_name",
    "Cell": "test_name",
    "Version": "software_version",
}
HEADINGS = "Date and Time,"
STEP_TYPES = {
    "0": "REST", "1": "CC", "2": "CC", "7": "CC", "8": "CV", "9": "CC", "10": "CV",
}  # fmt: skip
REST = "REST"
MASS = "active_mass_in_file_mg"
G_TO_MG = 1000.0
DEFAULT_MASS_G = 1.0


def sniff(sample: Sample) -> bool:
    """Tell the text by its first block, which names the program."""
    text = decode(sample.head).lstrip()
    summary = text.split("[End Summary]")[0][:1000]
    return text.startswith("[Summary]") and "novonix" in summary.lower()


def read(path: Path) -> Reading:
    """Read one test; FormatError names the line that is incomplete or not numeric."""
    lines = decode(path.read_bytes()).splitlines()
    at = next((at for at, line in enumerate(lines) if line.startswith(HEADINGS)), None)
    if at is None:
        raise heading_error(path.name, lines, "column headings after [Data]: Date and Time ...")
    notices: list[Notice] = []
    grid, raw = read_table(path.name, lines, at, ",", notices)
    frame = _with_steps(canonical(grid, raw, resolve(grid, WORDS, notices)))
    pairs = _pairs(lines[:at])
    start, more = _start(pairs)
    return finish(
        grid.source,
        columns.CYCLING,
        frame,
        metadata=facts(pairs, NAMES) | _mass(pairs) | start,
        notices=[*notices, *more],
    )


def _with_steps(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the table with the charge of each step by direction, and step types in words."""
    if not set(frame) >= NEEDED:
        return frame
    run = runs(frame, (columns.CYCLE, columns.STEP, columns.STEP_TYPE))
    current = np.nan_to_num(frame[columns.CURRENT].to_numpy(dtype=np.float64))
    direction = np.sign(np.bincount(run, current))[run]
    frame = in_halves(with_step_counts(frame, run), direction)
    if columns.STEP_TYPE in frame:
        frame = frame.assign(**{columns.STEP_TYPE: _words(frame[columns.STEP_TYPE], direction)})
    return frame


def _words(types: "pd.Series[str]", direction: Floats) -> "pd.Series[str]":
    """Return types of steps in words; those that are no known number keep theirs."""
    known = types.str.strip().map(STEP_TYPES)
    flows = (known != REST).to_numpy()
    words = known.where(~(flows & (direction > 0)), known.str.cat(["_CHG"] * len(known)))
    words = words.where(~(flows & (direction < 0)), known.str.cat(["_DCH"] * len(known)))
    return words.fillna(types)


def _pairs(lines: Sequence[str]) -> dict[str, str]:
    """Return the facts of the first block (“Channel: 01”)."""
    end = next((at for at, line in enumerate(lines) if line.startswith("[End")), len(lines))
    parts = (line.partition(":") for line in lines[:end])
    return {key.strip(): value.strip(", ") for key, _, value in parts}


def _mass(pairs: dict[str, str]) -> dict[str, object]:
    """Return the active mass if one was entered in place of the program's 1 g."""
    text = pairs.get("Mass (g)")
    return {} if number(text) == DEFAULT_MASS_G else quantity(text, MASS, G_TO_MG)


def _start(pairs: dict[str, str]) -> Start:
    day, _, clock = pairs.get("Started", "").partition(" ")
    return start_of(day, clock)


FORMAT = Format(
    name="novonix",
    title="Novonix text",
    suffixes=(".csv",),
    kinds=(columns.CYCLING,),
    sniff=sniff,
    read=read,
)
