"""A real worker process, and a broker where none is given, on the database of the tests."""

import shutil
import signal
import sys
from pathlib import Path

from django.conf import settings
from django.db import connection

from labsite.health import broker_client, broker_trouble
from labsite.stack import services
from tests.faults.processes import Processes, kill, wait_until

QUICK_JOBS = {"JOB_LEASE_S": "3", "JOB_HEARTBEAT_S": "0.5", "SWEEP_S": "0.5"}


def database_url() -> str:
    """Return the address of the database that the test uses."""
    chosen = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{chosen['NAME']}"
    place = f"{chosen['HOST']}:{chosen['PORT'] or 5432}"
    return f"postgresql://{chosen['USER']}:{chosen['PASSWORD']}@{place}/{chosen['NAME']}"


class Workshop:
    """Broker, worker and beat for one test; kills what it is told to kill."""

    def __init__(self, folder: Path) -> None:
        own = {"DATA_DIR": str(settings.DATA_DIR), "DATABASE_URL": database_url()}
        self.processes = Processes(folder, own | QUICK_JOBS)
        self.parts = {service.name: service.argv for service in services()}

    def start_broker(self) -> None:
        """Start the embedded broker, or empty the one that is given."""
        if settings.EMBEDDED_BROKER:
            self.processes.start("broker", self.parts["broker"])
            wait_until(lambda: not broker_trouble(), 10, "the broker answers")
        self.empty_broker()

    def empty_broker(self) -> None:
        """Forget every message; only the broker's own database number is touched."""
        with broker_client() as client:
            client.flushdb()

    def start(self) -> None:
        """Start a worker with one child process, and the schedule of the sweep."""
        self.start_worker()
        self.processes.start("schedule", self.parts["schedule"])

    def start_worker(self) -> None:
        """Start a worker and wait until it takes work."""
        argv = [sys.executable, "-W", "ignore", "-m", "celery", "--app", "labsite", "worker"]
        argv += ["--queues", "fast,heavy", "--concurrency", "1", "--loglevel", "INFO"]
        self.processes.start("worker", argv)
        wait_until(lambda: "ready." in self.processes.output("worker"), 30, "the worker is ready")

    def kill_worker(self) -> None:
        """Kill the worker with its children, as a power cut would."""
        kill(self.processes.pids("worker", "--queues"), signal.SIGKILL)
        wait_until(lambda: not self.processes.pids("worker", "--queues"), 5, "the worker is dead")

    def close(self) -> None:
        """End everything and the schedule's memory."""
        self.processes.close()
        for path in settings.DATA_DIR.glob("schedule*"):
            path.unlink()
        shutil.rmtree(settings.DATA_DIR / "broker", ignore_errors=True)
