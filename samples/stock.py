"""Services on the stock of lots: each change of what a lot holds is an entry of its ledger.

Amounts are in the unit of the lot, kept to 1e-9 of it. A lot whose initial amount nobody said keeps
an unknown remaining amount until it is counted; its entries are written all the same.
"""

from collections.abc import Iterable
from datetime import datetime, time
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from labsite.access.models import User
from labsite.access.recording import check_in_use, check_may_edit, create_record
from labsite.lib.units import show_number
from samples.models import Consumption, Lot, StockEntry

DIGITS = 9
"""Decimals that are kept of an amount: below is the noise of floating-point sums."""
Unit = Consumption.Unit
BASE: dict[str, tuple[str, float]] = {
    Unit.GRAM: ("g", 1.0),
    Unit.MILLIGRAM: ("g", 1e-3),
    Unit.MILLILITRE: ("mL", 1.0),
    Unit.MICROLITRE: ("mL", 1e-3),
    Unit.PIECE: ("piece", 1.0),
}
"""Each unit of amounts as so much of a unit in which lots are counted."""
Kind = StockEntry.Kind
COUNTED = Q(kind=Kind.STOCKTAKE) | Q(kind=Kind.DISCARDED, remaining=0)
"""Entries after which the remaining amount is known, whatever was taken before."""


class StockError(ValidationError):
    """A lot cannot give what is asked of it; ``lot`` tells which, for the row of a form."""

    def __init__(self, message: str, lot: Lot) -> None:
        """Keep the lot."""
        super().__init__(message, code="stock")
        self.lot = lot


def create_lot(*, lot: Lot, by: User) -> Lot:
    """Store a new lot with its initial amount as the first entry of its ledger.

    Raises PermissionDenied, ValidationError.
    """
    if lot.initial_amount is not None:
        lot.remaining_amount = lot.initial_amount = round(lot.initial_amount, DIGITS)
    with transaction.atomic():
        create_record(record=lot, by=by)
        if lot.initial_amount is not None:
            StockEntry.objects.create(
                lot=lot,
                kind=Kind.INITIAL,
                change=lot.initial_amount,
                remaining=lot.initial_amount,
                at=_received_at(lot),
                created_by=by,
            )
    return lot


def _received_at(lot: Lot) -> datetime:
    """Return the start of the day on which a lot was received, else now."""
    if lot.received_on is None:
        return timezone.now()
    return timezone.make_aware(datetime.combine(lot.received_on, time()))


def lock_lots(*, lots: Iterable[Lot]) -> None:
    """Lock all lots that a transaction will change, in one order, so that none waits in a circle.

    Call it inside the transaction, before the first of them is taken from.
    """
    wanted = {lot.pk for lot in lots}
    if wanted:
        rows = Lot.objects.filter(pk__in=wanted).order_by("pk")
        list(rows.select_for_update(no_key=True).values_list("pk"))


def take(*, edge: Consumption, by: User) -> StockEntry | None:
    """Take what a step used out of its lot; nothing when no amount of a lot is said.

    A use from before the last stocktake is written down, but changes nothing: the count stands.
    Raises StockError, a ValidationError, when the lot holds less or its unit cannot be had.
    """
    if edge.lot_id is None or not edge.amount:
        return None
    with transaction.atomic():
        lot = _locked(edge.lot_id)
        amount = amount_in(lot, edge.amount, edge.unit)
        wanted = _("%(amount)s were to be taken") % {"amount": _show(edge.amount, edge.unit)}
        return _write_use(lot, Kind.USED, -amount, edge=edge, by=by, wanted=wanted)


def correct(
    *, edge: Consumption, old_amount: float | None, old_unit: str, by: User
) -> StockEntry | None:
    """Bring a lot in line with a corrected weighing; nothing when the amount stays the same.

    What the ledger says was taken counts: a density may have changed since. Raises StockError, a
    ValidationError, when the lot holds less than what is taken in addition.
    """
    if edge.lot_id is None:
        return None
    with transaction.atomic():
        lot = _locked(edge.lot_id)
        after = amount_in(lot, edge.amount, edge.unit) if edge.amount else 0.0
        change = round(_taken(lot, edge, old_amount, old_unit) - after, DIGITS)
        if change == 0:
            return None
        more = _("%(amount)s more were to be taken") % {"amount": _show(-change, lot.amount_unit)}
        return _write_use(lot, Kind.CORRECTED, change, edge=edge, by=by, wanted=more)


def _taken(lot: Lot, edge: Consumption, old_amount: float | None, old_unit: str) -> float:
    """Return what a use has taken since the last count; by its former amount if that is later."""
    counted_at = _counted_at(lot)
    entries = list(edge.stock_entries.values_list("at", "change"))
    if not entries or (counted_at is not None and _used_at(edge) < counted_at):
        return amount_in(lot, old_amount, old_unit) if old_amount else 0.0
    return -sum(change for at, change in entries if counted_at is None or at >= counted_at)


def _counted_at(lot: Lot) -> datetime | None:
    """Return when a lot was counted last."""
    counts = lot.stock_entries.filter(COUNTED).order_by("-at")
    return counts.values_list("at", flat=True).first()


def _used_at(edge: Consumption) -> datetime:
    return edge.step.performed_at or timezone.now()


def stocktake(*, lot: Lot, counted: float, by: User, note: str = "") -> StockEntry:
    """Set what a lot holds to what was counted (in its unit); the entry tells the difference.

    Raises PermissionDenied, ValidationError.
    """
    _check_may_count(lot, by)
    if counted < 0:
        raise ValidationError(
            _("Found %(found)s; a lot cannot hold less than nothing.")
            % {"found": _show(counted, lot.amount_unit)}
        )
    with transaction.atomic():
        lot = _locked(lot.pk)
        change = round(counted - (lot.remaining_amount or 0.0), DIGITS)
        remaining = round(counted, DIGITS)
        return _write(lot, StockEntry(kind=Kind.STOCKTAKE, change=change, note=note), remaining, by)


def discard(*, lot: Lot, by: User, note: str, amount: float | None = None) -> StockEntry:
    """Throw away an amount of a lot (in its unit), or all that is left of it, with the reason.

    Raises PermissionDenied, ValidationError when no reason is given or the lot holds less.
    """
    _check_may_count(lot, by)
    if not note.strip():
        raise ValidationError(_("Say why it is discarded."))
    if amount is not None and amount <= 0:
        raise ValidationError(
            _("Found %(found)s; what is discarded must be above 0.")
            % {"found": _show(amount, lot.amount_unit)}
        )
    with transaction.atomic():
        lot = _locked(lot.pk)
        left = lot.remaining_amount or 0.0
        change = -round(left if amount is None else amount, DIGITS)
        wanted = _("%(amount)s were to be discarded") % {"amount": _show(-change, lot.amount_unit)}
        remaining = 0.0 if amount is None else _remaining(lot, change, wanted)
        entry = StockEntry(kind=Kind.DISCARDED, change=change, note=note.strip())
        return _write(lot, entry, remaining, by)


def amount_in(lot: Lot, amount: float, unit: str) -> float:
    """Return an amount in the unit of a lot; mass and volume by the density of its chemical.

    Raises StockError when there is no density, or when pieces are mixed with what is not counted.
    """
    base, size = BASE[unit]
    number = amount * size
    if base != lot.amount_unit:
        number = _other_base(lot, number, unit, base)
    return round(number, DIGITS)


def _other_base(lot: Lot, number: float, unit: str, base: str) -> float:
    density = lot.chemical.density_g_ml
    words = {
        "lot": f"{lot.code} ({lot.chemical})",
        "unit": lot.get_amount_unit_display(),
        "typed": Unit(unit).label,
        "chemical": lot.chemical,
    }
    if "piece" in (base, lot.amount_unit):
        raise StockError(
            _("%(lot)s is counted in %(unit)s; an amount in %(typed)s cannot be taken from it.")
            % words,
            lot,
        )
    if density is None:
        raise StockError(
            _(
                "%(lot)s is counted in %(unit)s; for an amount in %(typed)s the density of "
                "%(chemical)s is needed: enter it, or give the amount in %(unit)s."
            )
            % words,
            lot,
        )
    return number * density if base == "mL" else number / density


def _check_may_count(lot: Lot, by: User) -> None:
    check_may_edit(by, lot)
    check_in_use(lot)


def _locked(pk: UUID) -> Lot:
    """Return a lot as it is now, kept from others until the transaction ends."""
    rows = Lot.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("chemical").get(pk=pk)


def _remaining(lot: Lot, change: float, wanted: str) -> float | None:
    """Return what remains after a change; raises StockError when that is less than nothing."""
    if lot.remaining_amount is None:
        return None
    remaining = round(lot.remaining_amount + change, DIGITS)
    if remaining < 0:
        words = {
            "lot": f"{lot.code} ({lot.chemical})",
            "held": _show(lot.remaining_amount, lot.amount_unit),
            "wanted": wanted,
        }
        raise StockError(_("%(lot)s holds %(held)s; %(wanted)s.") % words, lot)
    return remaining


def _write_use(
    lot: Lot, kind: str, change: float, *, edge: Consumption, by: User, wanted: str
) -> StockEntry:
    """Write what a step took or gave back; a stocktake after the step has counted it already."""
    used_at, counted_at = _used_at(edge), _counted_at(lot)
    note = ""
    if counted_at is not None and used_at < counted_at:
        change = 0.0
        day = timezone.localtime(counted_at).strftime("%Y-%m-%d %H:%M")
        note = _("%(amount)s, before the count of %(day)s, which stands") % {
            "amount": _show(edge.amount or 0.0, edge.unit),
            "day": day,
        }
    entry = StockEntry(kind=kind, change=change, consumption=edge, at=used_at, note=note)
    return _write(lot, entry, _remaining(lot, change, wanted), by)


def _write(lot: Lot, entry: StockEntry, remaining: float | None, by: User) -> StockEntry:
    """Store an entry and what then remains of the lot, which the caller has locked."""
    entry.lot, entry.remaining, entry.created_by = lot, remaining, by
    entry.full_clean()
    entry.save(force_insert=True)
    lot.remaining_amount = remaining
    Lot.objects.filter(pk=lot.pk).update(remaining_amount=remaining)
    return entry


def _show(amount: float, unit: str) -> str:
    return f"{show_number(amount)} {Unit(unit).label}"
