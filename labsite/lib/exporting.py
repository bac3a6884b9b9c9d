"""Lists as files: CSV and XLSX of what a list shows."""

import csv
from collections.abc import Callable, Iterator
from datetime import date
from io import BytesIO
from typing import Any

from django.http import HttpResponse
from django_tables2 import Table
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
"""First signs of a text that spreadsheets would run as a formula."""
SHEET_NAME_LENGTH = 31


def export(table: Table, title: str, form: str) -> HttpResponse:
    """Return all rows of a table as a file; ``form`` is one of FORMS."""
    make, content_type = FORMS[form]
    name = title.lower().replace(" ", "-")
    return HttpResponse(
        make(table, title),
        content_type=content_type,
        headers={"Content-Disposition": f'attachment; filename="{name}.{form}"'},
    )


def _rows(table: Table) -> Iterator[list[Any]]:
    """Give the headings and the rows of the columns that are shown."""
    hidden = [column.name for column in table.columns.iterall() if not column.visible]
    rows: Iterator[list[Any]] = table.as_values(exclude_columns=hidden)
    return rows


def _csv(table: Table, _title: str) -> bytes:
    lines = _Lines()
    csv.writer(lines).writerows([_harmless(value) for value in row] for row in _rows(table))
    return "".join(lines.written).encode()


class _Lines:
    """What a csv.writer writes to."""

    def __init__(self) -> None:
        self.written: list[str] = []

    def write(self, line: str) -> None:
        """Keep a line."""
        self.written.append(line)


def _harmless(value: Any) -> Any:
    """Put an apostrophe before a text that a spreadsheet would run."""
    text = isinstance(value, str) and value.startswith(FORMULA_SIGNS)
    return f"'{value}" if text else value


def _xlsx(table: Table, title: str) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title[:SHEET_NAME_LENGTH])
    sheet.freeze_panes = "A2"
    for row in _rows(table):
        sheet.append(list(_cells(sheet, row)))
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def _cells(sheet: Any, row: list[Any]) -> Iterator[Any]:
    for value in row:
        plain: Any = value if isinstance(value, int | float | date) else str(value or "")
        cell = WriteOnlyCell(sheet, value=plain)
        if isinstance(plain, str):
            cell.data_type = "s"
        yield cell


FORMS: dict[str, tuple[Callable[[Table, str], bytes], str]] = {
    "csv": (_csv, "text/csv; charset=utf-8"),
    "xlsx": (_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}
