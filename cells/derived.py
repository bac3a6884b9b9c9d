"""What a cell takes from its electrodes: area, mass, 1C and N/P; it follows when they change."""

import math
from collections.abc import Iterator, Mapping
from typing import Any

from django.db import transaction
from django.db.models import Q

from cells.balance import balance
from cells.models import Cell, CellElectrode
from cells.roles import Electrodes, basis_of
from labsite.access.recording import tell_changed
from labsite.access.records import Record
from labsite.lib.fields import Source
from samples.models import Chemical, Coating, Electrode

DERIVED = (
    "area_cm2", "area_cm2_u", "area_source", "active_mass_mg", "active_mass_mg_u",
    "active_mass_source", "one_c_ma_g", "np_basis", "np_ratio", "np_ratio_u",
)  # fmt: skip
TYPED: Mapping[str, str] = {"area_cm2": "area_source", "active_mass_mg": "active_mass_source"}
"""Fields that people may type instead, with where their value comes from."""
WRITTEN = 1e-9
"""Pages write ten significant digits."""


def fill_in(cell: Cell, electrodes: Electrodes) -> None:
    """Fill what was not typed of a new cell from its electrodes; the cell is not stored."""
    if not cell.mass_basis:
        cell.mass_basis = basis_of(cell.cell_type, electrodes)
    take_over(cell, electrodes)


def take_over(cell: Cell, electrodes: Electrodes) -> None:
    """Set area, mass, 1C and N/P from the electrodes, except what was typed; nothing is stored."""
    _take("area_cm2", cell, _smaller(electrodes), ("area_cm2", "area_cm2_u"))
    basis = electrodes.get(cell.mass_basis)
    _take("active_mass_mg", cell, basis, ("active_mass_mg", "active_mass_mg_u"))
    if cell.one_c_ma_g is None and basis is not None and basis.coating is not None:
        cell.one_c_ma_g = basis.material.one_c_ma_g
    _balance(cell, electrodes)


def keep_typed(cell: Any, changed: Mapping[str, Any]) -> dict[str, str]:
    """Return the sources to store when people typed over values that were derived.

    ``changed`` holds the new values by name. A typed value is no longer derived; where it comes
    from is then not said, unless it is said at the same time.
    """
    return {
        source: ""
        for name, source in TYPED.items()
        if changed.get(name) is not None
        and not _same(changed[name], getattr(cell, name, None))
        and changed.get(source, getattr(cell, source, "")) == Source.DERIVED
    }


@transaction.atomic
def follow(record: Record) -> None:
    """Bring the cells up to date that a changed electrode, coating, material or cell concerns."""
    for cell in _concerned(record):
        before = [getattr(cell, name) for name in DERIVED]
        take_over(cell, electrodes_of(cell))
        if before == [getattr(cell, name) for name in DERIVED]:
            continue
        if not isinstance(record, Cell):
            cell.version += 1
        cell.save(update_fields=[*DERIVED, "version", "updated_at"])
        if not isinstance(record, Cell):
            tell_changed(cell)


def electrodes_of(cell: Cell) -> dict[str, Electrode]:
    """Return the electrodes that a cell was put together with, also those taken out since."""
    places = cell.places.select_related("electrode__coating__active_material", "electrode__metal")
    return {place.role: place.electrode for place in places.order_by("installed_at")}


def _concerned(record: Record) -> Iterator[Cell]:
    if isinstance(record, Cell):
        if record.voided_at is None:
            yield record
        return
    condition = _condition(record)
    if condition is None:
        return
    places = CellElectrode.objects.filter(condition)
    cells = Cell.objects.select_for_update().filter(voided_at__isnull=True)
    yield from cells.filter(pk__in=places.values("cell"))


def _condition(record: Record) -> Q | None:
    """Return the condition on places in cells that a changed record concerns."""
    if isinstance(record, Electrode):
        return Q(electrode=record)
    if isinstance(record, Coating):
        return Q(electrode__coating=record)
    if isinstance(record, Chemical):
        return Q(electrode__coating__active_material=record)
    return None


def _same(typed: float, stored: float | None) -> bool:
    """Whether a typed number is the stored one as pages write it."""
    return stored is not None and math.isclose(typed, stored, rel_tol=WRITTEN)


def _smaller(electrodes: Electrodes) -> Electrode | None:
    """Return the working or counter electrode with the smaller face; both must be known."""
    pair = [
        electrode
        for role, electrode in electrodes.items()
        if role != CellElectrode.Role.REFERENCE.value
    ]
    if not pair or any(electrode.area_cm2 is None for electrode in pair):
        return None
    return min(pair, key=lambda electrode: electrode.area_cm2 or 0.0)


def _take(name: str, cell: Cell, electrode: Electrode | None, names: tuple[str, str]) -> None:
    """Copy value and uncertainty of an electrode unless a value was typed."""
    source = TYPED[name]
    derived = getattr(cell, source) == Source.DERIVED
    if getattr(cell, name) is not None and not derived:
        return
    value, u = (None, None) if electrode is None else (getattr(electrode, one) for one in names)
    if value is None and not derived:
        return
    setattr(cell, names[0], value)
    setattr(cell, names[1], u)
    setattr(cell, source, "" if value is None else Source.DERIVED.value)


def _balance(cell: Cell, electrodes: Electrodes) -> None:
    """Set N/P of a full cell with its basis; no other cell has one."""
    negative = electrodes.get(CellElectrode.Role.NEGATIVE.value)
    positive = electrodes.get(CellElectrode.Role.POSITIVE.value)
    cell.np_ratio = cell.np_ratio_u = None
    if cell.cell_type != Cell.Type.FULL_CELL or negative is None or positive is None:
        return
    found = balance(negative, positive, cell.np_basis)
    if found.ratio is not None:
        cell.np_basis = found.basis
        cell.np_ratio, cell.np_ratio_u = found.ratio.value.value, found.ratio.value.u
