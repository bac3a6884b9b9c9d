"""Battery Data Format as JSON: records, columns, split into names and rows, or a record a line."""

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from measurements import columns
from measurements.formats import Format, FormatError, Reading, Sample
from measurements.formats._bdf import is_bdf, meaning, to_reading
from measurements.formats._checks import Source, clean_text, no_rows

KEY = re.compile(r'"((?:[^"\\]|\\.)*)"\s*(:?)')
SPLIT_KEYS = {"columns", "data"}
MAX_BYTES = 2**28
"""A larger text is refused: its parsed form takes some ten times as much memory."""


def sniff(sample: Sample) -> bool:
    """Tell JSON by its first bracket and by the first names in it, which must be BDF names."""
    try:
        text = sample.head.decode("utf-8-sig", errors="ignore").lstrip()
    except ValueError:
        return False
    if not text.startswith(("{", "[")):
        return False
    found = KEY.findall(text)
    keys = [name for name, colon in found if colon]
    if keys[:1] == ["columns"]:
        return meaning(next((name for name, colon in found if not colon), "")) is not None
    record = re.match(r"\[?\s*\{[^{}\[\]]*\}", text)
    if record:
        return is_bdf(name for name, colon in KEY.findall(record[0]) if colon)
    return bool(keys) and meaning(keys[0]) is not None and text.startswith("{")


def read(path: Path) -> Reading:
    """Read a BDF table; FormatError for JSON that is cut off or no table."""
    source = Source(path.name, "record", 1)
    frame = _table(source, _parsed(source, path))
    if frame.empty:
        raise no_rows(source)
    return to_reading(source, frame, {})


def _parsed(source: Source, path: Path) -> object:
    """Return what the text says, a list of records for one record a line."""
    try:
        text = path.read_bytes().decode("utf-8-sig").strip()
        lines = text.splitlines()
        if len(lines) > 1 and lines[0].startswith("{") and lines[0].rstrip().endswith("}"):
            return [json.loads(line) for line in lines if line.strip()]
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise FormatError(
            f"{source.name} is not complete JSON",
            place=_place(error),
            found=f"“{clean_text(error, 120)}”",
            expected="JSON that ends as it should, in UTF-8",
            code="E_TRUNCATED",
        ) from error


def _place(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"line {error.lineno}, column {error.colno}"
    return "the text"


def _table(source: Source, parsed: object) -> pd.DataFrame:
    """Return the table that a parsed text makes; FormatError when it makes none."""
    try:
        if isinstance(parsed, list) and all(isinstance(record, dict) for record in parsed):
            return pd.DataFrame.from_records(parsed)
        if isinstance(parsed, dict) and parsed.keys() >= SPLIT_KEYS:
            return pd.DataFrame(parsed["data"], columns=list(parsed["columns"]))
        if isinstance(parsed, dict) and all(isinstance(v, list | dict) for v in parsed.values()):
            return pd.DataFrame({name: _cells(cells) for name, cells in parsed.items()})
    except (ValueError, TypeError, AttributeError, KeyError) as error:
        raise _no_table(source, f"“{clean_text(error, 120)}”") from error
    raise _no_table(source, f"a {type(parsed).__name__} of other things")


def _cells(cells: Mapping[str, object] | Sequence[object]) -> list[object]:
    return list(cells.values() if isinstance(cells, Mapping) else cells)


def _no_table(source: Source, found: str) -> FormatError:
    return FormatError(
        f"{source.name} is JSON but no table",
        place="the outermost brackets",
        found=found,
        expected="a list of records, or columns of one length",
        code="E_VALUE",
    )


FORMAT = Format(
    name="bdf_json",
    title="JSON with Battery Data Format columns",
    suffixes=(".json", ".ndjson", ".jsonl"),
    kinds=(columns.CYCLING, columns.IMPEDANCE),
    sniff=sniff,
    read=read,
    max_bytes=MAX_BYTES,
)
