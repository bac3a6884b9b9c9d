"""What lists of measurements, instruments and attachments can be asked for through the API."""

from typing import Any

import django_filters
from django.db.models import Q, QuerySet

from labsite.access.models import User
from labsite.access.queries import ProjectQuery, RecordQuery
from labsite.access.records import Record
from labsite.access.references import ReferenceFilter, named
from measurements.filters import (
    InstrumentFilters,
    LabFormatFilters,
    MeasurementFilters,
    SensorFilters,
)
from measurements.intake import SUBJECT_MODELS
from measurements.lineage import measurements_about
from measurements.models import Attachment, Measurement


class AboutFilter(django_filters.CharFilter):  # type: ignore[misc]  # untyped library
    """Keeps measurements of a record and of what it went into; none when it cannot be seen."""

    def filter(self, qs: "QuerySet[Any]", value: str) -> "QuerySet[Any]":
        """Filter; ``field_name`` is the subject, after a path to the measurement if need be."""
        if not value:
            return qs
        path, _separator, subject = self.field_name.rpartition("__")
        user: User = self.parent.request.user
        condition = about(subject, value, user)
        if condition is None:
            return qs.none()
        measurements = Measurement.objects.filter(condition).values("pk")
        return qs.filter(**{f"{path}__in" if path else "pk__in": measurements})


def about(subject: str, reference: str, user: User) -> Q | None:
    """Return the condition on measurements of a record and of what it went into.

    None when there is no such record that the person may see.
    """
    model: Any = SUBJECT_MODELS[subject]
    record: Record | None = model.objects.visible_to(user).filter(named(reference)).first()
    return None if record is None else measurements_about(record)


class MeasurementQuery(ProjectQuery, MeasurementFilters):
    """Measurements."""

    batch = AboutFilter(help_text="Of the batch and of what it went into; so for all subjects.")
    film = AboutFilter()
    coating = AboutFilter()
    electrode = AboutFilter()
    cell = AboutFilter()
    lot = AboutFilter()
    sensor = AboutFilter()
    instrument = ReferenceFilter()
    archive = ReferenceFilter(help_text="The files of an archive.")
    sha256 = django_filters.CharFilter(field_name="raw_files__blob", distinct=True)
    performed_after = django_filters.IsoDateTimeFilter(field_name="performed_at", lookup_expr="gte")
    performed_before = django_filters.IsoDateTimeFilter(field_name="performed_at", lookup_expr="lt")


class InstrumentQuery(RecordQuery, InstrumentFilters):
    """Instruments."""

    name = django_filters.CharFilter()


class LabFormatQuery(RecordQuery, LabFormatFilters):
    """Formats of the lab."""

    name = django_filters.CharFilter()


class SensorQuery(RecordQuery, SensorFilters):
    """Force sensors."""


class AttachmentQuery(django_filters.FilterSet):  # type: ignore[misc]  # untyped library
    """Attachments of a record."""

    batch = ReferenceFilter()
    film = ReferenceFilter()
    coating = ReferenceFilter()
    electrode = ReferenceFilter()
    cell = ReferenceFilter()
    lot = ReferenceFilter()
    instrument = ReferenceFilter()
    measurement = ReferenceFilter()

    class Meta:
        model = Attachment
        fields = ()
