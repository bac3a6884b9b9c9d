"""Routes of materials and samples."""

from http import HTTPStatus
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from labsite.access.idempotency import idempotent
from labsite.access.viewsets import ReadLogViewSet, RecordViewSet, joined
from samples import queries
from samples import serializers as shapes
from samples.models import (
    Chemical,
    Coating,
    Electrode,
    ElectrodeEvent,
    ElectrolyteBatch,
    Film,
)
from samples.stepapi import InfiltrationSerializer, StepSerializer, StepViewSet
from samples.weighapi import WeighsBatches, WeighsSlurries


class ChemicalViewSet(RecordViewSet):
    """Substances of the lab."""

    queryset = joined(Chemical)
    serializer_class = shapes.ChemicalSerializer
    filterset_class = queries.ChemicalQuery


class BatchViewSet(WeighsBatches, RecordViewSet):
    """Batches of electrolyte."""

    queryset = joined(ElectrolyteBatch)
    serializer_class = shapes.BatchSerializer
    filterset_class = queries.BatchQuery


class FilmViewSet(RecordViewSet):
    """Films and other pieces of electrolyte."""

    queryset = joined(Film)
    serializer_class = shapes.FilmSerializer
    filterset_class = queries.FilmQuery


class CoatingViewSet(WeighsSlurries, RecordViewSet):
    """Coatings with their dry composition."""

    queryset = joined(Coating).prefetch_related("components__chemical")
    serializer_class = shapes.CoatingSerializer
    filterset_class = queries.CoatingQuery


class ElectrodeViewSet(RecordViewSet):
    """Electrodes."""

    queryset = joined(Electrode, "coating__active_material").prefetch_related("events")
    serializer_class = shapes.ElectrodeSerializer
    filterset_class = queries.ElectrodeQuery

    @extend_schema(request=InfiltrationSerializer, responses={201: StepSerializer})
    @action(detail=True, methods=["post"], serializer_class=InfiltrationSerializer)
    @idempotent()
    def infiltrate(self, request: Request, **_kwargs: Any) -> Response:
        """Log that the electrode was infiltrated with a batch."""
        electrode = self.get_object()
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        step = serializer.save(electrode=electrode)
        context = self.get_serializer_context()
        body = StepSerializer(StepViewSet.queryset.get(pk=step.pk), context=context).data
        return Response(body, status=HTTPStatus.CREATED)


class ElectrodeEventViewSet(ReadLogViewSet):
    """What became of electrodes; entries are made by what is done to them."""

    queryset = joined(ElectrodeEvent, "electrode__project")
    serializer_class = shapes.ElectrodeEventSerializer
    filterset_class = queries.ElectrodeEventQuery
    PATHS = ("electrode__project",)
