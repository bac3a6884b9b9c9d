"""Lineage of samples for their pages: what each was made from, and what was made from it."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from labsite.access.viewers import Node, Viewer, node
from labsite.lib.units import show_measured
from samples.models import (
    Chemical,
    Coating,
    Consumption,
    Electrode,
    ElectrolyteBatch,
    Film,
    Lot,
    ProcessStep,
)

SHOWN = 50
"""Pieces made from one batch or coating that its page lists; the lists show all."""


def steps_of(sample: Any) -> "list[ProcessStep]":
    """Return what was done to a sample, with all that it used up."""
    rows = sample.steps.select_related("performed_by")
    return list(rows.prefetch_related("consumptions__lot__chemical", "consumptions__batch"))


def amount(edge: Consumption) -> str:
    """Write how much a step used, beside what was planned."""
    if edge.amount is None:
        used = _("amount not measured")
    else:
        used = f"{show_measured(edge.amount, edge.amount_u)} {edge.get_unit_display()}"
    if edge.planned_amount is None:
        return used
    planned = show_measured(edge.planned_amount, None)
    return _("%(used)s (planned %(planned)s)") % {"used": used, "planned": planned}


def used_up(viewer: Viewer, steps: Iterable[ProcessStep]) -> list[Node]:
    """Return what the steps used: lots, and batches with what they were made from."""
    return [
        node(viewer, material, amount(edge))
        for step in steps
        for edge in step.consumptions.all()
        if (material := edge.lot or edge.batch) is not None
    ]


def step_lines(viewer: Viewer, steps: Iterable[ProcessStep]) -> list[dict[str, object]]:
    """Return the steps for the card "Steps"."""
    return [
        {
            "kind": step.get_kind_display(),
            "at": date_format(localtime(step.performed_at), "Y-m-d H:i"),
            "by": step.performed_by,
            "note": step.note,
            "quantities": quantities(step),
            "used": used_up(viewer, [step]),
        }
        for step in steps
    ]


def quantities(step: ProcessStep) -> list[str]:
    """Write a step's quantities, as done and as planned: "uv time s: 300 (planned 280)"."""
    lines = []
    for name in sorted({**step.planned, **step.actual}):
        done, planned = step.actual.get(name), step.planned.get(name)
        parts = [] if done is None else [str(done)]
        if planned is not None:
            parts.append(_("(planned %(planned)s)") % {"planned": planned})
        lines.append(f"{name.replace('_', ' ')}: {' '.join(parts)}")
    return lines


def chemical_panels(record: Chemical, viewer: Viewer) -> Mapping[str, object]:
    """Return the lots of a substance."""
    return {"made_into": [node(viewer, lot) for lot in record.lots.select_related("chemical")]}


def lot_panels(record: Lot, viewer: Viewer) -> Mapping[str, object]:
    """Return what a bottle was used for."""
    edges = record.consumptions.select_related(
        "step__batch", "step__film", "step__coating__active_material", "step__electrode"
    )
    used = [(edge, sample_of(edge.step)) for edge in edges[:SHOWN]]
    return {
        "made_from": [node(viewer, record.chemical)],
        "made_into": [node(viewer, sample, amount(edge)) for edge, sample in used],
    }


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
        "steps": step_lines(viewer, steps),
    }


def film_panels(record: Film, viewer: Viewer) -> Mapping[str, object]:
    """Return a film's batch and what its own steps used."""
    steps = steps_of(record)
    return {
        "made_from": [batch_node(viewer, record.batch), *used_up(viewer, steps)],
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
        "steps": step_lines(viewer, steps),
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
        "made_from": electrode_sources(record, viewer, steps),
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
