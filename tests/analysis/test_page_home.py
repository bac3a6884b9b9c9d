"""The lab today."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from analysis.models import AnalysisRun
from measurements.models import Measurement
from tests.analysis.runs import cycling_run
from tests.factories import (
    CellEventFactory,
    CellFactory,
    ChannelFactory,
    LotFactory,
    MeasurementFactory,
    PlaceFactory,
    RunFactory,
)
from tests.measurements.stored import cycling_measurement

pytestmark = pytest.mark.django_db

HOME = reverse("home")


@pytest.fixture
def cell(project):
    return CellFactory(project=project)


def on_test(cell, channel):
    """A cell on a channel with a finished analysis."""
    CellEventFactory(cell=cell, kind="on_test")
    measurement = cycling_measurement(cell=cell, channel=channel, instrument=channel.instrument)
    return cycling_run(cell, measurement=measurement)


def counts(client):
    return {count.words: count.number for count in client.get(HOME).context["counts"]}


def test_the_counts_tell_what_is_on_test_new_flagged_and_failed(signed_in, cell, project):
    run = on_test(cell, ChannelFactory())
    AnalysisRun.objects.filter(pk=run.pk).update(finished_at=timezone.now())
    RunFactory(measurement__cell=cell, status="failed", verdict="failed")
    MeasurementFactory(cell=cell, failed=True)
    ended = CellFactory(project=project)
    CellEventFactory(cell=ended, kind="on_test", at=timezone.now() - timedelta(days=2))
    CellEventFactory(cell=ended, kind="off_test", at=timezone.now() - timedelta(days=1))
    assert counts(signed_in) == {
        "cells on test": 1,
        "new results since yesterday": 1,
        "results with warnings": 1,
        "analyses that gave no number": 1,
        "files that could not be read": 1,
    }


def test_each_count_leads_to_a_list_of_as_many_rows(signed_in, cell):
    run = on_test(cell, ChannelFactory())
    AnalysisRun.objects.filter(pk=run.pk).update(finished_at=timezone.now())
    MeasurementFactory(cell=cell, failed=True)
    RunFactory(measurement__cell=cell, status="failed", verdict="failed")
    for count in signed_in.get(HOME).context["counts"]:
        listed = signed_in.get(count.url)
        assert listed.context["table"].paginator.count == count.number, count.words


def test_the_board_shows_the_cell_on_each_channel_and_frees_those_off_test(signed_in, project):
    busy, free = CellFactory(project=project), CellFactory(project=project)
    channel = ChannelFactory(name="7-1")
    other = ChannelFactory(name="7-2", instrument=channel.instrument)
    on_test(busy, channel)
    on_test(free, other)
    CellEventFactory(cell=free, kind="off_test", at=timezone.now())
    (row,) = signed_in.get(HOME).context["board"]
    first, second = row.places
    assert (first.cell, first.tone, first.retention.value) == (busy, "on-test", 90.8)
    assert first.sketch.startswith("0.0,0.0")  # the retention falls from the top
    assert (second.cell, second.tone) == (None, "free")
    assert "90.8 %" in signed_in.get(HOME).content.decode()


def test_a_channel_that_sent_nothing_for_days_is_silent(signed_in, cell):
    run = on_test(cell, ChannelFactory())
    Measurement.objects.filter(pk=run.measurement_id).update(
        created_at=timezone.now() - timedelta(days=4)
    )
    (row,) = signed_in.get(HOME).context["board"]
    assert row.places[0].tone == "silent"


def test_the_worklist_names_what_is_missing_and_links_where_to_enter_it(signed_in, cell):
    cycling_measurement(cell=cell)
    RunFactory(
        measurement__cell=cell, status="failed", verdict="failed",
        error_code="E_META_MISSING:cell_type", error_message="cell_type is missing.",
    )  # fmt: skip
    tasks = signed_in.get(HOME).context["tasks"]
    edit = reverse("cells:cell-edit", args=[cell.pk])
    assert [(task.code, task.url) for task in tasks] == [(cell.code, edit), (cell.code, edit)]
    assert tasks[0].sentence == f"Enter “Cell type” for {cell.code}, then run again."
    assert tasks[1].sentence.startswith("No active mass")


def test_a_mass_in_the_cell_or_in_the_electrode_of_its_basis_is_a_mass(signed_in, project):
    own = CellFactory(project=project, active_mass_mg=1.5)
    weighed = CellFactory(project=project, mass_basis="positive")
    PlaceFactory(cell=weighed, role="positive", electrode__active_mass_mg=1.5)
    other_side = CellFactory(project=project, mass_basis="positive")
    PlaceFactory(cell=other_side, role="negative", electrode__active_mass_mg=1.5)
    for cell in (own, weighed, other_side):
        MeasurementFactory(cell=cell)
    assert [task.code for task in signed_in.get(HOME).context["tasks"]] == [other_side.code]


def test_a_stale_result_is_on_the_worklist(signed_in, project):
    cell = CellFactory(project=project, active_mass_mg=1.5)
    run = cycling_run(cell, stale_at=timezone.now(), stale_reason="mass")
    (task,) = signed_in.get(HOME).context["tasks"]
    assert task.sentence == "Galvanostatic cycling is stale: run it again."
    assert task.url == reverse("analysis:run-detail", args=[run.pk])


def test_lots_that_expire_soon_or_are_low_are_named_the_first_date_first(signed_in):
    today = timezone.localdate()
    low = LotFactory(remaining_amount=1, minimum_amount=2)
    soon = LotFactory(expires_on=today + timedelta(days=10), remaining_amount=1, minimum_amount=2)
    gone = LotFactory(expires_on=today - timedelta(days=1))
    LotFactory(expires_on=today + timedelta(days=90), remaining_amount=2, minimum_amount=2)
    LotFactory(expires_on=today, remaining_amount=0)
    answer = signed_in.get(HOME)
    assert [(lot, [word for _, word in states]) for lot, states in answer.context["lots"]] == [
        (gone, ["expired"]),
        (soon, ["expires soon", "low"]),
        (low, ["low"]),
    ]
    assert "1 g left" in answer.content.decode()


def test_the_latest_results_come_with_number_and_sketch(signed_in, cell):
    run = cycling_run(cell)
    (latest,) = signed_in.get(HOME).context["latest"]
    assert latest.line.run == run
    assert latest.number.text == "151.40 ± 0.62"
    assert latest.sketch


def test_an_empty_lab_says_what_to_do(client, stranger):
    client.force_login(stranger)
    page = client.get(HOME).content.decode()
    assert "Name the channels of your cyclers" in page
    assert "Results appear here as soon as an instrument file was uploaded" in page
    assert "Nothing is missing, stale or refused." in page


def test_the_number_of_queries_does_not_grow_with_the_lab(signed_in, project):
    numbers = []
    for more in (2, 6):
        for _ in range(more):
            cell = CellFactory(project=project)
            on_test(cell, ChannelFactory())
            RunFactory(measurement__cell=cell, status="failed", verdict="failed")
            MeasurementFactory(cell=cell, failed=True)
            LotFactory(expires_on=timezone.localdate())
        with CaptureQueriesContext(connection) as queries:
            signed_in.get(HOME)
        numbers.append(len(queries))
    assert numbers[0] == numbers[1]


def test_the_badge_counts_what_the_worklist_would_list(signed_in, client, stranger, cell):
    cycling_run(cell)
    MeasurementFactory(cell=cell, failed=True)
    badge = reverse("worklist-badge")
    tasks = signed_in.get(HOME).context["tasks"]
    assert signed_in.get(badge).context["number"] == len(tasks) == 2
    client.force_login(stranger)
    assert client.get(badge).content.strip() == b""
