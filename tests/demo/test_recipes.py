"""The demo lab weighs what the paper's recipes ask for."""

import pytest

from labsite.demo.electrodes import SI_ACTIVE_FRACTION
from labsite.demo.materials import SUPPLIES
from samples.library import SUBSTANCES


def test_silicon_is_693_permille_of_the_coating() -> None:
    assert pytest.approx(0.6931, abs=5e-5) == SI_ACTIVE_FRACTION


def test_the_stock_is_of_chemicals_from_the_library_each_once() -> None:
    stocked = [supply.chemical for supply in SUPPLIES]
    assert set(stocked) <= {one.short_name for one in SUBSTANCES}
    assert len(set(stocked)) == len(stocked)
