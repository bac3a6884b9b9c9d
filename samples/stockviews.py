"""Pages of the stock: stocktake, discard, chemicals from the library."""

from collections.abc import Sequence
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from labsite.access.kinds import Kind, Link
from labsite.access.models import User
from labsite.access.pages import act_page, require_form
from labsite.access.records import may_edit_lab
from labsite.access.viewers import PersonRequest, Viewer
from samples.library import SUBSTANCES, add_from_library, shelved
from samples.stockforms import DiscardForm, StocktakeForm


def chemical_links(user: User) -> Sequence[Link]:
    """Offer the library to those who may add chemicals."""
    if not may_edit_lab(user):
        return ()
    return ((reverse("samples:library"), "list-details", _("Add from the library")),)


@require_form
def lot_stocktake(request: PersonRequest, kind: Kind, pk: UUID) -> HttpResponse:
    """Say what somebody counted in a lot."""
    return act_page(request, kind, pk, StocktakeForm, _("Stocktake"))


@require_form
def lot_discard(request: PersonRequest, kind: Kind, pk: UUID) -> HttpResponse:
    """Say what of a lot was thrown away."""
    return act_page(request, kind, pk, DiscardForm, _("Discard"))


@require_form
def library(request: PersonRequest) -> HttpResponse:
    """Choose chemicals of the library that the lab does not have yet."""
    if not may_edit_lab(request.user):
        raise PermissionDenied(_("Managers add chemicals."))
    viewer, there = Viewer(request.user), shelved()
    chosen, error = request.POST.getlist("chosen"), ""
    if request.method == "POST":
        if "all" in request.POST:
            chosen = [one.short_name for one in SUBSTANCES if one.short_name not in there]
        try:
            error = _add(request, chosen)
        except ValidationError as refusal:
            error = " ".join(refusal.messages)
        if not error:
            return redirect("samples:chemical-list")
    lines = [
        (one.record(), viewer.link(there[one.short_name]) if one.short_name in there else "")
        for one in SUBSTANCES
    ]
    context = {"lines": lines, "chosen": chosen, "error": error, "missing": len(there) < len(lines)}
    return render(request, "samples/library.html", context)


def _add(request: PersonRequest, chosen: list[str]) -> str:
    """Add the chosen substances; return what is wrong, or nothing."""
    if not chosen:
        return _("Choose at least one substance.")
    added = add_from_library(short_names=chosen, by=request.user)
    messages.success(
        request,
        ngettext("%(n)d chemical is added.", "%(n)d chemicals are added.", len(added))
        % {"n": len(added)},
    )
    return ""
