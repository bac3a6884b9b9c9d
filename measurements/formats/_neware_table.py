"""Canonical columns from the table that fastnda makes of a Neware file.

The records are float32 numbers in V, mA, mAh and mWh; the table has them as float64 in V, A, Ah
and Wh. Step capacities are those of the instrument, split by their sign: the library gives the
net capacity of a record within its step (positive = charge).
"""

import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from measurements import columns
from measurements.formats._clock import LOCAL_TIME

if TYPE_CHECKING:
    import polars as pl

NUMBERS = {
    "index": (columns.RECORD, 1.0),
    "total_time_s": (columns.TEST_TIME, 1.0),
    "voltage_V": (columns.VOLTAGE, 1.0),
    "current_mA": (columns.CURRENT, 1e-3),
    "unix_time_s": (columns.UNIX_TIME, 1.0),
    "cycle_count": (columns.CYCLE, 1.0),
    "step_count": (columns.STEP, 1.0),
    "step_time_s": (columns.STEP_TIME, 1.0),
}
SIGNED = {
    "capacity_mAh": (columns.STEP_CHARGING_CAPACITY, columns.STEP_DISCHARGING_CAPACITY),
    "energy_mWh": (columns.STEP_CHARGING_ENERGY, columns.STEP_DISCHARGING_ENERGY),
}
"""Column of fastnda -> canonical column and factor; signed column -> its two halves."""


def to_frame(table: "pl.DataFrame", *, local_clock: bool) -> pd.DataFrame:
    """Return the library's table with canonical names and units, float64 and str.

    ``local_clock``: the clock of the file has no zone, so it is not ``unix_time_second``.
    """
    frame: dict[str, Any] = {
        canonical: _numbers(table, name) * factor
        for name, (canonical, factor) in NUMBERS.items()
        if name in table.columns
    }
    for name, halves in SIGNED.items():
        if name in table.columns:
            net = _numbers(table, name) * 1e-3
            frame[halves[0]] = np.maximum(net, 0.0)
            frame[halves[1]] = np.maximum(-net, 0.0)
    if local_clock and columns.UNIX_TIME in frame:
        frame[LOCAL_TIME] = frame.pop(columns.UNIX_TIME)
    for name, (canonical, words) in _codes().items():
        if name in table.columns:
            frame[canonical] = _texts(_numbers(table, name), words)
    for name in (name for name in table.columns if name.startswith("aux")):
        frame[_auxiliary_name(name)] = _numbers(table, name)
    return pd.DataFrame(frame, copy=False)


def _numbers(table: "pl.DataFrame", name: str) -> NDArray[np.float64]:
    """Return a column as float64, NaN where the file has no value."""
    return np.asarray(table[name].cast(float).fill_null(np.nan).to_numpy(), dtype=np.float64)


def _codes() -> dict[str, tuple[str, dict[int, str]]]:
    """Return the columns of codes: canonical name and words (BDF: CC_CHG, CC_DCH, REST ...)."""
    import fastnda

    types: dict[int, str] = fastnda.step_type_map
    words = {code: name.upper().replace("DCHG", "DCH") for code, name in types.items()}
    return {"step_index": (columns.STEP_ID, {}), "step_type": (columns.STEP_TYPE, words)}


def _texts(values: NDArray[np.float64], words: dict[int, str]) -> "pd.Series[str]":
    """Return codes as words (else the code itself), empty where there is none."""
    positions, codes = pd.factorize(values, use_na_sentinel=False)
    texts = ["" if np.isnan(code) else words.get(int(code), str(int(code))) for code in codes]
    return pd.Series(texts, dtype="str").take(positions).reset_index(drop=True)


def _auxiliary_name(name: str) -> str:
    """Return the canonical name of an auxiliary temperature, else the library's name."""
    match = re.fullmatch(r"aux([1-5]?)_temperature_degC", name)
    return f"temperature_t{match[1] or 1}_celsius" if match else name
