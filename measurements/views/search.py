"""Finding a record: the search page, the short address on labels, its QR code."""

import io

import segno
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from labsite.access.records import Record
from labsite.access.viewers import PersonRequest
from labsite.lib.web import page_url
from measurements.search import record_by_code, search


@require_safe
def search_page(request: PersonRequest) -> HttpResponse:
    """Go to the record whose code or old label was typed, or list what matches (GET: q)."""
    text = request.GET.get("q", "").strip()
    exact = record_by_code(text, request.user) if text else None
    if exact is not None:
        return redirect(page_url(exact))
    hits = list(search(text, request.user)) if text else []
    lines = [
        (hit.kind, [(page_url(record), record) for record in hit.records], hit.more) for hit in hits
    ]
    return render(request, "measurements/search.html", {"search_text": text, "hits": lines})


@require_safe
def by_code(request: PersonRequest, code: str) -> HttpResponse:
    """Go to the record with this code: the address in QR codes."""
    return redirect(page_url(_find(request, code)))


@require_safe
def qr(request: PersonRequest, code: str) -> HttpResponse:
    """Give the QR code of a record as SVG."""
    record = _find(request, code)
    address = request.build_absolute_uri(reverse("by-code", args=[record.code]))
    image = io.BytesIO()
    segno.make(address, micro=False, error="m").save(image, kind="svg", border=2, scale=4)
    return HttpResponse(image.getvalue(), content_type="image/svg+xml")


def _find(request: PersonRequest, code: str) -> Record:
    record = record_by_code(code, request.user)
    if record is None:
        raise Http404(_("There is no %(code)s that you may see.") % {"code": code})
    return record
