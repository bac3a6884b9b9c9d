"""A changed thickness, mass or area is seen at once on the results that used it."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from rest_framework.test import APIClient

from analysis.facts import facts_of
from analysis.launch import launch_run, make_current, request_analyses
from analysis.methods import Method
from analysis.models import AnalysisRun
from analysis.registry import methods
from analysis.staleness import mark_stale_runs
from cells.models import Cell
from labsite.access.models import Project, User
from labsite.access.recording import update_record
from measurements.models import Measurement
from samples.models import Film
from tests.factories import (
    CellFactory,
    ChannelFactory,
    FilmFactory,
    InstrumentFactory,
    MeasurementFactory,
    PlaceFactory,
    RunFactory,
)

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


def test_a_run_that_is_still_computed_from_the_old_thickness_ends_stale(
    film: Film, run: AnalysisRun, user: User
) -> None:
    AnalysisRun.objects.update(status="queued", is_current=False)
    change(film, user, thickness_um=180.0)
    make_current(run, in_place_of_fresh=False)
    run.refresh_from_db()
    assert run.is_current
    assert "thickness_um" in run.stale_reason


def test_a_stale_run_that_ends_late_leaves_the_place_to_the_new_one(
    film: Film, run: AnalysisRun, user: User
) -> None:
    change(film, user, thickness_um=180.0)
    new = RunFactory(
        measurement=run.measurement, facts=facts_of(reread(run.measurement)), is_current=False
    )
    make_current(new)
    make_current(run, in_place_of_fresh=False)
    assert AnalysisRun.objects.current().get() == new
    make_current(run)
    assert AnalysisRun.objects.current().get() == run, "when somebody asks for it"


@pytest.mark.django_db(transaction=True)
def test_of_runs_that_finish_at_once_exactly_one_counts(project: Project) -> None:
    measurement = MeasurementFactory(cell__project=project, done=True)
    runs = [RunFactory(measurement=measurement, is_current=False) for _ in range(6)]
    ready = threading.Barrier(len(runs))

    def finish(run: AnalysisRun) -> None:
        ready.wait()
        try:
            make_current(run, in_place_of_fresh=False)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(runs)) as threads:
        list(threads.map(finish, runs))
    assert AnalysisRun.objects.current().count() == 1


def test_a_run_that_fits_again_counts_as_fresh(
    film: Film, run: AnalysisRun, user: User, method: Method
) -> None:
    first = launched(method, run)
    change(film, user, thickness_um=180.0)
    second = launched(method, run)
    change(film, user, thickness_um=200.0)
    assert launched(method, run) == first
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.is_current, first.stale_at) == (True, None)
    assert (second.is_current, second.stale_at is None) == (False, False)


def test_what_was_read_is_not_analysed_again_when_the_result_still_fits(
    run: AnalysisRun, film: Film, user: User, method: Method
) -> None:
    chosen = launched(method, run, retention_reference="max")
    request_analyses(run.measurement)
    assert AnalysisRun.objects.current().get(method=method.name) == chosen
    change(film, user, thickness_um=180.0)
    request_analyses(reread(run.measurement))
    new = AnalysisRun.objects.get(status="queued", method=method.name)
    assert new.params["retention_reference"] == "max"


def test_a_spectrum_that_is_read_anew_keeps_the_short_circuit_it_was_corrected_by(
    project: Project,
) -> None:
    cell = CellFactory(project=project, cell_type=Cell.Type.SYMMETRIC_BLOCKING)
    main, short = (
        MeasurementFactory(cell=cell, kind="impedance", done=True, frame_sha256=letter * 64)
        for letter in "ab"
    )
    method = methods()["eis_bulk_conductivity"]
    make_current(launch_run(method=method, measurement=main, inputs={"short": short}))
    Measurement.objects.filter(pk=main.pk).update(frame_sha256="c" * 64)
    mark_stale_runs(reread(main))
    request_analyses(reread(main))
    new = AnalysisRun.objects.get(stale_at=None, method=method.name)
    assert {row.role: row.measurement for row in new.inputs.all()} == {"main": main, "short": short}


def test_the_range_of_a_channel_marks_the_runs_measured_on_it(
    project: Project, manager: User, film: Film
) -> None:
    channel = ChannelFactory(current_range_a=1.0)
    measurement = MeasurementFactory(
        cell=None, film=film, project=project, done=True,
        instrument=channel.instrument, channel=channel,
    )  # fmt: skip
    run = RunFactory(measurement=measurement, facts=facts_of(measurement))
    client = APIClient()
    client.force_authenticate(manager)
    answer = client.patch(
        f"/api/v1/instruments/{channel.instrument.code}/",
        {"channels": [{"name": channel.name, "current_range_a": 0.1}], "version": 1},
    )
    assert answer.status_code == 200, answer.json()
    run.refresh_from_db()
    assert "current_range_a" in run.stale_reason


def test_an_instrument_with_many_runs_takes_no_more_queries(
    project: Project, manager: User, django_assert_max_num_queries: Any
) -> None:
    instrument = InstrumentFactory(current_accuracy_fraction=0.001)
    for _ in range(12):
        cell = PlaceFactory(cell__project=project).cell
        measurement = MeasurementFactory(cell=cell, instrument=instrument, done=True)
        RunFactory(measurement=measurement, facts=facts_of(measurement))
    instrument.current_accuracy_fraction = 0.0005
    instrument.save()
    with django_assert_max_num_queries(8):
        mark_stale_runs(instrument)
    assert AnalysisRun.objects.exclude(stale_at=None).count() == 12


@pytest.fixture
def method() -> Method:
    return methods()["galvanostatic_cycling"]


def launched(method: Method, run: AnalysisRun, **params: object) -> AnalysisRun:
    """Return the run that is asked for, finished as a worker would."""
    measurement = reread(run.measurement)
    Measurement.objects.filter(pk=measurement.pk).update(kind="cycling")
    asked = launch_run(method=method, measurement=measurement, params=params)
    if asked.is_open:
        AnalysisRun.objects.filter(pk=asked.pk).update(status="done", verdict="ok")
        make_current(asked, in_place_of_fresh=False)
    return asked


def reread(measurement: Measurement) -> Measurement:
    return Measurement.objects.get(pk=measurement.pk)
