"""Forms of chemicals and lots."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from labsite.access.forms import RecordForm, record_field_for
from labsite.access.records import Record
from labsite.lib.forms import Groups, QuantityInput, fields_of
from labsite.lib.units import QuantityError, parse_quantity
from samples.forms.base import LABELS
from samples.models import Chemical, Lot
from samples.stock import create_lot

CHEMICAL: Groups = (
    (_("Identity"), ("short_name", "name", "role", "cas_number", "formula")),
    (_("Constants"), ("molar_mass_g_mol", "density_g_ml")),
    (_("As active material"), ("electrode_side", "one_c_ma_g", "theoretical_capacity_mah_g")),
    (_("Safety"), ("hazards",)),
    LABELS,
)

LOT: Groups = (
    (_("Bottle"), ("chemical", "supplier", "lot_number", "purity_mass_fraction", "water_ppm")),
    (_("Dates"), ("received_on", "opened_on", "expires_on")),
    (_("Stock"), ("location", "amount_unit", "initial_amount", "minimum_amount")),
    LABELS,
)


class AmountField(forms.Field):
    """An amount in the unit that the form's own field ``amount_unit`` says; 500 mg is understood.

    The page does not know that unit before it is chosen, so the field shows none.
    """

    def __init__(self, **options: Any) -> None:
        """Start without a unit."""
        super().__init__(widget=QuantityInput(attrs={"autocomplete": "off"}), **options)
        self.counted_in = ""

    def to_python(self, value: Any) -> float | None:
        """Return the number in the unit that was chosen; raises ValidationError."""
        if value in self.empty_values:
            return None
        try:
            return parse_quantity(str(value), self.counted_in)
        except QuantityError as error:
            raise ValidationError(str(error), code="quantity") from error


class ChemicalForm(RecordForm):
    """A substance."""

    GROUPS = CHEMICAL
    CARRIED = ("role",)

    class Meta:
        model = Chemical
        fields = fields_of(CHEMICAL, Chemical)
        formfield_callback = record_field_for


class LotForm(RecordForm):
    """A bottle of a substance; its amount is said once, later it is counted."""

    GROUPS = LOT
    CARRIED = ("supplier", "location", "amount_unit")
    NOT_COPIED = (
        *RecordForm.NOT_COPIED,
        "lot_number",
        "received_on",
        "opened_on",
        "expires_on",
        "water_ppm",
    )

    initial_amount = AmountField(
        label=_("Initial amount"),
        required=False,
        help_text=_("In the chosen unit; “500 mg” is understood too. Later, do a stocktake."),
    )
    minimum_amount = AmountField(
        label=_("Order again below"),
        required=False,
        help_text=_("The lot is shown as low when less is left."),
    )

    class Meta:
        model = Lot
        fields = fields_of(LOT, Lot)
        formfield_callback = record_field_for

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Read amounts in the unit that is chosen; what is counted already stays as it is."""
        super().__init__(*args, **kwargs)
        unit = self.data.get(self.add_prefix("amount_unit"), "")
        if self.is_new:
            self.initial.setdefault("received_on", timezone.localdate())
        else:
            del self.fields["initial_amount"], self.fields["amount_unit"]
            unit = self.instance.amount_unit
        for field in self.fields.values():
            if isinstance(field, AmountField):
                field.counted_in = unit if unit in (Lot.Unit.GRAM, Lot.Unit.MILLILITRE) else ""

    def create(self, record: Any) -> Record:
        """Store the lot with the first entry of its ledger."""
        return create_lot(lot=record, by=self.user)
