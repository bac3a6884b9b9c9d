"""Filters of the list of cells."""

from typing import Any

import django_filters
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from cells.models import Cell, CellEvent
from labsite.access.forms import ProjectFilters


class CellFilters(ProjectFilters):
    """Cells."""

    SEARCHED = ("code", "aliases", "film__code", "batch__code", "notes")

    state = django_filters.ChoiceFilter(
        choices=CellEvent.Kind.choices, method="now", label=_("State")
    )

    class Meta:
        model = Cell
        fields = ("q", "project", "cell_type", "format", "state", "voided")

    def now(self, queryset: "QuerySet[Any]", _name: str, value: str) -> "QuerySet[Any]":
        """Keep cells whose last event says so."""
        last = CellEvent.objects.filter(cell=OuterRef("pk")).order_by("-at", "-created_at")
        rows: QuerySet[Any] = queryset.annotate(now=Subquery(last.values("kind")[:1])).filter(
            now=value
        )
        return rows
