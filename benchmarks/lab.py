"""A lab for benchmarks: cells to measure, files to send, and how long their results took."""

import importlib
import time
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from django.core.files import File

from analysis.models import AnalysisRun
from benchmarks.bench_uploads import wait
from cells.models import Cell
from labsite.demo.zplot import write_zplot
from measurements import columns
from measurements.intake import Context, receive_file
from measurements.models import Measurement

make: Any = importlib.import_module("tests.factories")
"""Untyped, so not imported where types are checked."""

POINTS = 60
ROWS_PER_CYCLE = 10_000


class Lab:
    """One project with a member who sends files."""

    def __init__(self) -> None:
        """Make the project and the member."""
        self.project = make.ProjectFactory()
        self.member = make.MembershipFactory(project=self.project).user
        self.sent_at: dict[Any, float] = {}

    def send_to_cell(self, path: Path) -> Measurement:
        """Send a file about a new cell."""
        cell = make.CellFactory(project=self.project, cell_type=Cell.Type.CATHODE_HALF_CELL)
        return self._send(path, cell)

    def send_spectrum(self, folder: Path, number: int) -> Measurement:
        """Send a spectrum of a blocking cell: 5 ohm and a constant phase element."""
        frequency = np.logspace(6, -1, POINTS)
        impedance = 5.0 + number / 1000 + 1 / (1e-5 * (2j * np.pi * frequency) ** 0.9)
        path = folder / f"{number}.z"
        write_zplot(path, frequency, impedance.astype(np.complex128))
        film = make.FilmFactory(project=self.project)
        cell = make.CellFactory(
            project=self.project, cell_type=Cell.Type.SYMMETRIC_BLOCKING, film=film
        )
        return self._send(path, cell, Context(conditions={"diameter_mm": 12.0}))

    def _send(self, path: Path, cell: Cell, context: Context = Context()) -> Measurement:  # noqa: B008 - frozen
        start = time.time()
        with path.open("rb") as file:
            receipt = receive_file(
                file=File(file), name=path.name, subject=cell, by=self.member, context=context
            )
        self.sent_at[receipt.measurement.pk] = start
        return receipt.measurement

    def write_long(self, path: Path, rows: int) -> None:
        """Write a cycling test of ``rows`` rows as BDF Parquet."""
        demo = importlib.import_module("labsite.demo.cycling")
        protocol = demo.Protocol(
            1, 2.5, 3.8, "plateau", interval_s=7200 / (ROWS_PER_CYCLE - 4), rest_s=0.0
        )
        cycles = [demo.Cycle(1.0, 1.0, 1.0)] * (rows // ROWS_PER_CYCLE)
        made = demo.cycling_columns(cycles, protocol)
        names = (
            columns.TEST_TIME, columns.VOLTAGE, columns.CURRENT, columns.CYCLE, columns.STEP,
            columns.STEP_TIME, columns.STEP_CHARGING_CAPACITY, columns.STEP_DISCHARGING_CAPACITY,
        )  # fmt: skip
        pq.write_table(pa.table({name: made[name] for name in names}), path, compression="zstd")

    def reading_s(self, measurement: Measurement) -> float:
        """Wait until a file is read and analysed; return the seconds from queue to table."""
        wait(lambda: not self._row(measurement).is_open, "the file is read")
        wait(lambda: self._is_analysed(measurement), "the file is analysed")
        row = self._row(measurement)
        if row.finished_at is None or row.status != Measurement.Status.DONE:
            raise RuntimeError(row.error_message)
        return (row.finished_at - row.queued_at).total_seconds()

    def metric_s(self, measurement: Measurement) -> float:
        """Wait for the analysis of a file; return the seconds since it was sent."""
        runs = AnalysisRun.objects.filter(measurement=measurement, finished_at__isnull=False)
        wait(runs.exists, "the file is analysed")
        run = runs.earliest("finished_at")
        if run.finished_at is None or run.status != AnalysisRun.Status.DONE:
            raise RuntimeError(run.error_message)
        return run.finished_at.timestamp() - self.sent_at[measurement.pk]

    def peak_mb(self, supervisor: int) -> float:
        """Return the highest memory that any process below the supervisor has had."""
        return max(_peak_mb(pid) for pid in _below(supervisor))

    def _is_analysed(self, measurement: Measurement) -> bool:
        runs = list(AnalysisRun.objects.filter(measurement=measurement))
        return self._row(measurement).analyses_requested_at is not None and not any(
            run.is_open for run in runs
        )

    def _row(self, measurement: Measurement) -> Measurement:
        return Measurement.objects.get(pk=measurement.pk)


def _below(parent: int) -> set[int]:
    """Return the ids of a process's descendants."""
    children: dict[int, set[int]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        children.setdefault(int(fields[1]), set()).add(int(folder.name))
    found, open_ends = set(), {parent}
    while open_ends:
        open_ends = set().union(*(children.get(pid, set()) for pid in open_ends))
        found |= open_ends
    return found


def _peak_mb(pid: int) -> float:
    try:
        lines = (Path("/proc") / str(pid) / "status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), 0.0)
