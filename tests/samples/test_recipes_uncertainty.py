"""Propagated uncertainties against simulated weighings of a flask and a punch whose truth is known.

Each simulation computes the result from drawn inputs with its own formula in numpy.
"""

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from cells.geometry import Side, np_ratio
from samples.recipes import (
    LotFacts,
    Quantity,
    Weighed,
    actual,
    disc_area_cm2,
    foil,
    loading,
    targets,
)
from tests.samples.precursors import PLAN, SUBSTANCES

DRAWS = 200_000
AGREES = 0.03

M = {one: substance.molar_mass_g_mol for one, substance in SUBSTANCES.items()}
WEIGHING_G = 2e-3
PURITY = {
    "am": Quantity(0.99, 0.004),
    "dmam": Quantity(0.995, 0.003),
    "nma": Quantity(0.985, 0.006),
    "lifsi": Quantity(0.998, 0.001),
    "crosslinker": Quantity(0.99, 0.005),
    "photoinitiator": Quantity(0.98, 0.01),
}

Floats = NDArray[np.float64]


def draw(rng: np.random.Generator, quantity: Quantity) -> Floats:
    assert quantity.u is not None
    return rng.normal(quantity.value, quantity.u, DRAWS)


def flask() -> tuple[dict[str, Weighed], dict[str, Floats], dict[str, Floats]]:
    rng = np.random.default_rng(20240313)
    planned = targets(PLAN, SUBSTANCES).masses_g
    entries = {
        one: Weighed(
            Quantity(mass.value, min(WEIGHING_G, 0.02 * mass.value)), LotFacts(PURITY[one])
        )
        for one, mass in planned.items()
    }
    gross = {one: draw(rng, entry.mass_g) for one, entry in entries.items()}
    moles = {one: gross[one] * draw(rng, PURITY[one]) / M[one] for one in gross}
    densities = {
        "am": draw(rng, SUBSTANCES["am"].density_g_ml),
        "dmam": draw(rng, SUBSTANCES["dmam"].density_g_ml),
        "dem": draw(rng, PLAN.dem_density_g_ml),
    }
    litres = (
        gross["am"] / densities["am"]
        + gross["dmam"] / densities["dmam"]
        + (gross["nma"] + gross["lifsi"]) / densities["dem"]
    ) / 1000
    return entries, moles, {"litres": litres, "grams": sum(gross.values())}


def test_composition_is_as_uncertain_as_simulated_flasks_scatter():
    entries, moles, whole = flask()
    monomer = moles["am"] + moles["dmam"]
    polymer = moles["am"] * M["am"] + moles["dmam"] * M["dmam"]
    polymer = polymer + moles["crosslinker"] * M["crosslinker"]
    simulated = {
        "mole_fraction_am": moles["am"] / monomer,
        "dem_molar_ratio": moles["nma"] / moles["lifsi"],
        "monomer_mol_l": monomer / whole["litres"],
        "salt_mol_l": moles["lifsi"] / whole["litres"],
        "crosslinker_mmol_l": 1000 * moles["crosslinker"] / whole["litres"],
        "photoinitiator_mmol_l": 1000 * moles["photoinitiator"] / whole["litres"],
        "li_per_monomer": moles["lifsi"] / monomer,
        "polymer_mass_fraction": polymer / whole["grams"],
    }

    found = actual(PLAN, SUBSTANCES, entries)

    assert found.before_fec_volume_ml.u == pytest.approx(1000 * whole["litres"].std(), rel=AGREES)
    for name, sample in simulated.items():
        quantity = getattr(found.before_fec, name)
        assert quantity.value == pytest.approx(sample.mean(), rel=2e-3), name
        assert quantity.u == pytest.approx(sample.std(), rel=AGREES), name


@pytest.mark.parametrize("same_punch", [True, False])
def test_active_mass_is_as_uncertain_as_simulated_punches_scatter(same_punch: bool):
    """Discs of true areas around nominal ones, cut from foil that scatters from disc to disc."""
    rng = np.random.default_rng(46472)
    nominal, blank_nominal = (disc_area_cm2(Quantity(d, 0.1 / math.sqrt(3))) for d in (12.0, 16.0))
    if same_punch:
        blank_nominal = nominal
    foil_mg_cm2, scatter_mg_cm2, n, weighing_mg = 9.0, 0.02, 5, 0.02
    coating_mg_cm2, fraction = 1.2, Quantity(0.693, 0.004)

    area = draw(rng, nominal)
    blank_area = area if same_punch else draw(rng, blank_nominal)
    discs = rng.normal(foil_mg_cm2, scatter_mg_cm2, (n, DRAWS)) * blank_area
    mass = (rng.normal(foil_mg_cm2, scatter_mg_cm2, DRAWS) + coating_mg_cm2) * area
    mass = mass + rng.normal(0, weighing_mg, DRAWS)
    weights = draw(rng, fraction)
    found_mg = (mass - nominal.value * discs.mean(axis=0) / blank_nominal.value) * fraction.value
    true_mg = coating_mg_cm2 * area * weights
    true_mg_cm2 = coating_mg_cm2 * weights

    typical = blank_nominal.value * (foil_mg_cm2 + scatter_mg_cm2 * _standard_normal(n))
    blanks = foil(list(typical), blank_nominal)
    result = loading(
        Quantity((foil_mg_cm2 + coating_mg_cm2) * nominal.value, weighing_mg),
        nominal,
        blanks.mass_mg_cm2 if same_punch else blanks.other_punch_mg_cm2,
        fraction,
        same_punch=same_punch,
    )

    assert result.active_mass_mg.value == pytest.approx(true_mg.mean(), rel=5e-3)
    assert result.active_mass_mg.u == pytest.approx((found_mg - true_mg).std(), rel=AGREES)
    error_mg_cm2 = found_mg / nominal.value - true_mg_cm2
    assert result.active_mass_loading_mg_cm2.u == pytest.approx(error_mg_cm2.std(), rel=AGREES)


def test_np_is_as_uncertain_as_simulated_electrodes_scatter():
    rng = np.random.default_rng(19)
    area = Quantity(1.131, 0.01)
    inputs = [Quantity(2081.6, 40.0), Quantity(0.62, 0.012), Quantity(162.3, 2.0), Quantity(6, 0.1)]
    si_mah_g, si_mg_cm2, lfp_mah_g, lfp_mg_cm2 = (draw(rng, quantity) for quantity in inputs)

    found = np_ratio(
        Side(area, None, inputs[0], inputs[1]),
        Side(area, None, inputs[2], inputs[3]),
        "measured_reversible",
    ).value

    simulated = si_mah_g * si_mg_cm2 / (lfp_mah_g * lfp_mg_cm2)
    assert found.value == pytest.approx(simulated.mean(), rel=2e-3)
    assert found.u == pytest.approx(simulated.std(), rel=AGREES)


def test_scatter_of_one_disc_is_what_the_next_disc_misses_the_mean_by():
    """The mean square of foil().mass_mg_cm2.u over many sets of 4 blanks is that of the misses."""
    rng = np.random.default_rng(7)
    area = Quantity(2.0, 0.0)
    sets = rng.normal(10.0, 0.05, (4000, 4))
    following = rng.normal(10.0, 0.05, 4000)

    found = [foil(list(masses), area).mass_mg_cm2 for masses in sets]

    misses = following / 2.0 - np.array([one.value for one in found])
    stated = math.sqrt(np.mean([one.u**2 for one in found]))
    assert stated == pytest.approx(float(np.sqrt(np.mean(misses**2))), rel=AGREES)


def _standard_normal(n: int) -> Floats:
    """n numbers of mean 0 and standard deviation exactly 1."""
    numbers = np.linspace(-1, 1, n)
    return numbers / numbers.std(ddof=1)
