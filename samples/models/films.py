"""Films and other pieces of electrolyte."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from labsite.access.records import ProjectRecord
from labsite.lib.fields import not_negative, number, positive, source, uncertainty
from samples.faces import face_area_cm2, face_size
from samples.models.electrolytes import ElectrolyteBatch


class Film(ProjectRecord):
    """A membrane, pellet, dumbbell or cylinder made from one electrolyte batch."""

    CODE_PREFIX = "FI"

    class Form(models.TextChoices):
        """Shapes of pieces."""

        DISC = "disc", _("disc")
        SHEET = "sheet", _("sheet")
        PELLET = "pellet", _("pellet")
        DUMBBELL = "dumbbell", _("dumbbell")
        CYLINDER = "cylinder", _("cylinder")
        SOAKED_SEPARATOR = "soaked_separator", _("soaked separator")

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
    mass_mg = number(_("mass / mg"))
    mass_mg_u = uncertainty(_("u(mass) / mg"))
    separator_macmullin = number(
        _("MacMullin number"),
        help_text=_("Of a soaked separator: bulk over effective conductivity."),
    )
    fabrication_pressure_mpa = number(_("pressing pressure / MPa"), help_text=_("Of a pellet."))
    substrate = models.CharField(_("cast on"), max_length=60, blank=True)

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
                    "mass_mg_u",
                    "fabrication_pressure_mpa",
                ],
            ),
        ]

    @property
    def area_cm2(self) -> float | None:
        """Area of the face in cm²: πd²/4 of a disc, width times length of a sheet."""
        return face_area_cm2(self.diameter_mm, self.width_mm, self.length_mm)

    @property
    def summary(self) -> str:
        """One line for people."""
        parts = [str(self.get_form_display())]
        if self.thickness_um is not None:
            parts.append(f"{self.thickness_um:g} µm")
        if size := face_size(self.diameter_mm, self.width_mm, self.length_mm):
            parts.append(size)
        return " · ".join(parts)
