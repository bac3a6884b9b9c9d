"""Photos, protocols and other files that belong to records."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from labsite.access.viewers import PersonRequest, Viewer
from labsite.lib.web import page_url
from measurements.attaching import attach_file
from measurements.models import Attachment
from measurements.models.files import ATTACHED_TO

HOLDERS: dict[str, Any] = {
    name: Attachment._meta.get_field(name).related_model for name in ATTACHED_TO
}
"""Records that can have attachments, by their name in the address."""


@require_POST
def attachment_add(request: PersonRequest, name: str, pk: UUID) -> HttpResponse:
    """Keep files beside a record."""
    if name not in HOLDERS:
        raise Http404
    record = get_object_or_404(HOLDERS[name].objects.visible_to(request.user), pk=pk)
    title = request.POST.get("title", "").strip()
    for file in request.FILES.getlist("file"):
        try:
            attach_file(
                file=file, name=file.name or "", record=record, by=request.user, title=title
            )
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            messages.success(request, _("%(name)s is kept.") % {"name": file.name})
    return redirect(page_url(record))


@require_safe
def attachment_file(request: PersonRequest, pk: UUID) -> FileResponse:
    """Give the file of an attachment to those who may read its record."""
    rows = Attachment.objects.select_related("blob", *ATTACHED_TO)
    attachment = get_object_or_404(rows, pk=pk)
    record = next(filter(None, (getattr(attachment, name) for name in ATTACHED_TO)))
    if not Viewer(request.user).sees(record):
        raise Http404
    return FileResponse(
        attachment.blob.file.open("rb"),
        as_attachment=True,
        filename=attachment.original_name,
        content_type="application/octet-stream",
    )
