"""The periodic look at jobs: what a dead worker held and what was never delivered goes on."""

import contextlib
import os
import socket
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F, Q
from django.utils import timezone

from labsite.lib.jobs import Job, LeaseLostError, dispatch

MAX_ATTEMPTS = 3
MAX_DOUBLINGS = 6
SENT_PER_SWEEP = 500


def sweep(model: type[Job]) -> None:
    """Bring back jobs whose worker is gone and send again those whose message is gone.

    A message is taken for lost after one lease, the next ones after twice as long each time.
    """
    now = timezone.now()
    _free_abandoned(model, now)
    queued = model._default_manager.filter(status=Job.Status.QUEUED)
    for job in queued.filter(_overdue(now)).order_by("queued_at")[:SENT_PER_SWEEP]:
        ours = queued.filter(pk=job.pk, dispatched_at=job.dispatched_at).update(
            dispatched_at=now, dispatches=F("dispatches") + 1
        )
        if ours and not dispatch(job):
            return


def _overdue(now: datetime) -> Q:
    """Return the condition that a queued job was never sent, or too long ago."""
    condition = Q(dispatched_at__isnull=True)
    for doublings in range(MAX_DOUBLINGS + 1):
        wait = timedelta(seconds=settings.JOB_LEASE_S * 2**doublings)
        more = "__gte" if doublings == MAX_DOUBLINGS else ""
        condition |= Q(**{f"dispatches{more}": doublings, "dispatched_at__lte": now - wait})
    return condition


def _free_abandoned(model: type[Job], now: datetime) -> None:
    """Queue again, or give up after three attempts, what a dead worker left running."""
    silent = now - timedelta(seconds=settings.JOB_LEASE_S)
    for job in model._default_manager.filter(status=Job.Status.RUNNING):
        expired = job.heartbeat_at is None or job.heartbeat_at < silent
        if not expired and not _died_here(job.leased_by):
            continue
        if job.attempts >= MAX_ATTEMPTS:
            with contextlib.suppress(LeaseLostError):
                job.fail(
                    "E_WORKER_LOST",
                    f"The worker stopped {job.attempts} times while it was at this; "
                    "it was not tried again.",
                )
            continue
        job.held().update(
            status=Job.Status.QUEUED, lease=None, leased_by="", dispatched_at=None, progress=""
        )


def _died_here(leased_by: str) -> bool:
    """Whether the job was held by a process of this host that no longer exists."""
    host, _separator, pid = leased_by.rpartition(":")
    if host != socket.gethostname() or not pid.isdigit():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
