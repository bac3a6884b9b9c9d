"""Logs of the thermal kit of xdevs.com (.dsv): several multimeters beside temperatures, over time.

Temperatures are in °C. The readings val1 ... vbl8 have whatever unit the meter was set to, which
the file does not say: they keep their headings. A reading of 9.9e37 and above is an overload.
"""

from pathlib import Path

import numpy as np
import pandas as pd

from measurements import columns
from measurements.formats import Format, FormatError, Notice, Reading, Sample
from measurements.formats._checks import Source, finish, short_list
from measurements.formats._multimeter import OVERLOAD, overloaded, seconds
from measurements.formats._text import (
    Grid,
    canonical,
    decode,
    first_line,
    headings_of,
    numeric,
    read_grid,
)

SEPARATOR = ";"
BEGINNING = ("date", "val1", "val2")
MEANINGS = {
    "dut_temp": (columns.TEMPERATURE, 1.0),
    "amb_temp": (columns.AMBIENT_TEMPERATURE, 1.0),
}
LAYOUTS = ("%d/%m/%Y-%H:%M:%S",)


def sniff(sample: Sample) -> bool:
    """Tell the text by its headings."""
    return _is_heading(headings_of(first_line(decode(sample.head)), SEPARATOR))


def read(path: Path) -> Reading:
    """Read one log; FormatError for a cell that is not a number or a time."""
    lines = decode(path.read_bytes()).splitlines()
    source = Source(path.name, "line", 2)
    grid = Grid(source, headings_of(lines[0] if lines else "", SEPARATOR), SEPARATOR)
    if not _is_heading(grid.headings):
        raise FormatError(
            f"{path.name} lacks the headings of the thermal kit",
            place="line 1",
            found=short_list(grid.headings) or "nothing",
            expected="date;val1;val2 and on, with " + ", ".join(MEANINGS),
            code="E_COLUMNS_MISSING",
        )
    raw = read_grid(grid, lines[1:])
    passed, start = seconds(source, raw["date"].astype("str"), LAYOUTS)
    numbers = {name: numeric(grid, raw[name]) for name in raw if name != "date"}
    table = pd.DataFrame(numbers, index=raw.index)
    over = table.abs() >= OVERLOAD
    frame = canonical(grid, table.mask(over), MEANINGS)
    frame.insert(0, columns.TEST_TIME, passed)
    notices = [
        Notice(
            "UNITS_NOT_IN_FILE",
            "The file names no units: temperatures are taken as °C, which the kit writes; the "
            "readings val1 to vbl8 keep their headings and the unit that the meters were set to.",
        )
    ]
    if np.count_nonzero(over):
        notices.append(overloaded(int(np.count_nonzero(over))))
    facts = {"start_time": start}
    return finish(source, columns.MULTIMETER, frame, metadata=facts, notices=notices)


def _is_heading(names: tuple[str, ...]) -> bool:
    return names[: len(BEGINNING)] == BEGINNING and {*MEANINGS} <= {*names}


FORMAT = Format(
    name="tckit",
    title="Multimeter log of the xdevs thermal kit",
    suffixes=(".dsv",),
    kinds=(columns.MULTIMETER,),
    sniff=sniff,
    read=read,
)
