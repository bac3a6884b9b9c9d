"""The lab today: counts, channels, latest results, what wants a person."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from analysis.board import channel_board
from analysis.headlines import headline_of
from analysis.models import AnalysisRun, Curve
from analysis.panels import RunLine, run_line, runs_with_findings
from analysis.sketches import sketch
from analysis.words import Shown, show_metric
from analysis.worklist import (
    flagged_runs,
    refused_runs,
    unread_files,
    worklist,
    worklist_count,
)
from labsite.access.kinds import State
from labsite.access.models import Project, User
from labsite.access.viewers import PersonRequest, Viewer
from measurements.board import cells_on_test
from samples.lotstates import TONES, lots_wanting, states_of
from samples.models import Lot

LATEST = 8
LOTS = 8


@dataclass(frozen=True)
class Count:
    """A number at the top, with the list behind it."""

    number: int
    words: str
    url: str
    tone: str = "quiet"


@dataclass(frozen=True)
class Latest:
    """A result that came in last."""

    line: RunLine
    number: Shown | None
    sketch: str


@require_safe
def home(request: PersonRequest) -> HttpResponse:
    """Show the lab today."""
    user = request.user
    context: dict[str, Any] = {
        "counts": list(_counts(user)),
        "board": channel_board(user),
        "latest": list(_latest(user)),
        "tasks": worklist(user),
        **_lots(timezone.localdate()),
        "may_log": Project.objects.editable_by(user).exists(),
    }
    return render(request, "home.html", context)


def _lots(today: date) -> dict[str, Any]:
    """Return the lots that somebody has to do something about, with what is to be said of each."""
    wanting = lots_wanting(today)
    lines: list[tuple[Lot, list[State]]] = [
        (lot, [(TONES[state], state.label) for state in states_of(lot, today)])
        for lot in wanting[:LOTS]
    ]
    return {"lots": lines, "more_lots": max(wanting.count() - LOTS, 0), "today": today}


@require_safe
def worklist_badge(request: PersonRequest) -> HttpResponse:
    """Give the number of things to do, for the bar on top of every page."""
    return render(request, "analysis/_badge.html", {"number": worklist_count(request.user)})


def _counts(user: User) -> Iterator[Count]:
    yesterday = timezone.localdate() - timedelta(days=1)
    runs, files = reverse("analysis:run-list"), reverse("measurements:measurement-list")
    done = AnalysisRun.objects.visible_to(user).current().filter(status=AnalysisRun.Status.DONE)
    new = done.filter(finished_at__date__gte=yesterday).count()
    flagged, refused = flagged_runs(user).count(), refused_runs(user).count()
    unread = unread_files(user).count()
    cells = reverse("cells:cell-list")
    yield Count(cells_on_test(user).count(), _("cells on test"), f"{cells}?state=on_test", "active")
    yield Count(new, _("new results since yesterday"), f"{runs}?since={yesterday}", "ok")
    yield Count(flagged, _("results with warnings"), f"{runs}?flagged=on", "warning")
    yield Count(refused, _("analyses that gave no number"), f"{runs}?status=failed", "failed")
    yield Count(unread, _("files that could not be read"), f"{files}?failed=on", "failed")


def _latest(user: User) -> Iterator[Latest]:
    """Give the results that came in last, with a sketch of their first curve."""
    first_curve = Prefetch("curves", Curve.objects.filter(position=0), to_attr="first_curves")
    runs = (
        runs_with_findings()
        .prefetch_related(None)
        .prefetch_related("metrics", first_curve)
        .filter(
            pk__in=AnalysisRun.objects.visible_to(user).current().values("pk"),
            status=AnalysisRun.Status.DONE,
        )
        .order_by("-finished_at")
    )
    viewer = Viewer(user)
    for run in runs[:LATEST]:
        metric = headline_of(run)
        curves: list[Curve] = run.first_curves
        yield Latest(
            line=run_line(run, viewer),
            number=show_metric(metric) if metric is not None else None,
            sketch=sketch(curves[0].figure) if curves else "",
        )
