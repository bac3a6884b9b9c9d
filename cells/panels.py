"""What surrounds a cell on its page: electrodes in it, lineage, events."""

from collections.abc import Mapping

from cells.models import Cell, CellElectrode
from labsite.access.viewers import Node, Viewer, node
from samples.panels import batch_node, electrode_sources


def cell_panels(record: Cell, viewer: Viewer) -> Mapping[str, object]:
    """Return the electrodes, what they and the electrolyte were made from, and the events."""
    places = list(record.places.all())
    events = record.events.select_related("created_by").order_by("-at", "-created_at")
    return {
        "places": [(place, viewer.link(place.electrode)) for place in places],
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
            }
            for event in events
        ],
    }


def electrode_node(viewer: Viewer, place: CellElectrode) -> Node:
    """Return an electrode with its role and its sources."""
    sources = electrode_sources(place.electrode, viewer)
    return node(viewer, place.electrode, place.get_role_display(), sources)


def electrolyte_nodes(viewer: Viewer, cell: Cell) -> list[Node]:
    """Return the film with its batch, or the batch."""
    if cell.film is not None:
        return [node(viewer, cell.film, "", [batch_node(viewer, cell.film.batch)])]
    return [] if cell.batch is None else [batch_node(viewer, cell.batch)]
