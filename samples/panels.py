"""Lineage of samples for their pages: what each was made from, and what was made from it."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from labsite.access.viewers import Node, Viewer, node
from samples.expiry import expiry_lines
from samples.figures import electrode_figures, film_figures
from samples.models import (
    Chemical,
    Coating,
    Electrode,
    ElectrolyteBatch,
    Film,
    ProcessStep,
)
from samples.slurrypanel import slurry_of
from samples.steplines import step_lines, steps_of, used_up
from samples.weighpanel import recipe_of

SHOWN = 50
"""Pieces made from one batch or coating that its page lists; the lists show all."""


def chemical_panels(record: Chemical, viewer: Viewer) -> Mapping[str, object]:
    """Return the lots of a substance."""
    return {"made_into": [node(viewer, lot) for lot in record.lots.select_related("chemical")]}


def sample_of(step: ProcessStep) -> Any:
    """Return what the step was done to."""
    return step.batch or step.film or step.coating or step.electrode


def batch_panels(record: ElectrolyteBatch, viewer: Viewer) -> Mapping[str, object]:
    """Return a batch's lots, films and infiltrated electrodes."""
    steps = steps_of(record)
    infiltrated = Electrode.objects.filter(steps__consumptions__batch=record).distinct()
    electrodes = infiltrated.select_related("coating__active_material", "metal")[:SHOWN]
    return {
        "made_from": used_up(viewer, steps),
        "made_into": [
            *(node(viewer, film) for film in record.films.all()[:SHOWN]),
            *(node(viewer, electrode, _("infiltrated")) for electrode in electrodes),
        ],
        "expiry": expiry_lines(viewer, [record]),
        "steps": step_lines(viewer, steps),
        "recipe": recipe_of(record, steps),
    }


def film_panels(record: Film, viewer: Viewer) -> Mapping[str, object]:
    """Return a film's batch and what its own steps used."""
    steps = steps_of(record)
    return {
        **film_figures(record),
        "made_from": [batch_node(viewer, record.batch), *used_up(viewer, steps)],
        "expiry": expiry_lines(viewer, [record]),
        "steps": step_lines(viewer, steps),
    }


def batch_node(viewer: Viewer, batch: ElectrolyteBatch, note: str = "") -> Node:
    """Return a batch with the lots in it."""
    return node(viewer, batch, note, used_up(viewer, steps_of(batch)))


def coating_panels(record: Coating, viewer: Viewer) -> Mapping[str, object]:
    """Return a coating's ingredients and electrodes."""
    steps = steps_of(record)
    electrodes = record.electrodes.select_related("coating__active_material")[:SHOWN]
    return {
        "made_from": [*ingredients(viewer, record), *used_up(viewer, steps)],
        "made_into": [node(viewer, electrode) for electrode in electrodes],
        "expiry": expiry_lines(viewer, [record]),
        "steps": step_lines(viewer, steps),
        "recipe": slurry_of(record, steps),
    }


def ingredients(viewer: Viewer, coating: Coating) -> list[Node]:
    """Return the dry composition by weight parts, or at least the active material."""
    rows = coating.components.select_related("chemical")
    parts = [
        node(viewer, row.chemical, _("%(n)g parts by weight") % {"n": row.weight_parts})
        for row in rows
    ]
    return parts or [node(viewer, coating.active_material)]


def electrode_panels(record: Electrode, viewer: Viewer) -> Mapping[str, object]:
    """Return an electrode's coating or metal, its infiltration and its events."""
    steps = steps_of(record)
    events = record.events.select_related("created_by").order_by("-at", "-created_at")
    return {
        **electrode_figures(record),
        "made_from": electrode_sources(record, viewer, steps),
        "expiry": expiry_lines(viewer, [record]),
        "steps": step_lines(viewer, steps),
        "events": [
            {
                "at": event.at,
                "created_by": event.created_by,
                "word": event.get_state_display(),
                "note": event.note,
            }
            for event in events
        ],
    }


def electrode_sources(
    electrode: Electrode, viewer: Viewer, steps: Iterable[ProcessStep] | None = None
) -> list[Node]:
    """Return what an electrode is of, and what was put into it."""
    own = []
    if electrode.coating is not None:
        own.append(node(viewer, electrode.coating, "", ingredients(viewer, electrode.coating)))
    if electrode.metal is not None:
        own.append(node(viewer, electrode.metal))
    return [*own, *used_up(viewer, steps_of(electrode) if steps is None else steps)]
