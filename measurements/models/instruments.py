"""Instruments with their channels, and force sensors; shared by the whole lab."""

import zoneinfo

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from labsite.access.records import LabRecord
from labsite.lib.fields import not_negative, number, positive, uncertainty
from labsite.lib.models import Stamped


def check_zone(name: str) -> None:
    """Raise ValidationError unless the name is a time zone of the IANA database."""
    if name not in zoneinfo.available_timezones():
        raise ValidationError(
            _("%(name)s is no time zone; write Europe/Berlin, for example."), params={"name": name}
        )


class Instrument(LabRecord):
    """A cycler, impedance analyser or other instrument."""

    CODE_PREFIX = "IN"

    class Kind(models.TextChoices):
        """What instruments do."""

        CYCLER = "cycler", _("battery cycler")
        IMPEDANCE = "impedance", _("impedance analyser")
        POTENTIOSTAT = "potentiostat", _("potentiostat")
        MULTIMETER = "multimeter", _("multimeter")
        MECHANICAL = "mechanical", _("mechanical tester")
        THERMAL = "thermal", _("thermal analyser")
        SPECTROMETER = "spectrometer", _("spectrometer")
        SCATTERING = "scattering", _("X-ray scattering")
        MICROSCOPE = "microscope", _("microscope")
        BALANCE = "balance", _("balance")
        OTHER = "other", _("other")

    name = models.CharField(_("name"), max_length=100)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    vendor = models.CharField(_("vendor"), max_length=60, blank=True)
    model = models.CharField(_("model"), max_length=60, blank=True)
    serial_number = models.CharField(_("serial number"), max_length=60, blank=True)
    location = models.CharField(_("location"), max_length=100, blank=True)
    time_zone = models.CharField(
        _("time zone of its clock"),
        max_length=40,
        blank=True,
        validators=[check_zone],
        help_text=_("Times without a zone in its files are read in this one."),
    )
    calibrated_on = models.DateField(_("calibrated on"), null=True, blank=True)
    calibration_due_on = models.DateField(_("calibration due on"), null=True, blank=True)
    current_range_a = number(_("current range / A"))
    current_accuracy_fraction = number(
        _("current accuracy (share of the range)"), help_text=_("0.0005 for 0.05 % of full scale.")
    )
    voltage_accuracy_v = number(_("voltage accuracy / V"))

    class Meta(LabRecord.Meta):
        ordering = ["name"]
        constraints = [
            *LabRecord.Meta.constraints,
            *positive("measurements_instrument", ["current_range_a"]),
            *not_negative(
                "measurements_instrument", ["current_accuracy_fraction", "voltage_accuracy_v"]
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def summary(self) -> str:
        """One line for people."""
        return " ".join(part for part in (self.vendor, self.model) if part) or self.name


class Channel(Stamped):
    """One channel of an instrument."""

    instrument = models.ForeignKey(Instrument, on_delete=models.CASCADE, related_name="channels")
    name = models.CharField(_("name"), max_length=30)
    current_range_a = number(
        _("current range / A"), help_text=_("When it differs from the instrument's.")
    )

    class Meta:
        ordering = ["instrument", "name"]
        constraints = [
            models.UniqueConstraint(
                name="measurements_channel_once_per_instrument", fields=["instrument", "name"]
            ),
            models.CheckConstraint(name="measurements_channel_has_name", condition=~Q(name="")),
            *positive("measurements_channel", ["current_range_a"]),
        ]

    def __str__(self) -> str:
        return f"{self.instrument} {self.name}"


class Sensor(LabRecord):
    """A film force sensor."""

    CODE_PREFIX = "SE"

    name = models.CharField(_("name"), max_length=100)
    serial_number = models.CharField(_("serial number"), max_length=60, blank=True)
    active_area_mm2 = number(_("active area / mm²"))
    active_area_mm2_u = uncertainty(_("u(active area) / mm²"))
    puck = models.CharField(
        _("puck"), max_length=100, blank=True, help_text=_("Geometry and hardness.")
    )

    class Meta(LabRecord.Meta):
        constraints = [
            *LabRecord.Meta.constraints,
            *positive("measurements_sensor", ["active_area_mm2"]),
            *not_negative("measurements_sensor", ["active_area_mm2_u"]),
        ]

    @property
    def summary(self) -> str:
        """One line for people."""
        return self.name
