"""The job row decides: claims, leases, fences, sweeps."""

import uuid
from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.utils import timezone

from labsite.lib import jobs
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
    monkeypatch.setattr(jobs, "dispatch", lambda job: ids.append(str(job.pk)))
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
    jobs.sweep(Measurement)
    waiting.refresh_from_db()
    assert (waiting.status, waiting.lease, waiting.attempts) == ("queued", None, 1)
    assert sent == [str(waiting.pk)]


def test_the_sweep_leaves_a_living_job_alone(waiting: Measurement, sent: list[str]) -> None:
    Measurement.claim(waiting.pk)
    jobs.sweep(Measurement)
    waiting.refresh_from_db()
    assert (waiting.status, sent) == ("running", [])


def test_the_sweep_frees_the_job_of_a_process_of_this_host_that_is_gone(
    waiting: Measurement, sent: list[str]
) -> None:
    job = Measurement.claim(waiting.pk)
    assert job is not None
    host = job.leased_by.rpartition(":")[0]
    Measurement.objects.update(leased_by=f"{host}:{2**22 + 1}")
    jobs.sweep(Measurement)
    assert sent == [str(waiting.pk)]


def test_after_three_attempts_a_lost_job_fails_with_a_reason(
    waiting: Measurement, sent: list[str]
) -> None:
    Measurement.objects.update(attempts=2)
    Measurement.claim(waiting.pk)
    Measurement.objects.update(heartbeat_at=timezone.now() - timedelta(seconds=61))
    jobs.sweep(Measurement)
    waiting.refresh_from_db()
    assert (waiting.status, waiting.error_code) == ("failed", "E_WORKER_LOST")
    assert "3 times" in waiting.error_message
    assert sent == []


def test_the_sweep_sends_a_lost_message_once_and_then_waits(
    waiting: Measurement, sent: list[str]
) -> None:
    jobs.sweep(Measurement)
    jobs.sweep(Measurement)
    assert sent == [str(waiting.pk)]
