"""Taking files in: hash, recognise what is already there, store, queue."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial

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
from measurements.revisions import LEFT_OUT, Sent, add_revision, put_file, same_test
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
    revision_of: Measurement | None = None
    continues: Measurement | None = None


@dataclass(frozen=True)
class Receipt:
    """What became of a file: a measurement's only file, or a further part or version."""

    file: RawFile
    duplicate: bool

    @property
    def measurement(self) -> Measurement:
        """The measurement that has the file."""
        return self.file.measurement

    @property
    def sha256(self) -> str:
        """What stands for the bytes."""
        return str(self.file.blob_id)


def receive_file(
    *,
    file: "File[bytes]",
    name: str,
    subject: Record,
    by: User,
    context: Context = Context(),  # noqa: B008 - frozen
) -> Receipt:
    """Store a file about a subject and queue its reading.

    Bytes that are there for the same subject and kind are not stored again. A file of the same
    name, subject, kind, instrument and channel becomes a newer version of what is there. Raises
    PermissionDenied, ValidationError, also when the subject or the instrument is voided.
    """
    named = context.revision_of or context.continues
    wish = context.project if named is None else named.project
    project = owner(subject=subject, by=by, wish=wish)
    check_in_use(subject, context.instrument)
    conditions = _checked(context, subject)
    sha256, size = hash_file(file, name)
    sent = Sent(name, project, subject, context.kind, context.instrument, context.channel)
    known = _known(sent, sha256) if named is None else None
    if known is not None:
        return Receipt(known, duplicate=True)
    blob = store_blob(file, sha256, size)
    measurement, part = _there(context, sent, blob)
    if measurement is not None:
        raw_file, new = add_revision(
            measurement=measurement, part=part, blob=blob, name=name, by=by
        )
        return Receipt(raw_file, duplicate=not new)
    measurement = Measurement(
        project=project,
        kind=context.kind,
        instrument=context.instrument,
        channel=context.channel,
        performed_at=context.performed_at,
        conditions=conditions,
        **{kind_of(subject): subject},
    )
    try:
        return Receipt(create_measurement(measurement, blob, name, by), duplicate=False)
    except IntegrityError:
        known = _known(sent, sha256)
        if known is None:
            raise
        return Receipt(known, duplicate=True)


def create_measurement(measurement: Measurement, blob: Blob, name: str, by: User | None) -> RawFile:
    """Store a measurement with its first file and queue its reading.

    Raises IntegrityError when the same bytes are a measurement of the same subject and kind.
    """
    measurement.created_by = by
    measurement.content_key = Measurement.key(
        sha256=blob.sha256,
        project=measurement.project,
        subject=measurement.subject,
        kind=measurement.kind,
    )
    with transaction.atomic():
        measurement.code = draw_code(Measurement.CODE_PREFIX)
        measurement.save(force_insert=True)
        file = put_file(measurement, 1, blob, name, by)
        enqueue(measurement)
    return file


def _there(context: Context, sent: Sent, blob: Blob) -> tuple[Measurement | None, int | None]:
    """Return the measurement that a file goes to and as which part; None for a new one, the next.

    A failed measurement that has the bytes does not get them again: they are read as a new one.
    """
    if context.continues is not None:
        return context.continues, None
    if context.revision_of is not None:
        files = context.revision_of.raw_files.exclude(LEFT_OUT)
        before = files.filter(original_name__iexact=sent.name).last() or files.last()
        return context.revision_of, before.part if before is not None else 1
    before = same_test(sent)
    if before is None or _has_failed_with(before.measurement, blob):
        return None, None
    return before.measurement, before.part


def _has_failed_with(measurement: Measurement, blob: Blob) -> bool:
    """Whether a measurement failed although it has the bytes.

    It is looked up in this order: another sender who adds them at the same time queues it as well.
    """
    if not measurement.raw_files.filter(blob=blob).exists():
        return False
    failed = Measurement.objects.filter(pk=measurement.pk, status=Measurement.Status.FAILED)
    return failed.exists()


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


def _known(sent: Sent, sha256: str) -> RawFile | None:
    """Return the file with these bytes, be it of a newer version or a part, of the same subject.

    One that counts goes before one that was left out.
    """
    key = partial(Measurement.key, project=sent.project, subject=sent.subject, kind=sent.kind)
    standing = Measurement.objects.valid().exclude(status=Measurement.Status.FAILED)
    files = (
        RawFile.objects.filter(blob=sha256)
        .select_related("measurement")
        .filter(measurement__in=standing.filter(content_key__endswith=key(sha256="")))
    )
    return files.order_by("verdict", "-created_at").first()


def _checked(context: Context, subject: Record) -> dict[str, float | str]:
    named = context.revision_of or context.continues
    if context.revision_of is not None and context.continues is not None:
        raise ValidationError("A file is a newer version or the next part, not both.")
    if named is not None and named.subject != subject:
        raise ValidationError(
            f"{named.code} is about {named.subject}; a file about {subject} does not belong to it."
        )
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
