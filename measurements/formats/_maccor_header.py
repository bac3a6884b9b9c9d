"""What the lines before the column headings of a Maccor export say, and the clock of its rows."""

import re
from collections.abc import Sequence
from datetime import datetime

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from measurements.formats._checks import clean_text
from measurements.formats._dates import Start, start_of
from measurements.formats._text import facts

KEYS = re.compile(
    r"(Today''?s Date|Date of Test|Filename|Procedure|Comment/Barcode|SN|Serial Number|Name|"
    r"Channel|Tester|Description|Started)\s*(?::|(?=[\t,])|(?<=Today's Date)|(?<=Today''s Date))"
)
"""A word that names a value: it ends with a colon or a separator, “Today's Date” with a blank."""

NAMES = {
    "Filename": "source_file",
    "Procedure": "schedule",
    "Comment/Barcode": "barcode",
    "SN": "serial_number",
    "Serial Number": "serial_number",
    "Name": "test_name",
    "Channel": "channel",
    "Tester": "instrument",
    "Description": "comment",
}
DAY_AND_TIME = re.compile(r"(\d[\w./-]*)\s+(\d+:\d+(?::\d+)?(?:\s*[AaPp][Mm])?)")
NAMED_MONTH = "%d-%b-%y"
TIME_OF_DAY = re.compile(r"(\d{1,2}):(\d{2}):(\d{2}(?:\.\d*)?)\s*([AaPp][Mm])?\s*$")


def header_facts(lines: Sequence[str]) -> dict[str, object]:
    """Return the facts of the header under canonical names."""
    return facts(_pairs(lines), NAMES)


def _pairs(lines: Sequence[str]) -> dict[str, str]:
    """Return the values of the header; several may stand in one line."""
    pairs: dict[str, str] = {}
    for line in lines:
        parts = KEYS.split(line)
        for key, value in zip(parts[1::2], parts[2::2], strict=True):
            pairs.setdefault(key.replace("''", "'"), value.strip(" \t,:"))
    return pairs


def started(lines: Sequence[str], clock: "pd.Series[str] | None") -> Start:
    """Return when the test started, from its first row or the header, and notices."""
    pairs = _pairs(lines)
    stamps = [pairs.get(key, "") for key in ("Date of Test", "Started", "Today's Date")]
    if clock is not None and len(clock):
        stamps = [str(clock.iloc[0]), *stamps, str(clock.iloc[-1])]
    found = [match for stamp in stamps if (match := DAY_AND_TIME.match(stamp.strip()))]
    if not found:
        return start_of(next(filter(None, stamps), ""), "")
    days = [_numbered(match[1]) for match in found]
    return start_of(days[0], found[0][2].upper(), like=days)


def _numbered(day: str) -> str:
    """Return a day with a named month (“23-Nov-23”) as ISO text, others as they are."""
    try:
        return datetime.strptime(day, NAMED_MONTH).date().isoformat()
    except ValueError:
        return clean_text(day)


def seconds_of_day(clock: "pd.Series[str]") -> NDArray[np.float64]:
    """Return the times of day of rows in s, NaN where there is none."""
    parts = clock.astype("str").str.extract(TIME_OF_DAY)
    hours, minutes, rest = (
        pd.to_numeric(parts[at], errors="coerce").to_numpy(dtype=np.float64) for at in range(3)
    )
    half = parts[3].str.upper().to_numpy()
    hours = np.where(pd.isna(parts[3]), hours, hours % 12 + np.where(half == "PM", 12, 0))
    total: NDArray[np.float64] = hours * 3600 + minutes * 60 + rest
    return total
