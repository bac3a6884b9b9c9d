"""Large tables in a text, parsed from its bytes: no list of lines, a small multiple of the file."""

import codecs
import csv
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.api.types import is_numeric_dtype
from pandas.errors import DtypeWarning

from measurements.formats._checks import no_rows
from measurements.formats._text import BOMS, Grid, whole_line

PIECE_BYTES = 1 << 19
BLANK = 32
"""The bytes up to this one are spaces and control characters."""

END_OF_LINE = 10
ENDINGS = b"\x00\x1a"
"""What programs leave after the last line, as bytes."""

Flags = NDArray[np.bool_]
Counts = NDArray[np.int32]


@dataclass(frozen=True)
class TextBytes:
    """A text whose lines end in LF or CR LF, in an encoding that has ASCII in it."""

    data: bytes
    encoding: str


def load(path: Path) -> TextBytes:
    """Read a text in UTF-8, UTF-16 with its mark or Latin-1; UTF-16 becomes UTF-8."""
    data = path.read_bytes()
    mark = next((mark for mark in BOMS if data.startswith(mark)), b"")
    data = data[len(mark) :] if mark else data
    if BOMS.get(mark, "").startswith("utf-16"):
        decoder = codecs.getincrementaldecoder(BOMS[mark])("replace")
        data = decoder.decode(data).encode("utf-8", "replace")
    data = data.rstrip(ENDINGS)
    if data.count(b"\r") > data.count(b"\r\n"):
        data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return TextBytes(data, "utf-8" if _is_utf8(data) else "latin-1")


def _is_utf8(data: bytes) -> bool:
    if data.isascii():
        return True
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for at in range(0, len(data), PIECE_BYTES):
            decoder.decode(data[at : at + PIECE_BYTES])
    except UnicodeDecodeError:
        return False
    return True


def lines_from(text: TextBytes, start: int = 0) -> Iterator[tuple[str, int]]:
    """Yield each line without its end, and where the next begins."""
    while start < len(text.data):
        end = text.data.find(b"\n", start)
        following = len(text.data) if end < 0 else end + 1
        line = text.data[start:following].decode(text.encoding, "replace")
        yield line.rstrip("\r\n"), following
        start = following


def read_block(grid: Grid, text: TextBytes, start: int) -> pd.DataFrame:
    """Return the cells under the headings from the byte ``start``, as ``read_grid`` does.

    Index = position of the line; blank lines are skipped. A column of numbers is float64 or int64,
    any other text. Raises FormatError for a line with too few or too many cells and when there is
    no line.
    """
    blank = _checked_lines(grid, text, start)
    if blank.all():
        raise no_rows(grid.source)
    frame = _parsed(grid, text, start, range(len(grid.headings)), None)
    worded = [at for at, kind in enumerate(frame.dtypes) if not is_numeric_dtype(kind)]
    if worded:
        texts = _parsed(grid, text, start, worded, str)
        frame = frame.assign(**{str(name): texts[name].str.strip() for name in texts})
    frame.index = pd.RangeIndex(len(frame))
    return frame.loc[~blank] if blank.any() else frame


def _parsed(
    grid: Grid, text: TextBytes, start: int, wanted: Sequence[int], dtype: type[str] | None
) -> pd.DataFrame:
    """Return some columns of all lines, parsed in pieces, which bounds the memory.

    Without ``dtype`` a piece of numbers in a column of texts is not kept letter by letter.
    """
    body = BytesIO(text.data)
    body.seek(start)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DtypeWarning)
        return pd.read_csv(
            body,
            sep=grid.separator,
            decimal=grid.decimal,
            header=None,
            names=[grid.headings[at] for at in wanted],
            usecols=list(wanted),
            dtype=dtype,
            index_col=False,
            quoting=csv.QUOTE_NONE,
            skipinitialspace=True,
            skip_blank_lines=False,
            low_memory=True,
            encoding=text.encoding,
        )


def _checked_lines(grid: Grid, text: TextBytes, start: int) -> Flags:
    """Return for each line whether it is blank; FormatError if cells lack in another."""
    blank: list[Flags] = [np.zeros(0, dtype=bool)]
    lines = 0
    for begin, piece in _pieces(text.data, start):
        starts = _starts(piece)
        empty, odd = _judged(piece, starts, grid)
        for at in np.flatnonzero(odd):
            line, _ = next(lines_from(text, begin + int(starts[at])))
            whole_line(grid, lines + int(at), line)
        blank.append(empty)
        lines += empty.size
    return np.concatenate(blank)


def _pieces(data: bytes, start: int) -> Iterator[tuple[int, NDArray[np.uint8]]]:
    """Yield whole lines, some megabytes at a time, with the byte they begin at."""
    view = np.frombuffer(data, dtype=np.uint8)
    while start < len(data):
        end = data.find(b"\n", start + PIECE_BYTES) + 1 or len(data)
        yield start, view[start:end]
        start = end


def _starts(piece: NDArray[np.uint8]) -> NDArray[np.int64]:
    ends = np.flatnonzero(piece[:-1] == END_OF_LINE)
    return np.concatenate([np.zeros(1, dtype=np.int64), ends + 1])


def _judged(piece: NDArray[np.uint8], starts: NDArray[np.int64], grid: Grid) -> tuple[Flags, Flags]:
    """Return for each line whether it is blank, and whether its cells are not simply right."""
    printed = piece > BLANK
    separators = piece == ord(grid.separator)
    blank = _counted(printed, starts) == 0
    hollow = _counted(printed & ~separators, starts) == 0
    odd = _counted(separators, starts) != len(grid.headings) - 1
    if odd.any():
        odd &= ~_one_after_the_last(piece, starts, grid)
    return blank, ~blank & (odd | hollow)


def _counted(flags: Flags, starts: NDArray[np.int64]) -> Counts:
    counts: Counts = np.add.reduceat(flags, starts, dtype=np.int32)
    return counts


def _one_after_the_last(piece: NDArray[np.uint8], starts: NDArray[np.int64], grid: Grid) -> Flags:
    """Tell lines that have all cells and one more separator, right before their end."""
    ends = np.append(starts[1:], piece.size) - 1
    mark = ord(grid.separator)
    for skipped in b"\n\r":
        ends = np.where(piece[ends] == skipped, np.maximum(ends - 1, 0), ends)
    full = _counted(piece == mark, starts) == len(grid.headings)
    found: Flags = full & (piece[ends] == mark)
    return found
