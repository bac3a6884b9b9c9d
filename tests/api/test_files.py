"""POST /files/: stored once, streamed, recognised, refused with reasons."""

import hashlib
import json
from datetime import UTC, datetime

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile

from measurements.models import Blob, Measurement, RawFile
from tests import factories as make

URL = "/api/v1/files/"


@pytest.fixture
def cell(project):
    return make.CellFactory(project=project)


def send(client, content: bytes = b"some bytes", name: str = "a b(1).ndax", **fields):
    file = SimpleUploadedFile(name, content)
    return client.post(URL, {"file": file, **fields}, format="multipart")


def test_a_file_becomes_a_queued_measurement(api, cell, user):
    answer = send(api, b"the bytes", cell=cell.code)
    assert answer.status_code == 201, answer.json()
    measurement = Measurement.objects.get()
    raw = RawFile.objects.get()
    sha256 = hashlib.sha256(b"the bytes").hexdigest()
    assert answer.json() == {
        "id": str(raw.pk),
        "sha256": sha256,
        "duplicate": False,
        "part": 1,
        "revision": 1,
        "measurement": {
            "id": str(measurement.pk),
            "code": measurement.code,
            "url": f"http://testserver/api/v1/measurements/{measurement.pk}/",
            "status": "queued",
        },
    }
    assert (measurement.cell, measurement.project, measurement.created_by) == (
        cell,
        cell.project,
        user,
    )
    assert raw.original_name == "a b(1).ndax"
    with default_storage.open(raw.blob.file.name) as stored:
        assert stored.read() == b"the bytes"


def test_the_same_bytes_for_the_same_subject_are_stored_once(api, cell):
    first, again = send(api, cell=cell.code), send(api, name="other name", cell=str(cell.pk))
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json()["duplicate"] is True
    assert again.json()["id"] == first.json()["id"]
    assert again.json()["measurement"] == first.json()["measurement"]
    assert (Measurement.objects.count(), RawFile.objects.count(), Blob.objects.count()) == (1, 1, 1)


def test_the_same_bytes_for_another_subject_are_another_measurement_of_one_blob(api, cell):
    send(api, cell=cell.code)
    assert send(api, film=cell.film.code).status_code == 201
    assert (Measurement.objects.count(), Blob.objects.count()) == (2, 1)


@pytest.mark.parametrize(
    ("name", "factory"),
    [
        ("cell", make.CellFactory),
        ("film", make.FilmFactory),
        ("batch", make.BatchFactory),
        ("coating", make.CoatingFactory),
        ("electrode", make.ElectrodeFactory),
        ("lot", make.LotFactory),
        ("sensor", make.SensorFactory),
    ],
)
@pytest.mark.parametrize("by", ["pk", "code"])
def test_every_kind_of_subject_is_taken_by_code_and_uuid(api, project, name, factory, by):
    lab_wide = name in {"lot", "sensor"}
    subject = factory() if lab_wide else factory(project=project)
    answer = send(api, **{name: getattr(subject, by)})
    assert answer.status_code == 201, answer.json()
    assert Measurement.objects.get().subject == subject


def test_everything_that_is_said_is_kept(api, cell):
    instrument = make.InstrumentFactory(name="Gamry 1")
    channel = make.ChannelFactory(instrument=instrument, name="7-1")
    answer = send(
        api,
        cell=cell.code,
        kind="impedance",
        instrument="Gamry 1",
        channel="7-1",
        performed_at="2026-03-02T12:00:00+01:00",
        conditions=json.dumps({"temperature_celsius": 25, "contact_geometry": "blocking"}),
    )
    assert answer.status_code == 201, answer.json()
    measurement = Measurement.objects.get()
    assert (measurement.kind, measurement.instrument, measurement.channel) == (
        "impedance",
        instrument,
        channel,
    )
    assert measurement.performed_at == datetime(2026, 3, 2, 11, tzinfo=UTC)
    assert measurement.conditions == {"temperature_celsius": 25.0, "contact_geometry": "blocking"}


@pytest.mark.parametrize("by", ["pk", "code", "name"])
def test_an_instrument_is_named_by_uuid_code_or_name(api, cell, by):
    instrument = make.InstrumentFactory()
    assert send(api, cell=cell.code, instrument=getattr(instrument, by)).status_code == 201
    assert Measurement.objects.get().instrument == instrument


def test_a_time_without_zone_is_read_in_the_zone_of_the_lab(api, cell, settings):
    settings.LAB_TIME_ZONE = "Asia/Tokyo"
    assert send(api, cell=cell.code, performed_at="2026-03-02T12:00:00").status_code == 201
    assert Measurement.objects.get().performed_at == datetime(2026, 3, 2, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({}, "", "Found no subject; exactly one of batch, film,"),
        ({"film": "FI-1"}, "", "Found film, cell; exactly one of"),
        ({"kind": "music"}, "kind", "not a valid choice"),
        ({"instrument": "none"}, "instrument", "no such instrument"),
        ({"channel": "7-1"}, "channel", "Say of which instrument"),
        ({"performed_at": "noon"}, "performed_at", "wrong format"),
        ({"conditions": "{"}, "conditions", "valid JSON"),
        ({"conditions": "[" * 100_000}, "conditions", "valid JSON"),
        ({"conditions": "[1]"}, "conditions", "JSON object"),
        ({"conditions": '{"temperature": 25}'}, "conditions", "temperature is not known"),
        ({"conditions": '{"temperature_celsius": "warm"}'}, "conditions", "expected a number"),
        ({"conditions": f'{{"thickness_um": {10**400}}}'}, "conditions", "expected a number"),
        ({"conditions": '{"contact_geometry": "a\\u0000b"}'}, "conditions", "expected a word"),
        ({"celll": "CE-1"}, "celll", "Unknown field"),
    ],
)
def test_what_is_wrong_is_said_with_the_field(api, cell, fields, field, words):
    sent = fields if not fields else {"cell": cell.code, **fields}
    answer = send(api, **sent)
    assert answer.status_code == 400
    entries = {entry["field"]: entry["what"] for entry in answer.json()["errors"]}
    assert words in entries[field]
    assert Blob.objects.count() == 0


def test_an_instrument_whose_name_is_not_unique_is_asked_for_by_code(api, cell):
    make.InstrumentFactory.create_batch(2, name="Neware")
    answer = send(api, cell=cell.code, instrument="Neware")
    assert "send the code of one" in answer.json()["errors"][0]["what"]


def test_a_channel_that_is_not_there_lists_those_that_are(api, cell):
    channel = make.ChannelFactory(name="7-1")
    answer = send(api, cell=cell.code, instrument=channel.instrument.code, channel="8-1")
    assert answer.json()["errors"][0]["what"].endswith("has the channels: 7-1.")


def test_no_file_is_refused(api, cell):
    answer = api.post(URL, {"cell": cell.code}, format="multipart")
    assert answer.json()["errors"][0]["field"] == "file"


def test_json_instead_of_a_file_is_refused(api, cell):
    assert api.post(URL, {"cell": cell.code}).status_code == 415


def test_an_empty_file_is_taken_so_that_its_reading_can_say_what_is_wrong(api, cell):
    assert send(api, b"", cell=cell.code).status_code == 201
    assert Measurement.objects.get().size_bytes == 0


def test_a_file_that_is_too_large_is_refused_before_and_while_it_is_read(api, cell, settings):
    settings.MAX_UPLOAD_BYTES = 10
    answer = send(api, b"12345678901", cell=cell.code)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    settings.MAX_UPLOAD_BYTES = -(2**20)
    answer = send(api, b"1", cell=cell.code)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert Blob.objects.count() == 0


def test_uploads_are_streamed_to_disk(settings):
    assert settings.FILE_UPLOAD_HANDLERS == [
        "django.core.files.uploadhandler.TemporaryFileUploadHandler"
    ]


@pytest.mark.parametrize("by", ["pk", "code"])
def test_a_stranger_is_told_that_there_is_no_such_cell(as_person, stranger, cell, by):
    outsider = make.MembershipFactory().user
    for person in (stranger, outsider):
        answer = send(as_person(person), cell=getattr(cell, by))
        assert answer.status_code == 404
    assert Blob.objects.count() == 0


def test_a_viewer_may_not_upload(as_person, viewer, cell):
    assert send(as_person(viewer), cell=cell.code).status_code == 403
    assert Blob.objects.count() == 0


def test_nothing_is_uploaded_to_a_voided_cell(api, cell):
    api.delete(f"/api/v1/cells/{cell.pk}/?reason=wrong")
    answer = send(api, cell=cell.code)
    assert answer.status_code == 400
    assert f"{cell.code} is voided (wrong); it cannot be used any more." in answer.json()["detail"]


def test_a_body_in_chunks_is_refused_as_nothing_of_it_would_be_read(api, cell):
    answer = api.post(URL, {}, format="multipart", HTTP_TRANSFER_ENCODING="chunked")
    assert (answer.status_code, answer.json()["code"]) == (411, "length_required")


def test_a_lot_wants_to_know_the_project_when_there_are_several(api, user):
    other = make.MembershipFactory(user=user).project
    lot = make.LotFactory()
    asked = send(api, lot=lot.code)
    assert asked.status_code == 400
    assert asked.json()["errors"][0]["field"] == "project"
    assert send(api, lot=lot.code, project=other.name).status_code == 201
    assert Measurement.objects.get().project == other


def test_attachments_are_kept_and_given_back(api, cell, user):
    photo = SimpleUploadedFile("photo.jpg", b"jpeg")
    made = api.post(
        "/api/v1/attachments/",
        {"file": photo, "cell": cell.code, "title": "before"},
        format="multipart",
    )
    assert made.status_code == 201, made.json()
    body = made.json()
    assert (body["name"], body["size_bytes"], body["cell"]["code"]) == ("photo.jpg", 4, cell.code)
    listed = api.get(f"/api/v1/attachments/?cell={cell.code}").json()["results"]
    assert [row["id"] for row in listed] == [body["id"]]
    file = api.get(f"{body['url']}file/")
    assert b"".join(file.streaming_content) == b"jpeg"
    assert file["Content-Disposition"] == 'attachment; filename="photo.jpg"'


def test_an_attachment_belongs_to_one_record(api, cell):
    file = SimpleUploadedFile("a.txt", b"1")
    both = {"file": file, "cell": cell.code, "film": cell.film.code}
    answer = api.post("/api/v1/attachments/", both, format="multipart")
    assert "Found film, cell" in answer.json()["detail"]


def test_only_managers_attach_to_an_instrument(api, manage):
    instrument = make.InstrumentFactory()
    for client, status in ((api, 403), (manage, 201)):
        sent = {"file": SimpleUploadedFile("m.pdf", b"1"), "instrument": instrument.code}
        answer = client.post("/api/v1/attachments/", sent, format="multipart")
        assert answer.status_code == status
