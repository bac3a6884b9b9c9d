"""What a lot adds to a recipe: the purity by which a mass is corrected, and its water."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from samples.recipes.quantity import Propagation, Quantity, require_not_negative, require_share


@dataclass(frozen=True)
class LotFacts:
    """Purity (mass fraction of the named substance) and water in ppm by mass; None not known.

    Water is part of what the purity leaves over, so it does not correct a mass a second time; it
    counts for the water of the mixture alone.
    """

    purity_mass_fraction: Quantity | None = None
    water_ppm: float | None = None


def to_weigh(pure: Quantity, lot: LotFacts) -> Quantity:
    """Return the mass of a lot that holds the pure mass: m / purity, purity 1 if not known.

    The uncertainty says how well that mass is known; the value is what to weigh. Raises
    RecipeError for a purity outside (0, 1].
    """
    propagation = Propagation()
    mass = propagation.take("mass", pure)
    return propagation.give(mass / purity_of(lot, "the lot", "purity_mass_fraction", propagation))


def mixed(parts: Sequence[tuple[Quantity, LotFacts]]) -> LotFacts:
    """Return what masses (g) of several lots are together: purity and water by mass.

    A lot of unknown purity counts as pure with unknown uncertainty; one of unknown water leaves
    that of the mixture unknown. Raises RecipeError for a purity outside (0, 1].
    """
    propagation = Propagation()
    whole = sum(mass.value for mass, _lot in parts)
    purity = None
    if any(lot.purity_mass_fraction is not None for _mass, lot in parts):
        grams = [propagation.take("the mass", mass) for mass, _lot in parts]
        pure = sum(
            mass * purity_of(lot, "a lot", "purity_mass_fraction", propagation)
            for mass, (_mass, lot) in zip(grams, parts, strict=True)
        )
        purity = propagation.give(pure / sum(grams))
    wet = [(mass.value, lot.water_ppm) for mass, lot in parts if lot.water_ppm is not None]
    water = sum(mass * ppm for mass, ppm in wet) / whole if len(wet) == len(parts) else None
    return LotFacts(purity, water)


def purity_of(lot: LotFacts, name: str, field: str, propagation: Propagation) -> Any:
    """Return the purity of a lot of ``name`` as an input; 1 with unknown uncertainty if missing."""
    purity = lot.purity_mass_fraction or Quantity(1.0)
    require_share(field, purity.value, f"purity of {name}")
    return propagation.take(f"the purity of {name}", purity)


def water_of(lot: LotFacts, name: str, field: str) -> float | None:
    """Return the water of a lot as a mass fraction, None if not known."""
    if lot.water_ppm is None:
        return None
    return require_not_negative(field, lot.water_ppm, f"water of {name} in ppm") / 1e6
