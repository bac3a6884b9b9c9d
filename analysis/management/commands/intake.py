"""``manage.py intake FILE --cell CODE``: take a file in as the page and the API do."""

import json
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files import File
from django.core.management.base import BaseCommand, CommandError

from analysis.models import AnalysisRun, Metric
from labsite.access.models import User
from labsite.access.records import Record
from labsite.lib.jobs import Job
from measurements.conditions import check_conditions
from measurements.intake import SUBJECT_MODELS, Context, receive_file
from measurements.models import Measurement


class Command(BaseCommand):
    """Store a file about a subject and queue its reading; with --wait print the metrics as JSON."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the file, its subject by code, and what is known about it."""
        parser.add_argument("file", type=Path)
        subject = parser.add_mutually_exclusive_group(required=True)
        for kind in SUBJECT_MODELS:
            subject.add_argument(f"--{kind}", metavar="CODE")
        parser.add_argument("--kind", default="", choices=Measurement.Kind.values)
        parser.add_argument("--user", help="in whose name; default: the first superuser or manager")
        parser.add_argument(
            "--meta", nargs="+", action="extend", default=[], metavar="KEY=VALUE",
            help="conditions, unit in the name: contact_geometry=blocking area_cm2=2.01",
        )  # fmt: skip
        parser.add_argument("--wait", action="store_true", help="until the results are there")
        parser.add_argument("--timeout", type=float, default=600, help="seconds to wait")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        """Receive the file; raises CommandError with the reason when it is refused."""
        try:
            conditions = check_conditions(dict(pair.split("=", 1) for pair in options["meta"]))
            with file.open("rb") as opened:
                receipt = receive_file(
                    file=File(opened),
                    name=file.name,
                    subject=_subject(options),
                    by=_user(options["user"]),
                    context=Context(kind=options["kind"], conditions=conditions),
                )
        except (OSError, ValueError, ValidationError, PermissionDenied) as error:
            raise CommandError(" ".join(getattr(error, "messages", [str(error)]))) from error
        answer: dict[str, Any] = {
            "measurement": receipt.measurement.code,
            "sha256": receipt.sha256,
            "duplicate": receipt.duplicate,
        }
        if options["wait"]:
            answer |= wait_for(receipt.measurement, options["timeout"])
        self.stdout.write(json.dumps(answer, indent=2, ensure_ascii=False))
        if answer.get("status") == Job.Status.FAILED:
            raise CommandError(f"{answer['error']['code']}: {answer['error']['message']}")


def wait_for(measurement: Measurement, timeout_s: float) -> dict[str, Any]:
    """Return status and metrics when file and analyses are through; raises CommandError if late."""
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        measurement.refresh_from_db()
        runs = AnalysisRun.objects.filter(measurement=measurement)
        asked = measurement.analyses_requested_at is not None
        if measurement.status == Job.Status.FAILED or (asked and not any(r.is_open for r in runs)):
            return _outcome(measurement)
        time.sleep(0.2)
    raise CommandError(
        f"{measurement.code} is still {measurement.status} after {timeout_s:g} s; "
        "is a worker running?"
    )


def _outcome(measurement: Measurement) -> dict[str, Any]:
    metrics = Metric.objects.filter(run__measurement=measurement, run__is_current=True)
    runs = AnalysisRun.objects.filter(measurement=measurement, is_current=True)
    return {
        "status": measurement.status,
        "error": {"code": measurement.error_code, "message": measurement.error_message},
        "format": measurement.format,
        "rows": measurement.rows,
        "cycles": measurement.cycles,
        "runs": [
            {
                "method": run.method,
                "verdict": run.verdict,
                "error": {"code": run.error_code, "message": run.error_message},
                "flags": list(run.flags.values("code", "severity", "message")),
            }
            for run in runs.prefetch_related("flags")
        ],
        "metrics": list(
            metrics.values(
                "name", "index", "qualifier", "value", "unit", "u", "lo95", "hi95", "censored"
            )
        ),
    }


def _subject(options: dict[str, Any]) -> Record:
    kind = next(kind for kind in SUBJECT_MODELS if options[kind])
    code = options[kind]
    subject: Record | None = SUBJECT_MODELS[kind]._default_manager.filter(code=code).first()
    if subject is None:
        raise CommandError(f"There is no {kind} {code}.")
    return subject


def _user(name: str | None) -> User:
    if name:
        user = User.objects.filter(username=name).first()
    else:
        user = (
            User.objects.filter(is_superuser=True).first()
            or User.objects.filter(memberships__role="manager").first()
        )
    if user is None:
        raise CommandError(f"There is no user {name}." if name else "There is no user yet.")
    return user
