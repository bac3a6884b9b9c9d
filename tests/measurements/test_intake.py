"""Files are taken in once, kept for ever and queued."""

import hashlib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import override_settings

from cells.models import Cell
from labsite.access.models import Project, User
from labsite.access.recording import EditConflictError, update_record, void_record
from measurements.discovery import read_file
from measurements.ingest import parse_measurement
from measurements.intake import Context, Receipt, receive_file, requeue
from measurements.models import Blob, Measurement, RawFile
from tests.factories import CellFactory, LotFactory

pytestmark = pytest.mark.django_db

BYTES = b"no instrument writes this\n"


@pytest.fixture
def cell(project: Project) -> Cell:
    return CellFactory(project=project)


def receive(subject: object, by: User, content: bytes = BYTES, **context: object) -> Receipt:
    return receive_file(
        file=ContentFile(content), name="a.txt", subject=subject, by=by, context=Context(**context)
    )


def test_a_file_becomes_a_queued_measurement_with_its_bytes(cell: Cell, user: User) -> None:
    receipt = receive(cell, user)
    measurement = Measurement.objects.get()
    assert (measurement.status, measurement.project) == ("queued", cell.project)
    assert receipt.sha256 == hashlib.sha256(BYTES).hexdigest()
    assert content(RawFile.objects.get()) == BYTES
    assert not receipt.duplicate


def test_the_same_bytes_for_the_same_cell_are_stored_once(cell: Cell, user: User) -> None:
    first, second = receive(cell, user), receive(cell, user)
    assert second.duplicate
    assert second.measurement == first.measurement
    assert (Measurement.objects.count(), Blob.objects.count(), RawFile.objects.count()) == (1, 1, 1)


def test_the_same_bytes_for_another_cell_share_the_blob(cell: Cell, user: User) -> None:
    receive(cell, user)
    other = receive(CellFactory(project=cell.project), user)
    assert not other.duplicate
    assert (Measurement.objects.count(), Blob.objects.count()) == (2, 1)


def test_the_same_bytes_as_another_kind_are_read_again(cell: Cell, user: User) -> None:
    receive(cell, user, kind="cycling")
    assert not receive(cell, user, kind="impedance").duplicate


def test_the_same_bytes_after_a_failure_are_read_again(cell: Cell, user: User) -> None:
    parse_measurement(str(receive(cell, user).measurement.pk))
    assert not receive(cell, user).duplicate
    assert Measurement.objects.count() == 2


def test_a_failed_file_waits_again_only_while_no_other_reading_of_it_stands(
    cell: Cell, user: User
) -> None:
    failed = receive(cell, user).measurement
    parse_measurement(str(failed.pk))
    receive(cell, user)
    with pytest.raises(ValidationError, match="read successfully meanwhile"):
        requeue(measurement=failed, by=user)


def test_viewers_and_strangers_may_not_send_files(cell: Cell, viewer: User, stranger: User) -> None:
    for person in (viewer, stranger):
        with pytest.raises(PermissionDenied):
            receive(cell, person)
    assert not Blob.objects.exists()


def test_a_duplicate_is_only_found_on_subjects_that_the_sender_may_write(
    cell: Cell, user: User
) -> None:
    receive(CellFactory(), superuser())
    assert not receive(cell, user).duplicate


def content(raw_file: RawFile) -> bytes:
    with raw_file.blob.file.open() as file:
        return file.read()


def superuser() -> User:
    return User.objects.create_superuser("root", password="x")


@pytest.mark.parametrize(
    ("conditions", "sentence"),
    [
        ({"thicknes_um": 200}, "Condition thicknes_um is not known"),
        ({"thickness_um": "thin"}, "found 'thin'; expected a number"),
        ({"thickness_um": float("nan")}, "expected a finite number"),
        ({"contact_geometry": 3}, "expected a word"),
    ],
)
def test_conditions_that_nobody_understands_are_refused(
    cell: Cell, user: User, conditions: dict[str, object], sentence: str
) -> None:
    with pytest.raises(ValidationError) as refusal:
        receive(cell, user, conditions=conditions)
    assert sentence in str(refusal.value)
    assert not Measurement.objects.exists()


def test_numbers_in_conditions_may_come_as_text(cell: Cell, user: User) -> None:
    receive(cell, user, conditions={"thickness_um": "200.5", "contact_geometry": "blocking"})
    assert Measurement.objects.get().conditions == {
        "thickness_um": 200.5,
        "contact_geometry": "blocking",
    }


@override_settings(MAX_UPLOAD_BYTES=10)
def test_a_file_that_is_too_large_leaves_nothing_behind(cell: Cell, user: User) -> None:
    with pytest.raises(ValidationError, match="larger than"):
        receive(cell, user)
    assert not Blob.objects.exists()


def test_a_measurement_of_a_lot_needs_a_project_when_there_are_several(
    project: Project, user: User
) -> None:
    lot = LotFactory()
    assert receive(lot, user).measurement.project == project
    other = Project.objects.create(name="other")
    user.memberships.create(project=other, role="member")
    with pytest.raises(ValidationError, match="Say which project"):
        receive(lot, user, content=b"more")
    assert receive(lot, user, content=b"more", project=other).measurement.project == other


def test_an_unknown_file_fails_with_a_sentence_and_keeps_its_bytes(cell: Cell, user: User) -> None:
    measurement = receive(cell, user).measurement
    parse_measurement(str(measurement.pk))
    measurement.refresh_from_db()
    assert (measurement.status, measurement.error_code) == ("failed", "E_UNKNOWN_FORMAT")
    assert measurement.error_message.startswith("a.txt")
    assert "found “no instrument writes this”" in measurement.error_message
    assert content(measurement.raw_files.get()) == BYTES


def test_an_empty_file_fails_with_a_sentence(cell: Cell, user: User) -> None:
    measurement = receive(cell, user, content=b"").measurement
    parse_measurement(str(measurement.pk))
    measurement.refresh_from_db()
    assert measurement.error_code == "E_EMPTY_FILE"


def test_a_real_cycler_file_becomes_a_table(cell: Cell, user: User, real_data: Path) -> None:
    path = real_data / "cycling/neware/fastnda/nw4-120-1-6-53.ndax"
    receipt = receive_file(
        file=ContentFile(path.read_bytes()), name=path.name, subject=cell, by=user
    )
    parse_measurement(str(receipt.measurement.pk))
    measurement = Measurement.objects.get()
    assert (measurement.status, measurement.kind) == ("done", "cycling")
    assert (measurement.rows, measurement.cycles) == (18_700, 150)


def test_a_file_of_another_kind_than_declared_is_refused(
    cell: Cell, user: User, real_data: Path
) -> None:
    path = real_data / "eis/zplot_zview/impedance.py/Circuit1_EIS_1.z"
    receipt = receive_file(
        file=ContentFile(path.read_bytes()),
        name=path.name,
        subject=cell,
        by=user,
        context=Context(kind="cycling"),
    )
    parse_measurement(str(receipt.measurement.pk))
    measurement = Measurement.objects.get()
    assert measurement.error_code == "E_WRONG_KIND"
    assert "found impedance data; it was sent as cycling" in measurement.error_message


def test_two_senders_of_the_same_bytes_leave_one_file(
    cell: Cell, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    save, stored = default_storage.save, []

    def overtaken(name: str, file: object) -> str:
        """Let another sender store the bytes first."""
        first, second = save(name, ContentFile(BYTES)), save(name, ContentFile(BYTES))
        Blob.objects.create(sha256=name[-64:], size_bytes=len(BYTES), file=first)
        stored.extend([first, second])
        return second

    monkeypatch.setattr(default_storage, "save", overtaken)
    receive(cell, user)
    assert [default_storage.exists(name) for name in stored] == [True, False]
    assert content(RawFile.objects.get()) == BYTES


def test_a_voided_cell_takes_no_file(cell: Cell, user: User) -> None:
    void_record(record=cell, by=user, reason="wrong foil")
    with pytest.raises(ValidationError, match=r"is voided \(wrong foil\)"):
        receive(cell, user)


def test_a_time_given_while_the_file_is_read_is_kept_and_an_older_copy_cannot_be_stored(
    cell: Cell, user: User, monkeypatch: pytest.MonkeyPatch, real_data: Path
) -> None:
    path = real_data / "cycling/neware/fastnda/nw4-120-1-6-53.ndax"
    measurement = receive(cell, user, content=path.read_bytes()).measurement
    said = datetime(2026, 3, 2, 12, tzinfo=UTC)

    def read_while_somebody_types(path: Path, name: str) -> object:
        Measurement.objects.update(performed_at=said)
        return read_file(path, name)

    monkeypatch.setattr("measurements.labformats.read_file", read_while_somebody_types)
    parse_measurement(str(measurement.pk))
    assert Measurement.objects.get().performed_at == said
    with pytest.raises(EditConflictError):
        update_record(record=measurement, by=user, expected_version=1)
    assert Measurement.objects.get().kind == "cycling"
