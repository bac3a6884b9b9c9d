"""Canonical tables in Parquet: one cycle or one column is read without the rest."""

import tempfile
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from labsite.lib.storage import store
from measurements.columns import CYCLE

ROW_GROUP = 100_000


def write_frame(frame: pd.DataFrame, name: str) -> str:
    """Store a table (zstd, whole cycles in a row group, floats split by byte); return its name."""
    table = pa.Table.from_pandas(frame, preserve_index=False)
    floats = [field.name for field in table.schema if pa.types.is_floating(field.type)]
    others = [field.name for field in table.schema if not pa.types.is_floating(field.type)]
    borders = group_borders(frame)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "frame.parquet"
        with pq.ParquetWriter(
            path,
            table.schema,
            compression="zstd",
            compression_level=3,
            use_dictionary=others,
            use_byte_stream_split=floats,
        ) as writer:
            for begin, end in pairwise(borders):
                writer.write_table(table.slice(begin, end - begin), row_group_size=ROW_GROUP)
        return store(path, name)


def group_borders(frame: pd.DataFrame) -> list[int]:
    """Return where row groups begin, 0 first, and the number of rows.

    A group takes whole cycles as long as it has no more than ``ROW_GROUP`` rows; a longer cycle is
    split. Without cycles, or when their numbers fall, groups are of ``ROW_GROUP`` rows.
    """
    rows = len(frame)
    plain = [*range(0, rows, ROW_GROUP), rows]
    if CYCLE not in frame or rows <= ROW_GROUP:
        return plain
    steps = np.diff(frame[CYCLE].to_numpy())
    if (steps < 0).any():
        return plain
    ends = np.append(np.flatnonzero(steps) + 1, rows)
    borders = [0]
    while borders[-1] < rows:
        reach = borders[-1] + ROW_GROUP
        last = int(ends[max(0, int(np.searchsorted(ends, reach, side="right")) - 1)])
        borders.append(last if borders[-1] < last <= reach else reach)
    return borders


class ParquetFrame:
    """A Frame over a Parquet file; columns are read when asked for and not kept."""

    def __init__(self, path: Path) -> None:
        """Open the file and read its footer; what is stored never changes, so it is mapped."""
        self._file = pq.ParquetFile(path, memory_map=True)

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns."""
        return tuple(self._file.schema_arrow.names)

    @property
    def rows(self) -> int:
        """Number of rows."""
        return int(self._file.metadata.num_rows)

    def __getitem__(self, column: str) -> NDArray[np.generic]:
        """Return one column as an array of shape (rows,); raises KeyError."""
        if column not in self.columns:
            raise KeyError(column)
        values: NDArray[np.generic] = (
            self._file.read(columns=[column]).column(0).to_numpy(zero_copy_only=False)
        )
        return values

    def cycle(self, number: int, columns: Iterable[str]) -> dict[str, NDArray[np.generic]]:
        """Return columns of one cycle, arrays of shape (rows of the cycle,).

        Only the row groups that can hold the cycle are read. Raises KeyError for a missing column.
        """
        wanted = list(dict.fromkeys(columns))
        for column in (CYCLE, *wanted):
            if column not in self.columns:
                raise KeyError(column)
        names = list(dict.fromkeys([CYCLE, *wanted]))
        table = self._file.read_row_groups(self.groups_of(number), columns=names)
        rows = table.column(CYCLE).to_numpy() == number
        return {name: table.column(name).to_numpy()[rows] for name in wanted}

    def groups_of(self, number: int) -> list[int]:
        """Return the row groups that can hold a cycle, by the least and largest number in each."""
        at, footer = self.columns.index(CYCLE), self._file.metadata
        statistics = [
            footer.row_group(group).column(at).statistics for group in range(footer.num_row_groups)
        ]
        return [
            group
            for group, known in enumerate(statistics)
            if known is None or not known.has_min_max or known.min <= number <= known.max
        ]
