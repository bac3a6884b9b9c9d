"""Administration of instruments, measurements and files."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from labsite.access.record_admin import VOIDED, ReadOnlyAdmin, ReadOnlyInline, RecordAdmin
from measurements.intake import requeue
from measurements.models import (
    SUBJECTS,
    Attachment,
    Blob,
    Channel,
    ChannelUse,
    Instrument,
    LabFormat,
    Measurement,
    RawFile,
    Sensor,
)
from measurements.models.files import ATTACHED_TO


class ChannelInline(admin.TabularInline[Channel, Instrument]):
    """Channels of an instrument."""

    model = Channel
    fields = ("name", "current_range_a")
    extra = 0
    can_delete = False


@admin.register(Instrument)
class InstrumentAdmin(RecordAdmin):
    """Instruments with their channels."""

    list_display = (
        "code", "name", "kind", "vendor", "model", "location", "time_zone", "calibration_due_on",
        "voided_at",
    )  # fmt: skip
    list_filter = ("kind", "vendor", VOIDED)
    search_fields = ("code", "aliases", "name", "vendor", "model", "serial_number")
    inlines = (ChannelInline,)


@admin.register(Channel)
class ChannelAdmin(ReadOnlyAdmin):
    """Channels."""

    list_display = ("instrument", "name", "current_range_a")
    list_filter = ("instrument",)
    list_select_related = ("instrument",)
    search_fields = ("name", "instrument__name", "instrument__code")
    date_hierarchy = "created_at"


@admin.register(ChannelUse)
class ChannelUseAdmin(ReadOnlyAdmin):
    """Which cell was when on which channel."""

    PATHS = ("cell__project",)
    list_display = ("channel", "cell", "started_at", "ended_at", "created_by")
    list_filter = ("channel__instrument", ("ended_at", admin.EmptyFieldListFilter))
    list_select_related = ("channel__instrument", "cell", "created_by")
    search_fields = ("cell__code", "channel__name", "channel__instrument__name")
    date_hierarchy = "started_at"


@admin.register(Sensor)
class SensorAdmin(RecordAdmin):
    """Film force sensors."""

    list_display = ("code", "name", "serial_number", "active_area_mm2", "voided_at")
    search_fields = ("code", "aliases", "name", "serial_number")


@admin.register(LabFormat)
class LabFormatAdmin(RecordAdmin):
    """Formats of the lab."""

    list_display = ("code", "name", "version", "created_by", "created_at", "voided_at")
    list_filter = (VOIDED,)
    search_fields = ("code", "aliases", "name", "description")


class RawFileInline(ReadOnlyInline):
    """Files of a measurement."""

    model = RawFile
    fields = ("original_name", "blob", "part", "revision", "verdict", "verdict_note")


@admin.register(Measurement)
class MeasurementAdmin(ReadOnlyAdmin):
    """Measurements; they are made by files and changed on their page."""

    PATHS = ("project",)
    list_display = (
        "code", "project", "kind", "status", "format", "rows", "cycles", "performed_at",
        "error_code", "attempts", "created_at",
    )  # fmt: skip
    list_filter = ("status", "kind", "format", "project", "error_code", VOIDED)
    list_select_related = ("project",)
    search_fields = (
        "code", "aliases", "raw_files__original_name", *(f"{name}__code" for name in SUBJECTS),
    )  # fmt: skip
    date_hierarchy = "created_at"
    inlines = (RawFileInline,)
    actions = ("read_again",)

    @admin.action(description="Read the files of failed measurements again", permissions=["view"])
    def read_again(self, request: Any, queryset: Any) -> None:
        """Queue failed measurements."""
        for measurement in queryset.filter(status=Measurement.Status.FAILED):
            try:
                requeue(measurement=measurement, by=request.user)
            except ValidationError as error:
                messages.error(request, f"{measurement.code}: {' '.join(error.messages)}")


@admin.register(Blob)
class BlobAdmin(ReadOnlyAdmin):
    """Stored bytes, for superusers: a blob knows no project."""

    list_display = ("sha256", "size_bytes", "created_at")
    search_fields = ("sha256",)
    date_hierarchy = "created_at"

    def has_view_permission(self, request: HttpRequest, _obj: Any = None) -> bool:
        """Return whether the person is a superuser."""
        return bool(request.user.is_superuser)


@admin.register(RawFile)
class RawFileAdmin(ReadOnlyAdmin):
    """Files as they came from instruments."""

    PATHS = ("measurement__project",)
    list_display = (
        "original_name", "measurement", "part", "revision", "verdict", "rows", "created_by",
        "created_at",
    )  # fmt: skip
    list_filter = ("verdict",)
    list_select_related = ("measurement", "created_by")
    search_fields = ("original_name", "measurement__code", "blob__sha256")
    date_hierarchy = "created_at"


@admin.register(Attachment)
class AttachmentAdmin(ReadOnlyAdmin):
    """Photos, protocols and other files beside records."""

    PATHS = tuple(f"{name}__project" for name in ATTACHED_TO if name not in {"lot", "instrument"})
    LAB_WIDE = ("lot", "instrument")
    list_display = ("original_name", "title", "created_by", "created_at")
    list_select_related = ("created_by",)
    search_fields = ("original_name", "title", *(f"{name}__code" for name in ATTACHED_TO))
    date_hierarchy = "created_at"
