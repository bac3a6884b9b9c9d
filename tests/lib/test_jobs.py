"""The job row decides: claims, leases, fences, sweeps."""

import threading
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, OperationalError
from django.utils import timezone
from kombu.exceptions import OperationalError as BrokerError

from labsite.lib import jobs, sweeping
from labsite.lib.jobs import ExpectedError, Job, LeaseLostError
from measurements.models import Measurement
from tests.factories import MeasurementFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def waiting() -> Measurement:
    return MeasurementFactory(status=Job.Status.QUEUED, frame_path="")


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Ids that were sent to a worker."""
    ids: list[str] = []
    monkeypatch.setattr(sweeping, "dispatch", lambda job: ids.append(str(job.pk)) or True)
    return ids


def test_only_one_of_two_claims_gets_the_job(waiting: Measurement) -> None:
    assert Measurement.claim(waiting.pk) is not None
    assert Measurement.claim(waiting.pk) is None


def test_an_attempt_that_lost_its_lease_stores_nothing(waiting: Measurement) -> None:
    first = Measurement.claim(waiting.pk)
    assert first is not None
    Measurement.objects.filter(pk=waiting.pk).update(lease=uuid.uuid4())
    with pytest.raises(LeaseLostError):
        first.finish(frame_path="frames/late.parquet")
    waiting.refresh_from_db()
    assert (waiting.status, waiting.frame_path) == ("running", "")


def test_a_lease_without_work_is_refused_by_the_database(waiting: Measurement) -> None:
    with pytest.raises(IntegrityError, match="lease_only_while_running"):
        Measurement.objects.filter(pk=waiting.pk).update(lease=uuid.uuid4())


def test_expected_trouble_ends_the_job_with_its_sentence(waiting: Measurement) -> None:
    def work(job: Measurement) -> None:
        raise ExpectedError("E_FORMAT", "x.z: line 3 is short.")

    jobs.run(Measurement, str(waiting.pk), work)
    waiting.refresh_from_db()
    assert (waiting.status, waiting.error_code) == ("failed", "E_FORMAT")
    assert waiting.error_message == "x.z: line 3 is short."
    assert waiting.error_trace == ""


def test_a_defect_is_stored_with_its_trace_and_raised_again(waiting: Measurement) -> None:
    def work(job: Measurement) -> None:
        raise ZeroDivisionError("boom")

    with pytest.raises(ZeroDivisionError):
        jobs.run(Measurement, str(waiting.pk), work)
    waiting.refresh_from_db()
    assert (waiting.status, waiting.error_code) == ("failed", "E_DEFECT")
    assert "ZeroDivisionError: boom" in waiting.error_trace
    assert "boom" not in waiting.error_message


def test_a_defect_after_the_end_of_the_job_is_raised_and_changes_nothing(
    waiting: Measurement,
) -> None:
    def work(job: Measurement) -> None:
        job.finish(frame_path="frames/x.parquet")
        raise ZeroDivisionError("in a listener")

    with pytest.raises(ZeroDivisionError):
        jobs.run(Measurement, str(waiting.pk), work)
    waiting.refresh_from_db()
    assert (waiting.status, waiting.error_code) == ("done", "")


def test_a_database_that_is_away_is_no_defect_the_sweep_brings_the_job_back(
    waiting: Measurement, sent: list[str]
) -> None:
    def work(job: Measurement) -> None:
        raise OperationalError("database is locked")

    with pytest.raises(OperationalError):
        jobs.run(Measurement, str(waiting.pk), work)
    waiting.refresh_from_db()
    assert (waiting.status, waiting.error_code) == ("running", "")
    Measurement.objects.update(heartbeat_at=timezone.now() - timedelta(seconds=61))
    sweeping.sweep(Measurement)
    assert sent == [str(waiting.pk)]


@pytest.mark.django_db(transaction=True)
def test_a_missed_heartbeat_does_not_end_the_next_ones(
    waiting: Measurement, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.JOB_HEARTBEAT_S = 0.02
    job = Measurement.claim(waiting.pk)
    assert job is not None
    beats = threading.Semaphore(0)

    def locked() -> None:
        beats.release()
        raise OperationalError("database is locked")

    monkeypatch.setattr(job, "held", locked)
    with jobs.heartbeat(job):
        assert beats.acquire(timeout=5)
        assert beats.acquire(timeout=5)


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_is_away_does_not_disturb_who_queues_a_job(
    waiting: Measurement, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_answer(*_args: object, **_options: object) -> None:
        raise BrokerError("Timeout reading from socket")

    monkeypatch.setattr(jobs.current_app, "send_task", no_answer)
    jobs.enqueue(waiting)
    waiting.refresh_from_db()
    assert waiting.status == "queued"
    assert jobs.dispatch(waiting) is False


def test_a_failed_job_starts_over_as_if_it_were_new(waiting: Measurement) -> None:
    job = Measurement.claim(waiting.pk)
    assert job is not None
    job.fail("E_DEFECT", "The program failed.", "trace")
    Measurement.objects.update(attempts=3, dispatches=5)
    assert not jobs.start_over(job, error_code="E_FORMAT")
    assert jobs.start_over(job)
    job.refresh_from_db()
    assert (job.status, job.attempts, job.dispatches) == ("queued", 0, 0)
    assert (job.error_code, job.error_message, job.error_trace) == ("", "", "")
    assert (job.started_at, job.finished_at, job.duration_s) == (None, None, None)
    assert not jobs.start_over(job)


@pytest.mark.parametrize(
    ("dispatches", "age_s", "again"),
    [(0, 59, False), (0, 61, True), (2, 239, False), (2, 241, True), (9, 3839, False),
     (9, 3841, True)],
)  # fmt: skip
def test_the_wait_for_a_lost_message_doubles_up_to_an_hour(
    waiting: Measurement, sent: list[str], dispatches: int, age_s: int, again: bool
) -> None:
    dispatched_at = timezone.now() - timedelta(seconds=age_s)
    Measurement.objects.update(dispatches=dispatches, dispatched_at=dispatched_at)
    sweeping.sweep(Measurement)
    assert bool(sent) is again


def test_a_second_delivery_does_not_work_again(waiting: Measurement) -> None:
    calls = []

    def work(job: Measurement) -> None:
        calls.append(job.pk)
        job.finish(frame_path="frames/x.parquet")

    jobs.run(Measurement, str(waiting.pk), work)
    jobs.run(Measurement, str(waiting.pk), work)
    assert calls == [waiting.pk]


def test_the_sweep_queues_what_a_silent_worker_holds_and_sends_it(
    waiting: Measurement, sent: list[str]
) -> None:
    Measurement.claim(waiting.pk)
    Measurement.objects.update(
        leased_by="elsewhere:1", heartbeat_at=timezone.now() - timedelta(seconds=61)
    )
    sweeping.sweep(Measurement)
    waiting.refresh_from_db()
    assert (waiting.status, waiting.lease, waiting.attempts) == ("queued", None, 1)
    assert sent == [str(waiting.pk)]


def test_the_sweep_leaves_a_living_job_alone(waiting: Measurement, sent: list[str]) -> None:
    Measurement.claim(waiting.pk)
    sweeping.sweep(Measurement)
    waiting.refresh_from_db()
    assert (waiting.status, sent) == ("running", [])


def test_the_sweep_frees_the_job_of_a_process_of_this_host_that_is_gone(
    waiting: Measurement, sent: list[str]
) -> None:
    job = Measurement.claim(waiting.pk)
    assert job is not None
    host = job.leased_by.rpartition(":")[0]
    Measurement.objects.update(leased_by=f"{host}:{2**22 + 1}")
    sweeping.sweep(Measurement)
    assert sent == [str(waiting.pk)]


def test_after_three_attempts_a_lost_job_fails_with_a_reason(
    waiting: Measurement, sent: list[str]
) -> None:
    Measurement.objects.update(attempts=2)
    Measurement.claim(waiting.pk)
    Measurement.objects.update(heartbeat_at=timezone.now() - timedelta(seconds=61))
    sweeping.sweep(Measurement)
    waiting.refresh_from_db()
    assert (waiting.status, waiting.error_code) == ("failed", "E_WORKER_LOST")
    assert "3 times" in waiting.error_message
    assert sent == []


def test_the_sweep_sends_a_lost_message_once_and_then_waits(
    waiting: Measurement, sent: list[str]
) -> None:
    sweeping.sweep(Measurement)
    sweeping.sweep(Measurement)
    assert sent == [str(waiting.pk)]
