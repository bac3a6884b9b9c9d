"""The calculators C1 to C6 as small pages: what was typed goes in, words and numbers come out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cells import calculatorforms as forms
from cells.geometry import Side, c_rate_current, c_rate_of, cell_energy, np_ratio
from cells.rates import rates
from labsite.lib.forms import Words
from samples.library import SUBSTANCES, shelved
from samples.models import Chemical
from samples.recipes import (
    Flag,
    Part,
    Plan,
    Quantity,
    RecipeError,
    Substance,
    disc_area_cm2,
    loading,
    slurry,
    targets,
)

EXACT = 0.0
IN_PRECURSOR: Mapping[str, str] = {
    "am": "AM",
    "dmam": "DMAM",
    "crosslinker": "MBAA",
    "photoinitiator": "Irgacure 2959",
    "nma": "NMA",
    "lifsi": "LiFSI",
    "fec": "FEC",
}
"""Short names in the library of what a precursor is made of."""


@dataclass(frozen=True)
class Line:
    """A result in words."""

    label: str
    quantity: Quantity | None
    unit: str = ""


@dataclass(frozen=True)
class Outcome:
    """What a calculator found: lines, a table (head and rows), flags."""

    lines: list[Line] = field(default_factory=list)
    head: tuple[str, ...] = ()
    rows: list[tuple[Any, ...]] = field(default_factory=list)
    flags: list[Flag] = field(default_factory=list)


@dataclass(frozen=True)
class Calculator:
    """A calculator; ``name`` stands in its address."""

    name: str
    title: Words
    hint: Words
    form: type[forms.CalculatorForm]
    compute: Callable[[Any], Outcome]


def slurry_masses(form: forms.SlurryForm) -> Outcome:
    """C1: masses to weigh and the dry composition; raises RecipeError."""
    typed, parts, active = form.cleaned_data, [], ""
    for row in range(forms.PARTS):
        name, amount = typed[f"name_{row}"].strip(), typed[f"parts_{row}"]
        if not name or amount is None:
            continue
        role = typed[f"role_{row}"]
        active = active or (name if role == "active_material" else "")
        share = typed[f"solution_{row}"]
        solution = None if share is None else Quantity(share, EXACT)
        parts.append(Part(name, Quantity(amount, EXACT), role, solution))
    if not active:
        raise RecipeError("active", _("Call one component active."))
    made = slurry(
        parts,
        active=active,
        active_mass_g=typed["active_mass_g"],
        dry_mass_g=typed["dry_mass_g"],
    )
    return Outcome(
        lines=[Line(_("active mass fraction"), made.active_mass_fraction)],
        head=(_("Component"), _("dry / g"), _("weigh / g"), _("share of the coating")),
        rows=[
            (line.name, line.dry_g, line.to_weigh_g, line.dry_mass_fraction) for line in made.lines
        ],
        flags=list(made.flags),
    )


def electrode_loading(form: forms.LoadingForm) -> Outcome:
    """C2: active mass, loading and areal capacity of a weighed electrode; raises RecipeError."""
    area, diameter = form.given("area_cm2"), form.given("diameter_mm")
    if area is None and diameter is None:
        raise RecipeError("diameter_mm", _("Give the diameter or the area."))
    if area is None and diameter is not None:
        area = disc_area_cm2(diameter)
    found = loading(
        form.sure("mass_mg"),
        area or Quantity(0),
        form.given("foil_mg_cm2"),
        form.sure("active_fraction"),
        form.given("capacity_mah_g"),
    )
    return Outcome(
        lines=[
            Line(_("area"), area, "cm²"),
            Line(_("coating"), found.coating_mass_mg, "mg"),
            Line(_("active mass"), found.active_mass_mg, "mg"),
            Line(_("active mass loading"), found.active_mass_loading_mg_cm2, "mg/cm²"),
            Line(_("areal capacity"), found.areal_capacity_mah_cm2, "mAh/cm²"),
        ],
        flags=list(found.flags),
    )


def balance_of(form: forms.BalanceForm) -> Outcome:
    """C3: N/P on a named basis; raises RecipeError."""
    typed = form.cleaned_data
    found = np_ratio(
        _side(form, "negative"),
        _side(form, "positive"),
        typed["basis"],
        prelithiated=typed["prelithiated"],
    )
    basis = dict(form.fields["basis"].choices)[typed["basis"]]  # type: ignore[attr-defined]
    lines = [Line(_("N/P (%(basis)s)") % {"basis": basis}, found.value)]
    if found.total_ratio is not None:
        lines.append(Line(_("whole electrodes"), found.total_ratio))
    return Outcome(lines=lines, flags=list(found.flags))


def _side(form: forms.BalanceForm, name: str) -> Side:
    return Side(
        area_cm2=Quantity(form.cleaned_data[f"{name}_area"], EXACT),
        capacity_mah_g=form.sure(f"{name}_capacity"),
        loading_mg_cm2=form.sure(f"{name}_loading"),
    )


def c_rates(form: forms.RateForm) -> Outcome:
    """C4: the current of a C-rate, the C-rate of a current, and the usual ones."""
    typed = form.cleaned_data
    mass, area = form.sure("active_mass_mg"), form.given("area_cm2")
    lines, flags = [], []
    if typed["c_rate"] is not None:
        found = c_rate_current(typed["c_rate"], typed["one_c_ma_g"], mass, area)
        title = _("current at %(rate)g C") % {"rate": typed["c_rate"]}
        lines.append(Line(title, found.current_ma, "mA"))
        if found.current_density_ma_cm2 is not None:
            lines.append(Line(_("current density"), found.current_density_ma_cm2, "mA/cm²"))
        flags = list(found.flags)
    if typed["current_ma"] is not None:
        rate = c_rate_of(Quantity(typed["current_ma"], EXACT), typed["one_c_ma_g"], mass)
        lines.append(Line(_("C-rate of %(current)g mA") % {"current": typed["current_ma"]}, rate))
    usual = rates(typed["one_c_ma_g"], mass, area)
    return Outcome(
        lines=lines,
        head=(_("Rate"), "I / mA", "j / mA/cm²"),
        rows=[(one.name, one.current_ma, one.current_density_ma_cm2) for one in usual],
        flags=flags,
    )


def precursor_masses(form: forms.PrecursorForm) -> Outcome:
    """C5: pure masses of a precursor and its real concentrations; raises RecipeError."""
    typed = form.cleaned_data
    plan = Plan(
        volume_ml=typed["volume_ml"],
        mole_fraction_am=typed["mole_fraction_am"],
        total_monomer_mol_l=typed["total_monomer_mol_l"],
        crosslinker_mmol_l=typed["crosslinker_mmol_l"],
        photoinitiator_mmol_l=typed["photoinitiator_mmol_l"],
        dem_molar_ratio=typed["dem_molar_ratio"],
        dem_density_g_ml=form.given("dem_density_g_ml"),
        concentration_basis=typed["concentration_basis"],
        fec_mass_fraction=typed["fec_mass_fraction"] or 0.0,
        fec_basis=typed["fec_basis"],
    )
    found = targets(plan, substances())
    after = found.after_fec
    return Outcome(
        lines=[
            Line(_("volume of the DEM"), found.dem_volume_ml, "mL"),
            Line(_("final volume"), found.final_volume_ml, "mL"),
            Line(_("monomer"), after.monomer_mol_l, "mol/L"),
            Line(_("LiFSI"), after.salt_mol_l, "mol/L"),
            Line(_("polymer (mass fraction)"), after.polymer_mass_fraction),
        ],
        head=(_("Substance"), _("pure / g")),
        rows=[(found.names[one], mass) for one, mass in found.masses_g.items()],
        flags=list(found.flags),
    )


def substances() -> dict[str, Substance]:
    """Return what a precursor is made of: the lab's chemicals, else those of the library."""
    known: dict[str, Chemical] = {one.short_name: one.record() for one in SUBSTANCES} | shelved()
    found = {}
    for ingredient, short_name in IN_PRECURSOR.items():
        chemical = known[short_name]
        density = chemical.density_g_ml
        found[ingredient] = Substance(
            name=short_name,
            molar_mass_g_mol=chemical.molar_mass_g_mol or 0.0,
            density_g_ml=None if density is None else Quantity(density, chemical.density_g_ml_u),
        )
    return found


def energy_of(form: forms.EnergyForm) -> Outcome:
    """C6: energy, and per mass when every mass is known; raises RecipeError."""
    typed = form.cleaned_data
    masses: dict[str, Quantity | float | None] = {
        name: form.given(name)
        for name in ("negative_electrode", "positive_electrode", "electrolyte")
    }
    if typed["housing"] is not None:
        masses["housing"] = form.given("housing")
    found = cell_energy(form.sure("capacity_mah"), form.sure("mean_voltage_v"), masses)
    return Outcome(
        lines=[
            Line(_("energy"), found.energy_mwh, "mWh"),
            Line(_("per mass of the stack"), found.wh_per_kg, "Wh/kg"),
        ],
        flags=list(found.flags),
    )


CALCULATORS = (
    Calculator(
        "np", gettext_lazy("N/P ratio"),
        gettext_lazy("Areal capacities of the two electrodes, on a named basis."),
        forms.BalanceForm, balance_of,
    ),
    Calculator(
        "c-rate", gettext_lazy("C-rate and current"),
        gettext_lazy("From C-rate to current and back."), forms.RateForm, c_rates,
    ),
    Calculator(
        "loading", gettext_lazy("Loading of an electrode"),
        gettext_lazy("Active mass and areal capacity from one weighing."),
        forms.LoadingForm, electrode_loading,
    ),
    Calculator(
        "slurry", gettext_lazy("Slurry"),
        gettext_lazy("Masses to weigh from weight parts of the dry coating."),
        forms.SlurryForm, slurry_masses,
    ),
    Calculator(
        "precursor", gettext_lazy("Electrolyte precursor"),
        gettext_lazy("Pure masses; a batch adds lots, purity and the weighing sheet."),
        forms.PrecursorForm, precursor_masses,
    ),
    Calculator(
        "energy", gettext_lazy("Energy of a cell"),
        gettext_lazy("Per mass only when all masses of the stack are known."),
        forms.EnergyForm, energy_of,
    ),
)  # fmt: skip
BY_NAME: Mapping[str, Calculator] = {one.name: one for one in CALCULATORS}
