"""Kinds of records of this app, for their pages."""

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from labsite.access.kinds import Kind, State
from measurements import filters, tables
from measurements.formatpanels import format_panels
from measurements.forms.records import InstrumentForm, LabFormatForm, MeasurementForm, SensorForm
from measurements.models import SUBJECTS, Instrument, LabFormat, Measurement, Sensor

TONES = {"queued": "quiet", "running": "active", "done": "ok", "failed": "failed"}


def job_state(measurement: Measurement) -> State:
    """Tell how far the reading of the file is."""
    return TONES[measurement.status], measurement.get_status_display()


def instrument_state(instrument: Instrument) -> State:
    """Tell whether the calibration is over."""
    due = instrument.calibration_due_on
    if due is not None and due < timezone.localdate():
        return "warning", _("calibration overdue")
    return "ok", _("in use")


MEASUREMENT = Kind(
    name="measurement",
    folder="measurements",
    model=Measurement,
    form=MeasurementForm,
    table=tables.MeasurementTable,
    filters=filters.MeasurementFilters,
    one=gettext_lazy("measurement"),
    many=gettext_lazy("Measurements"),
    icon="wave-sine",
    hint=gettext_lazy(
        "Files of cyclers and impedance analysers; each is read and analysed when it is uploaded."
    ),
    related=(*SUBJECTS, "lot__chemical", "project", "instrument", "channel"),
    state=job_state,
)
INSTRUMENT = Kind(
    name="instrument",
    folder="instruments",
    model=Instrument,
    form=InstrumentForm,
    table=tables.InstrumentTable,
    filters=filters.InstrumentFilters,
    one=gettext_lazy("instrument"),
    many=gettext_lazy("Instruments"),
    icon="microscope",
    hint=gettext_lazy(
        "Cyclers and analysers with their channels, accuracy and the time zone of their clock."
    ),
    prefetched=("channels",),
    state=instrument_state,
)
LAB_FORMAT = Kind(
    name="labformat",
    folder="formats",
    model=LabFormat,
    form=LabFormatForm,
    table=tables.LabFormatTable,
    filters=filters.LabFormatFilters,
    one=gettext_lazy("format of the lab"),
    many=gettext_lazy("Formats of the lab"),
    icon="file-type-csv",
    hint=gettext_lazy(
        "Upload a table that no format knows and choose “Map the columns”; what you say about its "
        "columns is kept here and reads further files by itself."
    ),
    related=("created_by",),
    panels=format_panels,
)
SENSOR = Kind(
    name="sensor",
    folder="sensors",
    model=Sensor,
    form=SensorForm,
    table=tables.SensorTable,
    filters=filters.SensorFilters,
    one=gettext_lazy("force sensor"),
    many=gettext_lazy("Force sensors"),
    icon="square-half",
    hint=gettext_lazy("Film force sensors for the pressure in cells, with area and puck."),
)
