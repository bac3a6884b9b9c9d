"""Archives on the pages of measurements: the files in one, and the one that a file came in."""

from typing import Any

from django import template

from labsite.access.viewers import Viewer
from measurements.archives import member_lines
from measurements.columns import ARCHIVE
from measurements.kinds import MEASUREMENT
from measurements.models import Measurement

register = template.Library()


@register.inclusion_tag("measurements/_members.html", takes_context=True)
def members_of(context: dict[str, Any], measurement: Measurement) -> dict[str, Any]:
    """Show the files of an archive that was read, in its order; nothing for other kinds."""
    if measurement.kind != ARCHIVE or not measurement.frame_path:
        return {}
    viewer = Viewer(context["request"].user)
    lines = member_lines(measurement)
    for line in lines:
        measured = line["measurement"]
        if isinstance(measured, Measurement):
            line["link"], line["state"] = viewer.link(measured), MEASUREMENT.state_of(measured)
    return {"lines": lines}


@register.inclusion_tag("measurements/_archive.html", takes_context=True)
def archive_of(context: dict[str, Any], measurement: Measurement) -> dict[str, Any]:
    """Say which archive a file came in; nothing for files that came by themselves."""
    if measurement.archive is None:
        return {}
    link = Viewer(context["request"].user).link(measurement.archive)
    return {"link": link, "order": measurement.archive_order}
