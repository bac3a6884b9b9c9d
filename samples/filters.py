"""Filters of the lists of samples."""

from typing import Any

import django_filters
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from labsite.access.forms import ProjectFilters, RecordFilters
from samples.models import (
    Chemical,
    Coating,
    Electrode,
    ElectrodeEvent,
    ElectrolyteBatch,
    Film,
    Lot,
)


def _active_materials(_request: HttpRequest) -> "QuerySet[Chemical]":
    return Chemical.objects.filter(role=Chemical.Role.ACTIVE_MATERIAL)


class ChemicalFilters(RecordFilters):
    """Substances."""

    SEARCHED = ("code", "aliases", "short_name", "name", "cas_number", "formula")

    class Meta:
        model = Chemical
        fields = ("q", "role", "voided")


class LotFilters(RecordFilters):
    """Bottles."""

    SEARCHED = ("code", "aliases", "lot_number", "supplier", "location", "chemical__short_name")

    class Meta:
        model = Lot
        fields = ("q", "chemical", "voided")


class BatchFilters(ProjectFilters):
    """Batches of electrolyte."""

    SEARCHED = ("code", "aliases", "composition", "notes")

    class Meta:
        model = ElectrolyteBatch
        fields = ("q", "project", "kind", "voided")


class FilmFilters(ProjectFilters):
    """Pieces of electrolyte."""

    SEARCHED = ("code", "aliases", "batch__code", "notes")

    class Meta:
        model = Film
        fields = ("q", "project", "form", "voided")


class CoatingFilters(ProjectFilters):
    """Coatings."""

    SEARCHED = ("code", "aliases", "current_collector", "notes")

    active_material = django_filters.ModelChoiceFilter(
        queryset=_active_materials, label=_("Active material")
    )

    class Meta:
        model = Coating
        fields = ("q", "project", "active_material", "voided")


class ElectrodeFilters(ProjectFilters):
    """Electrodes."""

    SEARCHED = ("code", "aliases", "coating__code", "metal__short_name", "notes")

    active_material = django_filters.ModelChoiceFilter(
        field_name="coating__active_material",
        queryset=_active_materials,
        label=_("Active material"),
    )
    state = django_filters.ChoiceFilter(
        choices=ElectrodeEvent.State.choices, method="now", label=_("State")
    )

    class Meta:
        model = Electrode
        fields = ("q", "project", "active_material", "state", "voided")

    def now(self, queryset: "QuerySet[Any]", _name: str, value: str) -> "QuerySet[Any]":
        """Keep electrodes whose last event says so."""
        last = ElectrodeEvent.objects.filter(electrode=OuterRef("pk")).order_by(
            "-at", "-created_at"
        )
        rows: QuerySet[Any] = queryset.annotate(now=Subquery(last.values("state")[:1])).filter(
            now=value
        )
        return rows
