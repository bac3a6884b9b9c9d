"""Uploading files through pages: by script, one at a time, and as a plain form."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from measurements.models import Measurement
from tests.factories import (
    BatchFactory,
    CellFactory,
    ChannelFactory,
    ChemicalFactory,
    FilmFactory,
    LotFactory,
    MembershipFactory,
)

pytestmark = pytest.mark.django_db

ADDRESS = reverse("measurements:upload")
SPECTRUM = b"""ZPLOT2 ASCII
 Circuit Comments:
End Comments
  Freq(Hz)\tAmpl\tBias\tTime(Sec)\tZ'(a)\tZ''(b)\tGD\tErr\tRange
1.0E+05, 0, 0, 0, 5.0E+00, -1.0E+00, 0, 0, 0
"""


@pytest.fixture
def cell(project):
    return CellFactory(project=project)


def send(client, subject, *files, script=True, **fields):
    """Post files about a subject; ``script`` as upload.js does."""
    data = {"subject": getattr(subject, "code", subject), "file": list(files), **fields}
    headers = {"HX-Request": "true"} if script else {}
    return client.post(ADDRESS, data, headers=headers)


def a_file(name="test.ndax", content=b"no instrument writes this"):
    return SimpleUploadedFile(name, content)


def test_a_file_sent_by_the_script_comes_back_as_a_line_that_asks_for_news(signed_in, cell):
    answer = send(signed_in, cell, a_file())
    measurement = Measurement.objects.get()
    page = answer.content.decode()
    assert answer.status_code == 200
    assert measurement.cell == cell
    assert measurement.code in page
    assert "queued" in page
    job = reverse("measurements:measurement-job", args=[measurement.pk])
    assert f'hx-get="{job}" hx-trigger="every 1s"' in page
    assert "<html" not in page


def test_the_line_names_the_detected_format_before_the_file_is_read(signed_in, cell):
    known = send(signed_in, cell, a_file("spectrum.z", SPECTRUM)).content.decode()
    unknown = send(signed_in, cell, a_file("letter.txt", b"Dear Sir or Madam,\n")).content.decode()
    assert "ZPlot/ZView" in known
    assert "no known format" in unknown


def test_several_files_without_script_go_back_to_the_record_with_a_word_on_each(signed_in, cell):
    answer = send(signed_in, cell, a_file("a.z", b"1"), a_file("b.z", b"2"), script=False)
    assert answer.status_code == 302
    assert answer.url == reverse("cells:cell-detail", args=[cell.pk])
    page = signed_in.get(answer.url).content.decode()
    assert "a.z is being read." in page
    assert "b.z is being read." in page
    assert Measurement.objects.count() == 2


def test_one_file_without_script_leads_to_its_measurement(signed_in, cell):
    answer = send(signed_in, cell, a_file(), script=False)
    measurement = Measurement.objects.get()
    assert answer.url == reverse("measurements:measurement-detail", args=[measurement.pk])


def test_the_same_file_again_is_said_to_be_there_already(signed_in, cell):
    send(signed_in, cell, a_file())
    page = send(signed_in, cell, a_file()).content.decode()
    assert "The same file was there already" in page
    assert Measurement.objects.count() == 1


def test_an_empty_file_is_taken_so_that_its_reading_can_say_what_is_wrong(signed_in, cell):
    assert send(signed_in, cell, a_file(content=b"")).status_code == 200
    assert Measurement.objects.get().size_bytes == 0


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("CE-1999-0001", "There is no CE-1999-0001 that you may see; check the label."),
        ("", "This field is required."),
    ],
)
def test_an_unknown_subject_is_refused_at_once_in_words(signed_in, cell, code, sentence):
    answer = send(signed_in, code, a_file())
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not Measurement.objects.exists()


def test_a_chemical_cannot_be_measured(signed_in):
    answer = send(signed_in, ChemicalFactory(), a_file())
    assert answer.status_code == 422
    assert "cannot be measured; choose a cell, film, batch" in answer.content.decode()


def test_a_viewer_is_told_that_reading_is_all_he_may_do(client, viewer, cell):
    client.force_login(viewer)
    answer = send(client, cell, a_file())
    assert answer.status_code == 422
    assert f"You may read {cell.code}, but not add measurements" in answer.content.decode()
    assert not Measurement.objects.exists()


def test_a_stranger_is_not_told_that_the_cell_exists(client, stranger, cell):
    client.force_login(stranger)
    answer = send(client, cell, a_file())
    assert f"There is no {cell.code} that you may see" in answer.content.decode()
    assert not Measurement.objects.exists()


def test_conditions_are_taken_with_their_units(signed_in, project):
    film = FilmFactory(project=project)
    answer = send(
        signed_in, film, a_file(),
        contact_geometry="blocking", diameter_mm="1,6 cm", diameter_mm_u="100 um",
        temperature_celsius="298.15 K", amplitude_mv="0.01 V", kind="impedance",
    )  # fmt: skip
    assert answer.status_code == 200
    measurement = Measurement.objects.get()
    assert measurement.kind == "impedance"
    assert measurement.conditions == {
        "contact_geometry": "blocking",
        "diameter_mm": 16.0,
        "diameter_mm_u": 0.1,
        "temperature_celsius": 25.0,
        "amplitude_mv": 10.0,
    }


def test_a_condition_that_is_no_quantity_is_refused_beside_its_field(signed_in, cell):
    answer = send(signed_in, cell, a_file(), temperature_celsius="warm")
    assert answer.status_code == 422
    assert "Temperature: “warm” is not understood" in answer.content.decode()


def test_the_channel_brings_its_instrument(signed_in, cell):
    channel = ChannelFactory()
    send(signed_in, cell, a_file(), channel=str(channel.pk))
    measurement = Measurement.objects.get()
    assert (measurement.channel, measurement.instrument) == (channel, channel.instrument)


def test_a_channel_of_another_instrument_is_refused(signed_in, cell):
    channel, other = ChannelFactory(), ChannelFactory()
    answer = send(
        signed_in, cell, a_file(), channel=str(channel.pk), instrument=str(other.instrument.pk)
    )
    assert answer.status_code == 422
    assert "The channel is not one of the instrument." in answer.content.decode()


def test_a_lot_measured_by_a_member_of_two_projects_needs_the_project(signed_in, user, project):
    MembershipFactory(user=user)
    lot = LotFactory()
    refused = send(signed_in, lot, a_file())
    assert "Say which project the measurement belongs to" in refused.content.decode()
    assert send(signed_in, lot, a_file(), project=str(project.pk)).status_code == 200
    assert Measurement.objects.get().project == project


@pytest.mark.parametrize("make", [CellFactory, FilmFactory, BatchFactory])
def test_the_page_opened_from_a_record_knows_the_subject(signed_in, project, make):
    record = make(project=project)
    page = signed_in.get(ADDRESS, {"cell": record.code}).content.decode()
    assert f'name="subject" value="{record.code}"' in page
    assert record.summary in page


def test_the_form_starts_with_what_was_said_about_the_last_such_file(signed_in, project):
    film = FilmFactory(project=project)
    send(signed_in, film, a_file(), contact_geometry="blocking", diameter_mm="12")
    page = signed_in.get(ADDRESS, {"film": FilmFactory(project=project).code})
    initial = page.context["form"].initial
    assert (initial["contact_geometry"], initial["diameter_mm"]) == ("blocking", 12.0)


def test_a_form_with_an_error_is_shown_again_without_script(signed_in):
    answer = send(signed_in, "CE-1999-0001", a_file(), script=False)
    assert answer.status_code == 200
    assert "Nothing was saved yet." in answer.content.decode()
