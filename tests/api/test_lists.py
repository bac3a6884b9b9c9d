"""Lists: pages that do not move, filters, and a number of queries that does not grow."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.request import Request

from labsite.access.viewsets import ExistingViewSet
from labsite.api import router
from labsite.lib.rest import Page
from tests import factories as make
from tests.api.test_scope import MAKERS, url


def queries(client, address: str) -> int:
    with CaptureQueriesContext(connection) as caught:
        assert client.get(address).status_code == 200
    return len(caught)


def fill(prefix: str, project):
    """Make a row with everything around it that a line may show."""
    row = MAKERS[prefix](project)
    if prefix == "coatings":
        make.CoatingComponentFactory(coating=row)
    if prefix == "electrodes":
        make.ElectrodeEventFactory(electrode=row)
    if prefix == "instruments":
        make.ChannelFactory(instrument=row)
    if prefix == "cells":
        make.PlaceFactory(cell=row)
    if prefix == "steps":
        make.ConsumptionFactory(step=row)
    if prefix == "measurements":
        row.instrument = make.InstrumentFactory()
        row.save()
    if prefix == "runs":
        make.MetricFactory(run=row)
    return row


@pytest.mark.parametrize("prefix", sorted(MAKERS))
def test_a_list_takes_the_same_number_of_queries_for_one_row_and_for_six(api, project, prefix):
    make.CellFactory(project=project)  # so that nothing is asked for the first time below
    fill(prefix, project)
    few = queries(api, url(prefix))
    for _ in range(5):
        fill(prefix, project)
    assert queries(api, url(prefix)) == few
    assert few <= 10


@pytest.mark.parametrize("prefix", ["measurements", "runs"])
def test_one_row_takes_the_same_number_of_queries_with_more_results(api, project, prefix):
    run = make.RunFactory(measurement__cell__project=project)
    row = run.measurement if prefix == "measurements" else run
    make.MetricFactory(run=run)
    few = queries(api, url(prefix, row))
    for index in range(5):
        make.MetricFactory(run=run, name="x", index=index)
        make.FlagFactory(run=run)
        make.RunFactory(measurement=run.measurement, method=f"m{index}")
    assert queries(api, url(prefix, row)) == few


def test_pages_hold_every_row_once_although_rows_come_in_between(api, project):
    films = [make.FilmFactory(project=project) for _ in range(5)]
    page = api.get("/api/v1/films/?page_size=2").json()
    assert set(page) == {"next", "previous", "results"}
    seen = [row["code"] for row in page["results"]]
    make.FilmFactory(project=project)
    while page["next"]:
        page = api.get(page["next"]).json()
        seen += [row["code"] for row in page["results"]]
    assert seen == [film.code for film in reversed(films)]


def test_a_page_is_never_longer_than_500(rf):
    assert Page().get_page_size(Request(rf.get("/?page_size=100000"))) == 500


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("x_min=0.5", {0.8, 1.0}),
        ("x_max=0.8", {0.0, 0.8}),
        ("x_min=0.5&x_max=0.9", {0.8}),
        ("kind=liquid", set()),
        ("kind=elastic", {0.0, 0.8, 1.0}),
        ("created_before=2020-01-01T00:00:00Z", set()),
        ("created_after=2020-01-01T00:00:00Z", {0.0, 0.8, 1.0}),
        ("project=Elastic electrolyte", {0.0, 0.8, 1.0}),
        ("project=Other", set()),
        ("q=nothing", set()),
    ],
)
def test_batches_are_filtered(api, project, query, expected):
    for x in (0.0, 0.8, 1.0):
        make.BatchFactory(project=project, mole_fraction_am=x)
    found = api.get(f"/api/v1/batches/?{query}").json()["results"]
    assert {row["mole_fraction_am"] for row in found} == expected


def test_films_are_found_by_their_batch_and_code(api, project):
    film = make.FilmFactory(project=project)
    make.FilmFactory(project=project)
    for query in (f"batch={film.batch.code}", f"batch={film.batch.pk}", f"code={film.code}"):
        found = api.get(f"/api/v1/films/?{query}").json()["results"]
        assert [row["code"] for row in found] == [film.code]


def test_every_record_can_be_filtered_by_code_and_time():
    for _prefix, viewset, _name in router.registry:
        if issubclass(viewset, ExistingViewSet):
            names = set(viewset.filterset_class.base_filters)
            assert {"q", "code", "created_after", "created_before", "voided"} <= names
