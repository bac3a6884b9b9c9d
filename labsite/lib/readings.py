"""Several readings of one quantity ("198; 203; 201 um"): their mean, spread and uncertainty."""

import math
import re
import statistics
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from labsite.lib import numbers
from labsite.lib.numbers import U_DIGITS
from labsite.lib.units import NUMBER, QuantityError, parse_quantity, show_number

MOST = 50
"""Readings of one quantity."""
LONGEST = 600
WIDEST = 2.0
"""Largest over smallest of readings that only blanks divide: "10 000" is one number, not two."""
SAME = 1e-9
"""A stored mean and the mean of its readings differ by rounding only below this share."""

APART = re.compile(r"\s*[;\n]\s*")
BLANK = re.compile(r"\s+(?=[+-]?[.,]?\d)")
THOUSANDS = re.compile(r"0\d")
"""How nobody writes a reading: "2 003" is one number."""
READING = re.compile(rf"(?P<number>{NUMBER})\s*(?P<unit>\S.*)?")


@dataclass(frozen=True)
class Readings:
    """One or more readings in one unit."""

    values: tuple[float, ...]

    @property
    def n(self) -> int:
        """How many there are."""
        return len(self.values)

    @property
    def mean(self) -> float:
        """The arithmetic mean; a single reading as it is."""
        return math.fsum(self.values) / self.n if self.n > 1 else self.values[0]

    @property
    def sd(self) -> float | None:
        """The experimental standard deviation (n - 1); None of a single reading."""
        return statistics.stdev(self.values) if self.n > 1 else None

    @property
    def u(self) -> float | None:
        """The type A standard uncertainty of the mean, sd/sqrt(n) (JCGM 100:2008, 4.2.3).

        None of a single reading, and of readings that are all alike: these say that the
        instrument is too coarse to see a spread, not that the mean is exact.
        """
        return self.sd / math.sqrt(self.n) if self.sd else None

    def combined_u(self, u_b: float | None) -> float | None:
        """Return u of the mean with the type B ``u_b`` of the instrument: sqrt(u_A² + u_B²).

        Either alone when the other is not known; the readings share the error of the instrument,
        so u_B is not divided by sqrt(n) (JCGM 100:2008, 4.3 and 5.1.2).
        """
        if self.u is None:
            return u_b
        return self.u if u_b is None else math.hypot(self.u, u_b)


def parse_readings(text: str, unit: str) -> Readings:
    """Return the readings in ``unit`` that ``text`` means.

    Divided by semicolons or line breaks, or by blanks: "198; 203; 201 um", "0,198 0,203 mm". One
    unit holds for all of them, wherever it stands; of several units each reading has its own.
    Raises QuantityError with a sentence for the person who typed.
    """
    if len(text) > LONGEST:
        raise QuantityError(_("These are more signs than readings need (%(n)d).") % {"n": LONGEST})
    parts = [part for part in APART.split(text.strip()) if part]
    blanks = len(parts) == 1
    if blanks:
        parts = BLANK.split(parts[0])
    if len(parts) > MOST:
        raise QuantityError(_("At most %(n)d readings belong here.") % {"n": MOST})
    if len(parts) < 2:  # noqa: PLR2004 - one number is no list
        return Readings((parse_quantity(text.strip("; \n"), unit),))
    values = tuple(parse_quantity(part, unit) for part in _with_units(parts))
    apart = not 0 < max(values) <= WIDEST * min(values)
    if blanks and (apart or any(THOUSANDS.match(part) for part in parts[1:])):
        raise QuantityError(
            _("“%(text)s” may be one number or several; write readings as “198; 203; 201”.")
            % {"text": text.strip()}
        )
    if apart and _lends_its_unit(parts):
        raise QuantityError(
            _("The readings lie far apart in one unit; write the unit beside each of them.")
        )
    if min(values) <= 0:
        raise QuantityError(
            _("Among several readings each must be above 0; found %(least)s.")
            % {"least": show_number(min(values))}
        )
    return Readings(values)


def _lends_its_unit(parts: list[str]) -> bool:
    """Whether a unit stands beside some readings, but not beside the last, which is without."""
    found = [READING.fullmatch(part) for part in parts]
    units = [match is not None and bool(match["unit"]) for match in found]
    return any(units) and not units[-1]


def _with_units(parts: list[str]) -> list[str]:
    """Write the one unit beside every reading; leave each its own where there are several."""
    found = [READING.fullmatch(part) for part in parts]
    units = [match["unit"] for match in found if match is not None and match["unit"]]
    if len(set(units)) == 1:
        return [
            part if match is None or match["unit"] else f"{part} {units[0]}"
            for part, match in zip(parts, found, strict=True)
        ]
    if units and len(units) < len(parts):
        raise QuantityError(
            _("Some readings have a unit and some have none; write one for all, or each its own.")
        )
    return parts


def write_readings(values: Iterable[float]) -> str:
    """Write readings as people type them: "198; 203; 201"."""
    return "; ".join(show_number(value) for value in values)


def show_spread(readings: Readings) -> str:
    """Write "sd 2.5, n = 3", the sd with two digits; of two readings that it is rough."""
    if readings.sd is None:
        return ""
    text = _("sd %(sd)s, n = %(n)d") % {"sd": _with_digits(readings.sd), "n": readings.n}
    few = readings.n == 2  # noqa: PLR2004 - the sd of two readings is known to 76 % (JCGM 100, E.1)
    return text + _(" (a rough sd)") if few else text


def show_mean(readings: Readings) -> str:
    """Write the mean to the place where its sd ends."""
    if not readings.sd:
        return show_number(readings.mean)
    return f"{readings.mean:.{_places(readings.sd)}f}"


def _places(sd: float) -> int:
    """Return the decimal places of a number that ends where two digits of ``sd`` end."""
    return max(0, U_DIGITS - 1 - math.floor(math.log10(float(f"{sd:.1e}"))))


def _with_digits(sd: float) -> str:
    return f"{sd:.{_places(sd)}f}" if sd else "0"


def u_name(name: str) -> str:
    """Return the key of the typed, type B, uncertainty beside readings; also that of its field."""
    return f"{name}_u"


def readings_of(record: Any, name: str) -> Readings | None:
    """Return the stored readings behind a field, if there are several."""
    kept: Mapping[str, Any] = getattr(record, "readings", None) or {}
    values = kept.get(name)
    return Readings(tuple(values)) if isinstance(values, list) and len(values) > 1 else None


def typed_u(record: Any, name: str) -> float | None:
    """Return the type B uncertainty that was typed beside readings."""
    kept: Mapping[str, Any] = getattr(record, "readings", None) or {}
    value: float | None = kept.get(u_name(name))
    return value


def keep_readings(
    record: Any, name: str, readings: Readings | None, u_b: float | None
) -> tuple[float | None, float | None]:
    """Note the readings behind a field on the record; return the mean and its u for its fields.

    A single reading leaves nothing to note. The caller stores the record.
    """
    kept = {key: value for key, value in record.readings.items() if key not in (name, u_name(name))}
    if readings is not None and readings.n > 1:
        kept[name] = list(readings.values)
        if u_b is not None:
            kept[u_name(name)] = u_b
    record.readings = kept
    if readings is None:
        return None, u_b
    return readings.mean, readings.combined_u(u_b)


def check_readings(record: Any, names: Iterable[str]) -> None:
    """Raise ValidationError unless readings are above 0 and their mean stands in their field.

    ``names``: what may have readings; each is a field of the record, or stands for itself.
    """
    known = set(names)
    columns = {field.name for field in record._meta.concrete_fields}
    if not isinstance(record.readings, dict):
        raise ValidationError(
            {"readings": 'Found no object; {"thickness_um": [198, 203]} would be one.'}
        )
    for key, values in record.readings.items():
        if key not in known and key.removesuffix("_u") not in known:
            raise ValidationError(
                {"readings": f"Found {key!r}; allowed are {', '.join(sorted(known))}."}
            )
        if key in known:
            _check_values(key, values)
            if key in columns:
                _check_mean(record, key, Readings(tuple(values)))
        elif not _is_number(values) or values < 0:
            raise ValidationError(
                {"readings": f"{key}: found {values!r}; a number from 0 belongs here."}
            )


def _check_values(name: str, values: Any) -> None:
    listed = isinstance(values, list) and 1 < len(values) <= MOST
    if not listed or not all(_is_number(value) and value > 0 for value in values):
        raise ValidationError(
            {"readings": f"{name}: found {values!r}; 2 to {MOST} numbers above 0 belong here."}
        )


def _check_mean(record: models.Model, name: str, readings: Readings) -> None:
    stored = getattr(record, name)
    if stored is None or not math.isclose(stored, readings.mean, rel_tol=SAME):
        raise ValidationError(
            {
                "readings": f"The mean of the readings of {name} is {show_number(readings.mean)}; "
                f"found {stored!r} in {name}. Change both, or leave the readings out."
            }
        )


def _is_number(value: Any) -> bool:
    plain = isinstance(value, int | float) and not isinstance(value, bool)
    return plain and abs(value) <= numbers.MOST
