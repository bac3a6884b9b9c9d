"""Coatings, electrodes, steps, cells and instruments: what is made together with its parts."""

import pytest

from labsite.access.models import Membership
from samples.models import Coating, Electrode
from tests import factories as make


@pytest.fixture
def batch(project):
    return make.BatchFactory(project=project)


@pytest.fixture
def film(project, batch):
    return make.FilmFactory(project=project, batch=batch)


def test_components_of_a_coating_are_nested_and_replaced_as_a_whole(api, project):
    silicon = make.ChemicalFactory(role="active_material", short_name="Si")
    binder, carbon = make.ChemicalFactory(), make.ChemicalFactory()
    made = api.post(
        "/api/v1/coatings/",
        {
            "project": project.name,
            "active_material": silicon.code,
            "components": [
                {"chemical": silicon.code, "weight_parts": 80},
                {"chemical": binder.code, "weight_parts": 20, "solution_mass_fraction": 0.05},
            ],
        },
    )
    assert made.status_code == 201, made.json()
    assert [part["weight_parts"] for part in made.json()["components"]] == [80, 20]
    url = made.json()["url"]
    changed = api.patch(
        url, {"version": 1, "components": [{"chemical": carbon.code, "weight_parts": 5}]}
    )
    assert [part["chemical"]["code"] for part in changed.json()["components"]] == [carbon.code]
    kept = api.patch(url, {"version": 2, "notes": "x"})
    assert len(kept.json()["components"]) == 1


def test_a_bad_component_is_named_and_nothing_is_stored(api, project):
    silicon = make.ChemicalFactory(role="active_material")
    answer = api.post(
        "/api/v1/coatings/",
        {
            "project": project.name,
            "active_material": silicon.code,
            "components": [
                {"chemical": silicon.code, "weight_parts": 1},
                {"chemical": silicon.code, "weight_parts": 2},
            ],
        },
    )
    assert answer.status_code == 400
    assert Coating.objects.count() == 0
    answer = api.post(
        "/api/v1/coatings/",
        {
            "project": project.name,
            "active_material": silicon.code,
            "components": [{"chemical": silicon.code, "weight_parts": "much"}],
        },
    )
    assert answer.json()["errors"][0]["field"] == "components.0.weight_parts"
    assert answer.json()["errors"][0]["found"] == "much"


def test_an_electrode_starts_pristine_and_is_infiltrated(api, project, batch):
    coating = make.CoatingFactory(project=project)
    made = api.post(
        "/api/v1/electrodes/",
        {"project": project.name, "coating": coating.code, "diameter_mm": 10},
    ).json()
    assert made["state"] == "pristine"
    assert made["area_cm2"] == pytest.approx(0.785398, abs=1e-6)
    step = api.post(f"{made['url']}infiltrate/", {"batch": batch.code, "volume_ul": 20})
    assert step.status_code == 201, step.json()
    used = step.json()["consumptions"][0]
    assert (used["batch"]["code"], used["amount"], used["unit"]) == (batch.code, 20, "uL")
    assert api.get(made["url"]).json()["state"] == "infiltrated"
    events = api.get(f"/api/v1/electrode-events/?electrode={made['code']}").json()["results"]
    assert {event["state"] for event in events} == {"pristine", "infiltrated"}
    found = api.get(f"/api/v1/consumptions/?batch={batch.code}").json()["results"]
    assert [row["step"] for row in found] == [step.json()["id"]]


def test_a_step_logs_what_it_used(api, project, batch, user):
    lot = make.LotFactory()
    answer = api.post(
        "/api/v1/steps/",
        {
            "kind": "weighing",
            "batch": batch.code,
            "planned": {"balance_readability_mg": 0.1},
            "consumptions": [{"lot": lot.code, "amount": 1.02, "amount_u": 0.001, "unit": "g"}],
        },
    )
    assert answer.status_code == 201, answer.json()
    assert answer.json()["performed_by"] == user.username
    assert answer.json()["planned"] == {"balance_readability_mg": 0.1}
    assert answer.json()["consumptions"][0]["lot"]["code"] == lot.code
    listed = api.get(f"/api/v1/steps/?batch={batch.code}&kind=weighing").json()["results"]
    assert [row["id"] for row in listed] == [answer.json()["id"]]


@pytest.mark.parametrize("planned", [[1], "x", {"a": "\0"}])
def test_a_step_wants_an_object_that_can_be_stored(api, batch, planned):
    answer = api.post("/api/v1/steps/", {"kind": "mixing", "batch": batch.code, "planned": planned})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "planned"


def test_a_step_is_about_one_sample_and_a_use_of_one_material(api, film, batch):
    both = api.post("/api/v1/steps/", {"kind": "mixing", "batch": batch.code, "film": film.code})
    assert "Found batch, film; exactly one of" in both.json()["detail"]
    none = api.post(
        "/api/v1/steps/",
        {"kind": "mixing", "batch": batch.code, "consumptions": [{"amount": 1}]},
    )
    assert none.json()["errors"][0]["field"] == "consumptions.0"


def test_infiltration_is_sent_to_its_own_route(api, project):
    electrode = make.ElectrodeFactory(project=project)
    answer = api.post("/api/v1/steps/", {"kind": "infiltration", "electrode": electrode.code})
    assert "/infiltrate/" in answer.json()["detail"]
    assert Electrode.objects.get().steps.count() == 0


def test_a_cell_is_put_together_and_taken_apart(api, project, film):
    anode, metal = make.ElectrodeFactory(project=project), make.ElectrodeFactory(project=project)
    made = api.post(
        "/api/v1/cells/",
        {
            "project": project.name,
            "cell_type": "anode_half_cell",
            "film": film.code,
            "assembled_at": "2026-03-02T12:00:00Z",
            "electrodes": {"positive": anode.code, "negative": str(metal.pk)},
        },
    )
    assert made.status_code == 201, made.json()
    cell = made.json()
    places = {place["role"]: place["electrode"]["code"] for place in cell["places"]}
    assert places == {"positive": anode.code, "negative": metal.code}
    again = api.post(
        "/api/v1/cells/",
        {
            "project": project.name,
            "cell_type": "full_cell",
            "electrodes": {"positive": anode.code},
        },
    )
    assert again.status_code == 400
    early = api.post(f"{cell['url']}harvest/", {"role": "positive", "at": "2026-03-01T12:00:00Z"})
    assert early.json()["errors"][0]["field"] == "at"
    harvested = api.post(f"{cell['url']}harvest/", {"role": "positive"})
    assert harvested.status_code == 200, harvested.json()
    assert (harvested.json()["code"], harvested.json()["state"]) == (anode.code, "harvested")
    twice = api.post(f"{cell['url']}harvest/", {"role": "positive"})
    assert twice.json()["errors"][0]["found"] == "positive"
    events = api.get(f"/api/v1/cell-events/?cell={cell['code']}").json()["results"]
    assert {event["kind"] for event in events} == {"assembled", "opened"}


def test_electrodes_are_given_only_to_a_new_cell(api, project):
    cell, electrode = make.CellFactory(project=project), make.ElectrodeFactory(project=project)
    answer = api.patch(
        f"/api/v1/cells/{cell.code}/", {"version": 1, "electrodes": {"positive": electrode.code}}
    )
    assert answer.json()["errors"][0]["field"] == "electrodes"


def test_an_event_of_a_cell_is_logged(api, project, user):
    cell = make.CellFactory(project=project)
    answer = api.post(
        "/api/v1/cell-events/",
        {"cell": cell.code, "kind": "cut", "at": "2026-03-02T12:00:00Z", "note": "scissors"},
    )
    assert answer.status_code == 201, answer.json()
    assert answer.json()["created_by"] == user.username
    assert cell.events.get().kind == "cut"


def test_channels_come_with_their_instrument(manage):
    made = manage.post(
        "/api/v1/instruments/",
        {"name": "Neware 1", "kind": "cycler", "channels": [{"name": "7-1"}, {"name": "7-2"}]},
    )
    assert made.status_code == 201, made.json()
    changed = manage.patch(
        made.json()["url"],
        {"version": 1, "channels": [{"name": "7-2", "current_range_a": 0.1}, {"name": "7-3"}]},
    )
    assert [(one["name"], one["current_range_a"]) for one in changed.json()["channels"]] == [
        ("7-1", None),
        ("7-2", 0.1),
        ("7-3", None),
    ]


def test_lab_wide_records_are_written_by_managers_only(api, manage):
    body = {"name": "lithium bis(fluorosulfonyl)imide", "short_name": "LiFSI", "role": "salt"}
    assert api.post("/api/v1/chemicals/", body).status_code == 403
    made = manage.post("/api/v1/chemicals/", body)
    assert made.status_code == 201
    assert api.get(made.json()["url"]).status_code == 200
    assert api.patch(made.json()["url"], {"version": 1, "name": "x"}).status_code == 403
    taken = manage.post("/api/v1/chemicals/", body)
    assert taken.json()["errors"][0]["field"] == "short_name"


def test_a_project_tells_its_members(api, project, user):
    body = api.get(f"/api/v1/projects/{project.pk}/").json()
    assert body["members"] == [
        {"username": user.username, "name": user.username, "role": Membership.Role.MEMBER}
    ]
    assert [row["name"] for row in api.get("/api/v1/projects/").json()["results"]] == [project.name]
