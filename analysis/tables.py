"""The table of runs."""

from typing import Any

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from analysis.headlines import headline_of
from analysis.models import AnalysisRun
from analysis.words import in_words, method_title, run_state, show_metric
from labsite.access.viewers import Viewer
from labsite.lib.tables import MEDIUM, WIDE, DayColumn, dot, shown_from
from measurements.models import Measurement


class RunTable(tables.Table):  # type: ignore[misc]  # untyped library
    """Runs of analysis methods."""

    method = tables.Column()
    subject = tables.Column(_("Of"), accessor="measurement__subject", orderable=False)
    measurement = tables.Column(attrs=shown_from(WIDE))
    number = tables.Column(_("Number"), empty_values=(), orderable=False)
    flags = tables.Column(
        _("Flags"), accessor="pk", orderable=False, attrs=shown_from(WIDE, "wide")
    )
    finished_at = DayColumn(_("Finished"), css=MEDIUM)
    state = tables.Column(_("Verdict"), empty_values=(), orderable=False)

    class Meta:
        model = AnalysisRun
        fields = (
            "method", "subject", "measurement", "number", "flags", "finished_at", "state",
        )  # fmt: skip
        order_by = "-finished_at"

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        """Keep who looks."""
        self.viewer = viewer
        super().__init__(*args, **kwargs)

    def render_method(self, record: AnalysisRun) -> SafeString:
        """Link the run."""
        return format_html('<a href="/runs/{}/">{}</a>', record.pk, method_title(record.method))

    def render_subject(self, value: Any) -> SafeString | str:
        """Link what was measured."""
        return self.viewer.link(value)

    def render_measurement(self, value: Measurement) -> SafeString | str:
        """Link the measurement."""
        return self.viewer.link(value)

    def render_number(self, record: AnalysisRun) -> SafeString | str:
        """Show the headline number."""
        metric = headline_of(record)
        if metric is None:
            return in_words(record.error_message) or "–"
        shown = show_metric(metric)
        words = '{} <span class="text-nowrap">{} <span class="unit">{}</span></span>'
        return format_html(words, shown.label, shown.text, shown.unit)

    def render_flags(self, record: AnalysisRun) -> str:
        """Name the flags that are more than notes."""
        return ", ".join(flag.code for flag in record.flags.all() if flag.severity != "info") or "–"

    def render_state(self, record: AnalysisRun) -> SafeString:
        """Draw the verdict."""
        return dot(*run_state(record))

    def value_method(self, record: AnalysisRun) -> str:
        """Give the method's name to a file."""
        return record.method

    def value_subject(self, value: Any) -> str:
        """Give the code to a file."""
        return str(value)

    def value_measurement(self, value: Measurement) -> str:
        """Give the code to a file."""
        return value.code

    def value_number(self, record: AnalysisRun) -> float | str:
        """Give the headline number to a file."""
        metric = headline_of(record)
        return "" if metric is None else metric.value

    def value_state(self, record: AnalysisRun) -> str:
        """Give the verdict to a file."""
        return str(run_state(record)[1])
