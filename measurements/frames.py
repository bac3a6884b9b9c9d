"""Canonical tables in Parquet: one cycle or one column is read without the rest."""

import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from labsite.lib.storage import store

ROW_GROUP = 100_000


def write_frame(frame: pd.DataFrame, name: str) -> str:
    """Store a table (zstd, 100,000 rows a group, floats split by byte); return its stored name."""
    table = pa.Table.from_pandas(frame, preserve_index=False)
    floats = [field.name for field in table.schema if pa.types.is_floating(field.type)]
    others = [field.name for field in table.schema if not pa.types.is_floating(field.type)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "frame.parquet"
        pq.write_table(
            table,
            path,
            compression="zstd",
            compression_level=3,
            row_group_size=ROW_GROUP,
            use_dictionary=others,
            use_byte_stream_split=floats,
        )
        return store(path, name)


class ParquetFrame:
    """A Frame over a Parquet file; columns are read when asked for and not kept."""

    def __init__(self, path: Path) -> None:
        """Open the file and read its footer."""
        self._file = pq.ParquetFile(path)

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
