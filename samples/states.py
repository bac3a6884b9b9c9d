"""What an electrode is now, and the events that say so."""

from datetime import datetime

from django.core.exceptions import ValidationError

from labsite.access.models import User
from labsite.access.recording import check_in_use
from samples.models import Electrode, ElectrodeEvent

State = ElectrodeEvent.State
FREE = frozenset({State.PRISTINE, State.INFILTRATED, State.HARVESTED})
"""States of electrodes that can be infiltrated, put into a cell or used up."""


def state_of(electrode: Electrode) -> str:
    """Return the state that the electrode's last event says."""
    last = _last_event(electrode)
    return last.state if last is not None else State.PRISTINE


def _last_event(electrode: Electrode) -> ElectrodeEvent | None:
    """Return what happened last; being made comes first, whatever its date."""
    return max(
        electrode.events.all(),
        key=lambda event: (event.state != State.PRISTINE, event.at, event.created_at),
        default=None,
    )


def refuse_unless(electrode: Electrode, allowed: set[str], at: datetime) -> None:
    """Raise ValidationError unless the electrode's state is allowed and nothing happened later.

    Called in the transaction that writes the next state: until it ends, nobody else writes one.
    """
    rows = Electrode.objects.select_for_update(of=("self",), no_key=True)
    locked = rows.get(pk=electrode.pk)
    check_in_use(locked)
    last = _last_event(locked)
    if last is None:
        return
    words = last.get_state_display()
    if last.state not in allowed:
        raise ValidationError(f"Electrode {electrode.code} is {words}; it cannot be used for this.")
    if last.state != State.PRISTINE and at < last.at:
        raise ValidationError(
            f"Electrode {electrode.code} is {words} since {last.at:%Y-%m-%d %H:%M %Z}; "
            f"found {at:%Y-%m-%d %H:%M %Z} for what comes after, which is earlier."
        )


def mark_infiltrated(*, electrode: Electrode, at: datetime, by: User) -> None:
    """Note that an electrode was infiltrated; raises ValidationError when that cannot be."""
    refuse_unless(electrode, {State.PRISTINE, State.INFILTRATED, State.HARVESTED}, at)
    ElectrodeEvent.objects.create(
        electrode=electrode, state=State.INFILTRATED, at=at, created_by=by
    )


def move_infiltration(*, electrode: Electrode, old: datetime, new: datetime) -> None:
    """Correct when an electrode was infiltrated.

    Raises ValidationError when something else happened to it between the two times.
    """
    if old == new:
        return
    others = electrode.events.exclude(state=State.PRISTINE)
    between = others.filter(at__gte=min(old, new), at__lte=max(old, new)).exclude(
        state=State.INFILTRATED, at=old
    )
    other = between.first()
    if other is not None:
        raise ValidationError(
            f"Electrode {electrode.code} is {other.get_state_display()} since "
            f"{other.at:%Y-%m-%d %H:%M %Z}; found {new:%Y-%m-%d %H:%M %Z} for the infiltration, "
            f"which was logged for {old:%Y-%m-%d %H:%M %Z}: the order of the two would change."
        )
    electrode.events.filter(state=State.INFILTRATED, at=old).update(at=new)
