"""The card with the cells that a sample is in."""

from typing import Any

from django import template
from django.db.models import Q, QuerySet

from cells.lineage import cells_with
from cells.models import Cell
from cells.views import cell_state
from labsite.access.viewers import Viewer
from samples.models import Electrode, ElectrolyteBatch, Film

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
    return {"cells": cells}
