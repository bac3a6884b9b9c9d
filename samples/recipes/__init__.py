"""Calculators of recipes and loadings: pure functions with uncertainty, no Django."""

from samples.recipes.composition import INGREDIENTS, Composition
from samples.recipes.electrolyte import (
    ASSUMED_DEM_DENSITY,
    OF_BASE,
    OF_TOTAL,
    PER_LITRE_DEM,
    PER_LITRE_SOLUTION,
    Plan,
    Substance,
    Targets,
    scaled,
    targets,
)
from samples.recipes.loading import (
    Foil,
    Loading,
    Spread,
    disc_area_cm2,
    foil,
    loading,
    rectangle_area_cm2,
    spread,
)
from samples.recipes.lots import LotFacts, to_weigh
from samples.recipes.quantity import Flag, Quantity, RecipeError, weighing_u
from samples.recipes.slurry import (
    Part,
    Slurry,
    SlurryLine,
    WeighedSlurry,
    paper_si_parts,
    slurry,
    weighed_composition,
)
from samples.recipes.weighing import Actual, Line, Weighed, WeighOut, actual, weigh_out

__all__ = [
    "ASSUMED_DEM_DENSITY",
    "INGREDIENTS",
    "OF_BASE",
    "OF_TOTAL",
    "PER_LITRE_DEM",
    "PER_LITRE_SOLUTION",
    "Actual",
    "Composition",
    "Flag",
    "Foil",
    "Line",
    "Loading",
    "LotFacts",
    "Part",
    "Plan",
    "Quantity",
    "RecipeError",
    "Slurry",
    "SlurryLine",
    "Spread",
    "Substance",
    "Targets",
    "WeighOut",
    "Weighed",
    "WeighedSlurry",
    "actual",
    "disc_area_cm2",
    "foil",
    "loading",
    "paper_si_parts",
    "rectangle_area_cm2",
    "scaled",
    "slurry",
    "spread",
    "targets",
    "to_weigh",
    "weigh_out",
    "weighed_composition",
    "weighing_u",
]
