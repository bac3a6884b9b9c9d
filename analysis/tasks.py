"""Celery tasks of analyses."""

from celery import shared_task

from analysis.runs import execute_run
from labsite.lib.jobs import SOFT_TIME_LIMIT_S, TIME_LIMIT_S


@shared_task(name="analysis.run", soft_time_limit=SOFT_TIME_LIMIT_S, time_limit=TIME_LIMIT_S)
def execute_run_task(pk: str) -> None:
    """Compute a run."""
    execute_run(pk)
