"""Records through the API: created with codes, changed under their version, voided, never lost."""

import pytest

from samples.models import ElectrolyteBatch, Film
from tests import factories as make

BATCHES = "/api/v1/batches/"


@pytest.fixture
def batch(project):
    return make.BatchFactory(project=project)


@pytest.fixture
def film(project, batch):
    return make.FilmFactory(project=project, batch=batch)


def test_a_batch_is_created_under_the_next_code_and_tells_where_it_is(api, project):
    answer = api.post(
        BATCHES,
        {"project": project.name, "dem_molar_ratio": 4, "mole_fraction_am": 0.8, "uv_time_s": 300},
    )
    assert answer.status_code == 201, answer.json()
    body = answer.json()
    batch = ElectrolyteBatch.objects.get()
    assert body["code"] == batch.code
    assert body["code"].startswith("EB-")
    assert body["summary"] == "x = 0.80 · NMA:LiFSI 4:1 · UV 5 min"
    assert body["project"] == {
        "id": str(project.pk),
        "name": project.name,
        "url": f"http://testserver/api/v1/projects/{project.pk}/",
    }
    assert answer["Location"] == body["url"] == f"http://testserver/api/v1/batches/{batch.pk}/"
    assert answer["ETag"] == '"1"'
    assert batch.created_by.username == body["created_by"]


def test_a_record_is_found_by_uuid_and_by_code_in_any_case(api, batch):
    for name in (batch.pk, batch.code, batch.code.lower()):
        assert api.get(f"{BATCHES}{name}/").json()["id"] == str(batch.pk)


@pytest.mark.parametrize("name", ["EB-1999-0001", "nothing", "a%00b", "0" * 32])
def test_what_does_not_exist_is_a_404_with_a_sentence(api, name):
    answer = api.get(f"{BATCHES}{name}/")
    assert answer.status_code == 404
    assert answer.json()["code"] == "not_found"
    assert "that you may see" in answer.json()["detail"]


@pytest.mark.parametrize("by", ["pk", "code"])
def test_references_take_uuid_or_code(api, project, batch, by):
    answer = api.post(
        "/api/v1/films/",
        {"project": str(project.pk), "batch": str(getattr(batch, by)), "thickness_um": 200},
    )
    assert answer.status_code == 201, answer.json()
    assert Film.objects.get().batch == batch
    assert answer.json()["batch"] == {
        "id": str(batch.pk),
        "code": batch.code,
        "url": f"http://testserver/api/v1/batches/{batch.pk}/",
    }


def test_what_was_read_can_be_sent_back_with_a_change(api, film):
    url = f"/api/v1/films/{film.code}/"
    body = api.get(url).json() | {"thickness_um": 150.5}
    answer = api.patch(url, body)
    assert answer.status_code == 200, answer.json()
    assert (answer.json()["thickness_um"], answer.json()["version"]) == (150.5, 2)
    assert answer["ETag"] == '"2"'
    film.refresh_from_db()
    assert film.thickness_um == 150.5


def test_what_a_record_points_to_may_stay_although_it_was_voided_or_is_foreign(api, project):
    foreign = make.CellFactory(project=project, film=make.FilmFactory())
    voided = make.CellFactory(project=project)
    assert api.delete(f"/api/v1/films/{voided.film.code}/?reason=torn").status_code == 204
    for cell in (foreign, voided):
        url = f"/api/v1/cells/{cell.code}/"
        answer = api.patch(url, api.get(url).json() | {"notes": "x"})
        assert answer.status_code == 200, answer.json()
    other = make.CellFactory(project=project)
    sent = {"version": 1, "film": voided.film.code}
    assert api.patch(f"/api/v1/cells/{other.code}/", sent).status_code == 400


def test_a_change_without_the_version_is_refused_with_428(api, film):
    answer = api.patch(f"/api/v1/films/{film.code}/", {"thickness_um": 1})
    assert answer.status_code == 428
    assert answer.json()["code"] == "precondition_required"


def test_the_second_of_two_editors_gets_409_and_the_current_version(api, film):
    url = f"/api/v1/films/{film.code}/"
    seen = api.get(url)["ETag"]
    assert api.patch(url, {"notes": "first"}, headers={"If-Match": seen}).status_code == 200
    late = api.patch(url, {"notes": "second"}, headers={"If-Match": seen})
    assert late.status_code == 409
    assert (late.json()["code"], late.json()["current_version"]) == ("conflict", 2)
    film.refresh_from_db()
    assert film.notes == "first"


@pytest.mark.parametrize("sent", ["*", "x", '"-1"', "1.5", "9" * 30])
def test_a_version_that_is_none_is_refused(api, film, sent):
    answer = api.patch(f"/api/v1/films/{film.code}/", {"notes": ""}, headers={"If-Match": sent})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "version"


def test_errors_say_field_what_found_and_allowed(api, project):
    answer = api.post(
        BATCHES, {"project": project.name, "kind": "glass", "uv_time_s": -1, "prepared_at": "now"}
    )
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    body = answer.json()
    assert {name: body[name] for name in ("type", "title", "status", "code")} == {
        "type": "about:blank",
        "title": "Bad Request",
        "status": 400,
        "code": "invalid",
    }
    entries = {entry["field"]: entry for entry in body["errors"]}
    assert entries["kind"]["found"] == "glass"
    assert entries["kind"]["allowed"].startswith("one of: elastic, dem, liquid")
    assert (entries["uv_time_s"]["found"], entries["uv_time_s"]["allowed"]) == (
        -1,
        "a number from 0",
    )
    assert entries["prepared_at"]["allowed"] == "a time as in 2026-03-02T12:00:00+01:00"
    assert "kind: " in body["detail"]


def test_a_rule_of_the_model_is_told_in_its_words(api, project):
    answer = api.post(BATCHES, {"project": project.name, "kind": "elastic"})
    assert answer.status_code == 400
    assert "needs its NMA:LiFSI ratio and its AM fraction x" in answer.json()["detail"]


def test_a_misspelt_field_is_refused_instead_of_lost(api, project, batch):
    answer = api.post(
        "/api/v1/films/", {"project": project.name, "batch": batch.code, "thicknes_um": 200}
    )
    assert answer.status_code == 400
    assert answer.json()["errors"] == [
        {"field": "thicknes_um", "what": "Unknown field.", "found": 200, "allowed": None}
    ]


@pytest.mark.parametrize("number", ["NaN", "Infinity", "a lot", 10**400])
def test_what_is_no_finite_number_is_refused(api, project, batch, number):
    answer = api.post(
        "/api/v1/films/", {"project": project.name, "batch": batch.code, "thickness_um": number}
    )
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "thickness_um"


def test_a_record_stays_in_its_project(api, user, film):
    other = make.MembershipFactory(user=user).project
    answer = api.patch(f"/api/v1/films/{film.code}/", {"project": other.name, "version": 1})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["what"] == "A record stays in its project."


def test_delete_voids_with_a_reason_and_hides(api, film, user):
    url = f"/api/v1/films/{film.code}/"
    refused = api.delete(url)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (400, "reason")
    assert api.delete(f"{url}?reason=torn").status_code == 204
    film.refresh_from_db()
    assert (film.void_reason, film.voided_by) == ("torn", user)
    hidden = api.get(url)
    assert hidden.status_code == 404
    assert "is voided: torn" in hidden.json()["detail"]
    assert api.get("/api/v1/films/").json()["results"] == []
    shown = api.get(f"{url}?voided=true").json()
    assert (shown["voided"]["reason"], shown["voided"]["by"]) == ("torn", user.username)
    assert len(api.get("/api/v1/films/?voided=true").json()["results"]) == 1


def test_delete_takes_the_reason_from_the_body_and_looks_at_the_version(api, film):
    url = f"/api/v1/films/{film.code}/"
    late = api.delete(url, {"reason": "torn"}, headers={"If-Match": '"7"'})
    assert (late.status_code, late.json()["current_version"]) == (409, 1)
    assert api.delete(url, {"reason": "torn"}, headers={"If-Match": '"1"'}).status_code == 204
