"""``manage.py formats [PATH]``: the formats, what a file is, or what of a folder can be read."""

import json
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from measurements.discovery import formats
from measurements.formats import FormatError
from measurements.inspection import coverage, inspect_file


class Command(BaseCommand):
    """Print the formats or the coverage of a folder as Markdown, or what a file is as JSON."""

    help = __doc__
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take an optional file or folder."""
        parser.add_argument("path", nargs="?", type=Path)

    def handle(self, *args: Any, path: Path | None, **options: Any) -> None:
        """Print; raises CommandError with the reason when the file cannot be read."""
        if path is None:
            self._table(
                ("format", "reads", "kinds", "usual endings"),
                [
                    (f"`{plugin.name}`", plugin.title, ", ".join(plugin.kinds),
                     " ".join(f"`{suffix}`" for suffix in plugin.suffixes))
                    for plugin in formats().values()
                ],
            )  # fmt: skip
        elif path.is_dir():
            rows = coverage(path)
            self._table(("what became of it", "files", "rows"), rows)
        elif path.is_file():
            try:
                found = inspect_file(path, path.name)
            except FormatError as error:
                raise CommandError(f"{error.code}: {error}") from error
            self.stdout.write(json.dumps(found, indent=2, ensure_ascii=False))
        else:
            raise CommandError(f"There is no file or folder {path}.")

    def _table(self, headings: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
        for cells in (headings, ("---",) * len(headings), *rows):
            self.stdout.write(f"| {' | '.join(cells)} |")
