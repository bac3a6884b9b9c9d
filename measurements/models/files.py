"""Stored bytes, the files that measurements are read from, and attachments."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cells.models import Cell
from labsite.lib.fields import exactly_one
from labsite.lib.models import Stamped
from measurements.models.instruments import Instrument
from measurements.models.measurements import Measurement
from samples.models import Coating, Electrode, ElectrolyteBatch, Film, Lot


class Blob(models.Model):
    """Bytes, stored once, never changed; found by their SHA-256. Carries no permission."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    size_bytes = models.PositiveBigIntegerField()
    file = models.FileField(max_length=200)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                name="measurements_blob_sha256_is_hex", condition=Q(sha256__regex=r"^[0-9a-f]{64}$")
            ),
        ]

    def __str__(self) -> str:
        return self.sha256[:12]


class RawFile(Stamped):
    """A file as it came from the instrument.

    Revisions of a growing file are counted up; a test that goes on in further files has parts. The
    newest accepted revision of every part is what the measurement is read from.
    """

    class Verdict(models.TextChoices):
        """Whether a file belongs to its measurement."""

        WAITING = "waiting", _("not read yet")
        ACCEPTED = "accepted", _("accepted")
        ASKED = "asked", _("a person decides")
        REFUSED = "refused", _("left out")

    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="raw_files")
    measurement = models.ForeignKey(Measurement, on_delete=models.PROTECT, related_name="raw_files")
    original_name = models.CharField(_("name"), max_length=255)
    part = models.PositiveSmallIntegerField(_("part"), default=1)
    revision = models.PositiveSmallIntegerField(_("revision"), default=1)
    verdict = models.CharField(
        _("verdict"), max_length=8, choices=Verdict, default=Verdict.ACCEPTED
    )
    verdict_note = models.TextField(_("why"), blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    rows = models.PositiveBigIntegerField(_("rows"), null=True, editable=False)

    class Meta:
        ordering = ["measurement", "part", "revision"]
        constraints = [
            models.UniqueConstraint(
                name="measurements_rawfile_one_per_revision",
                fields=["measurement", "part", "revision"],
            ),
        ]

    def __str__(self) -> str:
        return self.original_name


ATTACHED_TO = (
    "batch", "film", "coating", "electrode", "cell", "lot", "instrument", "measurement",
)  # fmt: skip


class Attachment(Stamped):
    """A photo, protocol or other file that belongs to a record."""

    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="attachments")
    original_name = models.CharField(_("name"), max_length=255)
    title = models.CharField(_("title"), max_length=200, blank=True)
    batch = models.ForeignKey(
        ElectrolyteBatch,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="attachments",
    )
    film = models.ForeignKey(
        Film, null=True, blank=True, on_delete=models.CASCADE, related_name="attachments"
    )
    coating = models.ForeignKey(
        Coating, null=True, blank=True, on_delete=models.CASCADE, related_name="attachments"
    )
    electrode = models.ForeignKey(
        Electrode, null=True, blank=True, on_delete=models.CASCADE, related_name="attachments"
    )
    cell = models.ForeignKey(
        Cell, null=True, blank=True, on_delete=models.CASCADE, related_name="attachments"
    )
    lot = models.ForeignKey(
        Lot, null=True, blank=True, on_delete=models.CASCADE, related_name="attachments"
    )
    instrument = models.ForeignKey(
        Instrument, null=True, blank=True, on_delete=models.CASCADE, related_name="attachments"
    )
    measurement = models.ForeignKey(
        Measurement, null=True, blank=True, on_delete=models.CASCADE, related_name="attachments"
    )

    class Meta:
        ordering = ["created_at"]
        constraints = [exactly_one("measurements_attachment", ATTACHED_TO)]

    def __str__(self) -> str:
        return self.title or self.original_name
