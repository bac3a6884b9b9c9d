"""Arbin records as CSV: exports of MITS and MITS Pro, of its database, and of CALCE.

The table of facts that some programs write beside it (``…_Metadata.csv``) is refused.
"""

from pathlib import Path

from measurements import columns
from measurements.formats import Format, FormatError, Reading, Sample
from measurements.formats._arbin import is_records, parts_of, to_reading
from measurements.formats._checks import Source, short_list
from measurements.formats._text import (
    Grid,
    decimal_sign,
    decode,
    first_line,
    headings_of,
    read_grid,
)

SEPARATORS = ",;\t"
FACTS_ONLY = frozenset({"test_id", "device_id", "schedule_file_name", "item_id"})
"""Headings of a table of tests without records."""


def sniff(sample: Sample) -> bool:
    """Tell the table by the headings of its first line."""
    headings = _headings(first_line(decode(sample.head)))[0]
    return is_records(headings) or _has_facts_only(headings)


def read(path: Path) -> Reading:
    """Read one table; FormatError names an unknown unit, a wrong cell or a line cut off."""
    lines = decode(path.read_bytes()).splitlines()
    at = next((at for at, line in enumerate(lines) if line.strip()), 0)
    headings, separator = _headings(lines[at] if lines else "")
    source = Source(path.name, "line", at + 2)
    if _has_facts_only(headings):
        raise FormatError(
            f"{path.name} holds facts about Arbin tests, no measurement",
            place=f"line {at + 1}",
            found=short_list(headings),
            expected="the table of records beside it (Data_Point, Test_Time, Current ...)",
            code="E_UNSUPPORTED",
        )
    rows = lines[at + 1 :]
    grid = Grid(source, headings, separator, decimal_sign(rows, separator))
    return to_reading(grid, read_grid(grid, rows), {})


def _headings(line: str) -> tuple[tuple[str, ...], str]:
    """Return the headings of a line and their separator."""
    separator = max(SEPARATORS, key=line.count)
    return headings_of(line.replace('"', ""), separator), separator


def _has_facts_only(headings: tuple[str, ...]) -> bool:
    return {parts_of(heading)[0] for heading in headings} >= FACTS_ONLY


FORMAT = Format(
    name="arbin_text",
    title="Arbin CSV",
    suffixes=(".csv", ".txt"),
    kinds=(columns.CYCLING,),
    sniff=sniff,
    read=read,
)
