"""C5 at the balance: what to weigh of each lot, and what was really mixed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from samples.recipes.composition import INGREDIENTS, Composition, Contents, compose
from samples.recipes.electrolyte import (
    Plan,
    Substance,
    Targets,
    densities,
    density_flags,
    molar_masses,
    targets,
)
from samples.recipes.lots import LotFacts, purity_of, to_weigh, water_of
from samples.recipes.quantity import (
    Flag,
    Propagation,
    Quantity,
    listed,
    require_one_of,
    require_positive,
)

DEFAULT_READABILITY_MG = 0.1
"""Of the usual analytical balance."""

SMALL_WEIGHING = 100
"""Less than this many steps of the balance is too little: 10 mg at 0.1 mg."""

DEVIATION_PERCENT = 1.0
"""A weighed mass further than this from its target is told."""


@dataclass(frozen=True)
class Line:
    """One row of the weighing table: mass of pure substance and mass of its lot in g."""

    ingredient: str
    pure_g: Quantity
    to_weigh_g: Quantity


@dataclass(frozen=True)
class WeighOut:
    """The weighing table."""

    lines: tuple[Line, ...]
    flags: tuple[Flag, ...]


@dataclass(frozen=True)
class Weighed:
    """A mass of a lot in g as read from the balance."""

    mass_g: Quantity
    lot: LotFacts = LotFacts()


@dataclass(frozen=True)
class Actual:
    """What was mixed: compositions, volumes and deviations from the masses to weigh in percent."""

    before_fec: Composition
    after_fec: Composition
    before_fec_volume_ml: Quantity | None
    final_volume_ml: Quantity | None
    deviations: Mapping[str, float]
    flags: tuple[Flag, ...]


def weigh_out(
    planned: Targets, lots: Mapping[str, LotFacts], readability_mg: float | None = None
) -> WeighOut:
    """Return what to weigh of each lot; a lot left out has unknown purity.

    Without ``readability_mg`` a balance of 0.1 mg is assumed.
    """
    step_mg = DEFAULT_READABILITY_MG if readability_mg is None else readability_mg
    require_positive("readability_mg", step_mg)
    propagation = Propagation()
    lines, flags = [], []
    for one, pure in planned.masses_g.items():
        lot = lots.get(one, LotFacts())
        if lot.purity_mass_fraction is not None:
            propagation.give(purity_of(lot, planned.names[one], one, propagation))
        lines.append(Line(one, pure, to_weigh(pure, lot)))
        milligrams = 1000 * lines[-1].to_weigh_g.value
        if milligrams < SMALL_WEIGHING * step_mg:
            flags.append(_small(planned.names[one], milligrams, step_mg))
    flags += _purity_flags({planned.names[one]: lots.get(one) for one in planned.masses_g})
    return WeighOut(tuple(lines), (*flags, *propagation.flags))


def actual(
    plan: Plan, substances: Mapping[str, Substance], weighed: Mapping[str, Weighed]
) -> Actual:
    """Return the composition of what was weighed, with the densities of the plan.

    Impurities count for mass and volume, as they are in the flask. What needs an ingredient of
    the plan that is not yet weighed is None. Raises RecipeError as ``targets`` does, and for an
    unknown ingredient, a mass or a purity that cannot be.
    """
    for one, entry in weighed.items():
        require_one_of("weighed", one, INGREDIENTS)
        require_positive(one, entry.mass_g.value, f"mass of {one} in g")
    planned = targets(plan, substances)
    propagation = Propagation()
    contents = _contents(plan, substances, weighed, planned, propagation)
    result = {
        "before_fec": compose(contents, propagation, with_fec=False),
        "after_fec": compose(contents, propagation, with_fec=True),
    }
    volumes = [contents.volume_ml(with_fec=fec) for fec in (False, True)]
    before_ml, final_ml = (None if v is None else propagation.give(v) for v in volumes)
    deviations = _deviations(planned, weighed)
    flags = (
        *density_flags(plan, substances, contents.pure_g),
        *_weighing_flags(planned, substances, weighed, deviations),
        *propagation.flags,
    )
    return Actual(
        **result,
        before_fec_volume_ml=before_ml,
        final_volume_ml=final_ml,
        deviations=deviations,
        flags=flags,
    )


def _contents(
    plan: Plan,
    substances: Mapping[str, Substance],
    weighed: Mapping[str, Weighed],
    planned: Targets,
    propagation: Propagation,
) -> Contents:
    pure: dict[str, Any] = {}
    gross: dict[str, Any] = {}
    water: dict[str, float | None] = {}
    molar = molar_masses(substances, weighed)
    for one in INGREDIENTS:
        absent = None if one in planned.masses_g else 0.0
        pure[one], gross[one], water[one] = absent, absent, absent
        if one in weighed:
            name, lot = substances[one].name, weighed[one].lot
            gross[one] = propagation.take(f"the mass of {name}", weighed[one].mass_g)
            pure[one] = gross[one] * purity_of(lot, name, one, propagation)
            share = water_of(lot, name, one)
            water[one] = None if share is None else share * weighed[one].mass_g.value
    return Contents(pure, gross, molar, densities(plan, substances, propagation), water)


def _deviations(planned: Targets, weighed: Mapping[str, Weighed]) -> dict[str, float]:
    return {
        one: 100 * (weighed[one].mass_g.value / to_weigh(pure, weighed[one].lot).value - 1)
        for one, pure in planned.masses_g.items()
        if one in weighed
    }


def _weighing_flags(
    planned: Targets,
    substances: Mapping[str, Substance],
    weighed: Mapping[str, Weighed],
    deviations: Mapping[str, float],
) -> list[Flag]:
    flags = [
        Flag(
            "DEVIATION",
            "warning",
            f"{planned.names[one]}: weighed {abs(percent):.3g} % "
            f"{'more' if percent > 0 else 'less'} than planned; 1 % is allowed.",
        )
        for one, percent in deviations.items()
        if abs(percent) > DEVIATION_PERCENT
    ]
    pending = [name for one, name in planned.names.items() if one not in weighed]
    if pending:
        flags.append(Flag("NOT_YET_WEIGHED", "info", f"Not yet weighed: {listed(pending)}."))
    extra = [substances[one].name for one in weighed if one not in planned.masses_g]
    if extra:
        flags.append(
            Flag("NOT_PLANNED", "warning", f"Weighed, but not in the recipe: {listed(extra)}.")
        )
    return flags + _purity_flags({substances[one].name: w.lot for one, w in weighed.items()})


def _purity_flags(lots: Mapping[str, LotFacts | None]) -> list[Flag]:
    unknown = [
        name for name, lot in lots.items() if lot is None or lot.purity_mass_fraction is None
    ]
    if not unknown:
        return []
    sentence = f"The purity of {listed(unknown)} is not known and taken as 1."
    return [Flag("PURITY_UNKNOWN", "warning", sentence)]


def _small(name: str, milligrams: float, step_mg: float) -> Flag:
    return Flag(
        "SMALL_WEIGHING",
        "warning",
        f"{name}: {milligrams:.3g} mg is little for a balance that reads {step_mg:g} mg; weigh a "
        "stock solution instead.",
    )
