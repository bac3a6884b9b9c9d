"""Executing runs: claim, compute, write metrics, curves and flags in one transaction."""

import math
import tempfile
from contextlib import ExitStack
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from django.db import transaction

from analysis.charts import figure
from analysis.launch import make_current
from analysis.methods import Flag, Inputs, Method, MethodError, Result, Table
from analysis.models import AnalysisRun
from analysis.models import Curve as CurveRow
from analysis.models import Flag as FlagRow
from analysis.models import Metric as MetricRow
from analysis.params import build_params
from analysis.registry import methods
from analysis.vocabulary import unit_of
from labsite.lib import jobs
from labsite.lib.jobs import ExpectedError
from labsite.lib.storage import local_copy, store
from measurements.frames import ParquetFrame


def execute_run(pk: str) -> None:
    """Compute a queued run and store what it found."""
    jobs.run(AnalysisRun, pk, _execute)


def _execute(run: AnalysisRun) -> None:
    method = methods().get(run.method)
    if method is None or method.version != run.method_version:
        raise ExpectedError(
            "E_METHOD_GONE",
            f"{run.method} {run.method_version} is not installed any more; start a new run.",
        )
    run.report(f"Computing {method.title}")
    try:
        result = _compute(method, run)
    except MethodError as error:
        _store_refusal(run, error)
        return
    tables = {table.name: _store_table(run, table) for table in result.tables}
    with transaction.atomic():
        run.finish(verdict=result.status, log="\n".join(result.log), tables=tables)
        _store_findings(run, result)
        make_current(run, in_place_of_fresh=False)


def _compute(method: Method, run: AnalysisRun) -> Result:
    """Run the method on the tables as they are now, if they are those the run was asked for."""
    params = build_params(method, run.params)
    sources = list(run.inputs.select_related("measurement"))
    for source in sources:
        if source.has_other_table:
            raise ExpectedError(
                "E_FILE_REPLACED",
                f"{source.measurement.code} was read from other files meanwhile; "
                "a newer run takes the place of this one.",
            )
    with ExitStack() as files:
        frames = {
            source.role: ParquetFrame(
                files.enter_context(local_copy(source.measurement.frame_path))
            )
            for source in sources
        }
        inputs = Inputs(
            frames=frames,
            facts=run.facts,
            metadata=run.measurement.metadata,
            seed=int(run.digest[:8], 16),
        )
        result: Result = method.run(inputs, params)
    check_finite(result)
    return result


def check_finite(result: Result) -> None:
    """Raise ValueError when a method publishes a number that is none, a defect of the method."""
    for metric in result.metrics:
        numbers = (metric.value, metric.u, metric.lo95, metric.hi95)
        if any(number is not None and not math.isfinite(number) for number in numbers):
            raise ValueError(f"{metric.name} is not finite: {metric}")


def _store_refusal(run: AnalysisRun, error: MethodError) -> None:
    with transaction.atomic():
        run.fail(error.code, error.message, verdict=AnalysisRun.Verdict.FAILED)
        _store_flags(run, error.flags)
        make_current(run, in_place_of_fresh=False)


def _store_findings(run: AnalysisRun, result: Result) -> None:
    MetricRow.objects.bulk_create(
        MetricRow(
            run=run,
            name=metric.name,
            index=metric.index,
            qualifier=metric.qualifier,
            value=metric.value,
            unit=unit_of(metric.name),
            u=metric.u,
            lo95=metric.lo95,
            hi95=metric.hi95,
            n=metric.n,
            censored=metric.censored,
            definition=metric.definition,
        )
        for metric in result.metrics
    )
    CurveRow.objects.bulk_create(
        CurveRow(
            run=run, position=position, name=curve.name, title=curve.title, figure=figure(curve)
        )
        for position, curve in enumerate(result.curves)
    )
    _store_flags(run, result.flags)


def _store_flags(run: AnalysisRun, flags: tuple[Flag, ...]) -> None:
    FlagRow.objects.bulk_create(
        FlagRow(
            run=run,
            position=position,
            code=flag.code,
            severity=flag.severity,
            message=flag.message,
            context=dict(flag.context),
        )
        for position, flag in enumerate(flags)
    )


def _store_table(run: AnalysisRun, table: Table) -> str:
    """Store a table as Parquet under a name of this attempt; return the stored name."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.parquet"
        pq.write_table(pa.table(dict(table.columns)), path, compression="zstd")
        return store(path, f"runs/{run.pk}/{table.name}-{run.lease}.parquet")
