"""What a mapping would make of a file: its first rows as numbers, a figure, what follows."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from measurements.figures import FIGURES
from measurements.formats import FormatError, Reading
from measurements.frames import ParquetFrame
from measurements.mappings.consequences import consequences
from measurements.mappings.mapping import ColumnError, Mapping, read
from measurements.mappings.quantities import QUANTITIES
from measurements.traces import Figure, Window

ROWS_READ = 2000
ROWS_SHOWN = 20
COLUMNS_SHOWN = 12


@dataclass(frozen=True)
class Preview:
    """The first rows as they would be read, or why they cannot be.

    ``headings`` are (label, unit); ``doubts`` speak against the mapping.
    """

    error: str = ""
    heading: str = ""
    """The heading of the column that the error is about."""
    headings: Sequence[tuple[str, str]] = ()
    rows: Sequence[Sequence[str]] = ()
    read: int = 0
    facts: Sequence[str] = ()
    doubts: Sequence[str] = ()
    figure: Figure | None = None


def preview(path: Path, mapping: Mapping) -> Preview:
    """Read the first 2,000 rows of a table by a mapping."""
    try:
        reading = read(path, mapping, ROWS_READ)
    except ColumnError as error:
        return Preview(error=str(error), heading=error.heading)
    except FormatError as error:
        return Preview(error=str(error))
    told = consequences(reading)
    names = list(reading.frame.columns[:COLUMNS_SHOWN])
    shown = reading.frame[names].head(ROWS_SHOWN)
    return Preview(
        headings=[_heading(name) for name in names],
        rows=[[_written(cell) for cell in row] for row in shown.itertuples(index=False)],
        read=len(reading.frame),
        facts=[words for words, doubt in told if not doubt],
        doubts=[
            *(words for words, doubt in told if doubt),
            *(notice.message for notice in reading.notices),
        ],
        figure=_figure(reading),
    )


def _heading(name: str) -> tuple[str, str]:
    known = QUANTITIES.get(name)
    return (name, "") if known is None else (known.label, known.canonical)


def _written(cell: object) -> str:
    if isinstance(cell, float):
        return "–" if pd.isna(cell) else f"{cell:.7g}"
    return str(cell)


def _figure(reading: Reading) -> Figure | None:
    figures = FIGURES.get(reading.kind, ())
    if not figures:
        return None
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "frame.parquet"
        pq.write_table(pa.Table.from_pandas(reading.frame, preserve_index=False), path)
        return figures[0].draw(ParquetFrame(path), Window())
