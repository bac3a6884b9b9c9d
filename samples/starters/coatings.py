"""Coatings and pressed composites of the paper (Pan 2024), with their dry composition.

Sources in REFERENCE_STUDY.csv: R073, R106 to R111, R114, R115, R118; ANALYSES C1.
"""

from typing import Any

from samples.starters.starter import Starter, step


def _part(chemical: str, parts: float, solution: float | None = None) -> dict[str, Any]:
    return {"chemical": chemical, "weight_parts": parts, "solution_mass_fraction": solution}


SI_ROWS = (
    _part("Si", 70.0),
    _part("CNT", 7.5),
    _part("Super P", 7.5),
    _part("PAA", 15.0, 0.05),
    _part("PVP", 1.0),
)
SI: dict[str, Any] = {
    "process": "cast",
    "active_material": "Si",
    "active_mass_fraction": 0.6931,
    "active_mass_fraction_source": "assumed",
    "solvent": "water",
}
"""70 of 70 + 7.5 + 7.5 + 15 + 1 parts."""
SI_STEPS = (
    step("ball_milling", speed_rpm=500.0, time_h=10.0, atmosphere="argon"),
    step("slurry", solvent="water"),
    step("coating"),
    step("drying"),
    step("punching", diameter_mm=12.0),
)
INTERPRETED = (
    "RECIPE_INTERPRETED: the paper prints PVP:PAA = 15:1. Taken literally the dry coating would be "
    "69 wt% PVP and 21.5 wt% Si; here it is read as PAA:PVP = 15:1 (1 part PVP, 69.3 wt% Si). "
    "Ask the authors, or change the row and the active mass fraction."
)
LEFT_OPEN = (
    "The paper does not give foil, blade gap and drying of this coating; 12 mm is said of the "
    "lithium disc only."
)
PRESSED: dict[str, Any] = {
    "process": "pressed",
    "solvent": "",
    "current_collector": "",
    "foil_mass_mg_cm2": None,
    "active_mass_fraction": 0.6,
    "active_mass_fraction_source": "paper",
}

COATINGS = (
    Starter(
        key="si-coating",
        kind="coating",
        name="µm-Si coating",
        values={**SI, "loading_min_mg_cm2": 0.5, "loading_max_mg_cm2": 0.7},
        rows=SI_ROWS,
        steps=SI_STEPS,
        notes=(INTERPRETED, LEFT_OPEN),
    ),
    Starter(
        key="si-coating-high-loading",
        kind="coating",
        name="µm-Si coating, high loading",
        values={**SI, "loading_min_mg_cm2": 1.25, "loading_max_mg_cm2": 1.35},
        rows=SI_ROWS,
        steps=SI_STEPS,
        notes=(INTERPRETED, LEFT_OPEN, "“1.3 mg/cm²” is taken as 1.25 to 1.35 mg/cm²."),
    ),
    Starter(
        key="lfp-coating",
        kind="coating",
        name="LFP coating",
        values={
            "process": "cast",
            "active_material": "LFP",
            "active_mass_fraction": 0.8,
            "active_mass_fraction_source": "paper",
            "solvent": "NMP",
            "current_collector": "Al",
            "loading_min_mg_cm2": 5.5,
            "loading_max_mg_cm2": 6.5,
        },
        rows=(_part("LFP", 80.0), _part("AB", 10.0), _part("PVDF", 10.0)),
        steps=(
            step("slurry", solvent="NMP"),
            step("coating", substrate="aluminium foil"),
            step("drying"),
            step("punching", diameter_mm=12.0),
        ),
        notes=(
            LEFT_OPEN,
            "“~6 mg/cm²” is taken as 5.5 to 6.5 mg/cm²; the pouch cell's capacity (11.7 mAh at "
            "140 mAh/g) gives 5.2 mg/cm².",
        ),
    ),
    Starter(
        key="si-li6ps5cl-composite",
        kind="coating",
        name="Si composite with Li6PS5Cl, pressed",
        values={**PRESSED, "active_material": "Si"},
        rows=(_part("Si", 6.0), _part("Li6PS5Cl", 3.0), _part("CNT", 1.0)),
    ),
    Starter(
        key="lfp-li3incl6-composite",
        kind="coating",
        name="LFP composite with Li3InCl6, pressed",
        values={**PRESSED, "active_material": "LFP"},
        rows=(_part("LFP", 6.0), _part("Li3InCl6", 3.0), _part("VGCF", 1.0)),
    ),
)
