"""Cells become numbers: decimal commas, thousands, times written as text; nothing is guessed."""

import re
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from measurements.formats import FormatError
from measurements.formats._checks import Source, clean_text
from measurements.mappings.layout import Layout
from measurements.mappings.quantities import CLOCK, DATE_DMY, DATE_MDY, DATE_YMD, ELAPSED

DAY_S = 86400.0
GROUPED = r"[+-]?[1-9]\d{{0,2}}(?:{mark}\d{{3}})+(?:{point}\d*)?(?:[eE][+-]?\d+)?"
"""A number with thousands; a group never begins with a zero."""

CLOCK_TEXT = r"(\d{1,4}):(\d{2})(?::(\d{2}(?:[.,]\d{1,9})?))?\s*([AaPp]\.?[Mm]\.?)?"
ELAPSED_TEXT = r"(?:(\d{1,5})(?:\s*d(?:ays?)?,?\s*|[.:T\s](?=\d{1,2}:\d{2}:\d{2})))?" + CLOCK_TEXT
DATE_TEXTS = {
    DATE_YMD: r"(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})",
    DATE_DMY: r"(?P<d>\d{1,2})[-/.](?P<m>\d{1,2})[-/.](?P<y>\d{4})",
    DATE_MDY: r"(?P<m>\d{1,2})[-/.](?P<d>\d{1,2})[-/.](?P<y>\d{4})",
}
ZONE_TEXT = r"\s*(?P<zone>Z|[+-]\d{2}:?\d{2})?"


def numbers(source: Source, column: "pd.Series[Any]", layout: Layout) -> "pd.Series[float]":
    """Return a column as float64, empty cells as NaN.

    Raises FormatError that names the first cell which is no number in the layout's way of writing.
    """
    if pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column):
        return column.astype("float64")
    texts = column.where(column.notna(), "").astype("str").str.strip().str.replace("\u2212", "-")
    values = pd.to_numeric(_pointed(texts, layout), errors="coerce").astype("float64")
    wrong = np.flatnonzero((values.isna() & (texts != "")).to_numpy())
    if wrong.size:
        raise _no_value(source, texts, int(wrong[0]), _way(layout))
    return values


def _pointed(texts: "pd.Series[str]", layout: Layout) -> "pd.Series[str]":
    """Return numbers with a decimal point and without thousands; the others as they can't be."""
    point = layout.decimal
    if layout.thousands:
        mark = r"[ \u00a0\u2009\u202f]" if layout.thousands == " " else re.escape(layout.thousands)
        pattern = GROUPED.format(mark=mark, point=re.escape(point))
        grouped = texts.str.fullmatch(pattern)
        texts = texts.where(~grouped, texts.str.replace(mark, "", regex=True))
    if point == ",":
        texts = texts.where(~texts.str.contains(".", regex=False), "?").str.replace(",", ".")
    return texts


def _way(layout: Layout) -> str:
    sign = "point" if layout.decimal == "." else "comma"
    return f"a number with a decimal {sign}"


def _no_value(source: Source, texts: "pd.Series[str]", at: int, expected: str) -> FormatError:
    return FormatError(
        f"{source.name} has a cell that is not {expected.split(' as ')[0]}",
        place=source.place(int(texts.index[at]), clean_text(texts.name, 60)),
        found=f"“{clean_text(texts.iloc[at], 40)}”",
        expected=expected,
        code="E_VALUE",
    )


def seconds(
    source: Source, column: "pd.Series[Any]", unit: str
) -> tuple["pd.Series[float]", str | None]:
    """Return times written as text in seconds, and of dates the first as ISO text.

    Times of the day and dates count from the first row; a clock that passes midnight goes on.
    Raises FormatError that names the first cell which is no such time.
    """
    texts = column.where(column.notna(), "").astype("str").str.strip()
    if unit in DATE_TEXTS:
        return _since_first_date(source, texts, unit)
    values = _clock(source, texts, unit)
    if unit == CLOCK:
        steps = np.diff(values.ffill().to_numpy())
        values = values + DAY_S * np.concatenate([[0], np.cumsum(steps < -DAY_S / 2)])
        values = values - values.dropna().head(1).sum()
    return values, None


def _clock(source: Source, texts: "pd.Series[str]", unit: str) -> "pd.Series[float]":
    pattern = ELAPSED_TEXT if unit == ELAPSED else CLOCK_TEXT
    parts = texts.str.extract(f"^{pattern}$")
    if unit == CLOCK:
        parts.insert(0, "days", "0")
    parts.columns = pd.Index(["days", "h", "m", "s", "half"])
    values = _of_day(parts) + DAY_S * pd.to_numeric(parts["days"]).fillna(0.0)
    if unit == ELAPSED:
        values = values.where(parts["s"].notna())
    _check_times(source, texts, values, unit)
    return values


def _of_day(parts: pd.DataFrame) -> "pd.Series[float]":
    """Return seconds of "h", "m", "s", "half" (am, pm)."""
    hours, minutes = pd.to_numeric(parts["h"]), pd.to_numeric(parts["m"])
    rest = pd.to_numeric(parts["s"].str.replace(",", ".", regex=False)).fillna(0.0)
    half = parts["half"].str.lower().str[0]
    hours = hours.where(half.isna(), hours % 12 + 12 * (half == "p"))
    valid = (minutes < 60) & (rest < 61)  # noqa: PLR2004 - of a clock, with a leap second
    return (3600.0 * hours + 60.0 * minutes + rest).where(valid).astype("float64")


def _since_first_date(
    source: Source, texts: "pd.Series[str]", unit: str
) -> tuple["pd.Series[float]", str]:
    pattern = f"^{DATE_TEXTS[unit]}(?:[T,\\s]+{CLOCK_TEXT}{ZONE_TEXT})?$"
    parts = texts.str.extract(pattern)
    parts.columns = pd.Index(
        [*re.findall(r"\?P<(\w)>", DATE_TEXTS[unit]), "h", "mi", "s", "half", "zone"]
    )
    date = parts[["y", "m", "d"]].set_axis(["year", "month", "day"], axis=1)
    days = pd.to_datetime(date.astype("float64"), errors="coerce")
    clock = parts[["h", "mi", "s", "half"]].set_axis(["h", "m", "s", "half"], axis=1)
    clock = clock.fillna({"h": "0", "m": "0"})
    of_day = _of_day(clock)
    elapsed = (days - days.dropna().min()).dt.total_seconds() + of_day
    values = (elapsed - _zone_s(parts["zone"])).astype("float64")
    _check_times(source, texts, values, unit)
    at = int(np.flatnonzero(values.notna().to_numpy())[0])
    first = days.iloc[at] + pd.Timedelta(seconds=float(of_day.iloc[at]))
    zone = "" if parts["zone"].isna().iloc[at] else str(parts["zone"].iloc[at])
    return values - float(values.iloc[at]), first.isoformat() + zone


def _zone_s(zones: "pd.Series[str]") -> NDArray[np.float64]:
    """Return the seconds by which zones are ahead of UTC, 0 without one."""
    parts = zones.str.extract(r"^([+-])(\d{2}):?(\d{2})$")
    ahead = 3600.0 * pd.to_numeric(parts[1]) + 60.0 * pd.to_numeric(parts[2])
    return np.asarray(ahead.where(parts[0] == "+", -ahead).fillna(0.0), dtype=np.float64)


def _check_times(
    source: Source, texts: "pd.Series[str]", values: "pd.Series[float]", unit: str
) -> None:
    wrong = np.flatnonzero((values.isna() & (texts != "")).to_numpy())
    if wrong.size or values.isna().all():
        at = int(wrong[0]) if wrong.size else 0
        raise _no_value(source, texts, at, f"a time as {unit}")
