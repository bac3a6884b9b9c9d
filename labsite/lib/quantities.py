"""Catalogues of quantities: what may be said of a step or an event, by name with the unit in it."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from labsite.lib.numbers import MOST
from labsite.lib.units import show_measured, show_number

Words = str | Promise
LONGEST = 80
"""Letters of a quantity that is a word."""
SAME = 0.01
"""Relative difference up to which what was done is as planned."""
DOSE_AGREES = 0.3
"""Relative difference of a measured dose from intensity times time: radiometers agree no better."""
INTENSITY, TIME, DOSE = "uv_intensity_mw_cm2", "uv_time_s", "uv_dose_mj_cm2"


@dataclass(frozen=True)
class Quantity:
    """What can be said of a step: a number in ``unit``, one of ``choices``, or a word."""

    name: str
    label: Words
    unit: str = ""
    minimum: float | None = 0
    maximum: float | None = None
    usual: tuple[float, float] | None = None
    """What is common, in ``unit``; other values are stored with a word of warning."""
    whole: bool = False
    choices: tuple[tuple[str, Words], ...] = ()
    words: tuple[str, ...] | None = None
    """Suggestions for a quantity that is a word, such as a substrate; None for numbers."""

    @property
    def is_number(self) -> bool:
        """Whether its values are numbers."""
        return not self.choices and self.words is None

    @property
    def title(self) -> str:
        """The label with a capital."""
        label = str(self.label)
        return label[:1].upper() + label[1:]

    def written(self, value: Any) -> str:
        """Write a stored value as people read it: "300 s", "argon glove box"."""
        if self.choices:
            return str(dict(self.choices).get(value, value))
        if not self.is_number:
            return str(value)
        return f"{show_measured(float(value), None)} {self.unit}".strip()

    def allowed(self) -> str:
        """Say which values are allowed."""
        if self.choices:
            return ", ".join(value for value, _word in self.choices)
        if not self.is_number:
            return _("a word of at most %(n)d letters") % {"n": LONGEST}
        low, high = (
            None if limit is None else f"{show_number(limit)} {self.unit}".strip()
            for limit in (self.minimum, self.maximum)
        )
        if low is not None and high is not None:
            return _("%(low)s to %(high)s") % {"low": low, "high": high}
        kind = _("a whole number") if self.whole else _("a number")
        unit = _(" in %(unit)s") % {"unit": self.unit} if self.unit else ""
        least = "" if low is None else _(", at least %(low)s") % {"low": low}
        return f"{kind}{unit}{least}"

    def problem(self, value: Any) -> str:
        """Say what is wrong with a value; nothing when it can be stored."""
        if self.choices:
            known = isinstance(value, str) and value in dict(self.choices)
            return "" if known else repr(value)
        if not self.is_number:
            known = isinstance(value, str) and 0 < len(value.strip()) <= LONGEST
            return "" if known and "\0" not in value else repr(value)
        if isinstance(value, bool) or not isinstance(value, int | float):
            return repr(value)
        return "" if self._holds(value) else f"{show_number(_float(value))} {self.unit}".strip()

    def _holds(self, value: float) -> bool:
        """Tell whether a number is not absurd, within the bounds and whole where it must be."""
        low = -math.inf if self.minimum is None else self.minimum
        high = math.inf if self.maximum is None else self.maximum
        number = _float(value)
        fits = abs(number) <= MOST and low <= number <= high
        return fits and (not self.whole or number == int(number))


def _float(value: float) -> float:
    """Return a number as a float; a whole number beyond all floats is infinite."""
    try:
        return float(value)
    except OverflowError:
        return math.inf


Catalogue = Mapping[str, tuple[Quantity, ...]]
"""The quantities of each kind of step or event."""


def by_name(catalogue: Catalogue) -> dict[str, Quantity]:
    """Return all quantities of a catalogue; one name is one quantity, whatever the kind."""
    return {one.name: one for quantities in catalogue.values() for one in quantities}


def checked(
    quantities: Iterable[Quantity], values: Mapping[str, Any], kind: Words
) -> dict[str, Any]:
    """Return values as they are stored: numbers as floats, words trimmed, empty ones left out.

    A UV dose follows from intensity and time when both are said. Raises ValidationError with a
    sentence for each value that the kind of step does not know or allow.
    """
    known = {one.name: one for one in quantities}
    said = {name: value for name, value in values.items() if value is not None}
    problems = [_problem(known, name, value, kind) for name, value in said.items()]
    if found := [problem for problem in problems if problem]:
        raise ValidationError(found)
    stored = {name: _stored(known[name], value) for name, value in said.items()}
    return _with_dose(known, stored, kind)


def _problem(known: Mapping[str, Quantity], name: str, value: Any, kind: Words) -> str:
    quantity = known.get(name)
    if quantity is None:
        return _("%(kind)s has no quantity %(name)s; known are: %(known)s.") % {
            "kind": _capital(kind),
            "name": repr(name[:LONGEST]),
            "known": ", ".join(known) or "–",
        }
    wrong = quantity.problem(value)
    if not wrong:
        return ""
    return _("%(kind)s, %(label)s (%(name)s): found %(found)s; allowed: %(allowed)s.") % {
        "kind": _capital(kind),
        "label": quantity.label,
        "name": name,
        "found": wrong[:LONGEST],
        "allowed": quantity.allowed(),
    }


def _stored(quantity: Quantity, value: Any) -> Any:
    return float(value) if quantity.is_number else value.strip()


def _with_dose(
    known: Mapping[str, Quantity], values: dict[str, Any], kind: Words
) -> dict[str, Any]:
    """Add the dose E = I t in mJ/cm² where it follows; raises ValidationError when it differs."""
    if DOSE not in known or INTENSITY not in values or TIME not in values:
        return values
    dose = dose_mj_cm2(values[INTENSITY], values[TIME])
    if DOSE not in values:
        return {**values, DOSE: dose}
    if abs(values[DOSE] - dose) > DOSE_AGREES * dose:
        words = {name: known[name].written(values[name]) for name in (INTENSITY, TIME, DOSE)}
        raise ValidationError(
            _(
                "%(kind)s: found a dose of %(dose)s, but %(intensity)s for %(time)s make "
                "%(product)s; correct one of the three, or leave one empty."
            )
            % {
                "kind": _capital(kind),
                "dose": words[DOSE],
                "intensity": words[INTENSITY],
                "time": words[TIME],
                "product": known[DOSE].written(dose),
            }
        )
    return values


def dose_mj_cm2(intensity_mw_cm2: float, time_s: float) -> float:
    """Return the UV dose in mJ/cm²: intensity in mW/cm² times time in s."""
    return float(f"{intensity_mw_cm2 * time_s:.12g}")


def differs(planned: Any, done: Any) -> bool:
    """Tell whether what was done is not what was planned: numbers by more than 1 %."""
    if isinstance(planned, int | float) and isinstance(done, int | float):
        return abs(done - planned) > SAME * abs(planned) * (1 + 1e-9)
    return bool(planned != done)


def _capital(words: Words) -> str:
    text = str(words)
    return text[:1].upper() + text[1:]
