"""Cells of the paper (Pan 2024): what is measured, between which limits, and where.

Sources in REFERENCE_STUDY.csv: R062, R083, R098, R113, R116, R117, R119 to R124; ANALYSES 11.1.
"""

from typing import Any

from samples.starters.starter import Starter

SI_HALF: dict[str, Any] = {
    "cell_type": "anode_half_cell",
    "mass_basis": "positive",
    "one_c_ma_g": 3579.0,
    "first_half_cycle": "discharge",
    "lower_cutoff_v": 0.05,
    "first_cycle_lower_cutoff_v": 0.02,
    "upper_cutoff_v": 2.0,
    "temperature_celsius": 25.0,
}
FULL: dict[str, Any] = {
    "cell_type": "full_cell",
    "mass_basis": "positive",
    "one_c_ma_g": 175.0,
    "first_half_cycle": "charge",
    "lower_cutoff_v": 2.0,
    "upper_cutoff_v": 3.9,
    "temperature_celsius": 25.0,
}
COIN = {"format": "coin_2032", "external_pressure_mpa": 0.0}
ABOVE_THEORY = "1C of LFP is 175 mA/g in the paper, more than its theoretical 169.9 mAh/g."
PRECYCLED = "The Si electrode is cycled once against lithium first: harvest it from that cell."

CELLS = (
    Starter(
        key="si-half-cell",
        kind="cell",
        name="Si half cell, coin 2032",
        values={**SI_HALF, **COIN},
        notes=(
            "The lower limit is 0.02 V in cycle 1 and 0.05 V after it.",
            "The paper's 376 and 1880 mA/g are 0.105 C and 0.525 C with 1C = 3579 mA/g.",
        ),
    ),
    Starter(
        key="lfp-half-cell",
        kind="cell",
        name="LFP half cell",
        values={
            "cell_type": "cathode_half_cell",
            "mass_basis": "positive",
            "one_c_ma_g": 175.0,
            "first_half_cycle": "charge",
            "temperature_celsius": 25.0,
            **COIN,
        },
        notes=(ABOVE_THEORY, "The paper does not give the voltage limits of this cell."),
    ),
    Starter(
        key="si-lfp-full-cell",
        kind="cell",
        name="Si‖LFP full cell",
        values={**FULL, **COIN},
        notes=(PRECYCLED, ABOVE_THEORY),
    ),
    Starter(
        key="pouch-40",
        kind="cell",
        name="Pouch 40 x 40",
        values={
            **FULL,
            "format": "pouch",
            "external_pressure_mpa": 0.0,
            "area_cm2": 16.0,
            "area_source": "paper",
            "atmosphere": "dry_air",
            "dew_point_celsius": -40.0,
        },
        notes=(
            "Cathode and anode 40 x 40 mm, membrane 45 x 45 mm, in aluminium-plastic foil, sealed "
            "under vacuum.",
            "The paper's 11.7 mAh at 140 mAh/g make 5.2 mg/cm² of LFP; its text says about 6.",
            "The built-in pressure of the pouch cell is cited to two places (SI 14, SI 16).",
            PRECYCLED,
            ABOVE_THEORY,
        ),
    ),
    Starter(
        key="peek-die-li-in",
        kind="cell",
        name="PEEK die with Li-In",
        values={
            "format": "peek_die",
            "cell_type": "anode_half_cell",
            "mass_basis": "positive",
            "one_c_ma_g": 3579.0,
            "first_half_cycle": "discharge",
            "temperature_celsius": 25.0,
        },
        notes=(
            "Die of 10 mm. Press at 150 MPa for 6 h when the Li-In is in place; give the pressure "
            "during the test below (the paper has cells at 2 MPa and without).",
            "The limits 0.05 V (0.02 V) to 2 V are against Li+/Li; the paper gives none against "
            "Li-In.",
        ),
    ),
    Starter(
        key="symmetric-li",
        kind="cell",
        name="Symmetric Li",
        values={"cell_type": "symmetric_li", "temperature_celsius": 25.0, **COIN},
        notes=("The paper does not say how it reads its 65 mV overpotential (peak or plateau).",),
    ),
    Starter(
        key="blocking-steel",
        kind="cell",
        name="Blocking SS|EE|SS",
        values={"cell_type": "symmetric_blocking", "temperature_celsius": 25.0, **COIN},
        notes=("The paper gives neither the thickness of the film nor the area: measure both.",),
    ),
)
