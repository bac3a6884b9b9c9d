"""What several methods check before they compute; a refusal names the field, unit and way out."""

import math
from collections.abc import Iterable, Mapping

from analysis.methods import Fact, Frame, MethodError

UNITS = {
    "um": "µm",
    "mm": "mm",
    "cm2": "cm²",
    "mg": "mg",
    "celsius": "°C",
    "mv": "mV",
    "v": "V",
    "ma_g": "mA/g",
    "ohm": "Ω",
    "inductance_h": "H",
}
"""Unit by the ending of a fact's name."""

WHERE = "in the record of the sample or cell, or among the conditions of the measurement"


def described(name: str) -> str:
    """Return a fact's name with its unit: ``thickness_um (µm)``."""
    units = [unit for ending, unit in UNITS.items() if name.endswith("_" + ending)]
    return f"{name} ({units[-1]})" if units else name


def optional_fact(facts: Mapping[str, Fact], name: str) -> float | None:
    """Return a number, None where nobody entered it; raises MethodError for anything else."""
    value = facts.get(name)
    if value is None or value == "":
        return None
    try:
        number = float(value)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise MethodError(
            f"E_META_IMPLAUSIBLE:{name}",
            f"{described(name)} is {value!r}; a number is expected. Correct it {WHERE}.",
        )
    return number


def require_fact(facts: Mapping[str, Fact], name: str) -> float:
    """Return a number; raises MethodError naming the field, its unit and where to enter it."""
    value = optional_fact(facts, name)
    if value is None:
        raise MethodError(
            f"E_META_MISSING:{name}", f"{described(name)} is missing. Enter it {WHERE}."
        )
    return value


def above(name: str, value: float, limit: float = 0.0) -> float:
    """Return the value; raises MethodError where it is not above the limit."""
    if value <= limit:
        raise MethodError(
            f"E_META_IMPLAUSIBLE:{name}",
            f"{described(name)} is {value:g}; it must be above {limit:g}. Correct it {WHERE}.",
        )
    return value


def require_columns(frame: Frame, names: Iterable[str]) -> None:
    """Raise MethodError naming the columns that the table lacks."""
    missing = [name for name in names if name not in frame.columns]
    if missing:
        raise MethodError(
            "E_COLUMNS_MISSING",
            f"The table has no column {', '.join(missing)}; found {', '.join(frame.columns)}.",
        )
