"""The Celery application: carries ids of jobs from the web to the workers."""

import os
import resource
from typing import Any

from celery import Celery
from celery.signals import worker_process_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "labsite.settings")

app = Celery("labsite")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_process_init.connect
def limit_memory(**_signal: Any) -> None:
    """Let a file that takes too much memory fail by itself, before the machine runs out of it."""
    from django.conf import settings  # noqa: PLC0415 - read when the worker starts

    if settings.WORKER_MEMORY_BYTES:
        limits = (settings.WORKER_MEMORY_BYTES, resource.getrlimit(resource.RLIMIT_DATA)[1])
        resource.setrlimit(resource.RLIMIT_DATA, limits)
