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
