"""Choices among lots for the weighing tables of forms."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from labsite.access.models import User
from labsite.lib.forms import NOTHING, QuantityField
from samples.ingredients import Ingredient
from samples.models import Lot


def lots_on_shelf(user: User, wanted: Sequence[UUID] = ()) -> list[Lot]:
    """Return the lots that may be weighed from, and those with the keys ``wanted`` all the same."""
    rows = Lot.objects.visible_to(user).select_related("chemical")
    return [lot for lot in rows if lot.voided_at is None or lot.pk in wanted]


def proposed(lots: Sequence[Lot], today: date) -> Lot | None:
    """Return the lot to go on with: opened, not expired, not empty; the one that holds most."""
    usable = [
        lot
        for lot in lots
        if lot.voided_at is None
        and lot.remaining_amount != 0
        and (lot.expires_on is None or lot.expires_on >= today)
    ]

    def rank(lot: Lot) -> tuple[bool, float]:
        opened = lot.opened_on is not None and lot.opened_on <= today
        return opened, lot.remaining_amount or 0.0

    return max(usable, key=rank, default=None)


def lot_label(lot: Lot, today: date, *, named: bool) -> str:
    """Return "LO-2026-0003 · 99 % · 98.3 g left · expired"; ``named`` with the chemical."""
    parts = [lot.code, *([str(lot.chemical)] if named else [])]
    if lot.purity_mass_fraction is not None:
        parts.append(f"{100 * lot.purity_mass_fraction:.6g} %")
    if lot.remaining_amount is not None:
        left = f"{lot.remaining_amount:.4g} {lot.get_amount_unit_display()}"
        parts.append(_("%(amount)s left") % {"amount": left})
    if lot.expires_on is not None and lot.expires_on < today:
        parts.append(_("expired"))
    return " · ".join(parts)


class LotField(forms.ChoiceField):
    """A choice among lots of the chemical that belongs in a place."""

    def __init__(self, *, ingredient: Ingredient, shelf: Sequence[Lot]) -> None:
        """Keep the lots that fit and all others, to name a wrong one."""
        today, named = timezone.localdate(), bool(ingredient.role)
        self.by_key = {str(lot.pk): lot for lot in shelf if ingredient.fits(lot.chemical)}
        self.place, self.shelf = str(ingredient.label), shelf
        lots = self.by_key.items()
        choices = [("", NOTHING), *((key, lot_label(lot, today, named=named)) for key, lot in lots)]
        super().__init__(choices=choices, required=False, label=gettext_lazy("Lot"))

    def clean(self, value: Any) -> Lot | None:
        """Return the lot; raises ValidationError."""
        key = str(value or "")
        if not key:
            return None
        if key in self.by_key:
            return self.by_key[key]
        other = next((lot for lot in self.shelf if str(lot.pk) == key), None)
        if other is None:
            raise ValidationError(_("This lot is not on the shelf any more."))
        raise ValidationError(
            _("%(lot)s is %(found)s; this is the place of the %(wanted)s.")
            % {"lot": other.code, "found": other.chemical, "wanted": self.place}
        )


class MassField(QuantityField):
    """A mass above 0, or nothing."""

    def __init__(self, *, unit: str, label: Any) -> None:
        """Keep the unit; empty is allowed."""
        super().__init__(unit=unit, required=False, label=label)

    def clean(self, value: Any) -> Any:
        """Return the mass in the unit; raises ValidationError."""
        mass = super().clean(value)
        if isinstance(mass, float) and mass <= 0:
            words = {"found": mass, "unit": self.unit}
            raise ValidationError(_("Found %(found)g %(unit)s; it must be above 0.") % words)
        return mass


class BalanceForm(forms.Form):
    """How finely the balance reads; hidden, the weighing that the form has shown."""

    step = forms.CharField(widget=forms.HiddenInput, required=False)
    balance = MassField(unit="mg", label=gettext_lazy("Balance reads to"))
