"""Routes of analyses: measurements with their results, metrics, runs, methods and formats."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import django_filters
import pyarrow.parquet as pq
from django.db.models import Prefetch, Q, QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from analysis import serializers as shapes
from analysis.launch import launch_run, request_analyses
from analysis.methods import Method, MethodError
from analysis.models import AnalysisRun, Metric
from analysis.registry import methods
from labsite.access.idempotency import idempotent
from labsite.access.references import ReferenceFilter, api_url, find
from labsite.access.viewsets import ScopedViewSet, joined
from labsite.lib.problems import ProblemError
from labsite.lib.rest import NewestFirst
from labsite.lib.storage import local_copy
from measurements import api as measurements_api
from measurements.api import not_ready
from measurements.discovery import formats
from measurements.models import SUBJECTS, LabFormat, Measurement
from measurements.queries import AboutFilter

RUNS = joined(AnalysisRun)
FAMILIES = {"lims": "cycles", "instrument": "instrument_cycles"}
"""Families of values a cycle, and the tables of a run that hold them."""


class MeasurementViewSet(measurements_api.MeasurementViewSet):
    """Measurements; a new one is made by sending a file to /files/."""

    def get_serializer_class(self) -> Any:
        """Show results of single measurements."""
        if self.action == "list":
            return self.serializer_class
        return shapes.AnalysedMeasurementSerializer

    def get_queryset(self) -> QuerySet[Any]:
        """Return the measurements, single ones with the runs that count."""
        rows = super().get_queryset()
        return rows if self.action == "list" else _with_results(rows)

    def reread(self, record: Any) -> Any:
        """Return the measurement as it is stored, with its results."""
        return _with_results(self.queryset).get(pk=record.pk)

    def after_change(self, record: Measurement) -> None:
        """Analyse again with the changed conditions."""
        if record.status == Measurement.Status.DONE:
            request_analyses(record)

    @extend_schema(responses=shapes.CyclesSerializer)
    @action(detail=True)
    def cycles(self, _request: Request, **_kwargs: Any) -> Response:
        """Return the values a cycle of the run that counts; both lists are empty without one."""
        measurement = self.get_object()
        tables = FAMILIES.values()
        run = next((run for run in measurement.current_runs if {*tables} & {*run.tables}), None)
        found = {family: _rows(run, table) for family, table in FAMILIES.items()}
        return Response({"run": run and self._reference(run), **found})

    def _reference(self, run: AnalysisRun) -> dict[str, Any]:
        return {"id": run.pk, "code": None, "url": api_url(run, self.request)}


def _with_results(rows: QuerySet[Any]) -> QuerySet[Any]:
    runs = RUNS.filter(is_current=True).prefetch_related(
        Prefetch("metrics", Metric.objects.select_related("run")), "flags"
    )
    return rows.prefetch_related(Prefetch("runs", runs, to_attr="current_runs"))


def _rows(run: AnalysisRun | None, table: str) -> list[dict[str, Any]]:
    """Return the rows of a run's table as objects; what is no number is null."""
    if run is None or table not in run.tables:
        return []
    with local_copy(run.tables[table]) as path:
        rows: list[dict[str, Any]] = pq.read_table(path).to_pylist()
    return [
        {name: None if value != value else value for name, value in row.items()}  # noqa: PLR0124 - NaN
        for row in rows
    ]


class RunQuery(django_filters.FilterSet):  # type: ignore[misc]  # untyped library
    """Runs."""

    measurement = ReferenceFilter()
    current = django_filters.BooleanFilter(field_name="is_current")

    class Meta:
        model = AnalysisRun
        fields = ("method", "status", "verdict")


class RunViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """Runs of analyses; they are never changed."""

    queryset = RUNS
    filterset_class = RunQuery

    def get_serializer_class(self) -> Any:
        """Show what a run found only where there is one."""
        return shapes.RunLineSerializer if self.action == "list" else shapes.RunSerializer

    def get_queryset(self) -> QuerySet[Any]:
        """Return the runs, single ones with what they found."""
        rows = super().get_queryset()
        return rows if self.action == "list" else _in_full(rows)

    @extend_schema(
        request=shapes.NewRunSerializer,
        responses={201: shapes.RunSerializer, 200: shapes.RunSerializer},
    )
    @idempotent()
    def create(self, request: Request, **_kwargs: Any) -> Response:
        """Queue a run; 200 with the one there is for the same method, parameters and inputs."""
        wish = shapes.NewRunSerializer(data=request.data)
        wish.is_valid(raise_exception=True)
        sent = wish.validated_data
        method = _method(sent["method"])
        measurement = self._readable(sent["measurement"])
        known = set(measurement.runs.values_list("pk", flat=True))
        try:
            run = launch_run(
                method=method,
                measurement=measurement,
                params=sent.get("params"),
                inputs=self._inputs(method, sent.get("inputs", {})),
                by=self.user,
            )
        except MethodError as error:
            raise ProblemError(HTTPStatus.BAD_REQUEST, error.code, error.message) from error
        body = self.get_serializer(_in_full(RUNS).get(pk=run.pk)).data
        return Response(body, status=HTTPStatus.OK if run.pk in known else HTTPStatus.CREATED)

    def _inputs(self, method: Method, sent: Mapping[str, str]) -> dict[str, Measurement]:
        """Return further measurements by role; raises ValidationError for a role there is not."""
        roles = method.roles[1:]
        for role in sent:
            if role not in roles:
                allowed = ", ".join(roles) or "none"
                raise ValidationError({"inputs": f"Found role {role}; allowed are: {allowed}."})
        return {role: self._readable(reference) for role, reference in sent.items()}

    def _readable(self, reference: str) -> Measurement:
        measurement: Measurement = find(Measurement, reference, self.user)
        if measurement.status != Measurement.Status.DONE:
            raise not_ready(measurement)
        return measurement


def _in_full(runs: QuerySet[Any]) -> QuerySet[Any]:
    return runs.prefetch_related("metrics", "flags", "inputs__measurement")


def _method(name: str) -> Method:
    if name not in methods():
        raise ValidationError({"method": f"Allowed are: {', '.join(methods())}."})
    return methods()[name]


class MetricQuery(django_filters.FilterSet):  # type: ignore[misc]  # untyped library
    """Metrics; those of records follow the lineage."""

    name = django_filters.BaseInFilter(help_text="One name, or several separated by commas.")
    measurement = ReferenceFilter(field_name="run__measurement")
    method = django_filters.CharFilter(field_name="run__method")
    project = ReferenceFilter(field_name="run__measurement__project", by="name")
    verdict = django_filters.ChoiceFilter(
        field_name="run__verdict", choices=AnalysisRun.Verdict.choices
    )
    current = django_filters.BooleanFilter(
        method="also_earlier", help_text="false: results of earlier runs too."
    )
    batch = AboutFilter(field_name="run__measurement__batch")
    film = AboutFilter(field_name="run__measurement__film")
    coating = AboutFilter(field_name="run__measurement__coating")
    electrode = AboutFilter(field_name="run__measurement__electrode")
    cell = AboutFilter(field_name="run__measurement__cell")
    lot = AboutFilter(field_name="run__measurement__lot")
    sensor = AboutFilter(field_name="run__measurement__sensor")

    class Meta:
        model = Metric
        fields = ("index", "qualifier")

    def filter_queryset(self, queryset: "QuerySet[Any]") -> Any:
        """Filter; earlier results only when they are asked for."""
        rows = super().filter_queryset(queryset)
        earlier = self.form.cleaned_data.get("current") is False
        return rows if earlier else rows.filter(run__is_current=True)

    def also_earlier(self, queryset: "QuerySet[Any]", _name: str, _value: bool) -> Any:
        """Leave the decision to ``filter_queryset``."""
        return queryset


class MetricViewSet(mixins.ListModelMixin, ScopedViewSet):
    """Numbers across all experiments, each with where it comes from."""

    permission_classes = (IsAuthenticated,)
    queryset = Metric.objects.select_related(
        "run__measurement__lot__chemical",
        *(f"run__measurement__{name}" for name in SUBJECTS),
    )
    serializer_class = shapes.FoundMetricSerializer
    filterset_class = MetricQuery
    pagination_class = NewestFirst

    def scoped(self, rows: Any) -> QuerySet[Any]:
        """Keep the numbers of finished runs on measurements that the person may read."""
        usable = Q(run__status=AnalysisRun.Status.DONE, run__measurement__voided_at=None)
        runs = AnalysisRun.objects.visible_to(self.user)
        kept: QuerySet[Any] = rows.filter(usable, run__in=runs)
        return kept


class CatalogueViewSet(viewsets.GenericViewSet[Any]):
    """What is installed; a short list on one page."""

    permission_classes = (IsAuthenticated,)
    lookup_field = "name"
    lookup_value_regex = "[^/]+"
    filter_backends = ()

    def installed(self) -> Mapping[str, object]:
        """Return the plug-ins by name."""
        raise NotImplementedError

    def list(self, _request: Request) -> Response:
        """Return all on one page."""
        results = self.get_serializer(list(self.installed().values()), many=True).data
        return Response({"next": None, "previous": None, "results": results})

    def retrieve(self, _request: Request, name: str) -> Response:
        """Return one by its name."""
        if name not in self.installed():
            raise NotFound(f"There is no {name}; there are: {', '.join(self.installed())}.")
        return Response(self.get_serializer(self.installed()[name]).data)


class MethodViewSet(CatalogueViewSet):
    """Analyses that are installed, with the JSON schema of their parameters."""

    serializer_class = shapes.MethodSerializer

    def installed(self) -> Mapping[str, object]:
        """Return the methods."""
        return methods()


class FormatViewSet(CatalogueViewSet):
    """File formats that are read, those of the lab under their codes."""

    serializer_class = shapes.FormatSerializer

    def installed(self) -> Mapping[str, object]:
        """Return the formats."""
        saved = LabFormat.objects.valid()
        return {**formats(), **{one.code: one for one in saved}}
