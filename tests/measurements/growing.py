"""Growing cycling tests: rows as an instrument writes them, sent and read."""

import numpy as np
from django.core.files.base import ContentFile
from django.db.models import QuerySet

from analysis.models import AnalysisRun
from analysis.runs import execute_run
from cells.models import Cell
from labsite.access.models import User
from labsite.lib.storage import local_copy
from measurements.frames import ParquetFrame
from measurements.ingest import parse_measurement
from measurements.intake import Context, Receipt, receive_file
from measurements.models import Measurement, RawFile
from tests.factories import CellFactory

NAME = "run.bdf.csv"
ROWS_A_CYCLE = 40
CUT = 2 * ROWS_A_CYCLE + 30
"""Rows before the middle of the discharge of cycle 3."""


def lines(cycles: int, fade: float = 0.98, shift: float = 0.0) -> list[str]:
    """Rows of constant-current cycles at 1 mA; each half lasts 1 h, less by ``fade`` a cycle."""
    rows, time = [], 0.0
    for cycle in range(1, cycles + 1):
        for sign in (1, -1):
            for step in np.linspace(0, 1, ROWS_A_CYCLE // 2):
                now = time + step * 3600 * fade ** (cycle - 1)
                volt = 3.5 + sign * (step - 0.5) + shift
                rows.append(f"{now:.3f},{volt:.5f},{sign * 1e-3},{cycle}")
            time = now + 0.001
    return rows


def table(rows: list[str]) -> bytes:
    head = "test_time_second,voltage_volt,current_ampere,cycle_count"
    return "\n".join([head, *rows, ""]).encode()


def send(
    cell: Cell, by: User, rows: list[str] | bytes, name: str = NAME, **context: object
) -> Receipt:
    content = rows if isinstance(rows, bytes) else table(rows)
    return receive_file(
        file=ContentFile(content), name=name, subject=cell, by=by, context=Context(**context)
    )


def read(measurement: Measurement) -> Measurement:
    """Read the files, as a worker does."""
    parse_measurement(str(measurement.pk))
    return Measurement.objects.get(pk=measurement.pk)


def analysed(measurement: Measurement) -> Measurement:
    """Read the files and compute what was asked for, as workers do."""
    parse_measurement(str(measurement.pk))
    for run in AnalysisRun.objects.filter(measurement=measurement, status="queued"):
        execute_run(str(run.pk))
    return Measurement.objects.get(pk=measurement.pk)


def cycling_runs(**which: object) -> QuerySet[AnalysisRun]:
    """Runs of the method that gives the capacities of the cycles."""
    return AnalysisRun.objects.filter(method="galvanostatic_cycling", **which)


def capacities(measurement: Measurement) -> dict[int, float]:
    """Discharge capacity in mAh by cycle, of the run that counts."""
    run = cycling_runs(measurement=measurement).get(is_current=True)
    with local_copy(run.tables["cycles"]) as path:
        cycles = ParquetFrame(path)
        pairs = zip(cycles["lims_cycle"], cycles["discharge_capacity_mah"], strict=True)
        return {int(cycle): float(value) for cycle, value in pairs}


def verdicts(measurement: Measurement) -> list[tuple[int, int, str]]:
    return list(measurement.raw_files.values_list("part", "revision", "verdict"))


def column(measurement: Measurement, name: str) -> np.ndarray:
    with local_copy(measurement.frame_path) as path:
        return ParquetFrame(path)[name]


def other_cell(cell: Cell) -> Cell:
    return CellFactory(project=cell.project, cell_type=cell.cell_type)


def bytes_of(file: RawFile) -> bytes:
    with file.blob.file.open() as stored:
        return stored.read()


def again(rows: list[str]) -> list[str]:
    """Rows as an instrument writes them whose clock and cycles begin anew."""
    split = [row.split(",") for row in rows]
    time, cycle = float(split[0][0]), int(split[0][3])
    return [
        f"{float(row[0]) - time:.3f},{row[1]},{row[2]},{int(row[3]) - cycle + 1}" for row in split
    ]
