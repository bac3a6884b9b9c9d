"""Films, pellets, test pieces and electrodes of the paper (Pan 2024).

Sources in REFERENCE_STUDY.csv: R104, R112, R113, R116, R119 to R121, R128, R129.
"""

from samples.starters.starter import Starter, step

CURED = step("uv_cure", uv_time_s=300.0)
CAST_ON_FEP = (step("casting", substrate="FEP"), CURED)
THICKNESS = "The paper does not give the thickness of the membrane: measure it."
LATER_150_MPA = step("pressing", pressure_mpa=150.0, time_s=21_600.0, die_diameter_mm=10.0)
"""With the Li-In electrode in place, for 6 h."""

FILMS = (
    Starter(
        key="free-film-fep",
        kind="film",
        name="Free film on FEP",
        values={"form": "sheet", "substrate": "FEP"},
        steps=CAST_ON_FEP,
        notes=(THICKNESS,),
    ),
    Starter(
        key="pouch-membrane-45",
        kind="film",
        name="Membrane 45 x 45 mm for a pouch cell",
        values={"form": "sheet", "substrate": "FEP", "width_mm": 45.0, "length_mm": 45.0},
        steps=CAST_ON_FEP,
        notes=(THICKNESS,),
    ),
    Starter(
        key="dumbbell",
        kind="film",
        name="Dumbbell 16 x 4 x 2 mm",
        values={"form": "dumbbell", "length_mm": 16.0, "width_mm": 4.0, "thickness_um": 2000.0},
        steps=(CURED,),
        notes=("Nominal size: replace it by what you measure, the stress hangs on it.",),
    ),
    Starter(
        key="cylinder",
        kind="film",
        name="Cylinder ⌀10 x 10 mm",
        values={"form": "cylinder", "diameter_mm": 10.0, "height_mm": 10.0},
        steps=(step("uv_cure"),),
        notes=(
            "Nominal size: replace it by what you measure, the stress hangs on it.",
            "The paper gives no UV time for cylinders (5 min for films, dumbbells and electrodes).",
        ),
    ),
    Starter(
        key="li6ps5cl-pellet",
        kind="film",
        name="Li6PS5Cl pellet",
        values={"form": "pellet", "diameter_mm": 10.0, "fabrication_pressure_mpa": 300.0},
        steps=(
            step("pressing", pressure_mpa=300.0, time_s=300.0, die_diameter_mm=10.0, mass_mg=100.0),
        ),
        notes=("Choose the batch of Li6PS5Cl that it is pressed from.",),
    ),
    Starter(
        key="bilayer",
        kind="film",
        name="Li3InCl6 | Li6PS5Cl bilayer",
        values={"form": "pellet", "diameter_mm": 10.0, "fabrication_pressure_mpa": 300.0},
        steps=(
            step("pressing", pressure_mpa=300.0, time_s=300.0, die_diameter_mm=10.0, mass_mg=100.0),
            LATER_150_MPA,
        ),
        notes=(
            "50 mg Li3InCl6 on 50 mg Li6PS5Cl. Choose the batch of Li6PS5Cl; log the batch of "
            "Li3InCl6 as used by the first pressing.",
            "The paper does not say whether each layer is pressed on its own first.",
        ),
    ),
)

DISC = ("The paper gives 12 mm for the lithium disc only; it is taken for the electrode too.",)
INFILTRATED = (step("infiltration", volume_ul=50.0), CURED)
SIZELESS = {"width_mm": None, "length_mm": None}

ELECTRODES = (
    Starter(
        key="electrode-12",
        kind="electrode",
        name="Electrode ⌀12 mm, infiltrated (Si or LFP)",
        values={"metal": None, "diameter_mm": 12.0, **SIZELESS},
        steps=INFILTRATED,
        notes=DISC,
    ),
    Starter(
        key="electrode-40",
        kind="electrode",
        name="Pouch electrode 40 x 40 mm, infiltrated",
        values={"metal": None, "diameter_mm": None, "width_mm": 40.0, "length_mm": 40.0},
        steps=(step("infiltration"), CURED),
        notes=("The paper gives the dose of coin cells only (50 µL for an electrode).",),
    ),
    Starter(
        key="lithium-12",
        kind="electrode",
        name="Li disc 12 mm",
        values={"coating": None, "metal": "Li", "diameter_mm": 12.0, **SIZELESS},
    ),
    Starter(
        key="steel-12",
        kind="electrode",
        name="Stainless steel disc 12 mm",
        values={"coating": None, "metal": "Stainless steel", "diameter_mm": 12.0, **SIZELESS},
        notes=("The paper does not give the diameter of its blocking electrodes: measure it.",),
    ),
    Starter(
        key="li-in-10",
        kind="electrode",
        name="Li-In disc 10 mm for a PEEK die",
        values={"coating": None, "metal": "Li-In", "diameter_mm": 10.0, **SIZELESS},
    ),
    Starter(
        key="si-composite-on-pellet",
        kind="electrode",
        name="Si composite pressed on a pellet",
        values={"metal": None, "diameter_mm": 10.0, **SIZELESS},
        steps=(
            step("pressing", pressure_mpa=300.0, time_s=300.0, die_diameter_mm=10.0, mass_mg=1.0),
            LATER_150_MPA,
        ),
        notes=("The pressing at 150 MPa for 6 h follows when the Li-In is in place.",),
    ),
)
