"""The table of a list of records."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import django_tables2 as tables
from django.db import models
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from labsite.access.records import Record
from labsite.access.viewers import Viewer
from labsite.lib.forms import Words
from labsite.lib.tables import DayColumn, NumberColumn, dot
from labsite.lib.web import page_url

NOT_COLUMNS = frozenset({"id", "version", "voided_at", "void_reason"})


def spare_columns(model: Any, taken: Iterable[str]) -> Iterator[tuple[str, tables.Column]]:
    """Give a column for every plain field of a model that a table does not show by itself."""
    for field in model._meta.concrete_fields:
        if field.is_relation or field.name in NOT_COLUMNS or field.name in taken:
            continue
        if isinstance(field, models.FloatField):
            yield field.name, NumberColumn(css="")
        elif isinstance(field, models.DateTimeField):
            yield field.name, DayColumn(css="")
        elif not isinstance(field, models.JSONField):
            yield field.name, tables.Column()


class RecordTable(tables.Table):  # type: ignore[misc]  # untyped library
    """Code and state; kinds add columns between them, all other plain fields can be asked for."""

    code = tables.Column(_("Code"))
    state = tables.Column(_("State"), empty_values=(), orderable=False)

    def __init__(
        self,
        *args: Any,
        viewer: Viewer,
        state_of: Callable[[Any], tuple[str, Words]],
        **kwargs: Any,
    ) -> None:
        """Keep who looks, and how states are told."""
        self.viewer = viewer
        self.state_of = state_of
        spare = list(spare_columns(self._meta.model, self.base_columns))
        self.spare = frozenset(name for name, _column in spare)
        super().__init__(*args, extra_columns=spare, **kwargs)

    def render_code(self, record: Record) -> SafeString:
        """Link the record."""
        return format_html('<a class="code" href="{}">{}</a>', page_url(record), record.code)

    def value_code(self, record: Record) -> str:
        """Give the code to a file."""
        return record.code

    def render_state(self, record: Record) -> SafeString:
        """Draw the state."""
        return dot(*self.state_of(record))

    def value_state(self, record: Record) -> str:
        """Give the state to a file."""
        return str(self.state_of(record)[1])


class LinkColumn(tables.Column):  # type: ignore[misc]  # untyped library
    """A link to another record, where the person may read it."""

    def render(self, value: Record, table: RecordTable) -> SafeString | str:
        """Draw the link."""
        return table.viewer.link(value)

    def value(self, value: Record, table: RecordTable) -> str:
        """Give the name to a file."""
        return str(value) if table.viewer.sees(value) else ""
