"""The pages that every kind of record has: list, detail, add, edit, duplicate, label, void."""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

import segno
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.forms import model_to_dict
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from labsite.access.conflicts import conflict_of
from labsite.access.facts import facts, history_of
from labsite.access.forms import RecordForm
from labsite.access.kinds import Kind
from labsite.access.recording import EditConflictError, check_may_edit, void_record
from labsite.access.records import may_edit
from labsite.access.viewers import PersonRequest, Viewer
from labsite.lib.web import ListPage, list_page, page_url

require_form = require_http_methods(["GET", "HEAD", "POST"])


def record_urls(kind: Kind) -> list[URLPattern]:
    """Return the addresses of a kind's pages."""

    def at(route: str, view: Callable[..., HttpResponse], page: str) -> URLPattern:
        return path(f"{kind.folder}/{route}", view, {"kind": kind}, name=f"{kind.name}-{page}")

    return [
        at("", record_list, "list"),
        at("new/", record_add, "add"),
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
    )
    table = partial(kind.table, viewer=Viewer(request.user), state_of=kind.state_of)
    return list_page(request, kind.records(request.user), kind.filters, table, page)


@require_safe
def record_detail(request: PersonRequest, kind: Kind, pk: UUID) -> HttpResponse:
    """Show one record with what surrounds it."""
    record, viewer = _find(request, kind, pk), Viewer(request.user)
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
        **kind.panels(record, viewer),
    }
    return render(request, f"{kind.app}/{kind.name}.html", context)


@require_form
def record_add(request: PersonRequest, kind: Kind) -> HttpResponse:
    """Log a new record; the form starts from the person's last one and from the address."""
    _check_may_add(request, kind)
    last = kind.records(request.user).filter(created_by=request.user).first()
    initial = model_to_dict(last, fields=kind.form.CARRIED) if last else {}
    initial |= request.GET.dict()
    return _form_page(request, kind, kind.form(_typed(request), user=request.user, initial=initial))


@require_form
def record_duplicate(request: PersonRequest, kind: Kind, pk: UUID) -> HttpResponse:
    """Log a new record; the form starts as a copy of another."""
    source = _find(request, kind, pk)
    _check_may_add(request, kind)
    form = kind.form(_typed(request), user=request.user, initial=kind.form.copied(source))
    return _form_page(request, kind, form, {"source": source, "back": page_url(source)})


@require_form
def record_edit(request: PersonRequest, kind: Kind, pk: UUID) -> HttpResponse:
    """Change a record."""
    record = _find(request, kind, pk)
    check_may_edit(request.user, record)
    form = kind.form(_typed(request), user=request.user, instance=record)
    return _form_page(request, kind, form, {"code": record.code, "back": page_url(record)})


@require_safe
def record_label(request: PersonRequest, kind: Kind, pk: UUID) -> HttpResponse:
    """Show a label with a QR code, to be printed."""
    record = _find(request, kind, pk)
    address = request.build_absolute_uri(page_url(record))
    code = segno.make(address, micro=False, error="m").svg_inline(border=2, omitsize=True)
    context = {"kind": kind, "object": record, "qr": SafeString(code), "back": page_url(record)}
    return render(request, "components/label.html", context)


@require_form
def record_void(request: PersonRequest, kind: Kind, pk: UUID) -> HttpResponse:
    """Ask why, then take a record out of use."""
    record = _find(request, kind, pk)
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
    record = _find(request, kind, pk)
    check_may_edit(request.user, record)
    form = make_form(_typed(request), user=request.user, sample=record)
    if request.method == "POST" and form.is_valid():
        try:
            form.store()
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            return redirect(page_url(record))
    context = {"kind": kind, "object": record, "form": form, "title": title}
    return render(request, "components/act.html", {**context, "back": page_url(record)})


def _form_page(
    request: PersonRequest, kind: Kind, form: RecordForm, words: dict[str, object] | None = None
) -> HttpResponse:
    """Show a form, or store it and go on."""
    context = {"kind": kind, "form": form, "back": kind.url("list"), **(words or {})}
    if request.method == "POST" and form.is_valid():
        try:
            record = form.store()
        except EditConflictError:
            conflict = conflict_of(form, Viewer(request.user))
            context |= {"form": conflict.form, "conflict": conflict}
            return render(request, "components/form.html", context, status=409)
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            messages.success(request, _("%(code)s is saved.") % {"code": record.code})
            return redirect(kind.url("add") if "another" in request.POST else page_url(record))
    return render(request, "components/form.html", context)


def _typed(request: PersonRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _find(request: PersonRequest, kind: Kind, pk: UUID) -> Any:
    """Return a record that the person may read; raises Http404."""
    return get_object_or_404(kind.records(request.user), pk=pk)


def _check_may_add(request: PersonRequest, kind: Kind) -> None:
    if not kind.may_add(request.user):
        raise PermissionDenied(
            _("You may read, but not log %(kinds)s.") % {"kinds": str(kind.many).lower()}
        )
