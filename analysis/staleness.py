"""Runs whose facts are no longer what the records say."""

from collections import defaultdict
from collections.abc import Collection
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from analysis.facts import facts_of
from analysis.models import AnalysisRun, RunInput
from cells.models import Cell
from labsite.access.records import Record
from measurements.models import Instrument, Measurement
from samples.models import Chemical, Coating, Electrode, Film

DEPENDENTS = {
    Measurement: ("pk",),
    Instrument: ("instrument",),
    Film: ("film", "cell__film"),
    Cell: ("cell",),
    Electrode: ("electrode", "cell__places__electrode"),
    Coating: ("electrode__coating", "cell__places__electrode__coating"),
    Chemical: (
        "cell__places__electrode__coating__active_material",
        "cell__places__electrode__metal",
    ),
}
"""How measurements hang on each kind of record that facts are taken from."""


MADE_FROM = (
    "measurement__instrument",
    "measurement__channel",
    "measurement__film",
    "measurement__electrode",
    "measurement__cell__film",
)
PARTS = (
    "inputs__measurement",
    *(
        f"measurement__cell__places__electrode__{part}"
        for part in ("coating__active_material", "metal")
    ),
)
OTHER_FILES = "files"
"""What a run is told that read a table which has been made from other files since."""


def mark_stale_runs(record: Record) -> None:
    """Mark runs stale, or fresh again, whose facts a changed record has changed.

    Those that count and those still to be computed: these will count.
    """
    paths = DEPENDENTS.get(type(record))
    if paths is None:
        return
    hanging = Q()
    for path in paths:
        hanging |= Q(**{path: record.pk})
    runs = AnalysisRun.objects.filter(
        Q(is_current=True) | Q(status__in=[AnalysisRun.Status.QUEUED, AnalysisRun.Status.RUNNING]),
        Q(measurement__in=Measurement.objects.filter(hanging))
        | Q(pk__in=RunInput.objects.filter(measurement=record.pk).values("run")),
    )
    by_names = defaultdict(list)
    for run in runs.select_related(*MADE_FROM).prefetch_related(*PARTS):
        changed = _changed(run)
        if bool(changed) != (run.stale_at is not None):
            by_names[", ".join(changed)].append(run.pk)
    for names, pks in by_names.items():
        _mark(pks, f"{record} now says otherwise: {names}" if names else "")


def judge(run: AnalysisRun) -> bool:
    """Mark a run stale, or fresh, by what the records say now; return whether it is stale."""
    stored = AnalysisRun.objects.get(pk=run.pk)
    changed = _changed(stored)
    if bool(changed) != (stored.stale_at is not None):
        _mark([run.pk], f"The records now say otherwise: {', '.join(changed)}" if changed else "")
    return bool(changed)


def _mark(pks: Collection[UUID], reason: str) -> None:
    """Mark runs stale for a reason; fresh without one."""
    AnalysisRun.objects.filter(pk__in=pks).update(
        stale_at=timezone.now() if reason else None, stale_reason=reason[:200]
    )


def _changed(run: AnalysisRun) -> list[str]:
    """Return what differs from what the run used: the files, and the names of the facts."""
    now = facts_of(run.measurement)
    files = [OTHER_FILES for source in run.inputs.all() if source.has_other_table][:1]
    return files + sorted(
        name for name in now.keys() | run.facts.keys() if now.get(name) != run.facts.get(name)
    )
