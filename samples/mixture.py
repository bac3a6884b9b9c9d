"""An electrolyte batch seen by the recipe: what it should hold, and what was weighed into it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from labsite.lib.fields import Source
from labsite.lib.units import split_unit
from samples.ingredients import BY_KEY
from samples.models import Chemical, ElectrolyteBatch, Lot
from samples.recipes.composition import Composition
from samples.recipes.electrolyte import (
    PER_LITRE_DEM,
    PER_LITRE_SOLUTION,
    Plan,
    Substance,
    Targets,
    targets,
)
from samples.recipes.lots import LotFacts
from samples.recipes.quantity import Flag, Quantity, RecipeError
from samples.recipes.weighing import Actual, Line, Weighed, actual, weigh_out

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

Kind = ElectrolyteBatch.Kind
MIXED = (Kind.ELASTIC, Kind.DEM)
"""Kinds of batches that are mixed after the recipe; a DEM is one without monomers."""


ASKED: Mapping[str, "StrPromise"] = {
    "volume_ml": gettext_lazy("Enter the volume to be made."),
    "dem_molar_ratio": gettext_lazy("Enter the ratio NMA:LiFSI, such as 4:1."),
    "mole_fraction_am": gettext_lazy("Enter the AM fraction x."),
    "total_monomer_mol_l": gettext_lazy("Enter the total monomer, such as 3 mol/L."),
    "fec_basis": gettext_lazy(
        "Choose what FEC is a share of: 5 wt% of the total is more than 5 wt% of the mass before."
    ),
}


@dataclass(frozen=True)
class Portion:
    """A place of the recipe filled: the chemical, its lot, and the mass read from the balance."""

    chemical: Chemical
    lot: Lot | None = None
    mass_g: float | None = None
    mass_g_u: float | None = None
    several: LotFacts | None = None
    """Purity and water of several lots together; None of one lot."""

    @property
    def facts(self) -> LotFacts:
        """Purity and water of what fills the place."""
        return self.several or facts_of(self.lot)


@dataclass(frozen=True)
class Assessment:
    """What the recipe says of a batch: masses to weigh, composition wanted and weighed."""

    problems: tuple[str, ...] = ()
    """Why no masses can be told; sentences."""
    targets: Targets | None = None
    lines: Mapping[str, Line] | None = None
    planned_water_ppm: Quantity | None = None
    actual: Actual | None = None
    flags: tuple[Flag, ...] = ()

    def target_g(self, key: str) -> float | None:
        """Return the mass of the lot to weigh, in g."""
        line = (self.lines or {}).get(key)
        return None if line is None else line.to_weigh_g.value

    def deviation_percent(self, key: str) -> float | None:
        """Return by how much the weighed mass is off its target, in percent."""
        return None if self.actual is None else self.actual.deviations.get(key)

    @property
    def weighed(self) -> Composition | None:
        """The composition of what was weighed, with FEC if there is any."""
        return None if self.actual is None else self.actual.after_fec

    @property
    def awaits_fec(self) -> bool:
        """Whether something was weighed, but not the FEC: the composition is that before it."""
        return self.actual is not None and "fec" in self._pending

    @property
    def _pending(self) -> set[str]:
        wanted = set(self.targets.masses_g) if self.targets is not None else set()
        return wanted - set(self.actual.deviations if self.actual is not None else ())


def is_mixed(batch: ElectrolyteBatch) -> bool:
    """Whether the batch is mixed after the recipe of the elastic electrolyte or of the DEM."""
    return batch.kind in MIXED


def missing(batch: ElectrolyteBatch) -> list[str]:
    """Return what has to be said before masses can be told, by field."""
    wanted = ["volume_ml", "dem_molar_ratio"]
    if batch.kind == Kind.ELASTIC:
        wanted += ["mole_fraction_am", "total_monomer_mol_l"]
    names = [name for name in wanted if getattr(batch, name) is None]
    if batch.kind == Kind.ELASTIC and not batch.concentration_basis:
        names.append("concentration_basis")
    if batch.fec_mass_fraction and not batch.fec_basis:
        names.append("fec_basis")
    return names


def plan_of(batch: ElectrolyteBatch) -> Plan:
    """Return the recipe of a batch that misses nothing."""
    elastic = batch.kind == Kind.ELASTIC
    density = batch.dem_density_g_ml
    told = batch.dem_density_source not in ("", Source.ASSUMED)
    return Plan(
        volume_ml=batch.volume_ml or 0.0,
        mole_fraction_am=(batch.mole_fraction_am or 0.0) if elastic else 0.0,
        total_monomer_mol_l=(batch.total_monomer_mol_l or 0.0) if elastic else 0.0,
        crosslinker_mmol_l=(batch.crosslinker_mmol_l or 0.0) if elastic else 0.0,
        photoinitiator_mmol_l=(batch.photoinitiator_mmol_l or 0.0) if elastic else 0.0,
        dem_molar_ratio=batch.dem_molar_ratio or 0.0,
        dem_density_g_ml=None if density is None else Quantity(density, batch.dem_density_g_ml_u),
        dem_density_assumed=not told,
        concentration_basis=batch.concentration_basis if elastic else PER_LITRE_SOLUTION,
        fec_mass_fraction=batch.fec_mass_fraction or 0.0,
        fec_basis=batch.fec_basis,
    )


def facts_of(lot: Lot | None) -> LotFacts:
    """Return the purity and the water of a lot."""
    if lot is None:
        return LotFacts()
    purity = lot.purity_mass_fraction
    return LotFacts(
        None if purity is None else Quantity(purity, lot.purity_mass_fraction_u), lot.water_ppm
    )


def substances_of(portions: Mapping[str, Portion]) -> dict[str, Substance]:
    """Return the constants of the chemicals; those without molar mass are left out."""
    return {
        key: Substance(
            name=portion.chemical.short_name,
            molar_mass_g_mol=portion.chemical.molar_mass_g_mol,
            density_g_ml=None
            if portion.chemical.density_g_ml is None
            else Quantity(portion.chemical.density_g_ml, portion.chemical.density_g_ml_u),
        )
        for key, portion in portions.items()
        if portion.chemical.molar_mass_g_mol is not None
    }


def assess(
    batch: ElectrolyteBatch, portions: Mapping[str, Portion], readability_mg: float | None = None
) -> Assessment:
    """Work out a batch: what to weigh of each lot, and what the weighed masses make."""
    asked = missing(batch)
    substances = substances_of(portions)
    if asked:
        return Assessment(problems=tuple(_asked(batch, name, substances) for name in asked))
    plan = plan_of(batch)
    facts = {key: portion.facts for key, portion in portions.items()}
    try:
        wanted = targets(plan, substances)
        out = weigh_out(wanted, facts, readability_mg)
        done = _actual(plan, substances, portions)
        water = _planned_water(plan, substances, out.lines, facts)
    except RecipeError as error:
        return Assessment(problems=(_in_words(error, portions),))
    chosen = {key: one.lot for key, one in portions.items() if one.lot and key in wanted.masses_g}
    lines = {line.ingredient: line for line in out.lines}
    flags = [*(done.flags if done else ()), *wanted.flags, *out.flags]
    return Assessment(
        targets=wanted,
        lines=lines,
        planned_water_ppm=water,
        actual=done,
        flags=tuple(_once([*flags, *lot_flags(chosen.values(), _day_of(batch))])),
    )


def lot_flags(lots: Iterable[Lot], today: date) -> list[Flag]:
    """Return a warning for every lot that has expired."""
    return [
        Flag("LOT_EXPIRED", "warning", _("%(lot)s has expired on %(day)s.") % {
            "lot": f"{lot.code} ({lot.chemical})", "day": lot.expires_on.isoformat()
        })
        for lot in lots
        if lot.expires_on is not None and lot.expires_on < today
    ]  # fmt: skip


def _day_of(batch: ElectrolyteBatch) -> date:
    """Return the day on which a batch is made: lots that expire later were good."""
    return timezone.localdate(batch.prepared_at) if batch.prepared_at else timezone.localdate()


def _actual(
    plan: Plan, substances: Mapping[str, Substance], portions: Mapping[str, Portion]
) -> Actual | None:
    weighed = {
        key: Weighed(Quantity(portion.mass_g, portion.mass_g_u), portion.facts)
        for key, portion in portions.items()
        if portion.mass_g is not None
    }
    return actual(plan, substances, weighed) if weighed else None


def _planned_water(
    plan: Plan,
    substances: Mapping[str, Substance],
    lines: Iterable[Line],
    facts: Mapping[str, LotFacts],
) -> Quantity | None:
    """Return the water in ppm that the lots bring along when weighed as planned."""
    planned = {
        line.ingredient: Weighed(
            Quantity(line.to_weigh_g.value), facts.get(line.ingredient, LotFacts())
        )
        for line in lines
    }
    return actual(plan, substances, planned).after_fec.water_ppm


def _asked(batch: ElectrolyteBatch, name: str, substances: Mapping[str, Substance]) -> str:
    if name != "concentration_basis":
        return str(ASKED[name])
    sentence = _("Choose what a litre is a litre of: the solution, or the DEM.")
    rest = [other for other in missing(batch) if other not in (name, "fec_basis")]
    if rest:
        return sentence
    plan = replace(plan_of(batch), concentration_basis=PER_LITRE_DEM, fec_mass_fraction=0.0)
    try:
        real = targets(plan, substances).before_fec.monomer_mol_l
    except RecipeError:
        return sentence
    if real is None:
        return sentence
    told = _("Counted per litre of DEM, the solution holds %(real).3g mol/L of monomer.")
    return f"{sentence} {told % {'real': real.value}}"


def _in_words(error: RecipeError, portions: Mapping[str, Portion]) -> str:
    """Write the refusal of a recipe with the words of the form."""
    if error.field in BY_KEY:
        portion = portions.get(error.field)
        if portion is None:
            label = BY_KEY[error.field].label
            return _("%(what)s: no lot is chosen, and no such chemical is known.") % {"what": label}
        if portion.chemical.molar_mass_g_mol is None:
            return _("%(what)s has no molar mass yet; enter it at %(code)s.") % {
                "what": portion.chemical,
                "code": portion.chemical.code,
            }
        return error.message
    columns = {field.name: field for field in ElectrolyteBatch._meta.concrete_fields}
    if error.field not in columns:
        return error.message
    label = split_unit(str(columns[error.field].verbose_name))[0]
    return error.message.replace(error.field, label[:1].upper() + label[1:], 1)


def _once(flags: Iterable[Flag]) -> list[Flag]:
    """Leave out flags that were told before; missing uncertainties are told once."""
    kept: dict[str, Flag] = {}
    for flag in flags:
        key = flag.code if flag.code == "UNCERTAINTY_INCOMPLETE" else flag.message
        kept.setdefault(key, flag)
    return sorted(kept.values(), key=lambda flag: flag.code == "UNCERTAINTY_INCOMPLETE")
