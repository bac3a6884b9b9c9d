"""Administration of cells."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from cells.derived import keep_typed
from cells.models import Cell, CellElectrode, CellEvent
from cells.quantities import EVENT_QUANTITIES
from labsite.access.record_admin import VOIDED, ProjectRecordAdmin, ReadOnlyAdmin, ReadOnlyInline
from samples.quantityadmin import QuantityFilter


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

    def has_add_permission(self, _request: HttpRequest) -> bool:
        """Return False: a cell is put together from its electrodes, on its page or in the API."""
        return False

    def save_model(self, request: Any, obj: Any, form: Any, change: bool) -> None:
        """Keep what was typed over a derived value."""
        stored = Cell.objects.get(pk=obj.pk)
        typed = {name: form.cleaned_data.get(name) for name in form.changed_data}
        for name, value in keep_typed(stored, typed).items():
            setattr(obj, name, value)
        super().save_model(request, obj, form, change)


@admin.register(CellElectrode)
class PlaceAdmin(ReadOnlyAdmin):
    """Which electrode was where."""

    PATHS = ("cell__project",)
    list_display = ("cell", "role", "electrode", "installed_at", "removed_at")
    list_filter = ("role", ("removed_at", admin.EmptyFieldListFilter))
    list_select_related = ("cell", "electrode")
    search_fields = ("cell__code", "electrode__code")
    date_hierarchy = "installed_at"


class EventQuantity(QuantityFilter):
    """Events that say a quantity."""

    CATALOGUE = EVENT_QUANTITIES


@admin.register(CellEvent)
class CellEventAdmin(ReadOnlyAdmin):
    """What happened to cells."""

    PATHS = ("cell__project",)
    list_display = ("cell", "kind", "at", "note", "created_by")
    list_filter = ("kind", EventQuantity)
    list_select_related = ("cell", "created_by")
    search_fields = ("cell__code", "note")
    date_hierarchy = "at"
