"""Currents of the usual C-rates for a cell (C4)."""

from collections.abc import Iterator
from dataclasses import dataclass

from cells.geometry import c_rate_current
from cells.models import Cell
from samples.recipes import Quantity

USUAL: tuple[tuple[str, float], ...] = (
    ("C/20", 0.05),
    ("C/10", 0.1),
    ("0.2 C", 0.2),
    ("0.5 C", 0.5),
    ("1 C", 1.0),
)


@dataclass(frozen=True)
class Rate:
    """A C-rate with its current in mA and, where the area is known, mA/cm2."""

    name: str
    current_ma: Quantity
    current_density_ma_cm2: Quantity | None


def rates_of(cell: Cell) -> list[Rate]:
    """Return the currents of the usual C-rates; none without 1C and active mass."""
    if not cell.one_c_ma_g or not cell.active_mass_mg:
        return []
    mass = Quantity(cell.active_mass_mg, cell.active_mass_mg_u)
    area = Quantity(cell.area_cm2, cell.area_cm2_u) if cell.area_cm2 else None
    return list(rates(cell.one_c_ma_g, mass, area))


def rates(one_c_ma_g: float, mass_mg: Quantity, area_cm2: Quantity | None) -> Iterator[Rate]:
    """Give the currents of the usual C-rates for an active mass; raise RecipeError."""
    for name, c_rate in USUAL:
        found = c_rate_current(c_rate, one_c_ma_g, mass_mg, area_cm2)
        yield Rate(name, found.current_ma, found.current_density_ma_cm2)
