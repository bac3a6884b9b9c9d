"""Tests that go on in further files: what is there is joined, what may belong together found."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from operator import attrgetter

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import prefetch_related_objects

from labsite.access.models import User
from labsite.access.recording import check_may_edit, void_record
from measurements import columns
from measurements.joining import JOINABLE
from measurements.models import Measurement, RawFile
from measurements.revisions import check_not_running, locked_row, put_file, read_anew

COUNTER = re.compile(
    r"(?P<stem>.+?)(?:[ _.-]*(?:part|teil)[ _.-]*(\d{1,4})|[ _](\d{1,3})|[ _]?\((\d{1,3})\))"
    r"(?P<ending>(?:\.[a-z]\w*)*)",
    re.IGNORECASE,
)
NUMBERED = re.compile(r"\.\d{2,3}$")
LONGEST_PAUSE = timedelta(days=1)
CLOCKS = timedelta(minutes=1)
RUNNING_ON = (columns.CYCLING, columns.CHRONOAMPEROMETRY, columns.CHRONOPOTENTIOMETRY)
"""Kinds of which one that begins when another ends may be its next part."""
UNDECIDED = (RawFile.Verdict.WAITING, RawFile.Verdict.ASKED)
LOOKED_AT = 200


@dataclass(frozen=True)
class Hint:
    """Two measurements that may be one test, and why."""

    first: Measurement
    second: Measurement
    reason: str


def join_measurements(*, first: Measurement, second: Measurement, by: User) -> None:
    """Make the files of ``second`` the next parts of ``first``, and void ``second``.

    Raises PermissionDenied, ValidationError, EditConflictError.
    """
    for measurement in (first, second):
        check_may_edit(by, measurement)
    with transaction.atomic():
        rows = {row.pk: row for row in sorted((first, second), key=attrgetter("pk"))}
        locked = {pk: locked_row(row) for pk, row in rows.items()}  # in one order: no deadlock
        first, second = locked[first.pk], locked[second.pk]
        _check_joinable(first, second)
        for file in counting_files(second):
            put_file(first, None, file.blob, file.original_name, by)
        void_record(record=second, by=by, reason=f"joined to {first.code} as its next part")
        read_anew(first)


def counting_files(measurement: Measurement) -> list[RawFile]:
    """Return the newest accepted file of every part, in their order."""
    accepted = measurement.raw_files.filter(verdict=RawFile.Verdict.ACCEPTED)
    newest = {file.part: file for file in accepted.select_related("blob")}
    return list(newest.values())


def hints(measurement: Measurement) -> list[Hint]:
    """Return what may be the next part of a measurement, and what it may be the next part of.

    Names that differ only by a counter, or a test on the same channel that begins where the other
    ends.
    """
    if measurement.kind not in JOINABLE or not measurement.frame_path or measurement.voided_at:
        return []
    others = (
        Measurement.objects.valid()
        .filter(
            project=measurement.project_id,
            kind=measurement.kind,
            status=Measurement.Status.DONE,
            **{measurement.subject_kind: measurement.subject},
        )
        .exclude(pk=measurement.pk)
        .prefetch_related("raw_files")
    )
    prefetch_related_objects([measurement], "raw_files")
    found: list[Hint] = []
    for other in others[:LOOKED_AT]:
        found.extend(_hints(measurement, other))
    return found


def _hints(one: Measurement, other: Measurement) -> Iterator[Hint]:
    for first, second in ((one, other), (other, one)):
        if _next_by_name(first, second):
            yield Hint(first, second, "its name has the next number")
        elif _next_by_time(first, second):
            yield Hint(first, second, "it begins where this ends")


def _next_by_name(first: Measurement, second: Measurement) -> bool:
    ends, begins = first.raw_files.all(), second.raw_files.all()
    if not ends or not begins:
        return False
    base, number = series_of(list(ends)[-1].original_name)
    return series_of(begins[0].original_name) == (base, number + 1)


def series_of(name: str) -> tuple[str, int]:
    """Return what a file's name has in common with its next parts, and its number, else 1.

    ``run_part2.csv``, ``run 2.csv``, ``run_02.csv`` and ``run(2).csv`` are the second of run.csv,
    ``run.002`` of run.001.
    """
    if NUMBERED.search(name):
        stem, _dot, digits = name.rpartition(".")
        return f"{stem}.#".lower(), int(digits)
    found = COUNTER.fullmatch(name)
    if found is None:
        return name.lower(), 1
    number = next(digits for digits in found.groups()[1:4] if digits)
    return f"{found['stem']}{found['ending']}".lower(), int(number)


def _next_by_time(first: Measurement, second: Measurement) -> bool:
    duration_s = first.metadata.get("duration_second")
    alike = first.kind in RUNNING_ON and first.channel_id == second.channel_id is not None
    starts = first.performed_at, second.performed_at
    if not alike or starts[0] is None or starts[1] is None:
        return False
    if not isinstance(duration_s, int | float):
        return False
    pause = starts[1] - starts[0] - timedelta(seconds=duration_s)
    return -CLOCKS <= pause <= LONGEST_PAUSE


def _check_joinable(first: Measurement, second: Measurement) -> None:
    """Raise ValidationError unless two measurements can be parts of one test."""
    if first.pk == second.pk:
        raise ValidationError(f"{first.code} cannot be its own next part.")
    if first.project_id != second.project_id or first.subject != second.subject:
        raise ValidationError(
            f"{first.code} is about {first.subject}, {second.code} about {second.subject}; "
            "parts of a test are about the same, in one project."
        )
    for measurement in (first, second):
        check_not_running(measurement)
        if measurement.voided_at or not measurement.frame_path:
            state = "voided" if measurement.voided_at else measurement.status
            raise ValidationError(f"{measurement.code} is {state}; it must be read and valid.")
    if second.raw_files.filter(verdict__in=UNDECIDED).exists():
        raise ValidationError(
            f"{second.code} has files that are not read or not decided yet; joining would lose "
            "them."
        )
    if first.kind != second.kind or first.kind not in JOINABLE:
        raise ValidationError(
            f"{second.code} is {second.kind}, {first.code} is {first.kind}; joined are two of one "
            f"kind of: {', '.join(JOINABLE)}."
        )
