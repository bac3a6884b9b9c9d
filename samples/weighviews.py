"""Pages on which batches are weighed, and the sheets that are taken to the balance."""

from typing import Any
from uuid import UUID

import segno
from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from labsite.access.formpages import find_record, require_form, typed
from labsite.access.kinds import Kind
from labsite.access.models import User
from labsite.access.recording import check_may_edit
from labsite.access.viewers import PersonRequest
from labsite.lib.forms import MomentField
from labsite.lib.web import page_url
from samples.forms.weighing import TO_CORRECT, BatchRows
from samples.mixture import is_mixed
from samples.models import ElectrolyteBatch
from samples.slurrypanel import slurry_of
from samples.steplines import steps_of
from samples.weighing import KIND
from samples.weighpanel import StoredTable, batch_panel
from samples.weighsteps import lots_held, weighing_of


class WeighForm(forms.Form):
    """The weighing table of a batch on a page of its own."""

    performed_at = MomentField(label=gettext_lazy("Weighed at"), initial=timezone.now)

    def __init__(self, *args: Any, user: User, sample: ElectrolyteBatch, **kwargs: Any) -> None:
        """Show what is weighed already; propose lots for the rest."""
        super().__init__(*args, **kwargs)
        self.sample = sample
        self.rows = BatchRows(self.data if self.is_bound else None, user=user, batch=sample)
        done = self.rows.step is not None and self.rows.step.performed_at
        if done:
            self.initial["performed_at"] = done

    def is_valid(self) -> bool:
        """Look at the rows too."""
        valid = all([super().is_valid(), self.rows.is_valid()])
        if not self.rows.is_valid():
            self.add_error(None, str(TO_CORRECT))
        return valid

    def panel(self) -> dict[str, Any]:
        """Work out what stands in the form."""
        recipe = batch_panel(self.sample, self.rows, lots_held(self.rows.step))
        return {"recipe": recipe, "is_fixed": True}

    def store(self) -> None:
        """Weigh the batch; raises ValidationError, PermissionDenied."""
        step = self.rows.step
        left_alone = "performed_at" not in self.changed_data and step and step.performed_at
        self.rows.store(self.sample, left_alone or self.cleaned_data["performed_at"])


def _mixed_batch(request: PersonRequest, kind: Kind, pk: UUID) -> ElectrolyteBatch:
    batch: ElectrolyteBatch = find_record(request, kind, pk)
    if not is_mixed(batch):
        raise Http404(_("Only elastic electrolytes and DEM are weighed by recipe."))
    return batch


@require_form
def batch_weigh(request: PersonRequest, kind: Kind, pk: UUID) -> HttpResponse:
    """Type what was weighed into a batch that is logged already, or correct it."""
    batch = _mixed_batch(request, kind, pk)
    check_may_edit(request.user, batch)
    form = WeighForm(typed(request), user=request.user, sample=batch)
    if request.method == "POST" and form.is_valid():
        try:
            form.store()
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            messages.success(request, _("%(code)s is saved.") % {"code": batch.code})
            return redirect(page_url(batch))
    context = {"kind": kind, "object": batch, "form": form, "back": page_url(batch)}
    return render(request, "samples/weigh.html", context)


@require_POST
def batch_weigh_live(request: PersonRequest, kind: Kind, pk: UUID) -> HttpResponse:
    """Show what follows from the masses typed so far."""
    batch = _mixed_batch(request, kind, pk)
    form = WeighForm(request.POST, user=request.user, sample=batch)
    form.rows.is_valid()
    return render(request, "samples/_recipe_batch.html", form.panel())


@require_safe
def batch_sheet(request: PersonRequest, kind: Kind, pk: UUID) -> HttpResponse:
    """Show the weighing sheet of a batch, to be printed and taken to the balance."""
    batch = _mixed_batch(request, kind, pk)
    step = weighing_of(batch, KIND)
    context = {"recipe": batch_panel(batch, StoredTable(step), lots_held(step))}
    return sheet(request, kind, batch, context)


@require_safe
def coating_sheet(request: PersonRequest, kind: Kind, pk: UUID) -> HttpResponse:
    """Show the weighing sheet of a slurry."""
    coating = find_record(request, kind, pk)
    return sheet(request, kind, coating, {"recipe": slurry_of(coating, steps_of(coating))})


def sheet(request: PersonRequest, kind: Kind, record: Any, context: dict[str, Any]) -> HttpResponse:
    """Show a sheet for the balance, with the code as a QR code."""
    address = request.build_absolute_uri(page_url(record))
    code = segno.make(address, micro=False, error="m").svg_inline(border=2, omitsize=True)
    own = {"kind": kind, "object": record, "qr": SafeString(code), "back": page_url(record)}
    return render(request, "samples/weighing_sheet.html", {**own, **context})
