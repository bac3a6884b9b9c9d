"""Parameters of a method: checked values from what people or programs send."""

import dataclasses
import math
from collections.abc import Mapping
from typing import Any

from analysis.methods import Method, MethodError


def build_params(method: Method, given: Mapping[str, object]) -> Any:
    """Return the method's parameters with defaults filled in.

    Raises MethodError naming the parameter, what was found and what is allowed.
    """
    fields = {field.name: field for field in dataclasses.fields(method.params)}
    unknown = sorted(set(given) - set(fields))
    if unknown:
        raise MethodError(
            "E_PARAM_UNKNOWN",
            f"{method.name} has no parameter {unknown[0]}; it has: {', '.join(fields) or 'none'}.",
        )
    values = {name: _checked(fields[name], value) for name, value in given.items()}
    return method.params(**values)


def _checked(field: "dataclasses.Field[Any]", value: object) -> Any:
    kind = type(field.default)
    try:
        number = _converted(kind, value)
    except (TypeError, ValueError, KeyError, OverflowError):
        raise MethodError(
            "E_PARAM_INVALID",
            f"Parameter {field.name}: found {value!r}; expected {_expected(field)}.",
        ) from None
    low, high = field.metadata.get("min"), field.metadata.get("max")
    choices = field.metadata.get("choices")
    outside = (low is not None and number < low) or (high is not None and number > high)
    if outside or (choices and number not in choices):
        raise MethodError(
            "E_PARAM_INVALID",
            f"Parameter {field.name}: found {value!r}; allowed is {_expected(field)}.",
        )
    return number


def _converted(kind: type, value: object) -> Any:
    if kind is bool:
        if isinstance(value, bool):
            return value
        return {"true": True, "false": False}[str(value).lower()]
    if kind is str:
        return str(value)
    number = float(str(value))
    if not math.isfinite(number) or (kind is int and not number.is_integer()):
        raise ValueError
    return kind(number)


def _expected(field: "dataclasses.Field[Any]") -> str:
    choices = field.metadata.get("choices")
    if choices:
        return "one of " + ", ".join(str(choice) for choice in choices)
    low, high = field.metadata.get("min"), field.metadata.get("max")
    bounds = f" between {low} and {high}" if low is not None and high is not None else ""
    return f"a {type(field.default).__name__}{bounds}"
