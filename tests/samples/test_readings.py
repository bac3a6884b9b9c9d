"""Several readings of one quantity: what was typed, mean, spread and uncertainty."""

import math

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from labsite.lib.readings import Readings, parse_readings, show_mean, show_spread
from labsite.lib.units import QuantityError
from samples.models import Film
from tests import factories

MICRO = "µm"


@pytest.mark.parametrize(
    "text",
    [
        "198; 203; 201 um",
        "198;203;201",
        "198 203 201 um",
        "198 µm; 203 µm; 201 µm",
        "0.198; 0.203; 0.201 mm",
        "0,198; 0,203; 0,201 mm",
        "0,198 0,203 0,201 mm",
        "0.198 mm; 203 um; 0.0201 cm",
        "198 um; 203; 201",
        " 198 ;203; 201 ; ",
        "198\n203\n201",
    ],
)
def test_spelling_does_not_matter(text):
    readings = parse_readings(text, MICRO)
    assert readings.values == pytest.approx((198, 203, 201), rel=1e-12)


def test_one_unit_holds_for_all_readings_wherever_it_stands():
    readings = parse_readings("0.198; 0.203 mm; 0.201", MICRO)
    assert readings.values == pytest.approx((198, 203, 201))


def test_mean_sd_and_u_are_those_of_the_gum():
    readings = Readings((198.0, 203.0, 201.0))
    assert readings.mean == pytest.approx(602 / 3, rel=1e-15)
    assert readings.sd == pytest.approx(math.sqrt(19 / 3), rel=1e-12)  # 2.5166
    assert readings.u == pytest.approx(math.sqrt(19) / 3, rel=1e-12)  # 1.4530
    assert readings.combined_u(2.0) == pytest.approx(math.sqrt(19 / 9 + 4), rel=1e-12)
    assert (show_mean(readings), show_spread(readings)) == ("200.7", "sd 2.5, n = 3")


def test_two_readings_are_allowed_and_called_rough():
    readings = parse_readings("200; 204", MICRO)
    assert readings.u == pytest.approx(2.0)
    assert show_spread(readings) == "sd 2.8, n = 2 (a rough sd)"


def test_one_reading_has_no_spread():
    readings = parse_readings("0,2 mm", MICRO)
    assert (readings.values, readings.sd, readings.u) == ((200.0,), None, None)
    assert readings.combined_u(5.0) == 5.0


def test_equal_readings_do_not_make_a_mean_exact():
    readings = parse_readings("200; 200; 200", MICRO)
    assert (readings.sd, readings.u, readings.combined_u(1.0)) == (0.0, None, 1.0)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("10 000", "may be one number or several"),
        ("1 200 um", "may be one number or several"),
        ("2 003", "may be one number or several"),
        ("1 001,5 um", "may be one number or several"),
        ("0.2 mm; 203; 201", "write the unit beside each of them"),
        ("0.2 mm; 198 um; 203", "Some readings have a unit and some have none"),
        ("198; 203 kg", "cannot be converted"),
        ("198; abc", "is not understood"),
        ("198; -3", "must be above 0; found -3"),
        ("198; 0", "must be above 0"),
        ("198,203,201", "is not understood"),
        (";".join(["1"] * 51), "At most 50"),
        ("1;" * 400, "more signs"),
    ],
)
def test_what_cannot_be_readings_is_refused_in_words(text, words):
    with pytest.raises(QuantityError, match=words):
        parse_readings(text, MICRO)


@given(st.lists(st.floats(1e-3, 1e4), min_size=2, max_size=20), st.floats(0, 100))
def test_u_is_never_negative_nor_below_either_part(values, u_b):
    readings = Readings(tuple(values))
    combined = readings.combined_u(u_b)
    assert combined is not None
    assert combined >= max(readings.u or 0.0, u_b) - 1e-12
    assert min(values) * (1 - 1e-12) <= readings.mean <= max(values) * (1 + 1e-12)


@given(st.lists(st.floats(0.1, 999), min_size=2, max_size=10))
def test_the_unit_that_is_typed_does_not_change_the_mean(values):
    shown = [f"{value:.6g}" for value in values]
    micro = parse_readings("; ".join(shown) + " um", MICRO)
    milli = parse_readings("; ".join(f"{float(one) / 1000:.10g}" for one in shown) + " mm", MICRO)
    assert milli.mean == pytest.approx(micro.mean, rel=1e-9)


def film_fields(project, batch, **typed):
    return {
        "project": str(project.pk),
        "batch": str(batch.pk),
        "form": "disc",
        "made_at": "2026-03-02T12:00",
        **typed,
    }


@pytest.fixture
def batch(project):
    return factories.BatchFactory(project=project)


def shown_fields(client, film):
    """The fields of a film's form as the page fills them in."""
    form = client.get(reverse("samples:film-edit", args=[film.pk])).context["form"]
    fields = {}
    for bound in form:
        value = bound.field.widget.format_value(bound.value())
        fields[bound.html_name] = (value[0] if isinstance(value, list) else value) or ""
    return fields


def test_readings_are_stored_with_their_mean_and_shown_again(signed_in, project, batch):
    typed = film_fields(
        project, batch, thickness_um="198; 203; 201 um", thickness_um_u="2", diameter_mm="12"
    )
    signed_in.post(reverse("samples:film-add"), typed)
    film = Film.objects.get()
    assert film.thickness_um == pytest.approx(200.666667, abs=1e-6)
    assert film.thickness_um_u == pytest.approx(math.sqrt(19 / 9 + 4), rel=1e-9)
    assert film.readings == {"thickness_um": [198.0, 203.0, 201.0], "thickness_um_u": 2.0}
    page = signed_in.get(reverse("samples:film-detail", args=[film.pk])).content.decode()
    assert "200.7 ± 2.5" in page
    assert "sd 2.5, n = 3" in page
    again = shown_fields(signed_in, film)
    assert (again["thickness_um"], again["thickness_um_u"]) == ("198; 203; 201", "2")


def test_saving_again_does_not_let_the_uncertainty_grow(signed_in, project, batch):
    typed = film_fields(project, batch, thickness_um="198; 203; 201", thickness_um_u="2")
    signed_in.post(reverse("samples:film-add"), typed)
    film = Film.objects.get()
    url = reverse("samples:film-edit", args=[film.pk])
    signed_in.post(url, shown_fields(signed_in, film) | {"notes": "clear"})
    again = Film.objects.get()
    assert (again.notes, again.version) == ("clear", 2)
    assert (again.thickness_um, again.thickness_um_u) == (film.thickness_um, film.thickness_um_u)


def test_a_single_number_takes_the_place_of_readings(signed_in, project, batch):
    typed = film_fields(project, batch, thickness_um="198; 203; 201")
    signed_in.post(reverse("samples:film-add"), typed)
    film = Film.objects.get()
    url = reverse("samples:film-edit", args=[film.pk])
    signed_in.post(url, shown_fields(signed_in, film) | {"thickness_um": "210"})
    film.refresh_from_db()
    assert (film.thickness_um, film.thickness_um_u, film.readings) == (210.0, None, {})


def test_a_negative_uncertainty_beside_readings_is_refused(signed_in, project, batch):
    typed = film_fields(project, batch, thickness_um="198; 203", thickness_um_u="-2")
    answer = signed_in.post(reverse("samples:film-add"), typed)
    assert "thickness_um_u" in answer.context["form"].errors
    assert not Film.objects.exists()


def test_a_mean_that_is_not_that_of_its_readings_is_refused(project, batch):
    film = Film(project=project, batch=batch, thickness_um=210.0)
    film.readings = {"thickness_um": [198.0, 203.0]}
    with pytest.raises(ValidationError, match="200.5"):
        film.clean()
    film.readings = {"shoe_size": [1.0, 2.0]}
    with pytest.raises(ValidationError, match="shoe_size"):
        film.clean()
    film.thickness_um, film.readings = 200.5, {"thickness_um": [198.0, 203.0]}
    film.clean()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("198; 203; 201 um", "= 200.7 µm, sd 2.5, n = 3"),
        ("200; 204", "= 202.0 µm, sd 2.8, n = 2 (a rough sd)"),
        ("0,2 mm", "= 200 µm"),
        ("200", ""),
        ("10 000", "may be one number or several"),
    ],
)
def test_the_form_says_what_it_understood_of_readings(signed_in, text, said):
    asked = {"field": "thickness_um", "unit": MICRO, "readings": "several", "thickness_um": text}
    words = signed_in.get(reverse("samples:quantity"), asked).content.decode().strip()
    assert said in words
    assert bool(words) == bool(said)
