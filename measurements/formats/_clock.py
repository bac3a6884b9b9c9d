"""Columns of times: durations as cyclers write them, and moments with or without a zone."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from measurements import columns
from measurements.formats import FormatError, Notice
from measurements.formats._checks import Source, clean_text

LOCAL_TIME = "local_time_second"
"""Seconds since 1970 of a wall clock without zone; not unix_time_second, which is UTC."""

WITHOUT_ZONE = Notice(
    "CLOCK_WITHOUT_ZONE",
    f"The clock of this file has no time zone: it is kept as {LOCAL_TIME}, "
    "and there is no unix_time_second.",
)

Floats = NDArray[np.float64]

DAY_S = 86_400.0
YEAR_DIGITS = 4
EPOCH = date(1970, 1, 1).toordinal()
EXCEL_EPOCH = 25_569.0
"""Days from Excel's day 0 to 1970-01-01."""

DURATION = (
    r"^(?:(?P<days>\d+)(?: ?days?,? ?|-))?(?P<hours>\d+):(?P<minutes>\d{1,2})"
    r":(?P<seconds>\d{1,2}(?:[.,:]\d+)?)$"
)
MOMENT = (
    r"^(?P<date>\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4})"
    r"(?:[T ]+(?P<hours>\d{1,2}):(?P<minutes>\d{2})(?::(?P<seconds>\d{2}(?:[.,]\d+)?))?"
    r" ?(?P<half>[AaPp][Mm])?)?$"
)
SHORT_DAYS = ("1899-", "1900-")
FIRST_SHORT_DAY = np.datetime64("1899-12-31")
"""Excel writes a duration of a day or more as a date of 1900 where it shows a time of day."""

ORDERS = ((0, 1, 2), (2, 0, 1), (2, 1, 0))
"""Which parts of a date are year, month, day."""

SERIALS = (20_000.0, 80_000.0)
UNIX_TIMES = (3e8, 5e9)
"""Numbers that can be Excel's days (1954 to 2119) or seconds since 1970 (1979 to 2128)."""

SAME_S = 3600.0
"""By so much may elapsed dates and elapsed test time differ when they tell day from month."""


def durations(source: Source, column: "pd.Series[Any]") -> "pd.Series[float]":
    """Return seconds of ``1-02:03:04.5``, ``27:00:00`` or ``1 day, 2:03:04`` texts.

    Raises FormatError for the first text that is none, as 02:03, which can be minutes; empty cells
    become NaN.
    """
    texts = _texts(column)
    parts, known = _parts(_days_counted(texts), DURATION)
    wrong = np.flatnonzero(~known & (texts != "").to_numpy())
    if wrong.size:
        at = int(wrong[0])
        raise FormatError(
            f"{source.name} has a cell that is not a time",
            place=source.place(int(column.index[at]), clean_text(column.name, 60)),
            found=f"“{clean_text(column.iloc[at], 40)}”",
            expected="hours:minutes:seconds, days before a hyphen",
            code="E_VALUE",
        )
    seconds = DAY_S * _numbers(parts["days"]) + 3600.0 * _numbers(parts["hours"])
    seconds += 60.0 * _numbers(parts["minutes"]) + _numbers(parts["seconds"])
    return pd.Series(np.where(known, seconds, np.nan), index=column.index)


def moments(column: "pd.Series[Any]", elapsed_s: Floats | None = None) -> "pd.Series[float] | None":
    """Return seconds since 1970 of a wall clock (n,), NaN in empty cells.

    None if a cell is no date, or if day and month could be exchanged even in the light of
    ``elapsed_s``, the test time of the rows.
    """
    texts = _texts(column)
    parts, known = _parts(texts, MOMENT)
    if (~known & (texts != "").to_numpy()).any() or not known.any():
        return None
    codes, dates = pd.factorize(np.asarray(parts["date"].fill_null("")))
    readings = [days for order in ORDERS if (days := _days([*dates], order)) is not None]
    if len(readings) > 1 and elapsed_s is not None:
        span = elapsed_s[-1] - elapsed_s[0]
        readings = [
            days for days in readings
            if abs((days[codes[-1]] - days[codes[0]]) * DAY_S - span) < DAY_S + SAME_S
        ]  # fmt: skip
    if not readings or any((days != readings[0]).any() for days in readings[1:]):
        return None
    hours, half = (
        _numbers(parts["hours"]),
        np.char.upper(np.asarray(parts["half"].fill_null(""), dtype=str)),
    )
    hours = np.where(half == "", hours, hours % 12 + 12 * (half == "PM"))
    clock = 3600.0 * hours + 60.0 * _numbers(parts["minutes"]) + _numbers(parts["seconds"])
    seconds = np.where(known, readings[0][codes] * DAY_S + clock, np.nan)
    return pd.Series(seconds.round(6), index=column.index)


def with_clock(
    frame: pd.DataFrame, heading: str | None, notices: list[Notice]
) -> tuple[pd.DataFrame, dict[str, object]]:
    """Return the table with its clock in seconds, and when the test started.

    ``heading``: the column of dates, Excel's days or seconds since 1970, None if there is none.
    """
    if heading is None:
        return frame, {}
    elapsed = (
        frame[columns.TEST_TIME].to_numpy(dtype=np.float64) if columns.TEST_TIME in frame else None
    )
    clock, unix = _seconds(frame[heading], elapsed)
    if clock is None:
        notices.append(
            Notice(
                "DATE_AMBIGUOUS",
                f"The dates ({clean_text(frame[heading].iloc[0], 40)}) cannot be read for certain: "
                "they are kept as text. Enter when the measurement was performed.",
            )
        )
        return frame, {}
    if not unix:
        notices.append(WITHOUT_ZONE)
    named = frame.drop(columns=heading).assign(**{columns.UNIX_TIME if unix else LOCAL_TIME: clock})
    return named, _started(frame, clock, "+00:00" if unix else "")


def _seconds(
    column: "pd.Series[Any]", elapsed_s: Floats | None
) -> "tuple[pd.Series[float] | None, bool]":
    """Return a clock in seconds since 1970, and whether its zone is known to be UTC."""
    if not pd.api.types.is_numeric_dtype(column):
        return moments(column, elapsed_s), False
    values = column.astype("float64")
    if values.between(*SERIALS).all():
        return from_serials(values), False
    return (values, True) if values.between(*UNIX_TIMES).all() else (None, False)


def _started(frame: pd.DataFrame, clock: "pd.Series[float]", zone: str) -> dict[str, object]:
    """Return when the test started if the file has its first record, else when that one was."""
    first = float(clock.iloc[0])
    if not np.isfinite(first):
        return {}
    numbers, times = frame.get(columns.RECORD), frame.get(columns.TEST_TIME)
    elapsed = 0.0 if times is None else float(times.iloc[0])
    if elapsed and (numbers is None or not numbers.iloc[0] <= 1):
        return {"first_record_time": iso(first, zone)}
    return {"start_time": iso(first - elapsed, zone)}


def from_serials(serials: "pd.Series[float]") -> "pd.Series[float]":
    """Return seconds since 1970 of Excel's days, to the millisecond."""
    return ((serials - EXCEL_EPOCH) * DAY_S).round(3)


def iso(seconds: float, zone: str = "") -> str:
    """Return an ISO time to the millisecond, its digits after the second only if there are any."""
    moment = pd.Timestamp(round(seconds, 3), unit="s").isoformat(timespec="milliseconds")
    return moment.removesuffix(".000") + zone


def _texts(column: "pd.Series[Any]") -> "pd.Series[str]":
    return column.astype("str").str.strip().where(column.notna(), "")


def _parts(texts: "pd.Series[str]", pattern: str) -> tuple[dict[str, Any], NDArray[np.bool_]]:
    """Return the groups of a pattern as Arrow arrays, and which texts (n,) match it."""
    import pyarrow as pa
    import pyarrow.compute as pc

    found = pc.extract_regex(pa.array(texts.to_numpy(dtype=object), pa.string()), pattern)
    groups = {field.name: array for field, array in zip(found.type, found.flatten(), strict=True)}
    return groups, found.is_valid().to_numpy(zero_copy_only=False)


def _numbers(group: Any) -> Floats:
    """Return the digits of a group as numbers, 0 where there are none."""
    import pyarrow as pa
    import pyarrow.compute as pc

    points = pc.replace_substring_regex(group.fill_null(""), "[,:]", ".")
    filled = pc.if_else(pc.equal(points, ""), "0", points)
    return np.asarray(pc.cast(filled, pa.float64()), dtype=np.float64)


def _days_counted(texts: "pd.Series[str]") -> "pd.Series[str]":
    """Return texts in which days that Excel wrote as a date of 1900 are counted."""
    short = texts.str.startswith(SHORT_DAYS)
    if not short.any():
        return texts
    dates = pd.to_datetime(texts[short].str[:10], errors="coerce")
    days = (dates - FIRST_SHORT_DAY).dt.days.astype("Int64").astype("str")
    return texts.mask(short, days + "-" + texts[short].str[11:])


def _days(dates: Sequence[str], order: tuple[int, int, int]) -> Floats | None:
    """Return days since 1970 if the parts in this order make a date of every text; "" is 0."""
    found = []
    for text in dates:
        parts = re.split("[-/.]", text)
        try:
            year, month, day = (parts[at] for at in order) if text else ("1970", "1", "1")
            if len(year) != YEAR_DIGITS:
                return None
            found.append(date(int(year), int(month), int(day)).toordinal() - EPOCH)
        except ValueError:
            return None
    return np.array(found, dtype=np.float64)
