"""Filters of the lists of measurements and instruments."""

from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from labsite.access.forms import ProjectFilters, RecordFilters
from measurements.intake import SUBJECT_MODELS
from measurements.lineage import measurements_about
from measurements.models import SUBJECTS, Instrument, LabFormat, Measurement, Sensor
from measurements.search import record_by_code


def _day(label: object) -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date", "aria-label": str(label)}, format="%Y-%m-%d")


class MeasurementFilters(ProjectFilters):
    """Measurements."""

    SEARCHED = ("code", "aliases", "notes", "raw_files__original_name",
                *(f"{name}__code" for name in SUBJECTS))  # fmt: skip

    of = django_filters.ChoiceFilter(
        choices=[(name, model._meta.verbose_name) for name, model in SUBJECT_MODELS.items()],
        method="of_kind",
        label=_("Subject"),
    )
    status = django_filters.ChoiceFilter(choices=Measurement.Status.choices, label=_("State"))
    about = django_filters.CharFilter(method="along", label=_("Of (code)"))
    instrument = django_filters.ModelChoiceFilter(
        queryset=Instrument.objects.all(), label=_("Instrument")
    )
    since = django_filters.DateFilter(
        method="performed_since", label=_("From"), widget=_day(_("From"))
    )
    until = django_filters.DateFilter(method="performed_until", label=_("To"), widget=_day(_("To")))
    failed = django_filters.BooleanFilter(
        method="only_failed", label=_("Failed only"), widget=forms.CheckboxInput
    )

    class Meta:
        model = Measurement
        fields = (
            "q", "about", "kind", "status", "of", "project", "instrument", "since", "until",
            "failed", "voided",
        )  # fmt: skip

    def search(self, queryset: "QuerySet[Any]", name: str, value: str) -> "QuerySet[Any]":
        """Keep each measurement once, although it may have several files."""
        return super().search(queryset, name, value).distinct()

    def of_kind(self, queryset: "QuerySet[Any]", _name: str, value: str) -> "QuerySet[Any]":
        """Keep measurements of cells, of films ..."""
        return queryset.filter(**{f"{value}__isnull": False})

    def along(self, queryset: "QuerySet[Any]", _name: str, value: str) -> "QuerySet[Any]":
        """Keep measurements of a record and of what it went into."""
        record = record_by_code(value, self.request.user)
        if record is None:
            return queryset.none()
        condition = measurements_about(record)
        return queryset.filter(pk__in=Measurement.objects.filter(condition).values("pk"))

    def performed_since(self, queryset: "QuerySet[Any]", _name: str, value: Any) -> Any:
        """Keep what was measured on this day or later."""
        return queryset.filter(performed_at__date__gte=value)

    def performed_until(self, queryset: "QuerySet[Any]", _name: str, value: Any) -> Any:
        """Keep what was measured on this day or before."""
        return queryset.filter(performed_at__date__lte=value)

    def only_failed(self, queryset: "QuerySet[Any]", _name: str, value: bool) -> "QuerySet[Any]":
        """Keep measurements whose file could not be read."""
        return queryset.filter(status=Measurement.Status.FAILED) if value else queryset


class InstrumentFilters(RecordFilters):
    """Instruments."""

    SEARCHED = ("code", "aliases", "name", "vendor", "model", "serial_number", "location")

    class Meta:
        model = Instrument
        fields = ("q", "kind", "voided")


class LabFormatFilters(RecordFilters):
    """Formats of the lab."""

    SEARCHED = ("code", "aliases", "name", "description")

    class Meta:
        model = LabFormat
        fields = ("q", "voided")


class SensorFilters(RecordFilters):
    """Force sensors."""

    SEARCHED = ("code", "aliases", "name", "serial_number")

    class Meta:
        model = Sensor
        fields = ("q", "voided")
