"""The one step in which a batch or a slurry is weighed: planned, done, corrected."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Sum
from django.utils.translation import gettext as _

from labsite.access.models import User
from labsite.access.recording import EditConflictError
from samples.mixture import facts_of
from samples.models import Consumption, Lot, ProcessStep, StockEntry
from samples.processing import FIELD, StepDetails, Use, log_step, perform_step, revise_step
from samples.recipes.lots import LotFacts, mixed
from samples.recipes.quantity import Quantity
from samples.stock import BASE, StockError

READABILITY = "balance_readability_mg"
"""The quantity of a weighing step that says how finely the balance reads."""


@dataclass(frozen=True)
class Weighing:
    """What is to be stored of a weighing: its kind, quantities, uses, and when it was."""

    kind: str
    uses: Sequence[Use]
    quantities: Mapping[str, object]
    performed_at: datetime | None = None


def weighing_of(sample: Any, kind: str) -> ProcessStep | None:
    """Return the step in which a batch or a slurry is weighed, done or planned."""
    steps = sample.steps.filter(kind=kind).prefetch_related("consumptions__lot__chemical")
    step: ProcessStep | None = steps.first()
    return step


def grams(edge: Consumption) -> float | None:
    """Return the weighed mass in g; None when there is none."""
    base, size = BASE[edge.unit]
    return None if not edge.amount or base != "g" else edge.amount * size


def grams_u(edge: Consumption) -> float | None:
    """Return the standard uncertainty of the weighed mass in g."""
    return None if edge.amount_u is None else edge.amount_u * BASE[edge.unit][1]


@dataclass(frozen=True)
class Filled:
    """What fills one place of a recipe: the last lot, the mass of all, and what they are."""

    lot: Lot
    mass_g: float | None
    mass_g_u: float | None
    several: LotFacts | None = None


def filled(edges: Sequence[Consumption]) -> Filled | None:
    """Return the mass of one or several weighings into one place; None where there is no lot.

    One that is not weighed yet leaves the mass of all unknown.
    """
    by_lot: dict[Lot, list[Consumption]] = {}
    for edge in edges:
        if edge.lot is not None:
            by_lot.setdefault(edge.lot, []).append(edge)
    if not by_lot:
        return None
    known = {lot: _sum(rows) for lot, rows in by_lot.items()}
    last, masses = list(known)[-1], [mass for mass in known.values() if mass is not None]
    if len(masses) < len(known):
        return Filled(last, None, None)
    us = [mass.u for mass in masses if mass.u is not None]
    u = math.hypot(*us) if len(us) == len(masses) else None
    parts = [(mass, facts_of(lot)) for lot, mass in known.items() if mass is not None]
    several = mixed(parts) if len(parts) > 1 else None
    return Filled(last, sum(mass.value for mass in masses), u, several)


def _sum(edges: Sequence[Consumption]) -> Quantity | None:
    """Return the mass in g that several weighings took of one lot."""
    masses, us = [grams(edge) for edge in edges], [grams_u(edge) for edge in edges]
    if any(mass is None for mass in masses):
        return None
    known = [u for u in us if u is not None]
    u = math.hypot(*known) if len(known) == len(us) else None
    return Quantity(sum(mass or 0.0 for mass in masses), u)


def rounded(target: float) -> float:
    """Return a mass to weigh with seven significant digits, more than balances have."""
    return float(f"{target:.7g}")


def lots_held(step: ProcessStep | None) -> dict[UUID, float]:
    """Return what a weighing has taken from each lot, in its unit: a correction gives it back."""
    if step is None:
        return {}
    taken = StockEntry.objects.filter(consumption__step=step).order_by().values_list("lot")
    return {lot: -change for lot, change in taken.annotate(Sum("change"))}


def quantity_of(step: ProcessStep | None, name: str) -> float | None:
    """Return a quantity of a weighing as done, else as planned."""
    value = step and (step.actual.get(name) or step.planned.get(name))
    return float(value) if isinstance(value, int | float) else None


def readability_of(step: ProcessStep | None) -> float | None:
    """Return how finely the balance of a weighing read, in mg."""
    return quantity_of(step, READABILITY)


def tidy(number: float) -> float:
    """Leave out the noise of floating-point products."""
    return float(f"{number:.12g}")


def store_plan(sample: Any, weighing: Weighing, by: User) -> ProcessStep | None:
    """Store what is to be weighed instead of an older plan, in the caller's transaction.

    Returns the step as it is when it is done, or planned just so; None when there is no target.
    """
    step = weighing_of(sample, weighing.kind)
    if step is not None and (step.performed_at is not None or _says(step, weighing)):
        return step
    if not any(use.planned_amount for use in weighing.uses):
        return step
    if step is None:
        own = {FIELD[type(sample)]: sample}
        step = ProcessStep(kind=weighing.kind, performed_at=None, created_by=by, **own)
    step.planned = {**step.planned, **weighing.quantities}
    step.full_clean()
    step.save()
    step.consumptions.all().delete()
    for use in weighing.uses:
        _plan(step, use, by)
    return step


def _plan(step: ProcessStep, use: Use, by: User) -> None:
    edge = Consumption(
        step=step,
        lot=use.material if isinstance(use.material, Lot) else None,
        ingredient=use.ingredient,
        planned_amount=use.planned_amount,
        unit=use.unit,
        created_by=by,
    )
    edge.full_clean()
    edge.save(force_insert=True)


def _says(step: ProcessStep, weighing: Weighing) -> bool:
    """Whether a planned step says just this already."""
    edges = step.consumptions.all()
    stored = [(edge.ingredient, edge.lot, edge.planned_amount) for edge in edges]
    return {**step.planned, **weighing.quantities} == step.planned and stored == [
        (use.ingredient, use.material, use.planned_amount) for use in weighing.uses
    ]


def store_weighing(
    sample: Any, weighing: Weighing, by: User, expected_version: int | None
) -> ProcessStep:
    """Log a weighing, do the planned one, or correct the one that is done; in a transaction.

    Raises EditConflictError when it is not ``expected_version`` any more, ValidationError with the
    sentence beside its ingredient when a lot holds less.
    """
    step = weighing_of(sample, weighing.kind)
    if expected_version is not None and expected_version != (0 if step is None else step.version):
        raise EditConflictError(
            _("Somebody else weighed or changed this meanwhile; open the form again to see it.")
        )
    _refuse_several(sample, weighing.kind)
    said = {**(step.actual if step is not None else {}), **weighing.quantities}
    details = StepDetails(performed_at=weighing.performed_at, actual=said)
    try:
        return _stored(sample, step, weighing, details, by)
    except StockError as error:
        key = next(use.ingredient for use in weighing.uses if use.material == error.lot)
        raise ValidationError({key: error.messages}) from error


def _refuse_several(sample: Any, kind: str) -> None:
    """Raise ValidationError when a place was filled from several weighings: it has one row here."""
    weighed = Consumption.objects.filter(**{f"step__{FIELD[type(sample)]}": sample})
    weighed = weighed.filter(step__kind=kind, amount__gt=0).exclude(ingredient="")
    places = list(weighed.values_list("ingredient", flat=True))
    if several := {place for place in places if places.count(place) > 1}:
        sentence = _("This was weighed in several goes; correct them in the list of steps.")
        raise ValidationError({place: sentence for place in several})


def _stored(
    sample: Any, step: ProcessStep | None, weighing: Weighing, details: StepDetails, by: User
) -> ProcessStep:
    uses = list(weighing.uses)
    if step is None:
        return log_step(sample=sample, kind=weighing.kind, by=by, details=details, uses=uses)
    if step.performed_at is None:
        step.consumptions.filter(amount__isnull=True).delete()
        return perform_step(step=step, by=by, details=details, uses=uses)
    return revise_step(step=step, by=by, expected_version=step.version, details=details, uses=uses)
