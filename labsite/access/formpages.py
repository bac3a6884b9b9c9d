"""The pages on which records are written: new, copied, in series, changed."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from labsite.access.conflicts import conflict_of
from labsite.access.forms import RecordForm
from labsite.access.kinds import Kind
from labsite.access.recording import EditConflictError, check_may_edit
from labsite.access.records import Record
from labsite.access.series import Series, SeriesError, SeriesForm
from labsite.access.starting import PLANNED, Start, asked, carried, started
from labsite.access.viewers import PersonRequest, Viewer
from labsite.lib.web import page_url

require_form = require_http_methods(["GET", "HEAD", "POST"])


@require_form
def record_add(request: PersonRequest, kind: Kind) -> HttpResponse:
    """Log a new record; the form starts from the last one, or a template, and from the address."""
    check_may_add(request, kind)
    start = _start(request, kind)
    initial = carried(kind, request.user)
    if start is not None:
        initial = started(kind.form, initial, start)
    initial |= asked(kind.form, request.GET.dict())
    return _new_page(request, kind, initial, {"start": start, "menu": _menu(request, kind, start)})


@require_form
def record_duplicate(request: PersonRequest, kind: Kind, pk: UUID) -> HttpResponse:
    """Log a new record; the form starts as a copy of another."""
    source = find_record(request, kind, pk)
    check_may_add(request, kind)
    words = {"source": source, "back": page_url(source)}
    return _new_page(request, kind, kind.form.copied(source), words)


@require_form
def record_edit(request: PersonRequest, kind: Kind, pk: UUID) -> HttpResponse:
    """Change a record."""
    record = find_record(request, kind, pk)
    check_may_edit(request.user, record)
    form = kind.form(typed(request), user=request.user, instance=record)
    return _form_page(request, kind, form, {"code": record.code, "back": page_url(record)})


@require_POST
def record_panel(request: PersonRequest, kind: Kind) -> HttpResponse:
    """Show what follows from a form that is still being filled in."""
    form = kind.form(request.POST, user=request.user)
    form.full_clean()
    return render(request, kind.form.PANEL, {"kind": kind, "form": form, **form.panel_context()})


@require_POST
def record_series(request: PersonRequest, kind: Kind) -> HttpResponse:
    """Show which records a series would make."""
    check_may_add(request, kind)
    series = SeriesForm(request.POST, form=kind.form(request.POST, user=request.user))
    context: dict[str, object] = {"series": series}
    if series.wanted and series.is_valid() and series.texts:
        context["preview"] = _series(request, kind, series, {}).preview()
        context["name"] = series.varied
    return render(request, "components/_series_preview.html", context)


def _new_page(
    request: PersonRequest, kind: Kind, initial: dict[str, Any], words: dict[str, object]
) -> HttpResponse:
    """Show the form of a new record, or store one record or a series of them."""
    if request.method == "POST":
        initial = {PLANNED: initial.get(PLANNED, [])}
    form = kind.form(typed(request), user=request.user, initial=dict(initial))
    if kind.starts is None:
        return _form_page(request, kind, form, words)
    series = SeriesForm(typed(request), form=form)
    words = {**words, "series": series, "series_url": kind.url("series")}
    if not series.wanted:
        return _form_page(request, kind, form, words)
    if series.is_valid():
        try:
            records = _series(request, kind, series, initial).store()
        except SeriesError as error:
            series.add_error(None, str(error))
            form = error.form
        else:
            return _to_labels(request, kind, records)
    return render(request, "components/form.html", _context(kind, form, words))


def _series(
    request: PersonRequest, kind: Kind, series: SeriesForm, initial: dict[str, Any]
) -> Series:
    name: str = series.cleaned_data["series_field"]
    return Series(kind, request.user, request.POST, name, series.texts, initial)


def _to_labels(request: PersonRequest, kind: Kind, records: list[Record]) -> HttpResponseRedirect:
    """Go to the labels of what was made in one go."""
    words = {"n": len(records), "kinds": str(kind.many).lower()}
    messages.success(request, _("%(n)d %(kinds)s are saved.") % words)
    codes = QueryDict(mutable=True)
    codes.setlist("code", [record.code for record in records])
    return HttpResponseRedirect(f"{reverse('labels')}?{codes.urlencode()}")


def _form_page(
    request: PersonRequest, kind: Kind, form: RecordForm, words: dict[str, object]
) -> HttpResponse:
    """Show a form, or store it and go on."""
    context = _context(kind, form, words)
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
            for warning in form.warnings():
                messages.warning(request, warning)
            return _onwards(request, kind, record)
    return render(request, "components/form.html", context)


def _context(kind: Kind, form: RecordForm, words: dict[str, object]) -> dict[str, Any]:
    context: dict[str, Any] = {"kind": kind, "form": form, "back": kind.url("list"), **words}
    if form.PANEL:
        context["panel_url"] = kind.url("panel")
    return context


def _onwards(request: PersonRequest, kind: Kind, record: Record) -> HttpResponse:
    """Go to the record, or to the form of the next one, which starts from the same template."""
    if "another" not in request.POST:
        return redirect(page_url(record))
    key = QueryDict(mutable=True)
    if template := request.GET.get("template"):
        key["template"] = template
    query = f"?{key.urlencode()}" if key else ""
    return HttpResponseRedirect(f"{kind.url('add')}{query}")


def _start(request: PersonRequest, kind: Kind) -> Start | None:
    """Return the template that the address asks for; says so when there is none of that name."""
    key = request.GET.get("template", "")
    if not key or kind.starts is None:
        return None
    start = kind.starts.find(key)
    if start is None:
        messages.warning(
            request,
            _("There is no template “%(key)s” for this; the form starts from the last record.")
            % {"key": key[:60]},
        )
    return start


def _menu(request: HttpRequest, kind: Kind, start: Start | None) -> dict[str, object] | None:
    """Return the menu "Start from"; links keep what else the address gives."""
    if kind.starts is None:
        return None
    query = request.GET.copy()
    query.pop("template", None)

    def link(key: str) -> str:
        one = query.copy()
        if key:
            one["template"] = key
        return f"?{one.urlencode()}"

    groups = [
        (group.title, [(name, link(key), key) for key, name in group.options])
        for group in kind.starts.groups()
    ]
    return {"groups": groups, "last": link(""), "here": start.key if start else ""}


def typed(request: HttpRequest) -> Any:
    """Return what was sent, or None."""
    return request.POST if request.method == "POST" else None


def find_record(request: PersonRequest, kind: Kind, pk: UUID) -> Any:
    """Return a record that the person may read; raises Http404."""
    return get_object_or_404(kind.records(request.user), pk=pk)


def check_may_add(request: PersonRequest, kind: Kind) -> None:
    """Raise PermissionDenied unless the person may log records of the kind."""
    if not kind.may_add(request.user):
        raise PermissionDenied(
            _("You may read, but not log %(kinds)s.") % {"kinds": str(kind.many).lower()}
        )
