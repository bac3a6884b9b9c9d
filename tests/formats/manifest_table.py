"""The table of real files: what becomes of every file of the manifest, and a value to check it by.

One CSV per folder in ``manifest/``. ``expect`` is *read*, *refused* (with ``code``) or *reference*
(holds the truth about the file named in ``note``; uploaded, it is refused with ``code``). ``at``
says which value of ``column`` is checked: first, last, max, min, mean or a row number (#12 is the
thirteenth), and may go on with `` in column=value``. A path may have further lines with values.
"""

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

FOLDER = Path(__file__).parent / "manifest"


@dataclass(frozen=True)
class Line:
    """One line of the table; empty cells are empty texts."""

    path: str
    expect: str
    format: str
    kind: str
    rows: str
    cycles: str
    column: str
    at: str
    value: str
    tolerance: str
    code: str
    note: str


def lines() -> list[Line]:
    found = []
    for table in sorted(FOLDER.glob("*.csv")):
        with table.open(newline="", encoding="utf-8") as file:
            found += [Line(**row) for row in csv.DictReader(file)]
    return found


def value_at(frame: pd.DataFrame, column: str, at: str) -> float:
    """Return the value of a column that a line of the table means."""
    place, _, condition = at.partition(" in ")
    if condition:
        name, _, wanted = condition.partition("=")
        frame = frame[frame[name] == float(wanted)]
    values = frame[column].to_numpy(dtype=np.float64)
    if place.startswith("#"):
        return float(values[int(place[1:])])
    picked = {
        "first": values[0],
        "last": values[-1],
        "max": np.nanmax(values),
        "min": np.nanmin(values),
        "mean": np.nanmean(values),
    }
    return float(picked[place])
