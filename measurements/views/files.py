"""What people do with the files of a measurement: send, decide, join, order, take off."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from labsite.access.recording import EditConflictError
from labsite.access.viewers import PersonRequest
from labsite.lib.web import page_url
from measurements.continuing import join_measurements, series_of
from measurements.deciding import (
    accept_file,
    leave_file,
    move_part,
    separate_file,
    take_part_off,
)
from measurements.intake import Context, receive_file
from measurements.kinds import MEASUREMENT
from measurements.models import Measurement
from measurements.search import record_by_code

PART_ACTS: dict[str, Callable[..., None]] = {"off": take_part_off, "earlier": move_part}
FILE_ACTS: dict[str, Callable[..., Measurement | None]] = {
    "accept": accept_file,
    "leave": leave_file,
    "separate": separate_file,
}


@require_POST
def file_add(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Take a newer version in, or (``part``) the next parts, by the numbers in their names."""
    measurement = _find(request, pk)
    part = "part" in request.POST
    context = Context(continues=measurement) if part else Context(revision_of=measurement)
    for file in sorted(request.FILES.getlist("file"), key=lambda file: series_of(file.name or "")):
        _receive(request, measurement, file, context)
    return redirect(page_url(measurement))


def _receive(
    request: PersonRequest, measurement: Measurement, file: "UploadedFile[bytes]", context: Context
) -> None:
    name = file.name or _("file without a name")
    try:
        receipt = receive_file(
            file=file, name=name, subject=measurement.subject, by=request.user, context=context
        )
    except ValidationError as error:
        messages.error(request, f"{name}: {' '.join(error.messages)}")
        return
    if receipt.duplicate:
        messages.warning(request, _("%(name)s was there already.") % {"name": name})
    else:
        messages.success(request, _("%(name)s is being read.") % {"name": name})


@require_POST
def file_decide(request: PersonRequest, pk: UUID, file_pk: UUID, act: str) -> HttpResponse:
    """Accept a file, leave it out, or make it a measurement of its own, which is then shown."""
    measurement = _find(request, pk)
    if act not in FILE_ACTS:
        raise Http404
    file = get_object_or_404(measurement.raw_files.select_related("measurement"), pk=file_pk)
    try:
        own = FILE_ACTS[act](file=file, by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        own = None
    return redirect(page_url(own or measurement))


@require_POST
def part_act(request: PersonRequest, pk: UUID, part: int, act: str) -> HttpResponse:
    """Take a part off, or let it change places with the one before."""
    measurement = _find(request, pk)
    if act not in PART_ACTS:
        raise Http404
    try:
        PART_ACTS[act](measurement=measurement, part=part, by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect(page_url(measurement))


@require_POST
def measurement_join(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Make another measurement, named by its code (``next``), the next part of this one."""
    first = _find(request, pk)
    code = request.POST.get("next", "").strip()
    second = record_by_code(code, request.user)
    if not isinstance(second, Measurement):
        messages.error(
            request, _("There is no measurement %(code)s that you may see.") % {"code": code}
        )
        return redirect(page_url(first))
    try:
        join_measurements(first=first, second=second, by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    except EditConflictError as error:
        messages.error(request, str(error))
    return redirect(page_url(first))


def _find(request: PersonRequest, pk: UUID) -> Measurement:
    found: Measurement = get_object_or_404(MEASUREMENT.records(request.user), pk=pk)
    return found
