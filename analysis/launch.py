"""Asking for analyses: one run per digest of method, version, parameters, facts and inputs."""

import dataclasses
import hashlib
import json
import subprocess
from collections.abc import Mapping
from functools import cache

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from analysis.facts import facts_of
from analysis.methods import Fact, Method
from analysis.models import AnalysisRun, RunInput
from analysis.params import build_params
from analysis.registry import methods
from analysis.staleness import judge
from labsite import __version__
from labsite.access.models import User
from labsite.access.recording import check_may_edit
from labsite.lib.jobs import enqueue, start_over
from measurements.models import Measurement

LOST = ("E_DEFECT", "E_WORKER_LOST", "E_TIME_LIMIT", "E_FILE_REPLACED")


def request_analyses(measurement: Measurement) -> None:
    """Launch every method that applies to a measurement that has been read.

    A run that counts and fits the records is left alone, a stale one made again with its
    parameters and further inputs.
    """
    facts = facts_of(measurement)
    counting = {
        run.method: run for run in AnalysisRun.objects.current().filter(measurement=measurement)
    }
    with transaction.atomic():
        for method in methods().values():
            run = counting.get(method.name)
            if method.triggers(measurement.kind, facts) and (run is None or run.stale_at):
                params = run.params if run and run.method_version == method.version else {}
                further = further_inputs(run, method) if run else {}
                launch_run(method=method, measurement=measurement, params=params, inputs=further)
        Measurement.objects.filter(pk=measurement.pk).update(analyses_requested_at=timezone.now())


def further_inputs(run: AnalysisRun, method: Method) -> dict[str, Measurement]:
    """Return the measurements that a run read beside its own, by role."""
    inputs = run.inputs.select_related("measurement").exclude(role=method.roles[0])
    return {row.role: row.measurement for row in inputs}


def request_due_analyses() -> None:
    """Launch what a worker that was killed after reading did not launch."""
    due = Measurement.objects.filter(
        status=Measurement.Status.DONE, analyses_requested_at__isnull=True
    )
    for measurement in due.order_by("finished_at")[:100]:
        request_analyses(measurement)


def launch_run(
    *,
    method: Method,
    measurement: Measurement,
    params: Mapping[str, object] | None = None,
    inputs: Mapping[str, Measurement] | None = None,
    by: User | None = None,
) -> AnalysisRun:
    """Queue a run, or return the one that exists for the same method, parameters, facts and bytes.

    ``inputs`` are further measurements by role. A run that was lost to a defect or a stopped worker
    is queued again. Raises MethodError for bad parameters, PermissionDenied.
    """
    if by is not None:
        check_may_edit(by, measurement)
    chosen = dataclasses.asdict(build_params(method, params or {}))
    facts = facts_of(measurement)
    by_role = {method.roles[0]: measurement, **(inputs or {})}
    sources = {role: (source, _sha256(source)) for role, source in by_role.items()}
    digest = _digest(method, chosen, facts, {role: sha for role, (_row, sha) in sources.items()},
                     measurement)  # fmt: skip
    try:
        with transaction.atomic():
            run = AnalysisRun.objects.create(
                measurement=measurement,
                method=method.name,
                method_version=method.version,
                params=chosen,
                facts=facts,
                digest=digest,
                code_revision=code_revision(),
                requested_by=by,
                created_by=by,
            )
            RunInput.objects.bulk_create(
                RunInput(run=run, measurement=row, role=role, sha256=sha)
                for role, (row, sha) in sources.items()
            )
            enqueue(run)
    except IntegrityError:
        run = AnalysisRun.objects.get(digest=digest)
        _again(run)
    return run


def _again(run: AnalysisRun) -> None:
    """Queue a lost run again; make a finished one count."""
    if not start_over(run, error_code__in=LOST) and not run.is_open:
        make_current(run)


def make_current(run: AnalysisRun, *, in_place_of_fresh: bool = True) -> None:
    """Let this run be the one that counts for its measurement and method.

    A stale run takes the place of one that fits the records only when ``in_place_of_fresh``.
    """
    with transaction.atomic():
        # two runs that finish at once take turns here; the row's lock ends with the transaction
        Measurement.objects.select_for_update(no_key=True).values("pk").get(pk=run.measurement_id)
        others = (
            AnalysisRun.objects.current()
            .filter(measurement=run.measurement_id, method=run.method)
            .exclude(pk=run.pk)
        )
        stale = judge(run)
        if stale and not in_place_of_fresh and others.filter(stale_at=None).exists():
            return
        others.update(is_current=False)
        AnalysisRun.objects.filter(pk=run.pk).update(is_current=True)


def _sha256(measurement: Measurement) -> str:
    """Return what the measurement's table was made from."""
    if measurement.frame_sha256:
        return measurement.frame_sha256
    return measurement.raw_files.values_list("blob_id", flat=True).last() or ""


def _digest(
    method: Method,
    params: Mapping[str, object],
    facts: Mapping[str, Fact],
    sha_by_role: Mapping[str, str],
    measurement: Measurement,
) -> str:
    text = json.dumps(
        [method.name, method.version, params, facts, sha_by_role, str(measurement.pk)],
        sort_keys=True,
    )
    return hashlib.sha256(text.encode()).hexdigest()


@cache
def code_revision() -> str:
    """Return the version and, where this is a git checkout or says so, the revision of the code."""
    revision = settings.CODE_REVISION
    if not revision:
        answer = subprocess.run(  # noqa: S603 - fixed words
            ["git", "-C", str(settings.BASE_DIR), "rev-parse", "--short=12", "HEAD"],  # noqa: S607
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        revision = answer.stdout.strip()
    return f"{__version__} {revision}".strip()
