"""The commands of docker-compose.yml, run as plain processes."""

import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml

from labsite import stack
from tests.faults.processes import ROOT, Processes, free_port, wait_until

pytestmark = pytest.mark.stack
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]


def as_run(words: list[str]) -> list[str]:
    """Return a command as a container would run it, with our interpreter."""
    plain = [re.sub(r"\$\{\w+:-(\w+)\}", r"\1", word).replace("$$", "$") for word in words]
    if plain[0] == "CMD-SHELL":
        return ["sh", "-c", plain[1].replace("python ", f"{sys.executable} ", 1)]
    plain = plain[1:] if plain[0] == "CMD" else plain
    return [sys.executable, *plain[1:]] if plain[0] == "python" else plain


@pytest.fixture
def containers(tmp_path: Path) -> Iterator[Processes]:
    """Processes with the environment of a container, and a broker."""
    socket = tmp_path / "b"
    environment = {
        "DATA_DIR": str(tmp_path / "data"),
        "PORT": str(free_port()),
        "BIND": "127.0.0.1",
        "SWEEP_S": "1",
        "DATABASE_URL": "",
        "REDIS_URL": f"redis+socket://{socket}",
    }
    processes = Processes(tmp_path, environment)
    processes.start("broker", stack.broker_argv(socket, tmp_path))
    yield processes
    processes.close()


@pytest.fixture
def run(containers: Processes, tmp_path: Path) -> Callable[[str], int]:
    """Start a service, or run it to its end when it is the migration."""

    def one(name: str) -> int:
        argv = [
            word.replace("/tmp/schedule", f"{tmp_path}/schedule")  # noqa: S108 - of the container
            for word in as_run(COMPOSE[name]["command"])
        ]
        process = containers.start(name, argv)
        return process.wait(60) if name == "migrate" else 0

    return one


def test_every_command_starts_and_its_health_check_agrees(
    containers: Processes, run: Callable[[str], int]
) -> None:
    assert run("migrate") == 0, containers.output("migrate")
    for name in ("web", "worker-fast", "schedule"):
        run(name)
    port = containers.environment["PORT"]

    def healthy(name: str) -> bool:
        check = as_run(COMPOSE[name]["healthcheck"]["test"])
        check = [word.replace(":8000/", f":{port}/") for word in check]
        return containers.start(f"check-{name}", check).wait(60) == 0

    wait_until(lambda: healthy("web"), 30, "the web answers its health check")
    wait_until(lambda: healthy("worker-fast"), 30, "the worker answers its health check")
    swept = re.compile(r"labsite\.sweep\[.*succeeded")
    wait_until(lambda: swept.search(containers.output("worker-fast")), 30, "the schedule sweeps")
