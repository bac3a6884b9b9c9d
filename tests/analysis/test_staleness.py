"""A changed thickness, mass or area is seen at once on the results that used it."""

import pytest

from analysis.facts import facts_of
from analysis.models import AnalysisRun
from labsite.access.models import Project, User
from labsite.access.recording import update_record
from samples.models import Film
from tests.factories import CellFactory, FilmFactory, MeasurementFactory, RunFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def film(project: Project) -> Film:
    return FilmFactory(project=project, thickness_um=200.0)


@pytest.fixture
def run(project: Project, film: Film) -> AnalysisRun:
    measurement = MeasurementFactory(cell=None, film=film, project=project, done=True)
    return RunFactory(measurement=measurement, facts=facts_of(measurement))


def change(film: Film, user: User, **fields: object) -> None:
    film.refresh_from_db()
    for name, value in fields.items():
        setattr(film, name, value)
    update_record(record=film, by=user, expected_version=film.version)


def test_a_new_thickness_marks_the_run_stale_and_says_why(
    film: Film, run: AnalysisRun, user: User
) -> None:
    change(film, user, thickness_um=180.0)
    run.refresh_from_db()
    assert run.stale_at is not None
    assert run.stale_reason == f"{film.code} now says otherwise: thickness_um"


def test_setting_the_thickness_back_makes_the_run_fresh_again(
    film: Film, run: AnalysisRun, user: User
) -> None:
    change(film, user, thickness_um=180.0)
    change(film, user, thickness_um=200.0)
    run.refresh_from_db()
    assert (run.stale_at, run.stale_reason) == (None, "")


def test_a_new_note_changes_no_result(film: Film, run: AnalysisRun, user: User) -> None:
    change(film, user, notes="cut with scissors")
    run.refresh_from_db()
    assert run.stale_at is None


def test_the_thickness_of_a_film_in_a_cell_counts_for_the_cell(
    project: Project, film: Film, user: User
) -> None:
    cell = CellFactory(project=project, film=film)
    measurement = MeasurementFactory(cell=cell, project=project, done=True)
    run = RunFactory(measurement=measurement, facts=facts_of(measurement))
    change(film, user, thickness_um=180.0)
    run.refresh_from_db()
    assert run.stale_at is not None
