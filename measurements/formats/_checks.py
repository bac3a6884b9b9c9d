"""Turns a table that a reader has made into a valid Reading, or says what is wrong with it."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from measurements import columns
from measurements.formats import FormatError, Notice, Reading
from measurements.formats._notices import noticed
from measurements.formats._sign_check import sign_doubts

DROPPABLE_FRACTION = 0.01
"""Up to this part of the rows may lack a needed number; they are dropped with a notice."""

YEAR_S = 365.25 * 24 * 3600
LONG_TEST_S = 10 * YEAR_S
SAME_FREQUENCY = 1e-6
"""Frequencies that differ by less, relatively, are one."""
SHOWN_NAMES = 12
LONGEST_NAME_BYTES = 255

LIMITS = {
    columns.TEST_TIME: (-1.0, 100 * YEAR_S),
    columns.UNIX_TIME: (-1e10, 1e11),
    columns.VOLTAGE: (-1e3, 1e3),
    columns.CURRENT: (-1e5, 1e5),
    columns.FREQUENCY: (1e-9, 1e12),
    columns.REAL_IMPEDANCE: (-1e15, 1e15),
    columns.IMAGINARY_IMPEDANCE: (-1e15, 1e15),
    columns.RESISTANCE: (-1e15, 1e15),
    columns.TEMPERATURE: (-273.15, 5e3),
    columns.FORCE: (-1e8, 1e8),
    columns.EXTENSION: (-1e5, 1e5),
    columns.MASS: (-1e3, 1e7),
    columns.HEAT_FLOW: (-1e6, 1e6),
    columns.RAMAN_SHIFT: (-2e4, 2e4),
    columns.WAVENUMBER: (0.0, 1e6),
    columns.WAVELENGTH: (0.0, 1e7),
    columns.Q: (0.0, 1e3),
}
"""What no instrument of a cell laboratory reports: outside, the file is damaged or mislabelled."""


@dataclass(frozen=True)
class Source:
    """Where a table comes from: the file's name, what a row is called, the first row's number."""

    name: str
    row: str = "row"
    first: int = 1

    def place(self, label: int, column: str = "") -> str:
        """Return where the row with this index label stands, as a person would say it."""
        place = f"{self.row} {label + self.first}"
        return f"{place}, column {column}" if column else place


def finish(
    source: Source,
    kind: str,
    frame: pd.DataFrame,
    *,
    metadata: Mapping[str, object],
    notices: Sequence[Notice] = (),
    strict_time: bool = False,
) -> Reading:
    """Check a table and return it as a Reading with the canonical dtypes.

    ``frame`` has canonical column names and the index 0..n-1 of the file's rows. Raises
    FormatError when needed columns are missing, no row is left, more than 1 % of the rows lack a
    needed number, a value is impossible, or (``strict_time``) the time runs backwards.
    """
    require_columns(source, kind, frame)
    found = list(notices)
    frame = _without_gaps(source, kind, _typed(frame), found)
    frame = _with_integers(source, frame)
    _check_limits(source, frame)
    if kind == columns.IMPEDANCE:
        frame = _with_spectra(source, frame, found)
    elif columns.TEST_TIME in frame:
        _check_time(source, frame[columns.TEST_TIME], found, strict=strict_time)
        found.extend(noticed(source, frame))
    if kind == columns.CYCLING:
        found.extend(sign_doubts(frame))
    return Reading(kind, frame.reset_index(drop=True), dict(metadata), tuple(found))


def require_columns(source: Source, kind: str, frame: pd.DataFrame) -> None:
    """Raise FormatError unless the table has the columns of its kind and at least one row."""
    needed = columns.required(kind, frame.columns)
    missing = [name for name in needed if name not in frame]
    if missing:
        raise FormatError(
            f"{source.name} lacks {', '.join(missing)}",
            place="the column headings",
            found=short_list(frame.columns) or "no columns",
            expected=", ".join(needed),
            code="E_COLUMNS_MISSING",
        )
    if frame.empty:
        raise no_rows(source)


def no_rows(source: Source) -> FormatError:
    """Return the error of a file that is well formed and holds no measurement."""
    return FormatError(
        f"{source.name} holds no data",
        place="the end of the file",
        found=f"no {source.row}s with data",
        expected="at least one recorded point",
        code="E_TOO_FEW_POINTS",
    )


def short_list(names: Iterable[object]) -> str:
    """Return the first names, separated by commas."""
    texts = [clean_text(name, 60) for name in names]
    rest = f" and {len(texts) - SHOWN_NAMES} more" if len(texts) > SHOWN_NAMES else ""
    return ", ".join(texts[:SHOWN_NAMES]) + rest


def clean_text(text: object, length: int = 500) -> str:
    """Return printable text, stripped and cut to ``length`` characters."""
    spaced = str(text).replace("\t", " ")
    kept = "".join(letter for letter in spaced if letter.isprintable() or letter == "\n")
    return kept.strip()[:length]


@contextmanager
def under_name(path: Path, name: str) -> Iterator[Path]:
    """Yield a path to the same file whose last part is ``name``; one too long is cut to its end."""
    safe = re.sub(r"[/\\\x00]", "_", name)
    if len(safe.encode("utf-8", "replace")) > LONGEST_NAME_BYTES:
        safe = safe[-60:]
    if path.name == safe or not safe.strip("."):
        yield path
        return
    with TemporaryDirectory() as folder:
        link = Path(folder) / safe
        link.symlink_to(path.resolve())
        yield link


def _typed(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the table with float64 and str columns only."""
    typed: dict[str, pd.Series[Any]] = {}
    for name in frame.columns:
        column = frame[name]
        if name in columns.TEXTS or not pd.api.types.is_numeric_dtype(column):
            typed[name] = column.astype("str").fillna("")
        else:
            typed[name] = column.astype("float64")
    return pd.DataFrame(typed, index=frame.index, copy=False)


def _without_gaps(
    source: Source, kind: str, frame: pd.DataFrame, notices: list[Notice]
) -> pd.DataFrame:
    """Drop rows that lack a needed number; FormatError when they are more than 1 %."""
    numbers = (name for name in columns.required(kind, frame.columns) if name not in columns.TEXTS)
    needed = [*numbers, *(name for name in frame if name in columns.INTEGERS)]
    complete: NDArray[np.bool_] = np.ones(len(frame), dtype=np.bool_)
    for name in needed:
        complete &= np.isfinite(frame[name].to_numpy(dtype=np.float64))
    bad = int((~complete).sum())
    if bad == 0:
        return frame
    first = int(np.flatnonzero(~complete)[0])
    name = next(name for name in needed if not np.isfinite(float(frame[name].iloc[first])))
    place = source.place(int(frame.index[first]), name)
    if bad > DROPPABLE_FRACTION * len(frame):
        raise FormatError(
            f"{source.name} has rows without a number",
            place=place,
            found=f"{bad} such rows of {len(frame)}",
            expected=f"at most {DROPPABLE_FRACTION:.0%} of the rows",
            code="E_NON_FINITE",
        )
    notices.append(
        Notice(
            "NON_FINITE_DROPPED",
            f"{counted(bad, 'row')} without a number left out, first at {place}.",
        )
    )
    return frame.loc[complete]


def _with_integers(source: Source, frame: pd.DataFrame) -> pd.DataFrame:
    """Make the columns of whole numbers int64; FormatError for a fraction."""
    whole: dict[str, pd.Series[Any]] = {}
    for name in sorted(columns.INTEGERS.intersection(frame.columns)):
        values = frame[name].to_numpy(dtype=np.float64)
        odd = np.flatnonzero((values != np.round(values)) | (np.abs(values) > 2**53))
        if odd.size:
            raise FormatError(
                f"{source.name} has a number in {name} that cannot be a count",
                place=source.place(int(frame.index[odd[0]]), name),
                found=f"{values[odd[0]]:.10g}",
                expected="a whole number",
                code="E_VALUE",
            )
        whole[name] = frame[name].astype("int64")
    return frame.assign(**whole)


def _check_limits(source: Source, frame: pd.DataFrame) -> None:
    """Raise FormatError for a value that no instrument reports."""
    for name, (low, high) in LIMITS.items():
        if name not in frame:
            continue
        values = frame[name].to_numpy(dtype=np.float64)
        outside = np.flatnonzero((values < low) | (values > high))
        if outside.size:
            rows = counted(outside.size, "row")
            raise FormatError(
                f"{source.name} has an impossible {name}",
                place=source.place(int(frame.index[outside[0]]), name),
                found=f"{values[outside[0]]:.6g} ({rows} outside the limits)",
                expected=f"{low:g} to {high:g}",
                code="E_OUT_OF_RANGE",
            )


def _check_time(
    source: Source, column: "pd.Series[float]", notices: list[Notice], *, strict: bool
) -> None:
    """Notice (``strict``: refuse) a time that runs backwards; notice one that is too long."""
    time = column.to_numpy(dtype=np.float64)
    back = np.flatnonzero(np.diff(time) < 0) + 1
    if back.size:
        place = source.place(int(column.index[back[0]]), columns.TEST_TIME)
        jump = f"{time[back[0] - 1]:.10g} s, then {time[back[0]]:.10g} s"
        if strict:
            raise FormatError(
                f"{source.name} has a time that runs backwards",
                place=place,
                found=f"{jump} ({_times(back.size)} in the file)",
                expected="a time that never decreases",
                code="E_NON_MONOTONIC_TIME",
            )
        notices.append(
            Notice(
                "NON_MONOTONIC_TIME",
                f"The time runs backwards {_times(back.size)}, first at {place} ({jump}); "
                "the rows keep the order of the file.",
            )
        )
    duration = float(time.max() - time.min())
    if duration > LONG_TEST_S:
        notices.append(
            Notice(
                "LONG_TEST",
                f"By its times the test lasts {duration / YEAR_S:.1f} years; "
                "the time column may not be in seconds.",
            )
        )


def _with_spectra(source: Source, frame: pd.DataFrame, notices: list[Notice]) -> pd.DataFrame:
    """Number the spectra of a table and notice that there are several.

    One begins where a sweep turns back and where a number that the format gave changes.
    """
    frequency = frame[columns.FREQUENCY].to_numpy(dtype=np.float64)
    given = frame.get(columns.SPECTRUM, pd.Series(0, index=frame.index)).to_numpy()
    begins = _sweep_begins(frequency, np.diff(given) != 0)
    if not begins.any():
        return frame.drop(columns=columns.SPECTRUM, errors="ignore")
    count = 1 + int(begins.sum())
    second = source.place(int(frame.index[int(np.flatnonzero(begins)[0])]))
    notices.append(
        Notice(
            "SEVERAL_SWEEPS",
            f"The file holds {count} spectra, the second from {second} on; "
            f"{columns.SPECTRUM} numbers them.",
        )
    )
    return frame.assign(**{columns.SPECTRUM: 1 + np.cumsum(begins)})


def _sweep_begins(frequency: NDArray[np.float64], parted: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return for each row (n,) whether a sweep begins there; ``parted`` (n - 1,) forces it."""
    steps = np.diff(frequency)
    signs = np.sign(np.where(np.abs(steps) <= SAME_FREQUENCY * frequency[1:], 0.0, steps))
    begins = np.zeros(frequency.size, dtype=bool)
    direction = 0.0
    for row, (sign, new) in enumerate(zip(signs, parted, strict=True), start=1):
        begins[row] = new or sign * direction < 0
        direction = 0.0 if begins[row] else sign or direction
    return begins


def counted(count: int, word: str) -> str:
    """Return ``1 row`` or ``7 rows``."""
    return f"1 {word}" if count == 1 else f"{count} {word}s"


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"
