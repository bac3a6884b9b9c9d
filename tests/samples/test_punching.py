"""Electrodes punched from a coating, weighed, and what follows from their masses."""

import math

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from labsite.access.recording import EditConflictError, update_record
from labsite.lib.readings import Readings
from samples.loadings import figures_of, loading_of
from samples.models import Electrode, ElectrodeEvent, ProcessStep
from samples.pieces import (
    Blanks,
    Face,
    Weighing,
    infiltrate_electrodes,
    punch_electrodes,
    use_up_electrode,
    weigh_electrodes,
)
from samples.processing import create_electrode, infiltrate_electrode
from samples.recipes import Quantity
from samples.states import state_of
from tests import factories

pytestmark = pytest.mark.django_db

DISC = Face(diameter_mm=Quantity(12.0, 0.05))
AREA_CM2 = math.pi * 1.2**2 / 4  # 1.1310 cm² (ANALYSES C2)
FOIL_MG = 9.81
"""Mean of the blank discs 9.81, 9.79 and 9.83 mg."""
SHARE = 0.6931
COATING_MG = 0.6 * AREA_CM2 / SHARE  # 0.979 mg: 0.6 mg/cm² of silicon (ANALYSES C2)


@pytest.fixture
def coating(project):
    silicon = factories.ChemicalFactory(
        short_name="Si", role="active_material", theoretical_capacity_mah_g=3579.0
    )
    return factories.CoatingFactory(
        project=project,
        active_material=silicon,
        active_mass_fraction=SHARE,
        active_mass_fraction_u=0.002,
        loading_min_mg_cm2=0.5,
        loading_max_mg_cm2=0.7,
    )


@pytest.fixture
def discs(coating, user):
    blanks = Blanks((9.81, 9.79, 9.83), weighing_u_mg=0.01 / math.sqrt(3))
    return punch_electrodes(coating=coating, count=3, face=DISC, by=user, blanks=blanks)


def weighed(electrode, mg, u=0.01):
    return {electrode.pk: Weighing(Readings((mg,)), u, electrode.version)}


def weigh(electrode, user, mg, u=0.01):
    (done,) = weigh_electrodes(
        coating=electrode.coating, weighings=weighed(electrode, mg, u), by=user
    )
    done.refresh_from_db()
    return done


def test_punching_makes_pristine_electrodes_with_codes_sizes_and_a_step_each(discs, coating):
    codes = [one.code for one in Electrode.objects.order_by("code")]
    assert len(set(codes)) == 3
    for electrode in Electrode.objects.all():
        assert (electrode.diameter_mm, electrode.diameter_mm_u) == (12.0, 0.05)
        assert state_of(electrode) == "pristine"
        step = electrode.steps.get()
        assert (step.kind, step.actual) == ("punching", {"diameter_mm": 12.0})


def test_blank_discs_give_the_foil_with_the_scatter_of_one_disc(discs, coating):
    coating.refresh_from_db()
    assert coating.foil_mass_mg_cm2 == pytest.approx(FOIL_MG / AREA_CM2, rel=1e-12)  # 8.674
    scatter = 0.02 * math.sqrt(4 / 3) / FOIL_MG
    punch = 2 * 0.05 / 12
    assert coating.foil_mass_mg_cm2_u == pytest.approx(
        coating.foil_mass_mg_cm2 * math.hypot(scatter, punch), rel=1e-9
    )
    assert coating.readings["blank_mass_mg"] == [9.81, 9.79, 9.83]
    assert coating.blank_diameter_mm == 12.0


def test_a_weighed_disc_has_the_active_mass_of_the_validation_table(discs, user):
    electrode = weigh(discs[0], user, FOIL_MG + COATING_MG)
    assert electrode.active_mass_mg == pytest.approx(0.6786, abs=5e-5)
    assert pytest.approx(0.979, abs=5e-4) == COATING_MG
    assert electrode.active_mass_source == "derived"
    figures = figures_of(electrode)
    assert figures.loading_mg_cm2.value == pytest.approx(0.6, rel=1e-9)
    assert figures.theoretical_mah_cm2.value == pytest.approx(0.6 * 3.579, rel=1e-9)


def test_the_error_of_the_punch_cancels_for_discs_of_the_same_punch(discs, user, coating):
    electrode = weigh(discs[0], user, FOIL_MG + COATING_MG)
    coated_u = math.hypot(0.01, 0.02 * math.sqrt(4 / 3))
    expected = math.hypot(SHARE * coated_u, COATING_MG * 0.002)
    assert electrode.active_mass_mg_u == pytest.approx(expected, rel=1e-6)
    relative = math.hypot(expected / electrode.active_mass_mg, 2 * 0.05 / 12)
    assert loading_of(electrode).u == pytest.approx(0.6 * relative, rel=1e-6)
    coating.refresh_from_db()
    coating.blank_diameter_mm, coating.readings = None, {}
    update_record(record=coating, by=user, expected_version=coating.version)
    other = Electrode.objects.get(pk=electrode.pk)
    area_u = FOIL_MG * 2 * 0.05 / 12  # 0.08 mg: eight times what the balance adds
    foil_u = coating.foil_mass_mg_cm2_u * AREA_CM2
    coated_u = math.sqrt(0.01**2 + area_u**2 + foil_u**2)
    expected = math.hypot(SHARE * coated_u, COATING_MG * 0.002)
    assert other.active_mass_mg_u == pytest.approx(expected, rel=1e-6)


def test_flags_tell_what_is_out_of_spec_and_near_the_limit_of_the_balance(discs, user):
    thin = figures_of(weigh(discs[0], user, FOIL_MG + 0.4))
    assert {"LOADING_OUT_OF_SPEC", "MASS_NEAR_BALANCE_LIMIT"} <= {one.code for one in thin.flags}
    thick = figures_of(weigh(discs[1], user, FOIL_MG + COATING_MG, u=0.001))
    assert "LOADING_OUT_OF_SPEC" not in {one.code for one in thick.flags}


def test_a_disc_lighter_than_its_foil_is_refused_with_all_others(discs, user):
    weighings = weighed(discs[0], 10.8) | weighed(discs[1], 9.5)
    with pytest.raises(ValidationError, match=f"{discs[1].code}.*more than its foil of 9.81 mg"):
        weigh_electrodes(coating=discs[0].coating, weighings=weighings, by=user)
    assert not Electrode.objects.filter(mass_mg__isnull=False).exists()


def test_somebody_elses_change_is_told_and_nothing_is_stored(discs, user, manager):
    seen = weighed(discs[0], 10.8) | weighed(discs[1], 10.9)
    weigh(discs[1], manager, 11.0)
    with pytest.raises(EditConflictError, match=discs[1].code):
        weigh_electrodes(coating=discs[0].coating, weighings=seen, by=user)
    assert list(Electrode.objects.order_by("code").values_list("mass_mg", flat=True)) == [
        None, 11.0, None,
    ]  # fmt: skip


def test_several_readings_of_a_mass_are_kept_with_their_mean(discs, user):
    weighing = Weighing(Readings((10.78, 10.80, 10.79)), 0.01, discs[0].version)
    weigh_electrodes(coating=discs[0].coating, weighings={discs[0].pk: weighing}, by=user)
    electrode = Electrode.objects.get(pk=discs[0].pk)
    assert electrode.mass_mg == pytest.approx(10.79)
    assert electrode.mass_mg_u == pytest.approx(math.hypot(0.01 / math.sqrt(3), 0.01))
    assert electrode.readings["mass_mg"] == [10.78, 10.80, 10.79]


@pytest.mark.parametrize("changed", ["foil", "fraction", "blanks"])
def test_calculated_masses_follow_their_coating_and_typed_ones_stay(discs, user, coating, changed):
    calculated = weigh(discs[0], user, FOIL_MG + COATING_MG)
    typed = weigh(discs[1], user, FOIL_MG + COATING_MG)
    typed.active_mass_mg, typed.active_mass_source = 0.7, "measured"
    update_record(record=typed, by=user, expected_version=typed.version)
    coating.refresh_from_db()
    share, foil_mg = SHARE, FOIL_MG
    if changed == "fraction":
        coating.active_mass_fraction = share = 0.8
        update_record(record=coating, by=user, expected_version=coating.version)
    elif changed == "foil":
        foil_mg = 9.7
        coating.foil_mass_mg_cm2 = foil_mg / AREA_CM2
        update_record(record=coating, by=user, expected_version=coating.version)
    else:
        foil_mg = 9.9
        blanks = Blanks((9.88, 9.90, 9.92))
        punch_electrodes(coating=coating, count=1, face=DISC, by=user, blanks=blanks)
    again = Electrode.objects.get(pk=calculated.pk)
    expected = (FOIL_MG + COATING_MG - foil_mg) * share
    assert again.active_mass_mg == pytest.approx(expected, rel=1e-9)
    assert again.version == calculated.version + 1
    assert Electrode.objects.get(pk=typed.pk).active_mass_mg == 0.7


def test_a_coating_cannot_get_a_foil_heavier_than_one_of_its_electrodes(discs, user, coating):
    weigh(discs[0], user, FOIL_MG + COATING_MG)
    coating.refresh_from_db()
    coating.foil_mass_mg_cm2 = 12.0
    with pytest.raises(ValidationError, match=discs[0].code):
        update_record(record=coating, by=user, expected_version=coating.version)
    coating.refresh_from_db()
    assert coating.foil_mass_mg_cm2 == pytest.approx(FOIL_MG / AREA_CM2)


def test_an_active_mass_is_forgotten_when_the_mass_is(discs, user):
    electrode = weigh(discs[0], user, FOIL_MG + COATING_MG)
    electrode.mass_mg = electrode.mass_mg_u = None
    update_record(record=electrode, by=user, expected_version=electrode.version)
    electrode.refresh_from_db()
    assert (electrode.active_mass_mg, electrode.active_mass_source) == (None, "")


def test_a_pressed_powder_has_no_foil(project, user):
    """1 mg of Si:Li6PS5Cl:CNT 6:3:1 in a 10 mm die gives 0.764 mg Si/cm² (ANALYSES C2)."""
    pressed = factories.CoatingFactory(
        project=project, process="pressed", active_mass_fraction=0.6, active_mass_fraction_u=0.0
    )
    face = Face(diameter_mm=Quantity(10.0, 0.0))
    (disc,) = punch_electrodes(coating=pressed, count=1, face=face, by=user)
    electrode = weigh(disc, user, 1.0)
    assert electrode.active_mass_mg == pytest.approx(0.6)
    assert electrode.active_mass_mg_u == pytest.approx(0.006)
    assert electrode.active_mass_loading_mg_cm2 == pytest.approx(0.764, abs=5e-4)
    with pytest.raises(ValidationError, match="no foil"):
        punch_electrodes(coating=pressed, count=1, face=face, by=user, blanks=Blanks((1.0, 1.1)))


def test_rectangles_have_their_area_and_do_not_share_the_punch(coating, user):
    face = Face(width_mm=Quantity(40.0, 0.1), length_mm=Quantity(40.0, 0.1))
    blanks = Blanks((139.1, 139.2, 139.3))
    (sheet,) = punch_electrodes(coating=coating, count=1, face=face, by=user, blanks=blanks)
    assert sheet.area_cm2 == pytest.approx(16.0)
    assert sheet.area_cm2_u == pytest.approx(16 * math.sqrt(2) * 0.1 / 40)
    coating.refresh_from_db()
    assert coating.foil_mass_mg_cm2 == pytest.approx(8.7)
    assert coating.blank_diameter_mm is None


@pytest.mark.parametrize(
    "face",
    [
        Face(),
        Face(width_mm=Quantity(40.0)),
        Face(diameter_mm=Quantity(12.0), width_mm=Quantity(1.0), length_mm=Quantity(1.0)),
    ],
)
def test_a_punch_cuts_one_disc_or_one_rectangle(coating, user, face):
    with pytest.raises(ValidationError, match="Give the diameter"):
        punch_electrodes(coating=coating, count=2, face=face, by=user)
    assert not Electrode.objects.exists()


def test_punching_stores_all_or_none(coating, user, viewer):
    with pytest.raises(ValidationError, match="1 to 200"):
        punch_electrodes(coating=coating, count=201, face=DISC, by=user)
    with pytest.raises(PermissionDenied):
        punch_electrodes(coating=coating, count=2, face=DISC, by=viewer)
    with pytest.raises(ValidationError):
        punch_electrodes(coating=coating, count=2, face=DISC, by=user, blanks=Blanks((-1.0, 2.0)))
    coating.refresh_from_db()
    assert not Electrode.objects.exists()
    assert coating.foil_mass_mg_cm2 is None


def test_a_new_electrode_with_its_mass_has_its_active_mass_at_once(discs, coating, user):
    coating.refresh_from_db()
    electrode = Electrode(
        project=coating.project, coating=coating, diameter_mm=12.0, mass_mg=FOIL_MG + COATING_MG
    )
    create_electrode(electrode=electrode, by=user)
    electrode.refresh_from_db()
    assert electrode.active_mass_mg == pytest.approx(0.6786, abs=5e-5)
    assert electrode.active_mass_mg_u is None
    assert "UNCERTAINTY_INCOMPLETE" in {one.code for one in figures_of(electrode).flags}


def test_many_electrodes_take_up_one_batch_in_one_go(discs, user, project):
    batch = factories.BatchFactory(project=project)
    infiltrate_electrodes(electrodes=discs, batch=batch, by=user, volume_ul=48.0)
    steps = ProcessStep.objects.filter(kind="infiltration")
    assert [step.consumptions.get().amount for step in steps] == [48.0] * 3
    assert {state_of(one) for one in Electrode.objects.all()} == {"infiltrated"}


def test_one_electrode_that_cannot_be_infiltrated_keeps_all_from_it(discs, user, project):
    use_up_electrode(electrode=discs[2], by=user, reason="cut for SEM")
    batch = factories.BatchFactory(project=project)
    with pytest.raises(ValidationError, match=f"{discs[2].code} is used up"):
        infiltrate_electrodes(electrodes=discs, batch=batch, by=user, volume_ul=50.0)
    assert not ProcessStep.objects.filter(kind="infiltration").exists()


def test_an_electrode_is_used_up_once_and_with_a_reason(discs, user, project):
    with pytest.raises(ValidationError, match="Say what"):
        use_up_electrode(electrode=discs[0], by=user, reason=" ")
    use_up_electrode(electrode=discs[0], by=user, reason="fell down")
    event = ElectrodeEvent.objects.get(electrode=discs[0], state="used_up")
    assert event.note == "fell down"
    with pytest.raises(ValidationError, match="is used up"):
        use_up_electrode(electrode=discs[0], by=user, reason="again")
    with pytest.raises(ValidationError, match="not pristine"):
        weigh(discs[0], user, 10.8)


def test_a_harvested_electrode_is_infiltrated_again(project, user):
    electrode = factories.ElectrodeEventFactory(
        electrode__project=project, state="harvested"
    ).electrode
    batch = factories.BatchFactory(project=project)
    infiltrate_electrode(electrode=electrode, batch=batch, by=user, volume_ul=50.0)
    assert state_of(electrode) == "infiltrated"
