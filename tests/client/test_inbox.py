"""The inbox agent: what is sent when, what is left alone, what is tried again."""

import hashlib
import os

import pytest
from labsite_client import Client
from labsite_client import inbox as module
from labsite_client.inbox import Inbox

from tests.client.stub import serving

REFUSAL = {"status": 404, "code": "not_found", "detail": "There is no cell CE-2026-0001."}


class Clock:
    """Seconds that pass when told."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(module.time, "monotonic", clock.monotonic)
    return clock


@pytest.fixture
def server():
    with serving() as stub:
        yield stub


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "data"
    folder.mkdir()
    return folder


@pytest.fixture
def inboxes(folder):
    made = []

    def make(server, settle_s=0):
        made.append(Inbox(folder, Client(server.url, "k3y", attempts=1), settle_s=settle_s))
        return made[-1]

    yield make
    for inbox in made:
        inbox.close()


def write(folder, name, content=b"some bytes", mtime=1000):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    os.utime(path, (mtime, mtime))
    return path


def test_a_file_is_sent_when_it_has_not_changed_for_a_while(folder, inboxes, server, clock):
    inbox = inboxes(server, settle_s=30)
    write(folder, "CE-2026-0001.ndax", b"a")
    for clock.now in (0, 29):
        assert inbox.look()
    write(folder, "CE-2026-0001.ndax", b"ab")
    clock.now = 58
    assert inbox.look()
    write(folder, "CE-2026-0001.ndax", b"ba", mtime=1001)
    for clock.now in (60, 89.9):
        assert inbox.look()
    assert server.got == []
    assert inbox.settling
    clock.now = 90
    assert inbox.look()
    assert server.got == [{"cell": "CE-2026-0001", "name": "CE-2026-0001.ndax"}]
    assert not inbox.settling


@pytest.mark.parametrize(
    ("name", "field", "code"),
    [
        ("CE-2026-0001.ndax", "cell", "CE-2026-0001"),
        ("ce-2026-0001_25C.ndax", "cell", "CE-2026-0001"),
        ("room 12/FI-2026-0002/run 3.z", "film", "FI-2026-0002"),
        ("FI-2026-0002/FI-2026-0002 (2).z", "film", "FI-2026-0002"),
        ("EB-2026-10000.csv", "batch", "EB-2026-10000"),
        ("CO-2026-0001.csv", "coating", "CO-2026-0001"),
        ("EL-2026-0001.csv", "electrode", "EL-2026-0001"),
        ("LO-2026-0001.csv", "lot", "LO-2026-0001"),
        ("SE-2026-0001.csv", "sensor", "SE-2026-0001"),
    ],
)
def test_path_or_name_tell_the_subject(folder, inboxes, server, name, field, code):
    write(folder, name)
    assert inboxes(server).look()
    assert server.got == [{field: code, "name": name.rpartition("/")[2]}]


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("test.ndax", "no code"),
        ("ME-2026-0001.ndax", "no code"),
        ("SPACE-2026-0001.ndax", "no code"),
        ("CE-2026-001.ndax", "no code"),
        ("CE-2026-0001/FI-2026-0002.z", "CE-2026-0001 and FI-2026-0002"),
    ],
)
def test_no_code_or_two_are_left_alone_and_told_once(folder, inboxes, server, caplog, name, found):
    write(folder, name)
    inbox = inboxes(server)
    assert inbox.look()
    assert inbox.look()
    assert caplog.messages == [
        f"{name} is left alone: found {found} in its path, expected one code."
    ]
    assert server.got == []


def test_hidden_and_empty_files_are_no_measurements(folder, inboxes, server):
    write(folder, ".CE-2026-0001.ndax.part")
    write(folder, ".trash/CE-2026-0001.ndax")
    write(folder, "CE-2026-0001.ndax", b"")
    assert inboxes(server).look()
    assert server.got == []


def test_what_was_sent_is_not_sent_again_also_after_a_restart(folder, inboxes, server):
    write(folder, "CE-2026-0001.ndax")
    first = inboxes(server)
    assert first.look()
    assert first.look()
    assert inboxes(server).look()
    assert len(server.got) == 1


def test_a_changed_file_is_sent_again_and_a_touched_one_is_not(folder, inboxes, server):
    inbox = inboxes(server)
    path = write(folder, "CE-2026-0001.ndax", b"one")
    assert inbox.look()
    write(folder, "CE-2026-0001.ndax", b"one", mtime=2000)
    assert inbox.look()
    assert len(server.got) == 1
    write(folder, "CE-2026-0001.ndax", b"two", mtime=3000)
    assert inbox.look()
    assert len(server.got) == 2
    known = inbox._state.answered("CE-2026-0001.ndax")
    assert known.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert known.stamp == (3, 3000 * 10**9)


def test_files_stay_as_they_are(folder, inboxes, server):
    path = write(folder, "CE-2026-0001/run.ndax")
    assert inboxes(server).look()
    names = {str(found.relative_to(folder)) for found in folder.rglob("*") if found.is_file()}
    assert names == {"CE-2026-0001/run.ndax", ".labsite-inbox/state.sqlite3"}
    assert (path.read_bytes(), path.stat().st_mtime) == (b"some bytes", 1000)


def test_a_refused_file_waits_until_it_changes(folder, inboxes, server, caplog):
    caplog.set_level("INFO")
    server.answers = [(404, REFUSAL)]
    write(folder, "CE-2026-0001.ndax")
    write(folder, "CE-2026-0002.ndax")
    inbox = inboxes(server)
    assert inbox.look()
    assert inbox.look()
    assert server.names == ["CE-2026-0001.ndax", "CE-2026-0002.ndax"]
    assert caplog.messages == [
        "CE-2026-0001.ndax was refused: There is no cell CE-2026-0001.",
        "CE-2026-0002.ndax is ME-2026-0002 of CE-2026-0002.",
    ]
    write(folder, "CE-2026-0001.ndax", mtime=2000)
    assert inbox.look()
    assert server.names[2:] == ["CE-2026-0001.ndax"]


@pytest.mark.parametrize(
    "answer",
    [
        (401, {"code": "authentication_failed", "detail": "Invalid token."}),
        (404, "<html>not labsite"),
        (409, {"code": "conflict", "detail": "Repeat the request."}),
        (429, {"code": "throttled", "detail": "Slower."}),
        (500, {"code": "server_error", "detail": "The program failed."}),
        (503, "starting"),
    ],
)
def test_trouble_that_is_not_the_files_is_tried_again(folder, inboxes, server, answer):
    server.answers = [answer]
    write(folder, "CE-2026-0001.ndax")
    inbox = inboxes(server)
    assert not inbox.look()
    assert inbox.look()
    assert server.names == ["CE-2026-0001.ndax", "CE-2026-0001.ndax"]


def test_a_file_that_fails_the_server_does_not_hold_up_the_others(folder, inboxes, server):
    server.answers = [(500, {"code": "server_error", "detail": "The program failed."})]
    write(folder, "CE-2026-0001.ndax")
    write(folder, "CE-2026-0002.ndax")
    assert not inboxes(server).look()
    assert server.names == ["CE-2026-0001.ndax", "CE-2026-0002.ndax"]


def test_files_go_out_when_the_server_is_back(folder, inboxes, monkeypatch):
    with serving() as gone:
        port = gone.server_port
    inbox = inboxes(gone)
    write(folder, "CE-2026-0001.ndax")
    pauses: list[float] = []

    def sleep(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 7:
            with serving(port) as back:
                assert inbox.look()
                assert back.names == ["CE-2026-0001.ndax"]
        if len(pauses) == 9:
            raise KeyboardInterrupt

    monkeypatch.setattr(module.time, "sleep", sleep)
    with pytest.raises(KeyboardInterrupt):
        inbox.watch(every_s=10)
    assert pauses == [20, 40, 80, 160, 300, 300, 300, 10, 10]


def test_a_file_that_another_program_holds_is_tried_again(folder, inboxes, server, monkeypatch):
    path = write(folder, "CE-2026-0001.ndax")
    inbox = inboxes(server)
    with monkeypatch.context() as locked:
        locked.setattr(module.Path, "open", refuse)
        assert not inbox.look()
    assert path.is_file()
    assert inbox.look()
    assert server.names == ["CE-2026-0001.ndax"]


def test_a_state_that_cannot_be_written_ends_nothing(folder, inboxes, server, caplog):
    write(folder, "CE-2026-0001.ndax")
    inbox = inboxes(server)
    inbox._state._database.execute("PRAGMA query_only = ON")
    assert not inbox.look()
    assert "readonly" in caplog.messages[-1]
    inbox._state._database.execute("PRAGMA query_only = OFF")
    assert inbox.look()
    assert inbox.look()
    assert len(server.got) == 2


def refuse(*_args: object, **_named: object) -> None:
    raise PermissionError(13, "Permission denied")
