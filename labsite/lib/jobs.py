"""Work that outlives a request: the row is the truth, the message only a hint.

A job is claimed by one conditional UPDATE, kept alive by a heartbeat, and finished by an UPDATE
that is fenced by its lease; a sweep sends again what was lost. Running a job twice changes nothing.
"""

import contextlib
import logging
import os
import socket
import threading
import traceback
import uuid
from collections.abc import Callable, Iterator, Sequence
from typing import Any, ClassVar, Self

from celery import current_app
from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.db import (
    DatabaseError,
    InterfaceError,
    OperationalError,
    connection,
    models,
    transaction,
)
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from kombu.exceptions import OperationalError as BrokerError

logger = logging.getLogger(__name__)

SOFT_TIME_LIMIT_S = 30 * 60
TIME_LIMIT_S = SOFT_TIME_LIMIT_S + 60


class LeaseLostError(Exception):
    """Somebody else has taken over the job; nothing of this attempt is stored."""


class ExpectedError(Exception):
    """Trouble with the input, to be shown to the user as it is."""

    def __init__(self, code: str, message: str) -> None:
        """Keep the code for programs and the sentence for people."""
        super().__init__(message)
        self.code = code
        self.message = message


class Job(models.Model):
    """State of one piece of work."""

    class Status(models.TextChoices):
        """Where the work stands."""

        QUEUED = "queued", _("queued")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    TASK: ClassVar[str]

    status = models.CharField(
        max_length=8, choices=Status, default=Status.QUEUED, editable=False, db_index=True
    )
    attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    lease = models.UUIDField(null=True, editable=False)
    leased_by = models.CharField(max_length=200, blank=True, editable=False)
    heartbeat_at = models.DateTimeField(null=True, editable=False)
    queued_at = models.DateTimeField(default=timezone.now, editable=False)
    dispatched_at = models.DateTimeField(null=True, editable=False)
    dispatches = models.PositiveSmallIntegerField(default=0, editable=False)
    started_at = models.DateTimeField(null=True, editable=False)
    finished_at = models.DateTimeField(null=True, editable=False)
    progress = models.CharField(max_length=200, blank=True, editable=False)
    error_code = models.CharField(max_length=80, blank=True, editable=False)
    error_message = models.TextField(blank=True, editable=False)
    error_trace = models.TextField(blank=True, editable=False)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_lease_only_while_running",
                condition=Q(status="running", lease__isnull=False)
                | (~Q(status="running") & Q(lease__isnull=True)),
            ),
        ]

    @property
    def is_open(self) -> bool:
        """Whether the work is still to be done."""
        return self.status in {self.Status.QUEUED, self.Status.RUNNING}

    @property
    def duration_s(self) -> float | None:
        """Seconds from the claim to the end."""
        if self.started_at is None or self.finished_at is None:
            return None
        return (self.finished_at - self.started_at).total_seconds()

    @property
    def queue(self) -> str:
        """Name of the queue that carries the job."""
        return "fast"

    @classmethod
    def claim(cls, pk: uuid.UUID | str) -> Self | None:
        """Take a queued job; None when it is gone, taken or finished."""
        now = timezone.now()
        taken = cls._default_manager.filter(pk=pk, status=cls.Status.QUEUED).update(
            status=cls.Status.RUNNING,
            lease=uuid.uuid4(),
            leased_by=f"{socket.gethostname()}:{os.getpid()}",
            heartbeat_at=now,
            started_at=now,
            attempts=F("attempts") + 1,
            progress="",
        )
        return cls._default_manager.get(pk=pk) if taken else None

    def held(self) -> models.QuerySet[Self]:
        """Return the row as long as this attempt holds its lease."""
        return type(self)._default_manager.filter(
            pk=self.pk, lease=self.lease, status=self.Status.RUNNING
        )

    def report(self, progress: str) -> None:
        """Say what is being done, in words for the user."""
        self.held().update(progress=progress, heartbeat_at=timezone.now())

    def finish(self, **fields: Any) -> None:
        """Store the end of the work; call inside the transaction that stores its results.

        Raises LeaseLostError when the job was taken over meanwhile.
        """
        closing = {
            "status": self.Status.DONE,
            "lease": None,
            "leased_by": "",
            "finished_at": timezone.now(),
            "progress": "",
            "error_code": "",
            "error_message": "",
            "error_trace": "",
        } | fields
        if not self.held().update(**closing):
            raise LeaseLostError(str(self.pk))

    def fail(self, code: str, message: str, trace: str = "", **fields: Any) -> None:
        """Store that the work cannot be done, and why."""
        self.finish(
            status=self.Status.FAILED,
            error_code=code,
            error_message=message,
            error_trace=trace,
            **fields,
        )


def dispatch(job: Job) -> bool:
    """Send the job's id to a worker; False when the broker is away: the sweep will send it."""
    try:
        current_app.send_task(
            job.TASK,
            (str(job.pk),),
            queue=job.queue,
            retry=True,
            retry_policy={"max_retries": 0},
        )
    except BrokerError as error:
        logger.warning("The broker does not answer (%s); %s waits for the sweep", error, job.pk)
        return False
    return True


def enqueue(job: Job) -> None:
    """Send the job after the current transaction, which inserts or re-queues its row."""
    type(job)._default_manager.filter(pk=job.pk).update(dispatched_at=timezone.now())
    transaction.on_commit(lambda: dispatch(job))


def start_over(
    job: Job, *, states: Sequence[str] = (Job.Status.FAILED,), **conditions: Any
) -> bool:
    """Queue an ended job again, with all its attempts; False when it is not in such a state."""
    ended = type(job)._default_manager.filter(pk=job.pk, status__in=states, **conditions)
    with transaction.atomic():
        again = ended.update(
            status=Job.Status.QUEUED,
            attempts=0,
            dispatches=0,
            queued_at=timezone.now(),
            started_at=None,
            finished_at=None,
            error_code="",
            error_message="",
            error_trace="",
        )
        if again:
            enqueue(job)
    return bool(again)


def run(model: type[Job], pk: str, work: Callable[[Any], None]) -> None:
    """Claim the job, do the work under a heartbeat, and store what went wrong, if anything.

    ``work(job)`` calls ``job.finish`` itself; an ExpectedError ends the job as failed with its
    sentence. When the database is away the job stays as it is, for the sweep to bring back.
    Anything else is a defect: stored, unless the job has ended, and raised again to be logged.
    """
    job = model.claim(pk)
    if job is None:
        logger.info("%s %s is not waiting any more", model.__name__, pk)
        return
    with heartbeat(job), contextlib.suppress(LeaseLostError):
        try:
            work(job)
        except ExpectedError as error:
            job.fail(error.code, error.message)
        except SoftTimeLimitExceeded:
            job.fail(
                "E_TIME_LIMIT", f"The work took longer than {SOFT_TIME_LIMIT_S // 60} minutes."
            )
        except LeaseLostError:
            logger.warning("%s %s was taken over by another worker", model.__name__, pk)
        except (OperationalError, InterfaceError):
            raise
        except Exception as error:  # a defect must not leave the row running
            message = f"The program failed ({type(error).__name__}). The defect has been logged."
            with contextlib.suppress(LeaseLostError):
                job.fail("E_DEFECT", message, traceback.format_exc())
            raise


@contextlib.contextmanager
def heartbeat(job: Job) -> Iterator[None]:
    """Renew the lease in a thread until the block ends."""
    stop = threading.Event()

    def beat() -> None:
        while not stop.wait(settings.JOB_HEARTBEAT_S):
            try:
                if not job.held().update(heartbeat_at=timezone.now()):
                    return
            except DatabaseError:
                logger.warning("A heartbeat of %s was missed", job.pk, exc_info=True)
            finally:
                connection.close()

    thread = threading.Thread(target=beat, name=f"heartbeat-{job.pk}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(timeout=settings.JOB_HEARTBEAT_S)
