"""The client against a real site: sent, recognised, refused with the site's sentence."""

import hashlib
import socket
from io import StringIO

import pytest
from django.core.files.storage import default_storage
from django.core.management import call_command
from labsite_client import Client, Refused, Unreachable

from labsite.access.models import User
from measurements.models import Measurement, RawFile
from tests import factories as make
from tests.client.stub import serving

pytestmark = pytest.mark.django_db(transaction=True)


def key_of(person: User) -> str:
    out = StringIO()
    call_command("create_api_key", stdout=out, user=person.username, label="cycler-pc")
    return out.getvalue().strip()


@pytest.fixture
def cell(project):
    return make.CellFactory(project=project)


@pytest.fixture
def client(live_server, user):
    return Client(live_server.url, key_of(user), attempts=1)


@pytest.fixture
def file(tmp_path):
    path = tmp_path / 'Zelle "7"; 25 °C.ndax'
    path.write_bytes(b"the bytes" * 100_000)
    return path


def test_a_file_arrives_as_it_is_with_all_that_is_said_of_it(client, cell, file, user):
    instrument = make.InstrumentFactory(name="Cycler 12")
    channel = make.ChannelFactory(instrument=instrument, name="7-1")
    receipt = client.upload(
        file,
        subject={"cell": cell.code},
        kind="cycling",
        instrument="Cycler 12",
        channel="7-1",
        performed_at="2026-03-02T12:00:00+01:00",
        conditions={"temperature_celsius": 25},
    )
    measurement = Measurement.objects.get()
    assert receipt["measurement"]["code"] == measurement.code
    assert receipt["sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()
    assert (measurement.cell, measurement.channel, measurement.kind) == (cell, channel, "cycling")
    assert measurement.performed_at.isoformat() == "2026-03-02T11:00:00+00:00"
    assert measurement.conditions == {"temperature_celsius": 25}
    assert measurement.created_by == user
    raw = RawFile.objects.get()
    assert raw.original_name == "Zelle %227%22; 25 °C.ndax"
    with default_storage.open(raw.blob.file.name) as stored:
        assert stored.read() == file.read_bytes()


def test_the_same_bytes_are_recognised(client, cell, file):
    first = client.upload(file, subject={"cell": cell.code})
    again = client.upload(file, subject={"cell": cell.code})
    assert (first["duplicate"], again["duplicate"]) == (False, True)
    assert first["measurement"]["id"] == again["measurement"]["id"]
    assert Measurement.objects.count() == 1


def test_a_refusal_says_what_the_site_says(client, file, project):
    with pytest.raises(Refused, match="There is no cell CE-2026-0999 that you may see") as refusal:
        client.upload(file, subject={"cell": "CE-2026-0999"})
    assert (refusal.value.status, refusal.value.code) == (404, "not_found")
    with pytest.raises(Refused, match="^request: Found no subject; exactly one of") as refusal:
        client.upload(file, subject={})
    assert (refusal.value.status, refusal.value.code) == (400, "invalid")


def test_who_may_only_read_may_not_send(live_server, viewer, cell, file):
    with pytest.raises(Refused) as refusal:
        Client(live_server.url, key_of(viewer)).upload(file, subject={"cell": cell.code})
    assert (refusal.value.status, refusal.value.code) == (403, "permission_denied")
    assert Measurement.objects.count() == 0


def test_a_wrong_key_is_told_also_before_a_large_file_is_taken(live_server, cell, tmp_path):
    path = tmp_path / "large.ndax"
    with path.open("wb") as file:
        file.truncate(30 * 2**20)
    with pytest.raises(Refused) as refusal:
        Client(live_server.url, "0" * 64, attempts=1).upload(path, subject={"cell": cell.code})
    assert (refusal.value.status, refusal.value.code) == (401, "authentication_failed")


def test_waiting_ends_when_the_file_is_read_or_time_is_up(client, cell, file):
    code = client.upload(file, subject={"cell": cell.code})["measurement"]["code"]
    with pytest.raises(TimeoutError, match=f"{code} is still queued after 0.1 s"):
        client.wait(code, timeout=0.1)
    Measurement.objects.update(status="failed", error_code="E_FORMAT", error_message="No.")
    assert client.wait(code, timeout=0.1)["error"]["code"] == "E_FORMAT"
    assert client.measurement(code)["cell"]["code"] == cell.code


def test_a_broken_connection_is_tried_again(file, monkeypatch):
    pauses = []
    monkeypatch.setattr("labsite_client.api.time.sleep", pauses.append)
    with serving() as stub:
        stub.answers = [(503, "starting"), (502, "gateway")]
        receipt = Client(stub.url, "k3y").upload(file, subject={"cell": "CE-2026-0001"})
        assert receipt["sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()
        assert stub.headers[0]["Authorization"] == "Token k3y"
    assert pauses == [1, 2]
    with pytest.raises(Unreachable, match=r"127\.0\.0\.1 cannot be reached: .*refused"):
        Client(stub.url, "k3y").upload(file, subject={"cell": "CE-2026-0001"})
    assert pauses == [1, 2, 1, 2, 4, 8]


def test_a_file_that_became_shorter_is_not_passed_off_as_whole(tmp_path, monkeypatch):
    path = tmp_path / "cell.ndax"
    path.write_bytes(bytes(2**20))
    monkeypatch.setattr("labsite_client.multipart.os.fstat", lambda _: Longer())
    with socket.create_server(("127.0.0.1", 0)) as server:
        client = Client(f"http://127.0.0.1:{server.getsockname()[1]}", "k3y", attempts=1)
        with pytest.raises(Unreachable, match="became shorter while it was sent"):
            client.upload(path, subject={"cell": "CE-2026-0001"})


class Longer:
    """What was said of the file before it became shorter."""

    st_size = 2**20 + 1


@pytest.mark.parametrize("url", ["lab.example.org", "ftp://lab.example.org", "https://"])
def test_an_address_that_is_none_is_named(url):
    with pytest.raises(ValueError, match=f"Found the address '{url}'"):
        Client(url, "k3y")


def test_another_server_than_labsite_is_noticed(file):
    with serving() as stub:
        stub.answers = [(200, "<html>"), (404, "<html>")]
        for status in (200, 404):
            with pytest.raises(Refused, match="is the address right") as refusal:
                Client(stub.url, "k3y").upload(file, subject={"cell": "CE-2026-0001"})
            assert (refusal.value.status, refusal.value.code) == (status, "")
