"""Human codes: EB-2026-0001 = kind, year in the lab's zone, number."""

import zoneinfo

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from labsite.access.models import CodeCounter


def draw_code(prefix: str) -> str:
    """Return the next code of a kind; a number once drawn is never drawn again.

    The counter's row is locked by the UPDATE until the surrounding transaction ends.
    """
    year = timezone.now().astimezone(zoneinfo.ZoneInfo(settings.LAB_TIME_ZONE)).year
    with transaction.atomic():
        counter, _made = CodeCounter.objects.get_or_create(prefix=prefix, year=year)
        CodeCounter.objects.filter(pk=counter.pk).update(last=F("last") + 1)
        counter.refresh_from_db(fields=["last"])
    return f"{prefix}-{year}-{counter.last:04d}"
