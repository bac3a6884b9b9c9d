"""Templates: the paper's own, those of the lab, and the steps that are planned with a record."""

import pytest
from django.forms import ModelChoiceField
from django.urls import reverse

from cells.views import CELL
from labsite.access.models import Membership
from labsite.lib.quantities import checked
from samples.models import Coating, Electrode, ElectrolyteBatch, Film, Template
from samples.quantities import QUANTITIES
from samples.starters import STARTERS
from samples.views import BATCH, COATING, ELECTRODE, FILM
from tests import factories

KINDS = {kind.name: kind for kind in (BATCH, FILM, COATING, ELECTRODE, CELL)}
PAPER_CHEMICALS = {
    "Si": "active_material", "LFP": "active_material", "CNT": "conductive",
    "Super P": "conductive", "AB": "conductive", "VGCF": "conductive", "PAA": "binder",
    "PVDF": "binder", "PVP": "surfactant", "Li6PS5Cl": "solid_electrolyte",
    "Li3InCl6": "solid_electrolyte", "Li": "metal", "Li-In": "metal", "Stainless steel": "metal",
}  # fmt: skip


@pytest.fixture
def shelf(db):
    """The chemicals of the paper by short name."""
    return {
        name: factories.ChemicalFactory(short_name=name, role=role)
        for name, role in PAPER_CHEMICALS.items()
    }


def add_url(kind, **query):
    """The form of a new record."""
    return reverse(f"{KINDS[kind].app}:{kind}-add", query=query)


def start(client, kind, key):
    """The page of a new record that starts from a template."""
    return client.get(add_url(kind, template=key))


def filled_in(form):
    """What the form sends when nothing is changed on the page."""
    shown = list(form)
    if hasattr(getattr(form, "rows", None), "management_form"):
        shown += [*form.rows.management_form, *(bound for row in form.rows for bound in row)]
    sent = {}
    for bound in shown:
        value = bound.value()
        if bound.name != "planned_steps":
            value = bound.field.widget.format_value(value)
            value = value[0] if isinstance(value, list) else value
        sent[bound.html_name] = value if value is not None else ""
    return sent


def planned(sample):
    """The steps that are planned for a sample, besides its weighing."""
    steps = sample.steps.exclude(kind="weighing").order_by("position")
    assert all(step.performed_at is None for step in steps)
    return [(step.kind, step.planned) for step in steps]


@pytest.mark.parametrize("starter", STARTERS, ids=lambda one: one.key)
def test_every_built_in_template_fills_a_form_with_possible_values(user, shelf, starter):
    kind = KINDS[starter.kind]
    form = kind.form(None, user=user)
    for name, value in starter.values.items():
        assert name in form.fields, name
        field = form.fields[name]
        if isinstance(field, ModelChoiceField):
            assert value is None or value in shelf
        elif value not in (None, ""):
            understood = field.clean(field.prepare_value(value))
            assert getattr(understood, "mean", understood) == value
    assert all(row["chemical"] in shelf and row["weight_parts"] > 0 for row in starter.rows)
    for step in starter.steps:
        assert checked(QUANTITIES[step["kind"]], step["planned"], step["kind"]) == step["planned"]


def test_the_built_in_templates_have_one_key_each():
    assert len({starter.key for starter in STARTERS}) == len(STARTERS)
    assert {starter.kind for starter in STARTERS} == set(KINDS)


def test_the_elastic_electrolyte_starts_as_in_the_paper_and_asks_what_it_leaves_open(
    signed_in, project
):
    answer = start(signed_in, "batch", "elastic-x-0.8")
    form = answer.context["form"]
    assert form["mole_fraction_am"].value() == 0.8
    x, total = form["mole_fraction_am"].value(), form["total_monomer_mol_l"].value()
    assert (x * total, (1 - x) * total) == pytest.approx((2.4, 0.6))
    assert (form["crosslinker_mmol_l"].value(), form["photoinitiator_mmol_l"].value()) == (3, 1.5)
    assert (form["dem_molar_ratio"].value(), form["uv_time_s"].value()) == (4, 300)
    assert not form["concentration_basis"].value()
    assert form["project"].value() == project.pk
    assert "CONCENTRATION_BASIS" in form["notes"].value()
    with_fec = start(signed_in, "batch", "elastic-x-0.8-fec").context["form"]
    assert with_fec["fec_mass_fraction"].value() == 0.05
    assert not with_fec["fec_basis"].value()


def test_a_batch_of_the_template_is_stored_with_its_planned_steps(signed_in, project, user):
    url = add_url("batch", template="elastic-x-0.8")
    sent = filled_in(signed_in.get(url).context["form"])
    assert signed_in.post(url, sent).status_code == 302
    batch = ElectrolyteBatch.objects.get()
    assert planned(batch) == [("mixing", {}), ("precursor", {})]
    assert "CONCENTRATION_BASIS" in batch.notes
    assert {step.created_by for step in batch.steps.all()} == {user}


def test_the_silicon_coating_tells_its_contradiction_and_adds_up(signed_in, project, shelf):
    url = add_url("coating", template="si-coating")
    page = signed_in.get(url)
    assert "PVP:PAA = 15:1" in page.content.decode()
    answer = signed_in.post(url, filled_in(page.context["form"]))
    assert answer.status_code == 302
    coating = Coating.objects.get()
    parts = {row.chemical.short_name: row.weight_parts for row in coating.components.all()}
    assert parts == {"Si": 70, "CNT": 7.5, "Super P": 7.5, "PAA": 15, "PVP": 1}
    assert coating.active_mass_fraction == pytest.approx(
        parts["Si"] / sum(parts.values()), abs=5e-5
    )
    assert "RECIPE_INTERPRETED" in coating.notes
    literal = 70 + 7.5 + 7.5 + 15 + 15 * 15
    assert (70 / literal, 225 / literal) == pytest.approx((0.215, 0.69), abs=0.003)
    milling, *_others = planned(coating)
    assert milling == (
        "ball_milling", {"speed_rpm": 500.0, "time_h": 10.0, "atmosphere": "argon"},
    )  # fmt: skip
    assert [kind for kind, _planned in planned(coating)] == [
        "ball_milling", "slurry", "coating", "drying", "punching",
    ]  # fmt: skip
    binder = coating.components.get(chemical=shelf["PAA"])
    assert binder.solution_mass_fraction == 0.05


def test_a_coating_of_a_template_may_be_weighed_at_once(signed_in, project, shelf):
    lot = factories.LotFactory(chemical=shelf["Si"], initial_amount=10.0, remaining_amount=10.0)
    url = add_url("coating", template="si-coating")
    sent = filled_in(signed_in.get(url).context["form"])
    sent |= {"components-0-lot": str(lot.pk), "components-0-mass": "700"}
    answer = signed_in.post(url, sent)
    assert answer.status_code == 302, answer.context["form"].errors
    slurry = Coating.objects.get().steps.get(kind="slurry")
    assert slurry.performed_at is not None
    assert slurry.planned["solvent"] == "water"
    lot.refresh_from_db()
    assert lot.remaining_amount == pytest.approx(9.3)


def test_a_chemical_that_the_lab_lacks_is_named_and_nothing_fails(signed_in, project):
    factories.ChemicalFactory(short_name="Si", role="active_material")
    page = start(signed_in, "coating", "si-coating")
    assert page.status_code == 200
    names = [one.add_label for one in page.context["start"].missing]
    assert names == ["Add CNT", "Add Super P", "Add PAA", "Add PVP"]
    assert "There is no chemical “PVP”" in page.content.decode()
    form = page.context["form"]
    assert form.rows[0]["chemical"].value()
    assert form.rows[4]["weight_parts"].value() == 1
    answer = signed_in.post(add_url("coating", template="si-coating"), filled_in(form))
    assert answer.status_code == 200
    assert not Coating.objects.exists()


def test_a_pellet_is_pressed_as_in_the_paper(signed_in, project):
    powder = factories.BatchFactory(
        project=project, kind="sulfide", composition="Li6PS5Cl",
        dem_molar_ratio=None, mole_fraction_am=None,
    )  # fmt: skip
    url = f"{add_url('film', template='li6ps5cl-pellet')}&batch={powder.pk}"
    signed_in.post(url, filled_in(signed_in.get(url).context["form"]))
    film = Film.objects.get()
    assert (film.batch, film.form, film.diameter_mm) == (powder, "pellet", 10.0)
    quantities = {
        "pressure_mpa": 300.0, "time_s": 300.0, "die_diameter_mm": 10.0, "mass_mg": 100.0,
    }  # fmt: skip
    assert planned(film) == [("pressing", quantities)]


def test_an_electrode_takes_50_microlitres_and_five_minutes_of_light(signed_in, project):
    coating = factories.CoatingFactory(project=project)
    url = f"{add_url('electrode', template='electrode-12')}&coating={coating.pk}"
    signed_in.post(url, filled_in(signed_in.get(url).context["form"]))
    electrode = Electrode.objects.get()
    assert electrode.diameter_mm == 12.0
    infiltration, cure = planned(electrode)
    assert infiltration == ("infiltration", {"volume_ul": 50.0})
    assert cure == ("uv_cure", {"uv_time_s": 300.0})


def test_a_lithium_disc_does_not_carry_the_coating_of_the_last_electrode(
    signed_in, user, project, shelf
):
    factories.ElectrodeFactory(project=project, created_by=user)
    form = start(signed_in, "electrode", "lithium-12").context["form"]
    assert (form["coating"].value(), form["metal"].value()) == (None, shelf["Li"].pk)
    assert form["project"].value() == project.pk


def test_values_of_the_last_record_do_not_leak_into_a_template(signed_in, user, project):
    factories.BatchFactory(project=project, created_by=user, photoinitiator_mmol_l=9.0)
    form = start(signed_in, "batch", "dem-4-1").context["form"]
    assert form["photoinitiator_mmol_l"].value() is None
    plain = signed_in.get(add_url("batch")).context["form"]
    assert plain["photoinitiator_mmol_l"].value() == 9.0


def test_a_new_form_starts_from_the_last_record_of_the_project_when_one_has_none(
    signed_in, project
):
    factories.BatchFactory(project=project, crosslinker_mmol_l=4.5)
    factories.BatchFactory(crosslinker_mmol_l=6.0)
    form = signed_in.get(add_url("batch")).context["form"]
    assert form["crosslinker_mmol_l"].value() == 4.5


def test_an_unknown_template_is_told_and_the_form_opens(signed_in, project):
    for key in ("nonsense", "li6ps5cl-pellet", "00000000-0000-0000-0000-000000000000"):
        page = start(signed_in, "batch", key)
        assert page.status_code == 200
        assert "There is no template" in page.content.decode()


def test_steps_that_are_unticked_are_not_planned(signed_in, project):
    url = add_url("batch", template="elastic-x-0.8")
    sent = filled_in(signed_in.get(url).context["form"]) | {"planned_steps": ["1"]}
    signed_in.post(url, sent)
    assert planned(ElectrolyteBatch.objects.get()) == [("precursor", {})]
    signed_in.post(url, sent | {"planned_steps": []})
    assert planned(ElectrolyteBatch.objects.order_by("code").last()) == []
    answer = signed_in.post(url, sent | {"planned_steps": ["7"]})
    assert "planned_steps" in answer.context["form"].errors


def test_save_and_add_another_starts_from_the_same_template(signed_in, project):
    url = add_url("batch", template="elastic-x-0.8")
    sent = filled_in(signed_in.get(url).context["form"]) | {"another": "yes"}
    assert signed_in.post(url, sent).url == url


def test_a_series_from_a_template_plans_the_steps_of_every_record(signed_in, project):
    url = add_url("batch", template="elastic-x-0.8")
    sent = filled_in(signed_in.get(url).context["form"])
    sent |= {"series_field": "mole_fraction_am", "series_values": "0, 0.8, 1"}
    assert signed_in.post(url, sent).status_code == 302
    made = ElectrolyteBatch.objects.order_by("code")
    assert [batch.mole_fraction_am for batch in made] == [0, 0.8, 1]
    assert [planned(batch) for batch in made] == [[("mixing", {}), ("precursor", {})]] * 3


def test_a_series_whose_last_value_is_wrong_plans_nothing(signed_in, project):
    url = add_url("batch", template="elastic-x-0.8")
    sent = filled_in(signed_in.get(url).context["form"])
    sent |= {"series_field": "mole_fraction_am", "series_values": "0, 0.8, 11"}
    answer = signed_in.post(url, sent)
    assert answer.context["series"].non_field_errors()[0].startswith("Value 3 (“11”)")
    assert not ElectrolyteBatch.objects.exists()
    assert answer.context["form"]["planned_steps"].value() == ["0", "1"]


def test_a_duplicate_copies_the_steps_as_planned_and_the_ingredients(signed_in, project):
    source = factories.CoatingFactory(project=project)
    factories.CoatingComponentFactory(coating=source, weight_parts=15)
    factories.StepFactory(
        batch=None, coating=source, kind="drying", position=1,
        planned={"temperature_celsius": 60.0}, actual={"temperature_celsius": 64.0},
    )  # fmt: skip
    factories.StepFactory(
        batch=None, coating=source, kind="punching", position=2, actual={"diameter_mm": 12.0}
    )
    factories.StepFactory(batch=None, coating=source, kind="weighing", position=3)
    url = reverse("samples:coating-duplicate", args=[source.pk])
    assert signed_in.post(url, filled_in(signed_in.get(url).context["form"])).status_code == 302
    copy = Coating.objects.exclude(pk=source.pk).get()
    assert [row.weight_parts for row in copy.components.all()] == [15]
    assert planned(copy) == [
        ("drying", {"temperature_celsius": 60.0}),
        ("punching", {"diameter_mm": 12.0}),
    ]


def save_as(client, kind, record, **typed):
    """Make a template of a record."""
    url = reverse("samples:template-save", args=[kind, record.pk])
    return client.post(url, {"name": "House coating", **typed})


def test_a_record_becomes_a_template_for_the_whole_lab(client, manager, project, shelf):
    source = factories.CoatingFactory(
        project=project, active_material=shelf["Si"], blade_gap_um=150.0, notes="scratched"
    )
    factories.CoatingComponentFactory(coating=source, chemical=shelf["PAA"], weight_parts=15)
    factories.StepFactory(batch=None, coating=source, kind="drying", planned={"time_h": 12.0})
    client.force_login(manager)
    answer = save_as(client, "coating", source, notes="Dry slowly.")
    template = Template.objects.get()
    assert answer.url == reverse("samples:template-detail", args=[template.pk])
    assert template.values["active_material"] == "Si"
    assert template.values["blade_gap_um"] == 150.0
    assert not {"project", "made_at", "notes", "aliases"} & set(template.values)
    page = client.get(answer.url).content.decode()
    assert "Doctor-blade gap" in page
    assert "Drying · time 12 h" in page

    other = factories.MembershipFactory(role=Membership.Role.MEMBER)
    client.force_login(other.user)
    menu = client.get(add_url("coating")).content.decode()
    assert "House coating" in menu
    form = start(client, "coating", str(template.pk)).context["form"]
    assert form["blade_gap_um"].value() == 150.0
    assert form["active_material"].value() == shelf["Si"].pk
    assert form["notes"].value() == "Dry slowly."
    assert form["project"].value() == other.project_id
    client.post(add_url("coating", template=str(template.pk)), filled_in(form))
    made = Coating.objects.get(project=other.project)
    assert made.components.get().chemical == shelf["PAA"]
    assert planned(made) == [("drying", {"time_h": 12.0})]


def test_a_template_names_no_record_of_a_project(client, manager, project, shelf):
    disc = factories.ElectrodeFactory(project=project)
    client.force_login(manager)
    save_as(client, "electrode", disc)
    values = Template.objects.get().values
    assert "coating" not in values
    assert values["metal"] is None
    assert "active_mass_mg" not in values


def test_a_template_of_the_same_name_is_replaced_only_when_asked(client, manager, project):
    coating = factories.CoatingFactory(project=project, blade_gap_um=100.0)
    client.force_login(manager)
    save_as(client, "coating", coating)
    Coating.objects.filter(pk=coating.pk).update(blade_gap_um=120.0)
    answer = save_as(client, "coating", coating)
    assert "already" in answer.context["form"].errors["name"][0]
    assert Template.objects.get().values["blade_gap_um"] == 100.0
    save_as(client, "coating", coating, replace="on")
    template = Template.objects.get()
    assert (template.values["blade_gap_um"], template.version) == (120.0, 2)


def test_only_managers_make_rename_and_void_templates(client, user, manager, stranger, project):
    coating = factories.CoatingFactory(project=project)
    detail = reverse("samples:coating-detail", args=[coating.pk])
    client.force_login(user)
    assert "Save as template" not in client.get(detail).content.decode()
    assert save_as(client, "coating", coating).status_code == 403
    client.force_login(stranger)
    assert save_as(client, "coating", coating).status_code == 404
    client.force_login(manager)
    assert "Save as template" in client.get(detail).content.decode()
    save_as(client, "coating", coating)
    template = Template.objects.get()
    urls = {page: reverse(f"samples:template-{page}", args=[template.pk])
            for page in ("detail", "edit", "void")}  # fmt: skip
    client.force_login(user)
    assert client.get(urls["detail"]).status_code == 200
    assert client.get(urls["edit"]).status_code == 403
    client.force_login(manager)
    renamed = {"name": "Thin coating", "notes": "", "version": "1"}
    assert client.post(urls["edit"], renamed).status_code == 302
    assert client.post(urls["edit"], renamed).status_code == 409
    client.post(urls["void"], {"reason": "old binder"})
    menu = client.get(add_url("coating")).content.decode()
    assert "Thin coating" not in menu
    assert start(client, "coating", str(template.pk)).context["start"] is None


def test_the_list_of_templates_is_empty_with_a_hint_and_offers_no_empty_form(client, manager):
    client.force_login(manager)
    page = client.get(reverse("samples:template-list")).content.decode()
    assert "Save as template" in page
    assert client.get(reverse("samples:template-add")).status_code == 403
