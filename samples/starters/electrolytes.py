"""Electrolyte batches of the paper (Pan 2024): the elastic one and what it is compared with.

Sources in REFERENCE_STUDY.csv: R101 to R105 (Methods), R119, R121.
"""

from typing import Any

from samples.starters.starter import Starter, step

ELASTIC: dict[str, Any] = {
    "kind": "elastic",
    "composition": "",
    "dem_molar_ratio": 4.0,
    "mole_fraction_am": 0.8,
    "total_monomer_mol_l": 3.0,
    "concentration_basis": "",
    "crosslinker_mmol_l": 3.0,
    "photoinitiator_mmol_l": 1.5,
    "fec_mass_fraction": None,
    "fec_basis": "",
    "uv_time_s": 300.0,
}
"""2.4 mol/L AM and 0.6 mol/L DMAM, MBAA and Irgacure 2959, NMA:LiFSI 4:1, UV 5 min."""
MIXED = (step("mixing"), step("precursor"))
BASIS = (
    "CONCENTRATION_BASIS: the paper does not say whether its concentrations are per litre of "
    "solution or per litre of DEM (18 % apart for this recipe). Choose one below."
)
FEC_BASIS = "FEC_BASIS: the paper does not say what the 5 wt% of FEC are a share of. Choose below."

ELECTROLYTES = (
    Starter(
        key="elastic-x-0.8",
        kind="batch",
        name="Elastic electrolyte, x = 0.8 (Pan 2024)",
        values=ELASTIC,
        steps=MIXED,
        notes=(BASIS,),
    ),
    Starter(
        key="elastic-x-0.8-fec",
        kind="batch",
        name="Elastic electrolyte, x = 0.8, 5 wt% FEC (Pan 2024)",
        values={**ELASTIC, "fec_mass_fraction": 0.05},
        steps=MIXED,
        notes=(BASIS, FEC_BASIS),
    ),
    Starter(
        key="dem-4-1",
        kind="batch",
        name="DEM, NMA:LiFSI 4:1 (Pan 2024)",
        values={"kind": "dem", "composition": "", "dem_molar_ratio": 4.0},
        steps=(step("mixing"),),
    ),
    Starter(
        key="li6ps5cl-powder",
        kind="batch",
        name="Li6PS5Cl powder",
        values={"kind": "sulfide", "composition": "Li6PS5Cl"},
        notes=("The paper prints “Li6PS3Cl” in one place; Li6PS5Cl is meant everywhere else.",),
    ),
    Starter(
        key="li3incl6-powder",
        kind="batch",
        name="Li3InCl6 powder",
        values={"kind": "halide", "composition": "Li3InCl6"},
    ),
)
