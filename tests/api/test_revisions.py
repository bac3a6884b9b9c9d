"""Growing files and further parts through the API."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from measurements.models import Measurement
from tests import factories as make
from tests.measurements.growing import CUT, again, lines, read, table


@pytest.fixture
def cell(project):
    return make.CellFactory(project=project)


def send(client, rows, name="run.bdf.csv", **fields):
    file = SimpleUploadedFile(name, table(rows))
    return client.post("/api/v1/files/", {"file": file, **fields}, format="multipart")


def newest(client, code):
    """The measurement as the API gives it after its files were read."""
    read(Measurement.objects.get(code=code))
    return client.get(f"/api/v1/measurements/{code}/").json()


def test_a_grown_file_is_a_revision_of_the_same_measurement(api, cell, user):
    rows = lines(3)
    first = send(api, rows[:90], cell=cell.code).json()
    code = first["measurement"]["code"]
    newest(api, code)
    again_sent = send(api, rows, cell=cell.code)
    body = again_sent.json()
    assert (again_sent.status_code, body["duplicate"]) == (201, False)
    assert (body["measurement"]["code"], body["part"], body["revision"]) == (code, 1, 2)
    shown = newest(api, code)
    assert (shown["rows"], shown["version"]) == (120, 3)
    old, new = shown["files"]
    assert (old["revision"], old["rows"], old["verdict"]) == (1, 90, "accepted")
    assert (new["id"], new["revision"], new["rows"]) == (body["id"], 2, 120)
    assert new["reason"] == "30 rows more; it begins with all of the file before."
    assert (new["decided_by"], new["created_by"]) == (None, user.username)
    earlier = api.get(f"/api/v1/measurements/{code}/files/{old['id']}/")
    assert b"".join(earlier.streaming_content) == table(rows[:90])
    latest = api.get(f"/api/v1/measurements/{code}/file/")
    assert b"".join(latest.streaming_content) == table(rows)


@pytest.mark.parametrize(
    ("act", "status", "rows", "verdict"),
    [
        ("accept", 202, 80, "accepted"),
        ("leave", 202, 120, "refused"),
        ("separate", 201, 120, "refused"),
    ],
)
def test_a_person_or_program_decides_what_is_asked(api, cell, user, act, status, rows, verdict):
    code = send(api, lines(3), cell=cell.code).json()["measurement"]["code"]
    newest(api, code)
    asked = send(api, lines(2), cell=cell.code).json()["id"]
    assert newest(api, code)["files"][1]["verdict"] == "asked"
    answer = api.post(f"/api/v1/measurements/{code}/files/{asked}/{act}/")
    assert answer.status_code == status, answer.json()
    shown = newest(api, code)
    file = shown["files"][1]
    assert (shown["rows"], file["verdict"], file["decided_by"]) == (rows, verdict, user.username)
    if act == "separate":
        assert newest(api, answer.json()["code"])["rows"] == 80


def test_what_cannot_be_decided_is_refused_with_a_sentence(api, as_person, cell, viewer):
    code = send(api, lines(2), cell=cell.code).json()["measurement"]["code"]
    file = newest(api, code)["files"][0]["id"]
    address = f"/api/v1/measurements/{code}/files/{file}"
    answer = api.post(f"{address}/leave/")
    assert answer.status_code == 400
    assert "void the measurement instead" in answer.json()["detail"]
    assert as_person(viewer).post(f"{address}/accept/").status_code == 403
    assert api.post(f"/api/v1/measurements/{code}/files/nothing/accept/").status_code == 404


def test_a_part_is_sent_to_a_measurement_without_naming_the_subject(api, cell):
    rows = lines(5)
    code = send(api, rows[:CUT], cell=cell.code).json()["measurement"]["code"]
    newest(api, code)
    body = send(api, again(rows[CUT:]), name="b.csv", continues=code).json()
    assert (body["measurement"]["code"], body["part"], body["revision"]) == (code, 2, 1)
    shown = newest(api, code)
    assert (shown["rows"], shown["columns"][-1]) == (200, "part_index")
    said = send(api, lines(6), name="c.csv", cell=make.CellFactory(project=cell.project).code,
                continues=code)  # fmt: skip
    assert said.status_code == 400
    assert f"{code} is about {cell.code}" in said.json()["detail"]


def test_measurements_are_joined(api, cell):
    rows = lines(4)
    first = send(api, rows[:80], cell=cell.code).json()["measurement"]["code"]
    second = send(api, again(rows[80:]), name="b.csv", cell=cell.code).json()["measurement"]["code"]
    newest(api, first), newest(api, second)
    answer = api.post(f"/api/v1/measurements/{first}/join/", {"next": second})
    assert answer.status_code == 202, answer.json()
    assert newest(api, first)["rows"] == 160
    assert api.get(f"/api/v1/measurements/{second}/").status_code == 404


def test_a_member_of_another_project_adds_nothing(api, as_person, cell):
    code = send(api, lines(1), cell=cell.code).json()["measurement"]["code"]
    outsider = as_person(make.MembershipFactory().user)
    for field in ("revision_of", "continues"):
        assert send(outsider, lines(2), **{field: code}).status_code == 404
