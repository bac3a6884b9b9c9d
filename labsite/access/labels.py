"""Labels of records: QR code, code and summary, one or many on a page to be printed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import segno
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString

from labsite.access.records import Record
from labsite.access.viewers import PersonRequest
from labsite.lib.forms import Words
from labsite.lib.web import page_url

SHEET, SINGLE = "sheet", "single"
"""Layouts: A4 sheets of 3 x 8 labels of 70 mm x 37 mm, or one label a page of a label printer."""


@dataclass(frozen=True)
class Label:
    """What is printed on a label."""

    record: Any
    kind: Words
    url: str
    qr: SafeString


def label_of(request: PersonRequest, record: Record) -> Label:
    """Return the label of a record; its QR code holds the record's short address."""
    address = request.build_absolute_uri(reverse("by-code", args=[record.code]))
    code = segno.make(address, micro=False, error="m").svg_inline(border=2, omitsize=True)
    return Label(record, record._meta.verbose_name or "", page_url(record), SafeString(code))


def labels_page(
    request: PersonRequest,
    labels: Sequence[Label],
    *,
    back: str = "",
    missing: Sequence[str] = (),
) -> HttpResponse:
    """Show labels, ready to be printed; GET: as (sheet or single)."""
    usual = SINGLE if len(labels) == 1 else SHEET
    layout = request.GET.get("as", usual)
    query = request.GET.copy()
    query.pop("as", None)
    context = {
        "labels": labels,
        "layout": layout if layout in {SHEET, SINGLE} else usual,
        "query": query.urlencode(),
        "back": back,
        "missing": missing,
    }
    return render(request, "components/label.html", context)
