"""Instruments, measurements and files in the API."""

from typing import Any

from django.db import transaction
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from labsite.access.recording import create_record
from labsite.access.references import AddressField, ReferenceSerializer
from labsite.access.serializers import (
    ObjectField,
    RecordSerializer,
    RowSerializer,
    StrictSerializer,
)
from measurements.attaching import attach_file
from measurements.conditions import check_conditions
from measurements.mappings.document import MappingError, from_json, to_json
from measurements.models import (
    SUBJECTS,
    Attachment,
    Channel,
    Instrument,
    LabFormat,
    Measurement,
    RawFile,
    Sensor,
)
from measurements.models.files import ATTACHED_TO


class FlatJsonField(serializers.JSONField):
    """JSON sent as text in a form; what is nested too deeply to be read is no valid JSON."""

    def to_internal_value(self, data: Any) -> Any:
        """Read the text; raises ValidationError."""
        try:
            return super().to_internal_value(data)
        except RecursionError:
            self.fail("invalid")


class ChannelSerializer(RowSerializer):
    """A channel of an instrument."""

    class Meta:
        model = Channel
        fields = ("id", "name", "current_range_a")
        validators: tuple[Any, ...] = ()


class InstrumentSerializer(RecordSerializer):
    """An instrument; ``channels`` that are sent are added, or changed when the name is known."""

    channels = ChannelSerializer(many=True, required=False)

    class Meta(RecordSerializer.Meta):
        model = Instrument

    def create(self, validated_data: dict[str, Any]) -> Instrument:
        """Store the instrument and its channels together."""
        channels = validated_data.pop("channels", [])
        with transaction.atomic():
            instrument = create_record(record=Instrument(**validated_data), by=self.user)
            self._put(instrument, channels)
        return instrument

    def update(self, instance: Any, validated_data: dict[str, Any]) -> Any:
        """Store the channels that are sent, then the instrument: results depend on both."""
        channels = validated_data.pop("channels", [])
        with transaction.atomic():
            self._put(instance, channels)
            return super().update(instance, validated_data)

    def _put(self, instrument: Instrument, channels: list[dict[str, Any]]) -> None:
        for sent in channels:
            channel = instrument.channels.filter(name=sent["name"]).first()
            if channel is None:
                channel = Channel(instrument=instrument, created_by=self.user)
            for name, value in sent.items():
                setattr(channel, name, value)
            channel.full_clean()
            channel.save()


class SensorSerializer(RecordSerializer):
    """A film force sensor."""

    class Meta(RecordSerializer.Meta):
        model = Sensor


class LabFormatSerializer(RecordSerializer):
    """A format of the lab; ``mapping`` says how the table is written and what columns mean."""

    mapping = ObjectField()

    class Meta(RecordSerializer.Meta):
        model = LabFormat

    def validate_mapping(self, mapping: dict[str, object]) -> dict[str, object]:
        """Check every field; the errors stand under their paths, as "columns.2.unit"."""
        try:
            return to_json(from_json(mapping))
        except MappingError as error:
            raise serializers.ValidationError(error.errors) from error


class TroubleSerializer(serializers.Serializer[Any]):
    """Why a job failed: a code for programs, a sentence for people."""

    code = serializers.CharField()
    message = serializers.CharField()


class JobSerializer(RowSerializer):
    """Where a piece of work stands."""

    error = serializers.SerializerMethodField()
    duration_s = serializers.FloatField(read_only=True, allow_null=True)

    @extend_schema_field(TroubleSerializer(allow_null=True))
    def get_error(self, job: Any) -> dict[str, str] | None:
        """Return why the work failed; null when it did not."""
        if not job.error_code:
            return None
        return {"code": job.error_code, "message": job.error_message}


class RawFileSerializer(serializers.Serializer[Any]):
    """A file of a measurement: the newest accepted revision of every part makes its table."""

    id = serializers.UUIDField()
    name = serializers.CharField(source="original_name")
    sha256 = serializers.CharField(source="blob_id")
    size_bytes = serializers.IntegerField(source="blob.size_bytes")
    part = serializers.IntegerField()
    revision = serializers.IntegerField()
    rows = serializers.IntegerField(allow_null=True)
    verdict = serializers.ChoiceField(choices=RawFile.Verdict.choices)
    reason = serializers.CharField(source="verdict_note")
    decided_by = serializers.CharField(source="decided_by.username", allow_null=True)
    created_by = serializers.CharField(source="created_by.username", allow_null=True)
    created_at = serializers.DateTimeField()


class MeasurementSerializer(RecordSerializer, JobSerializer):
    """A measurement: what was measured, how, and what was read from its file."""

    files = RawFileSerializer(source="raw_files", many=True, read_only=True)
    conditions = ObjectField(required=False)
    notices = serializers.ListField(child=ObjectField(), read_only=True)
    metadata = ObjectField(read_only=True)
    columns = serializers.ListField(child=serializers.CharField(), read_only=True)

    class Meta(RecordSerializer.Meta):
        model = Measurement
        exclude = (
            *RecordSerializer.Meta.exclude, "lease", "leased_by", "heartbeat_at", "dispatched_at",
            "dispatches", "error_code", "error_message", "error_trace", "content_key", "frame_path",
            "frame_sha256", "analyses_requested_at",
        )  # fmt: skip
        read_only_fields = ("project", "kind", *SUBJECTS)

    def validate_conditions(self, conditions: dict[str, object]) -> dict[str, float | str]:
        """Know every name."""
        try:
            return check_conditions(conditions)
        except ValueError as error:
            raise serializers.ValidationError(str(error)) from error

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Want a channel of the instrument."""
        instrument = attrs.get("instrument", getattr(self.instance, "instrument", None))
        channel = attrs.get("channel", getattr(self.instance, "channel", None))
        if channel is not None and channel.instrument_id != getattr(instrument, "pk", None):
            raise serializers.ValidationError({"channel": "No channel of the instrument."})
        return attrs


class UploadSerializer(StrictSerializer):
    """A file about one subject, with what the sender knows."""

    file = serializers.FileField(allow_empty_file=True)
    cell = serializers.CharField(required=False, help_text="Code or UUID, as for all subjects.")
    film = serializers.CharField(required=False)
    batch = serializers.CharField(required=False)
    coating = serializers.CharField(required=False)
    electrode = serializers.CharField(required=False)
    lot = serializers.CharField(required=False)
    sensor = serializers.CharField(required=False)
    kind = serializers.ChoiceField(choices=Measurement.Kind.choices, required=False)
    instrument = serializers.CharField(required=False, help_text="Code, name or UUID.")
    channel = serializers.CharField(required=False, help_text="Name, as 7-1.")
    performed_at = serializers.DateTimeField(
        required=False, help_text="A time without zone is read in the lab's."
    )
    conditions = FlatJsonField(required=False, help_text='For example {"temperature_celsius": 25}.')
    project = serializers.CharField(
        required=False, help_text="Name or UUID; for a lot or a sensor when you have several."
    )

    revision_of = serializers.CharField(
        required=False,
        help_text="Code or UUID of the measurement of which this is a newer file; without it the "
        "same name, subject, kind, instrument and channel tell.",
    )
    continues = serializers.CharField(
        required=False, help_text="Code or UUID of the measurement whose next part this file is."
    )

    def validate_conditions(self, conditions: Any) -> dict[str, Any]:
        """Want an object."""
        if not isinstance(conditions, dict):
            raise serializers.ValidationError("Expected a JSON object.")
        return conditions

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Want one subject, unless a measurement says it, and an instrument for a channel."""
        given = [name for name in SUBJECTS if name in attrs]
        named = "revision_of" in attrs or "continues" in attrs
        if len(given) != 1 and not (named and not given):
            raise serializers.ValidationError(
                f"Found {', '.join(given) or 'no subject'}; exactly one of "
                f"{', '.join(SUBJECTS)} is allowed."
            )
        if "channel" in attrs and "instrument" not in attrs:
            raise serializers.ValidationError({"channel": "Say of which instrument."})
        return attrs


class NextPartSerializer(StrictSerializer):
    """The measurement whose files go on where another's end."""

    next = serializers.CharField(help_text="Code or UUID.")


class MeasurementReferenceSerializer(ReferenceSerializer):
    """A measurement and where its reading stands."""

    status = serializers.ChoiceField(choices=Measurement.Status.choices)


class ReceiptSerializer(serializers.Serializer[Any]):
    """What became of a file; ``duplicate`` when the same bytes were there for the same subject."""

    id = serializers.UUIDField()
    sha256 = serializers.CharField()
    duplicate = serializers.BooleanField()
    part = serializers.IntegerField()
    revision = serializers.IntegerField()
    measurement = MeasurementReferenceSerializer()


class AttachmentSerializer(RowSerializer):
    """A photo, protocol or other file that belongs to one record."""

    file = serializers.FileField(write_only=True, allow_empty_file=True)
    name = serializers.CharField(source="original_name", read_only=True)
    sha256 = serializers.CharField(source="blob_id", read_only=True)
    size_bytes = serializers.IntegerField(source="blob.size_bytes", read_only=True)
    url = AddressField()

    class Meta:
        model = Attachment
        fields = (
            "id", "url", "file", "name", "title", *ATTACHED_TO, "sha256", "size_bytes",
            "created_by", "created_at",
        )  # fmt: skip
        validators: tuple[Any, ...] = ()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Want one record."""
        given = [name for name in ATTACHED_TO if attrs.get(name) is not None]
        if len(given) != 1:
            raise serializers.ValidationError(
                f"Found {', '.join(given) or 'no record'}; exactly one of "
                f"{', '.join(ATTACHED_TO)} is allowed."
            )
        return attrs

    def create(self, validated_data: dict[str, Any]) -> Attachment:
        """Store the file beside its record."""
        record = next(validated_data[name] for name in ATTACHED_TO if validated_data.get(name))
        return attach_file(
            file=validated_data["file"],
            name=validated_data["file"].name,
            record=record,
            title=validated_data.get("title", ""),
            by=self.user,
        )
