"""Reading files: claim, recognise, read, judge, join, store the table, tell who wants to know."""

import zoneinfo
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from itertools import groupby

import pandas as pd
from django.conf import settings
from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Coalesce

from labsite.access.recording import tell_changed
from labsite.lib import jobs
from labsite.lib.jobs import ExpectedError
from labsite.lib.storage import local_copy
from measurements.archives import create_members, read_by_lab, store_members
from measurements.columns import ARCHIVE, CYCLE, TEST_TIME
from measurements.formats import FormatError, Notice, Reading
from measurements.frames import write_frame
from measurements.joining import join
from measurements.judging import ACCEPTED, REFUSED, WAITING, Finding, Part, Read, judge
from measurements.labformats import read_any
from measurements.models import Instrument, Measurement, RawFile
from measurements.revisions import digest_of

Listener = Callable[[Measurement], None]

_listeners: list[Listener] = []


def when_parsed(listener: Listener) -> None:
    """Call ``listener`` with every measurement that has been read; said once at start-up."""
    _listeners.append(listener)


def parse_measurement(pk: str) -> None:
    """Read the files of a queued measurement into its canonical table."""
    jobs.run(Measurement, pk, _parse)


def _parse(measurement: Measurement) -> None:
    """Judge what has come, join what counts, store it; what counted before stays if nothing does.

    The verdicts are stored with the table they belong to.
    """
    parts = _judged(measurement)
    reads, table, findings = _joined(measurement, parts)
    if table.kind == ARCHIVE:
        table = read_by_lab(reads[0].file, table)
    measurement.report(f"Storing {len(table.frame):,} rows")
    frame_path = write_frame(table.frame, f"frames/{measurement.pk}-{measurement.lease}.parquet")
    members = store_members(reads[0].file, table.frame) if table.kind == ARCHIVE else []
    started_at, assumed = _start_time(table.metadata, measurement.instrument)
    notices = [*table.notices, *assumed]
    with transaction.atomic():
        measurement.finish(
            kind=table.kind,
            format=reads[0].format,
            rows=len(table.frame),
            cycles=_cycles(table.frame),
            columns=list(table.frame.columns),
            metadata=dict(table.metadata) | _duration(table.frame),
            notices=[{"code": notice.code, "message": notice.message} for notice in notices],
            frame_path=frame_path,
            frame_sha256=digest_of(_made_from(reads)),
            performed_at=Coalesce("performed_at", Value(started_at)),
            analyses_requested_at=None,
            version=F("version") + 1,
        )
        create_members(measurement, members)
        for finding in findings:
            finding.store()
        measurement.refresh_from_db()
        tell_changed(measurement)
    for listener in _listeners:
        listener(measurement)


def _judged(measurement: Measurement) -> list[Part]:
    """Read the files that count or wait, part by part; raises ExpectedError."""
    wanted = measurement.raw_files.filter(verdict__in=[ACCEPTED, WAITING]).select_related("blob")
    files = list(wanted)
    measurement.seen = frozenset(file.pk for file in files)
    if not files:
        raise ExpectedError("E_NO_FILE", f"{measurement.code} has no file.")
    settled, read = bool(measurement.frame_path), partial(_read, measurement)
    by_part = groupby(files, key=lambda file: file.part)
    return [judge(list(group), read, settled=settled) for _part, group in by_part]


def _joined(
    measurement: Measurement, parts: Sequence[Part]
) -> tuple[list[Read], Reading, list[Finding]]:
    """Return what counts, its one table, and the findings.

    When the files do not fit together, what counted before is joined, each new one added that fits
    to it, and the others refused; raises ExpectedError when what counted before does not fit.
    """
    reads = _present(part.now for part in parts)
    findings = [finding for part in parts for finding in part.findings]
    if not reads:
        raise ExpectedError("E_NO_FILE", f"No file of {measurement.code} counts.")
    chosen = [part.before for part in parts]
    try:
        try:
            return reads, _table(reads), findings
        except FormatError:
            table = _table(_present(chosen) or reads)
    except FormatError as error:
        raise ExpectedError(error.code, str(error)) from error
    for at, part in enumerate(parts):
        if part.now is part.before:
            continue
        tried = [*chosen[:at], part.now, *chosen[at + 1 :]]
        try:
            table, chosen = _table(_present(tried)), tried
        except FormatError as error:
            findings = [_refused(finding, part, str(error)) for finding in findings]
    return _present(chosen), table, findings


def _present(reads: Iterable[Read | None]) -> list[Read]:
    return [read for read in reads if read is not None]


def _refused(finding: Finding, part: Part, note: str) -> Finding:
    """Return a finding, refused for ``note`` if it let a new file of this part count."""
    new = finding.verdict == ACCEPTED and finding.file.verdict == WAITING
    if not new or finding not in part.findings:
        return finding
    return replace(finding, verdict=REFUSED, note=note)


def _made_from(reads: Sequence[Read]) -> list[str]:
    """Return what a table is made from: the bytes, and the versions of the lab's own formats."""
    versions = [(read.format, read.reading.metadata.get("lab_format_version")) for read in reads]
    by_lab = [f"{code} {version}" for code, version in versions if version is not None]
    return [*(read.file.blob_id for read in reads), *by_lab]


def _table(reads: Sequence[Read]) -> Reading:
    return join([(read.file.part, read.file.original_name, read.reading) for read in reads])


def _read(measurement: Measurement, file: RawFile) -> Read:
    """Read one file; raises ExpectedError, also for the kind when nothing was read before."""
    measurement.report(f"Reading {file.original_name}"[:200])
    with local_copy(str(file.blob.file)) as path:
        try:
            name, reading = read_any(measurement, path, file.original_name)
        except FormatError as error:
            raise ExpectedError(error.code, str(error)) from error
    if not measurement.frame_path:
        _check_kind(measurement, reading, file.original_name)
    return Read(file, name, reading)


def _check_kind(measurement: Measurement, reading: Reading, name: str) -> None:
    if measurement.kind and reading.kind not in {measurement.kind, ARCHIVE}:
        raise ExpectedError(
            "E_WRONG_KIND",
            f"{name}: found {reading.kind} data; it was sent as {measurement.kind}.",
        )


def _cycles(frame: pd.DataFrame) -> int | None:
    return int(frame[CYCLE].nunique()) if CYCLE in frame else None


def _duration(frame: pd.DataFrame) -> dict[str, float]:
    """Return how long the test took, for a table that says it."""
    if TEST_TIME not in frame:
        return {}
    return {"duration_second": float(frame[TEST_TIME].max() - frame[TEST_TIME].min())}


def _start_time(
    metadata: Mapping[str, object], instrument: Instrument | None
) -> tuple[datetime | None, tuple[Notice, ...]]:
    """Return when the test started; a naive time is read in the instrument's zone."""
    text = metadata.get("start_time")
    if not isinstance(text, str):
        return None, ()
    started_at = datetime.fromisoformat(text)
    if started_at.tzinfo is not None:
        return started_at, ()
    zone = instrument.time_zone if instrument is not None else ""
    if zone:
        return started_at.replace(tzinfo=zoneinfo.ZoneInfo(zone)), ()
    notice = Notice(
        "ZONE_ASSUMED",
        f"The file's start time {text} has no time zone; it was read in the lab's, "
        f"{settings.LAB_TIME_ZONE}. Set the zone of the instrument to change that.",
    )
    return started_at.replace(tzinfo=zoneinfo.ZoneInfo(settings.LAB_TIME_ZONE)), (notice,)
