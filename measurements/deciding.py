"""What a person decides about the files of a measurement."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F

from labsite.access.models import User
from labsite.access.recording import check_in_use, check_may_edit
from labsite.lib.jobs import Job
from measurements.intake import create_measurement
from measurements.models import Measurement, RawFile
from measurements.revisions import check_not_running, locked_row, read_anew

ACCEPTED, REFUSED = RawFile.Verdict.ACCEPTED, RawFile.Verdict.REFUSED
COUNTING = (ACCEPTED, RawFile.Verdict.WAITING)
ASIDE = 30_000
"""Where a part's number is parked while two parts change places."""


def accept_file(*, file: RawFile, by: User) -> None:
    """Let a file count as the newest version of its part, although it was asked or left out.

    Raises PermissionDenied, ValidationError when it was not read or a newer version counts.
    """
    with transaction.atomic():
        measurement, file = _locked(file, by)
        if file.verdict == ACCEPTED:
            raise ValidationError(f"{file.original_name} counts already.")
        if file.rows is None:
            raise ValidationError(f"{file.original_name} has not been read; it cannot count.")
        newer = {"part": file.part, "revision__gt": file.revision, "verdict": ACCEPTED}
        if measurement.raw_files.filter(**newer).exists():
            raise ValidationError(f"A newer version than {file.original_name} counts already.")
        _decide([file], ACCEPTED, by)
        read_anew(measurement)


def leave_file(*, file: RawFile, by: User) -> None:
    """Leave a file out; its bytes are kept. The version before it counts again, if there is one.

    Raises PermissionDenied, ValidationError when nothing else counts.
    """
    with transaction.atomic():
        measurement, file = _locked(file, by)
        _leave(measurement, [file], by)


def take_part_off(*, measurement: Measurement, part: int, by: User) -> None:
    """Leave all versions of a part out; raises PermissionDenied, ValidationError."""
    with transaction.atomic():
        measurement = _locked_measurement(measurement, by)
        files = list(measurement.raw_files.filter(part=part, verdict__in=COUNTING))
        if not files:
            raise ValidationError(f"{measurement.code} has no part {part} that counts.")
        _leave(measurement, files, by)


def separate_file(*, file: RawFile, by: User) -> Measurement:
    """Make a file a measurement of its own, of the same subject and under the same conditions.

    Raises PermissionDenied, ValidationError when nothing else counts or its bytes are one already.
    """
    with transaction.atomic():
        measurement, file = _locked(file, by)
        own = Measurement(
            project=measurement.project,
            kind=measurement.declared_kind,
            instrument=measurement.instrument,
            channel=measurement.channel,
            conditions=measurement.conditions,
            **{measurement.subject_kind: measurement.subject},
        )
        try:
            with transaction.atomic():
                _let_go(measurement, file)
                create_measurement(own, file.blob, file.original_name, by)
        except IntegrityError:
            raise ValidationError(
                f"The bytes of {file.original_name} are a measurement of their own already."
            ) from None
        _leave(measurement, [file], by, f"It is a measurement of its own: {own.code}.")
    return own


def _let_go(measurement: Measurement, file: RawFile) -> None:
    """Give a measurement the key of another of its files when this one made it."""
    others = measurement.raw_files.filter(verdict__in=COUNTING).exclude(pk=file.pk)
    other = others.first()
    if other is None or not measurement.content_key.startswith(file.blob_id):
        return
    key = Measurement.key(
        sha256=other.blob_id,
        project=measurement.project,
        subject=measurement.subject,
        kind=measurement.declared_kind,
    )
    Measurement.objects.filter(pk=measurement.pk).update(content_key=key)


def move_part(*, measurement: Measurement, part: int, by: User) -> None:
    """Let a part change places with the one before it; raises PermissionDenied, ValidationError."""
    with transaction.atomic():
        measurement = _locked_measurement(measurement, by)
        files = measurement.raw_files
        counting = set(files.filter(verdict__in=COUNTING).values_list("part", flat=True))
        before = max((number for number in counting if number < part), default=None)
        if part not in counting or before is None:
            raise ValidationError(f"{measurement.code} has no part before part {part}.")
        for old, new in ((before, ASIDE), (part, before), (ASIDE, part)):
            files.filter(part=old).update(part=new)
        read_anew(measurement)


def _locked(file: RawFile, by: User) -> tuple[Measurement, RawFile]:
    measurement = _locked_measurement(file.measurement, by)
    return measurement, measurement.raw_files.select_related("blob").get(pk=file.pk)


def _locked_measurement(measurement: Measurement, by: User) -> Measurement:
    """Return the measurement, in use, changeable and not being read, until the transaction ends."""
    check_may_edit(by, measurement)
    locked = locked_row(measurement)
    check_in_use(locked)
    check_not_running(locked)
    return locked


def _leave(measurement: Measurement, files: Iterable[RawFile], by: User, note: str = "") -> None:
    """Leave files out, and read what remains anew if one of them counted."""
    left = list(files)
    counted = any(file.verdict in COUNTING for file in left)
    rest = measurement.raw_files.exclude(pk__in=[file.pk for file in left])
    needed = (ACCEPTED,) if measurement.frame_path else COUNTING
    if counted and not rest.filter(verdict__in=needed).exists():
        raise ValidationError(
            f"Nothing else of {measurement.code} counts; void the measurement instead."
        )
    _decide(left, REFUSED, by, note)
    if counted or measurement.status == Job.Status.FAILED:
        read_anew(measurement)


def _decide(files: Iterable[RawFile], verdict: str, by: User, note: str = "") -> None:
    rows = RawFile.objects.filter(pk__in=[file.pk for file in files])
    said = {"verdict_note": note} if note else {}
    rows.update(verdict=verdict, decided_by=by, version=F("version") + 1, **said)
