"""Times the cycling analysis of 5 million rows against a plain read of the same columns.

``python -m benchmarks.bench_cycling [rows]``; each part runs in a process of its own.
"""

import importlib
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from measurements import columns

ROWS = 5_000_000
ROWS_PER_CYCLE = 10_000
ROW_GROUP = 100_000
ROUNDS = 3

USED = (
    columns.TEST_TIME,
    columns.VOLTAGE,
    columns.CURRENT,
    columns.CYCLE,
    columns.STEP,
    columns.STEP_TIME,
    columns.STEP_CHARGING_CAPACITY,
    columns.STEP_DISCHARGING_CAPACITY,
)


@dataclass(frozen=True)
class ColumnFile:
    """A Frame over a Parquet file."""

    file: pq.ParquetFile

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns."""
        return tuple(self.file.schema_arrow.names)

    @property
    def rows(self) -> int:
        """Number of rows."""
        return int(self.file.metadata.num_rows)

    def __getitem__(self, column: str) -> NDArray[np.generic]:
        """Return one column."""
        values: NDArray[np.generic] = self.file.read(columns=[column]).column(0).to_numpy()
        return values


def write(path: Path) -> None:
    """Write a test of 10,000 rows a cycle, laid out as the laboratory stores it.

    The number of rows is in the name of the file.
    """
    demo = importlib.import_module("labsite.demo.cycling")
    count = int(path.stem) // ROWS_PER_CYCLE
    interval_s = 7200 / (ROWS_PER_CYCLE - 4)
    protocol = demo.Protocol(1, 2.5, 3.8, "plateau", interval_s=interval_s, rest_s=0.0)
    cycles = [demo.Cycle(1.0, 1.0, 1.0)] * count
    made = demo.cycling_columns(cycles, protocol)
    table = pa.table({name: made[name] for name in USED})
    floats = [field.name for field in table.schema if pa.types.is_floating(field.type)]
    pq.write_table(
        table,
        path,
        compression="zstd",
        row_group_size=ROW_GROUP,
        use_dictionary=[name for name in USED if name not in floats],
        use_byte_stream_split=floats,
    )


def read(path: Path) -> None:
    """Read every column once and keep none."""
    frame = ColumnFile(pq.ParquetFile(path))
    for name in USED:
        frame[name]


def analyse(path: Path) -> None:
    """Run the analysis."""
    methods = importlib.import_module("analysis.methods")
    module = importlib.import_module("analysis.methods.galvanostatic_cycling")
    inputs = methods.Inputs(
        {"main": ColumnFile(pq.ParquetFile(path))}, {"cell_type": "cathode_half_cell"}
    )
    module.METHOD.run(inputs, module.METHOD.params())


PARTS = {"write": write, "read": read, "analyse": analyse}


def part(name: str, path: Path) -> None:
    """Run one part several times; write its best time and the peak of memory it added."""
    importlib.import_module("analysis.methods.galvanostatic_cycling")
    before = _peak_mb()
    best = np.inf
    for _ in range(1 if name == "write" else ROUNDS):
        start = time.perf_counter()
        PARTS[name](path)
        best = min(best, time.perf_counter() - start)
    sys.stdout.write(f"{best} {_peak_mb() - before}")


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _measure(name: str, path: Path) -> tuple[float, float]:
    command = [sys.executable, "-m", "benchmarks.bench_cycling", name, str(path)]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603 - our own module
    seconds, megabytes = printed.split()
    return float(seconds), float(megabytes)


def main(rows: int) -> None:
    """Write the file, measure both parts and print them with their ratios."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{rows}.parquet"
        _measure("write", path)
        seconds, megabytes = _measure("read", path)
        own_seconds, own_megabytes = _measure("analyse", path)
        sys.stdout.write(
            f"{pq.ParquetFile(path).metadata.num_rows:,} rows, {len(USED)} columns\n"
            f"plain read  {seconds:6.3f} s  {megabytes:6.0f} MB\n"
            f"analysis    {own_seconds:6.3f} s  {own_megabytes:6.0f} MB\n"
            f"ratio       {own_seconds / seconds:6.2f}    {own_megabytes / megabytes:6.2f}\n"
        )


if __name__ == "__main__":
    if sys.argv[1:2] and sys.argv[1] in PARTS:
        part(sys.argv[1], Path(sys.argv[2]))
    else:
        main(int(sys.argv[1]) if sys.argv[1:] else ROWS)
