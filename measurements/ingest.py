"""Reading files: claim, recognise, read, store the table, tell who wants to know."""

import zoneinfo
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

import pandas as pd
from django.conf import settings
from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Coalesce

from labsite.lib import jobs
from labsite.lib.jobs import ExpectedError
from labsite.lib.storage import local_copy
from measurements.columns import CYCLE
from measurements.discovery import read_file
from measurements.formats import Format, FormatError, Notice, Reading
from measurements.frames import write_frame
from measurements.models import Instrument, Measurement

Listener = Callable[[Measurement], None]

_listeners: list[Listener] = []


def when_parsed(listener: Listener) -> None:
    """Call ``listener`` with every measurement that has been read; said once at start-up."""
    _listeners.append(listener)


def parse_measurement(pk: str) -> None:
    """Read the newest file of a queued measurement into its canonical table."""
    jobs.run(Measurement, pk, _parse)


def _parse(measurement: Measurement) -> None:
    raw_file = measurement.raw_files.select_related("blob").last()
    if raw_file is None:
        raise ExpectedError("E_NO_FILE", f"{measurement.code} has no file.")
    measurement.report(f"Reading {raw_file.original_name}")
    with local_copy(str(raw_file.blob.file)) as path:
        plugin, reading = _read(path, raw_file.original_name)
    _check_kind(measurement, reading, raw_file.original_name)
    measurement.report(f"Storing {len(reading.frame):,} rows")
    frame_path = write_frame(reading.frame, f"frames/{measurement.pk}-{measurement.lease}.parquet")
    started_at, assumed = _start_time(reading.metadata, measurement.instrument)
    notices = [*reading.notices, *assumed]
    with transaction.atomic():
        measurement.finish(
            kind=reading.kind,
            format=plugin.name,
            rows=len(reading.frame),
            cycles=_cycles(reading.frame),
            columns=list(reading.frame.columns),
            metadata=dict(reading.metadata),
            notices=[{"code": notice.code, "message": notice.message} for notice in notices],
            frame_path=frame_path,
            performed_at=Coalesce("performed_at", Value(started_at)),
            analyses_requested_at=None,
            version=F("version") + 1,
        )
    measurement.refresh_from_db()
    for listener in _listeners:
        listener(measurement)


def _read(path: Path, name: str) -> tuple[Format, Reading]:
    try:
        return read_file(path, name)
    except FormatError as error:
        raise ExpectedError(error.code, str(error)) from error


def _check_kind(measurement: Measurement, reading: Reading, name: str) -> None:
    if measurement.kind and measurement.kind != reading.kind:
        raise ExpectedError(
            "E_WRONG_KIND",
            f"{name}: found {reading.kind} data; it was sent as {measurement.kind}.",
        )


def _cycles(frame: pd.DataFrame) -> int | None:
    return int(frame[CYCLE].nunique()) if CYCLE in frame else None


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
