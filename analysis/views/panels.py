"""Fragments of record pages: the results, and the work that is under way."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from analysis.panels import panel_context, progress_context
from labsite.access.records import Record
from labsite.access.viewers import PersonRequest, Viewer
from measurements.intake import SUBJECT_MODELS
from measurements.models import Measurement
from measurements.views.measurements import DONE_EVENT

SHOWN_ON: dict[str, Any] = {**SUBJECT_MODELS, "measurement": Measurement}
"""Records with results on their page, by their name in the address."""


@require_safe
def results(request: PersonRequest, name: str, pk: UUID) -> HttpResponse:
    """Show the results of a record."""
    record = _find(request, name, pk)
    context = panel_context(record, Viewer(request.user))
    return render(request, "analysis/_results.html", context)


@require_safe
def progress(request: PersonRequest, name: str, pk: UUID) -> HttpResponse:
    """Show what is being read or computed about a record; asks again until nothing is."""
    record = _find(request, name, pk)
    context = progress_context(record, Viewer(request.user))
    answer = render(request, "analysis/_progress.html", context)
    if not context["working"]:
        answer["HX-Trigger"] = DONE_EVENT
    return answer


def _find(request: PersonRequest, name: str, pk: UUID) -> Record:
    """Return a record that the person may read; raises Http404."""
    model = SHOWN_ON.get(name)
    if model is None:
        raise Http404
    found: Record = get_object_or_404(model.objects.visible_to(request.user), pk=pk)
    return found
