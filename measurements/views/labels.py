"""Labels of many records on one page."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from labsite.access.labels import label_of, labels_page
from labsite.access.viewers import PersonRequest
from measurements.search import records_by_code

AT_MOST = 300
"""Labels on one page."""


@require_safe
def labels(request: PersonRequest) -> HttpResponse:
    """Show the labels of some records (GET: code, as often as there are records)."""
    codes = request.GET.getlist("code")
    records = records_by_code(codes[:AT_MOST], request.user)
    found = {record.code for record in records}
    asked = dict.fromkeys(code.strip().upper() for code in codes)
    missing = [code for code in asked if code and code not in found]
    return labels_page(request, [label_of(request, one) for one in records], missing=missing)
