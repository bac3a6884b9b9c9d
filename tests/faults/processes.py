"""Real processes for tests: each in a session of its own, all of them gone at the end."""

import os
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]
MARK = "LABSITE_TEST_PROCESS"
"""Environment variable by which everything that a test has started is found again."""


class Processes:
    """Starts processes with a common environment and finds whatever they start in turn."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self.folder = folder
        self.mark = uuid.uuid4().hex
        self.environment = os.environ | {MARK: self.mark} | environment
        self._started: list[subprocess.Popen[bytes]] = []

    def start(self, name: str, argv: Sequence[str]) -> subprocess.Popen[bytes]:
        """Start a process that writes to ``<name>.out``."""
        with self.output_file(name).open("wb") as output:
            process = subprocess.Popen(
                list(argv),
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                env=self.environment,
            )
        self._started.append(process)
        return process

    def manage(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run manage.py to its end."""
        return subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            env=self.environment,
            timeout=120,
            check=False,
        )

    def output_file(self, name: str) -> Path:
        return self.folder / f"{name}.out"

    def output(self, name: str) -> str:
        return self.output_file(name).read_text(errors="replace")

    def alive(self) -> dict[int, str]:
        """Return process id and command line of everything with our mark that still runs."""
        found = {}
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                if f"{MARK}={self.mark}".encode() in (folder / "environ").read_bytes():
                    words = (folder / "cmdline").read_bytes().split(b"\0")
                    found[int(folder.name)] = b" ".join(words).decode(errors="replace")
            except OSError:  # gone meanwhile
                continue
        return found

    def pids(self, *words: str) -> list[int]:
        """Return the running processes whose command line holds all the words."""
        return [pid for pid, line in self.alive().items() if all(word in line for word in words)]

    def close(self) -> None:
        """Kill everything that is left."""
        kill(self.alive())
        for process in self._started:
            process.wait(10)


def kill(pids: Iterable[int], number: int = signal.SIGKILL) -> None:
    """Send a signal to processes that may be gone already."""
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            continue


def wait_until(condition: Callable[[], object], within_s: float, what: str) -> None:
    """Wait for something to become true; fail with the words when it does not."""
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline, f"not within {within_s:g} s: {what}"
        time.sleep(0.1)


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])
