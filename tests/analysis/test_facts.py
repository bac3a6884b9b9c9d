"""Facts that methods get from the records."""

import math

import pytest

from analysis.facts import facts_of
from cells.models import Cell, CellElectrode
from labsite.access.models import Project
from measurements.models import Measurement
from samples.models import Chemical
from tests.factories import (
    CellFactory,
    ChemicalFactory,
    CoatingFactory,
    ElectrodeFactory,
    FilmFactory,
    InstrumentFactory,
    MeasurementFactory,
)

pytestmark = pytest.mark.django_db


def measured(**fields: object) -> Measurement:
    return MeasurementFactory(**({"cell": None} | fields))


def half_cell(project: Project, **fields: object) -> Cell:
    silicon = ChemicalFactory(
        short_name="Si", role=Chemical.Role.ACTIVE_MATERIAL, one_c_ma_g=3579.0
    )
    coating = CoatingFactory(project=project, active_material=silicon)
    working = ElectrodeFactory(
        project=project, coating=coating, diameter_mm=12, diameter_mm_u=0.1,
        active_mass_mg=0.68, active_mass_mg_u=0.02,
    )  # fmt: skip
    lithium = ElectrodeFactory(
        project=project, coating=None, diameter_mm=14, active_mass_mg=None,
        metal=ChemicalFactory(short_name="Li", role=Chemical.Role.METAL),
    )  # fmt: skip
    cell = CellFactory(project=project, **fields)
    CellElectrode.objects.create(cell=cell, electrode=working, role="positive")
    CellElectrode.objects.create(cell=cell, electrode=lithium, role="negative")
    return cell


def test_a_film_gives_its_thickness_but_never_its_area(project: Project) -> None:
    film = FilmFactory(project=project, thickness_um=200, thickness_um_u=5, diameter_mm=16)
    facts = facts_of(measured(film=film, project=project))
    assert facts == {"thickness_um": 200, "thickness_um_u": 5, "film_form": "disc"}


def test_a_dumbbell_gives_the_sizes_of_its_gauge_to_a_mechanical_test(project: Project) -> None:
    dumbbell = FilmFactory(
        project=project, form="dumbbell", diameter_mm=None, thickness_um=2000, thickness_um_u=20,
        width_mm=4, width_mm_u=0.05, length_mm=16, length_mm_u=0.1,
    )  # fmt: skip
    facts = facts_of(measured(film=dumbbell, project=project, kind=""))
    sizes = {name: facts[name] for name in ("gauge_length_mm", "width_mm", "thickness_mm")}
    assert sizes == {"gauge_length_mm": 16, "width_mm": 4, "thickness_mm": 2}
    assert (facts["gauge_length_mm_u"], facts["width_mm_u"]) == (0.1, 0.05)
    assert facts["thickness_mm_u"] == pytest.approx(0.02)
    assert "diameter_mm" not in facts


def test_a_cylinder_gives_height_and_diameter_but_no_area_to_impedance(project: Project) -> None:
    cylinder = FilmFactory(
        project=project, form="cylinder", thickness_um=None, thickness_um_u=None, diameter_mm=13,
        diameter_mm_u=0.1, height_mm=6.5, height_mm_u=0.05,
    )  # fmt: skip
    tested = facts_of(measured(film=cylinder, project=project, kind=""))
    assert (tested["height_mm"], tested["height_mm_u"]) == (6.5, 0.05)
    assert (tested["diameter_mm"], tested["diameter_mm_u"]) == (13, 0.1)
    spectrum = facts_of(measured(film=cylinder, project=project, kind="impedance"))
    assert spectrum == {"film_form": "cylinder"}


def test_mass_1c_and_basis_come_from_the_electrode_of_the_mass_basis(project: Project) -> None:
    cell = half_cell(project, cell_type="anode_half_cell", mass_basis="positive", area_cm2=None)
    facts = facts_of(measured(cell=cell, project=project))
    assert (facts["mass_basis"], facts["one_c_ma_g"]) == ("Si", 3579.0)
    assert (facts["active_mass_mg"], facts["active_mass_u_mg"]) == (0.68, 0.02)


def test_the_area_is_that_of_the_smaller_electrode_with_its_uncertainty(project: Project) -> None:
    cell = half_cell(project, cell_type="anode_half_cell", mass_basis="positive", area_cm2=None)
    facts = facts_of(measured(cell=cell, project=project))
    assert facts["area_cm2"] == pytest.approx(1.130973, rel=1e-6)
    assert facts["area_cm2_u"] == pytest.approx(2 * math.pi * 0.6 * 0.005, rel=1e-9)


def test_a_mass_given_for_the_cell_rules_over_the_electrodes(project: Project) -> None:
    cell = half_cell(
        project, cell_type="anode_half_cell", mass_basis="positive", active_mass_mg=0.7
    )
    facts = facts_of(measured(cell=cell, project=project))
    assert facts["active_mass_mg"] == 0.7
    assert "active_mass_u_mg" not in facts


def test_conditions_rule_and_take_no_uncertainty_from_the_records(project: Project) -> None:
    film = FilmFactory(project=project, thickness_um=200, thickness_um_u=5)
    facts = facts_of(measured(film=film, project=project, conditions={"thickness_um": 180.0}))
    assert facts == {"thickness_um": 180.0, "film_form": "disc"}


def test_a_diameter_given_with_the_measurement_replaces_the_area_of_the_cell(
    project: Project,
) -> None:
    cell = CellFactory(project=project, area_cm2=1.0, area_cm2_u=0.1)
    facts = facts_of(measured(cell=cell, project=project, conditions={"diameter_mm": 10.0}))
    assert facts["diameter_mm"] == 10.0
    assert not {"area_cm2", "area_cm2_u"} & set(facts)


@pytest.mark.parametrize(
    ("cell_type", "geometry"),
    [("symmetric_blocking", "blocking"), ("symmetric_li", "symmetric_li"), ("full_cell", None)],
)
def test_the_contact_geometry_follows_from_the_cell_type(
    project: Project, cell_type: str, geometry: str | None
) -> None:
    cell = CellFactory(project=project, cell_type=cell_type)
    assert facts_of(measured(cell=cell, project=project)).get("contact_geometry") == geometry


def test_the_instrument_gives_range_and_accuracy(project: Project) -> None:
    cycler = InstrumentFactory(current_range_a=0.005, current_accuracy_fraction=0.0005)
    facts = facts_of(measured(film=FilmFactory(project=project), instrument=cycler))
    assert (facts["current_range_a"], facts["current_accuracy_fraction"]) == (0.005, 0.0005)
