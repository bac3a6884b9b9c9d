"""The channel board of today: which cell is on which channel, and how it does."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from analysis.models import AnalysisRun, Curve, Metric
from analysis.sketches import sketch
from labsite.access.models import User
from measurements.board import Place, channels
from measurements.models import Instrument

RETENTION = "capacity_retention"


@dataclass(frozen=True)
class Seat(Place):
    """A channel with the last retention of its cell."""

    retention: Metric | None = None
    sketch: str = ""


@dataclass(frozen=True)
class Row:
    """The channels of an instrument."""

    instrument: Instrument
    places: list[Seat] = field(default_factory=list)


def channel_board(user: User) -> list[Row]:
    """Return the channels of all instruments in use; six queries, however many there are."""
    rows = channels(user)
    measured = [place.measurement for row in rows for place in row.places if place.measurement]
    results = _results({one.pk for one in measured})
    return [Row(row.instrument, [_seat(place, results) for place in row.places]) for row in rows]


@dataclass
class _Result:
    retention: Metric | None = None
    sketch: str = ""


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


def _seat(place: Place, results: dict[UUID, _Result]) -> Seat:
    result = (
        _Result() if place.measurement is None else results.get(place.measurement.pk, _Result())
    )
    return Seat(
        channel=place.channel,
        tone=place.tone,
        cell=place.cell,
        measurement=place.measurement,
        use=place.use,
        retention=result.retention,
        sketch=result.sketch,
    )
