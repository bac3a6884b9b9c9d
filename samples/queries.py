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
from samples.models import ElectrodeEvent


class ChemicalQuery(RecordQuery, ChemicalFilters):
    """Substances."""

    short_name = django_filters.CharFilter()


class LotQuery(RecordQuery, LotFilters):
    """Bottles."""

    chemical = ReferenceFilter()


class BatchQuery(ProjectQuery, BatchFilters):
    """Batches of electrolyte."""

    prepared = None  # type: ignore[assignment]  # times, below
    lot = ReferenceFilter(field_name="steps__consumptions__lot", distinct=True)
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


class ElectrodeEventQuery(django_filters.FilterSet):  # type: ignore[misc]  # untyped library
    """Changes of electrodes."""

    electrode = ReferenceFilter()

    class Meta:
        model = ElectrodeEvent
        fields = ("state",)
