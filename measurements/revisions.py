"""Files that come to a measurement which is there: newer versions and further parts."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Max, Q

from labsite.access.models import Project, User
from labsite.access.recording import check_in_use, check_may_edit
from labsite.access.records import Record
from labsite.lib.jobs import Job, start_over
from measurements.models import Blob, Channel, Instrument, Measurement, RawFile
from measurements.models.measurements import ENDED

LEFT_OUT = Q(verdict=RawFile.Verdict.REFUSED, decided_by__isnull=False)
"""Files that a person has left out: what comes under their name is no newer version of them."""


@dataclass(frozen=True)
class Sent:
    """What two files of one test have in common, beside the subject."""

    name: str
    project: Project
    subject: Record
    kind: str
    instrument: Instrument | None
    channel: Channel | None


def same_test(sent: Sent) -> RawFile | None:
    """Return the file that one with this name would be a newer version of.

    It belongs to the newest valid measurement with the same subject, project, declared kind,
    instrument and channel that has a file of this name, whatever its case.
    """
    namesakes = RawFile.objects.exclude(LEFT_OUT).filter(
        original_name__iexact=sent.name[-255:],
        measurement__in=Measurement.objects.valid().filter(
            project=sent.project,
            instrument=sent.instrument,
            channel=sent.channel,
            archive=None,
            content_key__endswith=Measurement.key(
                sha256="", project=sent.project, subject=sent.subject, kind=sent.kind
            ),
        ),
    )
    newest = namesakes.select_related("measurement")
    return newest.order_by("-measurement__created_at", "-part", "-revision").first()


def add_revision(
    *, measurement: Measurement, part: int | None, blob: Blob, name: str, by: User
) -> tuple[RawFile, bool]:
    """Add a newer version of a part, or the next part (None), and queue the reading.

    Return the file and whether it was new: bytes that the measurement has are not added again.
    Raises PermissionDenied, ValidationError.
    """
    check_may_edit(by, measurement)
    with transaction.atomic():
        locked = locked_row(measurement)
        check_in_use(locked)
        known = locked.raw_files.filter(blob=blob).last()
        if known is not None:
            return known, False
        file = put_file(locked, part, blob, name, by)
        read_anew(locked)
    return file, True


def put_file(
    measurement: Measurement, part: int | None, blob: Blob, name: str, by: User | None
) -> RawFile:
    """Store a file as the next revision of a part, or as the next part; under the row's lock."""
    counts = measurement.raw_files.aggregate(
        parts=Max("part", default=0), revisions=Max("revision", filter=Q(part=part), default=0)
    )
    file = RawFile.objects.create(
        blob=blob,
        measurement=measurement,
        original_name=name[-255:],
        part=counts["parts"] + 1 if part is None else part,
        revision=counts["revisions"] + 1,
        verdict=RawFile.Verdict.WAITING,
        created_by=by,
    )
    Measurement.objects.filter(pk=measurement.pk).update(size_bytes=blob.size_bytes)
    measurement.size_bytes = blob.size_bytes
    return file


def newest_file(measurement: Measurement) -> RawFile | None:
    """Return the newest file that counts, of the last part; without one the newest of all."""
    files = measurement.raw_files.select_related("blob")
    return files.filter(verdict=RawFile.Verdict.ACCEPTED).last() or files.last()


def locked_row(measurement: Measurement) -> Measurement:
    """Return a measurement as stored now; nobody ends its reading before the transaction ends."""
    rows = Measurement.objects.select_for_update(of=("self",), no_key=True)
    return rows.get(pk=measurement.pk)


def read_anew(measurement: Measurement) -> None:
    """Queue the reading of a measurement that has ended; raises ValidationError.

    One that is queued or running reads what has come by itself.
    """
    try:
        with transaction.atomic():
            start_over(measurement, states=ENDED)
    except IntegrityError:
        raise ValidationError("The same file has been read successfully meanwhile.") from None


def check_not_running(measurement: Measurement) -> None:
    """Raise ValidationError while the files of a measurement are being read."""
    if measurement.status == Job.Status.RUNNING:
        raise ValidationError(
            f"{measurement.code} is being read at the moment; decide when it is done."
        )


def digest_of(sources: Sequence[str]) -> str:
    """Return what stands for all that a table is made from: of a single file its own SHA-256."""
    if len(sources) == 1:
        return sources[0]
    return hashlib.sha256(":".join(sources).encode()).hexdigest()
