"""Tables that no format knows: mapped by a person, then read by themselves."""

import json
from pathlib import Path

import pandas as pd
import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile
from django.urls import reverse
from rest_framework.test import APIClient

from labsite.access.recording import create_record, update_record, void_record
from labsite.lib.storage import local_copy
from measurements.ingest import parse_measurement
from measurements.intake import Context, receive_file, requeue
from measurements.labformats import Wish, same_table, save_and_read
from measurements.mappings.document import from_json, to_json
from measurements.models import LabFormat
from tests.factories import CellFactory, MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db

TABLE = b"t/h;U/mV;Strom\n" + b"".join(b"%d,5;%d;-2,5\n" % (n, 4100 - n) for n in range(30))
MAPPING = {
    "kind": "cycling",
    "layout": {"separator": ";", "decimal": ","},
    "columns": [
        {"heading": "t/h", "quantity": "test_time_second", "unit": "h"},
        {"heading": "U/mV", "quantity": "voltage_volt", "unit": "mV"},
        {"heading": "Strom", "quantity": "current_ampere", "unit": "mA"},
    ],
    "headings": ["t/h", "U/mV", "Strom"],
}
FORM = {
    "kind": "cycling", "separator": ";", "decimal": ",", "thousands": "", "encoding": "utf-8",
    "headings_line": "1", "first_line": "2",
    "column-0-heading": "t/h", "column-0-quantity": "test_time_second", "column-0-unit": "h",
    "column-1-heading": "U/mV", "column-1-quantity": "voltage_volt", "column-1-unit": "mV",
    "column-2-heading": "Strom", "column-2-quantity": "current_ampere", "column-2-unit": "mA",
    "name": "Old cycler", "name_contains": "", "save": "yes",
}  # fmt: skip


@pytest.fixture
def cell(project):
    return CellFactory(project=project)


def sent(cell, user, content=TABLE, name="old.csv", kind=""):
    """A measurement after the worker has tried to read its file."""
    receipt = receive_file(
        file=ContentFile(content), name=name, subject=cell, by=user, context=Context(kind=kind)
    )
    return read(receipt.measurement)


def read(measurement):
    parse_measurement(str(measurement.pk))
    measurement.refresh_from_db()
    return measurement


def saved(user, name="Old cycler", **changes):
    return create_record(record=LabFormat(name=name, mapping={**MAPPING, **changes}), by=user)


def frame(measurement):
    with local_copy(measurement.frame_path) as path:
        return pd.read_parquet(path)


def page(client, measurement, what="map", **typed):
    address = reverse(f"measurements:measurement-{what}", args=[measurement.pk])
    return client.post(address, typed) if typed else client.get(address)


def test_an_unknown_table_fails_and_its_pages_offer_to_map_it(signed_in, cell, user):
    measurement = sent(cell, user)

    assert (measurement.status, measurement.error_code) == ("failed", "E_UNKNOWN_FORMAT")
    link = reverse("measurements:measurement-map", args=[measurement.pk])
    assert link in page(signed_in, measurement, "detail").content.decode()
    assert link in page(signed_in, measurement, "job").content.decode()


def test_what_no_person_can_map_is_not_offered(signed_in, cell, user, client, viewer, stranger):
    empty = sent(cell, user, b"", "empty.csv")
    unknown = sent(cell, user)

    assert "Map the columns" not in page(signed_in, empty, "job").content.decode()
    client.force_login(viewer)
    assert "Map the columns" not in page(client, unknown, "job").content.decode()
    assert page(client, unknown).status_code == 403
    assert page(client, unknown, "map-preview", **FORM).status_code == 403
    client.force_login(stranger)
    assert page(client, unknown).status_code == 404
    assert page(client, unknown, "map-preview", **FORM).status_code == 404


def test_a_saved_mapping_reads_its_file_and_the_next_by_itself(signed_in, cell, user):
    measurement = sent(cell, user)

    answer = page(signed_in, measurement, **FORM)

    assert answer.status_code == 302
    table = frame(read(measurement))
    assert table["test_time_second"].tolist()[:2] == [1800.0, 5400.0]
    assert table["voltage_volt"].iloc[1] == 4.099
    assert table["current_ampere"].iloc[0] == -0.0025
    (form,) = LabFormat.objects.all()
    assert (form.created_by, form.mapping["headings"]) == (user, ["t/h", "U/mV", "Strom"])
    assert measurement.format == form.code
    again = sent(cell, user, TABLE + b"30,5;4000;-2,5\n", "next.csv")
    assert (again.status, again.rows) == ("done", 31)
    assert again.metadata["lab_format"] == "Old cycler"
    assert again.metadata["lab_format_version"] == 1


def test_the_page_guesses_and_shows_what_follows(signed_in, cell, user):
    measurement = sent(cell, user)

    answer = page(signed_in, measurement)

    rows = answer.context["form"].rows
    assert [(row.column.quantity, row.column.unit) for row in rows] == [
        ("test_time_second", "h"), ("voltage_volt", "mV"), ("current_ampere", ""),
    ]  # fmt: skip
    assert rows[2].errors == ["Choose the unit of Current: the file does not say it."]
    assert answer.context["preview"] is None
    text = answer.content.decode()
    assert "Positive current charges the cell, negative discharges it." in text
    assert "0,5 · 1,5 · 2,5" in text


def test_the_preview_shows_numbers_the_direction_of_the_current_and_a_doubt(signed_in, cell, user):
    measurement = sent(cell, user)

    right = page(signed_in, measurement, "map-preview", **FORM)
    flipped = page(signed_in, measurement, "map-preview", **FORM, **{"column-2-flip": "on"})

    preview = right.context["preview"]
    assert preview.headings == [("Test time", "s"), ("Voltage", "V"), ("Current", "A")]
    assert preview.rows[1] == ["5400", "4.099", "-0.0025"]
    assert len(preview.rows) == 20
    assert preview.facts == ["Rows 1 to 30: a current of −2.5 mA discharges the cell."]
    assert preview.doubts == []
    assert preview.figure["data"][0]["y"][1] == 4.099
    assert "voltage falls there from 4.1 V to 4.071 V" in flipped.context["preview"].doubts[0]
    assert "may be the other way round" in flipped.content.decode()


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"column-2-unit": ""}, "Choose the unit of Current"),
        ({"column-2-quantity": "voltage_volt", "column-2-unit": "V"},
         "Another column is mapped to Voltage already."),
        ({"column-2-quantity": ""}, "Say which column is Current."),
        ({"column-2-offset": "one"}, "Expected a finite number."),
        ({"decimal": "."}, "not a number with a decimal point; at line 2, column t/h"),
        ({"separator": ",", "decimal": ","}, "A comma cannot part the columns and mark"),
        ({"first_line": "1"}, "The data begins below the headings."),
        ({"headings_line": ""}, "This field is required."),
        ({"headings_line": "400", "first_line": "401"}, "holds no data"),
        ({"separator": "\t"}, "Say which column is"),
        ({"name": ""}, "This field is required."),
        ({"name_contains": "a"}, "Give at least 3 letters"),
    ],
)  # fmt: skip
def test_what_is_wrong_stands_beside_it_and_nothing_is_saved(
    signed_in, cell, user, typed, sentence
):
    measurement = sent(cell, user)

    answer = page(signed_in, measurement, **{**FORM, **typed})

    assert answer.status_code == 200
    assert sentence in answer.content.decode()
    assert not LabFormat.objects.exists()


def test_another_quantity_brings_its_own_units(signed_in, cell, user):
    measurement = sent(cell, user)
    typed = {**FORM, "column-1-quantity": "temperature_celsius", "column-1-unit": "mV"}

    rows = page(signed_in, measurement, "map-preview", **typed).context["form"].rows

    assert rows[1].column.unit == ""
    assert rows[1].units == ("°C", "K", "°F")


def test_two_formats_of_the_lab_that_apply_are_a_sentence(cell, user):
    one, other = saved(user), saved(user, "Same again")

    measurement = sent(cell, user)

    assert measurement.error_code == "E_SEVERAL_FORMATS"
    assert f"Old cycler ({one.code}), Same again ({other.code})" in measurement.error_message
    void_record(record=other, by=user, reason="double")
    requeue(measurement=measurement, by=user)
    assert read(measurement).status == "done"


def test_a_format_of_another_kind_than_was_said_is_not_taken(cell, user):
    saved(user)

    assert sent(cell, user, kind="voltammetry").error_code == "E_UNKNOWN_FORMAT"


def test_a_changed_mapping_leaves_what_was_read_until_a_person_reads_anew(cell, user):
    form = saved(user)
    measurement = sent(cell, user)
    before = measurement.frame_path
    changed = {**MAPPING, "columns": [*MAPPING["columns"][:2],
               {**MAPPING["columns"][2], "flip": True}]}  # fmt: skip
    form.mapping = changed
    update_record(record=form, by=user, expected_version=1)

    measurement.refresh_from_db()
    assert (measurement.frame_path, measurement.metadata["lab_format_version"]) == (before, 1)
    wish = Wish(form.name, from_json(changed), form)
    save_and_read(measurement=measurement, wish=wish, by=user)
    assert frame(read(measurement))["current_ampere"].iloc[0] == 0.0025
    assert measurement.metadata["lab_format_version"] == 3


def test_a_table_without_headings_needs_a_person_or_a_part_of_its_name(cell, user, project):
    bare = b"".join(b"%d.5,%d.25\n" % (n, n) for n in range(20))
    mapping = from_json({
        "kind": "mechanical",
        "layout": {"headings_line": 0, "first_line": 1},
        "columns": [
            {"heading": "Column 1", "quantity": "force_newton", "unit": "kN"},
            {"heading": "Column 2", "quantity": "extension_mm", "unit": "mm"},
        ],
        "headings": ["Column 1", "Column 2"],
    })  # fmt: skip
    first = sent(cell, user, bare, "pull_1.csv")
    save_and_read(measurement=first, wish=Wish("Pull", mapping), by=user)

    assert frame(read(first))["force_newton"].tolist()[:2] == [500, 1500]
    assert sent(cell, user, bare + b"1.5,2.5\n", "pull_2.csv").status == "failed"
    named = from_json({**to_json(mapping), "name_contains": "pull_"})
    save_and_read(measurement=read(first), wish=Wish("Pull by name", named), by=user)
    assert sent(cell, user, bare + b"2.5,2.5\n", "Pull_3.csv").status == "done"


def test_other_files_that_look_the_same_are_offered_and_read(signed_in, cell, user, project):
    first, second = sent(cell, user), sent(cell, user, TABLE + b"30,5;4000;-2,5\n", "b.csv")
    elsewhere = sent(CellFactory(), UserFactory(is_superuser=True), TABLE, "c.csv")
    sent(cell, user, b"a;b\n1;2\n3;4\n5;6\n", "other.csv")
    answer = page(signed_in, first, **FORM)
    form = LabFormat.objects.get()
    read(first)

    assert answer.url == reverse("measurements:labformat-detail", args=[form.pk])
    assert same_table(form, user) == [second]
    offered = signed_in.get(reverse("measurements:labformat-others", args=[form.pk]))
    assert second.code in offered.content.decode()
    assert elsewhere.code not in offered.content.decode()
    signed_in.post(
        reverse("measurements:labformat-read", args=[form.pk]),
        {"measurement": [second.code, elsewhere.code]},
    )
    assert read(second).rows == 31
    elsewhere.refresh_from_db()
    assert elsewhere.status == "failed"


def test_members_add_formats_and_change_their_own_managers_all(user, manager, viewer, project):
    form = saved(user)
    colleague = MembershipFactory(project=project, role="member").user

    form.name = "Cycler of the cellar"
    update_record(record=form, by=user, expected_version=1)
    with pytest.raises(PermissionDenied):
        update_record(record=form, by=colleague, expected_version=2)
    with pytest.raises(PermissionDenied):
        saved(viewer, "Mine")
    void_record(record=form, by=manager, reason="the cycler is gone")
    assert saved(colleague, "Cycler of the cellar").code != form.code
    with pytest.raises(ValidationError, match="Another format of the lab has this name"):
        saved(user, "Cycler of the cellar")


def test_the_list_and_the_page_tell_the_mapping_in_words(signed_in, cell, user):
    form = saved(user)
    measurement = sent(cell, user)

    listed = signed_in.get(reverse("measurements:labformat-list")).content.decode()
    shown = signed_in.get(reverse("measurements:labformat-detail", args=[form.pk]))

    assert "Old cycler" in listed
    assert shown.context["layout"][:2] == [
        "Text in UTF-8, columns parted by semicolon.", "Decimal comma.",
    ]  # fmt: skip
    assert shown.context["columns"] == [
        ("t/h", "Test time in h"), ("U/mV", "Voltage in mV"), ("Strom", "Current in mA"),
    ]  # fmt: skip
    assert shown.context["used"] == 1
    assert measurement.code in shown.content.decode()
    assert "Old cycler" in page(signed_in, measurement, "detail").content.decode()


def test_formats_are_made_and_changed_through_forms_with_sentences(signed_in, user):
    form = saved(user)
    edit = reverse("measurements:labformat-edit", args=[form.pk])

    wrong = signed_in.post(edit, {"name": "X", "mapping": '{"kind": "cycling"}', "version": 1})
    signed_in.post(edit, {"name": "New name", "mapping": json.dumps(form.mapping), "version": 1})

    assert "Say which column is Test time and which Voltage and which Current" in (
        wrong.content.decode()
    )
    form.refresh_from_db()
    assert (form.name, form.version) == ("New name", 2)


def test_the_history_tells_a_changed_mapping_in_words(signed_in, user):
    form = saved(user)
    form.mapping = {**MAPPING, "name_contains": "cellar"}
    update_record(record=form, by=user, expected_version=1)

    shown = signed_in.get(reverse("measurements:labformat-detail", args=[form.pk]))

    (change,) = shown.context["history"][0].changes
    assert change.before == "Reads by itself every file with the same headings."
    assert change.after == (
        "Reads by itself every file whose name contains “cellar” with the same headings."
    )
    assert shown.context["history"][-1].made


def test_programs_list_make_and_change_formats(user, viewer):
    api, reader = APIClient(), APIClient()
    api.force_authenticate(user)
    reader.force_authenticate(viewer)
    sent_by_program = {"name": "Old cycler", "mapping": MAPPING}

    made = api.post("/api/v1/lab-formats/", sent_by_program, format="json").json()
    wrong = {**MAPPING, "columns": [*MAPPING["columns"][:2],
             {"heading": "Strom", "quantity": "current_ampere", "unit": "Ah"}]}  # fmt: skip
    refused = api.patch(made["url"], {"mapping": wrong}, format="json", headers={"if-match": "1"})

    assert made["mapping"]["layout"]["decimal"] == ","
    problem = refused.json()
    assert refused.status_code == 400
    assert "mapping" in str(problem)
    assert "columns.2.unit" in str(problem)
    assert "Ah is no unit of Current; allowed are: A, mA" in str(problem)
    listed = reader.get("/api/v1/formats/").json()["results"]
    assert {"name": made["code"], "title": "Old cycler", "suffixes": [], "kinds": ["cycling"]} in (
        listed
    )
    assert reader.get(f"/api/v1/formats/{made['code']}/").json()["title"] == "Old cycler"
    assert reader.post("/api/v1/lab-formats/", sent_by_program, format="json").status_code == 403


def test_a_real_series_of_spectra_is_mapped_once(real_data: Path, signed_in, cell, user):
    path = real_data / "eis" / "csv" / "MADAP" / "test_1.csv"
    measurement = sent(cell, user, path.read_bytes(), path.name)
    form = page(signed_in, measurement).context["form"]
    typed = {
        **{name: form.settings[name].value() for name in form.settings.fields},
        "name": "MADAP", "save": "yes", "column-2-flip": "on",
    }  # fmt: skip
    units = {"freq": "Hz", "real": "Ω", "imag": "Ω"}
    for row in form.rows:
        typed[f"column-{row.at}-heading"] = row.heading
        typed[f"column-{row.at}-quantity"] = row.column.quantity
        typed[f"column-{row.at}-unit"] = units[row.heading]

    assert page(signed_in, measurement, **typed).status_code == 302

    table = frame(read(measurement))
    assert (measurement.kind, measurement.rows) == ("impedance", 46)
    assert table["imaginary_impedance_ohm"].iloc[0] == -318.684884313117
