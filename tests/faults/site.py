"""A whole site for tests: `manage.py up` on a free port with a data folder of its own."""

import http.client
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.faults.processes import Processes, free_port, wait_until

QUICK_JOBS = {"JOB_LEASE_S": "3", "JOB_HEARTBEAT_S": "0.5", "SWEEP_S": "0.5"}


class Site:
    """Starts, asks and stops the embedded stack."""

    def __init__(self, folder: Path, data: Path) -> None:
        self.port = free_port()
        self.data = data
        own = {"PORT": str(self.port), "DATA_DIR": str(data), "DATABASE_URL": "", "REDIS_URL": ""}
        self.processes = Processes(folder, own | QUICK_JOBS)
        self.up: subprocess.Popen[bytes]

    def start(self) -> None:
        """Start and wait until the address is printed."""
        argv = [sys.executable, "manage.py", "up", "--no-demo"]
        self.up = self.processes.start("up", argv)
        wait_until(self._printed_or_dead, 90, "the site answers")
        assert self.up.poll() is None, self.processes.output("up")

    def stop(self, number: int = signal.SIGINT) -> int:
        """Ask the supervisor to stop and return its exit code."""
        os.kill(self.up.pid, number)
        return self.up.wait(60)

    def health(self) -> tuple[int, dict[str, Any]]:
        """Return status and content of the health page."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", "/health/")
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            connection.close()

    def is_well(self) -> bool:
        """Whether the health page says 200."""
        try:
            return self.health()[0] == http.client.OK
        except OSError:
            return False

    def _printed_or_dead(self) -> bool:
        return self.up.poll() is not None or "answers at" in self.processes.output("up")
