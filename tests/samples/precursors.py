"""The precursor of the reference study, as the tests of its recipe use it."""

from collections.abc import Iterable, Mapping

from samples.recipes import Flag, LotFacts, Plan, Quantity, Substance, Weighed

SUBSTANCES = {
    "am": Substance("AM", 71.079, Quantity(1.122, 0.01)),
    "dmam": Substance("DMAM", 99.133, Quantity(0.962, 0.002)),
    "crosslinker": Substance("MBAA", 154.169),
    "photoinitiator": Substance("Irgacure 2959", 224.256),
    "nma": Substance("NMA", 73.095),
    "lifsi": Substance("LiFSI", 187.06),
    "fec": Substance("FEC", 106.052, Quantity(1.47, 0.012)),
}

PLAN = Plan(
    volume_ml=10,
    mole_fraction_am=0.8,
    total_monomer_mol_l=3.0,
    crosslinker_mmol_l=3.0,
    photoinitiator_mmol_l=1.5,
    dem_molar_ratio=4.0,
    dem_density_g_ml=Quantity(1.20, 0.03),
    concentration_basis="per_litre_solution",
)

PURE = LotFacts(Quantity(1.0, 0.0))


def weighed(
    masses_g: Mapping[str, Quantity], lot: LotFacts = PURE, u_g: float = 0.0
) -> dict[str, Weighed]:
    return {one: Weighed(Quantity(mass.value, u_g), lot) for one, mass in masses_g.items()}


def codes(flags: Iterable[Flag]) -> list[str]:
    return [flag.code for flag in flags]
