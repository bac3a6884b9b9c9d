"""Electrodes: discs of a coating or of a metal, with a history of their own."""

import math

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from labsite.access.records import ProjectRecord
from labsite.lib.fields import not_negative, number, positive, source, uncertainty
from labsite.lib.models import Stamped
from samples.faces import face_area_cm2, face_size
from samples.models.coatings import Coating
from samples.models.materials import Chemical


class Electrode(ProjectRecord):
    """One electrode: punched from a coating, or a piece of metal (lithium, Li-In, steel)."""

    CODE_PREFIX = "EL"

    coating = models.ForeignKey(
        Coating,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="electrodes",
        verbose_name=_("coating"),
    )
    metal = models.ForeignKey(
        Chemical,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="metal_electrodes",
        verbose_name=_("metal"),
        limit_choices_to={"role": Chemical.Role.METAL},
    )
    made_at = models.DateTimeField(_("made at"), default=timezone.now)
    diameter_mm = number(_("diameter / mm"))
    diameter_mm_u = uncertainty(_("u(diameter) / mm"))
    width_mm = number(_("width / mm"))
    width_mm_u = uncertainty(_("u(width) / mm"))
    length_mm = number(_("length / mm"))
    length_mm_u = uncertainty(_("u(length) / mm"))
    thickness_um = number(_("thickness / µm"))
    thickness_um_u = uncertainty(_("u(thickness) / µm"))
    mass_mg = number(_("mass / mg"), help_text=_("As weighed, with its foil."))
    mass_mg_u = uncertainty(_("u(mass) / mg"))
    active_mass_mg = number(_("active mass / mg"))
    active_mass_mg_u = uncertainty(_("u(active mass) / mg"))
    active_mass_source = source(_("source of the active mass"))

    class Meta(ProjectRecord.Meta):
        constraints = [
            *ProjectRecord.Meta.constraints,
            models.CheckConstraint(
                name="samples_electrode_coating_or_metal",
                condition=Q(coating__isnull=False, metal__isnull=True)
                | Q(coating__isnull=True, metal__isnull=False),
                violation_error_message=_(
                    "An electrode is of a coating or of a metal: choose one."
                ),
            ),
            *positive(
                "samples_electrode",
                [
                    "diameter_mm",
                    "width_mm",
                    "length_mm",
                    "thickness_um",
                    "mass_mg",
                    "active_mass_mg",
                ],
            ),
            *not_negative(
                "samples_electrode",
                [
                    "diameter_mm_u",
                    "width_mm_u",
                    "length_mm_u",
                    "thickness_um_u",
                    "mass_mg_u",
                    "active_mass_mg_u",
                ],
            ),
        ]

    @property
    def material(self) -> Chemical:
        """The active material or the metal."""
        if self.coating is not None:
            return self.coating.active_material
        if self.metal is None:
            raise ValueError(f"{self.code} has neither coating nor metal")
        return self.metal

    @property
    def area_cm2(self) -> float | None:
        """Area of one face in cm²: πd²/4, or width times length."""
        return face_area_cm2(self.diameter_mm, self.width_mm, self.length_mm)

    @property
    def area_cm2_u(self) -> float | None:
        """Standard uncertainty of the area in cm², from those of the lengths."""
        area = self.area_cm2
        if area is None:
            return None
        if self.diameter_mm is not None:
            return (
                None
                if self.diameter_mm_u is None
                else 2 * area * self.diameter_mm_u / self.diameter_mm
            )
        if self.width_mm_u is None or self.length_mm_u is None:
            return None
        return area * math.hypot(
            self.width_mm_u / (self.width_mm or 1), self.length_mm_u / (self.length_mm or 1)
        )

    @property
    def active_mass_loading_mg_cm2(self) -> float | None:
        """Active mass per area in mg/cm²."""
        area = self.area_cm2
        return None if not area or self.active_mass_mg is None else self.active_mass_mg / area

    @property
    def summary(self) -> str:
        """One line for people."""
        parts = [str(self.material)]
        if size := face_size(self.diameter_mm, self.width_mm, self.length_mm):
            parts.append(size)
        if self.active_mass_loading_mg_cm2 is not None:
            parts.append(f"{self.active_mass_loading_mg_cm2:.2f} mg/cm² active")
        return " · ".join(parts)


class ElectrodeEvent(Stamped):
    """A dated change of an electrode's state; the last one that holds says what it is now."""

    class State(models.TextChoices):
        """What an electrode can be."""

        PRISTINE = "pristine", _("pristine")
        INFILTRATED = "infiltrated", _("infiltrated")
        IN_CELL = "in_cell", _("in a cell")
        HARVESTED = "harvested", _("harvested")
        USED_UP = "used_up", _("used up")

    electrode = models.ForeignKey(Electrode, on_delete=models.CASCADE, related_name="events")
    state = models.CharField(_("state"), max_length=11, choices=State)
    at = models.DateTimeField(_("at"), default=timezone.now)
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        ordering = ["at", "created_at"]
        constraints = [
            models.CheckConstraint(
                name="samples_electrodeevent_state_known",
                condition=Q(
                    state__in=["pristine", "infiltrated", "in_cell", "harvested", "used_up"]
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.electrode.code}: {self.state}"
