"""Instruments of the demo lab."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings

from labsite.access.recording import create_record
from labsite.demo.team import Team, days_ago
from measurements.models import Channel, Instrument

CYCLER_RANGE_A = 0.005
CYCLER_ACCURACY = 0.0005
"""Share of the range; assumed, as the paper does not say it."""
CHANNELS = 8


@dataclass(frozen=True)
class Instruments:
    """The instruments, and the cycler's channels by name."""

    cycler: Instrument
    impedance: Instrument
    channels: Mapping[str, Channel]


def set_up(team: Team) -> Instruments:
    """Store cycler, impedance analyser and balance; their clocks run in the lab's zone."""
    today = days_ago(0).date()
    cycler = _store(
        team,
        Instrument(
            name="Cycler 1",
            kind=Instrument.Kind.CYCLER,
            vendor="NEWARE",
            model="CT-4008T",
            serial_number="DEMO-4008",
            calibrated_on=today - timedelta(days=200),
            calibration_due_on=today + timedelta(days=165),
            current_range_a=CYCLER_RANGE_A,
            current_accuracy_fraction=CYCLER_ACCURACY,
            voltage_accuracy_v=0.0025,
            notes="The accuracy of 0.05 % of the range is assumed.",
        ),
    )
    impedance = _store(
        team,
        Instrument(
            name="Impedance 1",
            kind=Instrument.Kind.IMPEDANCE,
            vendor="Solartron",
            model="1260/1287",
            serial_number="DEMO-1260",
            calibrated_on=today - timedelta(days=350),
            calibration_due_on=today + timedelta(days=15),
        ),
    )
    _store(
        team,
        Instrument(
            name="Balance 1",
            kind=Instrument.Kind.BALANCE,
            serial_number="DEMO-BAL",
            calibrated_on=today - timedelta(days=90),
            calibration_due_on=today + timedelta(days=275),
            notes="Readability 0.1 mg; electrodes are weighed on the 0.01 mg range.",
        ),
    )
    channels = {
        name: Channel.objects.create(instrument=cycler, name=name, created_by=team.manager)
        for name in (f"1-{number}" for number in range(1, CHANNELS + 1))
    }
    return Instruments(cycler=cycler, impedance=impedance, channels=channels)


def _store(team: Team, instrument: Instrument) -> Instrument:
    instrument.time_zone = settings.LAB_TIME_ZONE
    instrument.location = "Laboratory 1"
    return create_record(record=instrument, by=team.manager)
