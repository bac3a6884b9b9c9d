"""Check what the site stands on, one line each."""

import os
import shutil
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from labsite.health import broker_trouble, database_trouble

LEAST_FREE_BYTES = 2**30


class Command(BaseCommand):
    """Prints one line a check; ends with 1 when there is trouble."""

    help = "Check database, migrations, broker and data folder."

    def handle(self, *args: Any, **options: Any) -> None:
        """Run every check, also after the first trouble."""
        checks: dict[str, Callable[[], str]] = {
            "database": database_trouble,
            "migrations": migration_trouble,
            "broker": broker_trouble,
            "data folder": data_folder_trouble,
        }
        troubles = {name: check() for name, check in checks.items()}
        for name, trouble in troubles.items():
            self.stdout.write(f"{name:12s} {trouble or 'ok'}")
        if any(troubles.values()):
            raise CommandError("There is trouble; see the lines above.")


def migration_trouble() -> str:
    """Return how many migrations wait; empty when none does."""
    try:
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as error:
        return f"unknown ({type(error).__name__})"
    return f"{len(waiting)} not applied (manage.py migrate)" if waiting else ""


def data_folder_trouble() -> str:
    """Return why files could not be stored in the data folder; empty when they can."""
    folder = settings.DATA_DIR
    if not folder.is_dir() or not os.access(folder, os.W_OK | os.X_OK):
        return f"{folder} is not a folder that can be written to"
    free = shutil.disk_usage(folder).free
    if free < LEAST_FREE_BYTES:
        return f"{folder} has only {free / 2**20:.0f} MB left (1 GB wanted)"
    return ""
