"""What surrounds a cell on its page: electrodes in it, lineage, events."""

from collections.abc import Iterable, Mapping
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from cells.balance import former_places
from cells.choices import OVER, why_not_free
from cells.derived import electrodes_of
from cells.models import Cell, CellElectrode, CellEvent
from cells.quantities import EVENT_QUANTITIES
from cells.rates import rates_of
from cells.roles import COATED, Role, sort_of
from cells.wizard import compare, flags_of, other_bases, sides_of
from labsite.access.viewers import Node, Viewer, node
from samples.expiry import Sample, expiry_lines
from samples.models import Electrode
from samples.panels import batch_node, electrode_sources
from samples.steplines import quantity_lines

NEXT: Mapping[str, tuple[str, str]] = {
    Cell.Type.ANODE_HALF_CELL: (Role.NEGATIVE.value, Cell.Type.FULL_CELL.value),
    Cell.Type.CATHODE_HALF_CELL: (Role.POSITIVE.value, Cell.Type.FULL_CELL.value),
}
"""Role and type of the cell into which an electrode of a half cell is usually built next."""


def cell_panels(record: Cell, viewer: Viewer) -> Mapping[str, object]:
    """Return the electrodes, what they and the electrolyte were made from, and the events."""
    places = list(record.places.all())
    chosen = {
        role: electrode
        for role, electrode in electrodes_of(record).items()
        if viewer.sees(electrode)
    }
    compared = compare(record, chosen)
    events = record.events.select_related("created_by").order_by("-at", "-created_at")
    return {
        "places": [
            (place, viewer.link(place.electrode), _next_cell(place, viewer)) for place in places
        ],
        "is_over": any(event.kind in OVER for event in events),
        "balance": compared,
        "other_bases": list(other_bases(record, chosen)),
        "sides": sides_of(record, chosen, viewer),
        "flags": flags_of(compared),
        "gaps": list(compared.gaps) if compared else [],
        "rates": rates_of(record),
        "pressures": [event for event in events if event.kind == CellEvent.Kind.PRESSURE],
        "expiry": expiry_lines(viewer, contents(record, places)),
        "made_from": [
            *(electrode_node(viewer, place) for place in places),
            *electrolyte_nodes(viewer, record),
        ],
        "events": [
            {
                "at": event.at,
                "created_by": event.created_by,
                "word": event.get_kind_display(),
                "note": event.note,
                "quantities": quantity_lines(
                    EVENT_QUANTITIES.get(event.kind, ()), event.planned, event.actual
                ),
            }
            for event in events
        ],
    }


def _next_cell(place: CellElectrode, viewer: Viewer) -> str:
    """Return the address of the form of a new cell with a harvested electrode, if it is free."""
    free = place.removed_at is not None and not why_not_free(place.electrode, viewer.user)
    return new_cell_url(place.electrode, place) if free and viewer.sees(place.electrode) else ""


def new_cell_url(electrode: Electrode, last: CellElectrode | None) -> str:
    """Return the address of the form of a new cell in which an electrode is chosen.

    Out of a half cell it goes into a full cell: from an anode half cell as the negative electrode,
    from a cathode half cell as the positive one.
    """
    role, cell_type = Role.POSITIVE.value, ""
    if last is not None:
        role, cell_type = NEXT.get(last.cell.cell_type, (last.role, last.cell.cell_type))
        if sort_of(electrode) != COATED:
            role, cell_type = last.role, last.cell.cell_type
    elif sort_of(electrode) != COATED:
        role = Role.NEGATIVE.value
    query = {role: str(electrode.pk), "cell_type": cell_type}
    wanted = {name: value for name, value in query.items() if value}
    return f"{reverse('cells:cell-add')}?{urlencode(wanted)}"


def contents(cell: Cell, places: Iterable[CellElectrode]) -> list[Sample]:
    """Return the electrodes that are or were in a cell, and its film or batch."""
    electrolyte = cell.film or cell.batch
    own: list[Sample] = [] if electrolyte is None else [electrolyte]
    return [*own, *(place.electrode for place in places)]


def electrode_node(viewer: Viewer, place: CellElectrode) -> Node:
    """Return an electrode with its role, the cells it was in before, and its sources."""
    former = [
        node(viewer, one.cell, _("was in it as the %(role)s") % {"role": one.get_role_display()})
        for one in former_places(place.electrode, place.installed_at)
    ]
    sources = electrode_sources(place.electrode, viewer)
    return node(viewer, place.electrode, place.get_role_display(), [*former, *sources])


def electrolyte_nodes(viewer: Viewer, cell: Cell) -> list[Node]:
    """Return the film with its batch, or the batch."""
    if cell.film is not None:
        return [node(viewer, cell.film, "", [batch_node(viewer, cell.film.batch)])]
    return [] if cell.batch is None else [batch_node(viewer, cell.batch)]
