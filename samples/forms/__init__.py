"""Forms of samples, in the order of the work at the bench."""

from samples.forms.coatings import CoatingForm
from samples.forms.electrodes import ElectrodeForm
from samples.forms.electrolytes import BatchForm
from samples.forms.films import FilmForm
from samples.forms.materials import ChemicalForm, LotForm

__all__ = ["BatchForm", "ChemicalForm", "CoatingForm", "ElectrodeForm", "FilmForm", "LotForm"]
