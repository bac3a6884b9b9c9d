"""Pages of runs: list, one run, its curves and tables, starting another."""

from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import (
    Http404,
    HttpResponse,
    HttpResponseBase,
    JsonResponse,
    StreamingHttpResponse,
)
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from analysis.figures import page_figure
from analysis.filters import RunFilters
from analysis.forms import LaunchForm
from analysis.launch import further_inputs, launch_run, make_current
from analysis.methods import Method
from analysis.models import AnalysisRun, RunInput
from analysis.panels import run_line, runs_with_findings
from analysis.registry import methods
from analysis.runpage import run_context, table_page
from analysis.tables import RunTable
from labsite.access.pages import require_form
from labsite.access.recording import check_may_edit
from labsite.access.records import may_edit
from labsite.access.viewers import PersonRequest, Viewer
from labsite.lib.web import ListPage, list_page, wants_fragment
from measurements.export import csv_of
from measurements.models import SUBJECTS, Measurement
from measurements.views.measurements import DONE_EVENT
from measurements.words import poll_every_s

LIST = ListPage(
    title=gettext_lazy("Results"),
    icon="chart-dots",
    hint=gettext_lazy("Every file that is uploaded is analysed; the runs stand here."),
)


@require_safe
def run_list(request: PersonRequest) -> HttpResponse:
    """Show the runs."""
    rows = runs_with_findings().filter(pk__in=_visible(request).values("pk"))
    table = partial(RunTable, viewer=Viewer(request.user))
    return list_page(request, rows, RunFilters, table, LIST)


@require_safe
def run_detail(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Show one run."""
    run, viewer = _find(request, pk), Viewer(request.user)
    context = run_context(run) | {
        "line": run_line(run, viewer),
        "measurement": viewer.link(run.measurement),
        "inputs": [(row, viewer.link(row.measurement)) for row in _inputs(run)],
        "may_edit": may_edit(request.user, run.measurement),
        "installed": run.method in methods(),
        "poll_every_s": poll_every_s(run),
    }
    return render(request, "analysis/run.html", context)


@require_safe
def run_job(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Show how far a run is; the fragment asks again as long as it is not at its end."""
    run = _find(request, pk)
    context = {
        "line": run_line(run, Viewer(request.user)),
        "run": run,
        "poll_every_s": poll_every_s(run),
    }
    answer = render(request, "analysis/_run_job.html", context)
    if not run.is_open:
        answer["HX-Trigger"] = DONE_EVENT
    return answer


@require_safe
def run_curve(request: PersonRequest, pk: UUID, name: str) -> JsonResponse:
    """Give a figure of a run."""
    curve = get_object_or_404(_find(request, pk).curves, name=name)
    answer = JsonResponse(page_figure(curve.figure))
    answer["Cache-Control"] = "private, max-age=86400"
    return answer


@require_safe
def run_table(request: PersonRequest, pk: UUID, name: str) -> HttpResponse:
    """Show a page of a table of a run (GET: page)."""
    run = _find(request, pk)
    stored = _stored_table(run, name)
    wanted = request.GET.get("page", "1")
    page = table_page(stored, int(wanted) if wanted.isdecimal() else 1)
    context = {"run": run, "name": name, "page": page, "line": run_line(run, Viewer(request.user))}
    part = wants_fragment(request)
    return render(request, "analysis/_table.html" if part else "analysis/table.html", context)


@require_safe
def run_table_csv(request: PersonRequest, pk: UUID, name: str) -> HttpResponseBase:
    """Give a table of a run as CSV."""
    run = _find(request, pk)
    file_name = f"{run.measurement.code}-{name}.csv"
    return StreamingHttpResponse(
        csv_of(_stored_table(run, name)),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{file_name}"'},
    )


@require_POST
def run_make_current(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Let a run be the one that counts."""
    run = _find(request, pk)
    check_may_edit(request.user, run.measurement)
    if run.is_open:
        messages.error(request, _("The run has not finished yet."))
    else:
        make_current(run)
        messages.success(request, _("This run counts now."))
    return redirect("analysis:run-detail", pk=run.pk)


@require_POST
def run_again(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Compute again with the same parameters and the facts of today."""
    run = _find(request, pk)
    method = _method(run.method)
    new = launch_run(
        method=method,
        measurement=run.measurement,
        params=run.params,
        inputs=further_inputs(run, method),
        by=request.user,
    )
    if new.pk == run.pk:
        messages.info(request, _("Nothing has changed since: this is the result."))
    return redirect("analysis:run-detail", pk=new.pk)


@require_form
def launch(request: PersonRequest, pk: UUID, name: str) -> HttpResponse:
    """Ask for the parameters of a method (GET: from, a run to start from), then queue a run."""
    measurement = get_object_or_404(
        Measurement.objects.visible_to(request.user).valid().select_related("project"), pk=pk
    )
    check_may_edit(request.user, measurement)
    method = _method(name)
    if measurement.kind not in method.kinds or measurement.status != Measurement.Status.DONE:
        raise Http404(_("This measurement cannot be analysed so."))
    form = LaunchForm(
        request.POST if request.method == "POST" else None,
        method=method,
        measurement=measurement,
        user=request.user,
        initial=_start_from(request, measurement),
    )
    if form.is_valid():
        run = launch_run(
            method=method,
            measurement=measurement,
            params=form.chosen(),
            inputs=form.further(),
            by=request.user,
        )
        return redirect("analysis:run-detail", pk=run.pk)
    context = {
        "form": form,
        "method": method,
        "measurement": measurement,
        "back": reverse("measurements:measurement-detail", args=[pk]),
    }
    return render(request, "analysis/launch.html", context)


def _start_from(request: PersonRequest, measurement: Measurement) -> dict[str, Any]:
    """Return the parameters of the run that the address names."""
    try:
        pk = UUID(request.GET.get("from", ""))
    except ValueError:
        return {}
    run = AnalysisRun.objects.filter(pk=pk, measurement=measurement).first()
    return dict(run.params) if run is not None else {}


def _inputs(run: AnalysisRun) -> "QuerySet[RunInput]":
    return run.inputs.select_related("measurement__project")


def _stored_table(run: AnalysisRun, name: str) -> str:
    try:
        return str(run.tables[name])
    except KeyError:
        raise Http404(_("The run has no such table.")) from None


def _method(name: str) -> Method:
    try:
        return methods()[name]
    except KeyError:
        raise Http404(_("%(name)s is not installed.") % {"name": name}) from None


def _visible(request: PersonRequest) -> "QuerySet[AnalysisRun]":
    return AnalysisRun.objects.visible_to(request.user)


def _find(request: PersonRequest, pk: UUID) -> AnalysisRun:
    """Return a run that the person may read; raises Http404."""
    rows = _visible(request).select_related(
        "requested_by",
        "measurement__project",
        *(f"measurement__{name}" for name in SUBJECTS),
        "measurement__lot__chemical",
        "measurement__cell__film",
    )
    return get_object_or_404(rows, pk=pk)
