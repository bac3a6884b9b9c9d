"""The page of a run, its tables and curves, and starting another."""

import csv
import io
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from analysis.models import AnalysisRun
from tests.analysis.runs import CYCLES, cycling_run
from tests.factories import CellFactory, FlagFactory, RunFactory, RunInputFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def cell(project):
    return CellFactory(project=project)


def get(client, name, *args, **query):
    return client.get(reverse(f"analysis:{name}", args=args), query)


def launch_url(run):
    return reverse("analysis:launch", args=[run.measurement.pk, "galvanostatic_cycling"])


def test_the_page_tells_how_the_numbers_were_made(signed_in, user, cell):
    run = cycling_run(
        cell,
        params={"life_threshold_percent": 70.0, "retention_reference": "cycle_1"},
        facts={
            "active_mass_mg": 1.5,
            "active_mass_u_mg": 0.02,
            "cell_type": "full_cell",
            "one_c_ma_g": 175.0,
            "area_cm2": 1.131,
            "area_cm2_u": 0.019,
        },
        code_revision="0.1.0 abc123",
        requested_by=user,
        log="62 cycles, 60 complete",
    )
    used = RunInputFactory(run=run)
    page = get(signed_in, "run-detail", run.pk).content.decode()
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page))
    for words in (
        "Life threshold 70 %", "Retention reference cycle 1", "Active mass 1.500 ± 0.020 mg",
        "Cell type full cell", "1C 175 mA/g", "Area 1.131 ± 0.019 cm²", "0.1.0 abc123", str(user),
        "62 cycles, 60 complete", used.sha256, "87.10 ± 0.20 %", "Cycle 120", "MASS_MISSING",
    ):  # fmt: skip
        assert words in text, words
    assert "Coulombic efficiency of the first complete cycle." in page


def test_an_open_run_asks_for_news_and_reloads_the_page_at_its_end(signed_in, cell):
    run = RunFactory(
        measurement__cell=cell, status="queued", verdict="", is_current=False, finished_at=None
    )
    page = get(signed_in, "run-detail", run.pk).content.decode()
    assert 'hx-trigger="labsite:measured from:body"' in page
    assert "HX-Trigger" not in get(signed_in, "run-job", run.pk)
    AnalysisRun.objects.filter(pk=run.pk).update(status="done", verdict="ok")
    assert get(signed_in, "run-job", run.pk)["HX-Trigger"] == "labsite:measured"
    page = get(signed_in, "run-detail", run.pk).content.decode()
    assert "hx-trigger" not in page.split('id="run"')[1]


def test_the_table_is_shown_page_by_page(signed_in, cell):
    run = cycling_run(cell)
    page = get(signed_in, "run-table", run.pk, "cycles", page=3).context["page"]
    assert page.heads == [("Cycle", ""), ("Discharge capacity", "mAh")]
    assert (page.first, page.last, page.total) == (101, 120, CYCLES)
    assert page.rows[0] == ["101", "1.899"]


@pytest.mark.parametrize(("asked", "given"), [("0", 1), ("99", 3), ("x", 1), ("-1", 1)])
def test_a_page_beyond_the_table_is_its_nearest(signed_in, cell, asked, given):
    run = cycling_run(cell)
    assert get(signed_in, "run-table", run.pk, "cycles", page=asked).context["page"].number == given


def test_the_table_is_given_as_csv_with_all_digits(signed_in, cell):
    run = cycling_run(cell)
    answer = get(signed_in, "run-table-csv", run.pk, "cycles")
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode())))
    assert rows[:2] == [["lims_cycle", "discharge_capacity_mah"], ["1", "1.999"]]
    assert len(rows) == CYCLES + 1
    assert f'filename="{run.measurement.code}-cycles.csv"' in answer["Content-Disposition"]


@pytest.mark.parametrize("name", ["run-table", "run-table-csv", "run-curve"])
def test_what_a_run_does_not_have_is_not_found(signed_in, cell, name):
    assert get(signed_in, name, cycling_run(cell).pk, "nothing").status_code == 404


def test_an_earlier_run_can_be_made_the_one_that_counts(signed_in, cell):
    old = cycling_run(cell, is_current=False)
    new = cycling_run(cell, measurement=old.measurement)
    signed_in.post(reverse("analysis:run-current", args=[old.pk]))
    assert AnalysisRun.objects.get(is_current=True) == old
    assert not AnalysisRun.objects.get(pk=new.pk).is_current


def test_a_run_that_has_not_finished_cannot_be_made_current(signed_in, cell):
    run = RunFactory(measurement__cell=cell, status="queued", verdict="", is_current=False)
    page = signed_in.post(reverse("analysis:run-current", args=[run.pk]), follow=True)
    assert "The run has not finished yet." in page.content.decode()
    assert not AnalysisRun.objects.filter(is_current=True).exists()


def test_running_again_after_a_fact_has_changed_queues_a_new_run(signed_in, cell):
    run = cycling_run(cell, method_version="1.0")
    answer = signed_in.post(reverse("analysis:run-again", args=[run.pk]))
    new = AnalysisRun.objects.exclude(pk=run.pk).get()
    assert answer.url == reverse("analysis:run-detail", args=[new.pk])
    assert new.status == "queued"


def test_the_form_has_a_field_with_help_bounds_and_choices_for_each_parameter(signed_in, cell):
    form = signed_in.get(launch_url(cycling_run(cell))).context["form"]
    threshold = form.fields["life_threshold_percent"]
    assert (threshold.label, threshold.unit, threshold.initial) == ("Life threshold", "%", 80.0)
    assert threshold.help_text == "Retention at which a cell's life ends. Between 10 and 99."
    assert ("cycle_1", "cycle 1") in form.fields["retention_reference"].choices


def test_the_form_starts_with_the_parameters_of_the_run_it_was_opened_from(signed_in, cell):
    run = cycling_run(cell, params={"life_threshold_percent": 70.0})
    page = signed_in.get(launch_url(run), {"from": str(run.pk)})
    assert page.context["form"].initial == {"life_threshold_percent": 70.0}
    assert 'value="70"' in page.content.decode()


def test_a_run_is_started_with_what_was_typed_and_defaults_for_the_rest(signed_in, user, cell):
    run = cycling_run(cell)
    answer = signed_in.post(launch_url(run), {"life_threshold_percent": "72,5"})
    new = AnalysisRun.objects.exclude(pk=run.pk).get()
    assert answer.url == reverse("analysis:run-detail", args=[new.pk])
    assert new.params["life_threshold_percent"] == 72.5
    assert new.params["life_consecutive"] == 3
    assert new.requested_by == user


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"life_threshold_percent": "120"}, "allowed is a float between 10.0 and 99.0"),
        ({"life_threshold_percent": "much"}, "“much” is not understood"),
        ({"retention_reference": "best"}, "Select a valid choice."),
        ({"life_consecutive": "2.5"}, "Enter a whole number."),
    ],
)
def test_a_parameter_that_is_not_allowed_is_refused_in_words(signed_in, cell, typed, sentence):
    run = cycling_run(cell)
    page = signed_in.post(launch_url(run), typed).content.decode()
    assert sentence in page
    assert AnalysisRun.objects.count() == 1


@pytest.mark.parametrize("name", ["eis_bulk_conductivity", "nothing"])
def test_a_method_for_another_kind_cannot_be_started(signed_in, cell, name):
    measurement = cycling_run(cell).measurement
    assert get(signed_in, "launch", measurement.pk, name).status_code == 404


def test_the_list_filters_by_what_wants_a_person(signed_in, cell):
    flagged = cycling_run(cell)
    plain = RunFactory(measurement__cell=cell)
    FlagFactory(run=plain, severity="info")
    failed = RunFactory(measurement__cell=cell, status="failed", verdict="failed")
    RunFactory(measurement__cell=cell, is_current=False)

    def found(**query):
        table = get(signed_in, "run-list", **query).context["table"]
        return {row.record.pk for row in table.rows}

    assert found() == {flagged.pk, plain.pk, failed.pk}
    assert found(flagged="on") == {flagged.pk}
    assert found(status="failed") == {failed.pk}
    assert len(found(replaced="on")) == 4


def test_the_number_of_queries_of_the_list_does_not_grow_with_the_runs(signed_in, cell):
    counts = []
    for more in (1, 4):
        for _ in range(more):
            cycling_run(cell)
        with CaptureQueriesContext(connection) as queries:
            get(signed_in, "run-list")
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_list_of_methods_and_the_page_of_each(signed_in, cell):
    cycling_run(cell)
    assert "Galvanostatic cycling" in get(signed_in, "method-list").content.decode()
    page = get(signed_in, "method-detail", "galvanostatic_cycling").content.decode()
    for words in ("Retention at which a cell&#x27;s life ends.", "Between 10 and 99.",
                  "capacity_retention", "MASS_MISSING"):  # fmt: skip
        assert words in page, words
    assert get(signed_in, "method-detail", "nothing").status_code == 404
