"""Forms on the stock of a lot: count it, throw some of it away."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from labsite.access.models import User
from labsite.lib.forms import QuantityField
from labsite.lib.units import show_number
from samples.models import Lot
from samples.stock import discard, stocktake


def show_stock(lot: Lot) -> str:
    """Write what a lot holds by its ledger."""
    if lot.remaining_amount is None:
        return _("an unknown amount")
    return f"{show_number(lot.remaining_amount)} {lot.get_amount_unit_display()}"


class StockForm(forms.Form):
    """What both forms share: the lot with its unit."""

    def __init__(self, *args: Any, user: User, sample: Lot, **kwargs: Any) -> None:
        """Take amounts in the unit of the lot."""
        super().__init__(*args, **kwargs)
        self.user, self.lot = user, sample
        for field in self.fields.values():
            if isinstance(field, QuantityField) and sample.amount_unit != Lot.Unit.PIECE:
                field.unit = sample.amount_unit


class StocktakeForm(StockForm):
    """What somebody counted or weighed."""

    counted = QuantityField(label=gettext_lazy("Counted"), unit="")
    note = forms.CharField(label=gettext_lazy("Note"), max_length=200, required=False)
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Show what the ledger says, and remember that the person saw it."""
        super().__init__(*args, **kwargs)
        self.fields["counted"].help_text = _("The ledger says %(stock)s.") % {
            "stock": show_stock(self.lot)
        }
        self.initial["seen"] = repr(self.lot.remaining_amount)

    def clean(self) -> dict[str, Any]:
        """Refuse a count during which something was taken: it may be in it or not."""
        typed: dict[str, Any] = super().clean() or self.cleaned_data
        if typed.get("seen") not in ("", self.initial["seen"]):
            self.data = {**self.data.dict(), self.add_prefix("seen"): self.initial["seen"]}  # type: ignore[attr-defined]  # a QueryDict
            raise ValidationError(
                _("Meanwhile the ledger went to %(stock)s; look again and save once more.")
                % {"stock": show_stock(self.lot)}
            )
        return typed

    def store(self) -> None:
        """Write the count; raises ValidationError, PermissionDenied."""
        typed = self.cleaned_data
        stocktake(lot=self.lot, counted=typed["counted"], by=self.user, note=typed["note"])


class DiscardForm(StockForm):
    """What is thrown away, and why."""

    amount = QuantityField(label=gettext_lazy("Amount"), unit="", required=False)
    note = forms.CharField(label=gettext_lazy("Reason"), max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Say what there is."""
        super().__init__(*args, **kwargs)
        self.fields["amount"].help_text = _("Empty: all that is left, %(stock)s.") % {
            "stock": show_stock(self.lot)
        }

    def store(self) -> None:
        """Write what went; raises ValidationError, PermissionDenied."""
        typed = self.cleaned_data
        discard(lot=self.lot, by=self.user, note=typed["note"], amount=typed["amount"])
