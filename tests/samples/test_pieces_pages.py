"""Pages of pieces: punch, weigh, infiltrate, use up; lists and the API of loadings."""

import json
import math

import pytest
from django.urls import reverse

from labsite.lib.readings import Readings
from samples.models import Electrode, Film
from samples.pieces import Blanks, Face, Weighing, punch_electrodes, weigh_electrodes
from samples.recipes import Quantity
from samples.states import state_of
from tests import factories

AREA_CM2 = math.pi * 1.2**2 / 4
SHARE = 0.6931
COATING_MG = 0.6 * AREA_CM2 / SHARE


@pytest.fixture
def coating(project):
    silicon = factories.ChemicalFactory(
        short_name="Si", role="active_material", theoretical_capacity_mah_g=3579.0
    )
    return factories.CoatingFactory(
        project=project, active_material=silicon, active_mass_fraction=SHARE
    )


@pytest.fixture
def discs(coating, user):
    face = Face(diameter_mm=Quantity(12.0, 0.05))
    blanks = Blanks((9.81, 9.79, 9.83))
    return punch_electrodes(coating=coating, count=3, face=face, by=user, blanks=blanks)


def url(name, record):
    return reverse(f"samples:{name}", args=[record.pk])


def table(client, coating, **masses):
    """The fields of the table of masses as the page fills them in, with some typed over."""
    form = client.get(url("coating-weigh", coating)).context["form"]
    fields = {"readability_mg": "0.01"}
    for row in form.rows:
        fields[row.mass.html_name] = fields[f"initial-{row.mass.html_name}"] = row.mass.value()
        fields[row.version.html_name] = row.version.value()
        if row.electrode.code in masses:
            fields[row.mass.html_name] = masses[row.electrode.code]
    return fields


def test_discs_are_punched_and_go_on_to_the_balance(signed_in, coating):
    typed = {
        "count": "12",
        "diameter_mm": "1.2 cm",
        "diameter_mm_u": "0.05",
        "made_at": "2026-03-02T12:00",
        "blanks": "9,81; 9,79; 9,83 mg",
        "readability_mg": "0.01",
        "version": "1",
    }
    answer = signed_in.post(url("coating-punch", coating), typed)
    assert answer.url == url("coating-weigh", coating) + "?readability_mg=0.01"
    assert Electrode.objects.filter(coating=coating, diameter_mm=12.0).count() == 12
    coating.refresh_from_db()
    assert coating.foil_mass_mg_cm2 == pytest.approx(9.81 / AREA_CM2)
    page = signed_in.get(answer.url)
    assert len(page.context["form"].rows) == 12
    assert "mean 9.810 mg, sd 0.020, n = 3" in page.content.decode()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"count": "0"}, "greater than or equal to 1"),
        ({"diameter_mm": ""}, "Give the diameter"),
        ({"width_mm": "40", "length_mm": "40"}, "Give the diameter"),
        ({"diameter_mm": "12 kg"}, "cannot be converted"),
        ({"diameter_mm": "0"}, "above 0"),
        ({"blanks": "9.8; -1"}, "each must be above 0"),
        ({"readability_mg": "0"}, "readability must be above 0"),
        ({"version": "0"}, "changed by somebody else"),
    ],
)
def test_a_wrong_punch_is_told_and_stores_nothing(signed_in, coating, wrong, words):
    typed = {
        "count": "2", "diameter_mm": "12", "made_at": "2026-03-02T12:00", "blanks": "9.8; 9.9",
        "readability_mg": "0.01", "version": "1", **wrong,
    }  # fmt: skip
    answer = signed_in.post(url("coating-punch", coating), typed)
    assert answer.status_code == 200
    assert words in answer.content.decode()
    assert not Electrode.objects.exists()
    coating.refresh_from_db()
    assert coating.foil_mass_mg_cm2 is None


def test_all_masses_are_saved_at_once_and_the_others_left_alone(signed_in, coating, discs):
    typed = table(
        signed_in, coating, **{discs[0].code: f"{9.81 + COATING_MG:.6f}", discs[1].code: "10,8"}
    )
    answer = signed_in.post(url("coating-weigh", coating), typed)
    assert answer.url == url("coating-detail", coating)
    first, second, third = Electrode.objects.order_by("code")
    assert first.active_mass_mg == pytest.approx(0.6786, abs=5e-5)
    assert first.mass_mg_u == pytest.approx(0.01 / math.sqrt(3))
    assert second.mass_mg == 10.8
    assert (third.mass_mg, third.version) == (None, 1)


def test_the_table_says_what_follows_from_each_mass_before_it_is_saved(signed_in, coating, discs):
    typed = table(
        signed_in, coating, **{discs[0].code: f"{9.81 + COATING_MG:.6f}", discs[1].code: "9.5"}
    )
    answer = signed_in.post(url("coating-weigh-live", coating), typed)
    words = answer.content.decode()
    assert f'id="active-{discs[0].pk}"' in words
    assert f'id="active-{discs[0].pk}" hx-swap-oob="true">0.67858</span>' in words
    assert "more than its foil of 9.81 mg" in words
    assert not Electrode.objects.filter(mass_mg__isnull=False).exists()


def test_a_disc_lighter_than_its_foil_is_told_beside_its_row(signed_in, coating, discs):
    typed = table(signed_in, coating, **{discs[0].code: "10.8", discs[1].code: "9.5"})
    answer = signed_in.post(url("coating-weigh", coating), typed)
    assert answer.status_code == 200
    problems = {row.electrode.code: row.problem for row in answer.context["form"].rows}
    assert "more than its foil" in problems[discs[1].code]
    assert not problems[discs[0].code]
    assert 'value="10.8"' in answer.content.decode()
    assert not Electrode.objects.filter(mass_mg__isnull=False).exists()


def test_two_people_at_the_balance_lose_nothing(client, user, manager, coating, discs):
    client.force_login(user)
    mine = table(client, coating, **{discs[0].code: "10.7", discs[1].code: "10.8"})
    weighing = Weighing(Readings((11.1,)), 0.01, discs[1].version)
    weigh_electrodes(coating=coating, weighings={discs[1].pk: weighing}, by=manager)
    weighing = Weighing(Readings((11.3,)), 0.01, discs[2].version)
    weigh_electrodes(coating=coating, weighings={discs[2].pk: weighing}, by=manager)
    answer = client.post(url("coating-weigh", coating), mine)
    assert answer.status_code == 409
    rows = {row.electrode.code: row for row in answer.context["form"].rows}
    assert rows[discs[1].code].notes[0] == "Somebody else has stored 11.1 mg meanwhile."
    assert rows[discs[1].code].mass.value() == "10.8"
    assert rows[discs[2].code].mass.value() == "11.3"
    stored = Electrode.objects.order_by("code").values_list("mass_mg", flat=True)
    assert list(stored) == [None, 11.1, 11.3]
    again = dict(answer.context["form"].data)
    assert client.post(url("coating-weigh", coating), again).status_code == 302
    assert list(stored.all()) == [10.7, 10.8, 11.3]


def test_a_disc_that_was_used_meanwhile_is_told(client, user, coating, discs):
    client.force_login(user)
    mine = table(client, coating, **{discs[0].code: "10.7"})
    factories.ElectrodeEventFactory(electrode=discs[0], state="used_up")
    answer = client.post(url("coating-weigh", coating), mine)
    assert f"{discs[0].code} is not pristine any more" in answer.content.decode()
    assert not Electrode.objects.filter(mass_mg__isnull=False).exists()


def test_electrodes_of_a_coating_are_infiltrated_together(signed_in, project, coating, discs):
    batch = factories.BatchFactory(project=project)
    page = signed_in.get(url("coating-infiltrate", coating))
    assert [choice.chosen for choice in page.context["form"].choices()] == [True] * 3
    typed = {
        "electrodes": [str(discs[0].pk), str(discs[2].pk)],
        "batch": batch.pk,
        "planned_volume_ul": "50",
        "volume_ul": "0.048 mL",
        "vacuum_time_s": "10 min",
        "uv_time_s": "5 min",
        "performed_at": "2030-03-02T12:00",
    }
    answer = signed_in.post(url("coating-infiltrate", coating), typed)
    assert answer.url == url("coating-detail", coating)
    states = [state_of(one) for one in Electrode.objects.order_by("code")]
    assert states == ["infiltrated", "pristine", "infiltrated"]
    step = discs[0].steps.get(kind="infiltration")
    assert (step.planned["volume_ul"], step.actual["volume_ul"]) == (50.0, 48.0)
    assert (step.actual["vacuum_time_s"], step.actual["uv_time_s"]) == (600.0, 300.0)


def test_an_electrode_is_used_up_on_its_page(signed_in, discs):
    typed = {"reason": "cut for SEM", "at": "2030-03-02T12:00"}
    answer = signed_in.post(url("electrode-use-up", discs[0]), typed)
    assert answer.url == url("electrode-detail", discs[0])
    page = signed_in.get(answer.url)
    assert page.context["state"] == ("off", "used up")
    assert "cut for SEM" in page.content.decode()


@pytest.mark.parametrize("name", ["coating-punch", "coating-weigh", "coating-infiltrate"])
def test_strangers_and_viewers_are_kept_out(client, stranger, viewer, coating, name):
    client.force_login(stranger)
    assert client.get(url(name, coating)).status_code == 404
    client.force_login(viewer)
    assert client.get(url(name, coating)).status_code == 403


def loaded(project, mg, **fields):
    return factories.ElectrodeFactory(project=project, active_mass_mg=mg, **fields)


def test_electrodes_are_sorted_and_found_by_loading_and_area(signed_in, project):
    light = loaded(project, 0.5)
    heavy = loaded(project, 1.5)
    sheet = loaded(project, 16.0, diameter_mm=None, width_mm=40.0, length_mm=40.0)
    unknown = loaded(project, None)

    def listed(**query):
        answer = signed_in.get(reverse("samples:electrode-list"), query)
        return [row.record for row in answer.context["table"].rows]

    assert listed(sort="active_mass_loading_mg_cm2") == [light, sheet, heavy, unknown]
    assert listed(sort="-active_mass_loading_mg_cm2") == [heavy, sheet, light, unknown]
    assert listed(loading_min="0.9", loading_max="1.1") == [sheet]
    assert listed(area_max="2", sort="code") == [light, heavy, unknown]


def test_the_api_gives_loadings_with_their_uncertainty(signed_in, coating, discs, user):
    weighing = Weighing(Readings((9.81 + COATING_MG,)), 0.01, discs[0].version)
    weigh_electrodes(coating=coating, weighings={discs[0].pk: weighing}, by=user)
    answer = signed_in.get("/api/v1/electrodes/", {"loading_min": "0.5", "area_min": "1.1"})
    (sent,) = answer.json()["results"]
    assert sent["active_mass_loading_mg_cm2"] == pytest.approx(0.6)
    assert sent["area_cm2_u"] == pytest.approx(AREA_CM2 * 0.1 / 12)
    assert sent["theoretical_areal_capacity_mah_cm2"] == pytest.approx(0.6 * 3.579)
    assert sent["active_mass_source"] == "derived"
    assert signed_in.get("/api/v1/electrodes/", {"loading_min": "0.7"}).json()["results"] == []


def test_a_mass_that_the_api_sends_over_a_calculated_one_is_typed(signed_in, coating, discs, user):
    weighing = Weighing(Readings((9.81 + COATING_MG,)), 0.01, discs[0].version)
    weigh_electrodes(coating=coating, weighings={discs[0].pk: weighing}, by=user)
    address = f"/api/v1/electrodes/{discs[0].pk}/"

    def sent(**fields):
        version = Electrode.objects.get(pk=discs[0].pk).version
        return signed_in.patch(
            address, json.dumps({**fields, "version": version}), content_type="application/json",
            headers={"If-Match": f'"{version}"'},
        )  # fmt: skip

    refused = sent(active_mass_mg=0.7, active_mass_source="derived")
    assert refused.status_code == 400
    assert sent(active_mass_mg=0.7).status_code == 200
    electrode = Electrode.objects.get(pk=discs[0].pk)
    assert (electrode.active_mass_mg, electrode.active_mass_source) == (0.7, "")


def film_fields(project, **typed):
    batch = factories.BatchFactory(project=project)
    return {"project": project.pk, "batch": batch.pk, "made_at": "2026-03-02T12:00", **typed}


def test_a_dumbbell_has_a_cross_section_and_a_pellet_a_density(signed_in, project):
    dumbbell = film_fields(
        project, form="dumbbell", thickness_um="2 mm", width_mm="4", length_mm="1.6 cm"
    )
    signed_in.post(reverse("samples:film-add"), dumbbell)
    film = Film.objects.get()
    assert (film.length_mm, film.cross_section_mm2.value) == (16.0, pytest.approx(8.0))
    assert (film.area_cm2, film.volume_mm3, film.density_g_cm3) == (None, None, None)
    pellet = film_fields(
        project, form="pellet", diameter_mm="10", diameter_mm_u="0.05", thickness_um="780",
        thickness_um_u="10", mass_mg="100", mass_mg_u="0.1",
    )  # fmt: skip
    signed_in.post(reverse("samples:film-add"), pellet)
    film = Film.objects.get(form="pellet")
    density = 100 / (math.pi * 25 * 0.78)
    assert film.density_g_cm3.value == pytest.approx(density)  # 1.632 g/cm³
    relative = math.sqrt((2 * 0.05 / 10) ** 2 + (10 / 780) ** 2 + 0.001**2)
    assert film.density_g_cm3.u == pytest.approx(density * relative)
    assert "1.632 ± 0.027" in signed_in.get(url("film-detail", film)).content.decode()


def test_a_cylinder_has_a_volume_from_its_height(project):
    cylinder = factories.FilmFactory(
        project=project, form="cylinder", thickness_um=None, diameter_mm=13.0, height_mm=6.0
    )
    assert cylinder.volume_mm3.value == pytest.approx(math.pi * 13**2 / 4 * 6)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"form": "sheet", "diameter_mm": "12"}, "A sheet has no diameter here"),
        ({"form": "cylinder", "thickness_um": "200"}, "A cylinder has no thickness here"),
        ({"form": "disc", "height_mm": "2"}, "A disc has no height here"),
        (
            {"form": "soaked_separator", "diameter_mm": "12", "width_mm": "3"},
            "Give the diameter of a disc, or the width and length",
        ),
    ],
)
def test_a_size_that_a_form_does_not_have_is_refused(signed_in, project, typed, words):
    answer = signed_in.post(reverse("samples:film-add"), film_fields(project, **typed))
    assert words in answer.content.decode()
    assert not Film.objects.exists()


def test_films_are_found_by_thickness(signed_in, project):
    thin = factories.FilmFactory(project=project, thickness_um=50.0)
    factories.FilmFactory(project=project, thickness_um=200.0)
    answer = signed_in.get(reverse("samples:film-list"), {"thickness_max": "100"})
    assert [row.record for row in answer.context["table"].rows] == [thin]


def test_a_number_typed_over_a_calculated_mass_stays(signed_in, coating, discs, user):
    weighing = Weighing(Readings((9.81 + COATING_MG,)), 0.01, discs[0].version)
    weigh_electrodes(coating=coating, weighings={discs[0].pk: weighing}, by=user)

    def saved(**changed):
        form = signed_in.get(url("electrode-edit", discs[0])).context["form"]
        fields = {}
        for bound in form:
            value = bound.field.widget.format_value(bound.value())
            fields[bound.html_name] = (value[0] if isinstance(value, list) else value) or ""
        signed_in.post(url("electrode-edit", discs[0]), fields | changed)
        electrode = Electrode.objects.get(pk=discs[0].pk)
        return pytest.approx(electrode.active_mass_mg, abs=5e-5), electrode.active_mass_source

    assert saved(notes="flat") == (0.6786, "derived")
    assert saved(mass_mg=f"{9.81 + 2 * COATING_MG:.6f}") == (2 * 0.6786, "derived")
    assert saved(active_mass_mg="0.7") == (0.7, "")
    assert saved(mass_mg="10.8") == (0.7, "")
    assert saved(active_mass_mg="")[1] == "derived"
