"""Prints a table of an Access database as CSV, as ``mdb-export`` of mdbtools 1.0 does.

Run as a program of its own (``_access_dump.py file table``), because its library is not made for
untrusted files. It ends with status 1 when the table cannot be read.
"""

import csv
import logging
import math
import resource
import sys

from access_parser import AccessParser  # type: ignore[import-untyped]  # has no types
from access_parser.utils import (  # type: ignore[import-untyped]  # has no types
    TYPE_FLOAT32,
    TYPE_FLOAT64,
)

MAX_MEMORY_BYTES = 2 * 2**30
DIGITS = {TYPE_FLOAT32: 8, TYPE_FLOAT64: 16}
"""Significant digits of a number by the type of its column."""


def main(path: str, name: str) -> None:
    """Print the table; raises whatever the library raises on damaged files."""
    parser = AccessParser(path)
    table = parser.get_table(name)
    if table is None:
        raise LookupError(f"no table {name}")
    kinds = {column.col_name_str: column.type for column in table.columns.values()}
    cells = table.parse()
    texts = [
        [_text(cell, DIGITS.get(kind, 0)) for cell in cells[key]] for key, kind in kinds.items()
    ]
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(kinds)
    writer.writerows(zip(*texts, strict=True))


def _text(cell: object, digits: int) -> str:
    """Return a cell as mdb-export writes it; a number that is not finite as nothing."""
    if cell is None or isinstance(cell, float) and not math.isfinite(cell):
        return ""
    if isinstance(cell, bool):
        return str(int(cell))
    return f"{cell:.{digits}g}" if digits else str(cell)


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY_BYTES, MAX_MEMORY_BYTES))
    main(*sys.argv[1:])
