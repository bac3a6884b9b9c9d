"""Compares the stored tables with the layout that was measured best: size, one column, one cycle.

``python -m benchmarks.bench_frames [rows]``; the reference is a plain Parquet file with zstd 3,
groups of 100,000 rows, floats split by byte and no dictionary of floats, read with pyarrow alone.
"""

import importlib
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from measurements import columns

ROWS = 5_000_000
ROWS_PER_CYCLE = 10_000
ROUNDS = 7
ONE_CYCLE = (columns.TEST_TIME, columns.VOLTAGE, columns.CURRENT, columns.STEP_TIME)


def table(rows: int) -> pd.DataFrame:
    """Return a cycling test of 13 columns with the noise and resolution of a real one."""
    random = np.random.default_rng(1)
    at = np.arange(rows)
    within = at % ROWS_PER_CYCLE / ROWS_PER_CYCLE
    charging = within < 0.5  # noqa: PLR2004 - the first half
    current = np.where(charging, 1e-3, -1e-3)
    charge = np.where(charging, within, within - 0.5) * 2e-3
    voltage = np.round(3.4 + 0.4 * np.where(charging, within, 1 - within), 4)
    return pd.DataFrame(
        {
            columns.RECORD: at,
            columns.TEST_TIME: at * 0.72,
            columns.VOLTAGE: voltage + np.round(random.normal(0, 1e-4, rows), 5),
            columns.CURRENT: current + np.round(random.normal(0, 1e-7, rows), 9),
            columns.CYCLE: at // ROWS_PER_CYCLE + 1,
            columns.STEP: at // (ROWS_PER_CYCLE // 2) + 1,
            columns.STEP_TIME: at % (ROWS_PER_CYCLE // 2) * 0.72,
            columns.STEP_CHARGING_CAPACITY: np.where(charging, charge, 0.0),
            columns.STEP_DISCHARGING_CAPACITY: np.where(charging, 0.0, charge),
            columns.STEP_CHARGING_ENERGY: np.where(charging, charge * voltage, 0.0),
            columns.STEP_DISCHARGING_ENERGY: np.where(charging, 0.0, charge * voltage),
            columns.AMBIENT_TEMPERATURE: 25 + np.round(random.normal(0, 0.05, rows), 1),
            columns.UNIX_TIME: 1.7e9 + at * 0.72,
        }
    )


def write_reference(frame: pd.DataFrame, path: Path) -> None:
    """Write the reference file."""
    made = pa.Table.from_pandas(frame, preserve_index=False)
    floats = [field.name for field in made.schema if pa.types.is_floating(field.type)]
    pq.write_table(
        made,
        path,
        compression="zstd",
        compression_level=3,
        row_group_size=100_000,
        use_dictionary=[name for name in made.column_names if name not in floats],
        use_byte_stream_split=floats,
    )


def reference_column(path: Path, name: str) -> NDArray[np.float64]:
    """Read one column of the reference."""
    values: NDArray[np.float64] = pq.read_table(path, columns=[name]).column(0).to_numpy()
    return values


def reference_cycle(path: Path, number: int) -> pa.Table:
    """Read one cycle of the reference by the statistics of its footer."""
    file = pq.ParquetFile(path)
    at = file.schema_arrow.get_field_index(columns.CYCLE)
    groups = [
        group
        for group in range(file.num_row_groups)
        for found in [file.metadata.row_group(group).column(at).statistics]
        if found.min <= number <= found.max
    ]
    part = file.read_row_groups(groups, [columns.CYCLE, *ONE_CYCLE])
    return part.filter(pa.compute.equal(part[columns.CYCLE], number))


def median_ms(act: Callable[[], object]) -> float:
    """Return the median milliseconds of several rounds after one to warm up."""
    seconds = []
    for _ in range(ROUNDS + 1):
        start = time.perf_counter()
        act()
        seconds.append(time.perf_counter() - start)
    return 1e3 * statistics.median(seconds[1:])


def main(rows: int) -> None:
    """Write both files, read them and print the ratios."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ |= {"DATA_DIR": name, "DJANGO_SETTINGS_MODULE": "labsite.settings"}
        importlib.import_module("django").setup()
        frames = importlib.import_module("measurements.frames")
        storage = importlib.import_module("labsite.lib.storage")
        frame = table(rows)
        reference = folder / "reference.parquet"
        write_reference(frame, reference)
        with storage.local_copy(frames.write_frame(frame, "frames/bench.parquet")) as ours:
            cycle = rows // ROWS_PER_CYCLE // 2
            lines = {
                "size, MB": (ours.stat().st_size / 1e6, reference.stat().st_size / 1e6),
                "one column, ms": (
                    median_ms(lambda: frames.ParquetFrame(ours)[columns.VOLTAGE]),
                    median_ms(lambda: reference_column(reference, columns.VOLTAGE)),
                ),
                "one cycle, ms": (
                    median_ms(lambda: frames.ParquetFrame(ours).cycle(cycle, ONE_CYCLE)),
                    median_ms(lambda: reference_cycle(reference, cycle)),
                ),
            }
    for what, (own, other) in lines.items():
        sys.stdout.write(f"{what:16} ours {own:8.1f}  reference {other:8.1f}  {own / other:.2f}\n")


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else ROWS)
