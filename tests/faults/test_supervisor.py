"""The supervisor: order, patience and second chances, with small shell processes."""

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from labsite.supervisor import Service, StartError, Supervisor
from tests.faults.processes import wait_until

Make = Callable[..., Supervisor]


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def make(tmp_path: Path, said: list[str]) -> Iterator[Make]:
    """Make supervisors that are stopped at the end."""
    made: list[Supervisor] = []

    def one(*services: Service) -> Supervisor:
        made.append(Supervisor(services, tmp_path / "logs", said.append))
        return made[-1]

    yield one
    for supervisor in made:
        supervisor.stop()


def shell(
    name: str, script: str, *, grace_s: float = 5.0, ready_file: Path | None = None
) -> Service:
    ready = ready_file.exists if ready_file is not None else None
    return Service(name, ["sh", "-c", script], grace_s=grace_s, ready=ready)


def patient(name: str, folder: Path, *, stop_stage: int = 0) -> Service:
    """Writes to ``log`` when it starts, is asked to stop and has stopped."""
    script = (
        f"log() {{ echo {name} $1 >>{folder}/log; }}\n"
        "trap 'log asked; sleep 0.3; log stopped; exit 0' TERM\n"
        f"log started; touch {folder}/{name}\n"
        "while true; do sleep 0.05; done"
    )
    ready = (folder / name).exists
    return Service(name, ["sh", "-c", script], stop_stage=stop_stage, ready=ready)


def test_services_start_in_order_and_stop_stage_by_stage(make: Make, tmp_path: Path) -> None:
    stages = {"broker": 3, "web": 0, "fast": 2, "heavy": 2, "schedule": 1}
    supervisor = make(
        *(patient(name, tmp_path, stop_stage=stage) for name, stage in stages.items())
    )
    supervisor.start()
    supervisor.stop()
    log = [line.split() for line in (tmp_path / "log").read_text().splitlines()]
    assert [name for name, word in log if word == "started"] == list(stages)
    assert [(stages[name], word) for name, word in log if word != "started"] == [
        (0, "asked"),
        (0, "stopped"),
        (1, "asked"),
        (1, "stopped"),
        (2, "asked"),
        (2, "asked"),
        (2, "stopped"),
        (2, "stopped"),
        (3, "asked"),
        (3, "stopped"),
    ]


def test_what_ignores_the_request_to_stop_is_killed_with_its_children(
    make: Make, tmp_path: Path
) -> None:
    pid_file = tmp_path / "child"
    script = f"trap '' TERM; sleep 60 & echo $! >{pid_file}.new; mv {pid_file}.new {pid_file}; wait"
    supervisor = make(shell("deaf", script, grace_s=0.3, ready_file=pid_file))
    supervisor.start()
    begin = time.monotonic()
    supervisor.stop()
    assert 0.3 <= time.monotonic() - begin < 2
    child = Path("/proc", pid_file.read_text().strip(), "cmdline")
    wait_until(lambda: not child.exists() or not child.read_bytes(), 2, "the child is gone")


def test_what_dies_is_started_again_after_growing_pauses(
    make: Make, tmp_path: Path, said: list[str]
) -> None:
    starts = tmp_path / "starts"
    supervisor = make(shell("weak", f"date +%s.%N >>{starts}; exit 3"))
    supervisor.start()

    def three_starts() -> bool:
        supervisor._look_after()
        return starts.exists() and len(starts.read_text().split()) == 3

    wait_until(three_starts, 10, "three starts")
    times = [float(word) for word in starts.read_text().split()]
    assert times[1] - times[0] == pytest.approx(0.5, abs=0.3)
    assert times[2] - times[1] == pytest.approx(2.0, abs=0.4)
    assert said[0].startswith("weak stopped by itself (exit 3); it is started again in 0.5 s.")


def test_a_failed_start_shows_the_end_of_the_log(make: Make, tmp_path: Path) -> None:
    never = tmp_path / "never"
    supervisor = make(shell("web", "echo no module named labsite; exit 1", ready_file=never))
    with pytest.raises(StartError, match=r"(?s)web stopped at once\..*no module named labsite"):
        supervisor.start()


def test_a_command_beside_the_services_gives_its_exit_code(make: Make, tmp_path: Path) -> None:
    supervisor = make(patient("web", tmp_path))
    supervisor.start()
    assert supervisor.run_beside([sys.executable, "-c", "raise SystemExit(7)"]) == 7


def test_a_request_to_stop_ends_the_command_beside(make: Make, tmp_path: Path) -> None:
    supervisor = make(patient("web", tmp_path))
    supervisor.start()
    supervisor.stop_requests = 1
    assert supervisor.run_beside(["sleep", "60"]) is None
    begin = time.monotonic()
    supervisor.stop()
    assert time.monotonic() - begin < 2


def test_a_large_log_is_set_aside(make: Make, tmp_path: Path) -> None:
    log = tmp_path / "logs" / "web.log"
    log.parent.mkdir()
    with log.open("wb") as file:
        file.truncate(11 * 2**20)
    supervisor = make(patient("web", tmp_path))
    supervisor.start()
    assert log.stat().st_size < 1000
    assert (tmp_path / "logs" / "web.log.1").stat().st_size == 11 * 2**20
