"""Times that are typed to the minute beside times that are stored to the second."""

from collections.abc import Iterable
from datetime import datetime, timedelta

MINUTE = timedelta(minutes=1)


def after_that_minute(at: datetime, others: Iterable[datetime]) -> datetime:
    """Return a time that was typed to the minute as not before ``others`` of that minute."""
    if at.second or at.microsecond:
        return at
    return max((other for other in others if at <= other < at + MINUTE), default=at)
