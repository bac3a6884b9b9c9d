"""Routes of the channels: which cell is on which, putting cells on and taking them off."""

from typing import Any

import django_filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from labsite.access.idempotency import idempotent
from labsite.access.references import AddressField, ReferenceFilter
from labsite.access.serializers import RowSerializer, StrictSerializer
from labsite.access.viewsets import LogViewSet, joined
from measurements.channelling import put_on_channel, take_off_channel
from measurements.models import ChannelUse


class ChannelUseSerializer(RowSerializer):
    """A cell's time on a channel; the channel by UUID, as its instrument shows it."""

    url = AddressField()
    instrument = serializers.CharField(source="channel.instrument.code", read_only=True)
    channel_name = serializers.CharField(source="channel.name", read_only=True)
    note = serializers.CharField(
        write_only=True, required=False, max_length=200, help_text="Goes with the event."
    )

    class Meta:
        model = ChannelUse
        fields = (
            "id", "url", "cell", "channel", "channel_name", "instrument", "started_at", "ended_at",
            "note", "created_by", "created_at",
        )  # fmt: skip
        read_only_fields = ("created_by",)
        validators: tuple[Any, ...] = ()

    def get_extra_kwargs(self) -> dict[str, Any]:
        """Leave the constraints to the service, whose sentence names the other cell."""
        extra: dict[str, Any] = super().get_extra_kwargs()
        for name in ("cell", "channel"):
            extra[name] = {**extra.get(name, {}), "validators": []}
        return extra

    def create(self, validated_data: dict[str, Any]) -> ChannelUse:
        """Put the cell on the channel."""
        return put_on_channel(
            cell=validated_data["cell"],
            channel=validated_data["channel"],
            by=self.user,
            at=validated_data.get("started_at"),
            until=validated_data.get("ended_at"),
            note=validated_data.get("note", ""),
        )


class TakeOffSerializer(StrictSerializer):
    """When a cell is taken off its channel."""

    at = serializers.DateTimeField(required=False)
    note = serializers.CharField(required=False, max_length=200)


class ChannelUseQuery(django_filters.FilterSet):  # type: ignore[misc]  # untyped library
    """Times of cells on channels."""

    cell = ReferenceFilter()
    instrument = ReferenceFilter(field_name="channel__instrument")
    channel = django_filters.UUIDFilter()
    now = django_filters.BooleanFilter(
        field_name="ended_at", lookup_expr="isnull", help_text="Those that are on a channel now."
    )

    class Meta:
        model = ChannelUse
        fields = ()


class ChannelUseViewSet(LogViewSet):
    """Which cell was when on which channel; a new one puts the cell on test."""

    queryset = joined(ChannelUse, "cell__project", "channel__instrument")
    serializer_class = ChannelUseSerializer
    filterset_class = ChannelUseQuery
    PATHS = ("cell__project",)

    def check_object_permissions(self, request: Request, obj: ChannelUse) -> None:
        """Let those change it who may change the cell."""
        super().check_object_permissions(request, obj.cell)

    @extend_schema(request=TakeOffSerializer, responses=ChannelUseSerializer)
    @action(detail=True, methods=["post"], url_path="take-off", serializer_class=TakeOffSerializer)
    @idempotent()
    def take_off(self, request: Request, **_kwargs: Any) -> Response:
        """Take the cell off its channel, which ends its test."""
        use = self.get_object()
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        said = serializer.validated_data
        take_off_channel(use=use, by=self.user, at=said.get("at"), note=said.get("note", ""))
        row = self.queryset.get(pk=use.pk)
        return Response(ChannelUseSerializer(row, context=self.get_serializer_context()).data)
