"""What the page of a record shows of the results about it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet
from django.utils.safestring import SafeString

from analysis.headlines import headlines
from analysis.models import AnalysisRun, Curve, Flag
from analysis.registry import methods
from analysis.remedies import Remedy, remedy
from analysis.words import Shown, method_title, run_state, show_metric
from labsite.access.kinds import State
from labsite.access.records import Record
from labsite.access.viewers import Viewer
from measurements.intake import kind_of
from measurements.lineage import measurements_about
from measurements.models import SUBJECTS, Measurement

RUNS_READ = 60
"""The newest runs; a batch with more has a list of its own."""
ROW_NUMBERS = 3
UNANALYSED = 5
OPEN = (Measurement.Status.QUEUED, Measurement.Status.RUNNING)


@dataclass(frozen=True)
class RunLine:
    """A run in a list."""

    run: AnalysisRun
    title: str
    state: State
    subject: SafeString | str
    at: datetime
    remedy: Remedy | None = None


@dataclass(frozen=True)
class Card:
    """A headline number with the run behind it."""

    line: RunLine
    number: Shown
    n: int | None


@dataclass(frozen=True)
class Drawing:
    """The curves and tables of a run."""

    line: RunLine
    curves: list[Curve]
    tables: list[str]


@dataclass(frozen=True)
class Row:
    """A run with its first numbers, beside those of other cells or films."""

    line: RunLine
    numbers: list[Shown]


@dataclass(frozen=True)
class Panel:
    """Everything in the card "Results"."""

    cards: list[Card] = field(default_factory=list)
    flags: list[Flag] = field(default_factory=list)
    refused: list[RunLine] = field(default_factory=list)
    drawings: list[Drawing] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    current: list[RunLine] = field(default_factory=list)
    earlier: list[RunLine] = field(default_factory=list)


def about(record: Record, viewer: Viewer) -> "QuerySet[Measurement]":
    """Return the valid measurements of a record and of what it went into that one may read."""
    found = Measurement.objects.filter(measurements_about(record))
    return Measurement.objects.visible_to(viewer.user).valid().filter(pk__in=found.values("pk"))


def results_panel(measurements: "QuerySet[Measurement]", viewer: Viewer, record: Record) -> Panel:
    """Return the results of some measurements; six queries, however many there are.

    Results of several cells or films stand in a table; cards and curves are then only those of
    the record itself.
    """
    runs = list(runs_with_findings().filter(measurement__in=measurements)[:RUNS_READ])
    lines = {run.pk: run_line(run, viewer) for run in runs}
    current = [run for run in runs if run.is_current or run.is_open]
    done = [run for run in current if run.status == AnalysisRun.Status.DONE]
    several = len({run.measurement.subject for run in current}) > 1
    own = [run for run in done if not several or run.measurement.subject == record]
    chosen = headlines(own)
    return Panel(
        cards=[Card(lines[run.pk], show_metric(metric), metric.n) for run, metric in chosen],
        flags=_flags(run for run, _metric in chosen),
        refused=[lines[run.pk] for run in current if run.status == AnalysisRun.Status.FAILED],
        drawings=[_drawing(run, lines) for run in _newest_of_each_method(own)],
        rows=[_row(lines[run.pk]) for run in current] if several else [],
        current=[lines[run.pk] for run in current],
        earlier=[lines[run.pk] for run in runs if run not in current],
    )


def runs_with_findings() -> "QuerySet[AnalysisRun]":
    """Return runs with metrics, flags and the names of their curves, the newest test first."""
    curves = Curve.objects.defer("figure")
    return (
        AnalysisRun.objects.filter(measurement__voided_at__isnull=True)
        .select_related(
            *(f"measurement__{name}" for name in SUBJECTS),
            "measurement__lot__chemical",
            "measurement__cell__film",
        )
        .prefetch_related("metrics", "flags", Prefetch("curves", curves))
        .defer("log", "error_trace", "measurement__metadata", "measurement__columns")
        .order_by("-measurement__performed_at", "-created_at")
    )


def run_line(run: AnalysisRun, viewer: Viewer) -> RunLine:
    """Return a run for a list."""
    return RunLine(
        run=run,
        title=method_title(run.method),
        state=run_state(run),
        subject=viewer.link(run.measurement.subject),
        at=run.measurement.performed_at or run.finished_at or run.created_at,
        remedy=remedy(run) if run.status == AnalysisRun.Status.FAILED else None,
    )


def work_in_progress(measurements: "QuerySet[Measurement]") -> list[str]:
    """Return in words what is being read or computed about the measurements."""
    reading = measurements.filter(
        Q(status__in=OPEN) | Q(status=Measurement.Status.DONE, analyses_requested_at__isnull=True)
    )
    computing = AnalysisRun.objects.filter(measurement__in=measurements, status__in=OPEN)
    return [
        *(f"{row.code}: {row.progress or row.get_status_display()}" for row in reading[:5]),
        *(f"{method_title(run.method)}: {run.progress or run.get_status_display()}"
          for run in computing[:5]),
    ]  # fmt: skip


def _row(line: RunLine) -> Row:
    return Row(line, [show_metric(metric) for _run, metric in headlines([line.run])[:ROW_NUMBERS]])


def _drawing(run: AnalysisRun, lines: dict[UUID, RunLine]) -> Drawing:
    return Drawing(lines[run.pk], list(run.curves.all()), sorted(run.tables))


def _newest_of_each_method(runs: Iterable[AnalysisRun]) -> list[AnalysisRun]:
    newest: dict[str, AnalysisRun] = {}
    for run in runs:
        newest.setdefault(run.method, run)
    return list(newest.values())


def _flags(runs: Iterable[AnalysisRun]) -> list[Flag]:
    """Return the flags of the runs, the gravest first, each sentence once."""
    order = {Flag.Severity.ERROR: 0, Flag.Severity.WARN: 1, Flag.Severity.INFO: 2}
    seen: dict[tuple[str, str], Flag] = {}
    for run in dict.fromkeys(runs):
        for flag in run.flags.all():
            seen.setdefault((flag.code, flag.message), flag)
    return sorted(seen.values(), key=lambda flag: order[Flag.Severity(flag.severity)])


def panel_context(record: Record, viewer: Viewer) -> dict[str, object]:
    """Return the context of the fragment "Results"."""
    measurements = about(record, viewer)
    return progress_context(record, viewer) | {
        "panel": results_panel(measurements, viewer, record),
        "unanalysed": measurements.filter(
            status=Measurement.Status.DONE, runs__isnull=True, kind__in=_analysed_kinds()
        )[:UNANALYSED],
    }


def _analysed_kinds() -> set[str]:
    return {kind for method in methods().values() for kind in method.kinds}


def progress_context(record: Record, viewer: Viewer) -> dict[str, object]:
    """Return the context of the fragment that says what is under way."""
    name = "measurement" if isinstance(record, Measurement) else kind_of(record)
    return {"record": record, "name": name, "working": work_in_progress(about(record, viewer))}
