"""The card with the cells that a sample is in."""

from typing import Any

from django import template
from django.db.models import Q, QuerySet
from django.utils.html import format_html
from django.utils.safestring import SafeString

from cells.choices import why_not_free
from cells.lineage import cells_with
from cells.models import Cell
from cells.panels import new_cell_url
from cells.views import cell_state
from labsite.access.viewers import Viewer
from labsite.lib.numbers import show_alone, show_with_u
from samples.models import Electrode, ElectrolyteBatch, Film
from samples.recipes import Quantity

SHOWN = 50

register = template.Library()


def cells_in_reach(sample: ElectrolyteBatch | Film | Electrode) -> "QuerySet[Any]":
    """Return the cells that hold the sample or something made from it."""
    if isinstance(sample, ElectrolyteBatch):
        condition = cells_with(sample)
    elif isinstance(sample, Film):
        condition = Q(film=sample)
    else:
        condition = Q(places__electrode=sample)
    rows: QuerySet[Any] = Cell.objects.filter(condition).distinct()
    return rows


@register.simple_tag
def quantity(found: Quantity | None, unit: str = "") -> SafeString:
    """Write a calculated quantity: "1.53 ± 0.05 mAh/cm²", without u to four digits, or a dash."""
    if found is None:
        return SafeString("–")
    plain = show_alone(float(f"{found.value:.4g}"))
    text = show_with_u(found.value, found.u) if found.u else plain
    return format_html('<span class="number">{}</span> <span class="unit">{}</span>', text, unit)


@register.simple_tag
def stored_quantity(
    value: float | str | None, u: float | str | None = None, unit: str = ""
) -> SafeString:
    """Write a stored number with its uncertainty, or a dash; a missing key comes as ""."""
    if value is None or isinstance(value, str):
        return quantity(None, unit)
    return quantity(Quantity(value, None if isinstance(u, str) else u), unit)


@register.inclusion_tag("cells/_cells_of.html", takes_context=True)
def cells_of(context: dict[str, Any], sample: Any) -> dict[str, Any]:
    """Show the cells of a sample."""
    viewer = Viewer(context["request"].user)
    rows = cells_in_reach(sample).select_related("film__batch", "batch").prefetch_related("events")
    cells = [
        (viewer.link(cell), cell.summary, cell_state(cell))
        for cell in rows[:SHOWN]
        if viewer.sees(cell)
    ]
    return {"cells": cells, "new_url": _new_cell(sample, viewer)}


def _new_cell(sample: Any, viewer: Viewer) -> str:
    """Return the address of the form of a new cell with an electrode that is free."""
    if not isinstance(sample, Electrode) or why_not_free(sample, viewer.user):
        return ""
    last = sample.places.filter(removed_at__isnull=False).order_by("installed_at").last()
    return new_cell_url(sample, last)
