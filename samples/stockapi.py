"""Routes of lots and their ledger."""

from http import HTTPStatus
from typing import Any

import django_filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from labsite.access.idempotency import idempotent
from labsite.access.references import ReferenceFilter
from labsite.access.serializers import RowSerializer, StrictSerializer
from labsite.access.viewsets import ReadLogViewSet, RecordViewSet, joined
from samples import queries
from samples import serializers as shapes
from samples.models import Lot, StockEntry
from samples.stock import discard, stocktake


class StockEntrySerializer(RowSerializer):
    """One change of a lot's stock; ``change`` and ``remaining`` are in the unit of the lot."""

    class Meta:
        model = StockEntry
        fields = (
            "id", "lot", "kind", "change", "remaining", "consumption", "at", "note", "created_by",
            "created_at",
        )  # fmt: skip


class StocktakeSerializer(StrictSerializer):
    """What was counted, in the unit of the lot."""

    counted_amount = serializers.FloatField(min_value=0)
    note = serializers.CharField(max_length=200, required=False, allow_blank=True)

    def create(self, validated_data: dict[str, Any]) -> StockEntry:
        """Write the count of ``lot``, which the view adds."""
        return stocktake(
            lot=validated_data["lot"],
            counted=validated_data["counted_amount"],
            by=self.context["request"].user,
            note=validated_data.get("note", ""),
        )


class DiscardSerializer(StrictSerializer):
    """What was thrown away, in the unit of the lot; without an amount all that was left."""

    amount = serializers.FloatField(required=False)
    note = serializers.CharField(max_length=200)

    def create(self, validated_data: dict[str, Any]) -> StockEntry:
        """Write what went from ``lot``, which the view adds."""
        return discard(
            lot=validated_data["lot"],
            by=self.context["request"].user,
            note=validated_data["note"],
            amount=validated_data.get("amount"),
        )


class StockEntryQuery(django_filters.FilterSet):  # type: ignore[misc]  # untyped library
    """Entries of the ledger."""

    lot = ReferenceFilter()
    at_after = django_filters.IsoDateTimeFilter(field_name="at", lookup_expr="gte")
    at_before = django_filters.IsoDateTimeFilter(field_name="at", lookup_expr="lt")

    class Meta:
        model = StockEntry
        fields = ("kind", "consumption")


class StockEntryViewSet(ReadLogViewSet):
    """The ledger of the lots; entries are made by what is done with a lot, none is ever changed."""

    queryset = joined(StockEntry, "lot__chemical")
    serializer_class = StockEntrySerializer
    filterset_class = StockEntryQuery
    PATHS = ()
    LAB_WIDE = ("lot",)


class LotViewSet(RecordViewSet):
    """Bottles, bags and boxes of chemicals."""

    queryset = joined(Lot)
    serializer_class = shapes.LotSerializer
    filterset_class = queries.LotQuery

    @extend_schema(request=StocktakeSerializer, responses={201: StockEntrySerializer})
    @action(detail=True, methods=["post"], serializer_class=StocktakeSerializer)
    @idempotent()
    def stocktake(self, request: Request, **_kwargs: Any) -> Response:
        """Set what the lot holds to what was counted."""
        return self._written(request)

    @extend_schema(request=DiscardSerializer, responses={201: StockEntrySerializer})
    @action(detail=True, methods=["post"], serializer_class=DiscardSerializer)
    @idempotent()
    def discard(self, request: Request, **_kwargs: Any) -> Response:
        """Throw away some of the lot, or all that is left of it."""
        return self._written(request)

    def _written(self, request: Request) -> Response:
        lot = self.get_object()
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        entry = serializer.save(lot=lot)
        context = self.get_serializer_context()
        return Response(StockEntrySerializer(entry, context=context).data, HTTPStatus.CREATED)
