"""The files of a measurement on its page."""

from typing import Any

from django import template

from labsite.access.records import may_edit
from measurements.continuing import hints
from measurements.filelines import part_lines
from measurements.joining import JOINABLE
from measurements.models import Measurement, RawFile

register = template.Library()


@register.inclusion_tag("measurements/_files.html", takes_context=True)
def files_of(context: dict[str, Any], measurement: Measurement) -> dict[str, Any]:
    """Show the parts and versions of a measurement's files, with what can be done with them."""
    user = context["request"].user
    editable = may_edit(user, measurement) and not measurement.voided_at
    return {
        "request": context["request"],
        "csrf_token": context.get("csrf_token"),
        "measurement": measurement,
        "parts": part_lines(measurement),
        "may_edit": editable,
        "may_join": editable and measurement.kind in JOINABLE and bool(measurement.frame_path),
        "hints": hints(measurement) if editable else [],
    }


@register.simple_tag
def files_to_decide(measurement: Measurement) -> int:
    """Return of how many files a person has to say whether they belong to the measurement."""
    asked = RawFile.Verdict.ASKED
    return measurement.raw_files.filter(verdict=asked).count()
