"""The demo lab: made once, as a whole, through the services that people use."""

import tempfile
import time
from pathlib import Path
from typing import TypeVar

from django.db import transaction
from django.db.models import Q, QuerySet

from analysis.launch import request_due_analyses
from analysis.models import AnalysisRun
from analysis.runs import execute_run
from cells.models import Cell
from labsite.access.models import Project
from labsite.demo.cells import build_cells
from labsite.demo.electrolytes import mix_batches
from labsite.demo.files import upload, write_files
from labsite.demo.instruments import set_up
from labsite.demo.materials import stock, take_stock
from labsite.demo.team import PROJECT, hire
from labsite.lib.jobs import Job
from measurements.ingest import parse_measurement
from measurements.models import Measurement
from samples.models import Chemical, Coating, Electrode, ElectrolyteBatch, Film, Lot

LOOK_AGAIN_S = 0.2
JobT = TypeVar("JobT", bound=Job)


def exists() -> bool:
    """Whether the demo lab has been made."""
    return Project.objects.filter(name=PROJECT).exists()


def build(password: str) -> dict[str, Cell]:
    """Store the whole demo lab, or nothing; return the cells by their names in the demo.

    The files are then read and analysed by the workers.
    """
    with tempfile.TemporaryDirectory() as folder:
        recordings = write_files(Path(folder))
        with transaction.atomic():
            team = hire(password)
            shelf = stock(team)
            cells = build_cells(team, shelf, mix_batches(team, shelf))
            take_stock(team, shelf)
            instruments = set_up(team)
            for recording in recordings:
                upload(team, recording, cells[recording.cell], instruments)
    return cells


def work_until_done() -> None:
    """Read and analyse what no worker has taken, and wait for what one has."""
    unread = Measurement.objects.filter(
        project__name=PROJECT, analyses_requested_at__isnull=True
    ).exclude(status=Job.Status.FAILED)
    open_runs = AnalysisRun.objects.filter(
        measurement__project__name=PROJECT, status__in=[Job.Status.QUEUED, Job.Status.RUNNING]
    )
    while unread.exists() or open_runs.exists():
        for pk in _queued(unread):
            parse_measurement(pk)
        request_due_analyses()
        for pk in _queued(open_runs):
            execute_run(pk)
        if unread.exists() or open_runs.exists():
            time.sleep(LOOK_AGAIN_S)


def _queued(jobs: QuerySet[JobT]) -> list[str]:
    waiting = jobs.filter(status=Job.Status.QUEUED).order_by("queued_at")
    return [str(pk) for pk in waiting.values_list("pk", flat=True)]


def inventory() -> list[str]:
    """Return what there is in the demo lab, one line a kind."""
    mine = Q(project__name=PROJECT)
    return [
        f"{Chemical.objects.count()} chemicals and {Lot.objects.count()} lots",
        f"{ElectrolyteBatch.objects.filter(mine).count()} electrolyte batches",
        f"{Film.objects.filter(mine).count()} films",
        f"{Coating.objects.filter(mine).count()} coatings",
        f"{Electrode.objects.filter(mine).count()} electrodes",
        f"{Cell.objects.filter(mine).count()} cells",
        f"{Measurement.objects.filter(mine).count()} measurements from synthetic files",
    ]


def outcome() -> str:
    """Return what became of the files, in one sentence."""
    mine = Measurement.objects.filter(project__name=PROJECT)
    read = mine.filter(status=Job.Status.DONE).count()
    refused = mine.filter(status=Job.Status.FAILED)
    runs = AnalysisRun.objects.filter(measurement__in=mine)
    done = runs.filter(status=Job.Status.DONE).count()
    codes = ", ".join(refused.values_list("code", flat=True))
    return (
        f"{read} files were read, {len(refused)} refused on purpose ({codes}); "
        f"{done} of {runs.count()} analyses gave a result."
    )
