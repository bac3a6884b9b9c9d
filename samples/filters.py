"""Filters of the lists of samples."""

from typing import Any

import django_filters
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from labsite.access.forms import ProjectFilters, RecordFilter, RecordFilters
from labsite.lib.filters import DayRange, NumberRange
from samples.loadinglists import WorkedOutRange
from samples.lotstates import CONDITIONS, LotState
from samples.models import (
    Chemical,
    Coating,
    Electrode,
    ElectrodeEvent,
    ElectrolyteBatch,
    Film,
    Lot,
)


def _active_materials(_request: HttpRequest) -> "QuerySet[Chemical]":
    return Chemical.objects.filter(role=Chemical.Role.ACTIVE_MATERIAL)


class ChemicalFilters(RecordFilters):
    """Substances."""

    SEARCHED = ("code", "aliases", "short_name", "name", "cas_number", "formula")

    class Meta:
        model = Chemical
        fields = ("q", "role", "voided")


class LotFilters(RecordFilters):
    """Bottles."""

    SEARCHED = ("code", "aliases", "lot_number", "supplier", "location", "chemical__short_name")

    state = django_filters.ChoiceFilter(
        choices=LotState.choices, method="in_state", label=_("State")
    )

    class Meta:
        model = Lot
        fields = ("q", "chemical", "state", "voided")

    def in_state(self, queryset: "QuerySet[Any]", _name: str, value: str) -> "QuerySet[Any]":
        """Keep lots of which this is true, whatever else is: expired and low is both."""
        return queryset.filter(CONDITIONS[LotState(value)](timezone.localdate()))


class BatchFilters(ProjectFilters):
    """Batches of electrolyte."""

    SEARCHED = ("code", "aliases", "composition", "notes")

    x = NumberRange("mole_fraction_am", _("x"))
    ratio = NumberRange("dem_molar_ratio", _("NMA:LiFSI"))
    monomer = NumberRange("total_monomer_mol_l", _("Monomer / mol/L"))
    uv_time = NumberRange("uv_time_s", _("UV time / s"))
    fec = NumberRange("fec_mass_fraction", _("FEC mass fraction"))
    prepared = DayRange("prepared_at", _("Prepared"))
    lot = RecordFilter(
        field_name="steps__consumptions__lot", model=Lot, label=_("Contains lot"), distinct=True
    )

    class Meta:
        model = ElectrolyteBatch
        fields = ("q", "project", "kind", "x", "voided")


class FilmFilters(ProjectFilters):
    """Pieces of electrolyte."""

    SEARCHED = ("code", "aliases", "batch__code", "notes")

    thickness = NumberRange("thickness_um", _("Thickness / µm"))

    class Meta:
        model = Film
        fields = ("q", "project", "form", "thickness", "voided")


class CoatingFilters(ProjectFilters):
    """Coatings."""

    SEARCHED = ("code", "aliases", "current_collector", "notes")

    active_material = django_filters.ModelChoiceFilter(
        queryset=_active_materials, label=_("Active material")
    )

    class Meta:
        model = Coating
        fields = ("q", "project", "active_material", "voided")


class ElectrodeFilters(ProjectFilters):
    """Electrodes."""

    SEARCHED = ("code", "aliases", "coating__code", "metal__short_name", "notes")

    active_material = django_filters.ModelChoiceFilter(
        field_name="coating__active_material",
        queryset=_active_materials,
        label=_("Active material"),
    )
    state = django_filters.ChoiceFilter(
        choices=ElectrodeEvent.State.choices, method="now", label=_("State")
    )
    loading = WorkedOutRange("active_mass_loading_mg_cm2", _("Loading / mg/cm²"))
    area = WorkedOutRange("area_cm2", _("Area / cm²"))

    class Meta:
        model = Electrode
        fields = ("q", "project", "active_material", "state", "loading", "area", "voided")

    def now(self, queryset: "QuerySet[Any]", _name: str, value: str) -> "QuerySet[Any]":
        """Keep electrodes whose last event says so."""
        last = ElectrodeEvent.objects.filter(electrode=OuterRef("pk")).order_by(
            "-at", "-created_at"
        )
        rows: QuerySet[Any] = queryset.annotate(now=Subquery(last.values("state")[:1])).filter(
            now=value
        )
        return rows
