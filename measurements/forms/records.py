"""Forms of instruments with their channels, sensors, and what is said about a measurement."""

import json
from typing import Any

from django import forms
from django.db import transaction
from django.forms import BaseInlineFormSet, inlineformset_factory
from django.utils.translation import gettext_lazy as _

from labsite.access.forms import RecordForm, record_field_for
from labsite.access.records import Record
from labsite.lib.forms import Groups, Words, fields_of
from measurements.forms.conditions import GROUPS as CONDITIONS
from measurements.forms.conditions import condition_fields, with_conditions
from measurements.models import Channel, Instrument, LabFormat, Measurement, Sensor

LABELS: tuple[Words, tuple[str, ...]] = (_("Labels and notes"), ("aliases", "notes"))
SPARE_ROWS = 4

INSTRUMENT: Groups = (
    (_("Instrument"), ("name", "kind", "vendor", "model", "serial_number", "location")),
    (_("Clock"), ("time_zone",)),
    (_("Calibration"), ("calibrated_on", "calibration_due_on")),
    (_("Accuracy"), ("current_range_a", "current_accuracy_fraction", "voltage_accuracy_v")),
    LABELS,
)
SENSOR: Groups = (
    (_("Sensor"), ("name", "serial_number", "active_area_mm2", "puck")),
    LABELS,
)
LAB_FORMAT: Groups = (
    (_("Format"), ("name", "description", "mapping")),
    LABELS,
)
MEASUREMENT: Groups = (
    (_("What and how"), ("instrument", "channel", "performed_at")),
    LABELS,
)


class ChannelRows(BaseInlineFormSet):  # type: ignore[type-arg]  # not generic at run time
    """The channels of an instrument."""

    title = _("Channels")
    hint = _("Named as in the instrument's files, for example 7-1; empty rows are left out.")


ChannelFormSet = inlineformset_factory(
    Instrument,
    Channel,
    fields=["name", "current_range_a"],
    formset=ChannelRows,
    formfield_callback=record_field_for,
    extra=SPARE_ROWS,
    can_delete=False,
)


class InstrumentForm(RecordForm):
    """An instrument with its channels."""

    GROUPS = INSTRUMENT
    CARRIED = ("time_zone", "location")
    NOT_COPIED = (*RecordForm.NOT_COPIED, "serial_number")

    class Meta:
        model = Instrument
        fields = fields_of(INSTRUMENT, Instrument)
        formfield_callback = record_field_for

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Add the rows of the channels."""
        super().__init__(*args, **kwargs)
        data = self.data if self.is_bound else None
        self.rows = ChannelFormSet(data, instance=self.instance, prefix="channels")

    def is_valid(self) -> bool:
        """Look at the rows too."""
        return all([super().is_valid(), self.rows.is_valid()])

    def store(self) -> Record:
        """Save the instrument and its channels together."""
        with transaction.atomic():
            record = super().store()
            self.rows.instance = self.instance
            for row in self.rows.save(commit=False):
                row.created_by = row.created_by or self.user
                row.save()
        return record


class SensorForm(RecordForm):
    """A force sensor."""

    GROUPS = SENSOR

    class Meta:
        model = Sensor
        fields = fields_of(SENSOR, Sensor)
        formfield_callback = record_field_for


class LabFormatForm(RecordForm):
    """A format of the lab; the mapping is written as JSON, or on the page of a file."""

    GROUPS = LAB_FORMAT
    NOT_COPIED = (*RecordForm.NOT_COPIED, "name")

    class Meta:
        model = LabFormat
        fields = (*fields_of(LAB_FORMAT, LabFormat), "mapping")
        formfield_callback = record_field_for

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Show the mapping as it is read."""
        super().__init__(*args, **kwargs)
        self.fields["mapping"].widget = forms.Textarea(attrs={"rows": 14, "spellcheck": "false"})
        self.fields["mapping"].encoder = IndentedEncoder  # type: ignore[attr-defined]


class IndentedEncoder(json.JSONEncoder):
    """Writes JSON for people."""

    def __init__(self, *_args: Any, **_kwargs: Any) -> None:
        """Indent, and keep letters such as µ."""
        super().__init__(indent=2, ensure_ascii=False)


class MeasurementForm(RecordForm):
    """What is known of a measurement besides its file; kind and subject stay as they are."""

    GROUPS = (*MEASUREMENT[:1], *CONDITIONS, *MEASUREMENT[1:])

    class Meta:
        model = Measurement
        fields = fields_of(MEASUREMENT, Measurement)
        formfield_callback = record_field_for

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Add the conditions."""
        super().__init__(*args, **kwargs)
        self.fields |= condition_fields()
        self.initial = {**self.instance.conditions, **self.initial}

    def clean(self) -> dict[str, Any]:
        """Take the instrument from the channel, and the conditions from their fields."""
        cleaned = super().clean() or self.cleaned_data
        channel = cleaned.get("channel")
        if channel is not None and cleaned.get("instrument") is None:
            cleaned["instrument"] = channel.instrument
        if channel is not None and channel.instrument != cleaned["instrument"]:
            self.add_error("channel", _("The channel is not one of the instrument."))
        self.instance.conditions = with_conditions(self.instance.conditions, cleaned)
        return cleaned
