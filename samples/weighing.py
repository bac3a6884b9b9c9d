"""Services that plan the weighing of an electrolyte batch, log it, and work out what it made."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from labsite.access.models import User
from labsite.access.recording import check_in_use, check_may_edit
from labsite.access.records import Record
from samples.ingredients import BY_KEY, INGREDIENTS, PER_GRAM
from samples.mixture import Portion, assess, is_mixed
from samples.models import Chemical, Consumption, ElectrolyteBatch, Lot, ProcessStep
from samples.processing import Use
from samples.recipes.quantity import weighing_u
from samples.weighsteps import (
    READABILITY,
    Weighing,
    filled,
    rounded,
    store_plan,
    store_weighing,
    tidy,
)

KIND = ProcessStep.Kind.WEIGHING
ACTUAL: Mapping[str, str] = {
    "actual_mole_fraction_am": "mole_fraction_am",
    "actual_dem_molar_ratio": "dem_molar_ratio",
    "actual_monomer_mol_l": "monomer_mol_l",
    "actual_crosslinker_mmol_l": "crosslinker_mmol_l",
    "actual_photoinitiator_mmol_l": "photoinitiator_mmol_l",
    "actual_salt_mol_l": "salt_mol_l",
    "actual_fec_mass_fraction": "fec_mass_fraction",
}
"""Columns of a batch and what they hold of the weighed composition, with FEC."""
COLUMNS = [column + ending for column in ACTUAL for ending in ("", "_u")]


def known_chemicals() -> dict[str, Chemical]:
    """Return a chemical for each place of the recipe, by its key; the first of several."""
    chemicals = list(Chemical.objects.valid())
    found = {
        one.key: next((known for known in chemicals if one.fits(known)), None)
        for one in INGREDIENTS
    }
    return {key: chemical for key, chemical in found.items() if chemical is not None}


def portions_of(step: ProcessStep | None, known: Mapping[str, Chemical]) -> dict[str, Portion]:
    """Return what a weighing step holds by place of the recipe, else a chemical that fits."""
    return _portions([] if step is None else [step], known)


def _portions(steps: Iterable[ProcessStep], known: Mapping[str, Chemical]) -> dict[str, Portion]:
    """Return what fills the places of the recipe; several lots or weighings of one count all."""
    places: dict[str, list[Consumption]] = {}
    for edge in (edge for step in steps for edge in step.consumptions.all()):
        key = _key_of(edge)
        if edge.lot is not None and key and edge.amount != 0:
            places.setdefault(key, []).append(edge)
    portions = {key: Portion(chemical) for key, chemical in known.items()}
    for key, edges in places.items():
        one = filled(edges)
        if one is not None:
            portions[key] = Portion(
                one.lot.chemical, one.lot, one.mass_g, one.mass_g_u, one.several
            )
    return portions


def _key_of(edge: Consumption) -> str:
    """Return the place of the recipe that an edge fills; older ones name no ingredient."""
    if edge.ingredient or edge.lot is None:
        return edge.ingredient if edge.ingredient in BY_KEY else ""
    return next((one.key for one in INGREDIENTS if one.fits(edge.lot.chemical)), "")


def plan_weighing(
    *,
    batch: ElectrolyteBatch,
    lots: Mapping[str, Lot],
    by: User,
    readability_mg: float | None = None,
) -> ProcessStep | None:
    """Store what is to be weighed of each lot as a planned step, instead of an older plan.

    Nothing is taken from the lots. Returns None when the recipe does not say enough yet, and the
    step as it is when it is done already. Raises PermissionDenied, ValidationError with the
    sentences by place of the recipe.
    """
    check_may_edit(by, batch)
    with transaction.atomic():
        _lock(batch)
        uses = _uses(batch, lots, {}, readability_mg)
        return store_plan(batch, Weighing(KIND, uses, _details(readability_mg)), by)


def weigh_batch(
    *,
    batch: ElectrolyteBatch,
    lots: Mapping[str, Lot],
    masses_g: Mapping[str, float],
    by: User,
    readability_mg: float | None = None,
    performed_at: datetime | None = None,
    expected_version: int | None = None,
) -> ProcessStep:
    """Log, or correct, what was weighed into a batch; by place of the recipe (am, dmam, ...).

    ``masses_g`` are of the lots as read from the balance; places with a lot only stay planned. The
    lots give up what is weighed, corrections give it back. Then the composition of the batch is
    worked out. Raises PermissionDenied, EditConflictError when the weighing is no longer
    ``expected_version``, ValidationError with the sentences by place of the recipe.
    """
    check_may_edit(by, batch)
    check_in_use(batch)
    uses = _uses(batch, lots, masses_g, readability_mg)
    at = performed_at or batch.prepared_at
    with transaction.atomic():
        _lock(batch)
        weighing = Weighing(KIND, uses, _details(readability_mg), at)
        step = store_weighing(batch, weighing, by, expected_version)
        recalculate([batch])
    return step


def _lock(batch: ElectrolyteBatch) -> None:
    """Let one person at a time weigh a batch."""
    ElectrolyteBatch.objects.select_for_update().values_list("pk").get(pk=batch.pk)


def _details(readability_mg: float | None) -> dict[str, object]:
    return {} if readability_mg is None else {READABILITY: readability_mg}


def _uses(
    batch: ElectrolyteBatch,
    lots: Mapping[str, Lot],
    masses_g: Mapping[str, float],
    readability_mg: float | None,
) -> list[Use]:
    """Return what is weighed beside what was wanted; raises ValidationError by place."""
    wrong = refusals(lots, masses_g)
    if not is_mixed(batch) and lots:
        wrong[next(iter(lots))] = _("Only elastic electrolytes and DEM are weighed by recipe.")
    if wrong:
        raise ValidationError(wrong)
    u_mg = None if readability_mg is None else weighing_u(readability_mg)
    portions = {key: Portion(chemical) for key, chemical in known_chemicals().items()}
    portions |= {key: Portion(lot.chemical, lot, masses_g.get(key)) for key, lot in lots.items()}
    result = assess(batch, portions, readability_mg)
    uses = []
    for one in INGREDIENTS:
        lot, target, mass = lots.get(one.key), result.target_g(one.key), masses_g.get(one.key)
        if lot is None or (target is None and mass is None):
            continue
        size = PER_GRAM[one.unit]
        uses.append(
            Use(
                material=lot,
                amount=None if mass is None else tidy(mass * size),
                unit=one.unit,
                amount_u=None if mass is None or u_mg is None else u_mg * size / 1000,
                planned_amount=None if target is None else rounded(target * size),
                ingredient=one.key,
            )
        )
    return uses


def refusals(lots: Mapping[str, Lot], masses_g: Mapping[str, float]) -> dict[str, str]:
    """Return what is wrong with lots and masses, by place of the recipe."""
    wrong = {}
    for key in {**lots, **masses_g}:
        lot, mass = lots.get(key), masses_g.get(key)
        if key not in BY_KEY:
            wrong[key] = _("“%(found)s” is no ingredient; there are %(known)s.") % {
                "found": key,
                "known": ", ".join(BY_KEY),
            }
        elif lot is None:
            wrong[key] = _("Choose the lot that this was weighed from.")
        elif not BY_KEY[key].fits(lot.chemical):
            wrong[key] = _("%(lot)s is %(found)s; this is the place of the %(wanted)s.") % {
                "lot": lot.code,
                "found": lot.chemical,
                "wanted": BY_KEY[key].label,
            }
        elif mass is not None and mass <= 0:
            wrong[key] = _("Found %(found)g g; a weighed mass is above 0.") % {"found": mass}
    return wrong


def recalculate(batches: Iterable[ElectrolyteBatch]) -> None:
    """Write what was really mixed into the batches; nothing where it cannot be told."""
    batches = list(batches)
    steps = ProcessStep.objects.filter(kind=KIND, batch__in=batches, performed_at__isnull=False)
    by_batch: dict[Any, list[ProcessStep]] = {}
    for step in steps.prefetch_related("consumptions__lot__chemical"):
        by_batch.setdefault(step.batch_id, []).append(step)
    known = known_chemicals() if by_batch else {}
    changed = []
    for batch in batches:
        before = [getattr(batch, column) for column in COLUMNS]
        done = None
        if batch.pk in by_batch:
            done = assess(batch, _portions(by_batch[batch.pk], known)).weighed
        for column, name in ACTUAL.items():
            found = getattr(done, name, None)
            setattr(batch, column, found and found.value)
            setattr(batch, f"{column}_u", found and found.u)
        if before != [getattr(batch, column) for column in COLUMNS]:
            changed.append(batch)
    ElectrolyteBatch.objects.bulk_update(changed, COLUMNS)


def recalculate_after(record: Record) -> None:
    """Work out anew the batches that a changed batch, lot or chemical is part of."""
    rows = ElectrolyteBatch.objects.filter(steps__kind=KIND)
    if isinstance(record, ElectrolyteBatch):
        recalculate([record])
    elif isinstance(record, Lot):
        recalculate(rows.filter(steps__consumptions__lot=record).distinct())
    elif isinstance(record, Chemical):
        recalculate(rows.filter(steps__consumptions__lot__chemical=record).distinct())
