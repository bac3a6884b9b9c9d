"""Measurements along the lineage."""

from django.db.models import Q

from cells.lineage import cells_with
from cells.models import Cell
from labsite.access.records import Record
from measurements.intake import kind_of
from measurements.models import Instrument, Measurement
from samples.lineage import electrodes_with
from samples.models import Coating, Electrode, ElectrolyteBatch, Film


def measurements_of(batch: ElectrolyteBatch) -> Q:
    """Return the condition on measurements that they are of the batch or of what it went into."""
    return (
        Q(batch=batch)
        | Q(film__batch=batch)
        | Q(electrode__in=Electrode.objects.filter(electrodes_with(batch)))
        | Q(cell__in=Cell.objects.filter(cells_with(batch)))
    )


ALONG: dict[type[Record], tuple[str, ...]] = {
    Measurement: ("pk",),
    Instrument: ("instrument",),
    Film: ("film", "cell__film"),
    Coating: ("coating", "electrode__coating", "cell__places__electrode__coating"),
    Electrode: ("electrode", "cell__places__electrode"),
}
"""How measurements hang on records that go into others; on all others they hang directly."""


def measurements_about(record: Record) -> Q:
    """Return the condition on measurements that they are of a record or of what it went into.

    Of an instrument: made with it. Of a measurement: itself. Joins may double rows.
    """
    if isinstance(record, ElectrolyteBatch):
        return measurements_of(record)
    condition = Q()
    for path in ALONG.get(type(record)) or (kind_of(record),):
        condition |= Q(**{path: record.pk})
    return condition
