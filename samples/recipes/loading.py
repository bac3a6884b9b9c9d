"""C2: areas, blank foil, active mass, loading and areal capacity of punched electrodes."""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from scipy.special import stdtrit

from samples.recipes.quantity import (
    Flag,
    Propagation,
    Quantity,
    RecipeError,
    require_not_negative,
    require_positive,
    require_share,
)

ENOUGH_BLANKS = 3
BALANCE_LIMIT = 0.03
"""A relative uncertainty of the coating mass above this is told."""

ROUNDING = 1e-9


@dataclass(frozen=True)
class Foil:
    """Areal mass of bare foil from ``n`` blank discs with the standard deviation of their masses.

    The u of ``mass_mg_cm2`` is the scatter of one disc, sd sqrt(1 + 1/n), without the area of the
    punch: for electrodes of the same punch the area cancels. ``other_punch_mg_cm2`` includes it,
    for electrodes of another shape.
    """

    mass_mg_cm2: Quantity
    other_punch_mg_cm2: Quantity
    n: int
    sd_mg: float | None
    flags: tuple[Flag, ...]


@dataclass(frozen=True)
class Loading:
    """Coating and active mass of one electrode, its loading and areal capacity (None: no Q)."""

    coating_mass_mg: Quantity
    active_mass_mg: Quantity
    active_mass_loading_mg_cm2: Quantity
    areal_capacity_mah_cm2: Quantity | None
    flags: tuple[Flag, ...]


@dataclass(frozen=True)
class Spread:
    """Values of several pieces with the 95 % t-interval of their mean (None for one piece)."""

    n: int
    mean: float
    sd: float | None
    median: float
    lower_95: float | None
    upper_95: float | None
    flags: tuple[Flag, ...]


def disc_area_cm2(diameter_mm: Quantity) -> Quantity:
    """Return pi d^2 / 4 in cm2."""
    require_positive("diameter_mm", diameter_mm.value)
    propagation = Propagation()
    radius_cm = propagation.take("diameter_mm", diameter_mm) / 20
    return propagation.give(math.pi * radius_cm * radius_cm)


def rectangle_area_cm2(width_mm: Quantity, height_mm: Quantity) -> Quantity:
    """Return width times height in cm2."""
    require_positive("width_mm", width_mm.value)
    require_positive("height_mm", height_mm.value)
    propagation = Propagation()
    width = propagation.take("width_mm", width_mm)
    return propagation.give(width * propagation.take("height_mm", height_mm) / 100)


def foil(
    masses_mg: Sequence[float], disc_area: Quantity, weighing_u_mg: float | None = None
) -> Foil:
    """Return the areal mass of bare foil in mg/cm2 from the masses of blank discs.

    The scatter of one disc is at least ``weighing_u_mg``, the uncertainty of one weighing: equal
    readings of a coarse balance do not mean that discs are equal. Raises RecipeError.
    """
    require_positive("disc_area", disc_area.value, "area of the blank discs in cm2")
    if not masses_mg:
        raise RecipeError("masses_mg", "masses_mg: found no blank disc, needed is at least one.")
    for one in masses_mg:
        require_positive("masses_mg", one, "mass of a blank disc in mg")
    n, mean = len(masses_mg), statistics.fmean(masses_mg)
    sd = statistics.stdev(masses_mg) if n > 1 else None
    scatter = max(sd or 0.0, require_not_negative("weighing_u_mg", weighing_u_mg or 0.0))
    known = sd is not None and scatter > 0
    mass = Quantity(mean, scatter * math.sqrt(1 + 1 / n) if known else None)
    propagation = Propagation()
    disc = propagation.take("the mass of the blank discs", mass)
    same = propagation.give(disc / disc_area.value)
    flags = propagation.flags
    other = propagation.give(disc / propagation.take("the area of the blank discs", disc_area))
    if n < ENOUGH_BLANKS:
        few = f"{n} blank disc{'s' if n > 1 else ''} weighed; at least 3 show how foil scatters."
        flags = (Flag("FOIL_FEW_BLANKS", "warning", few), *flags)
    return Foil(same, other, n, sd, flags)


def loading(
    mass_mg: Quantity,
    area_cm2: Quantity,
    foil_mg_cm2: Quantity | None,
    active_fraction: Quantity,
    capacity_mah_g: Quantity | None = None,
    spec: tuple[float, float] | None = None,
    same_punch: bool = True,
) -> Loading:
    """Return masses, active loading in mg/cm2 and areal capacity in mAh/cm2 of one electrode.

    coating = m - A rho_foil (no foil: m), active = coating w, loading = active / A, areal capacity
    = loading Q / 1000. With ``same_punch`` the blanks had the electrode's own area, so its error
    cancels in A rho_foil; give ``Foil.other_punch_mg_cm2`` otherwise. ``spec`` is the wanted range
    of the loading, inf for no end. Raises RecipeError, also for an electrode no heavier than its
    foil.
    """
    require_positive("mass_mg", mass_mg.value)
    require_positive("area_cm2", area_cm2.value)
    require_share("active_fraction", active_fraction.value)
    propagation = Propagation()
    area = propagation.take("the area", area_cm2)
    coating = propagation.take("the mass of the electrode", mass_mg)
    if foil_mg_cm2 is not None:
        require_positive("foil_mg_cm2", foil_mg_cm2.value)
        blank = propagation.take("the foil", foil_mg_cm2)
        coating = coating - blank * (area_cm2.value if same_punch else area)
    coating_mg = propagation.give(coating)
    if coating_mg.value <= 0:
        raise RecipeError(
            "mass_mg",
            f"mass_mg: found {mass_mg.value:g} mg, allowed is more than its foil of "
            f"{mass_mg.value - coating_mg.value:.4g} mg.",
        )
    active = coating * propagation.take("the active mass fraction", active_fraction)
    per_area = propagation.give(active / area)
    areal = None
    if capacity_mah_g is not None:
        require_positive("capacity_mah_g", capacity_mah_g.value)
        capacity = propagation.take("the specific capacity", capacity_mah_g)
        areal = propagation.give(active / area * capacity / 1000)
    active_mg = propagation.give(active)
    flags = (*_balance(coating_mg), *_out_of_spec(per_area.value, spec), *propagation.flags)
    return Loading(coating_mg, active_mg, per_area, areal, flags)


def spread(values: Sequence[float]) -> Spread:
    """Return n, mean, sd, median and the 95 % t-interval of the mean; raise RecipeError if none."""
    if not values or not all(map(math.isfinite, values)):
        raise RecipeError("values", f"values: found {list(values)}, needed are finite numbers.")
    n, mean, median = len(values), statistics.fmean(values), statistics.median(values)
    if n == 1:
        single = Flag("SINGLE_REPLICATE", "warning", "One piece only: its scatter is not known.")
        return Spread(1, mean, None, median, None, None, (single,))
    sd = statistics.stdev(values)
    half = float(stdtrit(n - 1, 0.975)) * sd / math.sqrt(n)
    return Spread(n, mean, sd, median, mean - half, mean + half, ())


def _balance(coating: Quantity) -> list[Flag]:
    if coating.u is None or coating.u <= BALANCE_LIMIT * coating.value:
        return []
    return [
        Flag(
            "MASS_NEAR_BALANCE_LIMIT",
            "warning",
            f"The coating weighs {coating.value:.3g} ± {coating.u:.2g} mg; above 3 % this rules "
            "the uncertainty of every capacity per gram.",
        )
    ]


def _out_of_spec(loading_mg_cm2: float, spec: tuple[float, float] | None) -> list[Flag]:
    if spec is None:
        return []
    low, high = spec
    if low > high:
        raise RecipeError("spec", f"spec: found {low:g} to {high:g}, allowed is low to high.")
    if low * (1 - ROUNDING) <= loading_mg_cm2 <= high * (1 + ROUNDING):
        return []
    wanted = f"{low:g} to {high:g}" if math.isfinite(high) else f"{low:g} or more"
    return [
        Flag(
            "LOADING_OUT_OF_SPEC",
            "warning",
            f"The loading of {loading_mg_cm2:.3g} mg/cm2 is outside {wanted} mg/cm2.",
        )
    ]
