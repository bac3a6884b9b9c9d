"""Pages of channels: the board, putting cells on, taking them off, adding channels."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cells.models import Cell
from labsite.access.models import Project
from labsite.access.pages import require_form
from labsite.access.recording import check_may_edit
from labsite.access.references import as_uuid
from labsite.access.viewers import PersonRequest
from labsite.lib.web import page_url
from measurements.board import FREE, ON_TEST, SILENT, TONES, Row, channels
from measurements.forms.channels import NamesForm, OffForm, PutForm
from measurements.models import ChannelUse, Instrument


@require_safe
def channel_board(request: PersonRequest) -> HttpResponse:
    """Show all channels, or those of an instrument, or the free, busy or silent ones."""
    asked = as_uuid(request.GET.get("instrument", ""))
    tone = request.GET.get("state", "")
    rows = channels(request.user, [] if asked is None else [asked])
    context = {
        "board": _only(rows, tone) if tone in TONES else rows,
        "states": _states(rows),
        "tone": tone,
        "instrument": asked,
        "instruments": Instrument.objects.filter(voided_at=None, channels__isnull=False).distinct(),
        "may_log": Project.objects.editable_by(request.user).exists(),
    }
    return render(request, "measurements/channels.html", context)


def _states(rows: Iterable[Row]) -> list[tuple[str, str, str, int]]:
    """Return each state with its look, its word and how many channels have it."""
    tones = [place.tone for row in rows for place in row.places]
    words = ((ON_TEST, "active", _("on test")), (SILENT, "warning", _("silent")),
             (FREE, "off", _("free")))  # fmt: skip
    return [(tone, look, word, tones.count(tone)) for tone, look, word in words]


def _only(rows: Iterable[Row], tone: str) -> list[Row]:
    kept = (
        Row(row.instrument, [place for place in row.places if place.tone == tone]) for row in rows
    )
    return [row for row in kept if row.places]


@require_form
def channel_put(request: PersonRequest) -> HttpResponse:
    """Put a cell on a channel; ?cell= or ?channel= says one of them already."""
    asked = {
        name: request.GET[name]
        for name in ("cell", "channel")
        if as_uuid(request.GET.get(name, ""))
    }
    form = PutForm(_typed(request), user=request.user, initial=asked)
    cells = Cell.objects.visible_to(request.user)
    cell = cells.filter(pk=asked["cell"]).first() if "cell" in asked else None
    back = reverse("measurements:channels") if cell is None else page_url(cell)
    if use := _stored(request, form):
        words = {"cell": use.cell.code, "channel": use.channel}
        messages.success(request, _("%(cell)s is on %(channel)s.") % words)
        return redirect(back)
    return _form_page(request, form, _("Put a cell on a channel"), back, cell or _("Channels"))


@require_form
def channel_off(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Take a cell off its channel."""
    uses = ChannelUse.objects.select_related("cell", "channel__instrument")
    visible = Cell.objects.visible_to(request.user)
    use = get_object_or_404(uses.filter(cell__in=visible), pk=pk)
    check_may_edit(request.user, use.cell)
    form = OffForm(_typed(request), user=request.user, use=use)
    back = request.GET.get("back", "")
    back = page_url(use.cell) if back == "cell" else reverse("measurements:channels")
    words = {"cell": use.cell.code, "channel": use.channel}
    if _stored(request, form):
        messages.success(request, _("%(cell)s is taken off %(channel)s.") % words)
        return redirect(back)
    title = _("Take %(cell)s off %(channel)s") % words
    return _form_page(request, form, title, back, use.cell)


@require_form
def channels_add(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Add channels to an instrument."""
    instrument = get_object_or_404(Instrument, pk=pk)
    check_may_edit(request.user, instrument)
    form = NamesForm(_typed(request), user=request.user, instrument=instrument)
    if made := _stored(request, form):
        words = {"n": len(made), "instrument": instrument}
        messages.success(request, _("%(n)d channels are added to %(instrument)s.") % words)
        return redirect(page_url(instrument))
    title = _("Add channels to %(instrument)s") % {"instrument": instrument}
    return _form_page(request, form, title, page_url(instrument), instrument)


def _typed(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _stored(request: HttpRequest, form: Any) -> Any:
    """Return what a valid form has stored, else None; errors go beside its fields."""
    if request.method != "POST" or not form.is_valid():
        return None
    try:
        return form.store()
    except ValidationError as error:
        beside = hasattr(error, "error_dict") and set(error.error_dict) <= set(form.fields)
        form.add_error(None, error if beside else error.messages)
        return None


def _form_page(request: HttpRequest, form: Any, title: str, back: str, about: Any) -> HttpResponse:
    context = {"form": form, "title": title, "back": back, "about": about}
    return render(request, "measurements/channel_form.html", context)
