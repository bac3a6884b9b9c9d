"""Cells in the API."""

from typing import Any

from django.utils import timezone
from rest_framework import serializers

from cells.assembly import assemble_cell
from cells.derived import keep_typed
from cells.events import log_event
from cells.models import Cell, CellElectrode, CellEvent
from cells.roles import doubled_electrodes, missing_electrodes
from labsite.access.references import RecordField
from labsite.access.serializers import (
    ObjectField,
    RecordSerializer,
    RowSerializer,
    StrictSerializer,
)
from samples.models import Electrode


class PlaceSerializer(RowSerializer):
    """An electrode's time in a cell."""

    class Meta:
        model = CellElectrode
        fields = ("role", "electrode", "installed_at", "removed_at")


class ElectrodesSerializer(StrictSerializer):
    """Electrodes by role, to put a cell together."""

    negative = RecordField(queryset=Electrode.objects.all(), required=False)
    positive = RecordField(queryset=Electrode.objects.all(), required=False)
    reference = RecordField(queryset=Electrode.objects.all(), required=False)


class CellSerializer(RecordSerializer):
    """A cell; ``electrodes`` are given when it is put together, ``places`` tell where they were."""

    electrodes = ElectrodesSerializer(write_only=True, required=False)
    places = PlaceSerializer(many=True, read_only=True)

    class Meta(RecordSerializer.Meta):
        model = Cell

    def validate_electrodes(self, electrodes: dict[str, Electrode]) -> dict[str, Electrode]:
        """Take electrodes only for a new cell."""
        if self.instance is not None:
            raise serializers.ValidationError("Electrodes are given when a cell is put together.")
        return electrodes

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Want the electrodes that the type needs; what is sent is not called derived."""
        if self.instance is None:
            chosen = attrs.get("electrodes", {})
            housing = attrs.get("format", Cell.Format.COIN_2032)
            problems = missing_electrodes(attrs["cell_type"], housing, chosen)
            problems |= doubled_electrodes(chosen)
            if problems:
                raise serializers.ValidationError({"electrodes": problems})
        return {**attrs, **keep_typed(self.instance, attrs)}

    def create(self, validated_data: dict[str, Any]) -> Cell:
        """Put the cell together."""
        electrodes = validated_data.pop("electrodes", {})
        return assemble_cell(cell=Cell(**validated_data), electrodes=electrodes, by=self.user)


class HarvestSerializer(StrictSerializer):
    """Which electrode is taken out of a cell, when, and how it is rinsed."""

    role = serializers.ChoiceField(choices=CellElectrode.Role.choices)
    at = serializers.DateTimeField(required=False)
    rinse = ObjectField(
        required=False, help_text='For example {"rinse_solvent": "DMC", "rinse_time_s": 60}.'
    )
    note = serializers.CharField(required=False, max_length=200, allow_blank=True)


class CellEventSerializer(RowSerializer):
    """A dated event of a cell; a pressure reading also becomes what the cell says.

    ``planned`` and ``actual`` hold quantities by name, such as ``{"pressure_mpa": 300}``.
    """

    planned = ObjectField(required=False)
    actual = ObjectField(required=False)

    class Meta:
        model = CellEvent
        fields = (
            "id", "cell", "kind", "at", "planned", "actual", "note", "created_by", "created_at",
        )  # fmt: skip
        read_only_fields = ("created_by",)

    def create(self, validated_data: dict[str, Any]) -> CellEvent:
        """Log the event."""
        return log_event(
            cell=validated_data["cell"],
            kind=validated_data["kind"],
            at=validated_data.get("at") or timezone.now(),
            note=validated_data.get("note", ""),
            by=self.user,
            planned=validated_data.get("planned"),
            actual=validated_data.get("actual"),
        )
