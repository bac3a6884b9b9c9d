"""What is to be said of a lot: expired, expires soon, low, empty; as conditions and in words."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta

from django.db import models
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from samples.models import Lot

SOON = timedelta(days=30)
"""A lot that expires within this time is announced."""


class LotState(models.TextChoices):
    """States of a bottle, the gravest first."""

    EMPTY = "empty", _("empty")
    EXPIRED = "expired", _("expired")
    EXPIRES_SOON = "expires_soon", _("expires soon")
    LOW = "low", _("low")
    IN_USE = "in_use", _("in use")


WANTING = (LotState.EXPIRED, LotState.EXPIRES_SOON, LotState.LOW)
"""States in which somebody has to do something about a lot."""
TONES = {
    LotState.EMPTY: "off",
    LotState.EXPIRED: "failed",
    LotState.EXPIRES_SOON: "warning",
    LotState.LOW: "warning",
    LotState.IN_USE: "ok",
}
HOLDS_SOME = Q(remaining_amount__isnull=True) | Q(remaining_amount__gt=0)
CONDITIONS: Mapping[LotState, Callable[[date], Q]] = {
    LotState.EMPTY: lambda _today: Q(remaining_amount=0),
    LotState.EXPIRED: lambda today: HOLDS_SOME & Q(expires_on__lt=today),
    LotState.EXPIRES_SOON: lambda today: HOLDS_SOME & Q(expires_on__range=(today, today + SOON)),
    LotState.LOW: lambda _today: Q(
        remaining_amount__gt=0, remaining_amount__lt=F("minimum_amount")
    ),
    LotState.IN_USE: lambda _today: HOLDS_SOME,
}
"""A lot may be in several states at once: expired and low."""


def states_of(lot: Lot, today: date) -> list[LotState]:
    """Return all that is to be said of a lot, the gravest first; a full, fresh one is in use."""
    left, lowest = lot.remaining_amount, lot.minimum_amount
    if left == 0:
        return [LotState.EMPTY]
    states = []
    if lot.expires_on is not None and lot.expires_on < today:
        states.append(LotState.EXPIRED)
    elif lot.expires_on is not None and lot.expires_on <= today + SOON:
        states.append(LotState.EXPIRES_SOON)
    if left is not None and lowest is not None and left < lowest:
        states.append(LotState.LOW)
    return states or [LotState.IN_USE]


def lots_wanting(today: date) -> "QuerySet[Lot]":
    """Return the lots in use that have expired, expire soon or are low, the oldest date first."""
    condition = Q()
    for state in WANTING:
        condition |= CONDITIONS[state](today)
    rows: QuerySet[Lot] = Lot.objects.filter(condition, voided_at__isnull=True)
    return rows.select_related("chemical").order_by(F("expires_on").asc(nulls_last=True), "code")
