"""The channels of all instruments: which cell is on which, and which have gone silent."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Max, OuterRef, QuerySet, Subquery
from django.utils import timezone

from cells.models import Cell, CellEvent
from labsite.access.models import User
from labsite.access.viewers import Viewer
from measurements.models import Channel, ChannelUse, Instrument, Measurement

SILENT_AFTER = timedelta(days=3)
"""A cell on test that sent nothing for so long is shown in amber."""
FREE, ON_TEST, SILENT = "free", "on-test", "silent"
TONES = (FREE, ON_TEST, SILENT)


@dataclass(frozen=True)
class Place:
    """A channel: free, or with its cell (None when the person may not read that).

    ``use`` is the cell's logged time on the channel; without one the cell was measured here last.
    """

    channel: Channel
    tone: str = FREE
    cell: Cell | None = None
    measurement: Measurement | None = None
    use: ChannelUse | None = None


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


def channels(user: User, instruments: Iterable[UUID] = ()) -> list[Row]:
    """Return the channels of the instruments in use, of all when none is named."""
    rows = Instrument.objects.filter(voided_at__isnull=True).prefetch_related("channels")
    wanted = list(instruments)
    found = _Found(user)
    return [
        Row(one, [found.place(channel) for channel in in_order(one.channels.all())])
        for one in (rows.filter(pk__in=wanted) if wanted else rows)
        if one.channels.all()
    ]


def in_order(found: Iterable[Channel]) -> list[Channel]:
    """Return channels as people count: 1-2 before 1-10."""
    return sorted(found, key=lambda channel: _counted(channel.name))


def _counted(name: str) -> list[tuple[int, str]]:
    parts = "".join(sign if sign.isdigit() else f" {sign} " for sign in name).split()
    return [(int(part), "") if part.isdecimal() else (0, part) for part in parts]


class _Found:
    """What is on the channels, asked once for all of them."""

    def __init__(self, user: User) -> None:
        self.viewer = Viewer(user)
        uses = ChannelUse.objects.filter(ended_at=None).select_related("cell", "channel")
        self.uses = {use.channel_id: use for use in uses}
        self.elsewhere = {use.cell_id: use.channel_id for use in self.uses.values()}
        self.latest = _latest_by_channel(user)
        self.on_test = set(cells_on_test(user).values_list("pk", flat=True))

    def place(self, channel: Channel) -> Place:
        """Return the logged use of a channel, else the last measurement of a cell on test."""
        use, measurement = self.uses.get(channel.pk), self.latest.get(channel.pk)
        if use is not None:
            return self._used(channel, use, measurement)
        if measurement is None or measurement.cell_id not in self.on_test:
            return Place(channel)
        cell_id = measurement.cell_id
        if cell_id is not None and self.elsewhere.get(cell_id, channel.pk) != channel.pk:
            return Place(channel)
        tone = _tone(measurement.created_at)
        return Place(channel, tone, cell=measurement.cell, measurement=measurement)

    def _used(self, channel: Channel, use: ChannelUse, last: Measurement | None) -> Place:
        own = last if last is not None and last.cell_id == use.cell_id else None
        heard = use.started_at if own is None else max(own.created_at, use.started_at)
        if not self.viewer.sees(use.cell):
            return Place(channel, ON_TEST)
        return Place(channel, _tone(heard), cell=use.cell, measurement=own, use=use)


def _tone(heard: datetime) -> str:
    return SILENT if heard < timezone.now() - SILENT_AFTER else ON_TEST


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
