"""Results on the pages of records."""

from typing import Any

from django import template

from analysis.models import Flag
from analysis.panels import panel_context
from analysis.registry import methods
from analysis.words import in_words
from labsite.access.records import Record, may_edit
from labsite.access.viewers import Viewer
from measurements.models import Measurement

register = template.Library()


@register.inclusion_tag("analysis/_results.html", takes_context=True)
def results_of(context: dict[str, Any], record: Record) -> dict[str, Any]:
    """Show the results about a record and about what it went into."""
    viewer = Viewer(context["request"].user)
    return {"request": context["request"], **panel_context(record, viewer)}


@register.inclusion_tag("analysis/_analyse.html", takes_context=True)
def analyses_for(context: dict[str, Any], measurement: Measurement) -> dict[str, Any]:
    """Offer the methods that can be run on a measurement."""
    ready = measurement.status == Measurement.Status.DONE and not measurement.voided_at
    allowed = ready and may_edit(context["request"].user, measurement)
    usable = [method for method in methods().values() if measurement.kind in method.kinds]
    return {"measurement": measurement, "methods": usable if allowed else []}


@register.filter
def words(name: str) -> str:
    """Return the name of a table in words."""
    return name.replace("_", " ").capitalize()


@register.filter
def sentence(text: str) -> str:
    """Return a sentence of a method with the names in it as people say them."""
    return in_words(text)


@register.filter
def flag_icon(severity: str) -> str:
    """Return the icon of a flag."""
    return "info-circle" if severity == Flag.Severity.INFO else "alert-triangle"
