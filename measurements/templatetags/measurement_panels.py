"""Measurements, uploads and attachments on the pages of records."""

from typing import Any
from urllib.parse import urlencode

from django import template
from django.urls import reverse

from labsite.access.records import Record, may_edit
from labsite.access.viewers import Viewer
from measurements.discovery import title_of
from measurements.forms.uploads import UploadForm, last_context
from measurements.intake import SUBJECT_MODELS, kind_of
from measurements.kinds import MEASUREMENT, job_state
from measurements.labformats import is_of_lab, may_be_mapped
from measurements.lineage import measurements_about
from measurements.models import Attachment, LabFormat, Measurement
from measurements.views.attachments import HOLDERS
from measurements.words import poll_every_s

register = template.Library()

SHOWN = 20
"""Measurements on the page of a record; the list has all."""


@register.inclusion_tag("measurements/_measurements.html", takes_context=True)
def measurements_of(context: dict[str, Any], record: Record) -> dict[str, Any]:
    """Show the measurements of a record and of what it went into, with a place to drop files."""
    request = context["request"]
    viewer = Viewer(request.user)
    found = Measurement.objects.filter(measurements_about(record))
    rows = MEASUREMENT.records(request.user).filter(voided_at=None, pk__in=found.values("pk"))
    listed = list(rows[: SHOWN + 1])
    url = reverse("measurements:measurement-list")
    return {
        "request": request,
        "record": record,
        "lines": [
            {
                "measurement": row,
                "subject": "" if row.subject == record else viewer.link(row.subject),
                "state": MEASUREMENT.state_of(row),
            }
            for row in listed[:SHOWN]
        ],
        "all_url": f"{url}?{urlencode({'about': record.code})}" if len(listed) > SHOWN else "",
        "form": _upload_form(record, request.user),
    }


@register.inclusion_tag("measurements/_attachments.html", takes_context=True)
def attachments_of(context: dict[str, Any], record: Record) -> dict[str, Any]:
    """Show the photos, protocols and other files of a record, with a place to add one."""
    request = context["request"]
    name = next((name for name, model in HOLDERS.items() if isinstance(record, model)), None)
    if name is None:
        return {}
    found = Attachment.objects.filter(**{name: record}).select_related("blob", "created_by")
    return {
        "request": request,
        "record": record,
        "name": name,
        "attachments": found,
        "may_add": may_edit(request.user, record) and not record.voided_at,
    }


@register.inclusion_tag("measurements/_job.html", takes_context=True)
def job_of(context: dict[str, Any], measurement: Measurement) -> dict[str, Any]:
    """Show how far the reading of a file is; the fragment asks again until it is at its end."""
    tone, word = job_state(measurement)
    return {
        "measurement": measurement,
        "user": context["request"].user,
        "tone": tone,
        "word": word,
        "poll_every_s": poll_every_s(measurement),
    }


@register.filter
def whole(number: int | None) -> str:
    """Write 699,677, or a dash."""
    return "–" if number is None else f"{number:,}"


@register.filter
def format_title(name: str) -> str:
    """Return the title of a format, of one of the lab its name."""
    saved = LabFormat.objects.filter(code=name).first() if is_of_lab(name) else None
    return title_of(name) if saved is None else f"{saved.name} ({name})"


@register.filter
def mappable_by(measurement: Measurement, user: Any) -> bool:
    """Tell whether the person may say what the columns of the file mean."""
    return may_be_mapped(measurement) and may_edit(user, measurement)


def _upload_form(record: Record, user: Any) -> UploadForm | None:
    """Return the form for files about the record, for those who may add them."""
    measurable = isinstance(record, tuple(SUBJECT_MODELS.values()))
    if not measurable or record.voided_at or not may_edit(user, record):
        return None
    return UploadForm(user=user, subject=record, initial=last_context(user, kind_of(record)))
