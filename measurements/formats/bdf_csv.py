"""Battery Data Format as CSV (``.bdf.csv`` or any text table with BDF names), cycling or impedance.

Cells are separated by commas, semicolons or tabs; a decimal comma is accepted with the last two.
"""

import re
import warnings
from pathlib import Path

import numpy as np
import pandas as pd

from measurements import columns
from measurements.formats import Format, FormatError, Reading, Sample
from measurements.formats._bdf import is_bdf, meaning, to_reading
from measurements.formats._checks import Source, clean_text, no_rows

SEPARATORS = ",;\t"
BOM = "\ufeff"
POINTED = re.compile(r"\s*[-+]?\d+\.\d+\s*")
TAIL_BYTES = 4096


def sniff(sample: Sample) -> bool:
    """Tell a BDF table by its first line: most headings are BDF names, all needed ones there."""
    line, newline, _ = sample.head.partition(b"\n")
    try:
        header = line.decode("utf-8").lstrip(BOM)
    except UnicodeDecodeError:
        return False
    return bool(newline or len(sample.head) == sample.size) and is_bdf(_headings(header)[0])


def read(path: Path) -> Reading:
    """Read a BDF table; FormatError names line and column of a wrong cell."""
    source = Source(path.name, "line", 2)
    headings, separator, decimal = _dialect(source, path)
    _check_last_line(source, path, len(headings), separator)
    frame = _table(source, path, separator, decimal)
    if decimal == ",":
        _check_points(source, frame)
    return to_reading(source, frame.dropna(how="all"), {})


def _headings(line: str) -> tuple[list[str], str]:
    """Return the headings of a first line and their separator."""
    separator = max(SEPARATORS, key=line.count)
    cells = line.strip("\r\n").split(separator)
    return [cell.strip().strip('"').strip() for cell in cells], separator


def _dialect(source: Source, path: Path) -> tuple[list[str], str, str]:
    """Return headings, separator and decimal sign, from the first two lines."""
    with path.open(encoding="utf-8-sig") as file:
        try:
            first, second = file.readline(), file.readline()
        except UnicodeDecodeError as error:
            raise _not_utf8(source, error) from error
    headings, separator = _headings(first)
    decimal = "," if separator != "," and re.search(r"\d,\d", second) else "."
    return headings, separator, decimal


def _check_last_line(source: Source, path: Path, width: int, separator: str) -> None:
    """Raise FormatError when the last line has fewer cells than there are headings."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - TAIL_BYTES))
        tail = file.read().rstrip(b"\r\n \x00").decode("utf-8", errors="replace")
    *before, last = tail.splitlines() or [""]
    cells = last.count(separator) + 1
    if before and cells < width:
        raise FormatError(
            f"{source.name} is cut off in its last line",
            place="the last line",
            found=f"{cells} cells (“{clean_text(last, 60)}”)",
            expected=f"{width} cells, one under each heading",
            code="E_TRUNCATED",
        )


def _table(source: Source, path: Path, separator: str, decimal: str) -> pd.DataFrame:
    """Return the cells under the headings; index 0 is line 2."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", pd.errors.ParserWarning)
            return pd.read_csv(
                path,
                sep=separator,
                decimal=decimal,
                encoding="utf-8-sig",
                index_col=False,
                skip_blank_lines=False,
                skipinitialspace=True,
                low_memory=False,
            )
    except UnicodeDecodeError as error:
        raise _not_utf8(source, error) from error
    except pd.errors.EmptyDataError as error:
        raise no_rows(source) from error
    except pd.errors.ParserWarning as error:
        raise _too_many(source, "line 2", "more cells than headings") from error
    except pd.errors.ParserError as error:
        seen = re.search(r"line (\d+), saw (\d+)", str(error))
        place, found = (f"line {seen[1]}", f"{seen[2]} cells") if seen else ("a line", str(error))
        raise _too_many(source, place, found) from error


def _check_points(source: Source, frame: pd.DataFrame) -> None:
    """Raise FormatError for a number with a point beside decimal commas: it may be a thousand."""
    for heading in frame.select_dtypes(exclude="number"):
        found = meaning(str(heading))
        if found is None or found.name in columns.TEXTS:
            continue
        texts = frame[heading].astype("str")
        pointed = np.flatnonzero(texts.str.fullmatch(POINTED).to_numpy())
        if pointed.size:
            raise FormatError(
                f"{source.name} has numbers with decimal commas and with points",
                place=source.place(int(frame.index[pointed[0]]), clean_text(heading, 60)),
                found=f"“{clean_text(texts.iloc[pointed[0]], 40)}”",
                expected="one decimal sign and no thousands signs",
                code="E_VALUE",
            )


def _too_many(source: Source, place: str, found: str) -> FormatError:
    return FormatError(
        f"{source.name} has a line that does not fit its headings",
        place=place,
        found=found,
        expected="one cell under each heading",
        code="E_VALUE",
    )


def _not_utf8(source: Source, error: UnicodeDecodeError) -> FormatError:
    return FormatError(
        f"{source.name} is not UTF-8 text",
        place=f"byte {error.start}",
        found=f"byte {error.object[error.start]:02x}",
        expected="text saved as UTF-8",
    )


FORMAT = Format(
    name="bdf_csv",
    title="CSV with Battery Data Format columns",
    suffixes=(".csv", ".txt"),
    kinds=(columns.CYCLING, columns.IMPEDANCE),
    sniff=sniff,
    read=read,
)
