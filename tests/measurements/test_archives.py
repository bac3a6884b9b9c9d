"""An archive of several files: each that a format reads becomes a measurement of its own."""

import gzip
import io
import warnings
import zipfile
from pathlib import Path

import numpy as np
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse

from cells.models import Cell
from labsite.access.models import Project, User
from labsite.lib import jobs
from measurements import archives, ingest
from measurements.archives import member_lines
from measurements.discovery import read_file, recognise
from measurements.formats import FormatError
from measurements.frames import ParquetFrame
from measurements.ingest import parse_measurement
from measurements.intake import Context, receive_file
from measurements.models import Measurement, RawFile
from tests.factories import CellFactory
from tests.formats.files import ndax, zplot

pytestmark = pytest.mark.django_db


@pytest.fixture
def cell(project: Project) -> Cell:
    return CellFactory(project=project)


@pytest.fixture
def spectra(tmp_path: Path) -> list[bytes]:
    """Three spectra that differ in the bytes of their comments."""
    text = zplot(tmp_path).read_bytes()
    return [text.replace(b"\n", b" " * number + b"\n", 1) for number in range(3)]


def zipped(*members: tuple[str | zipfile.ZipInfo, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                archive.writestr(name, content)
    return target.getvalue()


def send(cell: Cell, user: User, content: bytes, name: str = "folder.zip", **context: object):
    receipt = receive_file(
        file=ContentFile(content), name=name, subject=cell, by=user, context=Context(**context)
    )
    return receipt.measurement


def parsed(measurement: Measurement) -> Measurement:
    parse_measurement(str(measurement.pk))
    measurement.refresh_from_db()
    return measurement


def folder(spectra: list[bytes]) -> bytes:
    """What a person zips: folders, what the system left, a note, an archive in it."""
    return zipped(
        ("run 1/", b""),
        ("run 1/25C.z", spectra[0]),
        ("run 1/.DS_Store", b"\x00\x01"),
        ("__MACOSX/run 1/._25C.z", b"\x00\x05"),
        ("run 1/notes.docx.zip", zipped(("a.txt", b"a"), ("b.txt", b"b"))),
        ("run 1/5C.z", spectra[1]),
        ("run 1/to do.txt", b"Call the workshop"),
    )


def test_every_file_that_can_be_read_is_a_measurement(
    cell: Cell, user: User, spectra: list[bytes]
) -> None:
    archive = send(cell, user, folder(spectra), conditions={"temperature_celsius": 25})
    assert parsed(archive).status == "done", archive.error_message
    assert (archive.kind, archive.format, archive.rows) == ("archive", "archive", 4)
    members = list(archive.members.order_by("archive_order"))
    assert [(row.archive_order, row.raw_files.get().original_name) for row in members] == [
        (1, "25C.z"),
        (3, "5C.z"),
    ]
    assert {(row.status, row.cell, row.project, row.created_by) for row in members} == {
        ("queued", cell, cell.project, user)
    }
    assert members[0].conditions == {"temperature_celsius": 25}
    stored = [default_storage.path(row.raw_files.get().blob.file.name) for row in members]
    assert [Path(path).read_bytes() for path in stored] == spectra[:2]
    assert parsed(members[1]).kind == "impedance"
    assert members[1].rows == 26


def test_the_table_says_of_every_file_what_became_of_it(
    cell: Cell, user: User, spectra: list[bytes]
) -> None:
    archive = parsed(send(cell, user, folder(spectra)))
    lines = member_lines(archive)
    assert [line["name"] for line in lines] == [
        "run 1/25C.z",
        "run 1/notes.docx.zip",
        "run 1/5C.z",
        "run 1/to do.txt",
    ]
    assert [line["format"] for line in lines] == ["zplot", "", "zplot", ""]
    assert [line["size_bytes"] for line in lines] == [
        len(spectra[0]),
        len(zipped(("a.txt", b"a"), ("b.txt", b"b"))),
        len(spectra[1]),
        17,
    ]
    assert lines[1]["reason"].startswith("a zip archive; expected ")
    assert lines[3]["reason"] == "of no known format: “Call the workshop”"
    assert [notice["code"] for notice in archive.notices] == ["MEMBERS_NOT_READ"]
    assert archive.notices[0]["message"].startswith("2 of 4 files in the archive are not read")


def test_the_declared_kind_is_that_of_the_files(
    cell: Cell, user: User, spectra: list[bytes], tmp_path: Path
) -> None:
    both = zipped(("a.z", spectra[0]), ("b.ndax", ndax(tmp_path).read_bytes()))
    archive = parsed(send(cell, user, both, kind="impedance"))
    assert archive.status == "done"
    first, second = archive.members.order_by("archive_order")
    assert (first.kind, second.kind) == ("impedance", "impedance")
    assert parsed(first).status == "done"
    assert parsed(second).error_code == "E_WRONG_KIND"


def test_reading_an_archive_again_doubles_nothing(
    cell: Cell, user: User, spectra: list[bytes]
) -> None:
    archive = parsed(send(cell, user, folder(spectra)))
    failed, voided = archive.members.order_by("archive_order")
    Measurement.objects.filter(pk=failed.pk).update(status="failed", error_code="E_FORMAT")
    Measurement.objects.filter(pk=voided.pk).update(voided_at=archive.created_at, void_reason="x")
    Measurement.objects.filter(pk=archive.pk).update(status="queued")
    assert parsed(archive).status == "done"
    assert archive.members.count() == 2


def test_bytes_that_are_there_are_linked_and_not_doubled(
    cell: Cell, user: User, spectra: list[bytes]
) -> None:
    before = send(cell, user, spectra[0], name="earlier.z", kind="impedance")
    twice = zipped(("a.z", spectra[0]), ("b.z", spectra[1]), ("copy of b.z", spectra[1]))
    archive = parsed(send(cell, user, twice))
    assert [row.archive_order for row in archive.members.all()] == [2]
    linked = [line["measurement"] for line in member_lines(archive)]
    assert linked == [before, archive.members.get(), archive.members.get()]


def test_the_same_file_of_another_cell_is_not_linked(
    cell: Cell, user: User, spectra: list[bytes]
) -> None:
    send(CellFactory(project=cell.project), user, spectra[0])
    archive = parsed(send(cell, user, zipped(("a.z", spectra[0]), ("b.z", spectra[1]))))
    assert archive.members.count() == 2


def test_a_worker_that_loses_its_lease_leaves_no_members(
    cell: Cell, user: User, spectra: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = send(cell, user, folder(spectra))

    def lost(*args: object) -> None:
        archives.create_members(*args)
        raise jobs.LeaseLostError

    monkeypatch.setattr(ingest, "create_members", lost)
    parse_measurement(str(archive.pk))
    assert archive.members.count() == 0
    monkeypatch.undo()
    Measurement.objects.filter(pk=archive.pk).update(status="queued", lease=None)
    assert parsed(archive).members.count() == 2


def test_names_in_an_archive_are_text_and_never_paths(
    cell: Cell, user: User, spectra: list[bytes]
) -> None:
    link = zipfile.ZipInfo("link.z")
    link.external_attr = 0o120777 << 16
    names = ["../../../../../../labsite-escape.z", "C:\\Windows\\x\x07y.z", "CON", "/etc/a\nb.z"]
    contents = [spectra[0] + b" " * number for number in range(len(names))]
    archive = send(
        cell,
        user,
        zipped(*zip(names, contents, strict=True), (link, b"/etc/passwd"), ("CON", contents[2])),
    )
    assert parsed(archive).status == "done", archive.error_message
    files = RawFile.objects.filter(measurement__archive=archive)
    assert [file.original_name for file in files.order_by("measurement__archive_order")] == [
        "labsite-escape.z",
        "xy.z",
        "CON",
        "a b.z",
    ]
    assert not Path("/labsite-escape.z").exists()
    lines = member_lines(archive)
    assert lines[0]["name"] == names[0]
    assert lines[4]["reason"] == "a link to another file; links are not followed"
    assert lines[5]["measurement"] == lines[2]["measurement"]
    assert all(
        default_storage.path(file.blob.file.name).startswith(default_storage.path("blobs"))
        for file in files
    )


def test_the_only_file_of_an_archive_is_read_in_its_place(tmp_path: Path) -> None:
    source = ndax(tmp_path)
    packed = tmp_path / "packed"
    packed.write_bytes(zipped(("deep/cell 7.ndax", source.read_bytes()), ("deep/.DS_Store", b"x")))
    plugin, reading = read_file(packed, "cell 7.zip")
    assert (plugin.name, len(reading.frame)) == ("neware", 480)
    assert reading.metadata["archive_member"] == "cell 7.ndax"
    packed.write_bytes(gzip.compress(source.read_bytes()))
    plugin, reading = read_file(packed, "cell 7.ndax.gz")
    assert (plugin.name, len(reading.frame)) == ("neware", 480)
    assert reading.metadata["archive_member"] == "cell 7.ndax"


def test_an_archive_in_an_archive_is_not_opened_when_it_is_the_only_file(tmp_path: Path) -> None:
    packed = tmp_path / "packed"
    packed.write_bytes(gzip.compress(zipped(("a.txt", b"a"), ("b.txt", b"b"))))
    with pytest.raises(FormatError) as caught:
        recognise(packed, "folder.zip.gz")
    assert caught.value.code == "E_UNSUPPORTED"
    assert caught.value.found == "a zip archive"


def test_errors_about_the_only_file_name_it_and_its_archive(tmp_path: Path) -> None:
    packed = tmp_path / "packed"
    packed.write_bytes(gzip.compress(b"a,b\n1,2\n"))
    with pytest.raises(FormatError) as caught:
        read_file(packed, "table.csv.GZ")
    assert caught.value.message == "table.csv.GZ: table.csv is of no known format"
    assert caught.value.found == "“a,b”"
    packed.write_bytes(gzip.compress(b"a,b\n1,2\n" * 999)[:-9])
    with pytest.raises(FormatError, match="table.csv.gz cannot be unpacked") as caught:
        recognise(packed, "table.csv.gz")
    assert caught.value.code == "E_TRUNCATED"


def test_pages_and_api_lead_from_an_archive_to_its_files_and_back(
    signed_in: Client, cell: Cell, user: User, spectra: list[bytes]
) -> None:
    archive = parsed(send(cell, user, folder(spectra)))
    first = archive.members.get(archive_order=1)
    page = signed_in.get(reverse("measurements:measurement-detail", args=[archive.pk]))
    text = page.content.decode()
    assert first.code in text
    assert "Zip archive of several files" in text
    assert "of no known format: “Call the workshop”" in text
    page = signed_in.get(reverse("measurements:measurement-detail", args=[first.pk]))
    assert archive.code in page.content.decode()
    answer = signed_in.get("/api/v1/measurements/", {"archive": archive.code})
    found = {row["code"]: row for row in answer.json()["results"]}
    assert set(found) == {row.code for row in archive.members.all()}
    assert found[first.code]["archive_order"] == 1
    assert found[first.code]["archive"]["code"] == archive.code


def test_the_stored_table_has_one_row_a_file(cell: Cell, user: User, spectra: list[bytes]) -> None:
    archive = parsed(send(cell, user, folder(spectra)))
    frame = ParquetFrame(Path(default_storage.path(archive.frame_path)))
    assert frame.columns == ("member", "size_bytes", "sha256", "format", "reason")
    assert [len(value) for value in frame["sha256"]] == [64] * 4
    assert np.count_nonzero(frame["format"] == "zplot") == 2
