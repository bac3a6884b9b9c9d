"""The files of a measurement on its page: versions, parts, hints, and what a person decides."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cells.models import Cell
from labsite.access.models import User
from measurements.models import Measurement, RawFile
from tests.factories import CellFactory
from tests.measurements.growing import ROWS_A_CYCLE, again, lines, read, send, table

pytestmark = pytest.mark.django_db


@pytest.fixture
def cell(project) -> Cell:
    return CellFactory(project=project)


def page(client: Client, measurement: Measurement) -> str:
    answer = client.get(reverse("measurements:measurement-detail", args=[measurement.pk]))
    return answer.content.decode()


def act(client: Client, name: str, *args: object, **sent: object) -> object:
    return client.post(reverse(f"measurements:measurement-{name}", args=args), sent, follow=True)


def upload(client: Client, measurement: Measurement, rows: list[str], name: str, **sent) -> object:
    file = SimpleUploadedFile(name, table(rows))
    return act(client, "file-add", measurement.pk, file=file, **sent)


def test_a_file_that_is_asked_for_says_why_and_is_decided(
    signed_in: Client, cell: Cell, user: User
) -> None:
    measurement = read(send(cell, user, lines(3)).measurement)
    upload(signed_in, measurement, lines(2), "other name.csv")
    read(measurement)
    shown = page(signed_in, measurement)
    assert "It has 80 rows; the file before has 120." in shown
    assert "the table and the results are still the old ones" in shown
    asked = measurement.raw_files.last()
    act(signed_in, "file-act", measurement.pk, asked.pk, "accept")
    assert read(measurement).rows == 80
    shown = page(signed_in, measurement)
    assert "earlier version" in shown
    assert f"decided by {user}" in shown
    assert "are still the old ones" not in shown


def test_a_file_that_stops_every_worker_can_be_left_out(
    signed_in: Client, cell: Cell, user: User
) -> None:
    """The sweep gives such a measurement up; its good table must not be lost for that."""
    measurement = read(send(cell, user, lines(2)).measurement)
    stuck = send(cell, user, lines(3)).file
    leave = reverse("measurements:measurement-file-act", args=[measurement.pk, stuck.pk, "leave"])
    assert leave not in page(signed_in, measurement), "it is queued"
    Measurement.objects.update(status="failed", error_code="E_WORKER_LOST")
    assert leave in page(signed_in, measurement)
    signed_in.post(leave)
    measurement = read(measurement)
    assert (measurement.status, measurement.rows) == ("done", 80)
    own = reverse("measurements:measurement-file-act", args=[measurement.pk, stuck.pk, "separate"])
    assert own in page(signed_in, measurement)


def test_a_file_becomes_a_measurement_of_its_own_which_is_shown(
    signed_in: Client, cell: Cell, user: User
) -> None:
    measurement = read(send(cell, user, lines(3)).measurement)
    send(cell, user, lines(2))
    read(measurement)
    answer = act(signed_in, "file-act", measurement.pk, measurement.raw_files.last().pk, "separate")
    own = Measurement.objects.exclude(pk=measurement.pk).get()
    assert answer.redirect_chain[-1][0] == f"/measurements/{own.pk}/"


def test_parts_are_added_in_the_order_of_their_numbers_turned_and_taken_off(
    signed_in: Client, cell: Cell, user: User
) -> None:
    rows = lines(3)
    measurement = read(send(cell, user, rows[:ROWS_A_CYCLE], name="a.bdf.csv").measurement)
    rest = {
        "a_part3.bdf.csv": again(rows[2 * ROWS_A_CYCLE :]),
        "a_part2.bdf.csv": again(rows[ROWS_A_CYCLE : 2 * ROWS_A_CYCLE]),
    }
    act(
        signed_in,
        "file-add",
        measurement.pk,
        file=[SimpleUploadedFile(name, table(part)) for name, part in rest.items()],
        part="next",
    )
    measurement = read(measurement)
    names = list(measurement.raw_files.values_list("part", "original_name"))
    assert names == [(1, "a.bdf.csv"), (2, "a_part2.bdf.csv"), (3, "a_part3.bdf.csv")]
    assert (measurement.rows, measurement.cycles) == (120, 3)
    act(signed_in, "part", measurement.pk, 3, "earlier")
    assert measurement.raw_files.get(part=2).original_name == "a_part3.bdf.csv"
    act(signed_in, "part", read(measurement).pk, 2, "off")
    assert read(measurement).rows == 80
    shown = page(signed_in, measurement)
    assert "Part 2: " not in shown
    assert "Part 3 counts its cycles from 1; here they go on from 2: +1." in shown


def test_the_seam_is_drawn_as_a_line_with_a_label(
    signed_in: Client, cell: Cell, user: User
) -> None:
    rows = lines(2)
    measurement = read(send(cell, user, rows[:50]).measurement)
    send(cell, user, rows[50:], name="b.csv", continues=measurement)
    read(measurement)
    address = reverse("measurements:measurement-plot", args=[measurement.pk, "time"])
    (line,) = signed_in.get(address).json()["layout"]["shapes"]
    begins = float(rows[50].split(",")[0]) / 3600
    assert (line["x0"], line["x1"], line["label"]["text"]) == (
        pytest.approx(begins), pytest.approx(begins), "part 2",
    )  # fmt: skip


def test_a_hint_joins_with_one_click(signed_in: Client, cell: Cell, user: User) -> None:
    rows = lines(2)
    first = read(send(cell, user, rows[:50], name="run.csv").measurement)
    second = read(send(cell, user, again(rows[50:]), name="run_02.csv").measurement)
    shown = page(signed_in, second)
    assert f"This may be the next part of {first.code}: its name has the next number." in shown
    act(signed_in, "join", first.pk, next=second.code)
    assert read(first).rows == 80
    assert Measurement.objects.get(pk=second.pk).void_reason.startswith("joined to")


def test_the_page_asks_for_files_once_however_many_measurements_there_are(
    signed_in: Client, cell: Cell, user: User, django_assert_max_num_queries
) -> None:
    measurement = read(send(cell, user, lines(1)).measurement)
    page(signed_in, measurement)
    with CaptureQueriesContext(connection) as before:
        page(signed_in, measurement)
    for cycles in range(2, 5):
        read(send(cell, user, lines(cycles), name=f"other {cycles}.csv").measurement)
    with django_assert_max_num_queries(len(before) + 1):  # the others with their files
        page(signed_in, measurement)


def test_a_name_without_end_is_no_measurement(signed_in: Client, cell: Cell, user: User) -> None:
    measurement = read(send(cell, user, lines(1)).measurement)
    answer = act(signed_in, "join", measurement.pk, next="ME-" * 40_000)
    assert "There is no measurement" in answer.content.decode()


def test_who_may_only_read_sees_the_files_and_decides_nothing(
    client: Client, cell: Cell, user: User, viewer: User
) -> None:
    measurement = read(send(cell, user, lines(3)).measurement)
    send(cell, user, lines(2))
    read(measurement)
    client.force_login(viewer)
    shown = page(client, measurement)
    assert "please decide" in shown
    assert "Take as the newer version" not in shown
    asked = measurement.raw_files.last()
    for name, args, sent in (
        ("file-act", (asked.pk, "accept"), {}),
        ("part", (1, "off"), {}),
        ("join", (), {"next": measurement.code}),
    ):
        assert act(client, name, measurement.pk, *args, **sent).status_code == 403
    assert RawFile.objects.get(pk=asked.pk).verdict == "asked"


def test_a_stranger_finds_no_file_to_decide(
    client: Client, cell: Cell, user: User, stranger: User
) -> None:
    measurement = send(cell, user, lines(1)).measurement
    client.force_login(stranger)
    file = measurement.raw_files.get()
    assert act(client, "file-act", measurement.pk, file.pk, "leave").status_code == 404
    assert upload(client, measurement, lines(2), "b.csv").status_code == 404
