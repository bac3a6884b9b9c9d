"""Tables of Access databases (.res, .mdb), read by an external program within bounds.

``mdb-export`` (mdbtools) is used where it is installed, else a program of ours with the same
output that is some 15 times slower.
"""

import csv
import shutil
import subprocess
import sys
from io import BytesIO, StringIO
from pathlib import Path
from threading import Timer

import pandas as pd

from measurements.formats import FormatError

MAGIC = (b"\x00\x01\x00\x00Standard Jet DB", b"\x00\x01\x00\x00Standard ACE DB")
PAGE_BYTES = 4096
TABLE_PAGE = 2
ROWS_AT = 16
"""Size of a page of Jet 4, the first byte of a page that defines a table, and where in it the
number of its rows stands."""

TIMEOUT_S = 120
MAX_SLOW_BYTES = 64 * 2**20
"""What the slow program is given at most: it reads about 1.5 MB a second."""

GROWTH = 8
SPARE_BYTES = 2**20
"""A table printed as text is at most so many times larger than its database, and so much more."""


def read_table(path: Path, name: str, table: str) -> pd.DataFrame:
    """Return a table of the database at ``path``, the cells of unquoted columns as numbers.

    Raises FormatError (under ``name``) when the program fails, takes too long or prints too much.
    """
    output = _printed(path, name, table)
    try:
        return pd.read_csv(BytesIO(output), low_memory=False, encoding_errors="replace")
    except (pd.errors.ParserError, pd.errors.EmptyDataError, csv.Error) as error:
        raise _unreadable(name, table) from error


def first_row(path: Path, name: str, table: str) -> dict[str, str]:
    """Return the first row of a table as texts; {} when there is none or it cannot be read."""
    try:
        text = _printed(path, name, table).decode("utf-8", errors="replace")
        return next(iter(csv.DictReader(StringIO(text), restval="")), {})
    except (FormatError, csv.Error):
        return {}


def declared_rows(path: Path, names: tuple[str, ...]) -> int | None:
    """Return how many rows the database says that its table with these column names has."""
    wanted = [name.encode("utf-16-le") for name in names]
    with path.open("rb") as file:
        while page := file.read(PAGE_BYTES):
            if page[0] == TABLE_PAGE and all(name in page for name in wanted):
                return int.from_bytes(page[ROWS_AT : ROWS_AT + 4], "little")
    return None


def _printed(path: Path, name: str, table: str) -> bytes:
    """Return what the program prints of a table."""
    command = [*_program(path, name), str(path.resolve()), table]
    limit = GROWTH * path.stat().st_size + SPARE_BYTES
    with subprocess.Popen(  # noqa: S603 - no shell; the only foreign word is an absolute path
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={"LC_ALL": "C.UTF-8"},
    ) as process:
        timer = Timer(TIMEOUT_S, process.kill)
        timer.start()
        try:
            printed = process.stdout.read(limit + 1) if process.stdout else b""
            if len(printed) > limit:
                process.kill()
            status = process.wait()
        finally:
            timer.cancel()
    if status or not 0 < len(printed) <= limit:
        raise _unreadable(name, table)
    return printed


def _unreadable(name: str, table: str) -> FormatError:
    return FormatError(
        f"{name} is an Access database without readable records of Arbin",
        place=f"the table {table}",
        found="no such table, or a damaged one",
        expected=f"a .res file with a table {table}; MITS can export it as .csv or .xlsx",
        code="E_UNSUPPORTED",
    )


def _program(path: Path, name: str) -> list[str]:
    fast = shutil.which("mdb-export")
    if fast:
        return [fast]
    size = path.stat().st_size
    if size > MAX_SLOW_BYTES:
        raise FormatError(
            f"{name} is too large to be read here without mdbtools",
            place="the whole file",
            found=f"{size / 2**20:,.0f} MiB",
            expected=f"at most {MAX_SLOW_BYTES / 2**20:.0f} MiB, or an installed mdbtools",
            code="E_TOO_LARGE",
        )
    return [sys.executable, "-I", str(Path(__file__).with_name("_access_dump.py"))]
