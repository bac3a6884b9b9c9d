"""Pages of cells."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cells.eventforms import EventForm
from cells.filters import CellFilters
from cells.forms import CellForm
from cells.harvesting import HarvestForm
from cells.models import Cell, CellElectrode, CellEvent
from cells.panels import cell_panels
from cells.tables import CellTable
from labsite.access.kinds import Kind, State
from labsite.access.pages import require_form
from labsite.access.recording import check_may_edit
from labsite.access.viewers import PersonRequest
from labsite.lib.web import page_url
from samples.stepviews import quantities_page
from samples.templating import offer_templates

TONES = {
    "assembled": "ok",
    "sealed": "ok",
    "pressed": "ok",
    "pressure": "ok",
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
    starts=offer_templates("cell", CellForm),
)


@require_form
def event_add(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Log an event of a cell."""
    return quantities_page(request, CELL, pk, EventForm, _("Log an event"))


@require_form
def harvest(request: PersonRequest, pk: UUID, place_pk: UUID) -> HttpResponse:
    """Take an electrode out of a cell: ask when and how, then go to the electrode."""
    cell = get_object_or_404(CELL.records(request.user), pk=pk)
    check_may_edit(request.user, cell)
    place = get_object_or_404(
        CellElectrode.objects.select_related("cell", "electrode"), pk=place_pk, cell=cell
    )
    form = HarvestForm(
        request.POST if request.method == "POST" else None, user=request.user, place=place
    )
    if request.method == "POST" and form.is_valid():
        try:
            electrode = form.store()
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            words = {"code": electrode.code, "cell": cell.code}
            messages.success(request, _("%(code)s is harvested; %(cell)s is opened.") % words)
            return redirect(page_url(electrode))
    words = {"role": place.get_role_display(), "code": place.electrode.code}
    title = _("Take out the %(role)s electrode %(code)s") % words
    context = {"kind": CELL, "object": cell, "form": form, "title": title}
    return render(request, "components/act.html", {**context, "back": page_url(cell)})
