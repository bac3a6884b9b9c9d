"""Taking files in: hash, recognise what is already there, store, queue."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction

from cells.models import Cell
from labsite.access.codes import draw_code
from labsite.access.models import Project, User
from labsite.access.recording import check_in_use, check_may_edit
from labsite.access.records import ProjectRecord, Record
from labsite.lib.jobs import enqueue, start_over
from measurements.conditions import check_conditions
from measurements.models import Blob, Channel, Instrument, Measurement, RawFile, Sensor
from samples.models import Coating, Electrode, ElectrolyteBatch, Film, Lot

SUBJECT_MODELS: dict[str, type[Record]] = {
    "batch": ElectrolyteBatch,
    "film": Film,
    "coating": Coating,
    "electrode": Electrode,
    "cell": Cell,
    "lot": Lot,
    "sensor": Sensor,
}
"""What can be measured, by the name of the measurement's foreign key."""


@dataclass(frozen=True)
class Context:
    """What the sender says about a file."""

    kind: str = ""
    instrument: Instrument | None = None
    channel: Channel | None = None
    performed_at: datetime | None = None
    conditions: Mapping[str, object] | None = None
    project: Project | None = None


@dataclass(frozen=True)
class Receipt:
    """What became of a file."""

    measurement: Measurement
    sha256: str
    duplicate: bool


def receive_file(
    *,
    file: "File[bytes]",
    name: str,
    subject: Record,
    by: User,
    context: Context = Context(),  # noqa: B008 - frozen
) -> Receipt:
    """Store a file about a subject and queue its reading.

    The same bytes for the same subject and kind give the measurement that is already there. Raises
    PermissionDenied, ValidationError, also when the subject or the instrument is voided.
    """
    project = owner(subject=subject, by=by, wish=context.project)
    check_in_use(subject, context.instrument)
    conditions = _checked(context)
    sha256, size = hash_file(file, name)
    subject_kind = kind_of(subject)
    key = Measurement.key(sha256=sha256, project=project, subject=subject, kind=context.kind)
    known = _known(key)
    if known is not None:
        return Receipt(known, sha256, duplicate=True)
    blob = store_blob(file, sha256, size)
    measurement = Measurement(
        project=project,
        kind=context.kind,
        instrument=context.instrument,
        channel=context.channel,
        performed_at=context.performed_at,
        conditions=conditions,
        content_key=key,
        size_bytes=size,
        created_by=by,
        **{subject_kind: subject},
    )
    try:
        with transaction.atomic():
            measurement.code = draw_code(Measurement.CODE_PREFIX)
            measurement.save(force_insert=True)
            RawFile.objects.create(
                blob=blob, measurement=measurement, original_name=name[-255:], created_by=by
            )
            enqueue(measurement)
    except IntegrityError:
        known = _known(key)
        if known is None:
            raise
        return Receipt(known, sha256, duplicate=True)
    return Receipt(measurement, sha256, duplicate=False)


def kind_of(subject: Record) -> str:
    """Return the name under which a record is the subject of a measurement."""
    for name, model in SUBJECT_MODELS.items():
        if isinstance(subject, model):
            return name
    raise ValidationError(f"{subject} cannot be measured.")


def owner(*, subject: Record, by: User, wish: Project | None) -> Project:
    """Return the project that will own the measurement.

    Raises PermissionDenied, ValidationError.
    """
    if isinstance(subject, ProjectRecord):
        check_may_edit(by, subject)
        return subject.project
    mine = Project.objects.editable_by(by)
    chosen = mine.filter(pk=wish.pk) if wish is not None else mine
    if len(chosen) != 1:
        names = ", ".join(str(project) for project in mine) or "none"
        raise ValidationError(
            {"project": f"Say which project the measurement belongs to; yours are: {names}."}
        )
    return chosen[0]


def requeue(*, measurement: Measurement, by: User) -> None:
    """Read the file of a failed measurement again; raises PermissionDenied, ValidationError."""
    check_may_edit(by, measurement)
    try:
        start_over(measurement)
    except IntegrityError:
        raise ValidationError("The same file has been read successfully meanwhile.") from None


def _known(key: str) -> Measurement | None:
    return (
        Measurement.objects.valid()
        .filter(content_key=key)
        .exclude(status=Measurement.Status.FAILED)
        .first()
    )


def _checked(context: Context) -> dict[str, float | str]:
    if context.kind and context.kind not in Measurement.Kind.values:
        allowed = ", ".join(Measurement.Kind.values)
        raise ValidationError({"kind": f"Found {context.kind!r}; allowed are: {allowed}."})
    if context.channel is not None and context.channel.instrument != context.instrument:
        raise ValidationError({"channel": "The channel is not one of the instrument."})
    try:
        return check_conditions(context.conditions or {})
    except ValueError as error:
        raise ValidationError({"conditions": str(error)}) from error


def hash_file(file: "File[bytes]", name: str) -> tuple[str, int]:
    """Return SHA-256 and size, reading a megabyte at a time; raises ValidationError."""
    digest = hashlib.sha256()
    size = 0
    for chunk in file.chunks(2**20):
        size += len(chunk)
        if size > settings.MAX_UPLOAD_BYTES:
            limit = settings.MAX_UPLOAD_BYTES // 2**30
            raise ValidationError(f"{name} is larger than {limit} GiB.", code="too_large")
        digest.update(chunk)
    return digest.hexdigest(), size


def store_blob(file: "File[bytes]", sha256: str, size: int) -> Blob:
    """Return the blob of these bytes; the primary key decides between two senders."""
    known = Blob.objects.filter(pk=sha256).first()
    if known is not None:
        return known
    file.seek(0)
    stored = default_storage.save(f"blobs/{sha256[:2]}/{sha256}", file)
    Blob.objects.bulk_create(
        [Blob(sha256=sha256, size_bytes=size, file=stored)], ignore_conflicts=True
    )
    blob = Blob.objects.get(pk=sha256)
    if blob.file.name != stored:
        default_storage.delete(stored)
    return blob
