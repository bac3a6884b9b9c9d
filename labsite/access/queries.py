"""Filters of the API: those of the pages, and references by code, versions of times."""

import django_filters

from labsite.access.forms import RecordFilters
from labsite.access.references import ReferenceFilter


class RecordQuery(RecordFilters):
    """What every list of records can be asked for; mixed with the filters of the pages."""

    code = django_filters.CharFilter(lookup_expr="iexact")
    created_after = django_filters.IsoDateTimeFilter(field_name="created_at", lookup_expr="gte")
    created_before = django_filters.IsoDateTimeFilter(field_name="created_at", lookup_expr="lt")


class ProjectQuery(RecordQuery):
    """The same for records of projects."""

    project = ReferenceFilter(by="name", help_text="Name or UUID.")
