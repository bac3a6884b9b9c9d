"""Starts the processes of the embedded stack, starts them again when they die, stops them in order.

Every process gets a session of its own, so that Ctrl-C in a terminal reaches only the supervisor,
and is killed by the system when the supervisor is killed.
"""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import BinaryIO

LOOK_EVERY_S = 0.2
READY_WITHIN_S = 60.0
STEADY_AFTER_S = 60.0
"""A process that ran this long is started again without delay."""
LONGEST_BACK_OFF_S = 30.0
SAME_WISH_S = 1.0
"""A second signal that comes this soon is the first one once more, passed on by make or a shell."""
LARGEST_LOG_BYTES = 10 * 2**20
PR_SET_PDEATHSIG = 1
"""Option of prctl(2) of Linux."""
LIBC = ctypes.CDLL(None)


class StartError(Exception):
    """A process did not become ready; the message is a sentence for the user."""


@dataclass(frozen=True)
class Service:
    """A long-running process.

    ``ready`` is asked until it says yes before the next service is started. Services with the
    smallest ``stop_stage`` stop first, those with the same one together; ``grace_s`` are the
    seconds between the request to stop and the kill.
    """

    name: str
    argv: Sequence[str]
    stop_stage: int = 0
    grace_s: float = 10.0
    ready: Callable[[], bool] | None = None


@dataclass
class _Child:
    """A service with its present process."""

    service: Service
    log: Path
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    start_again_at: float = 0.0
    failures: int = field(default=0)


class Supervisor:
    """Starts services in the given order, watches over them, stops them stage by stage."""

    def __init__(
        self, services: Sequence[Service], log_folder: Path, say: Callable[[str], None]
    ) -> None:
        """Keep the services; nothing is started yet."""
        self._children = [_Child(one, log_folder / f"{one.name}.log") for one in services]
        self._guests: list[subprocess.Popen[bytes]] = []
        self._say = say
        self._asked_at = 0.0
        self.stop_requests = 0

    def listen(self) -> None:
        """Take Ctrl-C, SIGTERM and SIGHUP as the wish to stop; the second one ends at once."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._stop_requested)

    def start(self) -> None:
        """Start everything in order; raises StartError when something does not become ready."""
        for child in self._children:
            if not self.stop_requests:
                _spawn(child)
                self._await_ready(child)

    def watch(self) -> None:
        """Start again what dies, until somebody asks to stop."""
        while not self.stop_requests:
            self._look_after()
            time.sleep(LOOK_EVERY_S)

    def run_beside(self, argv: Sequence[str]) -> int | None:
        """Run a command on this terminal while watching; its exit code, None when stopped."""
        guest = _popen(argv, None)
        self._guests.append(guest)
        while not self.stop_requests:
            if guest.poll() is not None:
                return guest.returncode
            self._look_after()
            time.sleep(LOOK_EVERY_S)
        return None

    def stop(self) -> None:
        """Stop everything, stage by stage; leaves no process."""
        running = [child for child in self._children if child.process is not None]
        if not running:
            return
        self._say("Stopping; running work is given time to finish, Ctrl-C again ends it ...")
        _end(self._guests, grace_s=1.0)
        for stage in sorted({child.service.stop_stage for child in running}):
            together = [child for child in running if child.service.stop_stage == stage]
            grace_s = max(child.service.grace_s for child in together)
            _end([child.process for child in together if child.process is not None], grace_s)
            for child in together:
                child.process = None
        self._say("labsite has stopped.")

    def _stop_requested(self, number: int, frame: FrameType | None) -> None:
        now = time.monotonic()
        if self.stop_requests and now - self._asked_at < SAME_WISH_S:
            return
        self._asked_at = now
        self.stop_requests += 1
        if self.stop_requests > 1:
            running = [child.process for child in self._children if child.process is not None]
            for process in self._guests + running:
                _kill_group(process)
            raise SystemExit(128 + number)

    def _await_ready(self, child: _Child) -> None:
        is_ready = child.service.ready
        deadline = time.monotonic() + READY_WITHIN_S
        while is_ready is not None and not self.stop_requests and not is_ready():
            if child.process is None or child.process.poll() is not None:
                raise StartError(f"{child.service.name} stopped at once.\n{_last_lines(child.log)}")
            if time.monotonic() > deadline:
                raise StartError(
                    f"{child.service.name} did not answer within {READY_WITHIN_S:.0f} s.\n"
                    f"{_last_lines(child.log)}"
                )
            time.sleep(LOOK_EVERY_S / 2)

    def _look_after(self) -> None:
        """Notice what died, and start it again when its time has come."""
        now = time.monotonic()
        for child in self._children:
            if child.process is not None and child.process.poll() is not None:
                self._note_death(child, now)
            if child.process is None and now >= child.start_again_at:
                _spawn(child)

    def _note_death(self, child: _Child, now: float) -> None:
        assert child.process is not None  # noqa: S101 - the caller has looked
        code = child.process.returncode
        _kill_group(child.process)
        child.process = None
        child.failures = 0 if now - child.started_at > STEADY_AFTER_S else child.failures + 1
        wait_s = min(LONGEST_BACK_OFF_S, child.failures**2 / 2)
        child.start_again_at = now + wait_s
        self._say(
            f"{child.service.name} stopped by itself (exit {code}); it is started again in "
            f"{wait_s:.1f} s. See {child.log}"
        )


def _spawn(child: _Child) -> None:
    child.process = _popen(child.service.argv, child.log)
    child.started_at = time.monotonic()


def _popen(argv: Sequence[str], log: Path | None) -> subprocess.Popen[bytes]:
    """Start a process in a session of its own, with its output in the log or on the terminal."""
    with contextlib.ExitStack() as stack:
        output = stack.enter_context(_opened(log)) if log is not None else None
        return subprocess.Popen(  # noqa: S603 - our own commands
            list(argv),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT if output is not None else None,
            start_new_session=True,
            preexec_fn=_die_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509 - one thread
            env=os.environ | {"PYTHONUNBUFFERED": "1"},
        )


def _die_with_parent() -> None:
    """Ask Linux to kill this process when the supervisor is gone."""
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _opened(log: Path) -> BinaryIO:
    """Open a log for appending; a large one is set aside first."""
    log.parent.mkdir(parents=True, exist_ok=True)
    if log.exists() and log.stat().st_size > LARGEST_LOG_BYTES:
        log.replace(log.with_suffix(".log.1"))
    return log.open("ab")


def _last_lines(log: Path, count: int = 15) -> str:
    """Return the end of a log, for a person to read."""
    lines = log.read_text(errors="replace").splitlines()[-count:]
    return "\n".join([f"The last lines of {log}:", *(f"  {line}" for line in lines)])


def _end(processes: Sequence[subprocess.Popen[bytes]], grace_s: float) -> None:
    """Ask processes to stop, and kill what is left of them after the grace."""
    deadline = time.monotonic() + grace_s
    for process in processes:
        process.terminate()
    for process in processes:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(max(0.0, deadline - time.monotonic()))
        _kill_group(process)
        process.wait()


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    """Kill the process and everything it has started."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
