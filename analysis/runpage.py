"""What the page of a run shows: findings, parameters, facts, tables."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow.parquet as pq

from analysis.models import AnalysisRun, Metric
from analysis.words import Shown, show_metric
from labsite.lib.storage import local_copy
from measurements.words import Line, condition_lines, name_and_unit

ROWS_A_PAGE = 50
DIGITS = 6
"""Significant digits of numbers in tables; the CSV has all of them."""


@dataclass(frozen=True)
class TablePage:
    """Some rows of a table: heads (name, unit) and cells as text."""

    heads: list[tuple[str, str]]
    rows: list[list[str]]
    total: int
    number: int
    pages: int

    @property
    def first(self) -> int:
        """Number of the first row shown."""
        return (self.number - 1) * ROWS_A_PAGE + 1 if self.total else 0

    @property
    def last(self) -> int:
        """Number of the last row shown."""
        return min(self.total, self.number * ROWS_A_PAGE)


def run_context(run: AnalysisRun) -> dict[str, Any]:
    """Return the findings of a run and what it was computed from."""
    metrics = [(metric, show_metric(metric)) for metric in run.metrics.all()]
    return {
        "run": run,
        "metrics": [pair for pair in metrics if pair[0].index is None],
        "by_index": _by_index(metrics),
        "flags": run.flags.all(),
        "curves": run.curves.defer("figure"),
        "tables": sorted(run.tables),
        "params": list(_params(run.params)),
        "facts": condition_lines(run.facts),
    }


def table_page(stored_name: str, number: int) -> TablePage:
    """Read a page of a stored table."""
    with local_copy(stored_name) as path:
        file = pq.ParquetFile(path)
        total = file.metadata.num_rows
        pages = max(1, -(-total // ROWS_A_PAGE))
        number = min(max(1, number), pages)
        table = file.read().slice((number - 1) * ROWS_A_PAGE, ROWS_A_PAGE)
    columns = [[_cell(value) for value in column.to_pylist()] for column in table.columns]
    return TablePage(
        heads=[name_and_unit(name) for name in table.column_names],
        rows=[list(row) for row in zip(*columns, strict=True)],
        total=total,
        number=number,
        pages=pages,
    )


def _by_index(metrics: list[tuple[Metric, Shown]]) -> list[tuple[int, list[tuple[Metric, Shown]]]]:
    """Group the metrics of cycles, peaks or steps by their number."""
    found: dict[int, list[tuple[Metric, Shown]]] = {}
    for metric, shown in metrics:
        if metric.index is not None:
            found.setdefault(metric.index, []).append((metric, shown))
    return sorted(found.items())


def _params(params: Mapping[str, object]) -> Iterator[Line]:
    for name, value in params.items():
        label, unit = name_and_unit(name)
        text = str(value).replace("_", " ") if isinstance(value, str) else _cell(value)
        yield Line(label, text, unit)


def _cell(value: object) -> str:
    """Write a value of a table; a missing one is a dash."""
    if value is None or value != value:  # noqa: PLR0124 - NaN
        return "–"
    if isinstance(value, bool):
        return "✓" if value else "–"
    return f"{value:.{DIGITS}g}" if isinstance(value, float) else str(value)
