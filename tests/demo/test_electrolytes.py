"""The demo lab weighs the electrolytes that the paper's recipe asks for."""

import pytest

from labsite.demo.electrolytes import SERIES_X, Electrolytes, mix_batches
from labsite.demo.materials import stock
from labsite.demo.team import hire
from samples.models import ElectrolyteBatch


@pytest.fixture
def electrolytes(db: None) -> Electrolytes:
    team = hire("a long enough password")
    return mix_batches(team, stock(team))


def pure_masses_g(batch: ElectrolyteBatch) -> dict[str, float]:
    """What was to be weighed of the pure substances."""
    grams = {"g": 1.0, "mg": 1e-3}
    return {
        edge.ingredient: edge.planned_amount * grams[edge.unit] * edge.lot.purity_mass_fraction
        for edge in batch.steps.get(kind="weighing").consumptions.select_related("lot")
    }


def test_the_demo_weighs_the_masses_of_the_specification(electrolytes: Electrolytes) -> None:
    assert pure_masses_g(electrolytes.for_cells) == pytest.approx(
        {
            "am": 1.7059,
            "dmam": 0.5948,
            "crosslinker": 4.625e-3,
            "photoinitiator": 3.364e-3,
            "nma": 5.7529,
            "lifsi": 3.6806,
            "fec": 0.618,
        },
        rel=1e-4,
    )
    am = {x: pure_masses_g(batch).get("am", 0.0) for x, batch in electrolytes.by_x.items()}
    wanted = {0.0: 0.0, 0.5: 1.0662, 0.8: 1.7059, 0.87: 1.8552, 1.0: 2.1324}
    assert am == pytest.approx(wanted, abs=1e-4)
    assert "fec" not in pure_masses_g(electrolytes.by_x[0.8])


@pytest.mark.parametrize("x", SERIES_X)
def test_the_weighed_masses_are_close_to_the_recipe(electrolytes: Electrolytes, x: float) -> None:
    batch = electrolytes.by_x[x]
    assert batch.actual_mole_fraction_am == pytest.approx(x, abs=3e-3)
    assert batch.actual_dem_molar_ratio == pytest.approx(4, rel=0.01)
    assert batch.actual_monomer_mol_l == pytest.approx(3, rel=0.02)
