"""Runs and metrics: asked for once, found across all experiments, each with where it comes from."""

import pytest
from jsonschema import Draft202012Validator

from analysis.models import AnalysisRun
from analysis.registry import methods
from tests import factories as make

RUNS, METRICS = "/api/v1/runs/", "/api/v1/metrics/"


@pytest.fixture
def done(project):
    measurement = make.MeasurementFactory(cell__project=project, done=True)
    make.RawFileFactory(measurement=measurement)
    return measurement


def ask(done, **more):
    return {"method": "galvanostatic_cycling", "measurement": done.code, **more}


def test_a_run_is_queued_with_checked_parameters(api, done, user):
    answer = api.post(RUNS, ask(done, params={"retention_reference": "max"}))
    assert answer.status_code == 201, answer.json()
    body = answer.json()
    run = AnalysisRun.objects.get()
    assert (body["id"], body["status"], body["requested_by"]) == (
        str(run.pk),
        "queued",
        user.username,
    )
    assert body["params"]["retention_reference"] == "max"
    assert set(body["params"]) > {"retention_reference"}
    assert body["inputs"][0]["measurement"]["code"] == done.code
    assert body["inputs"][0]["sha256"] == done.raw_files.get().blob_id


def test_the_same_run_is_made_once(api, done):
    first, again = api.post(RUNS, ask(done)), api.post(RUNS, ask(done, params={}))
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["id"] == again.json()["id"]
    other = api.post(RUNS, ask(done, params={"retention_reference": "max"}))
    assert other.status_code == 201
    assert AnalysisRun.objects.count() == 2


@pytest.mark.parametrize(
    ("change", "code", "words"),
    [
        ({"method": "magic"}, "invalid", "Allowed are: critical_current_density, eis_bulk"),
        ({"params": {"colour": 1}}, "E_PARAM_UNKNOWN", "has no parameter colour"),
        (
            {"params": {"retention_reference": "none"}},
            "E_PARAM_INVALID",
            "allowed is one of first_of_nominal_rate",
        ),
        ({"params": {"dead_band_percent": "nan"}}, "E_PARAM_INVALID", "found 'nan'"),
        ({"params": {"reference_cycle": "inf"}}, "E_PARAM_INVALID", "found 'inf'"),
        ({"params": {"reference_cycle": 1.5}}, "E_PARAM_INVALID", "found 1.5"),
        ({"params": {"life_consecutive": [3]}}, "E_PARAM_INVALID", "found [3]"),
        ({"params": [1]}, "invalid", "params"),
        ({"inputs": {"main": "ME-1"}}, "invalid", "Found role main; allowed are: none"),
        ({"inputs": {"short": "ME-1"}}, "invalid", "Found role short"),
        ({"measurment": "ME-1"}, "invalid", "Unknown field"),
    ],
)
def test_what_is_wrong_is_said(api, done, change, code, words):
    answer = api.post(RUNS, ask(done) | change)
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert words in answer.json()["detail"]
    assert AnalysisRun.objects.count() == 0


def test_a_file_must_be_read_before_it_is_analysed(api, project):
    queued = make.MeasurementFactory(cell__project=project)
    answer = api.post(RUNS, ask(queued))
    assert (answer.status_code, answer.json()["code"]) == (409, "not_ready")


def test_further_inputs_are_named_by_role(api, project):
    main, short = (
        make.RawFileFactory(
            measurement=make.MeasurementFactory(cell__project=project, done=True, kind="impedance")
        ).measurement
        for _ in range(2)
    )
    body = {"method": "eis_bulk_conductivity", "measurement": str(main.pk)}
    answer = api.post(RUNS, body | {"inputs": {"short": short.code}})
    assert answer.status_code == 201, answer.json()
    roles = {one["role"]: one["measurement"]["code"] for one in answer.json()["inputs"]}
    assert roles == {"main": main.code, "short": short.code}


def test_strangers_and_viewers_start_no_run(as_person, stranger, viewer, done):
    outsider = make.MembershipFactory().user
    assert as_person(outsider).post(RUNS, ask(done)).status_code == 404
    for person in (stranger, viewer):
        assert as_person(person).post(RUNS, ask(done)).status_code in {403, 404}
    assert AnalysisRun.objects.count() == 0


def test_a_run_tells_all_about_itself(api, project):
    run = make.RunFactory(
        measurement__cell__project=project,
        params={"retention_reference": "max"},
        facts={"cell_type": "full_cell"},
        log="one\ntwo",
        code_revision="0.1.0 abc",
        stale_at=make.NOON,
        stale_reason="the mass changed",
    )
    make.MetricFactory(run=run)
    make.FlagFactory(run=run, context={"n": 1})
    body = api.get(f"{RUNS}{run.pk}/").json()
    assert body["metrics"][0]["value"] == 87.1
    assert body["flags"][0]["context"] == {"n": 1}
    assert (body["log"], body["duration_s"], body["code_revision"]) == (
        "one\ntwo",
        0.0,
        "0.1.0 abc",
    )
    assert (body["params"], body["facts"]) == (run.params, run.facts)
    assert body["stale"]["reason"] == "the mass changed"
    assert body["version"] == run.method_version


def test_a_run_has_no_code(api, project):
    assert api.get(f"{RUNS}anything/").status_code == 404


def test_runs_are_filtered(api, project):
    run = make.RunFactory(measurement__cell__project=project)
    make.RunFactory(measurement__cell__project=project, is_current=False, verdict="warning")
    for query in (f"measurement={run.measurement.code}", "current=true", "verdict=ok"):
        found = api.get(f"{RUNS}?{query}").json()["results"]
        assert [row["id"] for row in found] == [str(run.pk)]


@pytest.fixture
def found(api):
    def values(query: str = "") -> set[float]:
        answer = api.get(f"{METRICS}?{query}")
        assert answer.status_code == 200, answer.json()
        return {row["value"] for row in answer.json()["results"]}

    return values


def test_metrics_count_only_of_current_runs_that_did_not_fail(found, project):
    cell = make.CellFactory(project=project)
    measurement = make.MeasurementFactory(cell=cell, done=True)
    make.MetricFactory(value=1, run__measurement=measurement)
    make.MetricFactory(value=2, run__measurement=measurement, run__is_current=False)
    make.MetricFactory(
        value=3,
        run__measurement=measurement,
        run__is_current=False,
        run__status="failed",
        run__verdict="failed",
    )
    assert found() == {1}
    assert found("current=true") == {1}
    assert found("current=false") == {1, 2}


def test_metrics_are_asked_for_by_name_index_verdict_and_record(found, project):
    film = make.FilmFactory(project=project)
    cell = make.CellFactory(project=project, film=film)
    measurement = make.MeasurementFactory(cell=cell, done=True)
    run = make.RunFactory(measurement=measurement, verdict="warning")
    make.MetricFactory(run=run, name="capacity_retention", index=100, value=1)
    make.MetricFactory(run=run, name="capacity_retention", index=200, value=2)
    on_film = make.MeasurementFactory(cell=None, film=film, done=True)
    make.MetricFactory(run__measurement=on_film, name="ionic_conductivity", value=3)
    make.MetricFactory(run__measurement__cell__project=project, value=4)
    assert found() == {1, 2, 3, 4}
    assert found("name=ionic_conductivity") == {3}
    assert found("name=ionic_conductivity,capacity_retention") == {1, 2, 3}
    assert found("name=capacity_retention&index=100") == {1}
    assert found("verdict=warning") == {1, 2}
    assert found(f"cell={cell.code}") == {1, 2}
    assert found(f"cell={cell.pk}") == {1, 2}
    assert found(f"film={film.code}") == {1, 2, 3}
    assert found(f"batch={film.batch.code}") == {1, 2, 3}
    assert found(f"measurement={measurement.code}") == {1, 2}
    assert found("batch=EB-1999-0001") == set()


def test_a_batch_follows_the_infiltrated_electrode_into_its_cell(found, project):
    batch = make.BatchFactory(project=project)
    electrode = make.ElectrodeFactory(project=project)
    make.ConsumptionFactory(
        lot=None, batch=batch, step=make.StepFactory(batch=None, electrode=electrode)
    )
    cell = make.PlaceFactory(electrode=electrode, cell__project=project).cell
    make.MetricFactory(run__measurement=make.MeasurementFactory(cell=cell, done=True), value=5)
    assert found(f"batch={batch.code}") == {5}


def test_a_foreign_batch_finds_nothing(found, project):
    foreign = make.BatchFactory()
    film = make.FilmFactory(project=project, batch=foreign)
    measurement = make.MeasurementFactory(cell=None, film=film, done=True)
    make.MetricFactory(run__measurement=measurement)
    assert found(f"batch={foreign.code}") == set()


def test_a_metric_tells_where_it_comes_from(api, project):
    metric = make.MetricFactory(run__measurement__cell__project=project)
    row = api.get(METRICS).json()["results"][0]
    measurement = metric.run.measurement
    assert (row["name"], row["value"], row["unit"], row["u"]) == (
        "initial_coulombic_efficiency",
        87.1,
        "%",
        0.2,
    )
    assert row["run"]["id"] == str(metric.run.pk)
    assert (row["run"]["verdict"], row["run"]["stale"]) == ("ok", False)
    assert row["measurement"]["code"] == measurement.code
    assert row["subject"]["code"] == measurement.cell.code


def test_methods_tell_the_schema_of_their_parameters(api):
    listed = api.get("/api/v1/methods/").json()
    assert [row["name"] for row in listed["results"]] == list(methods())
    assert (listed["next"], listed["previous"]) == (None, None)
    one = api.get("/api/v1/methods/galvanostatic_cycling/").json()
    Draft202012Validator.check_schema(one["params"])
    validator = Draft202012Validator(one["params"])
    assert validator.is_valid({"retention_reference": "max"})
    assert not validator.is_valid({"retention_reference": "none"})
    assert not validator.is_valid({"colour": 1})
    assert api.get("/api/v1/methods/magic/").status_code == 404


def test_formats_are_listed(api):
    names = [row["name"] for row in api.get("/api/v1/formats/").json()["results"]]
    assert "neware" in names
    assert names == sorted(names)
