"""Measurements with their results, raw bytes, tables and values a cycle."""

import io

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from analysis.models import AnalysisRun
from analysis.runs import execute_run
from measurements.frames import write_frame
from measurements.ingest import parse_measurement
from measurements.models import Measurement
from tests import factories as make


def url(measurement, action: str = "") -> str:
    return f"/api/v1/measurements/{measurement.code}/" + (f"{action}/" if action else "")


@pytest.fixture
def cell(project):
    return make.CellFactory(project=project)


@pytest.fixture
def frame() -> pd.DataFrame:
    """Three cycles of 1 mA: an hour up, an hour down, between 0 and 1 V."""
    hour, per_half = 3600.0, 61
    time = np.linspace(0.0, 6 * hour, 6 * per_half)
    half = np.repeat(np.arange(6), per_half)
    into = np.tile(np.linspace(0.0, 1.0, per_half), 6)
    return pd.DataFrame(
        {
            "test_time_second": time,
            "voltage_volt": np.where(half % 2 == 0, into, 1 - into),
            "current_ampere": np.where(half % 2 == 0, 1e-3, -1e-3),
            "cycle_count": half // 2 + 1,
        }
    )


@pytest.fixture
def done(cell, frame) -> Measurement:
    return make.MeasurementFactory(
        cell=cell, done=True, frame_path=write_frame(frame, "frames/test.parquet"), rows=len(frame)
    )


def test_a_failed_measurement_says_why_and_keeps_its_bytes(api, cell):
    failed = make.MeasurementFactory(cell=cell, failed=True)
    make.RawFileFactory(measurement=failed, blob__content=b"broken", original_name="Ä 1.ndax")
    body = api.get(url(failed)).json()
    assert body["status"] == "failed"
    assert body["error"] == {"code": "E_EMPTY_FILE", "message": "test.ndax is empty."}
    assert (body["rows"], body["metrics"], body["flags"], body["runs"]) == (None, [], [], [])
    assert body["files"][0]["name"] == "Ä 1.ndax"
    answer = api.get(url(failed, "file"))
    assert b"".join(answer.streaming_content) == b"broken"
    assert answer["Content-Disposition"].endswith("utf-8''%C3%84%201.ndax")


def test_a_measurement_tells_what_was_read_and_found(api, done):
    run = make.RunFactory(measurement=done, verdict="warning")
    make.MetricFactory(run=run, name="ionic_conductivity", value=1.2e-3, unit="S/cm", u=3e-5)
    make.FlagFactory(run=run)
    old = make.RunFactory(measurement=done, is_current=False)
    make.MetricFactory(run=old, value=9)
    body = api.get(url(done)).json()
    assert (body["status"], body["format"], body["rows"], body["cycles"], body["error"]) == (
        "done",
        "neware",
        366,
        2,
        None,
    )
    assert body["metrics"] == [
        {
            "name": "ionic_conductivity",
            "index": None,
            "qualifier": "",
            "value": 0.0012,
            "unit": "S/cm",
            "u": 3e-05,
            "lo95": None,
            "hi95": None,
            "n": None,
            "censored": "none",
            "definition": "",
            "run": str(run.pk),
            "verdict": "warning",
        }
    ]
    assert [(flag["code"], flag["severity"]) for flag in body["flags"]] == [
        ("MASS_MISSING", "warn")
    ]
    assert [one["id"] for one in body["runs"]] == [str(run.pk)]
    assert body["cell"]["code"] == done.cell.code
    assert "lease" not in body


def test_the_whole_way_of_a_table_from_file_to_metrics(api, cell, frame, settings):
    settings.CELERY_TASK_ALWAYS_EAGER = False
    file = io.BytesIO(frame.to_csv(index=False).encode())
    file.name = "cycling.bdf.csv"
    sent = api.post("/api/v1/files/", {"file": file, "cell": cell.code}, format="multipart")
    measurement = Measurement.objects.get()
    parse_measurement(str(measurement.pk))
    for run in AnalysisRun.objects.all():
        execute_run(str(run.pk))
    body = api.get(sent.json()["measurement"]["url"]).json()
    assert (body["status"], body["rows"], body["cycles"]) == ("done", 366, 3), body["error"]
    runs = {run["method"]: run["id"] for run in body["runs"]}
    assert "MASS_MISSING" in {flag["code"] for flag in body["flags"]}
    assert body["metrics"]
    cycles = api.get(f"{body['url']}cycles/").json()
    assert cycles["run"]["id"] == runs["galvanostatic_cycling"]
    assert len(cycles["lims"]) == 3
    assert set(cycles) == {"run", "lims", "instrument"}


def test_both_families_of_cycles_come_from_the_tables_of_the_run(api, done):
    own = pd.DataFrame({"cycle": [1, 2], "charge_capacity_mah": [1.5, np.nan]})
    theirs = pd.DataFrame({"cycle": [1], "charge_capacity_mah": [1.49]})
    run = make.RunFactory(
        measurement=done,
        tables={
            "cycles": write_frame(own, "runs/own.parquet"),
            "instrument_cycles": write_frame(theirs, "runs/theirs.parquet"),
        },
    )
    body = api.get(url(done, "cycles")).json()
    assert body["run"] == {
        "id": str(run.pk),
        "code": None,
        "url": f"http://testserver/api/v1/runs/{run.pk}/",
    }
    assert body["lims"] == [
        {"cycle": 1, "charge_capacity_mah": 1.5},
        {"cycle": 2, "charge_capacity_mah": None},
    ]
    assert body["instrument"] == [{"cycle": 1, "charge_capacity_mah": 1.49}]


def test_without_a_run_there_are_no_cycles(api, done):
    assert api.get(url(done, "cycles")).json() == {"run": None, "lims": [], "instrument": []}


def test_the_table_is_downloaded_as_parquet_or_csv(api, done, frame):
    parquet = api.get(url(done, "frame"))
    assert parquet["Content-Disposition"] == f'attachment; filename="{done.code}.parquet"'
    read = pq.read_table(io.BytesIO(b"".join(parquet.streaming_content))).to_pandas()
    pd.testing.assert_frame_equal(read, frame)
    text = b"".join(api.get(url(done, "frame") + "?as=csv").streaming_content)
    pd.testing.assert_frame_equal(pd.read_csv(io.BytesIO(text)), frame)


def test_there_is_no_table_before_the_file_is_read(api, cell):
    queued = make.MeasurementFactory(cell=cell)
    answer = api.get(url(queued, "frame"))
    assert (answer.status_code, answer.json()["code"]) == (409, "not_ready")


def test_changed_conditions_are_checked_kept_and_analysed_again(api, done):
    seen = api.get(url(done))
    bad = api.patch(url(done), {"conditions": {"temperature": 25}, "version": 1})
    assert bad.status_code == 400
    assert "temperature is not known" in bad.json()["errors"][0]["what"]
    good = api.patch(
        url(done),
        {"conditions": {"active_mass_mg": 1.5}, "performed_at": "2026-03-02T08:00:00Z"},
        headers={"If-Match": seen["ETag"]},
    )
    assert good.status_code == 200, good.json()
    assert good.json()["conditions"] == {"active_mass_mg": 1.5}
    assert good["ETag"] == '"2"'
    run = AnalysisRun.objects.get(method="galvanostatic_cycling")
    assert (run.facts["active_mass_mg"], run.status) == (1.5, "queued")


def test_a_change_does_not_touch_what_a_worker_writes_meanwhile(api, cell, monkeypatch):
    queued = make.MeasurementFactory(cell=cell)
    check = Measurement.full_clean

    def worker_is_faster(self, *args, **kwargs):
        Measurement.objects.filter(pk=self.pk).update(rows=7, format="neware")
        check(self, *args, **kwargs)

    monkeypatch.setattr(Measurement, "full_clean", worker_is_faster)
    assert api.patch(url(queued), {"notes": "x", "version": 1}).status_code == 200
    queued.refresh_from_db()
    assert (queued.rows, queued.format, queued.notes) == (7, "neware", "x")


def test_subject_kind_and_project_of_a_measurement_stay(api, done):
    other = make.CellFactory(project=done.project)
    body = {"version": 1, "cell": other.code, "kind": "impedance", "notes": "n"}
    assert api.patch(url(done), body).status_code == 200
    done.refresh_from_db()
    assert (done.cell != other, done.kind, done.notes) == (True, "cycling", "n")


def test_a_channel_must_be_one_of_the_instrument(api, done):
    channel, other = make.ChannelFactory(), make.InstrumentFactory()
    answer = api.patch(
        url(done), {"version": 1, "instrument": other.code, "channel": str(channel.pk)}
    )
    assert answer.json()["errors"][0]["field"] == "channel"
    answer = api.patch(
        url(done), {"version": 1, "instrument": channel.instrument.code, "channel": str(channel.pk)}
    )
    assert answer.status_code == 200, answer.json()


def test_a_failed_measurement_is_read_again_and_no_other(api, as_person, viewer, cell, done):
    failed = make.MeasurementFactory(cell=cell, failed=True)
    assert as_person(viewer).post(url(failed, "requeue")).status_code == 403
    answer = api.post(url(failed, "requeue"))
    assert (answer.status_code, answer.json()["status"]) == (202, "queued")
    refused = api.post(url(done, "requeue"))
    assert (refused.status_code, refused.json()["code"]) == (409, "not_failed")


def test_a_voided_measurement_is_gone_with_its_numbers(api, done):
    make.MetricFactory(run=make.RunFactory(measurement=done))
    assert len(api.get("/api/v1/metrics/").json()["results"]) == 1
    assert api.delete(url(done) + "?reason=wrong+cell").status_code == 204
    assert api.get("/api/v1/metrics/").json()["results"] == []
    assert api.get("/api/v1/measurements/").json()["results"] == []


def test_a_measurement_is_made_by_sending_a_file_only(api):
    assert api.post("/api/v1/measurements/", {}).status_code == 405


@pytest.mark.parametrize("status", ["queued", "done", "failed"])
def test_measurements_are_filtered_by_where_they_stand(api, cell, status):
    made = {
        "queued": make.MeasurementFactory(cell=cell),
        "done": make.MeasurementFactory(cell=cell, done=True),
        "failed": make.MeasurementFactory(cell=cell, failed=True),
    }
    found = api.get(f"/api/v1/measurements/?status={status}").json()["results"]
    assert [row["code"] for row in found] == [made[status].code]


def test_measurements_of_a_batch_are_those_of_all_it_went_into(api, project):
    film = make.FilmFactory(project=project)
    cell = make.CellFactory(project=project, film=film)
    electrode = make.ElectrodeFactory(project=project)
    make.ConsumptionFactory(
        lot=None, batch=film.batch, step=make.StepFactory(batch=None, electrode=electrode)
    )
    other_cell = make.PlaceFactory(electrode=electrode, cell__project=project).cell
    made = [
        make.MeasurementFactory(cell=None, batch=film.batch),
        make.MeasurementFactory(cell=None, film=film),
        make.MeasurementFactory(cell=None, electrode=electrode),
        make.MeasurementFactory(cell=cell),
        make.MeasurementFactory(cell=other_cell),
    ]
    make.MeasurementFactory(cell__project=project)
    found = api.get(f"/api/v1/measurements/?batch={film.batch.code}").json()["results"]
    assert {row["code"] for row in found} == {one.code for one in made}
    assert api.get("/api/v1/measurements/?batch=EB-1999-0001").json()["results"] == []
