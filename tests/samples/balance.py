"""What the tests of weighings share: pure lots, the validation case of ANALYSES C5, its masses."""

import pytest

from samples.weighing import weigh_batch
from tests import factories

SUBSTANCES = {
    "am": ("AM", "monomer", 71.079, 1.122),
    "dmam": ("DMAM", "monomer", 99.133, 0.962),
    "crosslinker": ("MBAA", "crosslinker", 154.169, None),
    "photoinitiator": ("Irgacure 2959", "photoinitiator", 224.256, None),
    "nma": ("NMA", "solvent", 73.095, 0.95),
    "lifsi": ("LiFSI", "salt", 187.06, None),
    "fec": ("FEC", "additive", 106.052, 1.47),
}
RECIPE = {
    "dem_molar_ratio": 4.0,
    "mole_fraction_am": 0.8,
    "total_monomer_mol_l": 3.0,
    "crosslinker_mmol_l": 3.0,
    "photoinitiator_mmol_l": 1.5,
    "dem_density_g_ml": 1.20,
    "dem_density_source": "measured",
    "volume_ml": 10.0,
}
MASSES_G = {
    "am": 1.7059, "dmam": 0.5948, "crosslinker": 0.0046, "photoinitiator": 0.0034,
    "nma": 5.7529, "lifsi": 3.6806,
}  # fmt: skip


@pytest.fixture
def lots(db):
    """A pure lot of everything, 100 g each, by place of the recipe."""
    return {
        key: factories.LotFactory(
            chemical__short_name=name,
            chemical__role=role,
            chemical__molar_mass_g_mol=molar,
            chemical__density_g_ml=density,
            chemical__density_g_ml_u=density and 0.0,
            purity_mass_fraction=1.0,
            purity_mass_fraction_u=0.0,
            initial_amount=100.0,
            remaining_amount=100.0,
        )
        for key, (name, role, molar, density) in SUBSTANCES.items()
    }


@pytest.fixture
def batch(project):
    """The validation case of ANALYSES C5, per litre of solution."""
    return factories.BatchFactory(
        project=project, concentration_basis="per_litre_solution", **RECIPE
    )


def weigh(batch, lots, user, masses=None, **options):
    """Weigh the batch through the service."""
    masses = MASSES_G if masses is None else masses
    chosen = {key: lots[key] for key in masses}
    return weigh_batch(
        batch=batch, lots=chosen, masses_g=masses, by=user, readability_mg=0.1, **options
    )
