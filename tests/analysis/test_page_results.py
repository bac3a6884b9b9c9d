"""The results on the pages of records."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from analysis.models import AnalysisRun
from measurements.models import Measurement
from tests.analysis.runs import cycling_run
from tests.factories import (
    BatchFactory,
    CellFactory,
    FilmFactory,
    MeasurementFactory,
    RunFactory,
)
from tests.measurements.stored import cycling_measurement

pytestmark = pytest.mark.django_db


@pytest.fixture
def cell(project):
    return CellFactory(project=project)


def panel(client, name, record):
    """The fragment of results and its context."""
    answer = client.get(reverse("analysis:results", args=[name, record.pk]))
    return answer.content.decode(), answer.context["panel"]


def words(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", page))


def test_six_headline_numbers_at_most_each_leads_to_its_run(signed_in, cell):
    run = cycling_run(cell)
    page, shown = panel(signed_in, "cell", cell)
    assert [(card.number.label, card.number.text) for card in shown.cards] == [
        ("Specific discharge capacity, cycle 1", "151.40 ± 0.62"),
        ("Initial coulombic efficiency", "87.10 ± 0.20"),
        ("Capacity retention, cycle 120", "90.80 ± 0.10"),
        ("Average coulombic efficiency", "99.300 ± 0.020"),
        ("Cycle life to 80 %", "≥ 120"),
        ("Specific discharge capacity, cycle 120", "140.00 ± 0.57"),
    ]
    assert page.count(f'metric-card" href="/runs/{run.pk}/"') == 6


def test_flags_stand_in_words_beside_the_numbers(signed_in, cell):
    cycling_run(cell)
    page, _shown = panel(signed_in, "cell", cell)
    assert "Warning No active mass is known; specific values are left out. MASS_MISSING" in words(
        page
    )


def test_curves_are_fetched_from_their_own_address(signed_in, cell):
    run = cycling_run(cell)
    page, _shown = panel(signed_in, "cell", cell)
    address = f"/runs/{run.pk}/curves/retention.json"
    assert f'data-plot-url="{address}"' in page
    assert signed_in.get(address).json()["data"][0]["y"] == [100.0, 99.0, 98.0]


def test_a_refused_run_says_what_is_wrong_and_where_to_mend_it(signed_in, project):
    film = FilmFactory(project=project, thickness_um=None, thickness_um_u=None)
    measurement = MeasurementFactory(cell=None, film=film, done=True, kind="impedance")
    RunFactory(
        measurement=measurement,
        method="eis_bulk_conductivity",
        status="failed",
        verdict="failed",
        error_code="E_META_MISSING:thickness_um",
        error_message="thickness_um (µm) is missing. Enter it in the record of the sample.",
    )
    page, _shown = panel(signed_in, "film", film)
    assert "Thickness in µm is missing." in page
    assert f"Enter “Thickness / µm” for {film.code}, then run again." in page
    assert f'href="{reverse("samples:film-edit", args=[film.pk])}"' in page


def test_a_fact_of_the_cell_is_mended_in_the_cell_and_a_condition_in_the_measurement(
    signed_in, cell
):
    measurement = cycling_measurement(cell=cell)
    for method, fact, page in (
        ("galvanostatic_cycling", "cell_type", reverse("cells:cell-edit", args=[cell.pk])),
        (
            "eis_bulk_conductivity",
            "contact_geometry",
            reverse("measurements:measurement-edit", args=[measurement.pk]),
        ),
    ):
        RunFactory(
            measurement=measurement, method=method, status="failed", verdict="failed",
            error_code=f"E_META_MISSING:{fact}", error_message="missing",
        )  # fmt: skip
        assert f'href="{page}"' in panel(signed_in, "cell", cell)[0]


def test_only_the_current_run_gives_numbers_and_the_others_are_listed_as_earlier(signed_in, cell):
    old = cycling_run(cell, is_current=False)
    new = cycling_run(cell, measurement=old.measurement, method_version="2.0")
    page, shown = panel(signed_in, "cell", cell)
    assert {card.line.run for card in shown.cards} == {new}
    assert [line.run for line in shown.earlier] == [old]
    assert "1 earlier run" in page


def test_a_stale_result_is_marked(signed_in, cell):
    run = cycling_run(cell)
    AnalysisRun.objects.filter(pk=run.pk).update(stale_at="2026-03-03T12:00Z")
    _page, shown = panel(signed_in, "cell", cell)
    assert {card.line.state for card in shown.cards} == {("warning", "stale")}


def test_a_batch_shows_results_along_its_lineage_with_a_link_to_what_was_measured(
    signed_in, project
):
    batch = BatchFactory(project=project)
    cell = CellFactory(project=project, film=FilmFactory(project=project, batch=batch))
    cycling_run(cell)
    page, shown = panel(signed_in, "batch", batch)
    assert len(shown.cards) == 6
    assert f'href="{reverse("cells:cell-detail", args=[cell.pk])}"' in page


def test_work_under_way_is_told_and_asked_for_until_it_is_done(signed_in, cell):
    measurement = MeasurementFactory(cell=cell)
    address = reverse("analysis:progress", args=["cell", cell.pk])
    waiting = signed_in.get(address)
    assert f"{measurement.code}: queued" in waiting.content.decode()
    assert f'hx-get="{address}" hx-trigger="every 1s"' in waiting.content.decode()
    assert "HX-Trigger" not in waiting
    Measurement.objects.filter(pk=measurement.pk).update(status="done", frame_path="frames/x")
    between = signed_in.get(address).content.decode()
    assert "hx-trigger" in between, "the analyses have not been requested yet"
    Measurement.objects.filter(pk=measurement.pk).update(analyses_requested_at="2026-03-03T12:00Z")
    run = RunFactory(
        measurement=measurement, status="queued", verdict="", is_current=False, finished_at=None
    )
    assert "Galvanostatic cycling: queued" in signed_in.get(address).content.decode()
    AnalysisRun.objects.filter(pk=run.pk).update(status="done", verdict="ok")
    done = signed_in.get(address)
    assert "hx-trigger" not in done.content.decode()
    assert done["HX-Trigger"] == "labsite:measured"


def test_a_cell_without_measurements_says_what_to_do(signed_in, cell):
    assert "No result yet: upload an instrument file" in panel(signed_in, "cell", cell)[0]


def test_the_number_of_queries_does_not_grow_with_the_runs(signed_in, cell):
    address = reverse("analysis:results", args=["cell", cell.pk])
    counts = []
    for more in (1, 4):
        for _ in range(more):
            cycling_run(cell)
        with CaptureQueriesContext(connection) as queries:
            signed_in.get(address)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_read_file_that_no_analysis_fits_says_what_to_do(signed_in, project):
    film = FilmFactory(project=project)
    measurement = MeasurementFactory(cell=None, film=film, done=True, kind="impedance")
    Measurement.objects.update(analyses_requested_at="2026-03-03T12:00Z")
    page, _shown = panel(signed_in, "film", film)
    assert "No analysis started by itself" in page
    assert f'href="{reverse("measurements:measurement-detail", args=[measurement.pk])}"' in page


def test_a_batch_with_several_cells_shows_a_table_of_their_numbers_without_curves(
    signed_in, project
):
    batch = BatchFactory(project=project)
    cells = [
        CellFactory(project=project, film=FilmFactory(project=project, batch=batch))
        for _ in range(2)
    ]
    for cell in cells:
        cycling_run(cell)
    page, shown = panel(signed_in, "batch", batch)
    assert {row.line.run.measurement.subject for row in shown.rows} == set(cells)
    assert shown.rows[0].numbers[0].text == "151.40 ± 0.62"
    assert (shown.cards, shown.drawings) == ([], [])
    assert "data-plot-url" not in page


def test_of_several_subjects_the_records_own_curves_are_drawn(signed_in, project):
    film = FilmFactory(project=project)
    cycling_run(CellFactory(project=project, film=film))
    own = cycling_run(
        None, measurement=MeasurementFactory(cell=None, film=film, done=True, kind="impedance")
    )
    _page, shown = panel(signed_in, "film", film)
    assert len(shown.rows) == 2
    assert [drawing.line.run for drawing in shown.drawings] == [own]
    assert {card.line.run for card in shown.cards} == {own}
