"""Formats of the lab: which one reads a file, saving one for a file, reading files by it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import transaction

from labsite.access.models import Project, User
from labsite.access.recording import check_in_use, check_may_edit, create_record, update_record
from labsite.access.records import RecordQuerySet
from labsite.lib.storage import local_copy
from measurements.discovery import opened, read_file
from measurements.formats import MAX_TEXT_BYTES, FormatError, Reading
from measurements.formats._checks import under_name
from measurements.mappings.document import MappingError, to_json
from measurements.mappings.mapping import Mapping, read
from measurements.mappings.signature import applies
from measurements.models import LabFormat, Measurement
from measurements.revisions import locked_row, read_anew

UNKNOWN = "E_UNKNOWN_FORMAT"
SEVERAL = "E_SEVERAL_FORMATS"
ASKED = 50
"""Failed measurements whose files are looked at for the same table."""


@dataclass(frozen=True)
class Wish:
    """What a person wants to save: a mapping under a name, in place of ``change`` or as new."""

    name: str
    mapping: Mapping
    change: LabFormat | None = None


def read_any(measurement: Measurement, path: Path, name: str) -> tuple[str, Reading]:
    """Read a file as the person chose, by a format, or by the one format of the lab that applies.

    Return the name of the format, of one of the lab its code. Raises FormatError.
    """
    if measurement.read_as is not None:
        return _read_by(measurement.read_as, path, name)
    try:
        plugin, reading = read_file(path, name)
    except FormatError as error:
        chosen = known_to_lab(measurement.kind, path, name) if error.code == UNKNOWN else None
        if chosen is None:
            raise
        return _read_by(chosen, path, name)
    return plugin.name, reading


def known_to_lab(kind: str, path: Path, name: str) -> LabFormat | None:
    """Return the one valid format of the lab that applies itself to a file, if there is one.

    Only those of the declared ``kind`` count, all when it is empty. Raises FormatError when
    several apply.
    """
    with table_of(path, name) as table:
        found = [
            saved
            for saved in LabFormat.objects.valid()
            if kind in {"", saved.kind} and _applies(saved, table, name)
        ]
    if len(found) > 1:
        raise FormatError(
            f"{name} can be read by several formats of the lab",
            place="the start of the file",
            found=", ".join(f"{saved.name} ({saved.code})" for saved in found),
            expected="exactly one; choose one, or void the others",
            code=SEVERAL,
        )
    return found[0] if found else None


@contextmanager
def table_of(path: Path, name: str) -> Iterator[Path]:
    """Yield a file under its own name, of an archive with one file that one; FormatError."""
    with opened(path, name) as file, under_name(file.path, file.name) as named:
        yield named


def _applies(saved: LabFormat, path: Path, name: str) -> bool:
    try:
        return applies(path, name, saved.parsed)
    except MappingError:
        return False


def _read_by(saved: LabFormat, path: Path, name: str) -> tuple[str, Reading]:
    try:
        mapping = saved.parsed
    except MappingError as error:
        raise FormatError(
            f"The format {saved.name} ({saved.code}) is not valid any more",
            found=str(error),
            code="E_MAPPING",
        ) from error
    with table_of(path, name) as table:
        if table.stat().st_size > MAX_TEXT_BYTES:
            raise _too_large(table, f"{table.stat().st_size / 2**20:,.0f} MiB")
        try:
            reading = read(table, mapping)
        except MemoryError as error:
            raise _too_large(table, "more data than the memory takes") from error
    said = {
        "lab_format": saved.name,
        "lab_format_code": saved.code,
        "lab_format_version": saved.version,
    }
    return saved.code, replace(reading, metadata={**reading.metadata, **said})


def _too_large(table: Path, found: str) -> FormatError:
    return FormatError(
        f"{table.name} is too large to be read",
        place="its data",
        found=found,
        expected=f"at most {MAX_TEXT_BYTES / 2**20:,.0f} MiB, for example an export in parts",
        code="E_TOO_LARGE",
    )


def save_and_read(*, measurement: Measurement, wish: Wish, by: User) -> LabFormat:
    """Save a mapping as a format of the lab and queue the reading of a measurement by it.

    What other measurements were read by stays as it was read. Raises PermissionDenied,
    ValidationError, EditConflictError.
    """
    check_may_edit(by, measurement)
    check_in_use(measurement)
    with transaction.atomic():
        document = to_json(wish.mapping)
        if wish.change is None:
            saved = create_record(record=LabFormat(name=wish.name, mapping=document), by=by)
        else:
            saved = wish.change
            saved.name, saved.mapping = wish.name, document
            update_record(record=saved, by=by, expected_version=saved.version)
        choose(measurement=measurement, saved=saved, by=by)
    return saved


def choose(*, measurement: Measurement, saved: LabFormat, by: User) -> None:
    """Read a measurement by a format of the lab; raises PermissionDenied, ValidationError."""
    check_may_edit(by, measurement)
    check_in_use(measurement, saved)
    with transaction.atomic():
        locked = locked_row(measurement)
        if not may_be_mapped(locked):
            raise ValidationError(f"{locked.code} is {locked.status}; its file is not unknown.")
        Measurement.objects.filter(pk=locked.pk).update(read_as=saved)
        read_anew(locked)


def may_be_mapped(measurement: Measurement) -> bool:
    """Tell whether a person may say what the columns of a file mean: no format has read it."""
    if measurement.status == Measurement.Status.FAILED:
        unread = {UNKNOWN, SEVERAL}
        return measurement.error_code in unread or measurement.read_as_id is not None
    return measurement.status == Measurement.Status.DONE and is_of_lab(measurement.format)


def is_of_lab(name: str) -> bool:
    """Tell the code of a format of the lab from the name of a built-in one."""
    return name.startswith(f"{LabFormat.CODE_PREFIX}-")


def read_by(saved: LabFormat) -> RecordQuerySet[Measurement]:
    """Return the measurements that were read by a format of the lab, newest first."""
    return Measurement.objects.valid().filter(format=saved.code)


def same_table(saved: LabFormat, by: User) -> list[Measurement]:
    """Return the failed measurements whose file is a table to which a format applies.

    The newest 50 that the person may change are looked at.
    """
    failed = Measurement.objects.valid().filter(
        project__in=Project.objects.editable_by(by),
        status=Measurement.Status.FAILED,
        error_code__in=[UNKNOWN, SEVERAL],
        kind__in=["", saved.kind],
    )
    return [one for one in failed.order_by("-created_at")[:ASKED] if _fits(saved, one)]


def _fits(saved: LabFormat, measurement: Measurement) -> bool:
    raw = measurement.raw_files.select_related("blob").last()
    if raw is None:
        return False
    with local_copy(str(raw.blob.file)) as path:
        try:
            with table_of(path, raw.original_name) as table:
                return _applies(saved, table, raw.original_name)
        except FormatError:
            return False
