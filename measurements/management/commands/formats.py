"""``manage.py formats [FILE]``: the formats that are known, or what a file is."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from measurements.discovery import formats
from measurements.formats import FormatError
from measurements.inspection import inspect_file


class Command(BaseCommand):
    """Print the known formats, or format, rows, cycles, columns and metadata of a file as JSON."""

    help = __doc__
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take an optional file."""
        parser.add_argument("file", nargs="?", type=Path)

    def handle(self, *args: Any, file: Path | None, **options: Any) -> None:
        """Print; raises CommandError with the reason when the file cannot be read."""
        if file is None:
            for plugin in formats().values():
                kinds, suffixes = ", ".join(plugin.kinds), " ".join(plugin.suffixes)
                self.stdout.write(f"{plugin.name:14} {plugin.title:42} {kinds:20} {suffixes}")
            return
        if not file.is_file():
            raise CommandError(f"There is no file {file}.")
        try:
            found = inspect_file(file, file.name)
        except FormatError as error:
            raise CommandError(f"{error.code}: {error}") from error
        self.stdout.write(json.dumps(found, indent=2, ensure_ascii=False))
