"""``manage.py analyse FILE --method NAME``: compute without a database."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from analysis.offline import analyse_files
from analysis.registry import methods
from measurements.conditions import check_conditions


class Command(BaseCommand):
    """Sniff and read files, run one method, print the result object; exit 1 when it refuses."""

    help = __doc__
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the file, the method, facts, parameters and further inputs."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--method", required=True, choices=sorted(methods()))
        parser.add_argument(
            "--meta", nargs="+", action="extend", default=[], metavar="KEY=VALUE",
            help="facts, unit in the name: thickness_um=200 area_cm2=2.01",
        )  # fmt: skip
        parser.add_argument("--param", nargs="+", action="extend", default=[], metavar="KEY=VALUE")
        parser.add_argument("--input", nargs="+", action="extend", default=[], metavar="ROLE=FILE")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        """Print the result object."""
        method = methods()[options["method"]]
        try:
            facts = check_conditions(_pairs("--meta", options["meta"]))
        except ValueError as error:
            raise CommandError(str(error)) from error
        files = {method.roles[0]: file}
        files |= {role: Path(path) for role, path in _pairs("--input", options["input"]).items()}
        result = analyse_files(method, files, facts, _pairs("--param", options["param"]))
        self.stdout.write(json.dumps(result, indent=2, ensure_ascii=False))
        if result["status"] == "failed":
            self.stderr.write(f"{result['error']['code']}: {result['error']['message']}")
            sys.exit(1)


def _pairs(option: str, given: list[str]) -> dict[str, str]:
    pairs = {}
    for text in given:
        key, separator, value = text.partition("=")
        if not separator:
            raise CommandError(f"{option} {text}: expected KEY=VALUE.")
        pairs[key] = value
    return pairs
