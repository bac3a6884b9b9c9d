"""Weighing batches and slurries through the API."""

from http import HTTPStatus

import pytest

from samples.models import StockEntry
from tests import factories


@pytest.fixture
def lots(db):
    """A lot of AM and one of DMAM, 5 g each."""
    constants = {"am": ("AM", 71.079, 1.122), "dmam": ("DMAM", 99.133, 0.962)}
    rest = {
        "nma": ("NMA", 73.095),
        "lifsi": ("LiFSI", 187.06),
    }
    made = {
        key: factories.LotFactory(
            chemical__short_name=one[0],
            chemical__molar_mass_g_mol=one[1],
            chemical__density_g_ml=one[2] if len(one) > 2 else None,
            purity_mass_fraction=1.0,
            initial_amount=5.0,
            remaining_amount=5.0,
        )
        for key, one in (constants | rest).items()
    }
    for role, molar in (("crosslinker", 154.169), ("photoinitiator", 224.256)):
        factories.ChemicalFactory(role=role, molar_mass_g_mol=molar)
    return made


@pytest.fixture
def batch(project):
    return factories.BatchFactory(
        project=project,
        total_monomer_mol_l=3.0,
        crosslinker_mmol_l=3.0,
        photoinitiator_mmol_l=1.5,
        concentration_basis="per_litre_solution",
        volume_ml=10.0,
    )


def portions(lots):
    return [
        {"ingredient": "am", "lot": lots["am"].code, "mass": 1705.9, "unit": "mg"},
        {"ingredient": "dmam", "lot": str(lots["dmam"].pk), "mass": 0.5948},
    ]


def test_a_batch_is_weighed_and_read_back_with_its_composition(api, batch, lots):
    answer = api.post(
        f"/api/v1/batches/{batch.code}/weigh/",
        {"portions": portions(lots), "balance_readability_mg": 0.1},
        format="json",
    )
    assert answer.status_code == HTTPStatus.CREATED, answer.data
    assert answer.data["kind"] == "weighing"
    read = api.get(f"/api/v1/batches/{batch.code}/").data
    x = (1.7059 / 71.079) / (1.7059 / 71.079 + 0.5948 / 99.133)
    assert read["actual_mole_fraction_am"] == pytest.approx(x)
    assert read["actual_dem_molar_ratio"] is None


def test_the_weighed_composition_cannot_be_written(api, batch):
    before = api.get(f"/api/v1/batches/{batch.code}/")
    answer = api.patch(
        f"/api/v1/batches/{batch.code}/",
        {"actual_mole_fraction_am": 0.5},
        format="json",
        headers={"If-Match": before["ETag"]},
    )
    assert answer.status_code in (HTTPStatus.OK, HTTPStatus.BAD_REQUEST)
    batch.refresh_from_db()
    assert batch.actual_mole_fraction_am is None


def test_what_a_lot_cannot_give_is_told_by_ingredient(api, batch, lots):
    sent = portions(lots)
    sent[1]["mass"] = 6.0
    answer = api.post(f"/api/v1/batches/{batch.code}/weigh/", {"portions": sent}, format="json")
    assert answer.status_code == HTTPStatus.BAD_REQUEST
    assert "holds 5 g; 6 g were to be taken" in str(answer.data)
    assert "dmam" in str(answer.data)
    assert not StockEntry.objects.exists()


def test_an_older_version_of_the_weighing_is_a_conflict(api, batch, lots):
    url = f"/api/v1/batches/{batch.code}/weigh/"
    first = api.post(url, {"portions": portions(lots)}, format="json")
    again = {"portions": portions(lots), "expected_version": first.data["version"]}
    assert api.post(url, again, format="json").status_code == HTTPStatus.CREATED
    assert api.post(url, again, format="json").status_code == HTTPStatus.CONFLICT


def test_a_slurry_is_weighed_and_its_active_fraction_follows(api, project):
    silicon = factories.LotFactory(
        chemical__short_name="Si", chemical__role="active_material", purity_mass_fraction=1.0
    )
    binder = factories.LotFactory(chemical__short_name="PAA", chemical__role="binder")
    coating = factories.CoatingFactory(
        project=project, active_material=silicon.chemical, active_mass_fraction=None
    )
    for lot, parts in ((silicon, 80.0), (binder, 20.0)):
        factories.CoatingComponentFactory(
            coating=coating, chemical=lot.chemical, weight_parts=parts
        )
    answer = api.post(
        f"/api/v1/coatings/{coating.code}/weigh/",
        {
            "portions": [
                {"ingredient": "Si", "lot": silicon.code, "mass": 0.9},
                {"ingredient": "PAA", "lot": binder.code, "mass": 100, "unit": "mg"},
            ],
            "active_mass_g": 0.8,
        },
        format="json",
    )
    assert answer.status_code == HTTPStatus.CREATED, answer.data
    read = api.get(f"/api/v1/coatings/{coating.code}/").data
    assert read["active_mass_fraction"] == pytest.approx(0.9)
    assert read["active_mass_fraction_source"] == "derived"
