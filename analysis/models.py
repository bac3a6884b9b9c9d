"""Runs of analysis methods and what they found."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from labsite.access.models import Project, User
from labsite.lib.jobs import Job
from labsite.lib.models import Stamped
from measurements.models import Measurement


class RunQuerySet(models.QuerySet["AnalysisRun"]):
    """Runs as seen by a person."""

    def visible_to(self, user: User) -> "RunQuerySet":
        """Keep the runs of measurements that the person may read."""
        if user.is_superuser:
            return self.all()
        return self.filter(measurement__project__in=Project.objects.visible_to(user))

    def current(self) -> "RunQuerySet":
        """Keep the runs that count."""
        return self.filter(is_current=True)


class AnalysisRun(Stamped, Job):
    """One run of one version of a method with given parameters on given inputs; never changed."""

    TASK = "analysis.run"

    class Verdict(models.TextChoices):
        """How far the numbers may be trusted."""

        OK = "ok", _("ok")
        WARNING = "warning", _("warning")
        FAILED = "failed", _("failed")

    measurement = models.ForeignKey(
        Measurement, on_delete=models.PROTECT, related_name="runs", verbose_name=_("measurement")
    )
    method = models.CharField(_("method"), max_length=60)
    method_version = models.CharField(_("version"), max_length=20)
    params = models.JSONField(_("parameters"), default=dict)
    facts = models.JSONField(_("facts"), default=dict)
    digest = models.CharField(max_length=64, editable=False)
    code_revision = models.CharField(_("code"), max_length=60, blank=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="requested_runs",
    )
    verdict = models.CharField(_("verdict"), max_length=7, choices=Verdict, blank=True)
    log = models.TextField(_("log"), blank=True)
    tables = models.JSONField(default=dict)
    is_current = models.BooleanField(_("current"), default=False)
    stale_at = models.DateTimeField(_("stale since"), null=True, blank=True)
    stale_reason = models.CharField(max_length=200, blank=True)

    objects = RunQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            *Job.Meta.constraints,
            models.UniqueConstraint(name="analysis_run_once_per_digest", fields=["digest"]),
            models.UniqueConstraint(
                name="analysis_run_one_current_per_method",
                fields=["measurement", "method"],
                condition=Q(is_current=True),
            ),
            models.CheckConstraint(
                name="analysis_run_done_has_verdict",
                condition=~Q(status="done") | ~Q(verdict=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.method} {self.method_version} of {self.measurement.code}"

    @property
    def queue(self) -> str:
        """The queue of the measurement's file."""
        return self.measurement.queue


class RunInput(models.Model):
    """A measurement that a run reads, in its role, by the digest of its bytes."""

    run = models.ForeignKey(AnalysisRun, on_delete=models.CASCADE, related_name="inputs")
    measurement = models.ForeignKey(
        Measurement, on_delete=models.PROTECT, related_name="run_inputs"
    )
    role = models.CharField(max_length=30)
    sha256 = models.CharField(max_length=64)

    class Meta:
        ordering = ["run", "role"]
        constraints = [
            models.UniqueConstraint(name="analysis_runinput_one_per_role", fields=["run", "role"]),
        ]

    def __str__(self) -> str:
        return f"{self.role}: {self.measurement.code}"

    @property
    def has_other_table(self) -> bool:
        """Whether the measurement's table has been made from other files since."""
        return self.measurement.frame_sha256 not in {"", self.sha256}


class Metric(models.Model):
    """One number with its uncertainty, in the unit of the vocabulary."""

    class Censored(models.TextChoices):
        """Whether the truth may lie beyond the value."""

        NONE = "none", _("no")
        LOWER = "lower", _("at least this value")
        UPPER = "upper", _("at most this value")

    run = models.ForeignKey(AnalysisRun, on_delete=models.CASCADE, related_name="metrics")
    name = models.CharField(_("name"), max_length=60, db_index=True)
    index = models.IntegerField(_("index"), null=True)
    qualifier = models.CharField(_("qualifier"), max_length=60, blank=True)
    value = models.FloatField(_("value"))
    unit = models.CharField(_("unit"), max_length=30)
    u = models.FloatField(_("standard uncertainty"), null=True)
    lo95 = models.FloatField(null=True)
    hi95 = models.FloatField(null=True)
    n = models.PositiveIntegerField(null=True)
    censored = models.CharField(max_length=5, choices=Censored, default=Censored.NONE)
    definition = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["run", "name", "index", "qualifier"]
        constraints = [
            models.UniqueConstraint(
                name="analysis_metric_once_per_index",
                fields=["run", "name", "qualifier", "index"],
                condition=Q(index__isnull=False),
            ),
            models.UniqueConstraint(
                name="analysis_metric_once_without_index",
                fields=["run", "name", "qualifier"],
                condition=Q(index__isnull=True),
            ),
            models.CheckConstraint(
                name="analysis_metric_u_not_negative",
                condition=Q(u__isnull=True) | Q(u__gte=0),
            ),
        ]
        indexes = [models.Index(name="analysis_metric_by_value", fields=["name", "value"])]

    def __str__(self) -> str:
        return f"{self.name} = {self.value:g} {self.unit}"


class Curve(models.Model):
    """A figure ready to draw."""

    run = models.ForeignKey(AnalysisRun, on_delete=models.CASCADE, related_name="curves")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=60)
    title = models.CharField(max_length=200)
    figure = models.JSONField()

    class Meta:
        ordering = ["run", "position"]
        constraints = [
            models.UniqueConstraint(
                name="analysis_curve_name_once_per_run", fields=["run", "name"]
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Flag(models.Model):
    """A finding in words."""

    class Severity(models.TextChoices):
        """How bad it is."""

        INFO = "info", _("note")
        WARN = "warn", _("warning")
        ERROR = "error", _("error")

    run = models.ForeignKey(AnalysisRun, on_delete=models.CASCADE, related_name="flags")
    position = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=60, db_index=True)
    severity = models.CharField(max_length=5, choices=Severity)
    message = models.TextField()
    context = models.JSONField(default=dict)

    class Meta:
        ordering = ["run", "position"]
        constraints = [
            models.UniqueConstraint(
                name="analysis_flag_position_once_per_run", fields=["run", "position"]
            ),
        ]

    def __str__(self) -> str:
        return self.code
