"""What follows from the mass of an electrode: its coating, active mass, loading and capacity."""

import math
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from labsite.lib.fields import Source
from labsite.lib.readings import readings_of, typed_u
from samples.faces import face_of, product, size
from samples.recipes import Flag, Foil, Loading, Quantity, RecipeError, foil, loading

BLANKS = "blank_mass_mg"
"""The name under which a coating keeps the masses of its blank discs."""
SAME = 1e-6
"""Relative difference of two sizes, or of a typed and a calculated foil, that is rounding."""


def loading_of(electrode: Any) -> Quantity | None:
    """Return the active mass per area in mg/cm² with its u.

    Calculated masses keep their correlation with the area: both may come from the same punch.
    """
    if electrode.active_mass_source == Source.DERIVED:
        try:
            known = worked_out(electrode)
        except RecipeError:
            known = None
        if known is not None and _near(known.active_mass_mg.value, electrode.active_mass_mg):
            return known.active_mass_loading_mg_cm2
    area, active = face_of(electrode), size(electrode, "active_mass_mg")
    return product(active, area, divide=True) if area and active else None


def worked_out(electrode: Any) -> Loading | None:
    """Return what follows from the mass of an electrode; None when something is not known.

    Raises RecipeError when it is not heavier than its foil.
    """
    if missing(electrode):
        return None
    coating, area, mass = electrode.coating, face_of(electrode), size(electrode, "mass_mg")
    fraction = size(coating, "active_mass_fraction")
    if area is None or mass is None or fraction is None:
        return None
    bare, same_punch = bare_foil(coating, electrode.diameter_mm)
    return loading(
        mass,
        area,
        bare,
        fraction,
        capacity_mah_g=theoretical_capacity(coating),
        spec=wanted(coating),
        same_punch=same_punch,
    )


def in_words(error: RecipeError) -> str:
    """Return the sentence of a refusal without the name of the field."""
    sentence = error.message.removeprefix(f"{error.field}: ")
    return sentence[:1].upper() + sentence[1:]


def missing(electrode: Any) -> list[str]:
    """Return what has to be known before the active mass follows from what was weighed."""
    coating = electrode.coating
    if coating is None:
        return [_("a coating")]
    wants = {
        _("the mass"): electrode.mass_mg is None,
        _("the size"): face_of(electrode) is None,
        _("the active mass fraction of the coating"): coating.active_mass_fraction is None,
        _("the mass of the coating's blank foil"): coating.process == coating.Process.CAST
        and coating.foil_mass_mg_cm2 is None,
    }
    return [name for name, wanting in wants.items() if wanting]


def bare_foil(coating: Any, diameter_mm: float | None) -> tuple[Quantity | None, bool]:
    """Return the areal mass of the foil below an electrode, and whether its punch cut the blanks.

    For discs of the blanks' own diameter the error of the punch cancels, so the foil comes without
    it. A pressed coating has no foil.
    """
    if coating.process == coating.Process.PRESSED or coating.foil_mass_mg_cm2 is None:
        return None, True
    stored = Quantity(coating.foil_mass_mg_cm2, coating.foil_mass_mg_cm2_u)
    same = _near(coating.blank_diameter_mm, diameter_mm)
    blanks = blanks_of(coating) if same else None
    if blanks is not None and _near(blanks.mass_mg_cm2.value, stored.value):
        return blanks.mass_mg_cm2, True
    return stored, same


def blanks_of(coating: Any) -> Foil | None:
    """Return the statistics of a coating's blank discs, the area of the punch taken as exact."""
    known, diameter = readings_of(coating, BLANKS), coating.blank_diameter_mm
    if known is None or diameter is None:
        return None
    area = Quantity(math.pi * (diameter / 10) ** 2 / 4, 0.0)
    return foil(known.values, area, typed_u(coating, BLANKS))


def wanted(coating: Any) -> tuple[float, float] | None:
    """Return the wanted range of the active loading in mg/cm², open ends included."""
    low, high = coating.loading_min_mg_cm2, coating.loading_max_mg_cm2
    if low is None and high is None:
        return None
    return low or 0.0, math.inf if high is None else high


def theoretical_capacity(coating: Any) -> Quantity | None:
    """Return the theoretical capacity of the active material in mAh/g; exact by definition."""
    material = coating.active_material
    value = material.theoretical_capacity_mah_g or material.one_c_ma_g
    return Quantity(value, 0.0) if value else None


@dataclass(frozen=True)
class Figures:
    """What an electrode's page shows, with flags; areal capacities name their basis."""

    area_cm2: Quantity | None
    coating_mass_mg: Quantity | None
    loading_mg_cm2: Quantity | None
    theoretical_mah_cm2: Quantity | None
    reversible_mah_cm2: Quantity | None
    flags: tuple[Flag, ...] = ()


def figures_of(electrode: Any) -> Figures:
    """Return what follows from an electrode's size and masses."""
    flags: tuple[Flag, ...] = ()
    known = None
    try:
        known = worked_out(electrode) if electrode.coating is not None else None
    except RecipeError as error:
        flags = (Flag("LIGHTER_THAN_FOIL", "error", in_words(error)),)
    loaded = loading_of(electrode)
    return Figures(
        area_cm2=face_of(electrode),
        coating_mass_mg=known.coating_mass_mg if known else None,
        loading_mg_cm2=loaded,
        theoretical_mah_cm2=areal_capacity(electrode, loaded, theoretical=True),
        reversible_mah_cm2=areal_capacity(electrode, loaded, theoretical=False),
        flags=known.flags if known else flags,
    )


def areal_capacity(
    electrode: Any, loaded: Quantity | None, *, theoretical: bool
) -> Quantity | None:
    """Return loading times capacity in mAh/cm²: theoretical, or measured and reversible."""
    coating = electrode.coating
    if coating is None or loaded is None:
        return None
    per_gram = (
        theoretical_capacity(coating) if theoretical else size(coating, "reversible_capacity_mah_g")
    )
    return product(loaded, per_gram, per=1000) if per_gram else None


def _near(one: float | None, other: float | None) -> bool:
    return one is not None and other is not None and math.isclose(one, other, rel_tol=SAME)
