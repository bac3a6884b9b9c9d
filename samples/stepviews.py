"""Pages of process steps: log, plan, do, correct, take off the plan."""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from labsite.access.kinds import Kind
from labsite.access.pages import act_page, require_form
from labsite.access.recording import EditConflictError
from labsite.access.viewers import PersonRequest
from labsite.lib.web import page_url
from samples.models import ProcessStep
from samples.models.steps import SUBJECTS
from samples.processing import drop_step
from samples.stepforms import InfiltrationForm, PerformForm, RevisionForm, StepForm
from samples.views import ELECTRODE, WITH_STEPS


def quantities_page(
    request: PersonRequest, kind: Kind, pk: UUID, make_form: Callable[..., Any], title: str
) -> HttpResponse:
    """Show or store a form about a record; choosing another kind changes only its quantities.

    ``?kind=`` says which kind the form starts with.
    """
    if request.method == "POST" and "swap" in request.POST:
        record = get_object_or_404(kind.records(request.user), pk=pk)
        form = make_form(user=request.user, sample=record, initial=request.POST.dict())
        return render(request, "components/_quantities.html", {"form": form})
    initial = {"kind": request.GET["kind"]} if "kind" in request.GET else {}
    return act_page(request, kind, pk, partial(make_form, initial=initial), title)


@require_form
def step_add(request: PersonRequest, kind: Kind, pk: UUID) -> HttpResponse:
    """Log a process step of a sample, or plan it."""
    return quantities_page(request, kind, pk, StepForm, _("Log a step"))


@require_form
def electrode_infiltrate(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Log that an electrode was infiltrated."""
    return act_page(request, ELECTRODE, pk, InfiltrationForm, _("Infiltrate"))


@require_form
def step_perform(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Say that a planned step is done."""
    step = _step(pk)
    if request.method != "POST" and step.performed_at is not None:
        return redirect("samples:step-revise", pk=pk)
    if request.method != "POST" and step.consumptions.exclude(ingredient="").exists():
        messages.info(request, _("Enter here what was weighed; the planned step is done then."))
        return redirect(page_url(step.sample, "edit"))
    return _about(request, step, PerformForm, _("Done: %(step)s") % {"step": step})


@require_form
def step_revise(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Correct a step that is done."""
    step = _step(pk)
    if request.method != "POST" and step.performed_at is None:
        return redirect("samples:step-perform", pk=pk)
    return _about(request, step, RevisionForm, _("Correct: %(step)s") % {"step": step})


@require_POST
def step_drop(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Take a step off the plan."""
    step = _step(pk)
    get_object_or_404(_kind_of(step).records(request.user), pk=step.sample.pk)
    try:
        drop_step(step=step, by=request.user)
    except EditConflictError as error:
        messages.error(request, str(error))
    return redirect(page_url(step.sample))


def _about(
    request: PersonRequest, step: ProcessStep, make_form: Callable[..., Any], title: str
) -> HttpResponse:
    """Show or store a form about one step; who may not see its sample finds nothing."""
    kind = _kind_of(step)
    return act_page(request, kind, step.sample.pk, partial(make_form, step=step), title)


def _step(pk: UUID) -> ProcessStep:
    return get_object_or_404(ProcessStep.objects.select_related(*SUBJECTS), pk=pk)


def _kind_of(step: ProcessStep) -> Kind:
    return next(kind for kind in WITH_STEPS if isinstance(step.sample, kind.model))
