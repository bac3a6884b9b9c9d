"""Services that put cells on channels of instruments and take them off again."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from cells.events import log_event
from cells.models import Cell, CellEvent
from labsite.access.models import User
from labsite.access.recording import check_in_use, check_may_edit
from labsite.access.records import Record
from labsite.access.viewers import Viewer
from measurements.models import Channel, ChannelUse

OFF = (CellEvent.Kind.OFF_TEST, CellEvent.Kind.ENDED, CellEvent.Kind.OPENED)
"""Events that take a cell off its channel."""


def put_on_channel(
    *,
    cell: Cell,
    channel: Channel,
    by: User,
    at: datetime | None = None,
    until: datetime | None = None,
    note: str = "",
) -> ChannelUse:
    """Start a cell's time on a channel, which is also the start of its test.

    ``until`` is set when the test is over already. Raises PermissionDenied, ValidationError when
    the channel is taken, the cell is on another one, or the cell is opened or ended. The unique
    constraints decide between two who do it at once.
    """
    check_may_edit(by, cell)
    check_in_use(cell, channel.instrument)
    when = at or timezone.now()
    use = ChannelUse(channel=channel, cell=cell, started_at=when, ended_at=until, created_by=by)
    words = note or str(channel)
    try:
        with transaction.atomic():
            _lock(channel, cell)
            _check_time(use, by)
            use.save(force_insert=True)
            log_event(cell=cell, kind=CellEvent.Kind.ON_TEST, at=when, by=by, note=words)
            if until is not None:
                log_event(cell=cell, kind=CellEvent.Kind.OFF_TEST, at=until, by=by, note=words)
    except IntegrityError:
        raise ValidationError(_why_taken(channel, cell, by)) from None
    return use


def take_off_channel(
    *, use: ChannelUse, by: User, at: datetime | None = None, note: str = ""
) -> ChannelUse:
    """End a cell's time on a channel, and with it its test.

    Raises PermissionDenied, ValidationError when it was taken off already or the time is earlier
    than its start.
    """
    check_may_edit(by, use.cell)
    when = at or timezone.now()
    if when <= use.started_at:
        raise ValidationError({"at": _later_than(use, when)})
    with transaction.atomic():
        _lock(use.cell)
        if not _end(use, when):
            raise ValidationError(
                _("%(cell)s was taken off %(channel)s already.")
                % {"cell": use.cell.code, "channel": use.channel}
            )
        log_event(
            cell=use.cell,
            kind=CellEvent.Kind.OFF_TEST,
            at=when,
            by=by,
            note=note or str(use.channel),
        )
    use.ended_at = when
    return use


def free_channel(record: Record) -> None:
    """End the time on a channel of a cell that was voided, opened, ended or taken off test."""
    if not isinstance(record, Cell):
        return
    use = record.channel_uses.filter(ended_at=None).first()
    if use is None:
        return
    since = record.events.filter(kind__in=OFF, at__gt=use.started_at).order_by("at").first()
    ended_at = since.at if since is not None else record.voided_at
    if ended_at is not None:
        _end(use, ended_at)


def _lock(*rows: Channel | Cell) -> None:
    """Let one person at a time write the times of a channel, and of a cell."""
    for row in rows:
        locked = type(row)._default_manager.select_for_update(of=("self",), no_key=True)
        locked.values_list("pk").get(pk=row.pk)


def _end(use: ChannelUse, when: datetime) -> bool:
    """End an open time on a channel; return whether it was open."""
    open_use = ChannelUse.objects.filter(pk=use.pk, ended_at=None)
    return bool(open_use.update(ended_at=when, updated_at=timezone.now()))


def _check_time(use: ChannelUse, by: User) -> None:
    """Raise ValidationError when the channel, or the cell, was in use during that time.

    That it is so now is left to the constraints.
    """
    start, end = use.started_at, use.ended_at
    if end is not None and end <= start:
        raise ValidationError({"until": _later_than(use, end)})
    overlap = Q(ended_at__gt=start)
    if end is not None:
        overlap = (overlap | Q(ended_at=None)) & Q(started_at__lt=end)
    others = ChannelUse.objects.filter(overlap, Q(channel=use.channel) | Q(cell=use.cell))
    other = others.select_related("cell", "channel__instrument").order_by("started_at").first()
    if other is None:
        return
    words = {
        "other": other.cell.code if Viewer(by).sees(other.cell) else _("A cell of another project"),
        "channel": other.channel,
        "since": _shown(other.started_at),
        "until": _shown(other.ended_at) or _("now"),
        "at": _shown(start),
    }
    sentence = _("%(other)s was on %(channel)s from %(since)s until %(until)s; found %(at)s.")
    raise ValidationError({"at": sentence % words})


def _why_taken(channel: Channel, cell: Cell, by: User) -> str:
    """Say which of the two is taken, by what as far as the person may read it."""
    viewer = Viewer(by)
    other = channel.uses.filter(ended_at=None).select_related("cell").first()
    if other is not None and other.cell_id != cell.pk:
        name = other.cell.code if viewer.sees(other.cell) else _("a cell of another project")
        return _("%(channel)s is taken by %(other)s since %(since)s. Take it off first.") % {
            "channel": channel, "other": name, "since": _shown(other.started_at),
        }  # fmt: skip
    own = cell.channel_uses.filter(ended_at=None).select_related("channel__instrument").first()
    where = own.channel if own is not None else channel
    return _("%(cell)s is on %(channel)s already. Take it off first.") % {
        "cell": cell.code,
        "channel": where,
    }


def _later_than(use: ChannelUse, when: datetime) -> str:
    return _("Found %(at)s; %(cell)s is on %(channel)s since %(since)s.") % {
        "at": _shown(when),
        "cell": use.cell.code,
        "channel": use.channel,
        "since": _shown(use.started_at),
    }


def _shown(moment: datetime | None) -> str:
    return "" if moment is None else timezone.localtime(moment).strftime("%Y-%m-%d %H:%M")
