"""Readings of multimeters: units with their prefixes, overloads, clocks."""

import re
import unicodedata
from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from measurements import columns
from measurements.formats import FormatError, Notice
from measurements.formats._checks import Source, clean_text, counted

UNITS = {
    "Ω": columns.RESISTANCE,
    "V": columns.VOLTAGE,
    "A": columns.CURRENT,
    "°C": columns.TEMPERATURE,
}
"""Unit -> canonical column, whose unit it is."""

PREFIXES = {"": 1.0, "n": 1e-9, "μ": 1e-6, "m": 1e-3, "k": 1e3, "M": 1e6, "G": 1e9}
ALLOWED = {"Ω": "μmkMG", "V": "nμmk", "A": "nμm", "°C": ""}
"""The prefixes that a unit may have: MA is more likely a slip than a million amperes."""

UNIT = re.compile(r"([numkKMGμ]?)(OHMS?|[Oo]hms?|Ω|V|A|°C) ?(?:DC)?")
SHOUTED = re.compile(r"MOHMS?|mohms?")
"""In one case of letters only, mΩ and MΩ cannot be told apart."""

OVERLOADS = frozenset({"ol", "o.l", "0l", "0.l", ".0l", "-ol", "+ol", "overload", "over", "inf"})

OVERLOAD = 9.9e37
"""What meters send over their bus for a reading beyond the range."""


def unit_of(text: str) -> tuple[str, float] | None:
    """Return canonical column and factor of a unit such as MΩ, kOhm or mV; None if unknown.

    The case of a prefix counts: m is 0.001 and M a million; only K is taken as k.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    found = UNIT.fullmatch(plain)
    if not found or SHOUTED.fullmatch(plain):
        return None
    prefix = {"K": "k", "u": "μ"}.get(found[1], found[1])
    unit = "Ω" if found[2].lower().startswith("ohm") else found[2]
    return (UNITS[unit], PREFIXES[prefix]) if prefix in ALLOWED[unit] else None


def unknown_unit(source: Source, place: str, text: object) -> FormatError:
    """Return the error of a unit that is not known."""
    return FormatError(
        f"{source.name} has a unit that is not known",
        place=place,
        found=f"“{clean_text(text, 40)}”",
        expected="Ω (or Ohm), V, A or °C, as in kΩ, MOhm, mV or uA; the case of m and M counts",
        code="E_UNITS_UNKNOWN",
    )


def numbers(
    source: Source, texts: "pd.Series[str]", decimal: str, notices: list[Notice]
) -> "pd.Series[float]":
    """Return the readings as numbers without the overloads, which are counted in a notice.

    FormatError names the first cell that is neither.
    """
    plain = texts.str.strip()
    over = plain.str.lower().str.replace(" ", "").isin(OVERLOADS)
    values = pd.to_numeric(plain.str.replace(decimal, "."), errors="coerce")
    over |= values.abs() >= OVERLOAD
    wrong = np.flatnonzero((values.isna() & ~over).to_numpy())
    if wrong.size:
        raise FormatError(
            f"{source.name} has a reading that is not a number",
            place=source.place(int(texts.index[wrong[0]])),
            found=f"“{clean_text(plain.iloc[wrong[0]], 40)}”",
            expected="a number, or OL for an overload",
            code="E_VALUE",
        )
    if over.any():
        notices.append(overloaded(int(over.sum())))
    return values[~over].astype("float64")


def overloaded(count: int) -> Notice:
    """Return the notice of readings beyond the range."""
    return Notice(
        "OVERLOAD_LEFT_OUT",
        f"{counted(count, 'reading')} beyond the range of the instrument (OL) left out.",
    )


def seconds(
    source: Source, texts: "pd.Series[str]", layouts: Sequence[str]
) -> tuple[NDArray[np.float64], str]:
    """Return the seconds since the first row (n,) and the first moment, without zone, as ISO text.

    FormatError names the first moment that is in none of the layouts.
    """
    plain = texts.str.strip()
    moments = pd.Series(pd.NaT, index=texts.index, dtype="datetime64[us]")
    for layout in layouts:
        if moments.isna().any():
            moments = moments.fillna(pd.to_datetime(plain, format=layout, errors="coerce"))
    wrong = np.flatnonzero(moments.isna().to_numpy())
    if wrong.size:
        raise FormatError(
            f"{source.name} has a time that cannot be read",
            place=source.place(int(texts.index[wrong[0]])),
            found=f"“{clean_text(plain.iloc[wrong[0]], 40)}”",
            expected="date and time as " + " or ".join(layouts),
            code="E_VALUE",
        )
    passed = (moments - moments.iloc[0]).dt.total_seconds()
    return passed.to_numpy(dtype=np.float64), moments.iloc[0].isoformat()
