"""Parts of one test: added, joined, turned, grown, taken off, and pointed out."""

import pytest
from django.core.exceptions import ValidationError

from cells.models import Cell
from labsite.access.models import User
from measurements.continuing import hints, join_measurements, series_of
from measurements.deciding import move_part, separate_file, take_part_off
from measurements.models import Measurement
from tests.factories import CellFactory, ChannelFactory
from tests.measurements.growing import (
    CUT,
    NAME,
    ROWS_A_CYCLE,
    again,
    analysed,
    capacities,
    column,
    lines,
    other_cell,
    read,
    send,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def cell(project) -> Cell:
    return CellFactory(project=project, cell_type=Cell.Type.CATHODE_HALF_CELL)


def in_two(cell: Cell, user: User, rows: list[str], tail: list[str]) -> Measurement:
    """A test whose file was cut in the discharge of cycle 3, with its next part."""
    first = read(send(cell, user, rows[:CUT]).measurement)
    second = send(cell, user, tail, name="run_part2.bdf.csv", continues=first)
    assert (second.measurement, second.file.part) == (first, 2)
    joined = analysed(first)
    assert column(joined, "part_index").tolist() == [1] * CUT + [2] * (200 - CUT)
    return joined


def test_a_part_that_counts_anew_changes_the_cut_cycle_only(cell: Cell, user: User) -> None:
    """Nothing says how long the interval at the seam was: its charge is missing in cycle 3."""
    rows = lines(5)
    whole = capacities(analysed(send(other_cell(cell), user, rows).measurement))
    joined = in_two(cell, user, rows, again(rows[CUT:]))
    assert (joined.rows, joined.cycles) == (200, 6)
    assert [notice["code"] for notice in joined.notices] == [
        "SEAM_TIME_UNKNOWN", "SEAM_CYCLES_CONTINUED",
    ]  # fmt: skip
    interval = 0.98**2 / (ROWS_A_CYCLE / 2 - 1)
    assert capacities(joined) == pytest.approx(whole | {3: whole[3] - interval}, rel=1e-6)


def test_a_part_whose_clock_and_cycles_go_on_gives_the_whole_again(cell: Cell, user: User) -> None:
    rows = lines(5)
    whole = capacities(analysed(send(other_cell(cell), user, rows).measurement))
    joined = in_two(cell, user, rows, rows[CUT:])
    assert (joined.cycles, joined.notices) == (5, [])
    assert capacities(joined) == whole


def test_measurements_that_are_there_are_joined_turned_and_taken_apart(
    cell: Cell, user: User
) -> None:
    rows = lines(4)
    border = 2 * ROWS_A_CYCLE
    first = analysed(send(cell, user, rows[:border]).measurement)
    second = analysed(send(cell, user, again(rows[border:]), name="run_02.bdf.csv").measurement)
    (hint,) = hints(second)
    assert (hint.first, hint.second, hint.reason) == (
        first, second, "its name has the next number",
    )  # fmt: skip
    join_measurements(first=first, second=second, by=user)
    first = analysed(first)
    second.refresh_from_db()
    assert (first.rows, second.void_reason) == (160, f"joined to {first.code} as its next part")
    assert sorted(capacities(first)) == [1, 2, 3, 4]
    move_part(measurement=first, part=2, by=user)
    first = analysed(first)
    assert column(first, "part_index")[:80].tolist() == [1] * 80
    assert capacities(first)[1] == pytest.approx(0.98**2, rel=1e-4)
    take_part_off(measurement=first, part=2, by=user)
    assert analysed(first).rows == 80
    with pytest.raises(ValidationError, match="Nothing else"):
        take_part_off(measurement=first, part=1, by=user)
    own = analysed(separate_file(file=first.raw_files.get(part=2), by=user))
    assert (own.rows, capacities(own)[1]) == (80, pytest.approx(1.0, rel=1e-3))


def test_a_file_that_nobody_has_judged_is_not_lost_by_joining(cell: Cell, user: User) -> None:
    first = read(send(cell, user, lines(2)).measurement)
    second = read(send(cell, user, again(lines(3)[80:100]), name="run_02.csv").measurement)
    send(cell, user, again(lines(3)[80:]), name="run_02.csv")
    second.refresh_from_db()
    with pytest.raises(ValidationError, match="not read or not decided yet; joining would lose"):
        join_measurements(first=first, second=second, by=user)
    join_measurements(first=first, second=read(second), by=user)
    assert read(first).rows == 120


def test_a_part_grows_as_a_file_does(cell: Cell, user: User) -> None:
    rows = lines(4)
    first = read(send(cell, user, rows[:80]).measurement)
    send(cell, user, again(rows[80:100]), name="run_part2.csv", continues=first)
    assert read(first).rows == 100
    grown = send(cell, user, again(rows[80:]), name="run_part2.csv")
    assert (grown.measurement, grown.file.part, grown.file.revision) == (first, 2, 2)
    assert read(first).rows == 160


def test_a_part_that_does_not_fit_is_refused_and_the_test_stays(cell: Cell, user: User) -> None:
    first = read(send(cell, user, lines(2)).measurement)
    send(cell, user, lines(3), name="b.csv", continues=first)
    first = read(first)
    part = first.raw_files.get(part=2)
    assert (first.status, first.rows, part.verdict) == ("done", 80, "refused")
    assert "expected a newer version of that part" in part.verdict_note


def test_one_part_that_does_not_fit_takes_no_other_with_it(cell: Cell, user: User) -> None:
    rows = lines(4)
    first = read(send(cell, user, rows[:60]).measurement)
    send(cell, user, rows[:80])
    send(cell, user, rows[:120], name="b.csv", continues=first)
    send(cell, user, again(rows[80:]), name="c.csv", continues=first)
    first = read(first)
    assert (first.status, first.rows) == ("done", 160)
    assert [(file.original_name, file.verdict) for file in first.raw_files.all()] == [
        (NAME, "accepted"), (NAME, "accepted"), ("b.csv", "refused"), ("c.csv", "accepted"),
    ]  # fmt: skip
    assert first.raw_files.get(verdict="refused").verdict_note.startswith("b.csv is not the next")
    assert analysed(first).cycles == 4


def test_what_is_not_of_one_test_is_not_joined(cell: Cell, user: User) -> None:
    first = read(send(cell, user, lines(1)).measurement)
    other = read(send(CellFactory(project=cell.project), user, lines(2)).measurement)
    failed = read(send(cell, user, b"nothing", name="c.csv").measurement)
    for second, words in (
        (first, "cannot be its own next part"),
        (other, "parts of a test are about the same"),
        (failed, "is failed; it must be read and valid"),
    ):
        with pytest.raises(ValidationError, match=words):
            join_measurements(first=first, second=second, by=user)


@pytest.mark.parametrize(
    ("name", "series"),
    [
        ("run.csv", ("run.csv", 1)),
        ("run_part2.csv", ("run.csv", 2)),
        ("Run part 3.CSV", ("run.csv", 3)),
        ("run_02.csv", ("run.csv", 2)),
        ("run(2).csv", ("run.csv", 2)),
        ("run.002", ("run.#", 2)),
        ("run_2024.csv", ("run_2024.csv", 1)),
        ("CE-2026-0001.csv", ("ce-2026-0001.csv", 1)),
    ],
)
def test_names_that_differ_by_a_counter(name: str, series: tuple[str, int]) -> None:
    assert series_of(name) == series


def test_a_test_that_begins_where_another_ends_is_pointed_out(cell: Cell, user: User) -> None:
    channel = ChannelFactory()
    where = {"instrument": channel.instrument, "channel": channel}
    first = read(send(cell, user, lines(2), performed_at=None, **where).measurement)
    second = read(send(cell, user, lines(3), name="other.csv", **where).measurement)
    assert hints(first) == []
    Measurement.objects.filter(pk=first.pk).update(performed_at="2026-03-02T10:00Z")
    Measurement.objects.filter(pk=second.pk).update(performed_at="2026-03-02T14:10Z")
    (hint,) = hints(Measurement.objects.get(pk=first.pk))
    assert (hint.first, hint.second, hint.reason) == (first, second, "it begins where this ends")
    Measurement.objects.filter(pk=second.pk).update(performed_at="2026-03-02T13:10Z")
    assert hints(Measurement.objects.get(pk=first.pk)) == []
