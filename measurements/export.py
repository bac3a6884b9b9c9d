"""Stored tables as CSV, a batch of rows at a time."""

import io
from collections.abc import Iterator

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from labsite.lib.storage import local_copy

ROWS_AT_ONCE = 20_000


def csv_of(stored_name: str) -> Iterator[bytes]:
    """Give a stored Parquet table as CSV with one line of column names (unit in the name)."""
    with local_copy(stored_name) as path:
        file = pq.ParquetFile(path)
        yield _lines(file.schema_arrow.empty_table(), header=True)
        for batch in file.iter_batches(batch_size=ROWS_AT_ONCE):
            yield _lines(pa.Table.from_batches([batch]), header=False)


def _lines(table: pa.Table, *, header: bool) -> bytes:
    sink = io.BytesIO()
    options = pyarrow.csv.WriteOptions(include_header=header, quoting_style="needed")
    pyarrow.csv.write_csv(table, sink, options)
    return sink.getvalue()
