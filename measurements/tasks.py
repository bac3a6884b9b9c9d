"""Celery tasks of measurements."""

from celery import shared_task

from labsite.lib.jobs import SOFT_TIME_LIMIT_S, TIME_LIMIT_S
from measurements.ingest import parse_measurement


@shared_task(name="measurements.parse", soft_time_limit=SOFT_TIME_LIMIT_S, time_limit=TIME_LIMIT_S)
def parse_measurement_task(pk: str) -> None:
    """Read a measurement's file."""
    parse_measurement(pk)
