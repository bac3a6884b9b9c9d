"""Pages of measurements: list, one measurement, its state, its files, its raw data."""

from functools import partial
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import (
    FileResponse,
    Http404,
    HttpResponse,
    HttpResponseBase,
    JsonResponse,
    StreamingHttpResponse,
)
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import condition, require_POST, require_safe

from labsite.access.facts import facts, history_of
from labsite.access.records import may_edit
from labsite.access.viewers import PersonRequest, Viewer
from labsite.lib.web import ListPage, list_page, page_url
from measurements.export import csv_of
from measurements.figures import draw, raw_figures
from measurements.intake import requeue
from measurements.kinds import MEASUREMENT, job_state
from measurements.models import Measurement, RawFile
from measurements.revisions import newest_file
from measurements.traces import Window
from measurements.words import condition_lines, metadata_lines, poll_every_s

DONE_EVENT = "labsite:measured"
"""What a page hears when a file was read: panels that show measurements and results reload."""


@require_safe
def measurement_list(request: PersonRequest) -> HttpResponse:
    """Show the measurements."""
    page = ListPage(
        title=MEASUREMENT.many,
        icon=MEASUREMENT.icon,
        hint=MEASUREMENT.hint,
        add_url=reverse("measurements:upload") if MEASUREMENT.may_add(request.user) else "",
        add_label=_("Upload files"),
    )
    table = partial(MEASUREMENT.table, viewer=Viewer(request.user), state_of=MEASUREMENT.state_of)
    rows = MEASUREMENT.records(request.user)
    return list_page(request, rows, MEASUREMENT.filters, table, page)


@require_safe
def measurement_detail(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Show one measurement."""
    measurement, viewer = _find(request, pk), Viewer(request.user)
    editable = may_edit(request.user, measurement)
    context = {
        "kind": MEASUREMENT,
        "object": measurement,
        "state": MEASUREMENT.state_of(measurement),
        "may_edit": editable,
        "may_add": False,
        "list_url": MEASUREMENT.url("list"),
        "urls": {page: page_url(measurement, page) for page in ("edit", "label", "void")},
        "facts": list(facts(measurement, MEASUREMENT.form.GROUPS, viewer)),
        "history": list(history_of(measurement, viewer)),
        "subject": viewer.link(measurement.subject),
        "figures": raw_figures(measurement),
        "conditions": condition_lines(measurement.conditions),
        "metadata": metadata_lines(measurement.metadata),
        "poll_every_s": poll_every_s(measurement),
    }
    return render(request, "measurements/measurement.html", context)


@require_safe
def measurement_job(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Show how far the reading is; the fragment asks again as long as it is not at its end."""
    measurement = _find(request, pk)
    tone, word = job_state(measurement)
    context = {
        "measurement": measurement,
        "tone": tone,
        "word": word,
        "poll_every_s": poll_every_s(measurement),
    }
    answer = render(request, "measurements/_job.html", context)
    if not measurement.is_open:
        answer["HX-Trigger"] = DONE_EVENT
    return answer


@require_POST
def measurement_read_again(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Read the file of a failed measurement again."""
    measurement = _find(request, pk)
    try:
        requeue(measurement=measurement, by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect(page_url(measurement))


@require_safe
def measurement_file(
    request: PersonRequest, pk: UUID, file_pk: UUID | None = None
) -> HttpResponseBase:
    """Give a raw file as it came; the newest that counts when none is named."""
    measurement = _find(request, pk)
    files = RawFile.objects.filter(measurement=measurement).select_related("blob")
    raw = get_object_or_404(files, pk=file_pk) if file_pk else newest_file(measurement)
    if raw is None:
        raise Http404(_("The measurement has no file."))
    return FileResponse(
        raw.blob.file.open("rb"),
        as_attachment=True,
        filename=raw.original_name,
        content_type="application/octet-stream",
    )


@require_safe
def measurement_table(request: PersonRequest, pk: UUID) -> HttpResponseBase:
    """Give the table that was read from the file, as CSV."""
    measurement = _find(request, pk)
    if not measurement.frame_path:
        raise Http404(_("%(code)s has no table.") % {"code": measurement.code})
    return StreamingHttpResponse(
        csv_of(measurement.frame_path),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{measurement.code}.csv"'},
    )


def _plot_tag(request: PersonRequest, pk: UUID, name: str) -> str | None:
    """Return what a figure depends on: stored tables never change, a new one has a new name."""
    path = Measurement.objects.visible_to(request.user).filter(pk=pk).values_list("frame_path")
    found = path.first()
    return f'"{found[0]}:{name}:{request.GET.urlencode()}"' if found else None


@require_safe
@condition(etag_func=_plot_tag)
def measurement_plot(request: PersonRequest, pk: UUID, name: str) -> JsonResponse:
    """Give a figure of the raw data; ``from`` and ``to`` are the shown part of the x axis."""
    measurement = _find(request, pk)
    try:
        window = Window(_number(request, "from"), _number(request, "to"))
        return JsonResponse(draw(measurement, name, window))
    except KeyError:
        raise Http404(_("There is no such figure.")) from None


def _number(request: PersonRequest, name: str) -> float | None:
    try:
        return float(request.GET[name])
    except (KeyError, ValueError):
        return None


def _find(request: PersonRequest, pk: UUID) -> Measurement:
    """Return a measurement that the person may read; raises Http404."""
    found: Measurement = get_object_or_404(MEASUREMENT.records(request.user), pk=pk)
    return found
