"""Forms of the calculators: quantities with units, nothing is stored."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cells.models import Cell
from labsite.lib.forms import Entry, QuantityField, Words
from samples.models import ElectrolyteBatch
from samples.recipes import Quantity, paper_si_parts

PARTS = 6
ROLES = (
    ("active_material", _("active")),
    ("conductive", _("conductive")),
    ("binder", _("binder")),
    ("additive", _("additive")),
)


def quantity(label: Words, unit: str = "", *, required: bool = True, **more: Any) -> QuantityField:
    """Return a field for a quantity in a unit."""
    return QuantityField(label=label, unit=unit, required=required, **more)


def u_of(unit: str = "") -> QuantityField:
    """Return a field for the standard uncertainty of the quantity before it."""
    return QuantityField(label=_("Standard uncertainty (k = 1)"), unit=unit, required=False)


class CalculatorForm(forms.Form):
    """A form of numbers; ``given`` pairs a value with its uncertainty."""

    def entries(self) -> Iterator[Entry]:
        """Give the fields, each with the uncertainty that goes with it."""
        for name in self.fields:
            other = f"{name}_u"
            if not name.endswith("_u"):
                yield Entry(self[name], self[other] if other in self.fields else None, None)

    def given(self, name: str) -> Quantity | None:
        """Return a quantity with the uncertainty that was typed beside it."""
        value = self.cleaned_data.get(name)
        return None if value is None else Quantity(value, self.cleaned_data.get(f"{name}_u"))

    def sure(self, name: str) -> Quantity:
        """Return a quantity that the form requires."""
        return Quantity(self.cleaned_data[name], self.cleaned_data.get(f"{name}_u"))


class SlurryForm(CalculatorForm):
    """C1: parts of a dry coating, and how much of it."""

    active_mass_g = quantity(_("Active material"), "g", required=False)
    dry_mass_g = quantity(_("or dry coating"), "g", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Add the rows of the parts; they start as the silicon electrode of the paper."""
        super().__init__(*args, **kwargs)
        known = paper_si_parts()[0]
        for row in range(PARTS):
            part = known[row] if row < len(known) else None
            role = "additive" if part is not None and part.role == "surfactant" else None
            self.fields |= {
                f"name_{row}": forms.CharField(
                    label=_("Component"), max_length=30, required=False,
                    initial=part.name if part else "",
                ),
                f"parts_{row}": quantity(
                    _("Weight parts"), required=False, initial=part.weight_parts if part else None
                ),
                f"solution_{row}": quantity(
                    _("In solution (fraction)"), required=False,
                    initial=part.solution_mass_fraction if part else None,
                ),
                f"role_{row}": forms.ChoiceField(
                    label=_("Role"), choices=ROLES, required=False,
                    initial=role or (part.role if part else "binder"),
                ),
            }  # fmt: skip
        self.fields["active_mass_g"].initial = 0.1

    def rows(self) -> Iterator[list[forms.BoundField]]:
        """Give the fields of each part."""
        for row in range(PARTS):
            yield [self[f"{name}_{row}"] for name in ("name", "parts", "solution", "role")]

    def entries(self) -> Iterator[Entry]:
        """Give the fields besides the parts."""
        for name in ("active_mass_g", "dry_mass_g"):
            yield Entry(self[name], None, None)


class LoadingForm(CalculatorForm):
    """C2: one weighed electrode."""

    mass_mg = quantity(_("Electrode with foil"), "mg")
    mass_mg_u = u_of("mg")
    diameter_mm = quantity(_("Diameter"), "mm", required=False, initial=12.0)
    area_cm2 = quantity(_("or area"), "cm²", required=False)
    foil_mg_cm2 = quantity(_("Blank foil"), "mg/cm²", required=False)
    foil_mg_cm2_u = u_of("mg/cm²")
    active_fraction = quantity(_("Active mass fraction"), initial=0.6931)
    active_fraction_u = u_of()
    capacity_mah_g = quantity(_("Capacity"), "mAh/g", required=False)
    capacity_mah_g_u = u_of("mAh/g")


class BalanceForm(CalculatorForm):
    """C3: two electrodes by loading, capacity and area."""

    basis = forms.ChoiceField(label=_("Capacities"), choices=Cell.CapacityBasis.choices)
    prelithiated = forms.BooleanField(label=_("Negative was cycled before"), required=False)
    negative_loading = quantity(_("Negative: active loading"), "mg/cm²", initial=0.6)
    negative_loading_u = u_of("mg/cm²")
    negative_capacity = quantity(_("Negative: capacity"), "mAh/g", initial=2973.0)
    negative_capacity_u = u_of("mAh/g")
    negative_area = quantity(_("Negative: area"), "cm²", initial=1.131)
    positive_loading = quantity(_("Positive: active loading"), "mg/cm²", initial=6.0)
    positive_loading_u = u_of("mg/cm²")
    positive_capacity = quantity(_("Positive: capacity"), "mAh/g", initial=162.3)
    positive_capacity_u = u_of("mAh/g")
    positive_area = quantity(_("Positive: area"), "cm²", initial=1.131)


class RateForm(CalculatorForm):
    """C4: currents of C-rates, and the C-rate of a current."""

    one_c_ma_g = quantity(_("1C"), "mA/g", initial=3579.0)
    active_mass_mg = quantity(_("Active mass"), "mg", initial=0.6786)
    active_mass_mg_u = u_of("mg")
    area_cm2 = quantity(_("Area"), "cm²", required=False, initial=1.131)
    area_cm2_u = u_of("cm²")
    c_rate = quantity(_("C-rate"), "1/h", required=False, initial=0.1)
    current_ma = quantity(_("Current"), "mA", required=False)


class PrecursorForm(CalculatorForm):
    """C5: an AM/DMAM precursor in NMA:LiFSI."""

    volume_ml = quantity(_("Volume"), "mL", initial=10.0)
    concentration_basis = forms.ChoiceField(
        label=_("Concentrations are"),
        choices=[("", _("say it: it changes the masses by 18 %")),
                 *ElectrolyteBatch.ConcentrationBasis.choices],
    )  # fmt: skip
    mole_fraction_am = quantity(_("AM fraction x"), initial=0.8)
    total_monomer_mol_l = quantity(_("Total monomer"), "mol/L", initial=3.0)
    crosslinker_mmol_l = quantity(_("Crosslinker"), "mmol/L", initial=3.0)
    photoinitiator_mmol_l = quantity(_("Photoinitiator"), "mmol/L", initial=1.5)
    dem_molar_ratio = quantity(_("NMA:LiFSI (mol/mol)"), initial=4.0)
    dem_density_g_ml = quantity(_("Density of the DEM"), "g/mL", required=False)
    dem_density_g_ml_u = u_of("g/mL")
    fec_mass_fraction = quantity(_("FEC (mass fraction)"), required=False)
    fec_basis = forms.ChoiceField(
        label=_("FEC is a share"),
        choices=[("", "–"), *ElectrolyteBatch.FecBasis.choices],
        required=False,
    )


class EnergyForm(CalculatorForm):
    """C6: energy of a cell, and per mass of what is in it."""

    capacity_mah = quantity(_("Capacity"), "mAh", initial=11.7)
    mean_voltage_v = quantity(_("Mean voltage"), "V", initial=3.0)
    negative_electrode = quantity(_("Negative electrode with foil"), "mg", required=False)
    positive_electrode = quantity(_("Positive electrode with foil"), "mg", required=False)
    electrolyte = quantity(_("Electrolyte"), "mg", required=False)
    housing = quantity(_("Housing, if it counts"), "mg", required=False)
