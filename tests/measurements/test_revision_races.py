"""Files that come at once, or while one is read, or a worker is lost: none is lost or doubled."""

import threading
from collections.abc import Callable

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from cells.models import Cell
from labsite.access.models import User
from measurements import ingest, intake
from measurements.continuing import join_measurements
from measurements.ingest import parse_measurement
from measurements.models import Blob, Measurement
from tests.factories import CellFactory, MembershipFactory
from tests.measurements.growing import (
    ROWS_A_CYCLE,
    analysed,
    capacities,
    cycling_runs,
    lines,
    read,
    send,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def cell(project) -> Cell:
    return CellFactory(project=project, cell_type=Cell.Type.CATHODE_HALF_CELL)


def test_a_file_that_comes_while_one_is_read_is_read_next(
    cell: Cell, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    measurement = send(cell, user, lines(1)).measurement
    plain, coming = ingest._read, [lines(3), lines(2)]

    def overtaken(*args: object) -> object:
        if coming:
            send(cell, user, coming.pop())
        return plain(*args)

    monkeypatch.setattr(ingest, "_read", overtaken)
    parse_measurement(str(measurement.pk))
    measurement.refresh_from_db()
    assert (measurement.status, measurement.rows) == ("queued", 40)
    parse_measurement(str(measurement.pk))
    parse_measurement(str(measurement.pk))
    measurement.refresh_from_db()
    assert (measurement.status, measurement.rows) == ("done", 120)
    assert {file.verdict for file in measurement.raw_files.all()} == {"accepted"}


def test_a_file_that_comes_while_an_unreadable_one_is_read_mends_the_measurement(
    cell: Cell, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    measurement = send(cell, user, b"cut off\n").measurement
    plain = ingest._read

    def overtaken(*args: object) -> object:
        monkeypatch.setattr(ingest, "_read", plain)
        send(cell, user, lines(2))
        return plain(*args)

    monkeypatch.setattr(ingest, "_read", overtaken)
    parse_measurement(str(measurement.pk))
    measurement.refresh_from_db()
    assert measurement.status == "queued"
    assert read(measurement).rows == 80


def test_a_worker_that_lost_its_lease_stores_neither_table_nor_verdict(
    cell: Cell, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    measurement = read(send(cell, user, lines(2)).measurement)
    send(cell, user, lines(3))
    plain = ingest._read

    def taken_over(*args: object) -> object:
        Measurement.objects.update(status="queued", lease=None)
        return plain(*args)

    monkeypatch.setattr(ingest, "_read", taken_over)
    parse_measurement(str(measurement.pk))
    measurement.refresh_from_db()
    assert (measurement.rows, measurement.raw_files.last().verdict) == (80, "waiting")
    monkeypatch.setattr(ingest, "_read", plain)
    assert read(measurement).rows == 120


def test_a_run_that_was_asked_for_on_the_old_table_does_not_read_the_new_one(
    cell: Cell, user: User
) -> None:
    measurement = send(cell, user, lines(2)).measurement
    parse_measurement(str(measurement.pk))
    waiting = cycling_runs().get()
    send(cell, user, lines(3))
    measurement = analysed(measurement)
    waiting.refresh_from_db()
    assert (waiting.status, waiting.error_code) == ("failed", "E_FILE_REPLACED")
    assert not waiting.is_current
    assert sorted(capacities(measurement)) == [1, 2, 3]


def test_bytes_that_another_sender_adds_meanwhile_are_a_duplicate(
    cell: Cell, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two send the grown file at once; the second looked before the first had stored it."""
    read(send(cell, user, lines(1)).measurement)
    first = send(cell, user, lines(2))
    monkeypatch.setattr(intake, "_known", lambda *_args: None)
    second = send(cell, user, lines(2))
    assert (second.duplicate, second.file) == (True, first.file)


@pytest.mark.django_db(transaction=True)
def test_two_who_join_the_same_measurements_the_other_way_round_wait_for_each_other() -> None:
    cell = CellFactory()
    member = MembershipFactory(project=cell.project).user
    for attempt in range(5):
        one, other = (
            read(
                send(
                    cell, member, lines(1, shift=shift + attempt), name=f"{attempt}-{shift}.csv"
                ).measurement
            )
            for shift in (0.1, 0.2)
        )

        def join(first: Measurement, second: Measurement) -> str:
            try:
                join_measurements(first=first, second=second, by=member)
            except ValidationError as error:
                return error.message
            return "joined"

        pairs = ((one, other), (other, one))
        answers = together([lambda pair=pair: join(*pair) for pair in pairs])
        assert sorted(answer.partition(" is ")[2] or answer for answer in answers) == [
            "joined", "voided; it must be read and valid.",
        ]  # fmt: skip


def together(acts: list[Callable[[], object]]) -> list[object]:
    """Do several things at once; return what each gave or raised."""
    barrier, found = threading.Barrier(len(acts)), []

    def run(act: Callable[[], object]) -> None:
        barrier.wait()
        try:
            found.append(act())
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


@pytest.mark.django_db(transaction=True)
def test_versions_that_come_at_once_are_all_kept_and_counted_up() -> None:
    cell = CellFactory()
    member = MembershipFactory(project=cell.project).user
    measurement = read(send(cell, member, lines(1)).measurement)
    contents = [lines(cycles) for cycles in (2, 3, 4, 4)]
    receipts = together([lambda rows=rows: send(cell, member, rows) for rows in contents])
    assert sorted(receipt.duplicate for receipt in receipts) == [False, False, False, True]
    assert {receipt.measurement for receipt in receipts} == {measurement}
    assert [file.revision for file in measurement.raw_files.all()] == [1, 2, 3, 4]
    assert Blob.objects.count() == 4
    measurement = read(measurement)
    assert {file.verdict for file in measurement.raw_files.all()} <= {"accepted", "asked"}
    assert measurement.raw_files.filter(verdict="waiting").count() == 0


@pytest.mark.django_db(transaction=True)
def test_versions_that_come_while_a_worker_reads_are_all_read_in_the_end() -> None:
    cell = CellFactory()
    member = MembershipFactory(project=cell.project).user
    measurement = send(cell, member, lines(1)).measurement

    def send_all() -> None:
        for cycles in range(2, 8):
            send(cell, member, lines(cycles))

    def work() -> None:
        for _attempt in range(6):
            parse_measurement(str(measurement.pk))

    together([send_all, work])
    while Measurement.objects.get().status == "queued":
        parse_measurement(str(measurement.pk))
    assert Measurement.objects.get().rows == 7 * ROWS_A_CYCLE
    assert {file.verdict for file in measurement.raw_files.all()} == {"accepted"}
