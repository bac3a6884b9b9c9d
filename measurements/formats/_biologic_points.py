"""The data module of a BioLogic .mpr file: its columns by their numbers, its points as a table.

What a number means was learned from files beside their exports as text, or follows from physics in
every file that has it (power = potential x current, |Z| = |E| / |I|, charge = integral of current);
the tests repeat each proof. Currents are in mA, charges in mA.h or C as the headings say.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from measurements.formats import FormatError
from measurements.formats._biologic_modules import Module
from measurements.formats._checks import Source, no_rows

FLAGS = {
    1: ("mode", 0, 0b11),
    2: ("ox/red", 2, 1),
    3: ("error", 3, 1),
    21: ("control changes", 4, 1),
    31: ("Ns changes", 5, 1),
    65: ("counter inc.", 7, 1),
}
"""Columns that share the first byte of a point: heading, first bit, mask."""

COLUMNS = {
    4: ("time/s", "<f8"),
    5: ("control/V/mA", "<f4"),
    6: ("Ewe/V", "<f4"),
    7: ("dq/mA.h", "<f8"),
    8: ("I/mA", "<f4"),
    13: ("(Q-Qo)/mA.h", "<f8"),
    20: ("control/mA", "<f4"),
    24: ("cycle number", "<f8"),
    32: ("freq/Hz", "<f4"),
    33: ("|Ewe|/V", "<f4"),
    34: ("|I|/A", "<f4"),
    35: ("Phase(Z)/deg", "<f4"),
    36: ("|Z|/Ohm", "<f4"),
    37: ("Re(Z)/Ohm", "<f4"),
    38: ("-Im(Z)/Ohm", "<f4"),
    39: ("I Range", "<u2"),
    70: ("P/W", "<f4"),
    76: ("<I>/mA", "<f4"),
    77: ("<Ewe>/V", "<f4"),
    131: ("Ns", "<u2"),
    169: ("Cs/μF", "<f4"),
    172: ("Cp/μF", "<f4"),
    174: ("<Ewe>/V", "<f4"),
    434: ("(Q-Qo)/C", "<f4"),
    435: ("dQ/C", "<f4"),
    467: ("Q charge/discharge/mA.h", "<f8"),
    468: ("half cycle", "<u4"),
}
"""Number of a column -> heading in EC-Lab's text, type."""

LAYOUTS: dict[int, tuple[str, str, int | None]] = {
    0: ("<IB", "B", None),
    2: ("<IB", "H", None),
    3: ("<IB", "H", 406),
    10: ("<IH", "H", 1007),
    11: ("<IH", "H", 1007),
}
"""Version -> points and columns, number of a column, bytes before the points where known."""

LONGEST_HEADER = 1024
MARK = 1
"""The last byte before the points may be 1; the numbers of columns that are not used are 0."""

EXPORT = "export the file as text in EC-Lab (Experiment, Export as Text) and upload the .mpt"


@dataclass(frozen=True)
class Points:
    """What the data module says of itself: points, numbers of the columns, size of its head."""

    count: int
    numbers: tuple[int, ...]
    head: int


def table_of(source: Source, module: Module) -> pd.DataFrame:
    """Return the points under the headings of EC-Lab's text.

    Raises FormatError for a version or a column that is not known, and for a module whose size is
    not that of its points.
    """
    points, kind = _described(source, module)
    if not points.count:
        raise no_rows(source)
    rows = np.frombuffer(module.body, dtype=kind, offset=points.head, count=points.count)
    table: dict[str, NDArray[np.generic]] = {}
    for number in points.numbers:
        if number in FLAGS:
            heading, bit, mask = FLAGS[number]
            table[heading] = (rows["flags"] >> bit) & mask
        else:
            table[COLUMNS[number][0]] = rows[str(number)].astype("float64")
    return pd.DataFrame(table, copy=False)


def _described(source: Source, module: Module) -> tuple[Points, "np.dtype[np.void]"]:
    if module.version not in LAYOUTS:
        raise FormatError(
            f"{source.name} has a data module of an unknown version",
            place=f"byte {module.at}",
            found=f"version {module.version}",
            expected=f"one of {', '.join(map(str, LAYOUTS))}; {EXPORT}",
            code="E_UNSUPPORTED",
        )
    layout, letter, known = LAYOUTS[module.version]
    start = struct.calcsize(layout)
    if len(module.body) < start:
        raise _damaged(source, module, f"{len(module.body)} bytes")
    count, width = struct.unpack_from(layout, module.body)
    end = start + width * struct.calcsize(letter)
    if not width or end > min(len(module.body), LONGEST_HEADER):
        raise _damaged(source, module, f"{width} columns")
    numbers = struct.unpack_from(f"<{width}{letter}", module.body, start)
    kind = _record(source, module, numbers)
    head = len(module.body) - count * kind.itemsize
    if not end <= head <= LONGEST_HEADER or head != (known or head):
        raise _damaged(source, module, f"{len(module.body)} bytes for {count} points")
    unused = module.body[end:head]
    if any(unused[:-1]) or max(unused[-1:], default=0) > MARK:
        raise _damaged(source, module, "something else before the points")
    return Points(count, numbers, head), kind


def _record(source: Source, module: Module, numbers: Sequence[int]) -> "np.dtype[np.void]":
    """Return the type of one point; FormatError names the columns that are not known."""
    unknown = [number for number in numbers if number not in FLAGS and number not in COLUMNS]
    if unknown:
        names = [FLAGS.get(number, COLUMNS.get(number, ("",)))[0] for number in numbers]
        raise FormatError(
            f"{source.name} has columns whose meaning is not known",
            place=f"byte {module.at}",
            found=f"the column numbers {', '.join(map(str, unknown))} beside "
            + (", ".join(name for name in names if name) or "no known one"),
            expected=f"known columns only; {EXPORT}",
            code="E_UNSUPPORTED",
        )
    fields = [] if FLAGS.keys().isdisjoint(numbers) else [("flags", "u1")]
    fields += [(str(number), COLUMNS[number][1]) for number in numbers if number not in FLAGS]
    headings = [COLUMNS[number][0] for number in numbers if number not in FLAGS]
    if len(set(headings)) < len(headings) or len(set(numbers)) < len(numbers):
        raise _damaged(source, module, "one column twice")
    return np.dtype(fields)


def _damaged(source: Source, module: Module, found: str) -> FormatError:
    return FormatError(
        f"{source.name} has a damaged data module",
        place=f"byte {module.at}",
        found=found,
        expected="a head that agrees with the size of the module",
        code="E_TRUNCATED",
    )
