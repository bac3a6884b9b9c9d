"""Planned steps before they are stored: of a template, or to be done again as with another sample.

A plan is ``{"kind": ..., "planned": {name with unit: value}}``.
"""

from collections.abc import Mapping
from typing import Any

from samples.models import ProcessStep
from samples.quantities import QUANTITIES

Plan = Mapping[str, Any]

NOT_REPEATED = frozenset({ProcessStep.Kind.WEIGHING, ProcessStep.Kind.HARVEST})
"""Steps that belong to one sample alone: its weighing, its time in a cell."""


def steps_to_repeat(sample: Any) -> list[Plan]:
    """Return the steps of a sample as plans, in order: as planned, else as done."""
    if not hasattr(sample, "steps"):
        return []
    return [
        {"kind": step.kind, "planned": {**(step.planned or step.actual)}}
        for step in sample.steps.all()
        if step.kind not in NOT_REPEATED
    ]


def planned_words(plan: Plan) -> str:
    """Write a plan as people read it: "Pressing · pressure 300 MPa · time 300 s"."""
    kind = str(plan["kind"])
    known = {one.name: one for one in QUANTITIES.get(kind, ())}
    words = [
        f"{known[name].label} {known[name].written(value)}"
        for name, value in plan.get("planned", {}).items()
        if name in known
    ]
    title = str(dict(ProcessStep.Kind.choices).get(kind, kind))
    return " · ".join([title[:1].upper() + title[1:], *words])
