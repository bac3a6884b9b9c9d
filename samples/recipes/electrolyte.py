"""C5: masses of an AM/DMAM precursor in NMA:LiFSI (DEM), with or without FEC."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from samples.recipes.composition import INGREDIENTS, Composition, Contents, compose
from samples.recipes.quantity import (
    Flag,
    Propagation,
    Quantity,
    RecipeError,
    listed,
    refuse,
    require_not_negative,
    require_one_of,
    require_positive,
)

PER_LITRE_SOLUTION = "per_litre_solution"
PER_LITRE_DEM = "per_litre_dem"
OF_TOTAL = "of_total"
OF_BASE = "of_base"

ASSUMED_DEM_DENSITY = Quantity(1.20, 0.03)
"""Of NMA:LiFSI 4:1 in g/mL; no measured value was found. Estimated from NMA 0.950 g/mL and an
apparent molar volume of LiFSI of 89 mL/mol: 1.21 ± 0.03."""

NEGLECTED_SHARE = 0.005
"""Crosslinker and initiator above this share of the mass take a volume that matters."""


@dataclass(frozen=True)
class Substance:
    """A substance by name, molar mass and density (of AM, DMAM and FEC)."""

    name: str
    molar_mass_g_mol: float
    density_g_ml: Quantity | None = None


@dataclass(frozen=True)
class Plan:
    """A recipe: volume, amounts and what they are counted per.

    On ``per_litre_solution`` the volume is that of the solution before FEC; on ``per_litre_dem``
    it is that of the DEM into which the monomers go. ``mole_fraction_am`` is
    n(AM) / (n(AM) + n(DMAM)), ``dem_molar_ratio`` n(NMA) / n(LiFSI).
    """

    volume_ml: float
    mole_fraction_am: float
    total_monomer_mol_l: float
    crosslinker_mmol_l: float
    photoinitiator_mmol_l: float
    dem_molar_ratio: float
    dem_density_g_ml: Quantity | None = None
    dem_density_assumed: bool = False
    concentration_basis: str = ""
    fec_mass_fraction: float = 0.0
    fec_basis: str = ""


@dataclass(frozen=True)
class Targets:
    """Pure masses to reach a plan, volumes and the composition that exactly these masses have.

    The u of a mass says how well the mass that meets the plan is known (densities); the value is
    what to weigh. ``names`` are those of the ingredients in ``masses_g``. A volume is None if a
    density is missing.
    """

    masses_g: Mapping[str, Quantity]
    names: Mapping[str, str]
    dem_volume_ml: Quantity
    before_fec_volume_ml: Quantity | None
    final_volume_ml: Quantity | None
    before_fec: Composition
    after_fec: Composition
    flags: tuple[Flag, ...]


def scaled(plan: Plan, factor: float) -> Plan:
    """Return the plan for ``factor`` times the volume; all masses scale with it."""
    return replace(plan, volume_ml=plan.volume_ml * require_positive("factor", factor))


def targets(plan: Plan, substances: Mapping[str, Substance]) -> Targets:
    """Return the pure masses in g of a plan and the composition they give.

    n(AM) = x c V, n(DMAM) = (1 - x) c V, m = n M. The DEM fills what the monomers leave of V (per
    litre of solution) or is V (per litre of DEM); m(FEC) = f / (1 - f) of the mass before it (of
    the total) or f of it (of the base). Raises RecipeError where an input is impossible or a basis
    is not said.
    """
    check_plan(plan)
    propagation = Propagation()
    density = densities(plan, substances, propagation)
    masses, dem_ml = _masses(plan, substances, density)
    weighed = {one: nominal(masses[one]) for one in INGREDIENTS}
    present = {one: masses[one] for one in INGREDIENTS if weighed[one] > 0}
    contents = Contents(
        pure_g=weighed,
        total_g=weighed,
        molar_mass_g_mol=molar_masses(substances, present),
        density_g_ml=density,
        water_g=dict.fromkeys(INGREDIENTS),
    )
    before = compose(contents, propagation, with_fec=False)
    result = Targets(
        masses_g={one: propagation.give(mass) for one, mass in present.items()},
        names={one: substances[one].name for one in present},
        dem_volume_ml=propagation.give(dem_ml),
        before_fec_volume_ml=_given(contents.volume_ml(with_fec=False), propagation),
        final_volume_ml=_given(contents.volume_ml(with_fec=True), propagation),
        before_fec=before,
        after_fec=compose(contents, propagation, with_fec=True),
        flags=(),
    )
    flags = density_flags(plan, substances, weighed) + _recipe_flags(plan, before, weighed)
    return replace(result, flags=flags + propagation.flags)


def check_plan(plan: Plan) -> None:
    """Raise RecipeError for a plan from which no number follows."""
    require_positive("volume_ml", plan.volume_ml)
    require_positive("dem_molar_ratio", plan.dem_molar_ratio)
    for field in ("total_monomer_mol_l", "crosslinker_mmol_l", "photoinitiator_mmol_l"):
        require_not_negative(field, getattr(plan, field))
    if not 0 <= plan.mole_fraction_am <= 1:
        raise refuse("mole_fraction_am", plan.mole_fraction_am, "0 to 1")
    if not 0 <= plan.fec_mass_fraction < 1:
        raise refuse("fec_mass_fraction", plan.fec_mass_fraction, "0 or more and below 1")
    require_one_of(
        "concentration_basis", plan.concentration_basis, (PER_LITRE_SOLUTION, PER_LITRE_DEM)
    )
    if plan.fec_mass_fraction > 0:
        require_one_of("fec_basis", plan.fec_basis, (OF_TOTAL, OF_BASE))


def densities(
    plan: Plan, substances: Mapping[str, Substance], propagation: Propagation
) -> dict[str, Any]:
    """Return the densities in g/mL of AM, DMAM, FEC and DEM as inputs, None where not known."""
    known: dict[str, Any] = {}
    for one in ("am", "dmam", "fec"):
        density = substances[one].density_g_ml if one in substances else None
        known[one] = None if density is None else _density(one, substances[one].name, density)
    known["dem"] = _density("dem_density_g_ml", "DEM", plan.dem_density_g_ml or ASSUMED_DEM_DENSITY)
    names = {one: s.name for one, s in substances.items()} | {"dem": "the DEM"}
    return {
        one: None if q is None else propagation.take(f"the density of {names[one]}", q)
        for one, q in known.items()
    }


def density_flags(
    plan: Plan, substances: Mapping[str, Substance], grams: Mapping[str, Any]
) -> tuple[Flag, ...]:
    """Return what is to be said of the densities that ``grams`` of the ingredients need."""
    flags: list[Flag] = []
    if plan.dem_density_g_ml is None or plan.dem_density_assumed:
        density = plan.dem_density_g_ml or ASSUMED_DEM_DENSITY
        flags.append(
            Flag(
                "DENSITY_ASSUMED",
                "warning",
                f"The density of the DEM, {density.value:g} g/mL, is assumed; weigh a known volume "
                "and enter it.",
            )
        )
    missing = [
        substances[one].name
        for one in ("am", "dmam", "fec")
        if grams[one] != 0 and substances[one].density_g_ml is None
    ]
    if missing:
        flags.append(
            Flag(
                "DENSITY_MISSING",
                "warning",
                f"The density of {listed(missing)} is not known, so neither is the volume nor any "
                "concentration that needs it.",
            )
        )
    return tuple(flags)


def molar_masses(
    substances: Mapping[str, Substance], present: Mapping[str, Any]
) -> dict[str, float]:
    """Return the molar masses in g/mol of the ingredients in ``present``."""
    return {one: _molar_mass(substances, one) for one in present}


def nominal(number: Any) -> float:
    """Return the value of a float or of a float with uncertainty."""
    return float(getattr(number, "nominal_value", number))


def _masses(
    plan: Plan, substances: Mapping[str, Substance], density: Mapping[str, Any]
) -> tuple[dict[str, Any], Any]:
    litres = plan.volume_ml / 1000
    x, monomer = plan.mole_fraction_am, plan.total_monomer_mol_l * litres
    moles = {
        "am": x * monomer,
        "dmam": (1 - x) * monomer,
        "crosslinker": plan.crosslinker_mmol_l / 1000 * litres,
        "photoinitiator": plan.photoinitiator_mmol_l / 1000 * litres,
    }
    masses: dict[str, Any] = {
        one: n * _molar_mass(substances, one) if n > 0 else 0.0 for one, n in moles.items()
    }
    dem_ml = _dem_ml(plan, masses, density)
    nma = plan.dem_molar_ratio * _molar_mass(substances, "nma")
    lifsi = _molar_mass(substances, "lifsi")
    dem = density["dem"] * dem_ml
    masses["nma"] = dem * (nma / (nma + lifsi))
    masses["lifsi"] = dem * (lifsi / (nma + lifsi))
    masses["fec"] = 0.0
    if plan.fec_mass_fraction > 0:
        _molar_mass(substances, "fec")
        masses["fec"] = _fec_per_base(plan) * sum(masses.values())
    return masses, dem_ml


def _fec_per_base(plan: Plan) -> float:
    fec = plan.fec_mass_fraction
    return fec / (1 - fec) if plan.fec_basis == OF_TOTAL else fec


def _dem_ml(plan: Plan, masses: Mapping[str, Any], density: Mapping[str, Any]) -> Any:
    if plan.concentration_basis == PER_LITRE_DEM:
        return plan.volume_ml
    dem_ml: Any = plan.volume_ml
    for one in ("am", "dmam"):
        if masses[one] == 0:
            continue
        if density[one] is None:
            raise RecipeError(
                one,
                f"density of {one.upper()}: not known; a recipe per litre of solution needs it.",
            )
        dem_ml = dem_ml - masses[one] / density[one]
    if nominal(dem_ml) <= 0:
        taken = plan.volume_ml - nominal(dem_ml)
        raise RecipeError(
            "total_monomer_mol_l",
            f"total_monomer_mol_l: found {plan.total_monomer_mol_l:g}, for which the monomers "
            f"alone take {taken:.3g} mL of {plan.volume_ml:g} mL; allowed is less than "
            f"{plan.total_monomer_mol_l * plan.volume_ml / taken:.3g}.",
        )
    return dem_ml


def _recipe_flags(plan: Plan, before: Composition, grams: Mapping[str, float]) -> tuple[Flag, ...]:
    flags: list[Flag] = []
    planned, real = plan.total_monomer_mol_l, before.monomer_mol_l
    if plan.concentration_basis == PER_LITRE_DEM and planned > 0 and real is not None:
        flags.append(
            Flag(
                "CONCENTRATION_PER_LITRE_DEM",
                "info",
                f"Counted per litre of DEM: the solution holds {real.value:.3g} mol/L of monomer, "
                f"{100 * (1 - real.value / planned):.0f} % less than {planned:g} mol/L.",
            )
        )
    base = sum(grams.values()) - grams["fec"]
    if grams["crosslinker"] + grams["photoinitiator"] > NEGLECTED_SHARE * base:
        flags.append(
            Flag(
                "SOLUTE_VOLUME_NEGLECTED",
                "warning",
                "Crosslinker and photoinitiator are more than 0.5 % of the mass; their volume is "
                "neglected, so concentrations come out too high by about their share.",
            )
        )
    return tuple(flags)


def _given(result: Any, propagation: Propagation) -> Quantity | None:
    return None if result is None else propagation.give(result)


def _density(field: str, name: str, density: Quantity) -> Quantity:
    require_positive(field, density.value, f"density of {name} in g/mL")
    return density


def _molar_mass(substances: Mapping[str, Substance], one: str) -> float:
    if one not in substances:
        raise RecipeError(one, f"{one}: the recipe needs this substance and none is chosen.")
    substance = substances[one]
    return require_positive(
        one, substance.molar_mass_g_mol, f"molar mass of {substance.name} in g/mol"
    )
