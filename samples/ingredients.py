"""The places of the electrolyte recipe, and which chemicals belong in them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy

from samples.models import Chemical

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise


@dataclass(frozen=True)
class Ingredient:
    """One place of the recipe: which chemical stands there and in which unit it is weighed."""

    key: str
    label: "StrPromise | str"
    unit: str = "g"
    role: str = ""
    """The role of the chemical; empty where only one substance fits."""
    names: tuple[str, ...] = ()
    """Short name, name and CAS number of the one substance, in small letters."""

    def fits(self, chemical: Chemical) -> bool:
        """Whether the chemical belongs in this place."""
        if self.role:
            return chemical.role == self.role
        known = (chemical.short_name, chemical.name, chemical.cas_number)
        return any(name.lower() in self.names for name in known)


INGREDIENTS = (
    Ingredient("am", "AM", names=("am", "acrylamide", "79-06-1")),
    Ingredient("dmam", "DMAM", names=("dmam", "dmaa", "n,n-dimethylacrylamide", "2680-03-7")),
    Ingredient("crosslinker", gettext_lazy("Crosslinker"), "mg", Chemical.Role.CROSSLINKER),
    Ingredient(
        "photoinitiator", gettext_lazy("Photoinitiator"), "mg", Chemical.Role.PHOTOINITIATOR
    ),
    Ingredient("nma", "NMA", names=("nma", "n-methylacetamide", "79-16-3")),
    Ingredient(
        "lifsi",
        "LiFSI",
        names=("lifsi", "lithium bis(fluorosulfonyl)imide", "171611-11-3"),
    ),
    Ingredient("fec", "FEC", names=("fec", "fluoroethylene carbonate", "114435-02-8")),
)
BY_KEY: Mapping[str, Ingredient] = {one.key: one for one in INGREDIENTS}
PER_GRAM = {"g": 1.0, "mg": 1000.0}
