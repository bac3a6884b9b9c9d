"""Dates as programs of instruments write them, which may leave open what is day and month."""

import re
from collections.abc import Sequence
from contextlib import suppress
from datetime import date, datetime, time

from measurements.formats import Notice
from measurements.formats._checks import clean_text

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
TIMES = ("%H:%M:%S", "%H:%M:%S.%f", "%I:%M:%S %p", "%H:%M")
NUMBERS = re.compile(r"\s*(\d{1,2})([./-])(\d{1,2})\2(\d{4})\s*")

Start = tuple[dict[str, object], list[Notice]]
"""Metadata (``start_time`` as ISO text, or ``date`` as in the file), notices."""


def start_of(day: str, clock: str, *, month_first: bool = False, like: Sequence[str] = ()) -> Start:
    """Return when a test started, from the date and the time of day in the file's words.

    ``month_first``: this program writes month/day/year whatever the language of its computer.
    ``like``: other dates in the same style, which may show the order. A date that can be read both
    ways even so is kept as text, with a notice.
    """
    text = clean_text(f"{day} {clock}".strip())
    if not text:
        return {}, []
    days = _readings(day, month_first=month_first, like=like)
    at = _time(clock)
    if at is None or not days:
        return {"date": text}, []
    if len(days) == 1:
        return {"start_time": datetime.combine(days.pop(), at).isoformat()}, []
    notice = Notice(
        "DATE_AMBIGUOUS",
        f"The date {clean_text(day)} can be read with the day or the month first: it is kept as "
        "text. Enter when the measurement was performed.",
    )
    return {"date": text}, [notice]


def _readings(text: str, *, month_first: bool, like: Sequence[str]) -> set[date]:
    """Return the dates that a text can mean."""
    words = re.search(r"([A-Za-z]{3})[a-z]*\.?\s+(\d{1,2}),\s*(\d{4})", text)
    if words:
        month = MONTHS.index(words[1].lower()) + 1 if words[1].lower() in MONTHS else 0
        return set(_date(int(words[3]), month, int(words[2])))
    iso = re.fullmatch(r"\s*(\d{4})-(\d{1,2})-(\d{1,2})\s*", text)
    if iso:
        return set(_date(int(iso[1]), int(iso[2]), int(iso[3])))
    found = _orders(text)
    if month_first and "/" in text and "month" in found:
        return {found["month"]}
    for other in (_orders(name) for name in like if _separator(name) == _separator(text)):
        if len(other) == 1 and not found.keys().isdisjoint(other):
            return {found[order] for order in other}
    return set(found.values())


def _orders(text: str) -> dict[str, date]:
    """Return the date with the month first and with the day first, as far as there are such."""
    parts = NUMBERS.fullmatch(text)
    if not parts:
        return {}
    one, two, year = int(parts[1]), int(parts[3]), int(parts[4])
    readings = {"month": _date(year, one, two), "day": _date(year, two, one)}
    return {order: found[0] for order, found in readings.items() if found}


def _separator(text: str) -> str:
    parts = NUMBERS.fullmatch(text)
    return parts[2] if parts else ""


def _date(year: int, month: int, day: int) -> list[date]:
    with suppress(ValueError):
        return [date(year, month, day)]
    return []


def _time(text: str) -> time | None:
    for layout in TIMES:
        with suppress(ValueError):
            return datetime.strptime(text.strip(), layout).time()
    return None
