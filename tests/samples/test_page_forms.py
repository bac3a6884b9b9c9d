"""Forms of samples: what is typed is what is stored, and nobody's change is lost."""

import pytest
from django.urls import reverse

from samples.models import Coating, Electrode, ElectrolyteBatch, Film
from tests import factories

ROWS = {
    "components-TOTAL_FORMS": "2",
    "components-INITIAL_FORMS": "0",
    "components-0-weight_parts": "80",
    "components-1-weight_parts": "",
}
USES = {"uses-TOTAL_FORMS": "2", "uses-INITIAL_FORMS": "0"}


def batch_fields(project, **typed):
    """What the form of an elastic batch sends."""
    return {
        "project": str(project.pk),
        "kind": "elastic",
        "prepared_at": "2026-03-02T12:00",
        "dem_molar_ratio": "4",
        "mole_fraction_am": "0,8",
        **typed,
    }


def edited(client, record, **changed):
    """Send the form of a batch as it is shown, with some fields changed; return the answer."""
    url = reverse("samples:batch-edit", args=[record.pk])
    return client.post(url, shown(client, record) | changed)


def shown(client, record):
    """Return the fields of the form of a batch as the page fills them in."""
    form = client.get(reverse("samples:batch-edit", args=[record.pk])).context["form"]
    fields = {}
    for bound in form:
        value = bound.field.widget.format_value(bound.value())
        fields[bound.html_name] = (value[0] if isinstance(value, list) else value) or ""
    return fields


def test_quantities_are_stored_in_the_unit_of_the_field(signed_in, project, user):
    typed = batch_fields(project, uv_time_s="5 min", volume_ml="0.01 L", dew_point_celsius="-60 C")
    answer = signed_in.post(reverse("samples:batch-add"), typed)
    batch = ElectrolyteBatch.objects.get()
    assert answer.url == reverse("samples:batch-detail", args=[batch.pk])
    assert (batch.uv_time_s, batch.volume_ml, batch.dew_point_celsius) == (300.0, 10.0, -60.0)
    assert batch.mole_fraction_am == 0.8
    assert batch.created_by == user


def test_a_wrong_quantity_keeps_what_was_typed_and_says_what_belongs_there(signed_in, project):
    typed = batch_fields(project, uv_time_s="5 kg", notes="keep me")
    answer = signed_in.post(reverse("samples:batch-add"), typed)
    assert not ElectrolyteBatch.objects.exists()
    assert answer.context["form"].errors["uv_time_s"] == [
        "“kg” cannot be converted; this field is in s."
    ]
    page = answer.content.decode()
    assert 'value="5 kg"' in page
    assert "keep me" in page
    assert "Nothing was saved yet" in page


@pytest.mark.parametrize(
    ("field", "text", "sentence"),
    [
        ("fec_mass_fraction", "1", "FEC mass fraction must be at least 0 and below 1."),
        ("volume_ml", "0", "Volume must be above 0."),
        ("dem_molar_ratio", "", "An elastic electrolyte needs its NMA:LiFSI ratio"),
    ],
)
def test_a_broken_rule_is_told_in_words(signed_in, project, field, text, sentence):
    answer = signed_in.post(reverse("samples:batch-add"), batch_fields(project, **{field: text}))
    (problem,) = answer.context["form"].non_field_errors()
    assert problem.startswith(sentence)


def test_a_batch_cannot_be_logged_into_a_foreign_project(signed_in, project):
    foreign = factories.ProjectFactory()
    answer = signed_in.post(reverse("samples:batch-add"), batch_fields(foreign))
    assert "project" in answer.context["form"].errors
    assert not ElectrolyteBatch.objects.exists()


def test_a_film_cannot_be_made_from_a_batch_one_may_not_read(signed_in, project):
    foreign = factories.BatchFactory()
    typed = {"project": project.pk, "batch": foreign.pk, "form": "disc"}
    typed["made_at"] = "2026-03-02T12:00"
    answer = signed_in.post(reverse("samples:film-add"), typed)
    assert "batch" in answer.context["form"].errors
    assert not Film.objects.exists()


def test_the_next_form_starts_from_the_last_record_and_from_the_address(signed_in, project):
    another = batch_fields(project, total_monomer_mol_l="3", uv_time_s="300", another="yes")
    answer = signed_in.post(reverse("samples:batch-add"), another)
    assert answer.url == reverse("samples:batch-add")
    form = signed_in.get(answer.url).context["form"]
    assert form["total_monomer_mol_l"].value() == 3.0
    assert form["uv_time_s"].value() is None
    batch = ElectrolyteBatch.objects.get()
    film = signed_in.get(reverse("samples:film-add"), {"batch": batch.pk}).context["form"]
    assert film["batch"].value() == str(batch.pk)
    assert film["project"].value() == project.pk


def test_a_duplicate_copies_the_recipe_but_not_the_notes(signed_in, project):
    source = factories.BatchFactory(project=project, notes="cloudy", mole_fraction_am=0.87)
    form = signed_in.get(reverse("samples:batch-duplicate", args=[source.pk])).context["form"]
    assert form["mole_fraction_am"].value() == 0.87
    assert not form["notes"].value()
    assert form.is_new


def test_an_edit_that_changes_nothing_else_keeps_the_seconds_of_a_time(signed_in, project):
    moment = factories.NOON.replace(second=17)
    batch = factories.BatchFactory(project=project, prepared_at=moment)
    answer = edited(signed_in, batch, notes="clear")
    assert answer.status_code == 302
    batch.refresh_from_db()
    assert (batch.prepared_at, batch.notes, batch.version) == (moment, "clear", 2)


def test_two_editors_lose_nothing(client, user, manager, project):
    batch = factories.BatchFactory(project=project, uv_time_s=300.0, volume_ml=10.0)
    client.force_login(user)
    mine = shown(client, batch)
    client.force_login(manager)
    assert edited(client, batch, uv_time_s="360", notes="theirs").status_code == 302
    client.force_login(user)
    url = reverse("samples:batch-edit", args=[batch.pk])
    answer = client.post(url, mine | {"volume_ml": "12", "uv_time_s": "400"})
    assert answer.status_code == 409
    conflict = answer.context["conflict"]
    assert conflict.by == str(manager)
    told = {(change.label, change.before, change.after) for change in conflict.changes}
    assert told == {("UV time", "300", "360"), ("Notes", "–", "theirs")}
    batch.refresh_from_db()
    assert batch.volume_ml == 10.0
    merged = conflict.form.data
    assert (merged["volume_ml"], merged["uv_time_s"], merged["notes"]) == ("12", "400", "theirs")
    assert client.post(url, merged).status_code == 302
    batch.refresh_from_db()
    assert (batch.volume_ml, batch.uv_time_s, batch.notes) == (12.0, 400.0, "theirs")


def test_the_history_says_who_changed_what(signed_in, user, project):
    batch = factories.BatchFactory(project=project, uv_time_s=300.0)
    edited(signed_in, batch, uv_time_s="6 min")
    answer = signed_in.get(reverse("samples:batch-detail", args=[batch.pk]))
    newest, first = answer.context["history"]
    assert (newest.by, first.made) == (str(user), True)
    (change,) = newest.changes
    assert (change.label, change.unit, change.before, change.after) == (
        "UV time",
        "s",
        "300",
        "360",
    )


def test_a_coating_is_stored_with_its_composition_and_duplicated_with_it(signed_in, project):
    silicon = factories.ChemicalFactory(role="active_material")
    typed = {
        "project": project.pk,
        "process": "cast",
        "active_material": silicon.pk,
        "made_at": "2026-03-02T12:00",
        "components-0-chemical": silicon.pk,
        **ROWS,
    }
    signed_in.post(reverse("samples:coating-add"), typed)
    coating = Coating.objects.get()
    assert [(row.chemical, row.weight_parts) for row in coating.components.all()] == [
        (silicon, 80.0)
    ]
    url = reverse("samples:coating-duplicate", args=[coating.pk])
    copied = signed_in.get(url).context["form"].rows.forms[0]
    assert (copied["chemical"].value(), copied["weight_parts"].value()) == (silicon.pk, 80.0)


def test_a_coating_with_a_wrong_row_is_not_stored(signed_in, project):
    silicon = factories.ChemicalFactory(role="active_material")
    typed = {
        "project": project.pk,
        "process": "cast",
        "active_material": silicon.pk,
        "made_at": "2026-03-02T12:00",
        **ROWS,
    }
    answer = signed_in.post(reverse("samples:coating-add"), typed)
    assert answer.status_code == 200
    assert "chemical" in answer.context["form"].rows.forms[0].errors
    assert not Coating.objects.exists()


def test_a_new_electrode_is_pristine_and_then_infiltrated(signed_in, project):
    coating = factories.CoatingFactory(project=project)
    typed = {"project": project.pk, "coating": coating.pk, "made_at": "2026-03-02T12:00"}
    signed_in.post(reverse("samples:electrode-add"), typed)
    electrode = Electrode.objects.get()
    detail = reverse("samples:electrode-detail", args=[electrode.pk])
    assert signed_in.get(detail).context["state"] == ("ok", "pristine")
    batch = factories.BatchFactory(project=project)
    answer = signed_in.post(
        reverse("samples:electrode-infiltrate", args=[electrode.pk]),
        {"batch": batch.pk, "actual-volume_ul": "0.03 mL", "performed_at": "2026-03-02T13:00"},
    )
    assert answer.url == detail
    assert electrode.steps.get().consumptions.get().amount == 30.0
    page = signed_in.get(detail)
    assert page.context["state"] == ("ok", "infiltrated")
    assert batch.code in page.content.decode()


def test_an_electrode_is_found_by_its_present_state(signed_in, project):
    old = factories.ElectrodeEventFactory(electrode__project=project).electrode
    factories.ElectrodeEventFactory(electrode=old, state="used_up")
    fresh = factories.ElectrodeEventFactory(electrode__project=project).electrode
    answer = signed_in.get(reverse("samples:electrode-list"), {"state": "pristine"})
    assert [row.record for row in answer.context["table"].rows] == [fresh]


def test_a_step_is_logged_with_what_was_weighed(signed_in, project):
    batch, lot = factories.BatchFactory(project=project), factories.LotFactory()
    typed = {
        "kind": "weighing",
        "performed_at": "2026-03-02T12:00",
        "uses-0-lot": lot.pk,
        "uses-0-amount": "2,304",
        "uses-0-amount_u": "0.001",
        "uses-0-unit": "g",
        "uses-1-unit": "g",
        **USES,
    }
    signed_in.post(reverse("samples:batch-step", args=[batch.pk]), typed)
    (edge,) = batch.steps.get().consumptions.all()
    assert (edge.lot, edge.amount, edge.amount_u, edge.unit) == (lot, 2.304, 0.001, "g")


def test_a_step_wants_to_know_of_what_an_amount_was(signed_in, project):
    batch = factories.BatchFactory(project=project)
    typed = {
        "kind": "weighing",
        "performed_at": "2026-03-02T12:00",
        "uses-0-amount": "2",
        "uses-0-unit": "g",
        "uses-1-unit": "g",
        **USES,
    }
    answer = signed_in.post(reverse("samples:batch-step", args=[batch.pk]), typed)
    assert "Choose a lot or a batch" in answer.content.decode()
    assert not batch.steps.exists()


@pytest.mark.parametrize(
    ("text", "unit", "said"),
    [
        ("5 min", "s", "= 300 s"),
        ("0,8", "", "= 0.8"),
        ("300", "s", ""),
        ("", "s", ""),
        ("5 kg", "s", "cannot be converted"),
        ("<b>", "s", "&lt;b&gt;"),
    ],
)
def test_a_form_says_what_it_understood(signed_in, text, unit, said):
    answer = signed_in.get(
        reverse("samples:quantity"), {"field": "uv_time_s", "unit": unit, "uv_time_s": text}
    )
    words = answer.content.decode().strip()
    assert said in words
    assert bool(words) == bool(said)
