"""Whatever goes wrong inside /api/ is told as application/problem+json."""

import pytest
from django.core.exceptions import RequestDataTooBig
from django.db import IntegrityError
from rest_framework.exceptions import Throttled
from rest_framework.test import APIClient, APIRequestFactory

from labsite.lib.problems import explain
from samples.api import FilmViewSet
from tests import factories as make


def problem(answer, status: int, code: str) -> dict:
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    body = answer.json()
    assert (body["status"], body["code"], body["type"]) == (status, code, "about:blank")
    assert body["title"]
    assert body["detail"]
    return body


def test_no_such_address(api):
    body = problem(api.get("/api/v1/nothing/here/"), 404, "not_found")
    assert body["detail"] == "There is nothing at /api/v1/nothing/here/."
    problem(api.post("/api/v1/nothing/"), 404, "not_found")


def test_an_address_without_slash_is_told_so(api):
    body = problem(api.post("/api/v1/films", {}), 404, "not_found")
    assert body["detail"].endswith("Addresses end in a slash.")


def test_no_such_method(api):
    problem(api.put("/api/v1/films/"), 405, "method_not_allowed")
    problem(api.delete("/api/v1/runs/"), 405, "method_not_allowed")


def test_a_body_of_another_type(api):
    answer = api.post("/api/v1/films/", "<film/>", content_type="text/xml")
    problem(answer, 415, "unsupported_media_type")


def test_a_body_that_is_too_large_is_not_read(api, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    answer = api.post("/api/v1/films/", {"notes": "x" * 100})
    problem(answer, 413, "too_large")


@pytest.mark.parametrize("text", ["{", '{"thickness_um": NaN}', "[1]", '"x"'])
def test_a_body_that_is_no_json_object(api, text):
    answer = api.post("/api/v1/films/", text, content_type="application/json")
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"


def test_a_wrong_key(db):
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION="Token nonsense")
    problem(client.get("/api/v1/films/"), 401, "authentication_failed")


def test_whatever_a_client_accepts_it_gets_json(api):
    for accept in ("text/html", "application/problem+json", "image/png"):
        assert api.get("/api/v1/films/", headers={"Accept": accept}).status_code == 200


def test_a_defect_is_logged_and_tells_nothing_of_its_inside(as_person, user, monkeypatch, caplog):
    def broken(_self: object) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr(FilmViewSet, "get_queryset", broken)
    client = as_person(user)
    client.raise_request_exception = False
    body = problem(client.get("/api/v1/films/"), 500, "server_error")
    assert "secret" not in str(body)
    assert "RuntimeError: secret" in caplog.text


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (Throttled(wait=7), 429, "throttled"),
        (RequestDataTooBig(), 413, "too_large"),
        (IntegrityError("unique"), 409, "conflict"),
    ],
)
def test_errors_from_below_have_their_status(error, status, code):
    answer = explain(error, {"request": APIRequestFactory().get("/")})
    assert (answer.status_code, answer.data["code"]) == (status, code)
    if status == 429:
        assert answer["Retry-After"] == "7"


def test_an_unknown_parameter_is_refused_instead_of_ignored(api):
    body = problem(api.get("/api/v1/films/?btach=EB-2026-0001"), 400, "invalid")
    assert body["errors"][0]["field"] == "btach"
    assert body["errors"][0]["found"] == "EB-2026-0001"
    assert "batch" in body["errors"][0]["what"]


def test_a_bad_filter_says_which(api):
    body = problem(api.get("/api/v1/batches/?x_min=much"), 400, "invalid")
    assert (body["errors"][0]["field"], body["errors"][0]["found"]) == ("x_min", "much")


def test_a_bad_cursor_is_refused(api, project):
    make.FilmFactory(project=project)
    problem(api.get("/api/v1/films/?cursor=nonsense"), 404, "not_found")


@pytest.mark.parametrize(
    "body",
    ['{"thickness_um": 1e999}', '{"notes": "\\ud800"}', '{"notes": ' + "[" * 100_000],
)
def test_what_cannot_be_stored_is_refused_at_the_door(api, project, body):
    film = make.FilmFactory(project=project)
    answer = api.patch(f"/api/v1/films/{film.pk}/", body, content_type="application/json")
    problem(answer, 400, "parse_error")


@pytest.mark.parametrize("reference", [["EB-1"], {"id": ["EB-1"]}, 5, {}])
def test_a_reference_that_is_no_text_is_refused(api, project, reference):
    film = make.FilmFactory(project=project)
    sent = {"batch": reference, "version": film.version}
    body = problem(api.patch(f"/api/v1/films/{film.pk}/", sent), 400, "invalid")
    assert body["errors"][0]["field"] == "batch"


def test_a_nul_sign_in_a_question_is_refused(api):
    body = problem(api.get("/api/v1/metrics/?name=%00"), 400, "invalid")
    assert body["errors"][0]["field"] == "name"


def test_a_fraction_out_of_its_range_is_told_in_words(api, project):
    sent = {
        "project": project.name, "dem_molar_ratio": 4, "mole_fraction_am": 0.5,
        "fec_mass_fraction": 1,
    }  # fmt: skip
    body = problem(api.post("/api/v1/batches/", sent), 400, "invalid")
    assert body["errors"][0]["what"] == "fec_mass_fraction must be at least 0 and below 1."


def test_a_step_may_say_that_something_was_used_without_saying_how_much(api, project):
    batch, lot = make.BatchFactory(project=project), make.LotFactory()
    sent = {"kind": "mixing", "batch": batch.code, "consumptions": [{"lot": lot.code}]}
    answer = api.post("/api/v1/steps/", sent)
    assert answer.status_code == 201, answer.json()
    assert answer.json()["consumptions"][0]["amount"] is None
