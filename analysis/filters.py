"""Filters of the list of runs."""

from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from analysis.models import AnalysisRun, Flag
from analysis.registry import methods
from labsite.access.models import Project


def _projects(request: HttpRequest) -> "QuerySet[Project]":
    return Project.objects.visible_to(request.user)  # type: ignore[arg-type]  # pages need a login


def _methods() -> list[tuple[str, str]]:
    return [(method.name, method.title) for method in methods().values()]


class RunFilters(django_filters.FilterSet):  # type: ignore[misc]  # untyped library
    """Runs; those that another run replaced are left out unless asked for."""

    method = django_filters.ChoiceFilter(choices=_methods, label=_("Method"), empty_label=_("any"))
    status = django_filters.ChoiceFilter(
        choices=AnalysisRun.Status.choices, label=_("State"), empty_label=_("any")
    )
    verdict = django_filters.ChoiceFilter(
        choices=AnalysisRun.Verdict.choices, label=_("Verdict"), empty_label=_("any")
    )
    project = django_filters.ModelChoiceFilter(
        field_name="measurement__project",
        queryset=_projects,
        label=_("Project"),
        empty_label=_("any"),
    )
    since = django_filters.DateFilter(
        field_name="finished_at",
        lookup_expr="date__gte",
        label=_("Finished from"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    flagged = django_filters.BooleanFilter(
        method="with_flags", label=_("With warnings"), widget=forms.CheckboxInput
    )
    stale = django_filters.BooleanFilter(
        method="only_stale", label=_("Stale"), widget=forms.CheckboxInput
    )
    replaced = django_filters.BooleanFilter(
        method="with_replaced", label=_("Replaced too"), widget=forms.CheckboxInput
    )

    class Meta:
        model = AnalysisRun
        fields = (
            "method", "status", "verdict", "project", "since", "flagged", "stale", "replaced",
        )  # fmt: skip

    def with_flags(self, queryset: "QuerySet[Any]", _name: str, value: bool) -> "QuerySet[Any]":
        """Keep runs with a flag that is more than a note."""
        grave = Flag.objects.exclude(severity=Flag.Severity.INFO)
        return queryset.filter(pk__in=grave.values("run")) if value else queryset

    def only_stale(self, queryset: "QuerySet[Any]", _name: str, value: bool) -> "QuerySet[Any]":
        """Keep runs whose facts have changed since."""
        return queryset.filter(stale_at__isnull=False) if value else queryset

    def with_replaced(self, queryset: "QuerySet[Any]", _name: str, value: bool) -> "QuerySet[Any]":
        """Leave out what another run replaced."""
        if value:
            return queryset
        ended = (AnalysisRun.Status.DONE, AnalysisRun.Status.FAILED)
        return queryset.exclude(status__in=ended, is_current=False)
