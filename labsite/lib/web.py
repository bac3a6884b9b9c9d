"""Parts of pages that every app uses: addresses of records, lists, what a quantity means."""

import re
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

from labsite.lib.columns import choose_columns
from labsite.lib.exporting import FORMS, export
from labsite.lib.forms import Words
from labsite.lib.plausible import Range, unusual
from labsite.lib.readings import Readings, parse_readings, show_mean, show_spread
from labsite.lib.units import QuantityError, parse_quantity

SIZES = (25, 50, 100)
"""Rows a page; the second is the default."""
SHOWN_FILTERS = 5
"""Filters above a list; the others are behind a button."""
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
    """Say what a quantity was taken for, and when it is unusual.

    GET: field (a name), unit, low and high (what is usual), readings (when it may be several) and
    the field itself.
    """
    text = request.GET.get(request.GET.get("field", ""), "").strip()
    unit = request.GET.get("unit", "")
    context: dict[str, object] = {"unit": unit}
    try:
        known = _read(text, unit, several="readings" in request.GET) if text else None
        if known is not None and not _is_plain(text):
            context |= {"number": show_mean(known), "spread": show_spread(known)}
        context["unusual"] = unusual(known.mean if known else None, _usual(request), unit)
    except QuantityError as error:
        context["error"] = str(error)
    return render(request, "components/_understood.html", context)


def _read(text: str, unit: str, *, several: bool) -> Readings:
    return parse_readings(text, unit) if several else Readings((parse_quantity(text, unit),))


def _is_plain(text: str) -> bool:
    """Whether a text is a number without unit, as it is stored: nothing is left to explain."""
    return re.fullmatch(r"[+-]?\d*\.?\d+", text) is not None


def _usual(request: HttpRequest) -> Range | None:
    try:
        return float(request.GET["low"]), float(request.GET["high"])
    except (KeyError, ValueError):
        return None


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
    """Show a filtered, sorted page of a list; ?as=csv or xlsx gives all its rows as a file."""
    filters = filter_class(request.GET, queryset=queryset, request=request)
    table = make_table(filters.qs)
    columns = choose_columns(request, table)
    RequestConfig(request, paginate=False).configure(table)
    if request.GET.get("as") in FORMS:
        return export(table, str(page.title), request.GET["as"])
    table.paginate(per_page=_size(request))
    table.page = table.paginator.get_page(_page_number(request))
    context = {
        "page": page,
        "table": table,
        "filters": filters,
        "fields": list(filters.form)[:SHOWN_FILTERS],
        "more_fields": list(filters.form)[SHOWN_FILTERS:],
        "columns": columns,
        "columns_chosen": any(column.shown != column.usual for column in columns),
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
        if value in (None, "", False) or value == []:
            continue
        query = request.GET.copy()
        for key in (name, f"{name}_min", f"{name}_max"):
            query.pop(key, None)
        query.pop("page", None)
        choices = dict(getattr(form_field, "choices", ()))
        shown = _("yes") if value is True else _written(value, choices)
        chips.append(Chip(str(form_field.label), shown, f"?{query.urlencode()}"))
    return chips


def _written(value: Any, choices: Mapping[Any, Any]) -> str:
    """Write the value of a filter, a range as "0.3 to 0.8"."""
    if not isinstance(value, slice):
        return str(choices.get(value, value))
    if value.start is None:
        return _("up to %(high)s") % {"high": value.stop}
    if value.stop is None:
        return _("from %(low)s") % {"low": value.start}
    return _("%(low)s to %(high)s") % {"low": value.start, "high": value.stop}
