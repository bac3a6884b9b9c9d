"""Process steps in words, for the pages of samples."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from labsite.access.viewers import Node, Viewer, node
from labsite.lib.quantities import Quantity, differs
from labsite.lib.units import show_measured
from samples.models import Consumption, ProcessStep
from samples.quantities import QUANTITIES


def steps_of(sample: Any) -> "list[ProcessStep]":
    """Return what was done to a sample, with all that it used up."""
    rows = sample.steps.select_related("performed_by")
    return list(rows.prefetch_related("consumptions__lot__chemical", "consumptions__batch"))


def amount(edge: Consumption) -> str:
    """Write how much a step used, beside what was planned."""
    unit = edge.get_unit_display()
    planned = "" if edge.planned_amount is None else show_measured(edge.planned_amount, None)
    if edge.amount is None and edge.step.performed_at is None:
        return f"{planned} {unit}" if planned else ""
    if edge.amount is None:
        used = _("amount not measured")
    else:
        used = f"{show_measured(edge.amount, edge.amount_u)} {unit}"
    return (
        _("%(used)s (planned %(planned)s)") % {"used": used, "planned": planned}
        if planned
        else used
    )


def used_up(viewer: Viewer, steps: Iterable[ProcessStep]) -> list[Node]:
    """Return what the steps that are done used: lots, and batches with what they were made from."""
    done = [step for step in steps if step.performed_at is not None]
    return [one for step in done for one in materials(viewer, step)]


def materials(viewer: Viewer, step: ProcessStep) -> list[Node]:
    """Return what a step used, or is planned to use."""
    return [
        node(viewer, material, amount(edge))
        for edge in step.consumptions.all()
        if (material := edge.lot or edge.batch) is not None
    ]


def step_lines(viewer: Viewer, steps: Iterable[ProcessStep]) -> list[dict[str, object]]:
    """Return the steps for the card "Steps": what was done, then what is planned."""
    return [
        {
            "pk": step.pk,
            "kind": step.get_kind_display(),
            "is_done": step.performed_at is not None,
            "at": date_format(localtime(step.performed_at), "Y-m-d H:i")
            if step.performed_at
            else "",
            "by": step.performed_by,
            "note": step.note,
            "quantities": quantity_lines(
                QUANTITIES.get(step.kind, ()),
                step.planned,
                step.actual,
                step.performed_at is not None,
            ),
            "used": materials(viewer, step),
        }
        for step in steps
    ]


@dataclass(frozen=True)
class QuantityLine:
    """A quantity in words: what was done beside what was planned."""

    label: str
    done: str
    planned: str
    off: bool
    """Whether what was done is not what was planned: numbers by more than 1 %."""
    difference: str
    """The relative difference of such a number, as "+3.3 %"."""


def quantity_lines(
    quantities: Iterable[Quantity],
    planned: Mapping[str, Any],
    actual: Mapping[str, Any],
    is_done: bool = True,
) -> list[QuantityLine]:
    """Return the quantities of a step or an event, in the order of the catalogue."""
    known = {one.name: one for one in quantities}
    names = [*known, *sorted({*planned, *actual} - set(known))]
    return [
        _line(known.get(name) or _unknown(name), planned.get(name), actual.get(name), is_done)
        for name in names
        if name in planned or name in actual
    ]


def _line(quantity: Quantity, planned: Any, done: Any, is_done: bool) -> QuantityLine:
    off = is_done and planned is not None and done is not None and differs(planned, done)
    relative = ""
    if off and quantity.is_number and planned:
        relative = f"{100 * (done - planned) / abs(planned):+.1f} %".replace("-", "−")
    return QuantityLine(
        label=quantity.title,
        done="" if done is None else quantity.written(done),
        planned="" if planned is None else quantity.written(planned),
        off=off,
        difference=relative,
    )


def _unknown(name: str) -> Quantity:
    """Return a quantity that was stored before there was a catalogue."""
    return Quantity(name, name.replace("_", " "), words=())
