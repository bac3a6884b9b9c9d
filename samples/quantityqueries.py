"""Filters of the API by quantities: which steps and events say what of them."""

from typing import Any, ClassVar

import django_filters
from django.db.models import Q, QuerySet
from rest_framework.exceptions import ValidationError

from labsite.lib.quantities import Catalogue, Quantity, by_name


class QuantityQuery(django_filters.FilterSet):  # type: ignore[misc]  # untyped library
    """Rows by one of their quantities: its name, bounds of a number, or an exact value."""

    CATALOGUE: ClassVar[Catalogue]
    NOT_DONE: ClassVar[Q | None] = None
    """Rows of which the plan counts, as nothing is done yet."""

    quantity = django_filters.CharFilter(
        method="as_it_is", help_text="Name of a quantity, such as uv_time_s."
    )
    min = django_filters.NumberFilter(method="as_it_is", help_text="Least value of the quantity.")
    max = django_filters.NumberFilter(method="as_it_is", help_text="Largest value of the quantity.")
    value = django_filters.CharFilter(method="as_it_is", help_text="Exact value of the quantity.")

    def as_it_is(self, queryset: "QuerySet[Any]", _name: str, _value: Any) -> "QuerySet[Any]":
        """Leave the rows: the four parameters are looked at together."""
        return queryset

    def filter_queryset(self, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        """Keep the rows that say such a value; raises ValidationError."""
        rows: QuerySet[Any] = super().filter_queryset(queryset)
        asked = {name: self.form.cleaned_data.get(name) for name in ("min", "max", "value")}
        given = {name: value for name, value in asked.items() if value not in (None, "")}
        name = self.form.cleaned_data.get("quantity") or ""
        if not name:
            if given:
                raise ValidationError({"quantity": "Say of which quantity, such as uv_time_s."})
            return rows
        known = by_name(self.CATALOGUE)
        if name not in known:
            raise ValidationError({"quantity": f"Unknown; known are: {', '.join(known)}."})
        condition = holds("actual", known[name], given)
        if self.NOT_DONE is not None:
            condition |= self.NOT_DONE & holds("planned", known[name], given)
        return rows.filter(condition)


def holds(column: str, quantity: Quantity, given: dict[str, Any]) -> Q:
    """Return the condition that a column says a value as asked for; raises ValidationError."""
    path = f"{column}__{quantity.name}"
    condition = Q(**{f"{column}__has_key": quantity.name})
    if not quantity.is_number:
        if {"min", "max"} & set(given):
            allowed = f"{quantity.name} is no number; ask with value={quantity.allowed()}."
            raise ValidationError({"quantity": allowed})
        return condition & Q(**{path: given["value"]}) if given else condition
    bounds = {"min": "gte", "max": "lte"}
    for name, lookup in bounds.items():
        if name in given:
            condition &= Q(**{f"{path}__{lookup}": float(given[name])})
    if "value" in given:
        try:
            condition &= Q(**{path: float(given["value"])})
        except ValueError as error:
            raise ValidationError({"value": f"{quantity.name} is a number."}) from error
    return condition
