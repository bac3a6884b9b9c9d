"""Filters of lists."""

from typing import Any

import django_filters
from django_filters.widgets import RangeWidget
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field


@extend_schema_field(OpenApiTypes.DOUBLE)
class NumberRange(django_filters.RangeFilter):  # type: ignore[misc]  # untyped library
    """Numbers from one to another; either end may be open."""

    def __init__(self, field_name: str, label: Any) -> None:
        """Show two fields beside each other."""
        ends = RangeWidget({"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(field_name=field_name, label=label, widget=ends)


class DayRange(django_filters.DateFromToRangeFilter):  # type: ignore[misc]  # untyped library
    """Days from one to another; either end may be open."""

    def __init__(self, field_name: str, label: Any) -> None:
        """Pick the days in the browser's own fields."""
        super().__init__(field_name=field_name, label=label, widget=RangeWidget({"type": "date"}))
