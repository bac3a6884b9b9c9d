"""Measurements: a file about one subject, and what was read from it."""

from typing import Any
from uuid import UUID

from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cells.models import Cell
from labsite.access.models import Project
from labsite.access.records import ProjectRecord, Record
from labsite.lib.fields import exactly_one
from labsite.lib.jobs import Job, start_over
from measurements import columns
from measurements.models.instruments import Channel, Instrument, Sensor
from measurements.models.mappings import LabFormat
from samples.models import Coating, Electrode, ElectrolyteBatch, Film, Lot

SUBJECTS = ("batch", "film", "coating", "electrode", "cell", "lot", "sensor")
HEAVY_BYTES = 8 * 2**20
"""Eight megabytes hold a million rows when they are packed (.ndax, Parquet)."""
ENDED = (Job.Status.DONE, Job.Status.FAILED)


class Measurement(ProjectRecord, Job):
    """One test of one subject; the job reads its file."""

    CODE_PREFIX = "ME"
    TASK = "measurements.parse"

    class Kind(models.TextChoices):
        """What was measured."""

        CYCLING = columns.CYCLING, _("cycling")
        IMPEDANCE = columns.IMPEDANCE, _("impedance")
        VOLTAMMETRY = columns.VOLTAMMETRY, _("voltammetry")
        CHRONOAMPEROMETRY = columns.CHRONOAMPEROMETRY, _("chronoamperometry")
        CHRONOPOTENTIOMETRY = columns.CHRONOPOTENTIOMETRY, _("chronopotentiometry")
        MECHANICAL = columns.MECHANICAL, _("mechanical test")
        DSC = columns.DSC, _("calorimetry (DSC)")
        TGA = columns.TGA, _("thermogravimetry (TGA)")
        RAMAN = columns.RAMAN, _("Raman spectrum")
        INFRARED = columns.INFRARED, _("infrared spectrum")
        SPECTRUM = columns.SPECTRUM_OTHER, _("other spectrum")
        SCATTERING = columns.SCATTERING, _("small-angle scattering")
        TOPOGRAPHY = columns.TOPOGRAPHY, _("topography (AFM)")
        FORCE_CURVE = columns.FORCE_CURVE, _("force curve (AFM)")
        IMAGE = columns.IMAGE, _("image")
        MULTIMETER = columns.MULTIMETER, _("multimeter log")
        ARCHIVE = columns.ARCHIVE, _("archive of files")

    batch = models.ForeignKey(
        ElectrolyteBatch,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="measurements",
    )
    film = models.ForeignKey(
        Film, null=True, blank=True, on_delete=models.PROTECT, related_name="measurements"
    )
    coating = models.ForeignKey(
        Coating, null=True, blank=True, on_delete=models.PROTECT, related_name="measurements"
    )
    electrode = models.ForeignKey(
        Electrode, null=True, blank=True, on_delete=models.PROTECT, related_name="measurements"
    )
    cell = models.ForeignKey(
        Cell, null=True, blank=True, on_delete=models.PROTECT, related_name="measurements"
    )
    lot = models.ForeignKey(
        Lot, null=True, blank=True, on_delete=models.PROTECT, related_name="measurements"
    )
    sensor = models.ForeignKey(
        Sensor, null=True, blank=True, on_delete=models.PROTECT, related_name="measurements"
    )
    kind = models.CharField(
        _("kind"), max_length=20, choices=Kind, blank=True, help_text=_("Empty: as the file says.")
    )
    instrument = models.ForeignKey(
        Instrument,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="measurements",
        verbose_name=_("instrument"),
    )
    channel = models.ForeignKey(
        Channel,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="measurements",
        verbose_name=_("channel"),
    )
    performed_at = models.DateTimeField(_("performed at"), null=True, blank=True)
    conditions = models.JSONField(
        _("conditions"),
        default=dict,
        blank=True,
        help_text=_("Facts of this measurement, unit in the name: temperature_celsius ..."),
    )
    content_key = models.CharField(max_length=200, editable=False)
    size_bytes = models.PositiveBigIntegerField(default=0, editable=False)
    format = models.CharField(_("format"), max_length=40, blank=True, editable=False)
    rows = models.PositiveBigIntegerField(_("rows"), null=True, editable=False)
    cycles = models.PositiveIntegerField(_("cycles"), null=True, editable=False)
    columns = models.JSONField(default=list, editable=False)
    metadata = models.JSONField(default=dict, editable=False)
    notices = models.JSONField(default=list, editable=False)
    frame_path = models.CharField(max_length=200, blank=True, editable=False)
    frame_sha256 = models.CharField(max_length=64, blank=True, editable=False)
    analyses_requested_at = models.DateTimeField(null=True, editable=False)
    read_as = models.ForeignKey(
        LabFormat,
        null=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="chosen_for",
        verbose_name=_("to be read as"),
    )
    archive = models.ForeignKey(
        "self",
        null=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="members",
        verbose_name=_("from the archive"),
    )
    archive_order = models.PositiveIntegerField(null=True, editable=False)

    class Meta(ProjectRecord.Meta):
        constraints = [
            *ProjectRecord.Meta.constraints,
            *Job.Meta.constraints,
            exactly_one("measurements_measurement", SUBJECTS),
            models.UniqueConstraint(
                name="measurements_measurement_bytes_once_per_subject",
                fields=["content_key"],
                condition=~Q(status="failed") & Q(voided_at__isnull=True),
            ),
            models.CheckConstraint(
                name="measurements_measurement_archive_order",
                condition=Q(archive__isnull=True, archive_order__isnull=True)
                | Q(archive__isnull=False, archive_order__isnull=False),
            ),
            models.CheckConstraint(
                name="measurements_measurement_done_has_frame",
                condition=~Q(status="done") | ~Q(frame_path=""),
            ),
        ]
        indexes = [
            models.Index(
                name="measurements_to_analyse",
                fields=["finished_at"],
                condition=Q(status="done", analyses_requested_at__isnull=True),
            ),
        ]

    seen: frozenset[UUID] = frozenset()
    """The files that this attempt reads; one that came later is read next."""

    def finish(self, **fields: Any) -> None:
        """Store the end of the reading, and queue it again for a file that came meanwhile.

        Whoever adds a file holds the row's lock, so that either this sees the file or the adder
        sees that the reading has ended.
        """
        with transaction.atomic():
            super().finish(**fields)
            unread = self.raw_files.filter(verdict="waiting").exclude(pk__in=self.seen)
            if self.seen and unread.exists():
                start_over(self, states=ENDED)

    @property
    def subject_kind(self) -> str:
        """Which of the subjects is set."""
        return next(name for name in SUBJECTS if getattr(self, f"{name}_id") is not None)

    @property
    def subject(self) -> Record:
        """What was measured."""
        subject: Record = getattr(self, self.subject_kind)
        return subject

    @property
    def queue(self) -> str:
        """``heavy`` for large files, so that they never delay a small one."""
        return "heavy" if self.size_bytes > HEAVY_BYTES else "fast"

    @property
    def summary(self) -> str:
        """One line for people."""
        kind = self.get_kind_display() if self.kind else _("kind not yet known")
        return f"{kind} · {self.subject}"

    @property
    def declared_kind(self) -> str:
        """The kind that the sender gave; empty: as the file says."""
        return self.content_key.rpartition(":")[2]

    @classmethod
    def key(cls, *, sha256: str, project: Project, subject: Record, kind: str) -> str:
        """Return what makes two uploads the same: bytes, project, subject and declared kind.

        The bytes are those of the file that made the measurement, until that becomes one of its
        own; newer versions and parts are found by their files.
        """
        return f"{sha256}:{project.pk}:{subject.pk}:{kind}"
