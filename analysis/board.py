"""The channel board: which cell is on which channel, and how it does."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import Max, OuterRef, QuerySet, Subquery
from django.utils import timezone

from analysis.models import AnalysisRun, Curve, Metric
from analysis.sketches import sketch
from cells.models import Cell, CellEvent
from labsite.access.models import User
from measurements.models import Channel, Instrument, Measurement

SILENT_AFTER = timedelta(days=3)
"""A cell on test that sent nothing for so long is shown in amber."""
RETENTION = "capacity_retention"


@dataclass(frozen=True)
class Place:
    """A channel: free, or with the cell that was measured on it last while it is on test."""

    channel: Channel
    tone: str = "free"
    cell: Cell | None = None
    measurement: Measurement | None = None
    retention: Metric | None = None
    sketch: str = ""


@dataclass(frozen=True)
class Row:
    """The channels of an instrument."""

    instrument: Instrument
    places: list[Place] = field(default_factory=list)


def cells_on_test(user: User) -> "QuerySet[Any]":
    """Return the cells whose last event is that their test started."""
    last = CellEvent.objects.filter(cell=OuterRef("pk")).order_by("-at", "-created_at")
    rows: QuerySet[Any] = Cell.objects.visible_to(user)
    rows = rows.filter(voided_at__isnull=True).annotate(last=Subquery(last.values("kind")[:1]))
    return rows.filter(last=CellEvent.Kind.ON_TEST)


def channel_board(user: User) -> list[Row]:
    """Return the channels of all instruments in use; five queries, however many there are."""
    instruments = Instrument.objects.filter(voided_at__isnull=True).prefetch_related("channels")
    latest = _latest_by_channel(user)
    results = _results({row.pk for row in latest.values()})
    on_test = set(cells_on_test(user).values_list("pk", flat=True))
    return [
        Row(
            instrument,
            [
                _place(channel, latest.get(channel.pk), on_test, results)
                for channel in instrument.channels.all()
            ],
        )
        for instrument in instruments
        if instrument.channels.all()
    ]


@dataclass
class _Result:
    retention: Metric | None = None
    sketch: str = ""


def _latest_by_channel(user: User) -> dict[UUID, Measurement]:
    """Return the newest measurement of a cell on each channel."""
    rows = Measurement.objects.visible_to(user).valid()
    rows = rows.filter(channel__isnull=False, cell__isnull=False)
    newest = rows.values("channel").annotate(newest=Max("created_at"))
    times = {row["channel"]: row["newest"] for row in newest}
    found = rows.filter(created_at__in=times.values()).select_related("cell")
    return {
        row.channel_id: row
        for row in found
        if row.channel_id is not None and times.get(row.channel_id) == row.created_at
    }


def _results(measurements: Iterable[UUID]) -> dict[UUID, _Result]:
    """Return the last retention of each measurement with a sketch of its curve."""
    current = AnalysisRun.objects.current().filter(measurement__in=measurements)
    found: dict[UUID, _Result] = {}
    metrics = Metric.objects.filter(run__in=current, name=RETENTION).select_related("run")
    for metric in metrics.order_by("index"):
        found.setdefault(metric.run.measurement_id, _Result()).retention = metric
    curves = Curve.objects.filter(run__in=current, name="retention").select_related("run")
    for curve in curves:
        found.setdefault(curve.run.measurement_id, _Result()).sketch = sketch(curve.figure)
    return found


def _place(
    channel: Channel,
    measurement: Measurement | None,
    on_test: set[UUID],
    results: dict[UUID, _Result],
) -> Place:
    if measurement is None or measurement.cell_id not in on_test:
        return Place(channel)
    silent = measurement.created_at < timezone.now() - SILENT_AFTER
    result = results.get(measurement.pk, _Result())
    return Place(
        channel=channel,
        tone="silent" if silent else "on-test",
        cell=measurement.cell,
        measurement=measurement,
        retention=result.retention,
        sketch=result.sketch,
    )
