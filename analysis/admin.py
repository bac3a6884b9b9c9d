"""Administration of runs and what they found: for reading."""

from django.contrib import admin

from analysis.models import AnalysisRun, Curve, Flag, Metric, RunInput
from labsite.access.record_admin import ReadOnlyAdmin, ReadOnlyInline


class MetricInline(ReadOnlyInline):
    """Numbers of a run."""

    model = Metric
    fields = ("name", "index", "qualifier", "value", "u", "unit", "censored")


class FlagInline(ReadOnlyInline):
    """Findings of a run."""

    model = Flag
    fields = ("code", "severity", "message")


class InputInline(ReadOnlyInline):
    """What a run reads."""

    model = RunInput
    fields = ("role", "measurement", "sha256")


@admin.register(AnalysisRun)
class RunAdmin(ReadOnlyAdmin):
    """Runs."""

    PATHS = ("measurement__project",)
    list_display = (
        "method", "method_version", "measurement", "status", "verdict", "is_current", "stale_at",
        "error_code", "attempts", "created_at",
    )  # fmt: skip
    list_filter = (
        "method", "status", "verdict", "is_current", ("stale_at", admin.EmptyFieldListFilter),
        "error_code",
    )  # fmt: skip
    list_select_related = ("measurement",)
    search_fields = ("method", "measurement__code", "digest")
    date_hierarchy = "created_at"
    inlines = (InputInline, MetricInline, FlagInline)


@admin.register(Metric)
class MetricAdmin(ReadOnlyAdmin):
    """Numbers."""

    PATHS = ("run__measurement__project",)
    list_display = ("name", "index", "qualifier", "value", "u", "unit", "run")
    list_filter = ("run__verdict", "run__is_current", "run__method", "name")
    list_select_related = ("run__measurement",)
    search_fields = ("name", "run__measurement__code")
    date_hierarchy = "run__created_at"


@admin.register(Curve)
class CurveAdmin(ReadOnlyAdmin):
    """Figures."""

    PATHS = ("run__measurement__project",)
    list_display = ("title", "name", "run")
    list_filter = ("name",)
    list_select_related = ("run__measurement",)
    search_fields = ("name", "title", "run__measurement__code")


@admin.register(Flag)
class FlagAdmin(ReadOnlyAdmin):
    """Findings in words."""

    PATHS = ("run__measurement__project",)
    list_display = ("code", "severity", "message", "run")
    list_filter = ("severity", "code")
    list_select_related = ("run__measurement",)
    search_fields = ("code", "message", "run__measurement__code")
    date_hierarchy = "run__created_at"


@admin.register(RunInput)
class RunInputAdmin(ReadOnlyAdmin):
    """What runs read."""

    PATHS = ("run__measurement__project",)
    list_display = ("run", "role", "measurement", "sha256")
    list_filter = ("role",)
    list_select_related = ("run__measurement", "measurement")
    search_fields = ("measurement__code", "sha256")
