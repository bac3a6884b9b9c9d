"""Who may see and do what on the pages of measurements."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tests.factories import (
    AttachmentFactory,
    CellFactory,
    InstrumentFactory,
    MeasurementFactory,
    SensorFactory,
)
from tests.measurements.stored import cycling_measurement

pytestmark = pytest.mark.django_db

READ = ["detail", "job", "raw", "table", "label"]
WRITE = ["edit", "void"]


@pytest.fixture
def measurement(project):
    return cycling_measurement(cell=CellFactory(project=project))


def url(page, record, *args):
    return reverse(f"measurements:measurement-{page}", args=[record.pk, *args])


def every_url(measurement):
    """All addresses about one measurement, with the method that they take."""
    raw_file = measurement.raw_files.get()
    code = measurement.cell.code
    return [
        *(("get", url(page, measurement)) for page in READ + WRITE),
        ("get", url("file", measurement, raw_file.pk)),
        ("get", url("plot", measurement, "time")),
        ("post", url("again", measurement)),
        ("post", url("void", measurement)),
        ("get", reverse("by-code", args=[code])),
        ("get", reverse("qr", args=[code])),
        ("get", reverse("by-code", args=[measurement.code])),
    ]


def test_a_stranger_finds_nothing_at_any_address(client, stranger, measurement):
    client.force_login(stranger)
    answers = {
        (method, address): getattr(client, method)(address).status_code
        for method, address in every_url(measurement)
    }
    assert set(answers.values()) == {404}, answers


def test_nobody_reads_without_signing_in(client, measurement):
    answers = [
        getattr(client, method)(address).status_code for method, address in every_url(measurement)
    ]
    assert set(answers) == {302}


@pytest.mark.parametrize("name", READ)
def test_a_viewer_reads(client, viewer, measurement, name):
    client.force_login(viewer)
    answer = client.get(url(name, measurement))
    answer.close()
    assert answer.status_code == 200


def test_a_viewer_may_not_write(client, viewer, measurement):
    client.force_login(viewer)
    answers = [client.get(url(page, measurement)).status_code for page in WRITE]
    answers.append(client.post(url("again", measurement)).status_code)
    assert answers == [403, 403, 403]


def test_a_viewer_sees_no_buttons_that_write(client, viewer, measurement):
    client.force_login(viewer)
    page = client.get(url("detail", measurement)).content.decode()
    for address in (url("edit", measurement), url("void", measurement), "/analyse/"):
        assert address not in page
    cell_page = client.get(reverse("cells:cell-detail", args=[measurement.cell.pk]))
    assert "data-upload" not in cell_page.content.decode().replace("data-upload-", "")


def test_lists_hold_only_what_one_may_see(client, stranger, signed_in, measurement):
    listed = reverse("measurements:measurement-list")
    assert measurement.code in signed_in.get(listed).content.decode()
    client.force_login(stranger)
    for address in (listed, f"{listed}?about={measurement.cell.code}", f"{listed}?as=csv"):
        assert measurement.code not in client.get(address).content.decode()


def test_an_attachment_is_given_only_to_those_who_may_read_its_record(
    client, stranger, viewer, project
):
    attachment = AttachmentFactory(cell=CellFactory(project=project))
    address = reverse("measurements:attachment-file", args=[attachment.pk])
    client.force_login(stranger)
    assert client.get(address).status_code == 404
    client.force_login(viewer)
    answer = client.get(address)
    answer.close()
    assert answer.status_code == 200
    assert 'filename="photo.jpg"' in answer["Content-Disposition"]


@pytest.mark.parametrize(
    ("kind", "make"), [("instrument", InstrumentFactory), ("sensor", SensorFactory)]
)
def test_only_managers_write_lab_wide_records(client, user, manager, kind, make):
    record = make()
    pages = [reverse(f"measurements:{kind}-{page}", args=[record.pk]) for page in WRITE]
    pages.append(reverse(f"measurements:{kind}-add"))
    client.force_login(user)
    assert {client.get(page).status_code for page in pages} == {403}
    assert client.get(reverse(f"measurements:{kind}-detail", args=[record.pk])).status_code == 200
    client.force_login(manager)
    assert {client.get(page).status_code for page in pages} == {200}


def test_a_lot_or_sensor_measured_in_a_foreign_project_stays_hidden(client, stranger, project):
    sensor = SensorFactory()
    measurement = MeasurementFactory(cell=None, sensor=sensor, project=project)
    client.force_login(stranger)
    page = client.get(reverse("measurements:sensor-detail", args=[sensor.pk]))
    assert page.status_code == 200
    assert measurement.code not in page.content.decode()


def test_a_photo_is_kept_beside_a_cell(signed_in, user, project):
    cell = CellFactory(project=project)
    address = reverse("measurements:attachment-add", args=["cell", cell.pk])
    answer = signed_in.post(
        address, {"file": SimpleUploadedFile("cut.jpg", b"\xff\xd8"), "title": "after cutting"}
    )
    assert answer.url == reverse("cells:cell-detail", args=[cell.pk])
    kept = cell.attachments.get()
    assert (kept.title, kept.original_name, kept.created_by) == ("after cutting", "cut.jpg", user)
    assert "after cutting" in signed_in.get(answer.url).content.decode()


@pytest.mark.parametrize(("who", "status"), [("stranger", 404), ("viewer", 403)])
def test_only_members_add_attachments(client, request, project, who, status):
    client.force_login(request.getfixturevalue(who))
    cell = CellFactory(project=project)
    address = reverse("measurements:attachment-add", args=["cell", cell.pk])
    answer = client.post(address, {"file": SimpleUploadedFile("cut.jpg", b"\xff\xd8")})
    assert answer.status_code == status
    assert not cell.attachments.exists()


def test_a_viewer_is_offered_neither_new_records_nor_uploads(client, signed_in, viewer, project):
    cell = CellFactory(project=project)
    page, upload = reverse("cells:cell-detail", args=[cell.pk]), reverse("measurements:upload")
    assert f'href="{upload}' in signed_in.get(page).content.decode()
    client.force_login(viewer)
    shown = client.get(page).content.decode()
    assert f'href="{upload}' not in shown
    assert 'data-key="n"' not in shown
    assert client.get(upload).status_code == 403
