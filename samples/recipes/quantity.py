"""Quantities with standard uncertainty, flags, refusals and the propagation all recipes share."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from uncertainties import ufloat

Severity = Literal["info", "warning", "error"]

NEGLIGIBLE = 1e-12
"""An input that moves a result by less than this share of it does not matter (rounding)."""


@dataclass(frozen=True)
class Quantity:
    """A value with its standard uncertainty (k = 1); ``u`` None means not known, 0 exact."""

    value: float
    u: float | None = None


@dataclass(frozen=True)
class Flag:
    """Something people should know about a result, in one sentence."""

    code: str
    severity: Severity
    message: str


class RecipeError(Exception):
    """An input from which no number follows; ``field`` names it, the message what is allowed."""

    def __init__(self, field: str, message: str) -> None:
        """Keep the field beside the sentence."""
        super().__init__(message)
        self.field = field
        self.message = message


def weighing_u(readability_mg: float) -> float:
    """Return the standard uncertainty in mg of one weighing: readability / sqrt(3)."""
    return require_positive("readability_mg", readability_mg) / math.sqrt(3)


def require_positive(field: str, value: float, name: str = "") -> float:
    """Return ``value`` if it is finite and above 0, else raise RecipeError."""
    return _within(field, value, name, allowed="above 0", good=value > 0)


def require_not_negative(field: str, value: float, name: str = "") -> float:
    """Return ``value`` if it is finite and at least 0, else raise RecipeError."""
    return _within(field, value, name, allowed="0 or more", good=value >= 0)


def require_share(field: str, value: float, name: str = "") -> float:
    """Return ``value`` if it lies above 0 and at most at 1, else raise RecipeError."""
    return _within(field, value, name, allowed="above 0 and at most 1", good=0 < value <= 1)


def refuse(field: str, value: object, allowed: str, name: str = "") -> RecipeError:
    """Return the error that names the input, what was found and what is allowed."""
    return RecipeError(field, f"{name or field}: found {value}, allowed is {allowed}.")


def require_one_of(field: str, value: str, choices: Sequence[str]) -> str:
    """Return ``value`` if it is one of ``choices``, else raise RecipeError."""
    if value not in choices:
        raise refuse(field, repr(value), " or ".join(choices))
    return value


def as_quantity(given: Quantity | float) -> Quantity:
    """Return a bare number as a quantity whose uncertainty is not known."""
    return given if isinstance(given, Quantity) else Quantity(given)


class Propagation:
    """Linear propagation (GUM) in which one input used twice stays one, correlated, input.

    Results are exact functions of the inputs taken in by ``take``; ``give`` turns them back into
    quantities. If an input without uncertainty moves a result, the result has u None and the
    input is named by ``flags``.
    """

    def __init__(self) -> None:
        """Start without inputs."""
        self._unknown: dict[Any, str] = {}
        self._named: dict[str, None] = {}

    def take(self, name: str, given: Quantity) -> Any:
        """Return an input as a variable; raise RecipeError if its uncertainty is impossible."""
        if given.u is not None:
            require_not_negative(name, given.u, f"the uncertainty of {name}")
        if given.u == 0:
            return given.value
        variable = ufloat(given.value, 1.0 if given.u is None else given.u)
        if given.u is None:
            self._unknown[variable] = name
        return variable

    def give(self, result: Any) -> Quantity:
        """Return a result with its standard uncertainty."""
        if isinstance(result, float | int):
            return Quantity(float(result), 0.0)
        value, variance, known = float(result.nominal_value), 0.0, True
        for variable, slope in result.derivatives.items():
            if variable not in self._unknown:
                variance += (slope * variable.std_dev) ** 2
            elif abs(slope * variable.nominal_value) > NEGLIGIBLE * abs(value):
                self._named[self._unknown[variable]] = None
                known = False
        return Quantity(value, math.sqrt(variance) if known else None)

    @property
    def flags(self) -> tuple[Flag, ...]:
        """One flag that names every input whose missing uncertainty mattered so far."""
        if not self._named:
            return ()
        return (
            Flag(
                "UNCERTAINTY_INCOMPLETE",
                "warning",
                "Some uncertainties cannot be stated, as that of "
                f"{listed(self._named)} is not known.",
            ),
        )


def listed(names: Iterable[str]) -> str:
    """Return names as people list them: a, b and c."""
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last


def _within(field: str, value: float, name: str, *, allowed: str, good: bool) -> float:
    if not good or not math.isfinite(value):
        raise refuse(field, format(value, "g"), allowed, name)
    return value
