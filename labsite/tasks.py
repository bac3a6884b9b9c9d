"""Periodic work."""

from celery import shared_task
from django.apps import apps

from analysis.launch import request_due_analyses
from labsite.lib.jobs import Job
from labsite.lib.sweeping import sweep


@shared_task(name="labsite.sweep", soft_time_limit=60, time_limit=90)
def sweep_task() -> None:
    """Bring back lost jobs of every kind, and analyses that were not asked for."""
    for model in apps.get_models():
        if issubclass(model, Job):
            sweep(model)
    request_due_analyses()
