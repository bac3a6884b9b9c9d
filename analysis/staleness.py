"""Runs whose facts are no longer what the records say."""

from django.db.models import Q
from django.utils import timezone

from analysis.facts import facts_of
from analysis.models import AnalysisRun
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


def mark_stale_runs(record: Record) -> None:
    """Mark the current runs stale, or fresh again, whose facts a changed record has changed."""
    paths = DEPENDENTS.get(type(record))
    if paths is None:
        return
    hanging = Q()
    for path in paths:
        hanging |= Q(**{path: record.pk})
    runs = AnalysisRun.objects.current().filter(measurement__in=Measurement.objects.filter(hanging))
    for run in runs.select_related("measurement__cell__film", "measurement__film"):
        changed = _changed(run)
        if bool(changed) == (run.stale_at is not None):
            continue
        AnalysisRun.objects.filter(pk=run.pk).update(
            stale_at=timezone.now() if changed else None,
            stale_reason=f"{record} now says otherwise: {', '.join(changed)}"[:200]
            if changed
            else "",
        )


def _changed(run: AnalysisRun) -> list[str]:
    """Return the names of the facts that differ from those the run used."""
    now = facts_of(run.measurement)
    return sorted(
        name for name in now.keys() | run.facts.keys() if now.get(name) != run.facts.get(name)
    )
