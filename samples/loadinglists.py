"""Areas and loadings of electrodes as the database works them out: to sort and to filter lists."""

import math
from typing import Any

from django.db.models import Case, Expression, F, FloatField, QuerySet, Value, When
from django.db.models.functions import Coalesce, NullIf

from labsite.lib.filters import NumberRange

Rows = QuerySet[Any]


def _number(value: float) -> Value:
    return Value(value, output_field=FloatField())


def area_cm2() -> Expression:
    """Return the area of a face in cm²: πd²/4, or width times length."""
    disc = F("diameter_mm") * F("diameter_mm") * _number(math.pi / 400)
    sheet = F("width_mm") * F("length_mm") / _number(100.0)
    return Case(
        When(diameter_mm__isnull=False, then=disc), default=sheet, output_field=FloatField()
    )


def loading_mg_cm2() -> Any:
    """Return the active mass per area in mg/cm²."""
    return F("active_mass_mg") / NullIf(area_cm2(), _number(0.0))


def capacity_mah_cm2() -> Any:
    """Return the theoretical areal capacity in mAh/cm²."""
    material = "coating__active_material__"
    per_gram = Coalesce(
        NullIf(F(f"{material}theoretical_capacity_mah_g"), _number(0.0)),
        F(f"{material}one_c_ma_g"),
    )
    return loading_mg_cm2() * per_gram / _number(1000.0)


WORKED_OUT = {
    "area_cm2": area_cm2,
    "active_mass_loading_mg_cm2": loading_mg_cm2,
    "areal_capacity_mah_cm2": capacity_mah_cm2,
}
"""What can be sorted and filtered by, although no column of the table holds it."""


def sorted_by(rows: Rows, name: str, *, descending: bool) -> Rows:
    """Sort by something worked out; what is not known comes last."""
    sought = F(f"sought_{name}")
    order = sought.desc(nulls_last=True) if descending else sought.asc(nulls_last=True)
    known: Rows = rows.alias(**{f"sought_{name}": WORKED_OUT[name]()})
    return known.order_by(order, "code")


class WorkedOutRange(NumberRange):
    """Numbers from one to another of something worked out."""

    def __init__(self, name: str, label: Any) -> None:
        """Keep what is sought."""
        self.name = name
        super().__init__(f"sought_{name}", label)

    def filter(self, rows: Rows, value: slice | None) -> Rows:
        """Keep the rows in the range."""
        if not value:
            return rows
        found: Rows = super().filter(
            rows.alias(**{f"sought_{self.name}": WORKED_OUT[self.name]()}), value
        )
        return found
