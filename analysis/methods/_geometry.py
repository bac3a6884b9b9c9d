"""Thickness and contact area of a specimen with their uncertainties, from the facts."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from analysis.methods import Fact, Flag, MethodError
from analysis.methods._refusals import WHERE, above, described, optional_fact, require_fact

THICKNESS_U_SHARE = 0.02
DIAMETER_U_MM = 0.1
"""Standard uncertainties taken where none was entered (type B, ANALYSES 0.3)."""

PLAUSIBLE = {
    "thickness_um": (1.0, 5000.0),
    "area_cm2": (0.05, 100.0),
    "diameter_mm": (3.0, 110.0),
    "temperature_celsius": (-100.0, 200.0),
    "separator_macmullin": (1.0, 50.0),
    "amplitude_mv": (1.0, 100.0),
}
"""Values outside are used and flagged: mostly slips of cm, mm and µm, mV and V, or kelvin."""


LARGE_U_SHARE = 0.5
"""An uncertainty above this share of its value is mostly a slip of units, too."""


@dataclass(frozen=True)
class Quantity:
    """A value with its standard uncertainty; ``assumed`` says in words if that was assumed."""

    value: float
    u: float
    assumed: str = ""


def thickness_um(facts: Mapping[str, Fact]) -> Quantity:
    """Return the thickness in µm; raises MethodError where it is missing or not positive."""
    value = above("thickness_um", require_fact(facts, "thickness_um"))
    u = uncertainty(facts, "thickness_um")
    if u is not None:
        return Quantity(value, u)
    return Quantity(
        value, THICKNESS_U_SHARE * value, f"{100 * THICKNESS_U_SHARE:g} % of the thickness"
    )


def contact_area_cm2(facts: Mapping[str, Fact]) -> Quantity:
    """Return the contact area in cm², given or of a disc of ``diameter_mm``.

    Raises MethodError where neither is given or one is not positive.
    """
    area, diameter = (optional_fact(facts, name) for name in ("area_cm2", "diameter_mm"))
    if area is None:
        if diameter is None:
            raise MethodError(
                "E_META_MISSING:area_cm2",
                "The contact area is missing: neither area_cm2 (cm²) nor diameter_mm (mm) of the "
                f"smaller electrode was entered. Enter one {WHERE}.",
            )
        return _disc(above("diameter_mm", diameter), uncertainty(facts, "diameter_mm"))
    above("area_cm2", area)
    u = uncertainty(facts, "area_cm2")
    if u is not None:
        return Quantity(area, u)
    disc = _disc(20 * math.sqrt(area / math.pi), None)
    return Quantity(area, disc.u, disc.assumed)


def uncertainty(facts: Mapping[str, Fact], name: str) -> float | None:
    """Return the standard uncertainty entered for a fact; raises MethodError below zero."""
    u = optional_fact(facts, f"{name}_u")
    return u if u is None or u == 0 else above(f"{name}_u", u)


def doubtful(facts: Mapping[str, Fact]) -> tuple[Flag, ...]:
    """Return a flag for every value outside what is usual, and every large uncertainty."""
    flags = []
    for name, (low, high) in PLAUSIBLE.items():
        value = optional_fact(facts, name)
        if value is None:
            continue
        if not low <= value <= high:
            flags.append(_doubt(name, value, f"usual are {low:g} to {high:g}"))
            continue
        u = optional_fact(facts, f"{name}_u")
        if u is not None and low > 0 and u > LARGE_U_SHARE * value:
            flags.append(_doubt(f"{name}_u", u, f"the value itself is {value:g}"))
    return tuple(flags)


def _doubt(name: str, value: float, usual: str) -> Flag:
    return Flag(
        "META_IMPLAUSIBLE",
        "warn",
        f"{described(name)} is {value:g}; {usual}. Check its unit.",
        {"field": name, "value": value},
    )


def _disc(diameter_mm: float, u_mm: float | None) -> Quantity:
    area = math.pi * diameter_mm**2 / 400
    if u_mm is not None:
        return Quantity(area, area * 2 * u_mm / diameter_mm)
    return Quantity(
        area, area * 2 * DIAMETER_U_MM / diameter_mm, f"{DIAMETER_U_MM:g} mm of the diameter"
    )
