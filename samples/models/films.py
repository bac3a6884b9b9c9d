"""Films and other pieces of electrolyte."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from labsite.access.records import ProjectRecord
from labsite.lib.fields import not_negative, number, positive, readings, source, uncertainty
from labsite.lib.plausible import Ranges
from labsite.lib.readings import check_readings
from labsite.lib.units import split_unit
from samples.faces import check_one_face, face_of, face_size, product, size
from samples.models.electrolytes import ElectrolyteBatch
from samples.recipes import Quantity


class Film(ProjectRecord):
    """A membrane, pellet, dumbbell or cylinder made from one electrolyte batch."""

    CODE_PREFIX = "FI"
    READINGS = ("thickness_um", "diameter_mm", "width_mm", "length_mm", "height_mm", "mass_mg")
    """Quantities that may be the mean of several readings."""
    PLAUSIBLE: ClassVar[Ranges] = {
        "thickness_um": (5, 5000),
        "diameter_mm": (3, 60),
        "width_mm": (1, 300),
        "length_mm": (1, 300),
        "height_mm": (1, 50),
        "mass_mg": (0.1, 20_000),
        "separator_macmullin": (1, 100),
        "fabrication_pressure_mpa": (1, 1000),
    }

    class Form(models.TextChoices):
        """Shapes of pieces."""

        DISC = "disc", _("disc")
        SHEET = "sheet", _("sheet")
        PELLET = "pellet", _("pellet")
        DUMBBELL = "dumbbell", _("dumbbell")
        CYLINDER = "cylinder", _("cylinder")
        SOAKED_SEPARATOR = "soaked_separator", _("soaked separator")

    OF_FORM: ClassVar[Mapping[str, tuple[str, ...]]] = {
        Form.DISC: ("thickness_um", "diameter_mm"),
        Form.SHEET: ("thickness_um", "width_mm", "length_mm"),
        Form.PELLET: ("thickness_um", "diameter_mm", "fabrication_pressure_mpa"),
        Form.DUMBBELL: ("thickness_um", "width_mm", "length_mm"),
        Form.CYLINDER: ("height_mm", "diameter_mm"),
        Form.SOAKED_SEPARATOR: (
            "thickness_um",
            "diameter_mm",
            "width_mm",
            "length_mm",
            "separator_macmullin",
        ),
    }
    """The quantities that a form has; length and width of a dumbbell are those of its gauge."""

    batch = models.ForeignKey(
        ElectrolyteBatch,
        on_delete=models.PROTECT,
        related_name="films",
        verbose_name=_("electrolyte batch"),
    )
    form = models.CharField(_("form"), max_length=16, choices=Form, default=Form.DISC)
    made_at = models.DateTimeField(_("made at"), default=timezone.now)
    thickness_um = number(_("thickness / µm"))
    thickness_um_u = uncertainty(_("u(thickness) / µm"))
    thickness_source = source(_("source of the thickness"))
    diameter_mm = number(_("diameter / mm"))
    diameter_mm_u = uncertainty(_("u(diameter) / mm"))
    width_mm = number(_("width / mm"))
    width_mm_u = uncertainty(_("u(width) / mm"))
    length_mm = number(_("length / mm"))
    length_mm_u = uncertainty(_("u(length) / mm"))
    height_mm = number(_("height / mm"), help_text=_("Of a cylinder."))
    height_mm_u = uncertainty(_("u(height) / mm"))
    mass_mg = number(_("mass / mg"))
    mass_mg_u = uncertainty(_("u(mass) / mg"))
    separator_macmullin = number(
        _("MacMullin number"),
        help_text=_("Of a soaked separator: bulk over effective conductivity."),
    )
    fabrication_pressure_mpa = number(_("pressing pressure / MPa"), help_text=_("Of a pellet."))
    substrate = models.CharField(_("cast on"), max_length=60, blank=True)
    readings = readings()

    class Meta(ProjectRecord.Meta):
        constraints = [
            *ProjectRecord.Meta.constraints,
            *positive(
                "samples_film",
                [
                    "thickness_um",
                    "diameter_mm",
                    "width_mm",
                    "length_mm",
                    "height_mm",
                    "mass_mg",
                    "separator_macmullin",
                ],
            ),
            *not_negative(
                "samples_film",
                [
                    "thickness_um_u",
                    "diameter_mm_u",
                    "width_mm_u",
                    "length_mm_u",
                    "height_mm_u",
                    "mass_mg_u",
                    "fabrication_pressure_mpa",
                ],
            ),
        ]

    def clean(self) -> None:
        """Refuse quantities that the form does not have, and readings that are not of this film."""
        own = self.OF_FORM.get(self.form, ())
        for name in {name for names in self.OF_FORM.values() for name in names}:
            if name not in own and getattr(self, name) is not None:
                raise ValidationError({name: self._has_none(name)})
        check_one_face(self)
        check_readings(self, self.READINGS)

    def _has_none(self, name: str) -> str:
        field: Any = self._meta.get_field(name)
        label = split_unit(str(field.verbose_name))[0]
        return _("A %(form)s has no %(quantity)s here: leave it empty.") % {
            "form": str(self.get_form_display()),
            "quantity": label,
        }

    @property
    def area(self) -> Quantity | None:
        """Area of the face in cm²; a dumbbell has none, as its face is no rectangle."""
        return None if self.form == self.Form.DUMBBELL else face_of(self)

    @property
    def area_cm2(self) -> float | None:
        """Area of the face in cm²: πd²/4 of a disc, width times length of a sheet."""
        return self.area.value if self.area is not None else None

    @property
    def area_cm2_u(self) -> float | None:
        """Standard uncertainty of the area in cm²."""
        return self.area.u if self.area is not None else None

    @property
    def cross_section_mm2(self) -> Quantity | None:
        """Cross-section of the gauge of a dumbbell in mm²: width times thickness."""
        width, thickness = size(self, "width_mm"), size(self, "thickness_um")
        if self.form != self.Form.DUMBBELL or width is None or thickness is None:
            return None
        return product(width, thickness, per=1000)

    @property
    def volume_mm3(self) -> Quantity | None:
        """Volume in mm³: area of the face times thickness, or height of a cylinder."""
        area = self.area
        if self.form == self.Form.CYLINDER:
            height = size(self, "height_mm")
            return product(area, height, per=0.01) if area and height else None
        thickness = size(self, "thickness_um")
        return product(area, thickness, per=10) if area and thickness else None

    @property
    def density_g_cm3(self) -> Quantity | None:
        """Mass over volume in g/cm³; none of a soaked separator, which is two materials."""
        mass, volume = size(self, "mass_mg"), self.volume_mm3
        if self.form == self.Form.SOAKED_SEPARATOR or mass is None or volume is None:
            return None
        return product(mass, volume, divide=True)

    @property
    def summary(self) -> str:
        """One line for people."""
        parts = [str(self.get_form_display())]
        if self.thickness_um is not None:
            parts.append(f"{self.thickness_um:.4g} µm")
        if face := face_size(self.diameter_mm, self.width_mm, self.length_mm):
            parts.append(face)
        if self.height_mm is not None:
            parts.append(_("%(height)g mm high") % {"height": self.height_mm})
        return " · ".join(parts)
