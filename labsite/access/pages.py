"""The pages that every kind of record has: list, detail, add, edit, duplicate, label, void."""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from labsite.access.facts import facts, history_of
from labsite.access.formpages import (
    find_record,
    record_add,
    record_duplicate,
    record_edit,
    record_panel,
    record_series,
    require_form,
    typed,
)
from labsite.access.kinds import Kind
from labsite.access.labels import label_of, labels_page
from labsite.access.recording import EditConflictError, check_may_edit, void_record
from labsite.access.records import may_edit
from labsite.access.viewers import PersonRequest, Viewer
from labsite.lib.web import ListPage, list_page, page_url

__all__ = ["act_page", "record_urls", "require_form"]


def record_urls(kind: Kind) -> list[URLPattern]:
    """Return the addresses of a kind's pages."""

    def at(route: str, view: Callable[..., HttpResponse], page: str) -> URLPattern:
        return path(f"{kind.folder}/{route}", view, {"kind": kind}, name=f"{kind.name}-{page}")

    return [
        at("", record_list, "list"),
        at("new/", record_add, "add"),
        *([at("panel/", record_panel, "panel")] if kind.form.PANEL else []),
        *([at("series/", record_series, "series")] if kind.starts else []),
        at("<uuid:pk>/", record_detail, "detail"),
        at("<uuid:pk>/edit/", record_edit, "edit"),
        at("<uuid:pk>/duplicate/", record_duplicate, "duplicate"),
        at("<uuid:pk>/label/", record_label, "label"),
        at("<uuid:pk>/void/", record_void, "void"),
    ]


@require_safe
def record_list(request: PersonRequest, kind: Kind) -> HttpResponse:
    """Show the records of a kind."""
    page = ListPage(
        title=kind.many,
        icon=kind.icon,
        hint=kind.hint,
        add_url=kind.url("add") if kind.may_add(request.user) else "",
        add_label=_("New %(kind)s") % {"kind": str(kind.one)},
        context={"links": kind.links(request.user)},
    )
    table = partial(kind.table, viewer=Viewer(request.user), state_of=kind.state_of)
    return list_page(request, kind.records(request.user), kind.filters, table, page)


@require_safe
def record_detail(request: PersonRequest, kind: Kind, pk: UUID) -> HttpResponse:
    """Show one record with what surrounds it."""
    record, viewer = find_record(request, kind, pk), Viewer(request.user)
    context = {
        "kind": kind,
        "object": record,
        "state": kind.state_of(record),
        "may_edit": may_edit(request.user, record),
        "may_add": kind.may_add(request.user),
        "list_url": kind.url("list"),
        "urls": {page: page_url(record, page) for page in ("edit", "duplicate", "label", "void")},
        "facts": list(facts(record, kind.form.GROUPS, viewer)),
        "history": list(history_of(record, viewer)),
        "template_url": kind.starts.save_url(record, request.user) if kind.starts else "",
        **kind.panels(record, viewer),
    }
    return render(request, f"{kind.app}/{kind.name}.html", context)


@require_safe
def record_label(request: PersonRequest, kind: Kind, pk: UUID) -> HttpResponse:
    """Show a label with a QR code, to be printed."""
    record = find_record(request, kind, pk)
    return labels_page(request, [label_of(request, record)], back=page_url(record))


@require_form
def record_void(request: PersonRequest, kind: Kind, pk: UUID) -> HttpResponse:
    """Ask why, then take a record out of use."""
    record = find_record(request, kind, pk)
    check_may_edit(request.user, record)
    context = {"kind": kind, "object": record, "back": page_url(record)}
    if request.method == "POST":
        try:
            void_record(record=record, by=request.user, reason=request.POST.get("reason", ""))
        except (ValueError, EditConflictError) as error:
            return render(request, "components/void.html", {**context, "error": str(error)})
        messages.success(request, _("%(code)s is voided.") % {"code": record.code})
        return redirect(page_url(record))
    return render(request, "components/void.html", context)


def act_page(
    request: PersonRequest, kind: Kind, pk: UUID, make_form: Callable[..., Any], title: str
) -> HttpResponse:
    """Show a form about one record (user=, sample=), or store it and go back to the record."""
    record = find_record(request, kind, pk)
    check_may_edit(request.user, record)
    form = make_form(typed(request), user=request.user, sample=record)
    if request.method == "POST" and form.is_valid():
        try:
            form.store()
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            return redirect(page_url(record))
    context = {"kind": kind, "object": record, "form": form, "title": title}
    return render(request, "components/act.html", {**context, "back": page_url(record)})
