"""Services that plan and log the weighing of a slurry; the active mass fraction follows."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from labsite.access.models import User
from labsite.access.recording import (
    check_in_use,
    check_may_edit,
    raise_version,
    tell_changed,
)
from labsite.access.records import Record
from labsite.lib.fields import Source
from samples.models import Chemical, Coating, CoatingComponent, Lot, ProcessStep
from samples.processing import Use
from samples.recipes.quantity import weighing_u
from samples.slurrymix import Component, Wanted, assess_slurry, components_of
from samples.weighsteps import Weighing, rounded, store_plan, store_weighing, tidy

KIND = ProcessStep.Kind.SLURRY
UNIT = "mg"
PER_GRAM = 1000.0
NOMINAL = (Source.ASSUMED, Source.PAPER)
"""Where an active mass fraction comes from that gives way to what was weighed."""
FRACTION = ("active_mass_fraction", "active_mass_fraction_u", "active_mass_fraction_source")


def plan_slurry(
    *, coating: Coating, lots: Mapping[str, Lot], by: User, wanted: Wanted
) -> ProcessStep | None:
    """Store what is to be weighed for a slurry as a planned step; nothing is taken from the lots.

    ``lots`` are by short name of the component. Raises PermissionDenied, ValidationError.
    """
    check_may_edit(by, coating)
    with transaction.atomic():
        _lock(coating)
        uses = _uses(coating, lots, {}, wanted)
        return store_plan(coating, Weighing(KIND, uses, wanted.quantities()), by)


def weigh_slurry(
    *,
    coating: Coating,
    lots: Mapping[str, Lot],
    masses_g: Mapping[str, float],
    by: User,
    wanted: Wanted = Wanted(),  # noqa: B008 - frozen
    performed_at: datetime | None = None,
    expected_version: int | None = None,
) -> ProcessStep:
    """Log, or correct, what was weighed into a slurry; by short name of the component.

    A binder solution is weighed as such, from the lot of the solution. The active mass fraction of
    the coating follows, unless somebody typed it; an assumed one, or the paper's, gives way.
    Raises PermissionDenied, EditConflictError, ValidationError with the sentences by component.
    """
    check_may_edit(by, coating)
    check_in_use(coating)
    at = performed_at or coating.made_at
    with transaction.atomic():
        _lock(coating)
        uses = _uses(coating, lots, masses_g, wanted)
        weighing = Weighing(KIND, uses, wanted.quantities(), at)
        step = store_weighing(coating, weighing, by, expected_version)
        store_fractions([coating])
    return step


def _lock(coating: Coating) -> None:
    """Let one person at a time weigh a slurry."""
    Coating.objects.select_for_update().values_list("pk").get(pk=coating.pk)


def _uses(
    coating: Coating, lots: Mapping[str, Lot], masses_g: Mapping[str, float], wanted: Wanted
) -> list[Use]:
    """Return what is weighed beside what was wanted; raises ValidationError by component."""
    rows = [
        Component(row.chemical, row.weight_parts, row.solution, lots.get(row.key))
        for row in components_of(_parts_of(coating))
    ]
    wrong = _refusals(rows, lots, masses_g)
    if wrong:
        raise ValidationError(wrong)
    result = assess_slurry(rows, coating.active_material, wanted)
    u_mg = None if wanted.readability_mg is None else weighing_u(wanted.readability_mg)
    uses = []
    for row in rows:
        target, mass = result.target_g(row.key), masses_g.get(row.key)
        if row.lot is None or (target is None and mass is None):
            continue
        uses.append(
            Use(
                material=row.lot,
                amount=None if mass is None else tidy(mass * PER_GRAM),
                unit=UNIT,
                amount_u=None if mass is None else u_mg,
                planned_amount=None if target is None else rounded(target * PER_GRAM),
                ingredient=row.key,
            )
        )
    return uses


def _parts_of(coating: Coating) -> QuerySet[CoatingComponent]:
    return CoatingComponent.objects.filter(coating=coating).select_related("chemical")


def _refusals(
    rows: Sequence[Component], lots: Mapping[str, Lot], masses_g: Mapping[str, float]
) -> dict[str, str]:
    known = {row.key: row for row in rows}
    wrong = {}
    for key in {**lots, **masses_g}:
        lot, mass = lots.get(key), masses_g.get(key)
        if key not in known:
            wrong[key] = _("“%(found)s” is no component of this coating; there are %(known)s.") % {
                "found": key,
                "known": ", ".join(known) or "–",
            }
        elif lot is None:
            wrong[key] = _("Choose the lot that this was weighed from.")
        elif lot.chemical_id != known[key].chemical.pk:
            words = {"lot": lot.code, "found": lot.chemical, "wanted": known[key].chemical}
            wrong[key] = _("%(lot)s is %(found)s; this is the row of %(wanted)s.") % words
        elif mass is not None and mass <= 0:
            wrong[key] = _("Found %(found)g g; a weighed mass is above 0.") % {"found": mass}
    return wrong


def derive_fractions(coatings: Iterable[Coating]) -> list[Coating]:
    """Let active mass fractions follow what was weighed, unless typed; return those that changed.

    The caller stores them.
    """
    open_ones = [one for one in coatings if not _is_typed(one)]
    steps = ProcessStep.objects.filter(
        kind=KIND, coating__in=open_ones, performed_at__isnull=False
    ).prefetch_related("consumptions__lot__chemical")
    by_coating: dict[UUID | None, ProcessStep] = {}
    for step in steps:
        by_coating.setdefault(step.coating_id, step)
    parts = defaultdict(list)
    rows = CoatingComponent.objects.filter(coating__in=by_coating)
    for part in rows.select_related("chemical"):
        parts[part.coating_id].append(part)
    return [one for one in open_ones if _derive(one, parts[one.pk], by_coating.get(one.pk))]


def _is_typed(coating: Coating) -> bool:
    typed = coating.active_mass_fraction is not None
    return typed and coating.active_mass_fraction_source not in (Source.DERIVED, *NOMINAL)


def _derive(coating: Coating, parts: Iterable[CoatingComponent], step: ProcessStep | None) -> bool:
    """Set the active mass fraction of a coating; tell whether it changed."""
    rows = components_of(parts, step) if step is not None else []
    done = assess_slurry(rows, coating.active_material, Wanted()).weighed if rows else None
    found = done.active_mass_fraction if done is not None else None
    if found is None and coating.active_mass_fraction_source in NOMINAL:
        return False
    before = [getattr(coating, name) for name in FRACTION]
    coating.active_mass_fraction = found.value if found is not None else None
    coating.active_mass_fraction_u = found.u if found is not None else None
    coating.active_mass_fraction_source = Source.DERIVED if found is not None else ""
    return before != [getattr(coating, name) for name in FRACTION]


def store_fractions(coatings: Iterable[Coating]) -> None:
    """Store the active mass fractions that follow from what was weighed, in a transaction."""
    for coating in derive_fractions(coatings):
        raise_version(record=coating, expected_version=coating.version)
        coating.save(update_fields=[*FRACTION, "version", "updated_at"])
        tell_changed(coating)


def derive_after(record: Record) -> None:
    """Work out anew the coatings that a changed coating, lot or chemical is part of."""
    rows = Coating.objects.filter(steps__kind=KIND, voided_at__isnull=True)
    if isinstance(record, Coating):
        for coating in derive_fractions([record]):
            coating.save(update_fields=[*FRACTION, "updated_at"])
    elif isinstance(record, Lot):
        store_fractions(rows.filter(steps__consumptions__lot=record).distinct())
    elif isinstance(record, Chemical):
        store_fractions(rows.filter(steps__consumptions__lot__chemical=record).distinct())
