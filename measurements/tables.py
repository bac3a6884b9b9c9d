"""Tables of measurements, instruments and sensors."""

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from labsite.access.tables import LinkColumn, RecordTable
from labsite.lib.tables import MEDIUM, WIDE, DayColumn, NumberColumn, shown_from
from measurements.models import Instrument, LabFormat, Measurement, Sensor


class MeasurementTable(RecordTable):
    """Measurements."""

    subject = LinkColumn(_("Of"), orderable=False, attrs={"td": {"class": "text-nowrap"}})
    kind = tables.Column(attrs=shown_from(MEDIUM))
    instrument = LinkColumn(attrs=shown_from(WIDE))
    channel = tables.Column(_("Channel"), accessor="channel__name", attrs=shown_from(WIDE))
    rows = NumberColumn()
    cycles = NumberColumn(css=WIDE)
    project = tables.Column(attrs=shown_from(WIDE))
    performed_at = DayColumn(_("Performed"), css=MEDIUM)
    created_at = DayColumn(_("Sent"))

    class Meta:
        model = Measurement
        fields = (
            "code",
            "subject",
            "kind",
            "instrument",
            "channel",
            "rows",
            "cycles",
            "project",
            "performed_at",
            "created_at",
        )
        sequence = (*fields, "state")


class InstrumentTable(RecordTable):
    """Instruments."""

    name = tables.Column()
    kind = tables.Column()
    summary = tables.Column(_("Make"), orderable=False, attrs=shown_from(MEDIUM))
    location = tables.Column(attrs=shown_from(WIDE))
    channels = NumberColumn(_("Channels"), accessor="channels__count", orderable=False)
    time_zone = tables.Column(_("Zone"), attrs=shown_from(WIDE))
    calibration_due_on = tables.DateColumn(
        verbose_name=_("Calibration due"),
        format="Y-m-d",
        attrs=shown_from(MEDIUM, "text-nowrap"),
    )

    class Meta:
        model = Instrument
        fields = (
            "code",
            "name",
            "kind",
            "summary",
            "location",
            "channels",
            "time_zone",
            "calibration_due_on",
        )
        sequence = (*fields, "state")


class LabFormatTable(RecordTable):
    """Formats of the lab."""

    name = tables.Column()
    kind = tables.Column(orderable=False)
    description = tables.Column(attrs=shown_from(MEDIUM, "wide"))
    version = NumberColumn(_("Version"))
    created_by = tables.Column(_("By"), attrs=shown_from(WIDE))
    created_at = DayColumn(_("Saved"), css=MEDIUM)

    class Meta:
        model = LabFormat
        fields = ("code", "name", "kind", "description", "version", "created_by", "created_at")
        sequence = (*fields, "state")


class SensorTable(RecordTable):
    """Force sensors."""

    name = tables.Column()
    serial_number = tables.Column(attrs=shown_from(MEDIUM))
    active_area_mm2 = NumberColumn()

    class Meta:
        model = Sensor
        fields = ("code", "name", "serial_number", "active_area_mm2")
        sequence = (*fields, "state")
