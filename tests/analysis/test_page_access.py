"""Who may see and do what on the pages of runs."""

import pytest
from django.urls import reverse

from analysis.models import AnalysisRun
from tests.analysis.runs import cycling_run
from tests.factories import CellFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(project):
    return cycling_run(CellFactory(project=project))


def every_url(run):
    """All addresses about one run, with the method that they take."""
    pk, measurement = [run.pk], run.measurement
    records = {"cell": measurement.cell, "measurement": measurement}
    results = [reverse("analysis:results", args=[name, row.pk]) for name, row in records.items()]
    return [
        ("get", reverse("analysis:run-detail", args=pk)),
        ("get", reverse("analysis:run-job", args=pk)),
        ("get", reverse("analysis:run-curve", args=[run.pk, "retention"])),
        ("get", reverse("analysis:run-table", args=[run.pk, "cycles"])),
        ("get", reverse("analysis:run-table-csv", args=[run.pk, "cycles"])),
        ("post", reverse("analysis:run-current", args=pk)),
        ("post", reverse("analysis:run-again", args=pk)),
        ("get", reverse("analysis:launch", args=[measurement.pk, run.method])),
        ("post", reverse("analysis:launch", args=[measurement.pk, run.method])),
        *(("get", address) for address in results),
        *(("get", f"{address}progress/") for address in results),
    ]


def test_a_stranger_finds_nothing_at_any_address(client, stranger, run):
    client.force_login(stranger)
    answers = {
        (method, address): getattr(client, method)(address).status_code
        for method, address in every_url(run)
    }
    assert set(answers.values()) == {404}, answers


def test_nobody_reads_without_signing_in(client, run):
    answers = [getattr(client, method)(address).status_code for method, address in every_url(run)]
    assert set(answers) == {302}


def test_a_viewer_reads_but_may_not_start_or_choose_runs(client, viewer, run):
    client.force_login(viewer)
    answers = {
        address: getattr(client, method)(address).status_code for method, address in every_url(run)
    }
    writing = {address for address in answers if address.endswith(("current/", "again/"))}
    writing.add(reverse("analysis:launch", args=[run.measurement.pk, run.method]))
    assert {answers[address] for address in writing} == {403}
    assert {answers[address] for address in answers.keys() - writing} == {200}
    assert AnalysisRun.objects.count() == 1


def test_a_viewer_sees_no_buttons_that_write(client, viewer, run):
    client.force_login(viewer)
    page = client.get(reverse("analysis:run-detail", args=[run.pk])).content.decode()
    assert "Run again" not in page
    assert "Make current" not in page


def test_the_list_holds_only_what_one_may_see(client, stranger, signed_in, run):
    listed = reverse("analysis:run-list")
    assert run.measurement.code in signed_in.get(listed).content.decode()
    client.force_login(stranger)
    for address in (listed, f"{listed}?as=csv", reverse("home"), reverse("search") + "?q=ME"):
        assert run.measurement.code not in client.get(address).content.decode()


def test_results_of_a_record_leave_out_what_lies_in_a_foreign_project(client, viewer, project):
    cell = CellFactory(project=project)
    foreign = cycling_run(CellFactory(film=cell.film))
    own = cycling_run(cell)
    client.force_login(viewer)
    page = client.get(reverse("samples:film-detail", args=[cell.film.pk])).content.decode()
    assert str(own.pk) in page
    assert str(foreign.pk) not in page
