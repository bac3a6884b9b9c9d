"""Composition of a precursor from the masses in the flask, before and after FEC."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from samples.recipes.quantity import Propagation, Quantity

INGREDIENTS = ("am", "dmam", "crosslinker", "photoinitiator", "nma", "lifsi", "fec")
"""In the order of the weighing table."""


@dataclass(frozen=True)
class Composition:
    """What a precursor is made of; None is not known (yet).

    Concentrations are amounts per litre of solution, whatever the recipe counted per litre of;
    ``monomer_mol_l_dem`` alone is per litre of DEM. Monomer is AM and DMAM without crosslinker.
    Mass fractions are of the total mass as weighed, polymer is monomer and crosslinker.
    """

    mole_fraction_am: Quantity | None = None
    dem_molar_ratio: Quantity | None = None
    monomer_mol_l: Quantity | None = None
    monomer_mol_l_dem: Quantity | None = None
    crosslinker_mmol_l: Quantity | None = None
    photoinitiator_mmol_l: Quantity | None = None
    salt_mol_l: Quantity | None = None
    fec_mass_fraction: Quantity | None = None
    polymer_mass_fraction: Quantity | None = None
    li_per_monomer: Quantity | None = None
    water_ppm: Quantity | None = None


@dataclass(frozen=True)
class Contents:
    """Masses in g by ingredient (0 not in the recipe, None not yet weighed) and their densities.

    ``pure_g`` counts the named substance, ``total_g`` its impurities too; ``molar_mass_g_mol`` is
    by ingredient, ``density_g_ml`` of am, dmam, fec and dem (None not known). ``water_g`` is None
    unless the water of every ingredient is known.
    """

    pure_g: Mapping[str, Any]
    total_g: Mapping[str, Any]
    molar_mass_g_mol: Mapping[str, float]
    density_g_ml: Mapping[str, Any]
    water_g: Mapping[str, float | None]

    @property
    def dem_ml(self) -> Any:
        """Volume of NMA and LiFSI together in mL, with their impurities."""
        return ratio(total(self.total_g["nma"], self.total_g["lifsi"]), self.density_g_ml["dem"])

    def volume_ml(self, *, with_fec: bool) -> Any:
        """Volume in mL by additivity; that of crosslinker and initiator is neglected."""
        parts = ("am", "dmam", "fec") if with_fec else ("am", "dmam")
        return total(self.dem_ml, *(self._part_ml(one) for one in parts))

    def mass_g(self, *, with_fec: bool) -> Any:
        """Total mass in g."""
        return total(*(self.total_g[one] for one in _present(with_fec)))

    def mol(self, ingredient: str) -> Any:
        """Amount of an ingredient in mol."""
        if self.pure_g[ingredient] is None or is_zero(self.pure_g[ingredient]):
            return self.pure_g[ingredient]
        return self.pure_g[ingredient] / self.molar_mass_g_mol[ingredient]

    def _part_ml(self, ingredient: str) -> Any:
        mass = self.total_g[ingredient]
        return mass if is_zero(mass) else ratio(mass, self.density_g_ml[ingredient])


def compose(contents: Contents, propagation: Propagation, *, with_fec: bool) -> Composition:
    """Return the composition of the contents, without FEC or with it."""
    volume_l = ratio(contents.volume_ml(with_fec=with_fec), 1000.0)
    mass = contents.mass_g(with_fec=with_fec)
    am, dmam, salt = contents.mol("am"), contents.mol("dmam"), contents.mol("lifsi")
    monomer = total(am, dmam)
    polymer = total(*(contents.pure_g[one] for one in ("am", "dmam", "crosslinker")))
    water = total(*(contents.water_g[one] for one in _present(with_fec)))
    results = {
        "mole_fraction_am": ratio(am, monomer),
        "dem_molar_ratio": ratio(contents.mol("nma"), salt),
        "monomer_mol_l": ratio(monomer, volume_l),
        "monomer_mol_l_dem": ratio(monomer, ratio(contents.dem_ml, 1000.0)),
        "crosslinker_mmol_l": ratio(contents.mol("crosslinker"), volume_l, 1000.0),
        "photoinitiator_mmol_l": ratio(contents.mol("photoinitiator"), volume_l, 1000.0),
        "salt_mol_l": ratio(salt, volume_l),
        "fec_mass_fraction": ratio(contents.pure_g["fec"], mass) if with_fec else 0.0,
        "polymer_mass_fraction": ratio(polymer, mass),
        "li_per_monomer": ratio(salt, monomer),
    }
    given = {name: None if r is None else propagation.give(r) for name, r in results.items()}
    return Composition(**given, water_ppm=_water_ppm(water, mass))


def total(*terms: Any) -> Any:
    """Return the sum, None if a term is not known."""
    return None if any(term is None for term in terms) else sum(terms)


def ratio(above: Any, below: Any, factor: float = 1.0) -> Any:
    """Return factor · above / below; None if one is not known or there is nothing to divide by."""
    if above is None or below is None or is_zero(below):
        return None
    return factor * above / below


def is_zero(mass: Any) -> bool:
    """Tell whether a mass is the exact 0 of an ingredient outside the recipe."""
    return isinstance(mass, float) and mass == 0


def _present(with_fec: bool) -> tuple[str, ...]:
    return INGREDIENTS if with_fec else INGREDIENTS[:-1]


def _water_ppm(water_g: float | None, mass_g: Any) -> Quantity | None:
    if water_g is None or mass_g is None:
        return None
    return Quantity(1e6 * water_g / float(getattr(mass_g, "nominal_value", mass_g)))
