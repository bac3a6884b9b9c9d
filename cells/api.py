"""Routes of cells."""

from typing import Any

import django_filters
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from cells.assembly import harvest_electrode
from cells.filters import CellFilters
from cells.models import Cell, CellEvent
from cells.quantities import EVENT_QUANTITIES
from cells.serializers import CellEventSerializer, CellSerializer, HarvestSerializer
from labsite.access.idempotency import idempotent
from labsite.access.queries import ProjectQuery
from labsite.access.references import ReferenceFilter
from labsite.access.viewsets import LogViewSet, RecordViewSet, joined
from samples.api import ElectrodeViewSet
from samples.quantityqueries import QuantityQuery
from samples.serializers import ElectrodeSerializer


class CellQuery(ProjectQuery, CellFilters):
    """Cells."""

    film = ReferenceFilter()
    batch = ReferenceFilter(help_text="Directly in the cell, not through a film.")
    electrode = ReferenceFilter(field_name="places__electrode")
    coating = ReferenceFilter(field_name="places__electrode__coating", distinct=True)
    active_material = ReferenceFilter(
        field_name="places__electrode__coating__active_material", distinct=True
    )
    np_min = django_filters.NumberFilter(field_name="np_ratio", lookup_expr="gte")
    np_max = django_filters.NumberFilter(field_name="np_ratio", lookup_expr="lte")
    np_basis = django_filters.ChoiceFilter(choices=Cell.CapacityBasis.choices)
    external_pressure_min_mpa = django_filters.NumberFilter(
        field_name="external_pressure_mpa", lookup_expr="gte"
    )
    external_pressure_max_mpa = django_filters.NumberFilter(
        field_name="external_pressure_mpa", lookup_expr="lte"
    )
    built_in_pressure_min_kpa = django_filters.NumberFilter(
        field_name="built_in_pressure_kpa", lookup_expr="gte"
    )
    built_in_pressure_max_kpa = django_filters.NumberFilter(
        field_name="built_in_pressure_kpa", lookup_expr="lte"
    )
    assembled_after = django_filters.IsoDateTimeFilter(field_name="assembled_at", lookup_expr="gte")
    assembled_before = django_filters.IsoDateTimeFilter(field_name="assembled_at", lookup_expr="lt")


class CellViewSet(RecordViewSet):
    """Cells."""

    queryset = joined(Cell, "film__batch").prefetch_related("places__electrode")
    serializer_class = CellSerializer
    filterset_class = CellQuery

    @extend_schema(request=HarvestSerializer, responses=ElectrodeSerializer)
    @action(detail=True, methods=["post"], serializer_class=HarvestSerializer)
    @idempotent()
    def harvest(self, request: Request, **_kwargs: Any) -> Response:
        """Take an electrode out of the cell; the answer is the electrode."""
        cell = self.get_object()
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        role = serializer.validated_data["role"]
        place = cell.places.filter(role=role, removed_at=None).select_related("electrode").first()
        if place is None:
            raise ValidationError({"role": f"{cell.code} has no {role} electrode."})
        electrode = harvest_electrode(
            place=place,
            by=self.user,
            at=serializer.validated_data.get("at"),
            rinse=serializer.validated_data.get("rinse"),
            note=serializer.validated_data.get("note", ""),
        )
        context = self.get_serializer_context()
        row = ElectrodeViewSet.queryset.get(pk=electrode.pk)
        return Response(ElectrodeSerializer(row, context=context).data)


class CellEventQuery(QuantityQuery):
    """Events."""

    CATALOGUE = EVENT_QUANTITIES

    cell = ReferenceFilter()

    class Meta:
        model = CellEvent
        fields = ("kind",)


class CellEventViewSet(LogViewSet):
    """What happened to cells."""

    queryset = joined(CellEvent, "cell__project")
    serializer_class = CellEventSerializer
    filterset_class = CellEventQuery
    PATHS = ("cell__project",)
