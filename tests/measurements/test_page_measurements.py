"""The list and the page of measurements, their raw data and files."""

import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from measurements.models import Measurement
from measurements.words import name_and_unit
from tests.factories import (
    BatchFactory,
    CellFactory,
    FilmFactory,
    InstrumentFactory,
    MeasurementFactory,
    RawFileFactory,
)
from tests.measurements.stored import (
    PEAK_ROW,
    PEAK_VOLT,
    ROWS,
    cycling_measurement,
    impedance_measurement,
)

pytestmark = pytest.mark.django_db

LIST = reverse("measurements:measurement-list")


@pytest.fixture
def cell(project):
    return CellFactory(project=project)


def get(client, page, measurement, *args, **query):
    address = reverse(f"measurements:measurement-{page}", args=[measurement.pk, *args])
    return client.get(address, query)


def codes(client, **query):
    """The codes in the list under some filters."""
    table = client.get(LIST, query).context["table"]
    return {row.record.code for row in table.rows}


def test_the_page_of_a_failed_file_says_why_and_gives_the_raw_bytes(signed_in, cell):
    measurement = MeasurementFactory(cell=cell, failed=True)
    RawFileFactory(measurement=measurement, blob__content=b"\x00\x01 not an archive")
    page = get(signed_in, "detail", measurement).content.decode()
    assert "test.ndax is empty." in page
    assert "Read again" in page
    raw = get(signed_in, "raw", measurement)
    assert raw.getvalue() == b"\x00\x01 not an archive"
    raw.close()
    assert raw["Content-Disposition"] == 'attachment; filename="test.ndax"'
    assert raw["Content-Type"] == "application/octet-stream"


def test_read_again_queues_a_failed_file(signed_in, cell):
    measurement = MeasurementFactory(cell=cell, failed=True)
    signed_in.post(reverse("measurements:measurement-again", args=[measurement.pk]))
    measurement.refresh_from_db()
    assert (measurement.status, measurement.error_message) == ("queued", "")


def test_the_state_asks_for_news_until_the_end_and_then_tells_the_page(signed_in, cell):
    measurement = MeasurementFactory(cell=cell)
    waiting = get(signed_in, "job", measurement)
    assert "hx-trigger" in waiting.content.decode()
    assert "HX-Trigger" not in waiting
    Measurement.objects.filter(pk=measurement.pk).update(
        status="done", frame_path="frames/x", rows=699_677, format="neware"
    )
    done = get(signed_in, "job", measurement)
    assert "hx-trigger" not in done.content.decode()
    assert "699,677 rows" in done.content.decode()
    assert done["HX-Trigger"] == "labsite:measured"


def test_the_table_is_given_as_csv_row_by_row(signed_in, cell):
    answer = get(signed_in, "table", cycling_measurement(cell=cell))
    text = b"".join(answer.streaming_content).decode()
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0] == ["test_time_second", "voltage_volt", "current_ampere", "cycle_count"]
    assert len(rows) == ROWS + 1
    assert [float(value) for value in rows[PEAK_ROW + 1]] == [PEAK_ROW, PEAK_VOLT, 1e-3, 1]


def test_the_overview_has_at_most_2000_points_and_keeps_the_peak(signed_in, cell):
    figure = get(signed_in, "plot", cycling_measurement(cell=cell), "time").json()
    voltage, current = figure["data"]
    assert len(voltage["x"]) <= 2000
    assert len(current["x"]) <= 2000
    assert max(voltage["y"]) == PEAK_VOLT
    assert current["y"][0] == pytest.approx(1.0)  # mA
    assert figure["layout"]["xaxis"]["title"]["text"] == "Test time / h"


def test_zooming_asks_for_every_row_in_the_window(signed_in, cell):
    low, high = PEAK_ROW / 3600, (PEAK_ROW + 100) / 3600
    query = {"from": low, "to": high}
    figure = get(signed_in, "plot", cycling_measurement(cell=cell), "time", **query).json()
    assert len(figure["data"][0]["x"]) == 101
    assert figure["data"][0]["y"][0] == PEAK_VOLT


def test_an_unchanged_figure_is_not_sent_twice(signed_in, cell):
    measurement = cycling_measurement(cell=cell)
    first = get(signed_in, "plot", measurement, "time")
    address = reverse("measurements:measurement-plot", args=[measurement.pk, "time"])
    again = signed_in.get(address, headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304


def test_a_spectrum_is_drawn_with_equal_axes(signed_in, cell):
    figure = get(signed_in, "plot", impedance_measurement(cell=cell), "nyquist").json()
    assert figure["data"][0]["x"] == [5.0, 5.0, 5.0]
    assert figure["data"][0]["y"][0] == pytest.approx(1.5915, rel=1e-4)  # 1/(2π·10⁴·10⁻⁵) Ω
    assert figure["layout"]["yaxis"]["scaleanchor"] == "x"


@pytest.mark.parametrize("name", ["nyquist", "nothing"])
def test_a_figure_that_a_measurement_does_not_have_is_not_found(signed_in, cell, name):
    assert get(signed_in, "plot", cycling_measurement(cell=cell), name).status_code == 404


def test_an_unread_file_has_no_table_and_no_figure(signed_in, cell):
    measurement = MeasurementFactory(cell=cell)
    assert get(signed_in, "table", measurement).status_code == 404
    assert get(signed_in, "plot", measurement, "time").status_code == 404


def test_editing_changes_conditions_and_keeps_what_the_form_does_not_ask_for(signed_in, cell):
    conditions = {"temperature_celsius": 25.0, "rest_min": 30.0}
    measurement = MeasurementFactory(cell=cell, done=True, conditions=conditions)
    answer = signed_in.post(
        reverse("measurements:measurement-edit", args=[measurement.pk]),
        {"version": 1, "thickness_um": "0.2 mm", "contact_geometry": "blocking"},
    )
    assert answer.status_code == 302
    measurement.refresh_from_db()
    assert measurement.conditions == {
        "rest_min": 30.0, "thickness_um": 200.0, "contact_geometry": "blocking",
    }  # fmt: skip


def test_filters_find_measurements_by_what_they_are_and_are_of(signed_in, project, cell):
    instrument = InstrumentFactory()
    film = FilmFactory(project=project)
    failed = MeasurementFactory(cell=cell, failed=True)
    cycling = MeasurementFactory(cell=cell, done=True, instrument=instrument)
    spectrum = MeasurementFactory(
        cell=None, film=film, done=True, kind="impedance", performed_at="2026-04-05T10:00Z"
    )
    assert codes(signed_in, failed="on") == {failed.code}
    assert codes(signed_in, status="failed") == {failed.code}
    assert codes(signed_in, kind="impedance") == {spectrum.code}
    assert codes(signed_in, of="film") == {spectrum.code}
    assert codes(signed_in, instrument=instrument.pk) == {cycling.code}
    assert codes(signed_in, since="2026-04-01") == {spectrum.code}
    assert codes(signed_in, until="2026-04-01") == {failed.code, cycling.code}
    assert codes(signed_in, q=film.code) == {spectrum.code}
    assert codes(signed_in, about="nonsense") == set()


def test_what_is_about_a_batch_follows_it_into_film_and_cell(signed_in, project):
    batch = BatchFactory(project=project)
    film = FilmFactory(project=project, batch=batch)
    of_batch = MeasurementFactory(cell=None, batch=batch)
    of_film = MeasurementFactory(cell=None, film=film)
    of_cell = MeasurementFactory(cell=CellFactory(project=project, film=film))
    MeasurementFactory(cell=CellFactory(project=project))
    assert codes(signed_in, about=batch.code) == {of_batch.code, of_film.code, of_cell.code}
    assert codes(signed_in, about=film.code) == {of_film.code, of_cell.code}
    page = signed_in.get(reverse("samples:batch-detail", args=[batch.pk])).content.decode()
    assert all(one.code in page for one in (of_batch, of_film, of_cell))


def test_a_voided_measurement_leaves_lists_and_panels(signed_in, cell):
    measurement = MeasurementFactory(cell=cell)
    signed_in.post(
        reverse("measurements:measurement-void", args=[measurement.pk]), {"reason": "wrong cell"}
    )
    assert codes(signed_in) == set()
    assert codes(signed_in, voided="on") == {measurement.code}
    page = signed_in.get(reverse("cells:cell-detail", args=[cell.pk])).content.decode()
    assert measurement.code not in page


@pytest.mark.parametrize("where", ["list", "cell"])
def test_the_number_of_queries_does_not_grow_with_the_measurements(signed_in, cell, where):
    address = LIST if where == "list" else reverse("cells:cell-detail", args=[cell.pk])
    counts = []
    for more in (2, 9):
        for _ in range(more):
            RawFileFactory(
                measurement=MeasurementFactory(cell=cell, instrument=InstrumentFactory())
            )
        with CaptureQueriesContext(connection) as queries:
            signed_in.get(address)
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("name", "label", "unit"),
    [
        ("highest_frequency_hz", "Highest frequency", "Hz"),
        ("kk_residual_real_percent", "KK residual real", "%"),
        ("lead_inductance_h", "Lead inductance", "H"),
        ("drying_time_h", "Drying time", "h"),
    ],
)
def test_names_are_split_into_words_and_unit(name, label, unit):
    assert name_and_unit(name) == (label, unit)
