"""Instruments with their channels and their clock."""

import pytest
from django.urls import reverse

from measurements.models import Instrument
from tests.factories import ChannelFactory, InstrumentFactory, MeasurementFactory

pytestmark = pytest.mark.django_db

ROWS = {
    "channels-TOTAL_FORMS": "4",
    "channels-INITIAL_FORMS": "0",
    "channels-MIN_NUM_FORMS": "0",
    "channels-MAX_NUM_FORMS": "1000",
}
FIELDS = {"name": "Neware 1", "kind": "cycler", "time_zone": "Europe/Berlin"}


def test_an_instrument_is_logged_with_its_channels(client, manager):
    client.force_login(manager)
    channels = {
        "channels-0-name": "7-1",
        "channels-1-name": "7-2",
        "channels-1-current_range_a": "5 mA",
    }
    answer = client.post(reverse("measurements:instrument-add"), FIELDS | ROWS | channels)
    assert answer.status_code == 302
    instrument = Instrument.objects.get()
    assert instrument.time_zone == "Europe/Berlin"
    ranges = dict(instrument.channels.values_list("name", "current_range_a"))
    assert ranges == {"7-1": None, "7-2": 0.005}


def test_an_unknown_time_zone_is_refused_in_words(client, manager):
    client.force_login(manager)
    answer = client.post(
        reverse("measurements:instrument-add"), FIELDS | ROWS | {"time_zone": "Berlin"}
    )
    assert "Berlin is no time zone; write Europe/Berlin, for example." in answer.content.decode()


def test_two_channels_of_one_name_are_refused(client, manager):
    client.force_login(manager)
    channels = {"channels-0-name": "7-1", "channels-1-name": "7-1"}
    answer = client.post(reverse("measurements:instrument-add"), FIELDS | ROWS | channels)
    assert answer.status_code == 200
    assert not Instrument.objects.exists()


def test_the_page_shows_channels_and_what_was_measured(signed_in, project):
    channel = ChannelFactory(name="7-1")
    measurement = MeasurementFactory(
        cell__project=project, instrument=channel.instrument, channel=channel
    )
    page = signed_in.get(
        reverse("measurements:instrument-detail", args=[channel.instrument.pk])
    ).content.decode()
    assert "7-1" in page
    assert measurement.code in page


def test_the_list_tells_an_overdue_calibration(signed_in):
    InstrumentFactory(calibration_due_on="2020-01-01")
    page = signed_in.get(reverse("measurements:instrument-list")).content.decode()
    assert "calibration overdue" in page
