"""The filter of the administration by which quantity is said of a step or an event."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from labsite.lib.quantities import Catalogue, by_name


class QuantityFilter(admin.SimpleListFilter):
    """Rows that say a quantity."""

    CATALOGUE: ClassVar[Catalogue]
    title = _("quantity")
    parameter_name = "quantity"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, str]]:
        """Offer all quantities of the catalogue."""
        return [(one.name, f"{one.title} ({one.name})") for one in by_name(self.CATALOGUE).values()]

    def queryset(self, _request: HttpRequest, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        """Keep the rows that say the chosen one."""
        name = self.value()
        return queryset.filter(actual__has_key=name) if name else queryset
