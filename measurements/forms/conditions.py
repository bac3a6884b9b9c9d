"""The conditions of a measurement that forms ask for; others may come through the API."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cells.models import Cell
from labsite.lib.forms import Groups, QuantityField, Words, uncertainty_of

CONTACTS = (
    ("", "–"),
    ("blocking", _("blocking electrodes")),
    ("symmetric_li", _("lithium on both sides")),
    ("li_blocking", _("lithium against blocking electrode")),
)
WITH_U = ("diameter_mm", "area_cm2", "thickness_um", "temperature_celsius")
QUANTITIES: dict[str, tuple[Words, str, Words]] = {
    "temperature_celsius": (_("Temperature"), "°C", ""),
    "diameter_mm": (
        _("Diameter of the contact"),
        "mm",
        _("Of the smaller electrode, not of the film."),
    ),
    "area_cm2": (_("Area of the contact"), "cm²", _("When it is no disc.")),
    "thickness_um": (_("Thickness"), "µm", _("When it differs from the record.")),
    "amplitude_mv": (_("Amplitude"), "mV", ""),
    "lead_resistance_ohm": (_("Resistance of the leads"), "Ω", _("From a shorted cell.")),
    "external_pressure_mpa": (_("External pressure"), "MPa", ""),
}
"""Label, unit and hint by the name of the condition."""
GROUPS: Groups = ((_("Conditions"), ("contact_geometry", *QUANTITIES, "cell_type")),)


def condition_fields() -> dict[str, forms.Field]:
    """Return a form field for each condition, named as it is."""
    fields: dict[str, forms.Field] = {
        "contact_geometry": forms.ChoiceField(
            choices=CONTACTS,
            required=False,
            label=_("Contact geometry"),
            help_text=_("Of an impedance measurement; blocking ones give the conductivity."),
        ),
        "cell_type": forms.ChoiceField(
            choices=[("", "–"), *Cell.Type.choices],
            required=False,
            label=_("Cell type"),
            help_text=_("When the files are not those of a cell."),
        ),
    }
    for name, (label, unit, hint) in QUANTITIES.items():
        fields[name] = QuantityField(unit=unit, label=label, help_text=hint, required=False)
        if name in WITH_U:
            fields[uncertainty_of(name)] = QuantityField(
                unit=unit, label=_("Standard uncertainty (k = 1)."), required=False
            )
    return fields


def conditions_in(cleaned: Mapping[str, Any]) -> dict[str, object]:
    """Return the conditions that were given, by name."""
    names = condition_fields()
    return {name: cleaned[name] for name in names if cleaned.get(name) not in (None, "")}


def with_conditions(stored: Mapping[str, object], cleaned: Mapping[str, Any]) -> dict[str, object]:
    """Return the stored conditions, changed in what the form asks for."""
    asked = condition_fields()
    kept = {name: value for name, value in stored.items() if name not in asked}
    return kept | conditions_in(cleaned)
