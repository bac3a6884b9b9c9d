"""Parts of pages that every app uses: addresses of records, lists, what a quantity means."""

import csv
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import django_filters
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django_tables2 import RequestConfig, Table

from labsite.lib.forms import Words
from labsite.lib.units import QuantityError, parse_quantity, show_number

SIZES = (25, 50, 100)
"""Rows a page; the second is the default."""
KINDS = {"electrolytebatch": "batch"}
"""Models whose pages have a shorter name than they."""


def page_url(record: Model, page: str = "detail") -> str:
    """Return the address of a page of a record: detail, edit, duplicate, label or void."""
    meta = record._meta
    kind = KINDS.get(str(meta.model_name), meta.model_name)
    return reverse(f"{meta.app_label}:{kind}-{page}", args=[record.pk])


def wants_fragment(request: HttpRequest) -> bool:
    """Whether htmx asks for a part of the page."""
    asked = request.headers.get("HX-Request") == "true"
    return asked and request.headers.get("HX-History-Restore-Request") != "true"


@require_safe
def understood(request: HttpRequest) -> HttpResponse:
    """Say what a quantity was taken for; GET: field (a name), unit, and the field itself."""
    text = request.GET.get(request.GET.get("field", ""), "").strip()
    unit = request.GET.get("unit", "")
    context: dict[str, object] = {"unit": unit}
    try:
        if text and text != show_number(value := parse_quantity(text, unit)):
            context["number"] = show_number(value)
    except QuantityError as error:
        context["error"] = str(error)
    return render(request, "components/_understood.html", context)


@dataclass(frozen=True)
class ListPage:
    """The words around a list."""

    title: Words
    icon: str
    hint: Words
    add_url: str = ""
    add_label: Words = ""
    context: Mapping[str, object] = field(default_factory=dict)


def list_page(
    request: HttpRequest,
    queryset: QuerySet[Any],
    filter_class: type[django_filters.FilterSet],
    make_table: Callable[[QuerySet[Any]], Table],
    page: ListPage,
) -> HttpResponse:
    """Show a filtered, sorted page of a list; ?as=csv gives all its rows as a file."""
    filters = filter_class(request.GET, queryset=queryset, request=request)
    table = make_table(filters.qs)
    RequestConfig(request, paginate=False).configure(table)
    if request.GET.get("as") == "csv":
        return _csv(table, str(page.title))
    table.paginate(page=_page_number(request), per_page=_size(request))
    context = {
        "page": page,
        "table": table,
        "filters": filters,
        "chips": _chips(request, filters),
        "sizes": SIZES,
        **page.context,
    }
    part = wants_fragment(request)
    answer = render(request, "components/_list.html" if part else "components/list.html", context)
    patch_vary_headers(answer, ["HX-Request"])
    return answer


def _page_number(request: HttpRequest) -> int:
    text = request.GET.get("page", "")
    return int(text) if text.isdecimal() else 1


def _size(request: HttpRequest) -> int:
    text = request.GET.get("per_page", "")
    return int(text) if text in map(str, SIZES) else SIZES[1]


def _csv(table: Table, title: str) -> HttpResponse:
    name = title.lower().replace(" ", "-")
    answer = HttpResponse(
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )
    csv.writer(answer).writerows(table.as_values())
    return answer


@dataclass(frozen=True)
class Chip:
    """A filter that is on, and the address without it."""

    label: str
    value: str
    url: str


def _chips(request: HttpRequest, filters: django_filters.FilterSet) -> list[Chip]:
    chips = []
    for name, form_field in filters.form.fields.items():
        value = filters.form.cleaned_data.get(name) if filters.form.is_valid() else None
        if value in (None, "", False):
            continue
        query = request.GET.copy()
        query.pop(name, None)
        query.pop("page", None)
        choices = dict(getattr(form_field, "choices", ()))
        shown = _("yes") if value is True else choices.get(value, value)
        chips.append(Chip(str(form_field.label), str(shown), f"?{query.urlencode()}"))
    return chips
