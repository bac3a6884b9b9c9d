"""Series: values as people type them, one record a value, all stored or none."""

import re

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from cells.models import Cell
from labsite.access.series import AT_MOST
from labsite.lib.valuelists import split_values
from samples.mixture import plan_of
from samples.models import Coating, Electrode, ElectrolyteBatch, Film
from samples.recipes.electrolyte import Substance, targets
from samples.recipes.quantity import Quantity
from tests import factories

BATCH = {
    "kind": "elastic",
    "prepared_at": "2026-03-02T12:00",
    "dem_molar_ratio": "4",
    "total_monomer_mol_l": "3",
    "uv_time_s": "5 min",
}


def typed(project, name="", values="", copies="", **fields):
    """What the form of a batch sends with a series."""
    series = {"series_field": name, "series_values": values, "series_copies": copies}
    return {"project": str(project.pk), **BATCH, **series, **fields}


def post(client, sent, kind="samples:batch"):
    """Save the form of a new record."""
    return client.post(reverse(f"{kind}-add"), sent)


def preview(client, sent, kind="samples:batch"):
    """Ask what a series would make, as every keystroke does."""
    return client.post(reverse(f"{kind}-series"), sent)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("0, 0.5, 0.8, 0.87, 1", ["0", "0.5", "0.8", "0.87", "1"]),
        ("0,0.5,0.8", ["0", "0.5", "0.8"]),
        ("0,5; 0,8; 0,87", ["0,5", "0,8", "0,87"]),
        ("0,5;", ["0,5"]),
        ("1 min; 5 min;10 min", ["1 min", "5 min", "10 min"]),
        ("1 min,5 min", ["1 min", "5 min"]),
        ("0.1\n0.2\n\n0.3", ["0.1", "0.2", "0.3"]),
        ("1, 2, 3", ["1", "2", "3"]),
        ("  ,  ", []),
    ],
)
def test_a_list_of_numbers_is_split_as_it_is_meant(text, values):
    assert split_values(text, numbers=True) == values


@pytest.mark.parametrize("text", ["0,5", "0,5, 0,8", "1,2,3", "0, 0.5,0.8"])
def test_a_comma_with_two_meanings_is_asked_about(text):
    with pytest.raises(ValidationError, match="semicolons"):
        split_values(text, numbers=True)


def test_words_are_split_at_commas_between_digits_too():
    assert split_values("A1,2B", numbers=False) == ["A1", "2B"]


def test_five_values_of_x_make_five_batches_with_codes_in_order(signed_in, project, user):
    sent = typed(project, "mole_fraction_am", "0, 0.5, 0.8, 0.87, 1")
    answer = post(signed_in, sent)
    made = list(ElectrolyteBatch.objects.order_by("code"))
    assert [batch.mole_fraction_am for batch in made] == [0.0, 0.5, 0.8, 0.87, 1.0]
    numbers = [int(batch.code.rsplit("-")[-1]) for batch in made]
    assert numbers == list(range(numbers[0], numbers[0] + 5))
    assert {batch.uv_time_s for batch in made} == {300.0}
    assert {batch.created_by for batch in made} == {user}
    assert answer.url == f"{reverse('labels')}?" + "&".join(f"code={one.code}" for one in made)
    page = signed_in.get(answer.url).content.decode()
    assert "5 batches are saved." in page
    assert page.count("<svg") >= 5
    for batch in made:
        assert reverse("samples:batch-detail", args=[batch.pk]) in page
        assert batch.summary in page


def test_values_take_units_and_decimal_commas(signed_in, project):
    post(signed_in, typed(project, "uv_time_s", "1 min; 0,5 h; 90", mole_fraction_am="0,8"))
    times = ElectrolyteBatch.objects.order_by("code").values_list("uv_time_s", flat=True)
    assert list(times) == [60.0, 1800.0, 90.0]


def test_choices_are_typed_in_words_or_keys(signed_in, project):
    sent = typed(project, "atmosphere", "Argon glove box, air", mole_fraction_am="0.8")
    post(signed_in, sent)
    places = ElectrolyteBatch.objects.order_by("code").values_list("atmosphere", flat=True)
    assert list(places) == ["argon", "air"]


def test_dates_and_texts_are_varied_too(signed_in, project):
    days = "2026-03-02 09:00; 2026-03-03 10:30"
    post(signed_in, typed(project, "prepared_at", days, mole_fraction_am="0.8"))
    post(signed_in, typed(project, "aliases", "A, B", mole_fraction_am="0.8"))
    first, second, third, fourth = ElectrolyteBatch.objects.order_by("code")
    assert (second.prepared_at - first.prepared_at).total_seconds() == 25.5 * 3600
    assert (third.aliases, fourth.aliases) == ("A", "B")


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ("0.5, 1.2", "Value 2 (“1.2”): "),
        ("0.5; 5 kg; 0.8", "Value 2 (“5 kg”): “kg” is a unit, but a plain number belongs here."),
        ("0.8, -0.1", "Value 2 (“-0.1”): "),
        ("0.5, many", "Value 2 (“many”): “many” is not understood"),
    ],
)
def test_one_wrong_value_stores_nothing_and_is_named(signed_in, project, values, sentence):
    answer = post(signed_in, typed(project, "mole_fraction_am", values, notes="keep me"))
    assert not ElectrolyteBatch.objects.exists()
    (problem,) = answer.context["series"].non_field_errors()
    assert problem.startswith(sentence)
    page = answer.content.decode()
    assert "Nothing was saved yet." in page
    assert "keep me" in page
    assert f'value="{values}"' in page


def test_codes_of_a_series_that_failed_are_drawn_by_the_next(signed_in, project):
    before = post(signed_in, typed(project, mole_fraction_am="0.1"))
    assert before.status_code == 302
    post(signed_in, typed(project, "mole_fraction_am", "0.5, 0.6, 7"))
    post(signed_in, typed(project, "mole_fraction_am", "0.5, 0.6"))
    codes = ElectrolyteBatch.objects.order_by("code").values_list("code", flat=True)
    numbers = [int(code.rsplit("-")[-1]) for code in codes]
    assert numbers == [numbers[0], numbers[0] + 1, numbers[0] + 2]


def test_a_mistake_elsewhere_in_the_form_is_shown_beside_its_field(signed_in, project):
    sent = typed(project, "mole_fraction_am", "0.5, 0.8", volume_ml="3 kg")
    answer = post(signed_in, sent)
    assert "volume_ml" in answer.context["form"].errors
    assert "mole_fraction_am" not in answer.context["form"].errors
    assert not ElectrolyteBatch.objects.exists()


@pytest.mark.parametrize(
    ("name", "values", "copies", "field", "sentence"),
    [
        ("mole_fraction_am", "", "", "series_values", "Write the values"),
        ("mole_fraction_am", "0,5", "", "series_values", "semicolons"),
        ("mole_fraction_am", "0.5", "3", "series_copies", "leave the other empty"),
        ("", "0.5, 0.8", "", "series_field", "Choose the field"),
        ("", "", "0", "series_copies", "greater than or equal to 1"),
        ("", "", "101", "series_copies", "at most 100"),
        ("project", "1, 2", "", "series_field", "Select a valid choice"),
        ("mole_fraction_am", ", ".join(["0.5"] * 101), "", "series_values", "at most 100"),
    ],
)
def test_a_series_that_is_not_clear_is_asked_about(
    signed_in, project, name, values, copies, field, sentence
):
    answer = post(signed_in, typed(project, name, values, copies, mole_fraction_am="0.8"))
    assert sentence in " ".join(answer.context["series"].errors[field])
    assert not ElectrolyteBatch.objects.exists()


def test_the_largest_series_is_stored(signed_in, project):
    answer = post(signed_in, typed(project, copies=str(AT_MOST), mole_fraction_am="0.8"))
    assert answer.status_code == 302
    assert ElectrolyteBatch.objects.count() == AT_MOST


def test_copies_are_alike(signed_in, project):
    post(signed_in, typed(project, copies="6", mole_fraction_am="0.87"))
    assert list(ElectrolyteBatch.objects.values_list("mole_fraction_am", flat=True)) == [0.87] * 6


def test_the_preview_says_what_each_value_makes_and_stores_nothing(signed_in, project):
    sent = typed(project, "mole_fraction_am", "0,5; 0.8; 3; 0.80")
    answer = preview(signed_in, sent)
    first, second, third, fourth = answer.context["preview"].rows
    assert (first.value, first.summary) == ("0.5", "x = 0.50 · NMA:LiFSI 4:1 · UV 5 min")
    assert second.value == "0.8"
    assert third.summary == ""
    assert third.errors
    assert fourth.notes == ["The same value as in row 2."]
    assert b"<html" not in answer.content
    assert not ElectrolyteBatch.objects.exists()


def test_the_preview_tells_units_and_what_is_missing_elsewhere(signed_in, project):
    sent = typed(project, "uv_time_s", "1 min; 10 min", mole_fraction_am="0.8") | {"project": ""}
    shown = preview(signed_in, sent).context["preview"]
    assert [(row.value, row.unit) for row in shown.rows] == [("60", "s"), ("600", "s")]
    assert [label for label, _words in shown.elsewhere] == ["Project"]


def test_a_series_into_a_foreign_project_makes_nothing(signed_in, project):
    sent = typed(factories.ProjectFactory(), "mole_fraction_am", "0.5, 0.8")
    answer = post(signed_in, sent)
    assert "project" in answer.context["form"].errors
    assert not ElectrolyteBatch.objects.exists()


def test_who_may_not_log_sees_no_preview(client, viewer, project):
    client.force_login(viewer)
    sent = typed(project, "mole_fraction_am", "0.5")
    assert preview(client, sent).status_code == 403
    assert post(client, sent).status_code == 403


def test_what_is_to_be_weighed_differs_with_x(signed_in, project):
    sent = typed(project, "mole_fraction_am", "0, 0.5, 0.8, 0.87, 1")
    post(signed_in, sent | {"volume_ml": "10 mL", "concentration_basis": "per_litre_solution"})
    densities = {"am": 1.122, "dmam": 0.962}
    molar = {"am": 71.079, "dmam": 99.133, "nma": 73.095, "lifsi": 187.06}
    substances = {
        key: Substance(key, mass, Quantity(densities[key]) if key in densities else None)
        for key, mass in molar.items()
    }
    masses = [
        targets(plan_of(batch), substances).masses_g
        for batch in ElectrolyteBatch.objects.order_by("code")
    ]
    am = [one["am"].value if "am" in one else 0 for one in masses]
    assert am == pytest.approx([0, 1.0662, 1.7059, 1.8552, 2.1324], abs=5e-5)
    assert masses[2]["dmam"].value == pytest.approx(0.5948, abs=5e-5)


def test_a_series_of_a_duplicate_keeps_the_rest_of_its_source(signed_in, project):
    source = factories.BatchFactory(project=project, crosslinker_mmol_l=3.0)
    sent = typed(project, "mole_fraction_am", "0, 1", crosslinker_mmol_l="3")
    signed_in.post(reverse("samples:batch-duplicate", args=[source.pk]), sent)
    made = ElectrolyteBatch.objects.exclude(pk=source.pk).order_by("code")
    assert [(one.mole_fraction_am, one.crosslinker_mmol_l) for one in made] == [(0, 3), (1, 3)]


def test_every_coating_of_a_series_gets_its_ingredients(signed_in, project):
    silicon = factories.ChemicalFactory(short_name="Si", role="active_material")
    binder = factories.ChemicalFactory(short_name="PAA", role="binder")
    sent = {
        "project": project.pk,
        "process": "cast",
        "active_material": silicon.pk,
        "made_at": "2026-03-02T12:00",
        "components-TOTAL_FORMS": "2",
        "components-INITIAL_FORMS": "0",
        "components-0-chemical": silicon.pk,
        "components-0-weight_parts": "85",
        "components-1-chemical": binder.pk,
        "components-1-weight_parts": "15",
        "series_field": "blade_gap_um",
        "series_values": "100 um; 0,2 mm",
    }
    answer = post(signed_in, sent, "samples:coating")
    assert answer.status_code == 302
    made = list(Coating.objects.order_by("code"))
    assert [coating.blade_gap_um for coating in made] == [100.0, 200.0]
    parts = [sorted(c.components.values_list("weight_parts", flat=True)) for c in made]
    assert parts == [[15.0, 85.0], [15.0, 85.0]]


def test_films_and_electrodes_are_logged_in_series(signed_in, project):
    batch = factories.BatchFactory(project=project)
    film = {"project": project.pk, "batch": batch.pk, "form": "disc", "diameter_mm": "12"}
    film |= {"made_at": "2026-03-02T12:00", "series_field": "thickness_um"}
    post(signed_in, film | {"series_values": "150, 200"}, "samples:film")
    assert sorted(Film.objects.values_list("thickness_um", flat=True)) == [150, 200]
    coating = factories.CoatingFactory(project=project)
    disc = {"project": project.pk, "coating": coating.pk, "made_at": "2026-03-02T12:00"}
    post(signed_in, disc | {"diameter_mm": "12", "series_copies": "12"}, "samples:electrode")
    assert Electrode.objects.count() == 12
    assert all(one.events.count() == 1 for one in Electrode.objects.all())


def test_one_electrode_cannot_stand_in_all_cells_of_a_series(signed_in, project):
    silicon = factories.ElectrodeFactory(project=project)
    lithium = factories.ElectrodeFactory(
        project=project, coating=None, metal=factories.ChemicalFactory(role="metal")
    )
    sent = {
        "project": project.pk,
        "format": "coin_2032",
        "cell_type": "anode_half_cell",
        "assembled_at": "2026-03-02T12:00",
        "negative": lithium.pk,
        "positive": silicon.pk,
        "series_copies": "2",
    }
    answer = post(signed_in, sent, "cells:cell")
    assert not Cell.objects.exists()
    assert answer.context["series"].non_field_errors()[0].startswith("Copy 2")


def test_chemicals_have_no_series(client, manager, project):
    client.force_login(manager)
    page = client.get(reverse("samples:chemical-add")).content.decode()
    assert "series_values" not in page


def test_an_edit_page_offers_no_series_and_a_late_editor_still_gets_a_conflict(
    client, user, manager, project
):
    batch = factories.BatchFactory(project=project)
    url = reverse("samples:batch-edit", args=[batch.pk])
    client.force_login(manager)
    page = client.get(url)
    assert b"series_values" not in page.content
    sent = typed(project, mole_fraction_am="0.9", version="1")
    assert client.post(url, sent).status_code == 302
    client.force_login(user)
    assert client.post(url, sent | {"mole_fraction_am": "0.7"}).status_code == 409


def test_labels_are_in_the_order_asked_and_hide_what_one_may_not_see(signed_in, project):
    one, two = factories.BatchFactory.create_batch(2, project=project)
    foreign = factories.BatchFactory()
    codes = [two.code, one.code.lower(), two.code, foreign.code]
    answer = signed_in.get(reverse("labels"), {"code": codes})
    assert [label.record for label in answer.context["labels"]] == [two, one]
    assert answer.context["missing"] == [foreign.code]
    page = answer.content.decode()
    assert "labels-sheet" in page
    assert foreign.summary not in page or foreign.summary == one.summary
    single = signed_in.get(reverse("labels"), {"code": codes, "as": "single"})
    assert "labels-single" in single.content.decode()
    assert not re.search(r"\sstyle=|<script>", page)


def test_a_page_of_many_labels_asks_the_database_no_more_than_one_of_few(
    signed_in, project, django_assert_max_num_queries
):
    films = factories.FilmFactory.create_batch(12, project=project)
    with django_assert_max_num_queries(8):
        signed_in.get(reverse("labels"), {"code": [film.code for film in films]})
