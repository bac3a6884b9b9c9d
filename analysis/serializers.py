"""Runs, metrics and methods in the API."""

import dataclasses
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from analysis.methods import Method
from analysis.models import AnalysisRun, Flag, Metric, RunInput
from labsite.access.references import AddressField, RecordField, ReferenceSerializer
from labsite.access.serializers import ObjectField, RowSerializer, StrictSerializer
from measurements.models import LabFormat
from measurements.serializers import JobSerializer, MeasurementSerializer

JSON_TYPES = {bool: "boolean", int: "integer", float: "number", str: "string"}
JSON_WORDS = {"help": "description", "min": "minimum", "max": "maximum", "choices": "enum"}


class FlagSerializer(serializers.ModelSerializer[Flag]):
    """A finding in words."""

    context = ObjectField()  # type: ignore[assignment]  # a field's name

    class Meta:
        model = Flag
        fields: tuple[str, ...] = ("code", "severity", "message", "context")


class MetricSerializer(serializers.ModelSerializer[Metric]):
    """A number with its standard uncertainty ``u`` (k = 1) and 95 % interval."""

    class Meta:
        model = Metric
        fields: tuple[str, ...] = (
            "name", "index", "qualifier", "value", "unit", "u", "lo95", "hi95", "n", "censored",
            "definition",
        )  # fmt: skip


class StaleSerializer(serializers.Serializer[Any]):
    """Since when and why a run no longer fits the records."""

    since = serializers.DateTimeField(source="stale_at")
    reason = serializers.CharField(source="stale_reason")


class RunLineSerializer(JobSerializer):
    """A run of one version of a method."""

    url = AddressField()
    version = serializers.CharField(source="method_version", read_only=True)
    stale = serializers.SerializerMethodField()

    class Meta:
        model = AnalysisRun
        fields: tuple[str, ...] = (
            "id", "url", "method", "version", "measurement", "status", "progress", "error",
            "verdict", "is_current", "stale", "created_at", "started_at", "finished_at",
            "duration_s", "requested_by",
        )  # fmt: skip

    @extend_schema_field(StaleSerializer(allow_null=True))
    def get_stale(self, run: AnalysisRun) -> dict[str, Any] | None:
        """Return since when and why the run no longer fits the records; null when it does."""
        return None if run.stale_at is None else dict(StaleSerializer(run).data)


class RunInputSerializer(RowSerializer):
    """A measurement that a run reads, in its role."""

    class Meta:
        model = RunInput
        fields = ("role", "measurement", "sha256")


class RunSerializer(RunLineSerializer):
    """A run with what it was given and what it found."""

    params = ObjectField(read_only=True)
    facts = ObjectField(read_only=True)
    inputs = RunInputSerializer(many=True, read_only=True)
    metrics = MetricSerializer(many=True, read_only=True)
    flags = FlagSerializer(many=True, read_only=True)

    class Meta(RunLineSerializer.Meta):
        fields = (
            *RunLineSerializer.Meta.fields, "params", "facts", "inputs", "code_revision", "log",
            "metrics", "flags",
        )  # fmt: skip


class RunReferenceSerializer(serializers.Serializer[Any]):
    """The run that a number comes from."""

    id = serializers.UUIDField()
    url = AddressField()
    method = serializers.CharField()
    version = serializers.CharField(source="method_version")
    verdict = serializers.ChoiceField(choices=AnalysisRun.Verdict.choices)
    is_current = serializers.BooleanField()
    stale = serializers.SerializerMethodField()

    def get_stale(self, run: AnalysisRun) -> bool:
        """Whether the run no longer fits the records."""
        return run.stale_at is not None


class FoundMetricSerializer(MetricSerializer):
    """A number with the run, the measurement and the subject that it comes from."""

    run = RunReferenceSerializer(read_only=True)
    measurement = RecordField(source="run.measurement", read_only=True)
    subject = RecordField(source="run.measurement.subject", read_only=True)

    class Meta(MetricSerializer.Meta):
        fields = (*MetricSerializer.Meta.fields, "run", "measurement", "subject")


class RunFlagSerializer(FlagSerializer):
    """A finding and the run that made it."""

    run = serializers.UUIDField(source="run_id")

    class Meta(FlagSerializer.Meta):
        fields = (*FlagSerializer.Meta.fields, "run")


class RunMetricSerializer(MetricSerializer):
    """A number, the run that it comes from and how far that is to be trusted."""

    run = serializers.UUIDField(source="run_id", read_only=True)
    verdict = serializers.CharField(source="run.verdict", read_only=True)

    class Meta(MetricSerializer.Meta):
        fields = (*MetricSerializer.Meta.fields, "run", "verdict")


class AnalysedMeasurementSerializer(MeasurementSerializer):
    """A measurement with what its current runs found."""

    runs = serializers.SerializerMethodField()
    metrics = serializers.SerializerMethodField()
    flags = serializers.SerializerMethodField()

    class Meta(MeasurementSerializer.Meta):
        pass

    @extend_schema_field(RunLineSerializer(many=True))
    def get_runs(self, measurement: Any) -> list[Any]:
        """Return the runs that count, one a method."""
        runs = measurement.current_runs
        return list(RunLineSerializer(runs, many=True, context=self.context).data)

    @extend_schema_field(RunMetricSerializer(many=True))
    def get_metrics(self, measurement: Any) -> list[Any]:
        """Return the numbers of the runs that count."""
        metrics = [metric for run in measurement.current_runs for metric in run.metrics.all()]
        return list(RunMetricSerializer(metrics, many=True).data)

    @extend_schema_field(RunFlagSerializer(many=True))
    def get_flags(self, measurement: Any) -> list[Any]:
        """Return the findings of the runs that count."""
        flags = [flag for run in measurement.current_runs for flag in run.flags.all()]
        return list(RunFlagSerializer(flags, many=True).data)


class NewRunSerializer(StrictSerializer):
    """Which method is to run on which measurements, with which parameters."""

    method = serializers.CharField()
    measurement = serializers.CharField(help_text="Code or UUID.")
    params = ObjectField(required=False)
    inputs = serializers.DictField(
        child=serializers.CharField(),
        required=False,
        help_text="Code or UUID of further measurements by role.",
    )


class CyclesSerializer(serializers.Serializer[Any]):
    """Values a cycle: by our pairing of half-cycles, and by the instrument's own counting."""

    run = ReferenceSerializer(allow_null=True)
    lims = serializers.ListField(child=ObjectField())
    instrument = serializers.ListField(child=ObjectField())


class MethodSerializer(serializers.Serializer[Any]):
    """An analysis that is installed."""

    name = serializers.CharField()
    version = serializers.CharField()
    title = serializers.CharField()
    summary = serializers.CharField()
    kinds = serializers.ListField(child=serializers.CharField())
    roles = serializers.ListField(child=serializers.CharField())
    facts = serializers.ListField(child=serializers.CharField())
    params = serializers.SerializerMethodField()

    @extend_schema_field(ObjectField())
    def get_params(self, method: Method) -> dict[str, object]:
        """Return the JSON schema of the parameters."""
        return params_schema(method.params)


class FormatSerializer(serializers.Serializer[Any]):
    """A file format that is read."""

    name = serializers.CharField()
    title = serializers.CharField()
    suffixes = serializers.ListField(child=serializers.CharField())
    kinds = serializers.ListField(child=serializers.CharField())

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """Return a built-in format, or one of the lab: its code, its name, any suffix."""
        if not isinstance(instance, LabFormat):
            return super().to_representation(instance)
        return {
            "name": instance.code,
            "title": instance.name,
            "suffixes": [],
            "kinds": [instance.kind],
        }


def params_schema(params: type) -> dict[str, object]:
    """Return the JSON schema of a method's parameters, from its dataclass."""
    properties = {}
    for field in dataclasses.fields(params):
        said = {
            word: field.metadata[name]
            for name, word in JSON_WORDS.items()
            if field.metadata.get(name) is not None
        }
        kind = JSON_TYPES[type(field.default)]
        properties[field.name] = {"type": kind, "default": field.default, **said}
    return {"type": "object", "properties": properties, "additionalProperties": False}
