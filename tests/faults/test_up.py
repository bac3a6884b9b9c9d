"""`manage.py up`: starts everything, leaves nothing."""

import os
import signal
import socket
import time
from collections.abc import Callable

import pytest

from tests.faults.processes import kill, wait_until
from tests.faults.site import Site

pytestmark = pytest.mark.stack
NewSite = Callable[[], Site]


def nothing_left(site: Site) -> bool:
    return not site.processes.alive()


def test_the_site_answers_and_ctrl_c_leaves_no_process(new_site: NewSite) -> None:
    site = new_site()
    site.start()
    assert site.health() == (200, {"web": "ok", "database": "ok", "broker": "ok"})
    for words in (["valkey-server"], ["beat"], ["--queues fast,heavy"], ["gunicorn"]):
        assert site.processes.pids(*words), f"{words} runs"
    assert site.stop() == 0
    assert nothing_left(site), site.processes.alive()
    text = site.processes.output("up")
    assert f"answers at  http://127.0.0.1:{site.port}/" in text
    assert text.endswith("labsite has stopped.\n")


def test_sigterm_stops_like_ctrl_c(new_site: NewSite) -> None:
    site = new_site()
    site.start()
    assert site.stop(signal.SIGTERM) == 0
    assert nothing_left(site), site.processes.alive()


def test_a_killed_supervisor_takes_everything_along_and_the_next_start_works(
    new_site: NewSite,
) -> None:
    site = new_site()
    site.start()
    wait_until(lambda: len(site.processes.alive()) == 9, 20, "all nine processes run")
    site.up.kill()
    site.up.wait()
    wait_until(lambda: nothing_left(site), 5, "everything is gone after the supervisor was killed")
    again = new_site()
    again.start()
    assert again.is_well()
    assert again.stop() == 0


def test_a_second_ctrl_c_ends_at_once(new_site: NewSite) -> None:
    site = new_site()
    site.start()
    kill(site.processes.pids("--queues fast,heavy"), signal.SIGSTOP)  # a worker that never stops
    os.kill(site.up.pid, signal.SIGINT)
    os.kill(site.up.pid, signal.SIGINT)  # as make passes it on: not a second wish
    wait_until(lambda: "Stopping" in site.processes.output("up"), 5, "it says that it stops")
    time.sleep(1.5)
    assert site.up.poll() is None
    begin = time.monotonic()
    assert site.stop() == 128 + signal.SIGINT
    wait_until(lambda: nothing_left(site), 2, "everything is gone")
    assert time.monotonic() - begin < 3


def test_a_second_start_with_the_same_data_folder_is_refused(
    shared_site: Site,
) -> None:
    refused = shared_site.processes.manage("up")
    assert refused.returncode == 1
    assert f"already running on http://127.0.0.1:{shared_site.port}/" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert shared_site.is_well()


def test_a_taken_port_is_said_before_anything_starts(new_site: NewSite) -> None:
    site = new_site()
    with socket.create_server(("127.0.0.1", site.port)):
        refused = site.processes.manage("up", "--no-demo")
    assert refused.returncode == 1
    assert f"Port {site.port} on 127.0.0.1 cannot be used: Address already in use." in (
        refused.stderr
    )
    assert f"PORT={site.port + 1}" in refused.stderr
    assert not (site.data / "logs").exists()
    assert nothing_left(site)


@pytest.mark.parametrize("words", ["valkey-server", "--queues fast,heavy", "beat", "gunicorn"])
def test_what_is_killed_is_started_again(shared_site: Site, words: str) -> None:
    before = set(shared_site.processes.pids(words))
    assert before
    kill(before)

    def replaced() -> bool:
        now = set(shared_site.processes.pids(words))
        return bool(now) and not now & before and shared_site.is_well()

    wait_until(replaced, 20, f"{words} runs again")


def test_a_frozen_broker_is_reported_within_three_seconds(shared_site: Site) -> None:
    wait_until(shared_site.is_well, 20, "the site is well")
    broker = shared_site.processes.pids("valkey-server")
    kill(broker, signal.SIGSTOP)
    try:
        begin = time.monotonic()
        status, parts = shared_site.health()
        took_s = time.monotonic() - begin
    finally:
        kill(broker, signal.SIGCONT)
    assert status == 503
    assert parts == {"web": "ok", "database": "ok", "broker": "no answer (TimeoutError)"}
    assert took_s < 3
    wait_until(shared_site.is_well, 10, "the site is well again")


def test_the_doctor_finds_a_running_site_well(shared_site: Site) -> None:
    wait_until(shared_site.is_well, 20, "the site is well")
    answer = shared_site.processes.manage("doctor")
    assert answer.returncode == 0, answer.stderr
    assert [line.split()[-1] for line in answer.stdout.splitlines()] == ["ok"] * 4


def test_the_doctor_names_what_is_missing(new_site: NewSite) -> None:
    site = new_site()
    (site.data / "labsite.sqlite3").unlink()
    answer = site.processes.manage("doctor")
    assert answer.returncode == 1
    lines = dict(line.split(maxsplit=1) for line in answer.stdout.splitlines()[:3])
    assert lines["database"] == "ok"
    assert "not applied (manage.py migrate)" in lines["migrations"]
    assert lines["broker"].startswith("no answer (ConnectionError")


def test_the_open_demo_password_is_not_offered_to_other_machines(new_site: NewSite) -> None:
    site = new_site()
    make = (
        "from django.contrib.auth import get_user_model as m;"
        "from labsite.demo_account import DEMO_USER, OPEN_PASSWORD;"
        "m().objects.create_user(username=DEMO_USER, password=OPEN_PASSWORD)"
    )
    made = site.processes.manage("shell", "--no-imports", "--command", make)
    assert made.returncode == 0, made.stderr
    site.processes.environment["BIND"] = "0.0.0.0"  # noqa: S104 - what is refused
    refused = site.processes.manage("up")
    assert refused.returncode == 1
    assert "changepassword demo" in refused.stderr
    assert nothing_left(site)
