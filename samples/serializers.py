"""Materials and samples in the API."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from labsite.access.recording import create_record
from labsite.access.references import RecordField
from labsite.access.serializers import (
    ObjectField,
    RecordSerializer,
    RowSerializer,
    StrictSerializer,
)
from samples.models import (
    Chemical,
    Coating,
    CoatingComponent,
    Consumption,
    Electrode,
    ElectrodeEvent,
    ElectrolyteBatch,
    Film,
    Lot,
    ProcessStep,
)
from samples.models.steps import SUBJECTS
from samples.processing import (
    StepDetails,
    Use,
    create_electrode,
    infiltrate_electrode,
    log_step,
    state_of,
)


class ChemicalSerializer(RecordSerializer):
    """A substance."""

    class Meta(RecordSerializer.Meta):
        model = Chemical


class LotSerializer(RecordSerializer):
    """A bottle, bag or box of a chemical."""

    class Meta(RecordSerializer.Meta):
        model = Lot


class BatchSerializer(RecordSerializer):
    """One preparation of electrolyte."""

    class Meta(RecordSerializer.Meta):
        model = ElectrolyteBatch


class FilmSerializer(RecordSerializer):
    """A piece of electrolyte from one batch."""

    area_cm2 = serializers.FloatField(read_only=True, allow_null=True)

    class Meta(RecordSerializer.Meta):
        model = Film


class ComponentSerializer(RowSerializer):
    """An ingredient of a coating."""

    class Meta:
        model = CoatingComponent
        fields = ("chemical", "weight_parts", "solution_mass_fraction")


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
                coating.components.all().delete()
                self._put(coating, components)
        return coating

    def _put(self, coating: Coating, components: list[dict[str, Any]]) -> None:
        for component in components:
            row = CoatingComponent(coating=coating, created_by=self.user, **component)
            row.full_clean()
            row.save(force_insert=True)


class ElectrodeSerializer(RecordSerializer):
    """An electrode; ``state`` is what its last event says."""

    state = serializers.SerializerMethodField()
    area_cm2 = serializers.FloatField(read_only=True, allow_null=True)
    active_mass_loading_mg_cm2 = serializers.FloatField(read_only=True, allow_null=True)

    class Meta(RecordSerializer.Meta):
        model = Electrode

    @extend_schema_field(serializers.ChoiceField(choices=ElectrodeEvent.State.choices))
    def get_state(self, electrode: Electrode) -> str:
        """Return the state."""
        return state_of(electrode)

    def store(self, record: Electrode) -> Electrode:
        """Store the electrode as pristine."""
        return create_electrode(electrode=record, by=self.user)


class ElectrodeEventSerializer(RowSerializer):
    """A dated change of an electrode's state."""

    class Meta:
        model = ElectrodeEvent
        fields = ("id", "electrode", "state", "at", "note", "created_by", "created_at")


class ConsumptionSerializer(RowSerializer):
    """How much of a lot, or of an electrolyte batch, a step used."""

    class Meta:
        model = Consumption
        fields = ("id", "step", "lot", "batch", "planned_amount", "amount", "amount_u", "unit")
        extra_kwargs = {"step": {"read_only": True}}
        validators: tuple[Any, ...] = ()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Want one material."""
        _exactly_one(attrs, ("lot", "batch"))
        return attrs


class StepSerializer(RowSerializer):
    """Something done to a batch, film, coating or electrode, with what it used up."""

    consumptions = ConsumptionSerializer(many=True, required=False)
    planned = ObjectField(required=False)
    actual = ObjectField(required=False)

    class Meta:
        model = ProcessStep
        fields = (
            "id", "kind", *SUBJECTS, "performed_at", "performed_by", "planned", "actual", "note",
            "consumptions", "created_at",
        )  # fmt: skip
        read_only_fields = ("performed_by",)
        validators: tuple[Any, ...] = ()

    def validate_kind(self, kind: str) -> str:
        """Leave infiltrations to their own route, which also changes the electrode's state."""
        if kind == ProcessStep.Kind.INFILTRATION:
            raise serializers.ValidationError("Send this to /electrodes/{id}/infiltrate/.")
        return kind

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Want one sample."""
        _exactly_one(attrs, SUBJECTS)
        return attrs

    def create(self, validated_data: dict[str, Any]) -> ProcessStep:
        """Log the step."""
        sample = next(validated_data[name] for name in SUBJECTS if validated_data.get(name))
        return log_step(
            sample=sample,
            kind=validated_data["kind"],
            by=self.user,
            details=_details(validated_data),
            uses=[_use(part) for part in validated_data.get("consumptions", [])],
        )


class InfiltrationSerializer(StrictSerializer):
    """Which batch an electrode is infiltrated with."""

    batch = RecordField(queryset=ElectrolyteBatch.objects.all())
    volume_ul = serializers.FloatField(min_value=0, required=False)
    performed_at = serializers.DateTimeField(required=False)
    planned = ObjectField(required=False)
    actual = ObjectField(required=False)
    note = serializers.CharField(max_length=400, required=False, allow_blank=True)

    def create(self, validated_data: dict[str, Any]) -> ProcessStep:
        """Log the infiltration of ``electrode``, which the view adds."""
        return infiltrate_electrode(
            electrode=validated_data["electrode"],
            batch=validated_data["batch"],
            by=self.context["request"].user,
            volume_ul=validated_data.get("volume_ul"),
            details=_details(validated_data),
        )


def _details(sent: Mapping[str, Any]) -> StepDetails:
    names = ("performed_at", "planned", "actual", "note")
    return StepDetails(**{name: sent[name] for name in names if name in sent})


def _use(sent: Mapping[str, Any]) -> Use:
    return Use(
        material=sent.get("lot") or sent["batch"],
        amount=sent.get("amount"),
        unit=sent.get("unit", Consumption.Unit.GRAM),
        amount_u=sent.get("amount_u"),
        planned_amount=sent.get("planned_amount"),
    )


def _exactly_one(sent: Mapping[str, Any], names: tuple[str, ...]) -> None:
    given = [name for name in names if sent.get(name) is not None]
    if len(given) != 1:
        raise serializers.ValidationError(
            f"Found {', '.join(given) or 'none of them'}; exactly one of "
            f"{', '.join(names)} is allowed."
        )
