"""Routes of process steps and of what they used up."""

from collections.abc import Mapping
from typing import Any

import django_filters
from django.db.models import Q
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from labsite.access.idempotency import idempotent
from labsite.access.recording import EditConflictError, check_may_edit
from labsite.access.references import RecordField, ReferenceFilter
from labsite.access.serializers import ObjectField, RowSerializer, StrictSerializer
from labsite.access.viewsets import LogViewSet, ReadLogViewSet, conflict, joined
from labsite.lib.rest import etag, expected_version
from samples.models import Consumption, ElectrolyteBatch, ProcessStep
from samples.models.steps import SUBJECTS
from samples.processing import (
    StepDetails,
    Use,
    infiltrate_electrode,
    log_step,
    perform_step,
    plan_steps,
    revise_step,
)
from samples.quantities import QUANTITIES
from samples.quantityqueries import QuantityQuery

SAMPLE_PROJECTS = tuple(f"{name}__project" for name in SUBJECTS)


class ConsumptionSerializer(RowSerializer):
    """How much of a lot, or of an electrolyte batch, a step used."""

    class Meta:
        model = Consumption
        fields = (
            "id", "step", "lot", "batch", "ingredient", "planned_amount", "amount", "amount_u",
            "unit",
        )  # fmt: skip
        extra_kwargs = {"step": {"read_only": True}}
        validators: tuple[Any, ...] = ()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Want one material."""
        _exactly_one(attrs, ("lot", "batch"))
        return attrs


class StepSerializer(RowSerializer):
    """Something done to a batch, film, coating or electrode, with what it used up.

    Sent with ``performed_at`` null it is planned, not done yet. ``planned`` and ``actual`` hold
    quantities by name, such as ``{"uv_time_s": 300}``.
    """

    consumptions = ConsumptionSerializer(many=True, required=False)
    planned = ObjectField(required=False)
    actual = ObjectField(required=False)

    class Meta:
        model = ProcessStep
        fields = (
            "id", "kind", *SUBJECTS, "performed_at", "performed_by", "position", "planned",
            "actual", "note", "consumptions", "version", "created_at",
        )  # fmt: skip
        read_only_fields = ("performed_by", "position", "version")
        validators: tuple[Any, ...] = ()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Want one sample; what is only planned has neither actual quantities nor consumptions."""
        _exactly_one(attrs, SUBJECTS)
        planned = "performed_at" in attrs and attrs["performed_at"] is None
        if attrs["kind"] == ProcessStep.Kind.INFILTRATION and not planned:
            elsewhere = "Send this to /electrodes/{id}/infiltrate/."
            raise serializers.ValidationError({"kind": elsewhere})
        early = [name for name in ("actual", "consumptions", "note") if attrs.get(name)]
        if planned and early:
            raise serializers.ValidationError(
                {name: "The step is planned (performed_at is null): say this when it is done."
                 for name in early}
            )  # fmt: skip
        return attrs

    def create(self, validated_data: dict[str, Any]) -> ProcessStep:
        """Log or plan the step."""
        sample = next(validated_data[name] for name in SUBJECTS if validated_data.get(name))
        kind = validated_data["kind"]
        if "performed_at" in validated_data and validated_data["performed_at"] is None:
            steps = [{"kind": kind, "planned": validated_data.get("planned")}]
            return plan_steps(sample=sample, steps=steps, by=self.user)[0]
        return log_step(
            sample=sample,
            kind=kind,
            by=self.user,
            details=_details(validated_data),
            uses=_uses(validated_data) or (),
        )


class DoneSerializer(StrictSerializer):
    """How a planned step was done."""

    performed_at = serializers.DateTimeField(required=False)
    actual = ObjectField(required=False)
    note = serializers.CharField(max_length=400, required=False, allow_blank=True)
    consumptions = ConsumptionSerializer(many=True, required=False)


class RevisionSerializer(DoneSerializer):
    """A correction; what is left out stays, ``consumptions`` are replaced as a whole."""

    planned = ObjectField(required=False)
    version = serializers.IntegerField(required=False)


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


class StepQuery(QuantityQuery):
    """Process steps; of those that are only planned, the planned quantities count."""

    CATALOGUE = QUANTITIES
    NOT_DONE = Q(performed_at__isnull=True)

    batch = ReferenceFilter()
    film = ReferenceFilter()
    coating = ReferenceFilter()
    electrode = ReferenceFilter()
    planned = django_filters.BooleanFilter(
        field_name="performed_at", lookup_expr="isnull", help_text="Planned, not done yet."
    )

    class Meta:
        model = ProcessStep
        fields = ("kind",)


class StepViewSet(LogViewSet):
    """Steps of work on samples."""

    queryset = joined(ProcessStep).prefetch_related(
        "consumptions__lot__chemical", "consumptions__batch"
    )
    serializer_class = StepSerializer
    filterset_class = StepQuery
    PATHS = SAMPLE_PROJECTS

    def check_object_permissions(self, request: Request, obj: Any) -> None:
        """Let those change a step who may change its sample."""
        super().check_object_permissions(request, obj.sample)

    @extend_schema(request=DoneSerializer, responses=StepSerializer)
    @action(detail=True, methods=["post"], serializer_class=DoneSerializer)
    @idempotent()
    def perform(self, request: Request, **_kwargs: Any) -> Response:
        """Store that a planned step is done; 409 when somebody else has done it."""
        step, sent = self._step_and_sent(request)
        try:
            done = perform_step(
                step=step, by=self.user, details=_details(sent), uses=_uses(sent) or ()
            )
        except EditConflictError as error:
            raise conflict(step, error) from error
        return self._answer(done)

    @extend_schema(request=RevisionSerializer, responses=StepSerializer)
    @action(detail=True, methods=["post"], serializer_class=RevisionSerializer)
    @idempotent()
    def revise(self, request: Request, **_kwargs: Any) -> Response:
        """Correct a step that is done, if nobody else has changed it since; lots follow."""
        step, sent = self._step_and_sent(request)
        try:
            revised = revise_step(
                step=step,
                by=self.user,
                expected_version=expected_version(request),
                details=_details(sent),
                uses=_uses(sent),
            )
        except EditConflictError as error:
            raise conflict(step, error) from error
        return self._answer(revised)

    def _step_and_sent(self, request: Request) -> tuple[Any, Mapping[str, Any]]:
        step = self.get_object()
        check_may_edit(self.user, step.sample)
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        return step, serializer.validated_data

    def _answer(self, step: ProcessStep) -> Response:
        row = self.queryset.get(pk=step.pk)
        body = StepSerializer(row, context=self.get_serializer_context()).data
        return Response(body, headers=etag(row.version))


class ConsumptionQuery(django_filters.FilterSet):  # type: ignore[misc]  # untyped library
    """What steps used up."""

    lot = ReferenceFilter()
    batch = ReferenceFilter()

    class Meta:
        model = Consumption
        fields = ("step", "ingredient")


class ConsumptionViewSet(ReadLogViewSet):
    """What was used up, and in which step; entries are made together with their step."""

    queryset = joined(Consumption, "lot__chemical")
    serializer_class = ConsumptionSerializer
    filterset_class = ConsumptionQuery
    PATHS = tuple(f"step__{path}" for path in SAMPLE_PROJECTS)


def _details(sent: Mapping[str, Any]) -> StepDetails:
    names = ("performed_at", "planned", "actual", "note")
    return StepDetails(**{name: sent[name] for name in names if name in sent})


def _uses(sent: Mapping[str, Any]) -> list[Use] | None:
    """Return what was used; None when nothing is said of it."""
    if "consumptions" not in sent:
        return None
    return [
        Use(
            material=part.get("lot") or part["batch"],
            amount=part.get("amount"),
            unit=part.get("unit", Consumption.Unit.GRAM),
            amount_u=part.get("amount_u"),
            planned_amount=part.get("planned_amount"),
            ingredient=part.get("ingredient", ""),
        )
        for part in sent["consumptions"]
    ]


def _exactly_one(sent: Mapping[str, Any], names: tuple[str, ...]) -> None:
    given = [name for name in names if sent.get(name) is not None]
    if len(given) != 1:
        raise serializers.ValidationError(
            f"Found {', '.join(given) or 'none of them'}; exactly one of "
            f"{', '.join(names)} is allowed."
        )
