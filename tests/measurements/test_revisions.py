"""A file that comes again, grown: a newer version of the same measurement, never a silent swap."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from cells.models import Cell
from labsite.access.models import User
from measurements import ingest
from measurements.deciding import (
    accept_file,
    leave_file,
    separate_file,
)
from measurements.intake import requeue
from measurements.labformats import Wish, save_and_read
from measurements.mappings.document import from_json
from measurements.mappings.mapping import Mapping
from measurements.models import Measurement, RawFile
from tests.factories import CellFactory, ChannelFactory
from tests.measurements.growing import (
    NAME,
    analysed,
    bytes_of,
    capacities,
    column,
    cycling_runs,
    lines,
    other_cell,
    read,
    send,
    table,
    verdicts,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def cell(project) -> Cell:
    return CellFactory(project=project, cell_type=Cell.Type.CATHODE_HALF_CELL)


def test_a_grown_file_is_a_newer_version_with_the_numbers_of_the_final_file_alone(
    cell: Cell, user: User
) -> None:
    rows = lines(5)
    first = send(cell, user, rows[:90])
    measurement = analysed(first.measurement)
    old_run = cycling_runs().get(is_current=True)
    assert sorted(capacities(measurement)) == [1, 2, 3]
    grown = send(cell, user, rows, name="RUN.BDF.CSV")
    assert (grown.measurement, grown.duplicate) == (measurement, False)
    measurement = analysed(measurement)
    assert verdicts(measurement) == [(1, 1, "accepted"), (1, 2, "accepted")]
    assert (measurement.status, measurement.rows, measurement.cycles) == ("done", 200, 5)
    assert grown.file.verdict == "waiting"
    assert RawFile.objects.get(pk=grown.file.pk).verdict_note == (
        "110 rows more; it begins with all of the file before."
    )
    alone = analysed(send(other_cell(cell), user, rows).measurement)
    assert capacities(measurement) == capacities(alone)
    assert capacities(measurement)[5] == pytest.approx(0.98**4, rel=1e-4)
    old_run.refresh_from_db()
    assert not old_run.is_current
    assert old_run.inputs.get().sha256 == first.sha256
    newest = cycling_runs(measurement=measurement).get(is_current=True)
    assert newest.inputs.get().sha256 == grown.sha256
    assert [bytes_of(file) for file in measurement.raw_files.all()] == [
        table(rows[:90]), table(rows),
    ]  # fmt: skip
    assert measurement.version == 3


def test_bytes_that_are_there_as_any_version_are_a_duplicate(cell: Cell, user: User) -> None:
    rows = lines(3)
    first = send(cell, user, rows[:90])
    send(cell, user, rows)
    for content, name in ((rows[:90], NAME), (rows, NAME), (rows, "other.csv")):
        again = send(cell, user, content, name=name)
        assert (again.duplicate, again.measurement) == (True, first.measurement)
    assert RawFile.objects.count() == 2


def test_a_table_read_by_a_changed_mapping_gives_its_results_anew(cell: Cell, user: User) -> None:
    """The bytes are the same; a current that was taken for mA and is A is a thousand times more."""

    def mapping(unit: str) -> Mapping:
        units = {"test_time_second": "s", "voltage_volt": "V", "current_ampere": unit}
        columns = [{"heading": n[0], "quantity": n, "unit": u} for n, u in units.items()]
        return from_json({"kind": "cycling", "columns": columns})

    content = b"t,v,c\n" + "\n".join(row[:-2] for row in lines(1)).encode()
    measurement = read(send(cell, user, content).measurement)
    saved = save_and_read(measurement=measurement, wish=Wish("ours", mapping("mA")), by=user)
    measurement = analysed(measurement)
    assert list(capacities(measurement).values()) == [pytest.approx(1e-3, rel=1e-3)]
    save_and_read(measurement=measurement, wish=Wish("ours", mapping("A"), saved), by=user)
    measurement = analysed(measurement)
    assert list(capacities(measurement).values()) == [pytest.approx(1.0, rel=1e-3)]


def test_a_half_written_last_row_may_be_completed(cell: Cell, user: User) -> None:
    rows = lines(3)
    cut = [*rows[:89], rows[89].replace(",0.001,", ",0.0001,")]
    measurement = read(send(cell, user, cut).measurement)
    send(cell, user, rows)
    assert read(measurement).rows == 120
    assert measurement.raw_files.last().verdict_note == (
        "30 rows more; the last row of the file before, 90, was unfinished."
    )
    assert column(Measurement.objects.get(), "current_ampere")[89] == 1e-3


def test_a_file_that_grew_without_more_rows_is_accepted(cell: Cell, user: User) -> None:
    rows = lines(3)
    measurement = read(send(cell, user, rows).measurement)
    send(cell, user, table(rows) + b"\n")
    assert read(measurement).rows == 120
    assert measurement.raw_files.last().verdict_note == (
        "No rows more; it begins with all of the file before."
    )


@pytest.mark.parametrize(
    ("newer", "sentence"),
    [
        (
            lines(4, shift=0.1),
            "It does not begin with the file before: from row 1 on they differ, "
            "voltage_volt was 3 and is 3.1.",
        ),
        (lines(2), "It has 80 rows; the file before has 120."),
        (
            [*lines(3)[:60], *lines(4, fade=0.5)[60:]],
            "It does not begin with the file before: from row 61 on they differ, "
            "test_time_second was 10728.003 and is 9000.003.",
        ),
    ],
)
def test_a_file_that_is_not_the_old_one_grown_waits_for_a_person(
    cell: Cell, user: User, newer: list[str], sentence: str
) -> None:
    measurement = analysed(send(cell, user, lines(3)).measurement)
    before = capacities(measurement)
    send(cell, user, newer)
    measurement = analysed(measurement)
    asked = measurement.raw_files.last()
    assert (measurement.status, measurement.rows, asked.verdict) == ("done", 120, "asked")
    assert asked.verdict_note.startswith(sentence)
    assert capacities(measurement) == before
    assert cycling_runs().get().stale_at is None


def asked_version(cell: Cell, user: User) -> tuple[Measurement, RawFile]:
    """A measurement of three cycles and a newer file of another test of two."""
    measurement = read(send(cell, user, lines(3)).measurement)
    send(cell, user, lines(2, fade=0.9))
    return read(measurement), measurement.raw_files.last()


def test_a_person_takes_it_as_the_newer_version_and_may_change_her_mind(
    cell: Cell, user: User
) -> None:
    measurement, asked = asked_version(cell, user)
    accept_file(file=asked, by=user)
    assert cycling_runs().get().stale_at is None, "the table is still the old one"
    measurement = analysed(measurement)
    asked.refresh_from_db()
    assert (measurement.rows, asked.verdict, asked.decided_by) == (80, "accepted", user)
    assert capacities(measurement)[2] == pytest.approx(0.9, rel=1e-4)
    leave_file(file=asked, by=user)
    measurement = analysed(measurement)
    assert measurement.rows == 120
    assert capacities(measurement)[3] == pytest.approx(0.98**2, rel=1e-4)
    assert cycling_runs().count() == 2, "the first run counts again"
    assert cycling_runs().get(is_current=True).inputs.get().sha256 == (
        measurement.raw_files.first().blob_id
    )


def test_a_person_makes_it_a_measurement_of_its_own(cell: Cell, user: User) -> None:
    measurement, asked = asked_version(cell, user)
    own = read(separate_file(file=asked, by=user))
    assert (own.subject, own.rows, read(measurement).rows) == (cell, 80, 120)
    asked.refresh_from_db()
    assert asked.verdict == "refused"
    assert asked.verdict_note == f"It is a measurement of its own: {own.code}."
    grown = send(cell, user, lines(3, fade=0.9))
    assert grown.measurement == own, "the newest measurement with a file of this name"
    assert read(own).rows == 120
    again = send(cell, user, lines(2, fade=0.9))
    assert (again.duplicate, again.measurement) == (True, own)
    with pytest.raises(ValidationError, match="measurement of their own already"):
        separate_file(file=asked, by=user)


def test_a_person_leaves_it_out_for_good(cell: Cell, user: User) -> None:
    measurement, asked = asked_version(cell, user)
    leave_file(file=asked, by=user)
    assert Measurement.objects.get().status == "done", "nothing is read anew for it"
    assert send(cell, user, lines(2, fade=0.9)).duplicate
    with pytest.raises(ValidationError, match="Nothing else of .* counts"):
        leave_file(file=measurement.raw_files.first(), by=user)


def test_only_those_decide_who_may_change_the_measurement(
    cell: Cell, user: User, viewer: User
) -> None:
    _measurement, asked = asked_version(cell, user)
    for act in (accept_file, leave_file, separate_file):
        with pytest.raises(PermissionDenied):
            act(file=asked, by=viewer)
    Measurement.objects.update(status="running", lease=asked.pk)
    for act in (accept_file, leave_file, separate_file):
        with pytest.raises(ValidationError, match="is being read at the moment"):
            act(file=asked, by=user)


def test_the_same_name_in_another_year_is_asked_for(
    cell: Cell, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rows agree; only the start time tells that it is another test."""
    starts = iter([*["2024-03-02T10:00:00"] * 2, "2026-03-02T10:00:00"])
    plain = ingest._read

    def dated(*args: object) -> object:
        found = plain(*args)
        found.reading.metadata["start_time"] = next(starts)
        return found

    monkeypatch.setattr(ingest, "_read", dated)
    measurement = read(send(cell, user, lines(2)).measurement)
    send(cell, user, lines(3))
    assert read(measurement).rows == 80
    asked = measurement.raw_files.last()
    assert (asked.verdict, asked.verdict_note) == (
        "asked",
        "Its test started at 2026-03-02 10:00:00; that of the file before at 2024-03-02 10:00:00.",
    )


def test_a_newer_file_that_cannot_be_read_leaves_the_measurement_as_it_is(
    cell: Cell, user: User
) -> None:
    measurement = read(send(cell, user, lines(2)).measurement)
    send(cell, user, b"no instrument writes this\n")
    measurement = read(measurement)
    refused = measurement.raw_files.last()
    assert (measurement.status, measurement.rows, refused.verdict) == ("done", 80, "refused")
    assert refused.verdict_note.startswith(f"{NAME} is of no known format")
    with pytest.raises(ValidationError, match="has not been read; it cannot count"):
        accept_file(file=refused, by=user)
    send(cell, user, lines(3))
    assert read(measurement).rows == 120


def test_a_failed_measurement_is_mended_by_a_newer_file_that_can_be_read(
    cell: Cell, user: User
) -> None:
    measurement = read(send(cell, user, b"cut off\n").measurement)
    assert measurement.status == "failed"
    send(cell, user, b"cut off again\n")
    measurement = read(measurement)
    assert (measurement.status, measurement.error_code) == ("failed", "E_UNKNOWN_FORMAT")
    good = send(cell, user, lines(2))
    assert good.measurement == measurement
    measurement = read(measurement)
    assert (measurement.status, measurement.rows, measurement.error_message) == ("done", 80, "")
    assert verdicts(measurement) == [(1, 1, "refused"), (1, 2, "refused"), (1, 3, "accepted")]


def test_another_channel_kind_cell_or_name_is_another_measurement(cell: Cell, user: User) -> None:
    channel = ChannelFactory()
    send(cell, user, lines(1))
    send(cell, user, lines(2), instrument=channel.instrument, channel=channel)
    send(cell, user, lines(3), kind="cycling")
    send(CellFactory(project=cell.project), user, lines(4))
    send(cell, user, lines(5), name="run2.bdf.csv")
    assert Measurement.objects.count() == 5


def test_a_newer_version_can_be_said_in_words(cell: Cell, user: User) -> None:
    measurement = read(send(cell, user, lines(2)).measurement)
    said = send(cell, user, lines(3), name="export of monday.csv", revision_of=measurement)
    assert said.measurement == measurement
    assert read(measurement).rows == 120
    other = CellFactory(project=cell.project)
    with pytest.raises(ValidationError, match=f"{measurement.code} is about {cell}"):
        send(other, user, lines(4), revision_of=measurement)
    with pytest.raises(ValidationError, match="not both"):
        send(cell, user, lines(4), revision_of=measurement, continues=measurement)


def test_a_measurement_that_failed_is_read_again_with_all_its_files(cell: Cell, user: User) -> None:
    measurement = read(send(cell, user, b"cut off\n").measurement)
    requeue(measurement=measurement, by=user)
    measurement = read(measurement)
    assert (measurement.status, verdicts(measurement)) == ("failed", [(1, 1, "waiting")])
