"""Steps in the API: planned, done, corrected, found by their quantities."""

import pytest

from samples.models import ProcessStep
from tests import factories as make

pytestmark = pytest.mark.django_db
STEPS = "/api/v1/steps/"


@pytest.fixture
def film(project):
    return make.FilmFactory(project=project)


def step_of(api, film, kind="uv_cure", **more):
    answer = api.post(STEPS, {"kind": kind, "film": film.code, **more})
    assert answer.status_code == 201, answer.json()
    return answer.json()


def found(api, query):
    answer = api.get(f"{STEPS}?{query}")
    assert answer.status_code == 200, answer.json()
    return [row["id"] for row in answer.json()["results"]]


def test_a_step_is_planned_done_and_corrected(api, film, user):
    planned = step_of(api, film, performed_at=None, planned={"uv_time_s": 300})
    assert (planned["performed_at"], planned["performed_by"], planned["position"]) == (
        None,
        None,
        1,
    )
    url = f"{STEPS}{planned['id']}/"
    done = api.post(f"{url}perform/", {"actual": {"uv_time_s": 310}, "note": "fan on"})
    assert done.status_code == 200, done.json()
    assert done.json()["actual"] == {"uv_time_s": 310.0}
    assert (done.json()["performed_by"], done.json()["version"]) == (user.username, 2)
    again = api.post(f"{url}perform/", {})
    assert again.status_code == 409
    assert f"UV curing was done already, by {user}" in again.json()["detail"]
    assert api.post(f"{url}revise/", {"actual": {"uv_time_s": 305}}).status_code == 428
    changed = api.post(f"{url}revise/", {"version": 2, "actual": {"uv_time_s": 305}})
    assert changed.json()["actual"] == {"uv_time_s": 305.0}
    assert changed.json()["note"] == "fan on"
    late = api.post(f"{url}revise/", {"version": 2, "actual": {}})
    assert (late.status_code, late.json()["current_version"]) == (409, 3)


def test_what_a_done_step_used_is_corrected(api, film, project):
    lot = make.LotFactory(initial_amount=10, remaining_amount=10)
    step = step_of(
        api, film, "drying", consumptions=[{"lot": lot.code, "amount": 2, "ingredient": "am"}]
    )
    url = f"{STEPS}{step['id']}/revise/"
    uses = [{"lot": lot.code, "amount": 500, "unit": "mg", "ingredient": "am"}]
    changed = api.post(url, {"version": 1, "consumptions": uses})
    assert changed.status_code == 200, changed.json()
    assert [part["amount"] for part in changed.json()["consumptions"]] == [500]
    lot.refresh_from_db()
    assert lot.remaining_amount == 9.5


def test_a_planned_step_has_nothing_actual(api, film):
    answer = api.post(
        STEPS,
        {"kind": "drying", "film": film.code, "performed_at": None, "actual": {"time_h": 1}},
    )
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "actual"


def test_an_unknown_quantity_is_refused_under_its_field(api, film):
    answer = api.post(STEPS, {"kind": "uv_cure", "film": film.code, "actual": {"uv_time_min": 5}})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "actual"
    assert "UV curing has no quantity 'uv_time_min'" in answer.json()["detail"]
    assert not ProcessStep.objects.exists()


def test_steps_are_found_by_quantity(api, film):
    short = step_of(api, film, actual={"uv_time_s": 60})["id"]
    long = step_of(api, film, actual={"uv_time_s": 300, "atmosphere": "argon"})["id"]
    plan = step_of(api, film, performed_at=None, planned={"uv_time_s": 310})["id"]
    step_of(api, film, "drying", planned={"time_h": 1})
    assert set(found(api, "quantity=uv_time_s")) == {short, long, plan}
    assert set(found(api, "quantity=uv_time_s&min=300")) == {long, plan}
    assert set(found(api, "quantity=uv_time_s&min=59&max=299.5")) == {short}
    assert found(api, "quantity=uv_time_s&value=300") == [long]
    assert found(api, "quantity=atmosphere&value=argon") == [long]
    assert found(api, "quantity=uv_time_s&planned=true") == [plan]
    assert set(found(api, "kind=uv_cure&planned=false")) == {short, long}


@pytest.mark.parametrize(
    ("query", "field", "words"),
    [
        ("quantity=uv_time", "quantity", "uv_time_s"),
        ("min=3", "quantity", "Say of which quantity"),
        ("quantity=atmosphere&min=3", "quantity", "is no number"),
        ("quantity=uv_time_s&value=long", "value", "is a number"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(api, film, query, field, words):
    answer = api.get(f"{STEPS}?{query}")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == field
    assert words in str(answer.json())


def test_a_viewer_and_a_stranger_change_no_step(client, film, user, viewer, stranger):
    step = make.StepFactory(batch=None, film=film, performed_at=None)
    for person, status in ((viewer, 403), (stranger, 404)):
        client.force_login(person)
        for act in ("perform", "revise"):
            answer = client.post(
                f"{STEPS}{step.pk}/{act}/", {"version": 1}, content_type="application/json"
            )
            assert answer.status_code == status, answer.content


def test_events_are_found_by_quantity(api, project):
    cell = make.CellFactory(project=project)
    for angle in (90, 180):
        answer = api.post(
            "/api/v1/cell-events/",
            {"cell": cell.code, "kind": "bent", "actual": {"angle_degree": angle}},
        )
        assert answer.status_code == 201, answer.json()
    found = api.get("/api/v1/cell-events/?quantity=angle_degree&min=91").json()["results"]
    assert [row["actual"]["angle_degree"] for row in found] == [180.0]
    assert len(api.get("/api/v1/cell-events/?quantity=angle_degree").json()["results"]) == 2
    wrong = api.get("/api/v1/cell-events/?quantity=angle")
    assert wrong.status_code == 400
    assert "angle_degree" in str(wrong.json())
