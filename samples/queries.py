"""What lists of samples can be asked for through the API."""

import django_filters

from labsite.access.queries import ProjectQuery, RecordQuery
from labsite.access.references import ReferenceFilter
from samples.filters import (
    BatchFilters,
    ChemicalFilters,
    CoatingFilters,
    ElectrodeFilters,
    FilmFilters,
    LotFilters,
)
from samples.models import Consumption, ElectrodeEvent, ProcessStep


class ChemicalQuery(RecordQuery, ChemicalFilters):
    """Substances."""

    short_name = django_filters.CharFilter()


class LotQuery(RecordQuery, LotFilters):
    """Bottles."""

    chemical = ReferenceFilter()


class BatchQuery(ProjectQuery, BatchFilters):
    """Batches of electrolyte."""

    x_min = django_filters.NumberFilter(field_name="mole_fraction_am", lookup_expr="gte")
    x_max = django_filters.NumberFilter(field_name="mole_fraction_am", lookup_expr="lte")
    prepared_after = django_filters.IsoDateTimeFilter(field_name="prepared_at", lookup_expr="gte")
    prepared_before = django_filters.IsoDateTimeFilter(field_name="prepared_at", lookup_expr="lt")


class FilmQuery(ProjectQuery, FilmFilters):
    """Pieces of electrolyte."""

    batch = ReferenceFilter()


class CoatingQuery(ProjectQuery, CoatingFilters):
    """Coatings."""

    active_material = ReferenceFilter()


class ElectrodeQuery(ProjectQuery, ElectrodeFilters):
    """Electrodes."""

    coating = ReferenceFilter()
    metal = ReferenceFilter()
    active_material = ReferenceFilter(field_name="coating__active_material")


class StepQuery(django_filters.FilterSet):  # type: ignore[misc]  # untyped library
    """Process steps."""

    batch = ReferenceFilter()
    film = ReferenceFilter()
    coating = ReferenceFilter()
    electrode = ReferenceFilter()

    class Meta:
        model = ProcessStep
        fields = ("kind",)


class ConsumptionQuery(django_filters.FilterSet):  # type: ignore[misc]  # untyped library
    """What steps used up."""

    lot = ReferenceFilter()
    batch = ReferenceFilter()

    class Meta:
        model = Consumption
        fields = ("step",)


class ElectrodeEventQuery(django_filters.FilterSet):  # type: ignore[misc]  # untyped library
    """Changes of electrodes."""

    electrode = ReferenceFilter()

    class Meta:
        model = ElectrodeEvent
        fields = ("state",)
