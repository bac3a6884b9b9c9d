"""Records of materials and of what is made from them."""

from samples.models.coatings import Coating, CoatingComponent
from samples.models.electrodes import Electrode, ElectrodeEvent
from samples.models.electrolytes import ElectrolyteBatch
from samples.models.films import Film
from samples.models.materials import Chemical, Lot
from samples.models.steps import Consumption, ProcessStep
from samples.models.stock import StockEntry
from samples.models.templates import Template

__all__ = [
    "Chemical",
    "Coating",
    "CoatingComponent",
    "Consumption",
    "Electrode",
    "ElectrodeEvent",
    "ElectrolyteBatch",
    "Film",
    "Lot",
    "ProcessStep",
    "StockEntry",
    "Template",
]
