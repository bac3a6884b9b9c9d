"""N/P of two electrodes: which capacities there are, what is missing, and the ratio (C3)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from cells.geometry import NPRatio, Side, np_ratio
from cells.models import Cell, CellElectrode
from samples.faces import product
from samples.models import Electrode, ProcessStep
from samples.recipes import Quantity, RecipeError

Basis = Cell.CapacityBasis


@dataclass(frozen=True)
class Half:
    """One electrode as a side of a cell; None where something is not known."""

    electrode: Electrode
    area_cm2: Quantity | None
    loading_mg_cm2: Quantity | None
    capacity_mah_g: Quantity | None
    areal_capacity_mah_cm2: Quantity | None


@dataclass(frozen=True)
class Balance:
    """Two electrodes compared on one basis of capacity, with what is missing for it."""

    negative: Half
    positive: Half
    basis: str
    ratio: NPRatio | None
    gaps: tuple[str, ...]


def half(electrode: Electrode, basis: str) -> Half:
    """Return area, loading (mg/cm2), capacity (mAh/g) and areal capacity (mAh/cm2)."""
    loading, capacity = electrode.loading, capacity_of(electrode, basis)
    areal = None
    if loading is not None and capacity is not None:
        areal = product(loading, capacity, per=1000)
    return Half(electrode, electrode.area, loading, capacity, areal)


def capacity_of(electrode: Electrode, basis: str) -> Quantity | None:
    """Return the capacity in mAh/g of an electrode's coating on a basis.

    The theoretical one is a constant of the material, or its 1C when that alone is given.
    """
    coating = electrode.coating
    if coating is None:
        return None
    if basis == Basis.REVERSIBLE:
        return _quantity(coating.reversible_capacity_mah_g, coating.reversible_capacity_mah_g_u)
    if basis == Basis.FIRST_LITHIATION:
        return _quantity(
            coating.first_lithiation_capacity_mah_g, coating.first_lithiation_capacity_mah_g_u
        )
    material = coating.active_material
    theoretical = material.theoretical_capacity_mah_g or material.one_c_ma_g
    return None if theoretical is None else Quantity(theoretical, 0.0)


def best_basis(negative: Electrode, positive: Electrode) -> str:
    """Return the best basis on which both capacities are known: measured before theoretical."""
    for basis in Basis.values:
        if all(capacity_of(electrode, basis) for electrode in (negative, positive)):
            return str(basis)
    return ""


def balance(
    negative: Electrode, positive: Electrode, basis: str = "", *, prelithiated: bool = False
) -> Balance:
    """Compare two electrodes on a basis, the best one if none is named."""
    chosen = basis or best_basis(negative, positive)
    asked = chosen or Basis.REVERSIBLE.value
    sides = half(negative, asked), half(positive, asked)
    gaps = tuple(gap for side in sides for gap in _gaps(side, asked))
    ratio = None
    if not gaps:
        try:
            ratio = np_ratio(_side(sides[0]), _side(sides[1]), asked, prelithiated=prelithiated)
        except RecipeError as error:
            gaps = (error.message,)
    return Balance(*sides, asked, ratio, gaps)


def former_places(electrode: Electrode, before: datetime | None = None) -> "QuerySet[Any]":
    """Return the electrode's times in cells that are over, up to a moment; the first first."""
    rows = CellElectrode.objects.filter(
        electrode=electrode, removed_at__isnull=False, cell__voided_at__isnull=True
    )
    if before is not None:
        rows = rows.filter(installed_at__lt=before)
    return rows.select_related("cell__film__batch", "cell__batch").order_by("installed_at")


def is_prelithiated(electrode: Electrode, before: datetime | None = None) -> bool:
    """Whether a coated electrode was in a half cell before, or was lithiated in another way."""
    if electrode.coating is None:
        return False
    half_cells = former_places(electrode, before).filter(cell__cell_type=Cell.Type.ANODE_HALF_CELL)
    steps = electrode.steps.filter(kind=ProcessStep.Kind.PRELITHIATION, performed_at__isnull=False)
    if before is not None:
        steps = steps.filter(performed_at__lt=before)
    return bool(half_cells.exists() or steps.exists())


def _side(one: Half) -> Side:
    if one.area_cm2 is None:
        raise RecipeError("area_cm2", f"{one.electrode.code} has no area.")
    return Side(
        area_cm2=one.area_cm2,
        capacity_mah_g=one.capacity_mah_g,
        loading_mg_cm2=one.loading_mg_cm2,
    )


def _gaps(one: Half, basis: str) -> Iterator[str]:
    """Say what must be entered where before there is a ratio."""
    electrode = one.electrode
    if electrode.coating is None:
        yield _("%(code)s is metal: there is no N/P with it.") % {"code": electrode.code}
        return
    if one.area_cm2 is None:
        yield _("Enter the size of %(code)s: its area is not known.") % {"code": electrode.code}
    if electrode.active_mass_mg is None:
        yield _("Weigh %(code)s, or enter its active mass.") % {"code": electrode.code}
    if one.capacity_mah_g is None:
        yield _gap_of_capacity(electrode, basis)


def _gap_of_capacity(electrode: Electrode, basis: str) -> str:
    coating = electrode.coating
    if coating is None:
        raise ValueError(f"{electrode.code} has no coating")
    if basis == Basis.THEORETICAL:
        return _("Enter the theoretical capacity of %(name)s in its record.") % {
            "name": coating.active_material
        }
    words = (
        _("reversible capacity")
        if basis == Basis.REVERSIBLE
        else _("capacity of the first lithiation")
    )
    return _("Enter the %(what)s of the coating of %(code)s, measured in half cells.") % {
        "what": words,
        "code": electrode.code,
    }


def _quantity(value: float | None, u: float | None) -> Quantity | None:
    return None if value is None else Quantity(value, u)
