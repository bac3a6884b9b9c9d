"""N/P, masses and areas of a cell come from its electrodes, are named, and follow them."""

import math
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from cells.assembly import assemble_cell, harvest_electrode
from cells.models import Cell
from labsite.access.recording import EditConflictError, update_record
from samples.models import Chemical
from samples.punching import derive_active_mass
from tests import factories
from tests.factories import NOON

pytestmark = pytest.mark.django_db

AREA = math.pi * 1.2**2 / 4
"""Of a disc of 12 mm, in cm²: 1.1310."""
SI_MG, LFP_MG = 0.6 * AREA, 6.0 * AREA
"""0.6 mg/cm² Si and 6 mg/cm² LFP, the middle of the paper's."""


@pytest.fixture
def silicon(project):
    material = factories.ChemicalFactory(
        short_name="Si", role="active_material", one_c_ma_g=3579, theoretical_capacity_mah_g=3579
    )
    return factories.CoatingFactory(
        project=project, active_material=material, reversible_capacity_mah_g=2973,
        reversible_capacity_mah_g_u=0,
    )  # fmt: skip


@pytest.fixture
def lfp(project):
    material = factories.ChemicalFactory(
        short_name="LFP", role="active_material", one_c_ma_g=175, theoretical_capacity_mah_g=170
    )
    return factories.CoatingFactory(
        project=project, active_material=material, reversible_capacity_mah_g=162.3,
        reversible_capacity_mah_g_u=0,
    )  # fmt: skip


def disc(coating, mass_mg, **more):
    size = {"diameter_mm": 12.0, **more}
    return factories.ElectrodeFactory(
        project=coating.project, coating=coating, active_mass_mg=mass_mg, **size
    )


def lithium(project, **more):
    metal = Chemical.objects.filter(short_name="Li").first() or factories.ChemicalFactory(
        short_name="Li", role="metal"
    )
    size = {"diameter_mm": 14.0, **more}
    return factories.ElectrodeFactory(
        project=project, coating=None, metal=metal, active_mass_mg=None, **size
    )


def built(user, electrodes, cell_type="full_cell", **typed):
    project = next(iter(electrodes.values())).project
    cell = Cell(project=project, cell_type=cell_type, **{"assembled_at": NOON, **typed})
    return assemble_cell(cell=cell, electrodes=electrodes, by=user)


@pytest.fixture
def full(user, silicon, lfp):
    pair = {"negative": disc(silicon, SI_MG), "positive": disc(lfp, LFP_MG)}
    return built(user, pair)


def changed(record, user, **fields):
    record.refresh_from_db()
    for name, value in fields.items():
        setattr(record, name, value)
    return update_record(record=record, by=user, expected_version=record.version)


def test_the_ratio_of_the_measured_capacities_is_stored_with_its_basis(full):
    assert full.np_ratio == pytest.approx(0.6 * 2973 / (6.0 * 162.3), rel=1e-12)
    assert full.np_ratio == pytest.approx(1.8318, abs=1e-4)
    assert full.np_basis == "measured_reversible"


@pytest.mark.parametrize(
    ("loading", "basis", "expected"),
    [
        (0.5, "measured_reversible", 1.53),
        (0.7, "measured_reversible", 2.14),
        (0.5, "theoretical", 1.75),
        (0.7, "theoretical", 2.46),
    ],
)
def test_the_basis_changes_the_ratio_as_published(user, silicon, lfp, loading, basis, expected):
    pair = {"negative": disc(silicon, loading * AREA), "positive": disc(lfp, LFP_MG)}
    cell = built(user, pair, np_basis=basis)
    assert cell.np_ratio == pytest.approx(expected, abs=0.006)
    assert cell.np_basis == basis


def test_uncertainties_of_masses_and_areas_go_into_that_of_the_ratio(user, silicon, lfp):
    pair = {
        "negative": disc(silicon, SI_MG, active_mass_mg_u=0.03 * SI_MG, diameter_mm_u=0.012),
        "positive": disc(lfp, LFP_MG, active_mass_mg_u=0.01 * LFP_MG, diameter_mm_u=0.012),
    }
    cell = built(user, pair)
    relative = math.sqrt(0.03**2 + 0.01**2 + 2 * (2 * 0.012 / 12) ** 2)
    assert cell.np_ratio_u == pytest.approx(relative * cell.np_ratio, rel=1e-6)


def test_a_mass_less_its_foil_shares_the_error_of_the_area_with_the_loading(user, silicon, lfp):
    silicon.foil_mass_mg_cm2, silicon.foil_mass_mg_cm2_u = 8.68, 0.0
    silicon.active_mass_fraction, silicon.active_mass_fraction_u = 0.7, 0.0
    silicon.active_mass_fraction_source = "measured"
    silicon.save()
    sheet = {"diameter_mm": None, "width_mm": 14.0, "length_mm": 12.0}
    negative = disc(silicon, None, width_mm_u=0.1, length_mm_u=0.0, **sheet)
    negative.mass_mg, negative.mass_mg_u = 16.5, 0.0
    derive_active_mass(negative)
    negative.save()
    lfp_disc = disc(lfp, LFP_MG, active_mass_mg_u=0.0, diameter_mm_u=0.0)
    cell = built(user, {"negative": negative, "positive": lfp_disc})
    loading = 0.7 * (16.5 / 1.68 - 8.68)
    slope = 0.7 * 16.5 / 1.68**2 * (0.1 * 12.0 / 100)
    assert cell.np_ratio == pytest.approx(loading * 2973 / (6.0 * 162.3), rel=1e-9)
    assert cell.np_ratio_u == pytest.approx(cell.np_ratio * slope / loading, rel=1e-6)


def test_an_unknown_uncertainty_leaves_that_of_the_ratio_unknown(full):
    assert full.np_ratio_u is None


def test_no_ratio_is_stored_without_its_basis(full):
    with pytest.raises(IntegrityError), transaction.atomic():
        Cell.objects.filter(pk=full.pk).update(np_basis="")


def test_theory_is_used_where_nothing_is_measured(user, silicon, lfp):
    silicon.reversible_capacity_mah_g = None
    silicon.save()
    cell = built(user, {"negative": disc(silicon, SI_MG), "positive": disc(lfp, LFP_MG)})
    assert cell.np_basis == "theoretical"
    assert cell.np_ratio == pytest.approx(0.6 * 3579 / (6.0 * 170), rel=1e-12)


def test_specific_values_of_a_full_cell_refer_to_the_positive_electrode(full):
    assert (full.mass_basis, full.active_mass_mg, full.one_c_ma_g) == ("positive", LFP_MG, 175)
    assert full.active_mass_source == "derived"


def test_those_of_a_half_cell_to_the_working_electrode_whatever_its_place(user, silicon, project):
    wired = {"negative": lithium(project), "positive": disc(silicon, SI_MG)}
    cell = built(user, wired, "anode_half_cell")
    assert (cell.mass_basis, cell.active_mass_mg, cell.one_c_ma_g) == ("positive", SI_MG, 3579)
    turned = {"negative": disc(silicon, SI_MG), "positive": lithium(project)}
    assert built(user, turned, "anode_half_cell").mass_basis == "negative"


def test_a_symmetric_cell_has_area_but_neither_mass_nor_ratio(user, project):
    pair = {"negative": lithium(project), "positive": lithium(project, diameter_mm=12)}
    cell = built(user, pair, "symmetric_li")
    assert cell.area_cm2 == pytest.approx(AREA, rel=1e-12)
    assert (cell.mass_basis, cell.active_mass_mg, cell.np_ratio) == ("", None, None)


def test_the_area_is_that_of_the_smaller_face(user, silicon, project):
    pair = {"negative": lithium(project), "positive": disc(silicon, SI_MG, diameter_mm_u=0.05)}
    cell = built(user, pair, "anode_half_cell")
    assert (cell.area_cm2, cell.area_source) == (pytest.approx(AREA, rel=1e-12), "derived")
    assert cell.area_cm2_u == pytest.approx(2 * AREA * 0.05 / 12, rel=1e-9)


def test_a_new_mass_of_an_electrode_reaches_its_cells_and_their_history(user, full):
    positive = full.places.get(role="positive").electrode
    changed(positive, user, active_mass_mg=2 * LFP_MG)
    before, version = full.np_ratio, full.version
    full.refresh_from_db()
    assert full.active_mass_mg == 2 * LFP_MG
    assert full.np_ratio == pytest.approx(before / 2, rel=1e-12)
    assert full.version == version + 1
    with pytest.raises(EditConflictError):
        update_record(record=full, by=user, expected_version=version)


def test_typed_values_stay_when_an_electrode_changes(user, silicon, lfp):
    pair = {"negative": disc(silicon, SI_MG), "positive": disc(lfp, LFP_MG)}
    cell = built(user, pair, active_mass_mg=6.5, active_mass_source="measured", area_cm2=1.0)
    changed(pair["positive"], user, active_mass_mg=7.0, diameter_mm=16.0)
    cell.refresh_from_db()
    assert (cell.active_mass_mg, cell.area_cm2) == (6.5, 1.0)
    assert cell.np_ratio == pytest.approx(0.6 * 2973 * 2.0106 / (7.0 * 162.3), rel=1e-4)


def test_a_mass_that_was_missing_is_filled_in_when_it_is_weighed(user, silicon, project):
    working = disc(silicon, None)
    cell = built(user, {"negative": lithium(project), "positive": working}, "anode_half_cell")
    assert (cell.active_mass_mg, cell.active_mass_source) == (None, "")
    changed(working, user, active_mass_mg=0.7, active_mass_mg_u=0.01)
    cell.refresh_from_db()
    assert (cell.active_mass_mg, cell.active_mass_mg_u) == (0.7, 0.01)
    assert cell.active_mass_source == "derived"


def test_a_capacity_that_is_measured_later_reaches_the_ratio(user, full, silicon):
    changed(silicon, user, reversible_capacity_mah_g=2081.6)
    full.refresh_from_db()
    assert full.np_ratio == pytest.approx(0.6 * 2081.6 / (6 * 162.3), rel=1e-12)


def test_another_basis_of_the_mass_takes_the_mass_of_that_electrode(user, full):
    changed(full, user, mass_basis="negative")
    full.refresh_from_db()
    assert full.active_mass_mg == SI_MG


def test_a_note_on_an_electrode_changes_no_cell(user, full):
    version = full.version
    changed(full.places.get(role="negative").electrode, user, notes="bent")
    full.refresh_from_db()
    assert full.version == version


@pytest.mark.parametrize(
    ("cell_type", "format_", "given", "missing"),
    [
        ("full_cell", "coin_2032", (), {"negative", "positive"}),
        ("full_cell", "peek_die", ("negative",), {"positive"}),
        ("symmetric_li", "pouch", ("negative",), {"positive"}),
        ("symmetric_blocking", "coin_2032", (), {"negative", "positive"}),
        ("li_blocking", "swagelok", (), {"negative"}),
    ],
)
def test_a_cell_without_an_electrode_it_needs_is_refused(
    user, project, cell_type, format_, given, missing
):
    cell = Cell(project=project, cell_type=cell_type, format=format_, assembled_at=NOON)
    electrodes = {role: lithium(project) for role in given}
    with pytest.raises(ValidationError) as refused:
        assemble_cell(cell=cell, electrodes=electrodes, by=user)
    assert set(refused.value.message_dict) == missing
    assert not Cell.objects.exists()


def test_the_plungers_of_a_die_are_blocking_electrodes(user, project):
    cell = Cell(
        project=project, cell_type="symmetric_blocking", format="peek_die", assembled_at=NOON
    )
    assert assemble_cell(cell=cell, electrodes={}, by=user).area_cm2 is None


def test_an_electrode_keeps_its_former_cell_and_is_prelithiated_then(signed_in, user, silicon, lfp):
    working = disc(silicon, SI_MG)
    pair = {"negative": lithium(silicon.project), "positive": working}
    half = built(user, pair, "anode_half_cell")
    harvest_electrode(
        place=half.places.get(electrode=working), by=user, at=NOON + timedelta(days=2)
    )
    again = {"negative": working, "positive": disc(lfp, LFP_MG)}
    cell = built(user, again, assembled_at=NOON + timedelta(days=3))
    answer = signed_in.get(f"/cells/{cell.pk}/")
    assert "PRELITHIATED" in {flag.code for flag in answer.context["flags"]}
    (negative,) = [one for one in answer.context["made_from"] if working.code in str(one.link)]
    assert half.code in str(negative.children[0].link)
    first = signed_in.get(f"/cells/{half.pk}/")
    assert first.context["state"] == ("off", "opened")
    assert first.context["flags"] == []
