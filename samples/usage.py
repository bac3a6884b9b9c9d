"""What process steps use up, with its entries in the ledger of the lots."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError

from labsite.access.models import User
from labsite.access.recording import check_in_use
from samples import stock
from samples.models import Consumption, ElectrolyteBatch, Lot, ProcessStep

Kept = list[tuple[Consumption, "Use"]]


@dataclass(frozen=True)
class Use:
    """How much of a lot, or of an electrolyte batch, a step used."""

    material: Lot | ElectrolyteBatch
    amount: float | None
    unit: str
    amount_u: float | None = None
    planned_amount: float | None = None
    ingredient: str = ""


def correct_uses(*, step: ProcessStep, uses: Sequence[Use], by: User) -> None:
    """Make ``uses`` what a step used; lots give or get the differences.

    Called in the transaction that stores the step. What is not among ``uses`` any more goes back:
    an edge with entries in the ledger stays, with the amount 0. Raises ValidationError when
    something new is voided or a lot holds less.
    """
    edges = list(step.consumptions.select_related("lot__chemical", "batch"))
    kept, new = _matched(edges, uses)
    stock.lock_lots(lots=[*_lots(uses), *(edge.lot for edge in edges if edge.lot is not None)])
    gone = [edge for edge in edges if edge.pk not in {one.pk for one, _use in kept}]
    for edge in gone:
        _take_back(edge, by)
    for edge, use in sorted(kept, key=lambda one: (one[1].amount or 0) - (one[0].amount or 0)):
        _correct(edge, use, by)
    check_in_use(*(use.material for use in new))
    for use in new:
        edge = Consumption(step=step, created_by=by)
        _fill(edge, use)
        edge.full_clean()
        edge.save(force_insert=True)
        stock.take(edge=edge, by=by)


def _lots(uses: Iterable[Use]) -> list[Lot]:
    return [use.material for use in uses if isinstance(use.material, Lot)]


def _matched(edges: Iterable[Consumption], uses: Iterable[Use]) -> tuple[Kept, list[Use]]:
    """Return stored edges with what they are now, and the uses that are new."""
    left, kept, new = list(edges), list[tuple[Consumption, Use]](), list[Use]()
    for use in uses:
        same = [edge for edge in left if (edge.lot or edge.batch) == use.material]
        edge = next((one for one in same if one.ingredient == use.ingredient), None)
        if edge is None:
            new.append(use)
        else:
            left.remove(edge)
            kept.append((edge, use))
    return kept, new


def _fill(edge: Consumption, use: Use) -> None:
    edge.lot = use.material if isinstance(use.material, Lot) else None
    edge.batch = use.material if isinstance(use.material, ElectrolyteBatch) else None
    edge.ingredient, edge.planned_amount = use.ingredient, use.planned_amount
    edge.amount, edge.amount_u, edge.unit = use.amount, use.amount_u, use.unit


def _correct(edge: Consumption, use: Use, by: User) -> None:
    old_amount, old_unit = edge.amount, edge.unit
    _fill(edge, use)
    edge.full_clean()
    edge.save()
    if old_amount is None:
        stock.take(edge=edge, by=by)
    else:
        stock.correct(edge=edge, old_amount=old_amount, old_unit=old_unit, by=by)


def _take_back(edge: Consumption, by: User) -> None:
    if not edge.stock_entries.exists():
        edge.delete()
        return
    nothing = Use(
        material=material_of(edge),
        amount=0,
        unit=edge.unit,
        planned_amount=edge.planned_amount,
        ingredient=edge.ingredient,
    )
    _correct(edge, nothing, by)


def material_of(edge: Consumption) -> Lot | ElectrolyteBatch:
    """Return the lot or the batch that was used; raises ValidationError when there is neither."""
    material = edge.lot or edge.batch
    if material is None:
        raise ValidationError("A use names a lot or a batch.")
    return material


def uses_of(step: ProcessStep) -> list[Use]:
    """Return what a step used, as it is stored."""
    edges = step.consumptions.select_related("lot__chemical", "batch")
    return [
        Use(
            material=material_of(edge),
            amount=edge.amount,
            unit=edge.unit,
            amount_u=edge.amount_u,
            planned_amount=edge.planned_amount,
            ingredient=edge.ingredient,
        )
        for edge in edges
    ]
