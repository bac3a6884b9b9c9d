"""What wants a person: failed work, flags, missing facts, stale results."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from analysis.models import AnalysisRun, Flag
from analysis.remedies import remedy
from analysis.words import in_words, method_title
from cells.models import Cell, CellElectrode
from labsite.access.models import User
from labsite.access.viewers import Viewer
from labsite.lib.web import page_url
from measurements.models import SUBJECTS, Measurement

SHOWN = 8
MASSLESS = (Cell.Type.ANODE_HALF_CELL, Cell.Type.CATHODE_HALF_CELL, Cell.Type.FULL_CELL)
"""Cells whose capacity is wanted per gram."""


@dataclass(frozen=True)
class Task:
    """Something to do, with the page where it is done."""

    tone: str
    code: str
    code_url: str
    sentence: str
    url: str


def refused_runs(user: User) -> "QuerySet[AnalysisRun]":
    """Return the current runs that gave no number."""
    runs = AnalysisRun.objects.visible_to(user).current()
    return runs.filter(status=AnalysisRun.Status.FAILED, measurement__voided_at__isnull=True)


def unread_files(user: User) -> "QuerySet[Any]":
    """Return the measurements whose file could not be read."""
    rows: QuerySet[Any] = Measurement.objects.visible_to(user).valid()
    return rows.filter(status=Measurement.Status.FAILED)


def flagged_runs(user: User) -> "QuerySet[AnalysisRun]":
    """Return the current runs with a flag that is more than a note."""
    grave = Flag.objects.exclude(severity=Flag.Severity.INFO)
    runs = AnalysisRun.objects.visible_to(user).current()
    return runs.filter(
        status=AnalysisRun.Status.DONE,
        measurement__voided_at__isnull=True,
        pk__in=grave.values("run"),
    )


def cells_without_mass(user: User) -> "QuerySet[Any]":
    """Return the cells that were measured although nobody entered an active mass."""
    weighed = CellElectrode.objects.filter(
        cell=OuterRef("pk"),
        role=OuterRef("mass_basis"),
        electrode__active_mass_mg__isnull=False,
    )
    measured = Measurement.objects.valid().filter(cell=OuterRef("pk"))
    rows: QuerySet[Any] = Cell.objects.visible_to(user)
    return rows.filter(
        ~Exists(weighed),
        Exists(measured),
        voided_at__isnull=True,
        cell_type__in=MASSLESS,
        active_mass_mg__isnull=True,
    )


def worklist(user: User) -> list[Task]:
    """Return the first things to do, the gravest first."""
    viewer = Viewer(user)
    return [*_unread(user), *_refused(user), *_massless(user), *_stale(viewer)][:SHOWN]


def worklist_count(user: User) -> int:
    """Return how many things there are to do."""
    stale = AnalysisRun.objects.visible_to(user).current().filter(stale_at__isnull=False)
    parts = (unread_files(user), refused_runs(user), cells_without_mass(user), stale)
    return sum(part.count() for part in parts)


def _unread(user: User) -> Iterator[Task]:
    for row in unread_files(user)[:SHOWN]:
        url = page_url(row)
        yield Task("failed", row.code, url, row.error_message, url)


def _refused(user: User) -> Iterator[Task]:
    related = [f"measurement__{name}" for name in SUBJECTS]
    for run in refused_runs(user).select_related(*related, "measurement__cell__film")[:SHOWN]:
        subject, help_ = run.measurement.subject, remedy(run)
        run_url = reverse("analysis:run-detail", args=[run.pk])
        sentence = help_.sentence if help_ else in_words(run.error_message)
        yield Task("failed", subject.code, page_url(subject), sentence,
                   help_.url if help_ else run_url)  # fmt: skip


def _massless(user: User) -> Iterator[Task]:
    for cell in cells_without_mass(user)[:SHOWN]:
        sentence = _("No active mass: capacities are in mAh only. Enter it for the cell.")
        yield Task("warning", cell.code, page_url(cell), sentence, page_url(cell, "edit"))


def _stale(viewer: Viewer) -> Iterator[Task]:
    runs = AnalysisRun.objects.visible_to(viewer.user).current().filter(stale_at__isnull=False)
    for run in runs.select_related(*(f"measurement__{name}" for name in SUBJECTS))[:SHOWN]:
        subject = run.measurement.subject
        sentence = _("%(method)s is stale: run it again.") % {"method": method_title(run.method)}
        url = reverse("analysis:run-detail", args=[run.pk])
        yield Task("warning", subject.code, page_url(subject), sentence, url)
