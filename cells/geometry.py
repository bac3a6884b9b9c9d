"""C3, C4, C6: ratio of the electrodes' capacities, currents of C-rates and energy of a cell."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from samples.recipes.quantity import (
    Flag,
    Propagation,
    Quantity,
    RecipeError,
    as_quantity,
    listed,
    refuse,
    require_one_of,
    require_positive,
)

BASES = ("theoretical", "measured_first_lithiation", "measured_reversible")
NP_LOW, NP_HIGH = 1.0, 1.5
AREA_TOLERANCE = 1e-3
"""Areas within this share of each other are the same punch."""

IN_WORDS: Mapping[str, str] = {
    "active_mass_mg": "the active mass",
    "area_cm2": "the area",
    "current_ma": "the current",
    "capacity_mah": "the capacity",
    "mean_voltage_v": "the mean voltage",
}
"""Inputs by field, as a flag about their uncertainty names them; all others are masses."""

STACK, ACTIVE = "stack", "active"
STACK_PARTS = ("negative_electrode", "positive_electrode", "electrolyte")
"""The least that a stack is made of; electrodes with their foils."""


@dataclass(frozen=True)
class Side:
    """One electrode: its areal capacity, or specific capacity and active loading; and its area."""

    area_cm2: Quantity
    areal_capacity_mah_cm2: Quantity | None = None
    capacity_mah_g: Quantity | None = None
    loading_mg_cm2: Quantity | None = None


@dataclass(frozen=True)
class NPRatio:
    """Areal capacity of the negative over that of the positive electrode, by its basis.

    ``total_ratio`` is that of the capacities of the whole electrodes, None where the areas agree.
    """

    value: Quantity
    basis: str
    negative_area_cm2: Quantity
    positive_area_cm2: Quantity
    total_ratio: Quantity | None
    flags: tuple[Flag, ...]


@dataclass(frozen=True)
class Current:
    """Current in mA and, where the area is known, current density in mA/cm2."""

    current_ma: Quantity
    current_density_ma_cm2: Quantity | None
    flags: tuple[Flag, ...]


@dataclass(frozen=True)
class Energy:
    """Energy in mWh and Wh per kg of what ``label`` says (None unless every mass is known)."""

    energy_mwh: Quantity
    wh_per_kg: Quantity | None
    label: str
    flags: tuple[Flag, ...]


def np_ratio(negative: Side, positive: Side, basis: str, prelithiated: bool = False) -> NPRatio:
    """Return N/P = areal capacity (negative) / areal capacity (positive) on a basis of capacity.

    Inputs of the two sides are taken as independent: where both areas come from one punch, u is an
    upper bound. Raises RecipeError.
    """
    require_one_of("basis", basis, BASES)
    propagation = Propagation()
    above = _areal("negative", negative, propagation)
    below = _areal("positive", positive, propagation)
    value = propagation.give(above / below)
    n_area, p_area = negative.area_cm2, positive.area_cm2
    differ = abs(n_area.value - p_area.value) > AREA_TOLERANCE * p_area.value
    total = None
    if differ:
        areas = propagation.take("the negative area", n_area) / propagation.take(
            "the positive area", p_area
        )
        total = propagation.give(above / below * areas)
    flags = [*_np_flags(value.value, prelithiated), *(_areas(n_area, p_area) if differ else [])]
    return NPRatio(value, basis, n_area, p_area, total, (*flags, *propagation.flags))


def c_rate_current(
    c_rate: float,
    one_c_ma_g: float,
    active_mass_mg: Quantity | float,
    area_cm2: Quantity | float | None = None,
) -> Current:
    """Return I = C Q(1C) m and j = I / A; raise RecipeError."""
    require_positive("c_rate", c_rate)
    require_positive("one_c_ma_g", one_c_ma_g)
    propagation = Propagation()
    mass = _measured("active_mass_mg", active_mass_mg, propagation)
    current = mass * (c_rate * one_c_ma_g / 1000)
    density = None
    if area_cm2 is not None:
        density = propagation.give(current / _measured("area_cm2", area_cm2, propagation))
    return Current(propagation.give(current), density, propagation.flags)


def c_rate_of(
    current_ma: Quantity | float, one_c_ma_g: float, active_mass_mg: Quantity | float
) -> Quantity:
    """Return the C-rate of a current, the inverse of ``c_rate_current``; raise RecipeError."""
    require_positive("one_c_ma_g", one_c_ma_g)
    propagation = Propagation()
    current = _measured("current_ma", current_ma, propagation)
    mass = _measured("active_mass_mg", active_mass_mg, propagation)
    return propagation.give(1000 * current / (mass * one_c_ma_g))


def cell_energy(
    capacity_mah: Quantity | float,
    mean_voltage_v: Quantity | float,
    masses_mg: Mapping[str, Quantity | float | None],
    label: str = STACK,
) -> Energy:
    """Return E = Q V and, if every mass is known, the energy per mass of the stack.

    A stack has at least the masses ``STACK_PARTS``; per active mass alone only under the label
    ``active``. Raises RecipeError.
    """
    require_one_of("label", label, (STACK, ACTIVE))
    if not masses_mg and label == ACTIVE:
        raise refuse("masses_mg", "no mass", "the mass of each active material")
    propagation = Propagation()
    capacity = _measured("capacity_mah", capacity_mah, propagation)
    energy = capacity * _measured("mean_voltage_v", mean_voltage_v, propagation)
    needed = {*masses_mg, *(STACK_PARTS if label == STACK else ())}
    missing = sorted(name for name in needed if masses_mg.get(name) is None)
    mass = sum(
        _measured(name, given, propagation)
        for name, given in masses_mg.items()
        if given is not None
    )
    per_kg = None if missing else propagation.give(1000 * energy / mass)
    flags = _incomplete(missing) if missing else []
    return Energy(propagation.give(energy), per_kg, label, (*flags, *propagation.flags))


def _measured(field: str, given: Quantity | float, propagation: Propagation) -> Any:
    quantity = as_quantity(given)
    require_positive(field, quantity.value)
    return propagation.take(IN_WORDS.get(field, f"the mass of {field.replace('_', ' ')}"), quantity)


def _areal(name: str, side: Side, propagation: Propagation) -> Any:
    require_positive(name, side.area_cm2.value, f"area of the {name} electrode in cm2")
    areal, capacity, mass = side.areal_capacity_mah_cm2, side.capacity_mah_g, side.loading_mg_cm2
    if areal is not None and capacity is None and mass is None:
        require_positive(name, areal.value, f"areal capacity of the {name} electrode in mAh/cm2")
        return propagation.take(f"the {name} areal capacity", areal)
    if areal is None and capacity is not None and mass is not None:
        require_positive(name, capacity.value, f"capacity of the {name} electrode in mAh/g")
        require_positive(name, mass.value, f"loading of the {name} electrode in mg/cm2")
        per_gram = propagation.take(f"the {name} specific capacity", capacity)
        return per_gram * propagation.take(f"the {name} loading", mass) / 1000
    raise RecipeError(
        name,
        f"Give the areal capacity of the {name} electrode, or its specific capacity and loading.",
    )


def _np_flags(value: float, prelithiated: bool) -> list[Flag]:
    flags = []
    if value < NP_LOW:
        low = f"N/P is {value:.3g}, below 1: lithium may plate on the negative electrode."
        flags.append(Flag("NP_BELOW_1", "warning", low))
    if value > NP_HIGH:
        high = f"N/P is {value:.3g}, above 1.5: much of the negative electrode stays unused."
        flags.append(Flag("NP_ABOVE_1_5", "warning", high))
    if prelithiated:
        cycled = (
            "The negative electrode was cycled before: its lithium from then is in the cell and "
            "not in N/P. Note how much, (1 - ICE) of its first lithiation."
        )
        flags.append(Flag("PRELITHIATED", "info", cycled))
    return flags


def _areas(negative: Quantity, positive_area: Quantity) -> list[Flag]:
    areas = f"negative {negative.value:.4g} cm2, positive {positive_area.value:.4g} cm2"
    if negative.value < positive_area.value:
        edge = f"The positive electrode is the larger one ({areas}): lithium may plate at its edge."
        return [Flag("AREAS_DIFFER", "warning", edge)]
    rest = f"The areas differ ({areas}); N/P is per area, the ratio of totals stands beside it."
    return [Flag("AREAS_DIFFER", "info", rest)]


def _incomplete(missing: list[str]) -> list[Flag]:
    names = listed(name.replace("_", " ") for name in missing)
    sentence = f"The mass of {names} is not known, so there is no energy per mass."
    return [Flag("MASSES_INCOMPLETE", "warning", sentence)]
