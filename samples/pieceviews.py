"""Pages about many electrodes of a coating: punch, weigh, infiltrate; and one that is used up."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from labsite.access.kinds import Kind
from labsite.access.pages import act_page, require_form
from labsite.access.recording import EditConflictError, check_may_edit
from labsite.access.viewers import PersonRequest
from labsite.lib.web import page_url
from samples.models import Coating
from samples.punchforms import InfiltrateManyForm, PunchForm, UseUpForm
from samples.weightable import WeighForm


def _coating(request: PersonRequest, kind: Kind, pk: UUID) -> Coating:
    """Return a coating that the person may change; raises Http404, PermissionDenied."""
    coating: Coating = get_object_or_404(kind.records(request.user), pk=pk)
    check_may_edit(request.user, coating)
    return coating


def _context(coating: Coating, form: Any) -> dict[str, Any]:
    return {"object": coating, "form": form, "back": page_url(coating)}


@require_form
def coating_punch(request: PersonRequest, kind: Kind, pk: UUID) -> HttpResponse:
    """Punch electrodes from a coating, then go on to their masses."""
    coating = _coating(request, kind, pk)
    form = PunchForm(
        request.POST if request.method == "POST" else None, user=request.user, sample=coating
    )
    if request.method == "POST" and form.is_valid():
        try:
            electrodes = form.store()
        except (ValidationError, EditConflictError) as error:
            form.add_error(None, getattr(error, "messages", str(error)))
        else:
            codes = f"{electrodes[0].code} – {electrodes[-1].code}"
            messages.success(request, _("Punched: %(codes)s.") % {"codes": codes})
            carried = urlencode({"readability_mg": request.POST.get("readability_mg", "")})
            return redirect(f"{reverse('samples:coating-weigh', args=[coating.pk])}?{carried}")
    return render(request, "samples/pieces_punch.html", _context(coating, form))


@require_form
def coating_weigh(request: PersonRequest, kind: Kind, pk: UUID) -> HttpResponse:
    """Weigh the electrodes of a coating in one table."""
    coating = _coating(request, kind, pk)
    if request.method != "POST":
        start = {"readability_mg": request.GET.get("readability_mg", "")}
        form = WeighForm(user=request.user, sample=coating, initial=start)
        return render(request, "samples/pieces_weigh.html", _context(coating, form))
    form, status = WeighForm(request.POST, user=request.user, sample=coating), 200
    if form.is_valid() and not form.wrong_rows():
        try:
            weighed = form.store()
        except EditConflictError as error:
            form, status = form.merged(), 409
            form.add_error(None, _("%(what)s Nothing was saved yet.") % {"what": error})
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            words = ngettext("%(n)d electrode is weighed.", "%(n)d electrodes are weighed.",
                             len(weighed))  # fmt: skip
            messages.success(request, words % {"n": len(weighed)})
            return redirect(page_url(coating))
    return render(request, "samples/pieces_weigh.html", _context(coating, form), status=status)


@require_POST
def coating_weigh_live(request: PersonRequest, kind: Kind, pk: UUID) -> HttpResponse:
    """Say what follows from the masses that are being typed; nothing is stored."""
    coating = _coating(request, kind, pk)
    form = WeighForm(request.POST, user=request.user, sample=coating)
    form.full_clean()
    return render(request, "samples/_pieces_live.html", _context(coating, form) | {"live": True})


@require_form
def coating_infiltrate(request: PersonRequest, kind: Kind, pk: UUID) -> HttpResponse:
    """Infiltrate many electrodes of a coating with one batch."""
    coating = _coating(request, kind, pk)
    form = InfiltrateManyForm(
        request.POST if request.method == "POST" else None,
        user=request.user,
        sample=coating,
        initial=request.GET.dict(),
    )
    if request.method == "POST" and form.is_valid():
        try:
            form.store()
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            messages.success(request, _("The infiltration is logged."))
            return redirect(page_url(coating))
    return render(request, "samples/pieces_infiltrate.html", _context(coating, form))


@require_form
def electrode_use_up(request: PersonRequest, kind: Kind, pk: UUID) -> HttpResponse:
    """Note that an electrode is used up or thrown away."""
    return act_page(request, kind, pk, UseUpForm, _("Use up or throw away"))
