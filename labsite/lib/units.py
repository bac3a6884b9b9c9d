"""Quantities as people type them ("5 min", "200 um", "0,8"), as a number in the unit of a field."""

import math
import re
from functools import cache
from typing import Any

from django.utils.translation import gettext as _

from labsite.lib.numbers import MOST, show_with_u

NUMBER = r"[+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:[eE][+-]?\d{1,3})?"
TYPED = re.compile(rf"\s*(?P<number>{NUMBER})\s*(?P<unit>\S.*?)?\s*")
WORD = r"(?:[A-Za-zµμΩ°℃%]+|1)(?:\s*(?:\^|\*\*)?\s*[+-]?[1-9]|[²³])?"
UNIT = re.compile(rf"{WORD}(?:\s*[*/·.]\s*{WORD}|\s+{WORD})*")
RATIO = re.compile(r"\s*(\d+(?:[.,]\d*)?)\s*:\s*(\d+(?:[.,]\d*)?)\s*")
LONGEST = 60
SPELLINGS = {
    "²": "**2",
    "³": "**3",
    "^": "**",
    "·": "*",
    "μ": "µ",
    "°C": "degC",
    "℃": "degC",
    "wt%": "percent",
    "%": "percent",
}
MEANINGS = {
    "°C": {"C": "degC", "°": "degC"},
    "1/h": {"C": "1/h"},
    "rpm": {"rpm": "rpm", "1/min": "rpm", "min-1": "rpm", "Hz": "rps", "1/s": "rps"},
}
"""What a letter means in a field of a certain unit; pint reads C as coulomb."""
MISREAD = frozenset({"gr"})
"""Units that are not what people mean: for pint "gr" is the grain, 65 mg."""
CLOSED = frozenset({"rpm"})
"""Units that take only the spellings above: for pint a turn is 2π, so that 1 Hz were 9.5 rpm."""


class QuantityError(ValueError):
    """What was typed is not a quantity of the kind the field holds."""


def parse_quantity(text: str, unit: str) -> float:
    """Return the number in ``unit`` that ``text`` means; a bare number is already in that unit.

    A comma is a decimal comma; "4:1" is the plain number 4, "1:4" could also mean a fifth of the
    whole and is refused. ``unit`` is empty for plain numbers,
    else as it is shown ("µm", "mg/cm²", "°C"). Raises QuantityError with a sentence for the
    person who typed.
    """
    if len(text) > LONGEST:
        raise QuantityError(_("This is longer than a quantity (%(n)d signs).") % {"n": LONGEST})
    ratio = None if unit else RATIO.fullmatch(text)
    if ratio is not None and _number(ratio[1]) >= _number(ratio[2]) > 0:
        return _number(ratio[1]) / _number(ratio[2])
    if ratio is not None:
        raise QuantityError(
            _("“%(text)s” can be read in two ways; write the number.") % {"text": text.strip()}
        )
    match = TYPED.fullmatch(text.replace("−", "-"))
    if match is None or re.match(r"[.,]\d", match["unit"] or ""):
        raise QuantityError(_not_a_number(text, unit))
    number = _number(match["number"])
    if abs(number) > MOST:
        raise QuantityError(_("“%(text)s” is too large a number.") % {"text": text.strip()})
    typed_unit = match["unit"]
    if typed_unit is None or typed_unit == unit:
        return number
    return _convert(number, typed_unit, unit)


def split_unit(label: str) -> tuple[str, str]:
    """Split a label "thickness / µm" into ("thickness", "µm"); the unit may be missing."""
    name, _slash, unit = label.partition(" / ")
    return name, unit


def show_number(number: float) -> str:
    """Write a stored number as people type it: at most ten significant digits, no float noise."""
    return f"{number:.10g}"


def show_measured(number: float, u: float | None) -> str:
    """Write "3.05 ± 0.12" with a standard uncertainty ``u`` (same unit), else the number alone."""
    return show_with_u(number, u) if u else show_number(number)


def _number(text: str) -> float:
    return float(text.replace(",", ".")) + 0.0  # no -0


def _not_a_number(text: str, unit: str) -> str:
    example = f"12.5 {unit}".strip()
    return _("“%(text)s” is not understood; write a number such as “%(example)s”.") % {
        "text": text.strip(),
        "example": example,
    }


def _convert(number: float, typed: str, unit: str) -> float:
    """Convert with pint; sums of SI spellings only, nothing is evaluated."""
    from pint import PintError  # noqa: PLC0415 - 40 MB that most processes never need

    source, target = _unit(typed, unit), _unit(unit, unit)
    try:
        result = float(_registry().Quantity(number, source).to(target).magnitude)
    except (PintError, OverflowError, ZeroDivisionError) as error:
        raise QuantityError(_expected(typed, unit)) from error
    if not math.isfinite(result):
        raise QuantityError(_expected(typed, unit))
    return float(f"{result:.12g}")


def _expected(typed: str, unit: str) -> str:
    if not unit:
        return _("“%(typed)s” is a unit, but a plain number belongs here.") % {"typed": typed}
    return _("“%(typed)s” cannot be converted; this field is in %(unit)s.") % {
        "typed": typed,
        "unit": unit,
    }


def _unit(text: str, wanted: str) -> str:
    """Return a unit in pint's spelling; only names, powers, products and quotients pass."""
    if not text:
        return "dimensionless"
    if not UNIT.fullmatch(text):
        raise QuantityError(_expected(text, wanted))
    meanings = MEANINGS.get(wanted, {})
    if text in MISREAD or (wanted in CLOSED and text not in meanings):
        raise QuantityError(_expected(text, wanted))
    text = meanings.get(text, text)
    for shown, spelled in SPELLINGS.items():
        text = text.replace(shown, spelled)
    return re.sub(r"(?<=[A-Za-zµΩ])\s*([+-]?[1-9])", r"**\1", text)


@cache
def _registry() -> Any:
    """The one unit registry, made when first needed (0.3 s)."""
    from pint import UnitRegistry  # noqa: PLC0415 - see above

    return UnitRegistry()
