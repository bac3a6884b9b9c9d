"""Killing a worker or emptying the broker loses nothing and doubles nothing."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from django.core.files.base import ContentFile

from analysis.models import AnalysisRun, Metric
from cells.models import Cell
from labsite.access.models import User
from labsite.lib.jobs import Job
from measurements.intake import receive_file
from measurements.models import Measurement
from tests.factories import CellFactory, MembershipFactory
from tests.faults.processes import wait_until
from tests.faults.worker import Workshop

pytestmark = [
    pytest.mark.stack,
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture
def workshop(tmp_path: Path) -> Iterator[Workshop]:
    shop = Workshop(tmp_path)
    try:
        shop.start_broker()
        yield shop
    finally:
        shop.close()


@pytest.fixture
def cell() -> Cell:
    return CellFactory(cell_type=Cell.Type.CATHODE_HALF_CELL)


@pytest.fixture
def member(cell: Cell) -> User:
    return MembershipFactory(project=cell.project).user


def cycling_csv(cycles: int, rows_per_half: int) -> bytes:
    """Return a BDF table of constant-current cycles: charge 1 h, discharge 1 h at 1 mA."""
    half = np.linspace(0, 3600, rows_per_half)
    lines = ["test_time_second,voltage_volt,current_ampere,cycle_count"]
    for cycle in range(cycles):
        start = cycle * 7300.0
        lines += [f"{start + t:.3f},{3.0 + t / 7200:.5f},0.001,{cycle + 1}" for t in half]
        lines += [f"{start + 3650 + t:.3f},{3.5 - t / 7200:.5f},-0.001,{cycle + 1}" for t in half]
    return "\n".join(lines).encode()


def send(cell: Cell, member: User, content: bytes) -> Measurement:
    return receive_file(
        file=ContentFile(content), name=f"{len(content)}.bdf.csv", subject=cell, by=member
    ).measurement


def state(measurement: Measurement) -> str:
    return Measurement.objects.values_list("status", flat=True).get(pk=measurement.pk)


def finished(measurement: Measurement) -> bool:
    row = Measurement.objects.get(pk=measurement.pk)
    runs = AnalysisRun.objects.filter(measurement=row)
    return (
        row.analyses_requested_at is not None
        and runs.exists()
        and not any(run.is_open for run in runs)
    )


def assert_done_exactly_once(measurement: Measurement, rows: int) -> None:
    row = Measurement.objects.get(pk=measurement.pk)
    assert (row.status, row.rows, row.error_message) == ("done", rows, "")
    run = AnalysisRun.objects.get(measurement=row, method="galvanostatic_cycling")
    assert (run.status, run.error_message) == ("done", "")
    first = Metric.objects.get(run=run, name="discharge_capacity", index=1)
    assert first.value == pytest.approx(1.0, rel=1e-3)


def test_a_worker_killed_while_reading_loses_and_doubles_nothing(
    workshop: Workshop, cell: Cell, member: User
) -> None:
    workshop.start()
    measurement = send(cell, member, cycling_csv(cycles=20, rows_per_half=20_000))
    wait_until(lambda: state(measurement) == Job.Status.RUNNING, 20, "the file is being read")
    workshop.kill_worker()
    assert state(measurement) == Job.Status.RUNNING
    workshop.start_worker()
    wait_until(lambda: finished(measurement), 60, "the file is read and analysed after all")
    assert_done_exactly_once(measurement, rows=800_000)
    assert Measurement.objects.get().attempts == 2


def test_a_worker_killed_while_analysing_loses_and_doubles_nothing(
    workshop: Workshop, cell: Cell, member: User
) -> None:
    workshop.start()
    measurement = send(cell, member, cycling_csv(cycles=20, rows_per_half=20_000))
    running = AnalysisRun.objects.filter(status=Job.Status.RUNNING)
    wait_until(running.exists, 60, "the analysis runs")
    workshop.kill_worker()
    workshop.start_worker()
    wait_until(lambda: finished(measurement), 60, "the analysis is done after all")
    assert_done_exactly_once(measurement, rows=800_000)


def test_an_emptied_broker_loses_nothing(workshop: Workshop, cell: Cell, member: User) -> None:
    measurements = [
        send(cell, member, cycling_csv(cycles=3 + extra, rows_per_half=50)) for extra in range(5)
    ]
    workshop.empty_broker()
    Measurement.objects.update(dispatched_at=None)
    workshop.start()
    for measurement in measurements:
        wait_until(lambda row=measurement: finished(row), 60, "every file is read and analysed")
    assert AnalysisRun.objects.filter(method="galvanostatic_cycling").count() == 5
    assert Measurement.objects.filter(status="done").count() == 5


def test_a_file_that_nobody_can_read_ends_as_failed_and_the_worker_goes_on(
    workshop: Workshop, cell: Cell, member: User
) -> None:
    workshop.start()
    wrong = send(cell, member, b"\x00\x01 nothing")
    right = send(cell, member, cycling_csv(cycles=3, rows_per_half=50))
    wait_until(lambda: finished(right), 60, "the right file is done")
    assert state(wrong) == Job.Status.FAILED
