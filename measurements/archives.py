"""Archives of several files: every file that a format reads becomes a measurement of its own."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZipFile

import pandas as pd
from django.core.files.base import File
from django.db import IntegrityError
from django.db.models import Q

from labsite.lib.jobs import ExpectedError
from labsite.lib.storage import local_copy
from measurements.columns import ARCHIVE, MEMBER
from measurements.formats import FormatError, Reading
from measurements.formats._archive import DAMAGE, copy_member, last_part, open_archive
from measurements.formats._checks import Source
from measurements.formats._members import (
    FORMAT,
    REASON,
    SHA256,
    UNKNOWN,
    files_in,
    table_of_members,
)
from measurements.frames import ParquetFrame
from measurements.intake import create_measurement, store_blob
from measurements.labformats import known_to_lab
from measurements.models import Blob, Measurement, RawFile


@dataclass(frozen=True)
class Member:
    """A file of an archive that a format reads: its row from 1, its name and its bytes."""

    order: int
    name: str
    blob: Blob


def store_members(archive_file: RawFile, table: pd.DataFrame) -> list[Member]:
    """Store the bytes of the files that a format reads, in the archive's order.

    ``table`` is the archive's reading. What is stored stays without effect until
    ``create_members``. Raises ExpectedError when the archive cannot be unpacked any more.
    """
    with _unpacking(archive_file) as archive:
        return list(_stored(archive, table))


@contextmanager
def _unpacking(archive_file: RawFile) -> Iterator[ZipFile]:
    try:
        with local_copy(str(archive_file.blob.file)) as path, open_archive(path) as archive:
            yield archive
    except (*DAMAGE, FormatError) as error:
        raise ExpectedError(
            "E_TRUNCATED", f"{archive_file.original_name} cannot be unpacked: {error}"
        ) from error


def _stored(archive: ZipFile, table: pd.DataFrame) -> Iterator[Member]:
    listed = zip(files_in(archive), table[FORMAT], strict=True)
    for order, (member, known_format) in enumerate(listed, start=1):
        if not known_format:
            continue
        with tempfile.NamedTemporaryFile() as file:
            sha256 = copy_member(archive, member, file)
            blob = store_blob(File(file), sha256, file.tell())
        yield Member(order, last_part(member.filename), blob)


def read_by_lab(archive_file: RawFile, reading: Reading) -> Reading:
    """Return the table of an archive with the files that a format of the lab reads.

    Raises ExpectedError when the archive cannot be unpacked any more.
    """
    kind = _declared_kind(archive_file.measurement)
    names, reasons = (reading.frame[column].tolist() for column in (FORMAT, REASON))
    with _unpacking(archive_file) as archive:
        for row, member in enumerate(files_in(archive)):
            if not reasons[row].startswith(UNKNOWN):
                continue
            with tempfile.NamedTemporaryFile() as file:
                copy_member(archive, member, file)
                try:
                    saved = known_to_lab(kind, Path(file.name), last_part(member.filename))
                except FormatError as error:
                    reasons[row] = str(error)
                    continue
            if saved is not None:
                names[row], reasons[row] = saved.code, ""
    frame = reading.frame.assign(**{FORMAT: names, REASON: reasons})
    return table_of_members(Source(archive_file.original_name, "member"), frame)


def create_members(archive: Measurement, members: Sequence[Member]) -> None:
    """Make measurements of the files and queue their reading; call it where ``archive`` finishes.

    Subject, project, instrument, channel, time and conditions are the archive's, the declared kind
    too. Bytes that are a measurement of the subject, and files that this archive gave before, are
    left as they are.
    """
    known = _known(archive, [member.blob for member in members])
    kind = _declared_kind(archive)
    for member in members:
        if member.blob.pk in known:
            continue
        known.add(member.blob.pk)
        measurement = Measurement(
            project=archive.project,
            kind=kind,
            instrument=archive.instrument,
            channel=archive.channel,
            performed_at=archive.performed_at,
            conditions=dict(archive.conditions),
            archive=archive,
            archive_order=member.order,
            **{archive.subject_kind: archive.subject},
        )
        try:
            create_measurement(measurement, member.blob, member.name, archive.created_by)
        except IntegrityError:  # somebody has sent the same bytes meanwhile
            continue


def member_lines(archive: Measurement) -> list[dict[str, object]]:
    """Return the rows of an archive's table, each with the measurement that has its bytes."""
    with local_copy(archive.frame_path) as path:
        frame = ParquetFrame(path)
        columns = {name: frame[name].tolist() for name in frame.columns}
    rows = [dict(zip(columns, cells, strict=True)) for cells in zip(*columns.values(), strict=True)]
    files = _files(archive, [row[SHA256] for row in rows if row[SHA256]])
    measured = {file.blob_id: file.measurement for file in files}
    return [
        {**row, "order": order, "name": row[MEMBER], "measurement": measured.get(row[SHA256])}
        for order, row in enumerate(rows, start=1)
    ]


def _declared_kind(archive: Measurement) -> str:
    """Return the kind that the files were sent as, empty when none was said."""
    declared = archive.content_key.rpartition(":")[2]
    return "" if declared == ARCHIVE else declared


def _known(archive: Measurement, blobs: Sequence[Blob]) -> set[str]:
    return {str(file.blob_id) for file in _files(archive, [blob.pk for blob in blobs])}


def _files(archive: Measurement, hashes: Sequence[str]) -> list[RawFile]:
    """Return files with these bytes of the archive's subject and project, its own members last.

    Failed and voided measurements count when they are members of this archive only.
    """
    standing = Measurement.objects.valid().exclude(status=Measurement.Status.FAILED)
    same = standing.filter(project=archive.project, **{archive.subject_kind: archive.subject})
    found = Q(measurement__in=same.values("pk")) | Q(measurement__archive=archive)
    files = RawFile.objects.filter(found, blob__in=hashes).select_related("measurement")
    return sorted(files, key=lambda file: file.measurement.archive_id == archive.pk)
