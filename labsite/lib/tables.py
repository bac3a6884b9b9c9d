"""Columns of list pages: numbers on the right, days in ISO order, less on narrow screens."""

from typing import Any

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.safestring import SafeString

from labsite.lib.units import show_number

MEDIUM = "d-none d-md-table-cell"
WIDE = "d-none d-xl-table-cell"
"""Classes of columns that narrow screens leave out."""


def shown_from(css: str, cell: str = "") -> dict[str, dict[str, str]]:
    """Return the attributes of a column that is shown from a width on."""
    return {"th": {"class": css}, "td": {"class": f"{css} {cell}".strip()}}


class NumberColumn(tables.Column):  # type: ignore[misc]  # untyped library
    """Numbers on the right, without float noise; the unit stands in the header."""

    def __init__(self, *args: Any, css: str = MEDIUM, digits: int = 10, **kwargs: Any) -> None:
        """Align head and cells; ``digits``: significant ones that a calculated number is given."""
        self.digits = digits
        look = f"number {css}".strip()
        super().__init__(*args, attrs={"th": {"class": look}, "td": {"class": look}}, **kwargs)

    def render(self, value: float) -> str:
        """Write a number."""
        return show_number(float(f"{value:.{self.digits}g}"))

    def value(self, value: float) -> float:
        """Give the number itself to a file."""
        return value


class DayColumn(tables.DateTimeColumn):  # type: ignore[misc]  # untyped library
    """A day, written so that days sort as they read."""

    def __init__(self, name: Any = None, css: str = WIDE) -> None:
        """Keep to the ISO order."""
        super().__init__(format="Y-m-d", verbose_name=name, attrs=shown_from(css, "text-nowrap"))


def dot(tone: str, word: object) -> SafeString:
    """Return a state as a coloured dot with a word."""
    return format_html('<span class="state state-{}">{}</span>', tone, word)
