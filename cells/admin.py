"""Administration of cells."""

from typing import Any

from django.contrib import admin

from cells.assembly import assemble_cell
from cells.models import Cell, CellElectrode, CellEvent
from labsite.access.record_admin import VOIDED, ProjectRecordAdmin, ReadOnlyAdmin, ReadOnlyInline
from labsite.access.records import Record


class PlaceInline(ReadOnlyInline):
    """Electrodes of a cell."""

    model = CellElectrode
    fields = ("role", "electrode", "installed_at", "removed_at")


@admin.register(Cell)
class CellAdmin(ProjectRecordAdmin):
    """Cells; electrodes are put in and taken out on the pages and through the API."""

    list_display = (
        "code", "project", "cell_type", "format", "film", "batch", "assembled_at", "assembled_by",
        "voided_at",
    )  # fmt: skip
    list_filter = ("cell_type", "format", "project", VOIDED)
    list_select_related = ("project", "film", "batch", "assembled_by")
    search_fields = ("code", "aliases", "film__code", "batch__code", "notes")
    date_hierarchy = "assembled_at"
    inlines = (PlaceInline,)

    def create(self, record: Any, by: Any) -> Record:
        """Store a new cell without electrodes."""
        return assemble_cell(cell=record, electrodes={}, by=by)


@admin.register(CellElectrode)
class PlaceAdmin(ReadOnlyAdmin):
    """Which electrode was where."""

    PATHS = ("cell__project",)
    list_display = ("cell", "role", "electrode", "installed_at", "removed_at")
    list_filter = ("role", ("removed_at", admin.EmptyFieldListFilter))
    list_select_related = ("cell", "electrode")
    search_fields = ("cell__code", "electrode__code")
    date_hierarchy = "installed_at"


@admin.register(CellEvent)
class CellEventAdmin(ReadOnlyAdmin):
    """What happened to cells."""

    PATHS = ("cell__project",)
    list_display = ("cell", "kind", "at", "note", "created_by")
    list_filter = ("kind",)
    list_select_related = ("cell", "created_by")
    search_fields = ("cell__code", "note")
    date_hierarchy = "at"
