"""Names of the Battery Data Format 1.3: recognises columns by machine name or preferred label.

Source: https://github.com/battery-data-alliance/battery-data-format (ontology 1.3.0). Names of
older releases and other metric prefixes of a unit are read too; they are never written.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from measurements import columns
from measurements.formats import FormatError, Notice, Reading
from measurements.formats._checks import Source, clean_text, counted, finish
from measurements.formats._counters import relabelled

CAPACITIES = ("charging", "discharging", "net", "cumulative")
NAMES = frozenset(
    {
        columns.TEST_TIME,
        columns.VOLTAGE,
        columns.CURRENT,
        columns.UNIX_TIME,
        columns.CYCLE,
        columns.STEP,
        columns.AMBIENT_TEMPERATURE,
        columns.RECORD,
        "step_record_index",
        columns.STEP_ID,
        columns.STEP_TYPE,
        columns.STEP_TIME,
        *(
            f"{scope}{kind}_{quantity}"
            for scope in ("", "cycle_", "step_")
            for kind in CAPACITIES
            for quantity in ("capacity_ah", "energy_wh")
        ),
        *(
            f"schedule_{kind}_{quantity}"
            for kind in CAPACITIES[:2]
            for quantity in ("capacity_ah", "energy_wh")
        ),
        "power_watt",
        "internal_resistance_ohm",
        "dc_internal_resistance_ohm",
        "ac_internal_resistance_ohm",
        columns.FREQUENCY,
        columns.REAL_IMPEDANCE,
        columns.IMAGINARY_IMPEDANCE,
        columns.ABSOLUTE_IMPEDANCE,
        columns.PHASE,
        "ambient_pressure_pa",
        "applied_pressure_pa",
        "surface_pressure_pa",
        columns.SURFACE_TEMPERATURE,
        *(f"temperature_t{number}_celsius" for number in range(1, 6)),
    }
)
"""The 58 quantities of the ontology."""

UNITS = {
    "1": ("", 1.0),
    "dimensionless": ("", 1.0),
    "s": ("second", 1.0),
    "second": ("second", 1.0),
    "ms": ("second", 1e-3),
    "millisecond": ("second", 1e-3),
    "min": ("second", 60.0),
    "minute": ("second", 60.0),
    "h": ("second", 3600.0),
    "hour": ("second", 3600.0),
    "v": ("volt", 1.0),
    "volt": ("volt", 1.0),
    "mv": ("volt", 1e-3),
    "millivolt": ("volt", 1e-3),
    "a": ("ampere", 1.0),
    "ampere": ("ampere", 1.0),
    "ma": ("ampere", 1e-3),
    "milliampere": ("ampere", 1e-3),
    "ah": ("ah", 1.0),
    "mah": ("ah", 1e-3),
    "wh": ("wh", 1.0),
    "mwh": ("wh", 1e-3),
    "w": ("watt", 1.0),
    "watt": ("watt", 1.0),
    "mw": ("watt", 1e-3),
    "ohm": ("ohm", 1.0),
    "ω": ("ohm", 1.0),
    "hz": ("hertz", 1.0),
    "hertz": ("hertz", 1.0),
    "deg": ("degree", 1.0),
    "degree": ("degree", 1.0),
    "°": ("degree", 1.0),
    "degc": ("celsius", 1.0),
    "°c": ("celsius", 1.0),
    "celsius": ("celsius", 1.0),
    "pa": ("pa", 1.0),
    "kpa": ("pa", 1e3),
    "mpa": ("pa", 1e6),
}
"""Unit as in a label or at the end of a machine name, lower case -> canonical suffix, factor."""

OLD_STEMS = {
    "cycle": "cycle_count",
    "date_time": "unix_time",
    "step_capacity": "step_cumulative_capacity",
    "step_energy": "step_cumulative_energy",
    **{f"surface_temperature_t{number}": f"temperature_t{number}" for number in range(1, 6)},
}
"""Words of older releases -> words now."""

STEP_INDEX = "step_index"
"""Old name with two meanings: number of the record in its step, or of the step in its schedule."""


@dataclass(frozen=True)
class Meaning:
    """What a heading means: canonical name, and factor to its unit."""

    name: str
    factor: float = 1.0


def meaning(heading: str) -> Meaning | None:
    """Return what a column heading means in BDF, None if it is no BDF name."""
    words = re.sub(r"[\s_]+", "_", heading.strip().lower())
    stem, slash, unit = words.partition("_/_")
    if not slash:
        if words in NAMES or words == STEP_INDEX:
            return Meaning(words)
        stem, _, unit = words.rpartition("_")
    suffix, factor = UNITS.get(unit, (None, 1.0))
    if suffix is None:
        return None
    name = "_".join(filter(None, (OLD_STEMS.get(stem, stem), suffix)))
    return Meaning(name, factor) if name in NAMES or name == STEP_INDEX else None


def kind_of(names: Iterable[str]) -> str | None:
    """Return the kind of table that canonical names make, None if needed ones are missing."""
    present = set(names)
    if {columns.ABSOLUTE_IMPEDANCE, columns.PHASE} <= present:
        present |= {columns.REAL_IMPEDANCE, columns.IMAGINARY_IMPEDANCE}
    for kind in (columns.IMPEDANCE, columns.CYCLING):
        if present.issuperset(columns.required(kind, present)):
            return kind
    return None


def is_bdf(headings: Iterable[str]) -> bool:
    """Tell whether headings make a BDF table: all needed ones and at least half of all are BDF."""
    meanings = [meaning(heading) for heading in headings]
    names = [found.name for found in meanings if found]
    return 2 * len(names) >= len(meanings) and kind_of(names) is not None


def to_reading(source: Source, raw: pd.DataFrame, metadata: Mapping[str, object]) -> Reading:
    """Return a checked Reading of a table whose headings are BDF names or labels.

    ``raw`` has the file's headings and the index 0..n-1 of its rows. Raises FormatError for
    missing or doubled columns and for cells that are not numbers.
    """
    notices: list[Notice] = []
    frame = _renamed(source, raw, notices)
    frame = _with_complex_parts(frame)
    frame = relabelled(_repair_cycles(frame, notices), notices)
    kind = kind_of(frame.columns) or columns.CYCLING
    return finish(source, kind, frame, metadata=metadata, notices=notices)


def _renamed(source: Source, raw: pd.DataFrame, notices: list[Notice]) -> pd.DataFrame:
    """Return the table with canonical names and units; foreign columns keep their names."""
    table: dict[str, pd.Series[Any]] = {}
    for heading in map(str, raw.columns):
        found = meaning(heading) or Meaning(clean_text(heading, 100) or "unnamed")
        name = found.name
        if name == STEP_INDEX:
            name = _step_index_name(source, raw[heading], notices)
        if name in table:
            raise FormatError(
                f"{source.name} has two columns for {name}",
                place="the column headings",
                found=f"“{clean_text(heading, 60)}” and another",
                expected="one column for each quantity",
                code="E_COLUMNS_DOUBLE",
            )
        if name in columns.TEXTS:
            table[name] = _texts(raw[heading])
        elif name in NAMES:
            table[name] = numbers(source, raw[heading], heading) * found.factor
        else:
            table[name] = raw[heading]
    return pd.DataFrame(table, index=raw.index)


def numbers(source: Source, column: "pd.Series[Any]", heading: str) -> "pd.Series[float]":
    """Return a column as float64, empty cells NaN; FormatError names a cell that is no number."""
    if pd.api.types.is_numeric_dtype(column):
        return column.astype("float64")
    texts = column.astype("str").str.strip()
    values = pd.to_numeric(texts, errors="coerce").astype("float64")
    wrong = np.flatnonzero((values.isna() & column.notna() & (texts != "")).to_numpy())
    if wrong.size:
        at = int(wrong[0])
        cells = counted(wrong.size, "such cell")
        raise FormatError(
            f"{source.name} has a cell that is not a number",
            place=source.place(int(column.index[at]), clean_text(heading, 60)),
            found=f"“{clean_text(texts.iloc[at], 40)}” ({cells} in this column)",
            expected="a number with a decimal point",
            code="E_VALUE",
        )
    return values


def _texts(column: "pd.Series[Any]") -> "pd.Series[str]":
    """Return a column as text; whole numbers without decimals, empty where there is none."""
    if pd.api.types.is_float_dtype(column) and (column.dropna() % 1 == 0).all():
        column = column.astype("Int64")
    return column.astype("str").where(column.notna(), "")


def _step_index_name(source: Source, column: "pd.Series[Any]", notices: list[Notice]) -> str:
    """Decide what the old name step_index means: it counts records if most rows add one."""
    steps = np.diff(numbers(source, column, STEP_INDEX).to_numpy())
    counts_records = steps.size > 0 and 2 * int(np.sum(steps == 1)) > steps.size
    name = "step_record_index" if counts_records else columns.STEP_ID
    notices.append(Notice("OLD_NAME", f"The column step_index (an old name) is read as {name}."))
    return name


def _with_complex_parts(frame: pd.DataFrame) -> pd.DataFrame:
    """Add real and imaginary impedance where only magnitude and phase are given."""
    parts = {columns.REAL_IMPEDANCE: np.cos, columns.IMAGINARY_IMPEDANCE: np.sin}
    polar = {columns.ABSOLUTE_IMPEDANCE, columns.PHASE}
    if set(parts) & set(frame.columns) or not polar <= set(frame.columns):
        return frame
    phase = np.radians(frame[columns.PHASE])
    return frame.assign(
        **{name: frame[columns.ABSOLUTE_IMPEDANCE] * part(phase) for name, part in parts.items()}
    )


def _repair_cycles(frame: pd.DataFrame, notices: list[Notice]) -> pd.DataFrame:
    """Return the table with whole cycle numbers, or without any, and a notice of it.

    batterydf 0.1.0 multiplies cycle numbers by 2 pi (its unit library takes a cycle for an
    angle): exact multiples are divided again, other fractions cannot be cycle numbers.
    """
    if columns.CYCLE not in frame:
        return frame
    cycles = frame[columns.CYCLE]
    known = cycles[np.isfinite(cycles)]
    if (known % 1 == 0).all():
        return frame
    turns = cycles / (2 * np.pi)
    if np.allclose(turns[known.index], turns[known.index].round(), rtol=0, atol=1e-6):
        notices.append(
            Notice(
                "CYCLE_COUNT_TIMES_2PI",
                "The cycle numbers of the file are multiplied by 2π (an error of the program "
                "that wrote it); they are divided by 2π again.",
            )
        )
        return frame.assign(**{columns.CYCLE: turns.round()})
    notices.append(
        Notice(
            "CYCLE_COUNT_DROPPED",
            f"cycle_count is left out: {known[known % 1 != 0].iloc[0]:g} is not a whole number.",
        )
    )
    return frame.drop(columns=columns.CYCLE)
