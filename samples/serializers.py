"""Materials and samples in the API."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from labsite.access.recording import create_record
from labsite.access.serializers import (
    RecordSerializer,
    RowSerializer,
)
from labsite.lib.fields import Source
from samples.lotstates import LotState, states_of
from samples.models import (
    Chemical,
    Coating,
    CoatingComponent,
    Electrode,
    ElectrodeEvent,
    ElectrolyteBatch,
    Film,
    Lot,
)
from samples.processing import (
    create_electrode,
    state_of,
)
from samples.slurries import store_fractions
from samples.stock import create_lot


class ChemicalSerializer(RecordSerializer):
    """A substance."""

    class Meta(RecordSerializer.Meta):
        model = Chemical


class LotSerializer(RecordSerializer):
    """A bottle, bag or box of a chemical; ``states`` is all that is to be said of it."""

    states = serializers.SerializerMethodField()

    class Meta(RecordSerializer.Meta):
        model = Lot

    @extend_schema_field(serializers.ListField(child=serializers.ChoiceField(LotState.choices)))
    def get_states(self, lot: Lot) -> list[str]:
        """Return the states, the gravest first."""
        return [state.value for state in states_of(lot, timezone.localdate())]

    def store(self, record: Lot) -> Lot:
        """Store the lot with the first entry of its ledger."""
        return create_lot(lot=record, by=self.user)


class BatchSerializer(RecordSerializer):
    """One preparation of electrolyte."""

    class Meta(RecordSerializer.Meta):
        model = ElectrolyteBatch


def known(source: str) -> serializers.FloatField:
    """Return a number that is worked out; null when something it needs is not known."""
    return serializers.FloatField(source=source, read_only=True, allow_null=True)


class FilmSerializer(RecordSerializer):
    """A piece of electrolyte from one batch; what is worked out comes with its ``_u``."""

    area_cm2 = known("area.value")
    area_cm2_u = known("area.u")
    cross_section_mm2 = known("cross_section_mm2.value")
    cross_section_mm2_u = known("cross_section_mm2.u")
    volume_mm3 = known("volume_mm3.value")
    volume_mm3_u = known("volume_mm3.u")
    density_g_cm3 = known("density_g_cm3.value")
    density_g_cm3_u = known("density_g_cm3.u")

    class Meta(RecordSerializer.Meta):
        model = Film


class ComponentSerializer(RowSerializer):
    """An ingredient of a coating."""

    class Meta:
        model = CoatingComponent
        fields = (
            "chemical", "weight_parts", "solution_mass_fraction", "solution_mass_fraction_u",
        )  # fmt: skip


class CoatingSerializer(RecordSerializer):
    """A coating with its dry composition; ``components`` are replaced as a whole."""

    components = ComponentSerializer(many=True, required=False)

    class Meta(RecordSerializer.Meta):
        model = Coating

    def create(self, validated_data: dict[str, Any]) -> Coating:
        """Store the coating and its components together."""
        components = validated_data.pop("components", [])
        with transaction.atomic():
            coating = create_record(record=Coating(**validated_data), by=self.user)
            self._put(coating, components)
        return coating

    def update(self, instance: Any, validated_data: dict[str, Any]) -> Any:
        """Store the changed coating; its components only when they are sent."""
        components = validated_data.pop("components", None)
        with transaction.atomic():
            coating = super().update(instance, validated_data)
            if components is not None:
                CoatingComponent.objects.filter(coating=coating).delete()
                self._put(coating, components)
                store_fractions([coating])
        return coating

    def _put(self, coating: Coating, components: list[dict[str, Any]]) -> None:
        for component in components:
            row = CoatingComponent(coating=coating, created_by=self.user, **component)
            row.full_clean()
            row.save(force_insert=True)


class ElectrodeSerializer(RecordSerializer):
    """An electrode; ``state`` is what its last event says."""

    state = serializers.SerializerMethodField()
    area_cm2 = known("area.value")
    area_cm2_u = known("area.u")
    active_mass_loading_mg_cm2 = known("loading.value")
    active_mass_loading_mg_cm2_u = known("loading.u")
    theoretical_areal_capacity_mah_cm2 = known("areal_capacity.value")
    theoretical_areal_capacity_mah_cm2_u = known("areal_capacity.u")

    class Meta(RecordSerializer.Meta):
        model = Electrode

    @extend_schema_field(serializers.ChoiceField(choices=ElectrodeEvent.State.choices))
    def get_state(self, electrode: Electrode) -> str:
        """Return the state."""
        return state_of(electrode)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Let "derived" stand only for masses that the calculation has set; a sent one is typed."""
        derived, stored = Source.DERIVED, self.instance
        mass = attrs.get("active_mass_mg")
        if mass is None or mass == getattr(stored, "active_mass_mg", None):
            return attrs
        if attrs.get("active_mass_source") == derived:
            raise serializers.ValidationError(
                {"active_mass_source": "A derived active mass is calculated: leave the mass out."}
            )
        if getattr(stored, "active_mass_source", "") == derived:
            attrs.setdefault("active_mass_source", "")
        return attrs

    def store(self, record: Electrode) -> Electrode:
        """Store the electrode as pristine."""
        return create_electrode(electrode=record, by=self.user)


class ElectrodeEventSerializer(RowSerializer):
    """A dated change of an electrode's state."""

    class Meta:
        model = ElectrodeEvent
        fields = ("id", "electrode", "state", "at", "note", "created_by", "created_at")
