"""C1: masses of an electrode slurry or composite, and the dry composition of what was weighed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from samples.recipes.lots import LotFacts, purity_of
from samples.recipes.quantity import (
    Flag,
    Propagation,
    Quantity,
    RecipeError,
    as_quantity,
    require_one_of,
    require_positive,
    require_share,
)

ADDITIVE_ROLES = ("additive", "surfactant")
ADDITIVE_LIMIT = 0.05
DEVIATION_PERCENT = 1.0
"""A weighed component whose dry share is further than this from the plan is told."""


@dataclass(frozen=True)
class Part:
    """A component by weight parts of the pure, dry substance.

    ``solution_mass_fraction`` is set when it is weighed as a solution (0.05 for 5 wt%). A bare
    number has an unknown uncertainty.
    """

    name: str
    weight_parts: Quantity | float
    role: str
    solution_mass_fraction: Quantity | float | None = None
    lot: LotFacts = LotFacts()


@dataclass(frozen=True)
class SlurryLine:
    """One row of the table: dry mass of pure substance, mass to weigh (g), share of the coating."""

    name: str
    dry_g: Quantity
    to_weigh_g: Quantity
    dry_mass_fraction: Quantity


@dataclass(frozen=True)
class Slurry:
    """Masses of a slurry and the mass fraction of active material in the dry coating."""

    lines: tuple[SlurryLine, ...]
    active_mass_fraction: Quantity
    flags: tuple[Flag, ...]


@dataclass(frozen=True)
class WeighedSlurry:
    """Dry composition of what was weighed; deviations of the dry shares from the plan, percent."""

    dry_mass_fractions: Mapping[str, Quantity]
    active_mass_fraction: Quantity
    deviations: Mapping[str, float]
    flags: tuple[Flag, ...]


def slurry(
    parts: Sequence[Part],
    *,
    active: str,
    active_mass_g: float | None = None,
    dry_mass_g: float | None = None,
) -> Slurry:
    """Return the masses in g for an active mass or for a dry mass of coating.

    Pure masses are in the ratio of the parts; a lot of purity p in a solution of fraction s needs
    m / (p s). Impurities stay in the dry coating: its fractions, which sum to 1, count them, and
    the active mass fraction is that of the pure active material. Raises RecipeError.
    """
    _check(parts, active)
    if (active_mass_g is None) == (dry_mass_g is None):
        raise RecipeError(
            "active_mass_g", "Give either the mass of active material or the dry mass, not both."
        )
    propagation = Propagation()
    pure = {one.name: _parts(one, propagation) for one in parts}
    purity = {one.name: _purity(one, propagation) for one in parts}
    dry = {name: pure[name] / purity[name] for name in pure}
    whole = sum(dry.values())
    if active_mass_g is not None:
        grams = require_positive("active_mass_g", active_mass_g) / pure[active]
    else:
        grams = require_positive("dry_mass_g", dry_mass_g or 0.0) / whole
    lines = tuple(
        SlurryLine(
            name=one.name,
            dry_g=propagation.give(pure[one.name] * grams),
            to_weigh_g=propagation.give(dry[one.name] * grams / _solution(one, propagation)),
            dry_mass_fraction=propagation.give(dry[one.name] / whole),
        )
        for one in parts
    )
    fraction = propagation.give(pure[active] / whole)
    fractions = {line.name: line.dry_mass_fraction for line in lines}
    return Slurry(lines, fraction, (*_additives(parts, fractions), *propagation.flags))


def weighed_composition(
    parts: Sequence[Part], masses_g: Mapping[str, Quantity], *, active: str
) -> WeighedSlurry:
    """Return the dry composition of masses in g as read from the balance, by name of the part.

    A solution of fraction s leaves s of its mass in the coating. Raises RecipeError if a component
    is not weighed.
    """
    _check(parts, active)
    propagation, planned = Propagation(), Propagation()
    dry: dict[str, Any] = {}
    for one in parts:
        if one.name not in masses_g:
            raise RecipeError(one.name, f"{one.name}: not weighed; every component is needed.")
        require_positive(one.name, masses_g[one.name].value, f"mass of {one.name} in g")
        mass = propagation.take(f"the mass of {one.name}", masses_g[one.name])
        dry[one.name] = mass * _solution(one, propagation)
    whole = sum(dry.values())
    purity = next(_purity(one, propagation) for one in parts if one.name == active)
    fractions = {name: propagation.give(mass / whole) for name, mass in dry.items()}
    wanted = {one.name: _parts(one, planned) / _purity(one, planned) for one in parts}
    total = planned.give(sum(wanted.values())).value
    deviations = {
        name: 100 * (fractions[name].value * total / planned.give(amount).value - 1)
        for name, amount in wanted.items()
    }
    active_fraction = propagation.give(dry[active] * purity / whole)
    flags = (*_additives(parts, fractions), *_deviating(deviations), *propagation.flags)
    return WeighedSlurry(fractions, active_fraction, deviations, flags)


def paper_si_parts() -> tuple[tuple[Part, ...], Flag]:
    """Return the micron-silicon electrode of Pan et al. (2024) as interpreted, and the flag.

    Si:CNT:SP:PAA 70:7.5:7.5:15. The paper prints PVP:PAA 15:1, which would make the surfactant
    69 wt%; PAA:PVP 15:1 is taken. doi 10.1038/s41467-024-46472-9.
    """
    parts = (
        Part("Si", 70.0, "active_material"),
        Part("CNT", 7.5, "conductive"),
        Part("SP", 7.5, "conductive"),
        Part("PAA", 15.0, "binder", solution_mass_fraction=0.05),
        Part("PVP", 1.0, "surfactant"),
    )
    return parts, Flag(
        "RECIPE_INTERPRETED",
        "warning",
        "The paper prints PVP:PAA 15:1, which would be 69 wt% PVP; PAA:PVP 15:1 is taken.",
    )


def _check(parts: Sequence[Part], active: str) -> None:
    names = [one.name for one in parts]
    for name in names:
        if names.count(name) > 1:
            raise RecipeError(name, f"{name}: found {names.count(name)} times, allowed is once.")
    require_one_of("active", active, names)
    for one in parts:
        require_positive(
            one.name, as_quantity(one.weight_parts).value, f"weight parts of {one.name}"
        )


def _parts(one: Part, propagation: Propagation) -> Any:
    return propagation.take(f"the weight parts of {one.name}", as_quantity(one.weight_parts))


def _purity(one: Part, propagation: Propagation) -> Any:
    return purity_of(one.lot, one.name, one.name, propagation)


def _solution(one: Part, propagation: Propagation) -> Any:
    if one.solution_mass_fraction is None:
        return 1.0
    fraction = as_quantity(one.solution_mass_fraction)
    require_share(one.name, fraction.value, f"mass fraction of the solution of {one.name}")
    return propagation.take(f"the solution of {one.name}", fraction)


def _additives(parts: Sequence[Part], fractions: Mapping[str, Quantity]) -> list[Flag]:
    return [
        Flag(
            "ADDITIVE_ABOVE_5_PERCENT",
            "warning",
            f"{one.name} is called {one.role} and makes {100 * fractions[one.name].value:.3g} wt% "
            "of the dry coating; above 5 wt% the ratio may be the wrong way round.",
        )
        for one in parts
        if one.role in ADDITIVE_ROLES and fractions[one.name].value > ADDITIVE_LIMIT
    ]


def _deviating(deviations: Mapping[str, float]) -> list[Flag]:
    return [
        Flag(
            "DEVIATION",
            "warning",
            f"{name}: its share is {abs(percent):.3g} % {'above' if percent > 0 else 'below'} the "
            "planned one; 1 % is allowed.",
        )
        for name, percent in deviations.items()
        if abs(percent) > DEVIATION_PERCENT
    ]
