"""Electrodes: discs of a coating or of a metal, with a history of their own."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from labsite.access.records import ProjectRecord
from labsite.lib.fields import not_negative, number, positive, readings, source, uncertainty
from labsite.lib.models import Stamped
from labsite.lib.plausible import Ranges
from labsite.lib.readings import check_readings
from samples.faces import check_one_face, face_of, face_size
from samples.loadings import areal_capacity, loading_of, theoretical_capacity
from samples.models.coatings import Coating
from samples.models.materials import Chemical
from samples.recipes import Quantity


class Electrode(ProjectRecord):
    """One electrode: punched from a coating, or a piece of metal (lithium, Li-In, steel)."""

    CODE_PREFIX = "EL"
    READINGS = ("diameter_mm", "width_mm", "length_mm", "thickness_um", "mass_mg")
    """Quantities that may be the mean of several readings."""
    PLAUSIBLE: ClassVar[Ranges] = {
        "diameter_mm": (3, 60),
        "width_mm": (3, 300),
        "length_mm": (3, 300),
        "thickness_um": (1, 2000),
        "mass_mg": (0.1, 5000),
        "active_mass_mg": (0.05, 1000),
    }

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
    readings = readings()

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

    def clean(self) -> None:
        """Refuse a disc that is also a rectangle, and readings that are not of this electrode."""
        check_one_face(self)
        check_readings(self, self.READINGS)

    @property
    def area(self) -> Quantity | None:
        """Area of one face in cm²: πd²/4, or width times length."""
        return face_of(self)

    @property
    def area_cm2(self) -> float | None:
        """Area of one face in cm²."""
        return self.area.value if self.area is not None else None

    @property
    def area_cm2_u(self) -> float | None:
        """Standard uncertainty of the area in cm², from those of the lengths."""
        return self.area.u if self.area is not None else None

    @property
    def loading(self) -> Quantity | None:
        """Active mass per area in mg/cm²."""
        return loading_of(self)

    @property
    def active_mass_loading_mg_cm2(self) -> float | None:
        """Active mass per area in mg/cm²."""
        area = self.area_cm2
        return None if not area or self.active_mass_mg is None else self.active_mass_mg / area

    @property
    def areal_capacity(self) -> Quantity | None:
        """Theoretical areal capacity in mAh/cm²."""
        return areal_capacity(self, self.loading, theoretical=True)

    @property
    def areal_capacity_mah_cm2(self) -> float | None:
        """Theoretical areal capacity in mAh/cm²."""
        capacity = theoretical_capacity(self.coating) if self.coating is not None else None
        loading = self.active_mass_loading_mg_cm2
        return None if capacity is None or loading is None else loading * capacity.value / 1000

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
