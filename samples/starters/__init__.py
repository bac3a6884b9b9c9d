"""Templates that come with labsite: the preparations of the paper (Pan 2024), as data."""

from samples.starters.cells import CELLS
from samples.starters.coatings import COATINGS
from samples.starters.electrolytes import ELECTROLYTES
from samples.starters.pieces import ELECTRODES, FILMS
from samples.starters.starter import Starter

__all__ = ["STARTERS", "Starter"]

STARTERS = (*ELECTROLYTES, *FILMS, *COATINGS, *ELECTRODES, *CELLS)
