"""Pages of cells."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from cells.assembly import harvest_electrode
from cells.filters import CellFilters
from cells.forms import CellForm, EventForm
from cells.models import Cell, CellElectrode, CellEvent
from cells.panels import cell_panels
from cells.tables import CellTable
from labsite.access.kinds import Kind, State
from labsite.access.pages import act_page, require_form
from labsite.access.viewers import PersonRequest
from labsite.lib.web import page_url

TONES = {
    "assembled": "ok",
    "rest": "ok",
    "on_test": "active",
    "off_test": "quiet",
    "cut": "warning",
    "bent": "warning",
    "short": "failed",
    "opened": "off",
    "ended": "off",
}


def cell_state(cell: Cell) -> State:
    """Tell what happened last."""
    events = sorted(cell.events.all(), key=lambda event: (event.at, event.created_at))
    last = events[-1].kind if events else CellEvent.Kind.ASSEMBLED
    return TONES[last], CellEvent.Kind(last).label


CELL = Kind(
    name="cell",
    folder="cells",
    model=Cell,
    form=CellForm,
    table=CellTable,
    filters=CellFilters,
    one=gettext_lazy("cell"),
    many=gettext_lazy("Cells"),
    icon="battery-3",
    hint=gettext_lazy(
        "Put electrodes and a film together; instrument files are uploaded to cells."
    ),
    related=("project", "film__batch", "batch"),
    prefetched=(
        "events",
        "places__electrode__coating__active_material",
        "places__electrode__metal",
    ),
    state=cell_state,
    panels=cell_panels,
)


@require_form
def event_add(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Log an event of a cell."""
    return act_page(request, CELL, pk, EventForm, _("Log an event"))


@require_POST
def harvest(request: PersonRequest, pk: UUID, place_pk: UUID) -> HttpResponse:
    """Take an electrode out of a cell."""
    cell = get_object_or_404(CELL.records(request.user), pk=pk)
    place = get_object_or_404(
        CellElectrode.objects.select_related("cell", "electrode"), pk=place_pk, cell=cell
    )
    try:
        electrode = harvest_electrode(place=place, by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect(page_url(cell))
    messages.success(request, _("%(code)s is harvested.") % {"code": electrode.code})
    return redirect(page_url(electrode))
