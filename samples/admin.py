"""Administration of materials and samples."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from labsite.access.record_admin import VOIDED, ProjectRecordAdmin, ReadOnlyAdmin, RecordAdmin
from labsite.access.records import Record
from samples.models import (
    Chemical,
    Coating,
    CoatingComponent,
    Consumption,
    Electrode,
    ElectrodeEvent,
    ElectrolyteBatch,
    Film,
    Lot,
    ProcessStep,
    StockEntry,
    Template,
)
from samples.models.steps import SUBJECTS
from samples.processing import create_electrode
from samples.quantities import QUANTITIES
from samples.quantityadmin import QuantityFilter
from samples.stock import create_lot

SAMPLE_PROJECTS = tuple(f"{name}__project" for name in SUBJECTS)


@admin.register(Chemical)
class ChemicalAdmin(RecordAdmin):
    """Substances."""

    list_display = ("code", "short_name", "name", "role", "molar_mass_g_mol", "voided_at")
    list_filter = ("role", VOIDED)
    search_fields = ("code", "aliases", "short_name", "name", "formula", "cas_number")


@admin.register(Lot)
class LotAdmin(RecordAdmin):
    """Bottles."""

    list_display = (
        "code", "chemical", "lot_number", "supplier", "expires_on", "remaining_amount",
        "amount_unit", "voided_at",
    )  # fmt: skip
    list_filter = ("supplier", VOIDED)
    list_select_related = ("chemical",)
    search_fields = ("code", "aliases", "lot_number", "supplier", "chemical__short_name")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Sequence[Any]:
        """Keep what the ledger counts from: it is said once."""
        fixed = () if obj is None else ("initial_amount", "amount_unit", "remaining_amount")
        return (*super().get_readonly_fields(request, obj), *fixed)

    def create(self, record: Any, by: Any) -> Record:
        """Store a new lot with the first entry of its ledger."""
        return create_lot(lot=record, by=by)


@admin.register(StockEntry)
class StockEntryAdmin(ReadOnlyAdmin):
    """The ledger of the lots."""

    LAB_WIDE = ("lot",)
    list_display = ("lot", "kind", "change", "remaining", "at", "created_by", "note")
    list_filter = ("kind",)
    list_select_related = ("lot__chemical", "created_by")
    search_fields = ("lot__code", "lot__chemical__short_name", "note")
    date_hierarchy = "at"


@admin.register(Template)
class TemplateAdmin(RecordAdmin):
    """Templates of the lab."""

    list_display = ("code", "name", "kind", "created_by", "voided_at")
    list_filter = ("kind", VOIDED)
    search_fields = ("code", "aliases", "name", "notes")


@admin.register(ElectrolyteBatch)
class BatchAdmin(ProjectRecordAdmin):
    """Batches of electrolyte."""

    list_display = (
        "code", "project", "kind", "mole_fraction_am", "dem_molar_ratio", "uv_time_s",
        "prepared_at", "prepared_by", "voided_at",
    )  # fmt: skip
    list_filter = ("kind", "project", VOIDED)
    list_select_related = ("project", "prepared_by")
    search_fields = ("code", "aliases", "composition", "notes")
    date_hierarchy = "prepared_at"


@admin.register(Film)
class FilmAdmin(ProjectRecordAdmin):
    """Pieces of electrolyte."""

    list_display = (
        "code", "project", "batch", "form", "thickness_um", "diameter_mm", "made_at", "voided_at",
    )  # fmt: skip
    list_filter = ("form", "project", VOIDED)
    list_select_related = ("project", "batch")
    search_fields = ("code", "aliases", "batch__code", "notes")
    date_hierarchy = "made_at"


class ComponentInline(admin.TabularInline[CoatingComponent, Coating]):
    """Ingredients of a coating."""

    model = CoatingComponent
    fields = ("chemical", "weight_parts", "solution_mass_fraction")
    autocomplete_fields = ("chemical",)
    extra = 0


@admin.register(Coating)
class CoatingAdmin(ProjectRecordAdmin):
    """Coatings with their ingredients."""

    list_display = (
        "code", "project", "active_material", "active_mass_fraction", "thickness_um", "made_at",
        "voided_at",
    )  # fmt: skip
    list_filter = ("project", VOIDED)
    list_select_related = ("project", "active_material")
    search_fields = ("code", "aliases", "active_material__short_name", "notes")
    date_hierarchy = "made_at"
    inlines = (ComponentInline,)


@admin.register(Electrode)
class ElectrodeAdmin(ProjectRecordAdmin):
    """Electrodes."""

    list_display = (
        "code", "project", "coating", "metal", "diameter_mm", "active_mass_mg", "made_at",
        "voided_at",
    )  # fmt: skip
    list_filter = ("project", VOIDED)
    list_select_related = ("project", "coating", "metal")
    search_fields = ("code", "aliases", "coating__code", "metal__short_name", "notes")
    date_hierarchy = "made_at"

    def create(self, record: Any, by: Any) -> Record:
        """Store a new electrode as pristine."""
        return create_electrode(electrode=record, by=by)


@admin.register(ElectrodeEvent)
class ElectrodeEventAdmin(ReadOnlyAdmin):
    """What became of electrodes."""

    PATHS = ("electrode__project",)
    list_display = ("electrode", "state", "at", "note", "created_by")
    list_filter = ("state",)
    list_select_related = ("electrode", "created_by")
    search_fields = ("electrode__code", "note")
    date_hierarchy = "at"


class StepQuantity(QuantityFilter):
    """Steps that say a quantity."""

    CATALOGUE = QUANTITIES


@admin.register(ProcessStep)
class StepAdmin(ReadOnlyAdmin):
    """Steps of work."""

    PATHS = SAMPLE_PROJECTS
    list_display = ("kind", *SUBJECTS, "performed_at", "performed_by", "note")
    list_filter = ("kind", ("performed_at", admin.EmptyFieldListFilter), StepQuantity)
    list_select_related = (*SUBJECTS, "performed_by")
    search_fields = (*(f"{name}__code" for name in SUBJECTS), "note")
    date_hierarchy = "performed_at"


@admin.register(Consumption)
class ConsumptionAdmin(ReadOnlyAdmin):
    """What steps used up."""

    PATHS = tuple(f"step__{path}" for path in SAMPLE_PROJECTS)
    list_display = ("step", "lot", "batch", "amount", "unit", "created_at")
    list_filter = ("unit",)
    list_select_related = ("step", "lot__chemical", "batch")
    search_fields = ("lot__code", "batch__code")
    date_hierarchy = "created_at"
