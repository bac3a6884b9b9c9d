"""Which columns of a list are shown: in the address, and remembered while one is signed in."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django_tables2 import Table

FIXED = "code"
"""The column that leads to the record is always shown."""


@dataclass(frozen=True)
class Column:
    """A column that can be shown or left out; ``usual``: shown when nobody chose."""

    name: str
    label: str
    shown: bool
    usual: bool


def choose_columns(request: HttpRequest, table: Table) -> list[Column]:
    """Leave out what is not wanted and return the columns to choose from.

    ``?columns=code&columns=state`` is remembered for this list; an empty ``columns`` forgets it.
    A table names in ``spare`` the columns that are shown on demand only.
    """
    names = [name for name in table.columns.names() if name != FIXED]
    usual = [name for name in names if name not in getattr(table, "spare", ())]
    kept: Any = f"columns:{request.path}"
    if "columns" in request.GET:
        wanted = [name for name in request.GET.getlist("columns") if name in names]
        request.session[kept] = wanted
    wanted = [name for name in request.session.get(kept, ()) if name in names] or usual
    columns = [
        Column(name, str(table.columns[name].header), name in wanted, name in usual)
        for name in names
    ]
    for column in columns:
        if not column.shown:
            table.columns.hide(column.name)
    return columns
