"""Coatings: slurries cast on foil, or pressed composites, from which electrodes are punched."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from labsite.access.records import ProjectRecord
from labsite.lib.fields import (
    not_negative,
    number,
    ordered,
    positive,
    readings,
    source,
    uncertainty,
)
from labsite.lib.models import Stamped
from labsite.lib.plausible import Ranges
from labsite.lib.readings import check_readings
from samples.models.materials import Chemical


class Coating(ProjectRecord):
    """One coating with its dry composition."""

    CODE_PREFIX = "CO"
    READINGS = ("thickness_um", "blank_mass_mg")
    """Quantities that may be the mean of several readings, and the masses of the blank discs."""
    PLAUSIBLE: ClassVar[Ranges] = {
        "active_mass_fraction": (0.3, 1),
        "foil_mass_mg_cm2": (1, 50),
        "blank_diameter_mm": (3, 60),
        "blade_gap_um": (10, 2000),
        "thickness_um": (1, 1000),
        "drying_temperature_celsius": (20, 300),
        "drying_time_h": (0.1, 168),
        "first_lithiation_capacity_mah_g": (50, 4200),
        "reversible_capacity_mah_g": (50, 4200),
    }

    class Process(models.TextChoices):
        """How the layer is made."""

        CAST = "cast", _("cast on a foil")
        PRESSED = "pressed", _("pressed powder, no foil")

    process = models.CharField(_("made as"), max_length=7, choices=Process, default=Process.CAST)
    active_material = models.ForeignKey(
        Chemical,
        on_delete=models.PROTECT,
        related_name="coatings",
        verbose_name=_("active material"),
        limit_choices_to={"role": Chemical.Role.ACTIVE_MATERIAL},
    )
    made_at = models.DateTimeField(_("made at"), default=timezone.now)
    active_mass_fraction = number(
        _("active mass fraction"), help_text=_("Of the dry coating."), maximum=1
    )
    active_mass_fraction_u = uncertainty(_("u(active mass fraction)"))
    active_mass_fraction_source = source(_("source of the active mass fraction"))
    solvent = models.CharField(_("solvent"), max_length=60, blank=True)
    current_collector = models.CharField(_("current collector"), max_length=60, blank=True)
    foil_mass_mg_cm2 = number(_("mass of the blank foil / mg/cm²"))
    foil_mass_mg_cm2_u = uncertainty(_("u(mass of the blank foil) / mg/cm²"))
    blank_diameter_mm = number(
        _("diameter of the blank discs / mm"), help_text=_("Bare foil, punched and weighed.")
    )
    blade_gap_um = number(_("doctor-blade gap / µm"))
    thickness_um = number(_("thickness without foil / µm"))
    thickness_um_u = uncertainty(_("u(thickness) / µm"))
    drying_temperature_celsius = number(_("drying temperature / °C"), minimum=-273.15)
    drying_time_h = number(_("drying time / h"))
    loading_min_mg_cm2 = number(_("lowest wanted loading / mg/cm²"))
    loading_max_mg_cm2 = number(_("highest wanted loading / mg/cm²"))
    first_lithiation_capacity_mah_g = number(
        _("capacity of the first lithiation / mAh/g"), help_text=_("Measured in half cells.")
    )
    first_lithiation_capacity_mah_g_u = uncertainty(
        _("u(capacity of the first lithiation) / mAh/g")
    )
    reversible_capacity_mah_g = number(
        _("reversible capacity / mAh/g"), help_text=_("Measured at the rate of the formation.")
    )
    reversible_capacity_mah_g_u = uncertainty(_("u(reversible capacity) / mAh/g"))
    readings = readings()

    class Meta(ProjectRecord.Meta):
        constraints = [
            *ProjectRecord.Meta.constraints,
            models.CheckConstraint(
                name="samples_coating_active_mass_fraction_is_a_fraction",
                condition=Q(active_mass_fraction__isnull=True)
                | Q(active_mass_fraction__gt=0, active_mass_fraction__lte=1),
                violation_error_message=_("active_mass_fraction must be above 0 and at most 1."),
            ),
            ordered("samples_coating", "loading_min_mg_cm2", "loading_max_mg_cm2"),
            models.CheckConstraint(
                name="samples_coating_pressed_has_no_foil",
                condition=~Q(process="pressed") | Q(foil_mass_mg_cm2__isnull=True),
                violation_error_message=_("A pressed powder has no foil: leave its mass empty."),
            ),
            *positive(
                "samples_coating",
                [
                    "foil_mass_mg_cm2",
                    "blank_diameter_mm",
                    "blade_gap_um",
                    "thickness_um",
                    "loading_max_mg_cm2",
                    "first_lithiation_capacity_mah_g",
                    "reversible_capacity_mah_g",
                ],
            ),
            *not_negative(
                "samples_coating",
                [
                    "active_mass_fraction_u",
                    "foil_mass_mg_cm2_u",
                    "thickness_um_u",
                    "drying_time_h",
                    "loading_min_mg_cm2",
                    "first_lithiation_capacity_mah_g_u",
                    "reversible_capacity_mah_g_u",
                ],
            ),
        ]

    def clean(self) -> None:
        """Refuse readings that are not of this coating."""
        check_readings(self, self.READINGS)

    @property
    def summary(self) -> str:
        """One line for people."""
        parts = [str(self.active_material)]
        if self.active_mass_fraction is not None:
            parts.append(f"{100 * self.active_mass_fraction:.1f} wt% active")
        if self.current_collector:
            parts.append(f"on {self.current_collector}")
        return " · ".join(parts)


class CoatingComponent(Stamped):
    """One ingredient of a coating by weight parts of the dry coating."""

    coating = models.ForeignKey(Coating, on_delete=models.CASCADE, related_name="components")
    chemical = models.ForeignKey(
        Chemical, on_delete=models.PROTECT, related_name="coating_components"
    )
    weight_parts = models.FloatField(_("weight parts"))
    solution_mass_fraction = number(
        _("mass fraction in its solution"),
        help_text=_("0.05 for a 5 wt% binder solution."),
        maximum=1,
    )
    solution_mass_fraction_u = uncertainty(_("u(mass fraction in its solution)"))

    class Meta:
        ordering = ["-weight_parts"]
        constraints = [
            models.UniqueConstraint(
                name="samples_coatingcomponent_once_per_coating", fields=["coating", "chemical"]
            ),
            models.CheckConstraint(
                name="samples_coatingcomponent_parts_positive",
                condition=Q(weight_parts__gt=0),
                violation_error_message=_("weight_parts must be above 0."),
            ),
            models.CheckConstraint(
                name="samples_coatingcomponent_solution_is_a_fraction",
                condition=Q(solution_mass_fraction__isnull=True)
                | Q(solution_mass_fraction__gt=0, solution_mass_fraction__lte=1),
                violation_error_message=_("solution_mass_fraction must be above 0 and at most 1."),
            ),
            *not_negative("samples_coatingcomponent", ["solution_mass_fraction_u"]),
        ]

    def __str__(self) -> str:
        return f"{self.weight_parts:g} {self.chemical}"
