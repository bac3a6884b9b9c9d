"""Electrolyte batches: the elastic electrolyte and the others it is compared with."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from labsite.access.records import ProjectRecord
from labsite.lib.fields import calculated, not_negative, number, positive, source, uncertainty
from labsite.lib.plausible import Ranges


class ElectrolyteBatch(ProjectRecord):
    """One preparation of electrolyte.

    The elastic electrolyte: NMA and LiFSI (a deep eutectic mixture, DEM), acrylamide (AM, share x)
    and dimethylacrylamide (DMAM), crosslinker and photoinitiator, cured under UV.
    """

    CODE_PREFIX = "EB"
    PLAUSIBLE: ClassVar[Ranges] = {
        "dem_molar_ratio": (1, 20),
        "total_monomer_mol_l": (0.1, 10),
        "crosslinker_mmol_l": (0.1, 100),
        "photoinitiator_mmol_l": (0.1, 50),
        "salt_concentration_mol_l": (0.1, 8),
        "fec_mass_fraction": (0, 0.3),
        "dem_density_g_ml": (0.9, 1.6),
        "volume_ml": (0.5, 1000),
        "uv_time_s": (5, 7200),
        "uv_wavelength_nm": (200, 450),
        "uv_intensity_mw_cm2": (0.1, 500),
        "dew_point_celsius": (-100, 0),
    }

    class Kind(models.TextChoices):
        """Families of electrolytes."""

        ELASTIC = "elastic", _("elastic (cured DEM polymer)")
        DEM = "dem", _("deep eutectic mixture (liquid)")
        LIQUID = "liquid", _("other liquid")
        SULFIDE = "sulfide", _("sulfide (Li6PS5Cl ...)")
        HALIDE = "halide", _("halide (Li3InCl6 ...)")
        OTHER = "other", _("other")

    class ConcentrationBasis(models.TextChoices):
        """What a litre is a litre of."""

        SOLUTION = "per_litre_solution", _("per litre of solution")
        DEM = "per_litre_dem", _("per litre of DEM")

    class FecBasis(models.TextChoices):
        """What FEC is a share of."""

        TOTAL = "of_total", _("of the total mass")
        BASE = "of_base", _("of the mass before FEC")

    class Atmosphere(models.TextChoices):
        """Where the work was done."""

        ARGON = "argon", _("argon glove box")
        NITROGEN = "nitrogen", _("nitrogen")
        DRY_AIR = "dry_air", _("dry room")
        AIR = "air", _("air")

    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.ELASTIC)
    composition = models.CharField(
        _("composition"), max_length=120, blank=True, help_text=_("For all but the elastic kind.")
    )
    prepared_at = models.DateTimeField(_("prepared at"), default=timezone.now)
    prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="prepared_batches",
        verbose_name=_("prepared by"),
    )
    dem_molar_ratio = number(_("NMA:LiFSI (mol/mol)"), help_text=_("4 for 4:1."))
    mole_fraction_am = number(
        _("AM fraction x"), help_text=_("n(AM) / (n(AM) + n(DMAM)), between 0 and 1."), maximum=1
    )
    total_monomer_mol_l = number(_("total monomer / mol/L"))
    concentration_basis = models.CharField(
        _("concentrations are"), max_length=20, choices=ConcentrationBasis, blank=True
    )
    crosslinker_mmol_l = number(_("crosslinker / mmol/L"))
    photoinitiator_mmol_l = number(_("photoinitiator / mmol/L"))
    salt_concentration_mol_l = number(_("salt / mol/L"), help_text=_("For other liquids."))
    fec_mass_fraction = number(_("FEC mass fraction"), help_text=_("0.05 for 5 wt%."), maximum=1)
    fec_basis = models.CharField(_("FEC is a share"), max_length=8, choices=FecBasis, blank=True)
    dem_density_g_ml = number(_("density of the DEM / g/mL"))
    dem_density_g_ml_u = uncertainty(_("u(density) / g/mL"))
    dem_density_source = source(_("source of the density"))
    volume_ml = number(_("volume / mL"))
    uv_time_s = number(_("UV time / s"))
    uv_wavelength_nm = number(_("UV wavelength / nm"))
    uv_intensity_mw_cm2 = number(_("UV intensity / mW/cm²"))
    uv_intensity_mw_cm2_u = uncertainty(_("u(UV intensity) / mW/cm²"))
    uv_intensity_source = source(_("source of the UV intensity"))
    atmosphere = models.CharField(_("atmosphere"), max_length=8, choices=Atmosphere, blank=True)
    dew_point_celsius = number(_("dew point / °C"), minimum=-150)

    actual_mole_fraction_am = calculated(_("weighed AM fraction x"))
    actual_mole_fraction_am_u = calculated(_("u(weighed AM fraction x)"))
    actual_dem_molar_ratio = calculated(_("weighed NMA:LiFSI (mol/mol)"))
    actual_dem_molar_ratio_u = calculated(_("u(weighed NMA:LiFSI)"))
    actual_monomer_mol_l = calculated(_("weighed monomer, after FEC / mol/L"))
    actual_monomer_mol_l_u = calculated(_("u(weighed monomer) / mol/L"))
    actual_crosslinker_mmol_l = calculated(_("weighed crosslinker, after FEC / mmol/L"))
    actual_crosslinker_mmol_l_u = calculated(_("u(weighed crosslinker) / mmol/L"))
    actual_photoinitiator_mmol_l = calculated(_("weighed photoinitiator, after FEC / mmol/L"))
    actual_photoinitiator_mmol_l_u = calculated(_("u(weighed photoinitiator) / mmol/L"))
    actual_salt_mol_l = calculated(_("weighed LiFSI, after FEC / mol/L"))
    actual_salt_mol_l_u = calculated(_("u(weighed LiFSI) / mol/L"))
    actual_fec_mass_fraction = calculated(_("weighed FEC, of the total"))
    actual_fec_mass_fraction_u = calculated(_("u(weighed FEC)"))

    class Meta(ProjectRecord.Meta):
        verbose_name = _("electrolyte batch")
        verbose_name_plural = _("electrolyte batches")
        constraints = [
            *ProjectRecord.Meta.constraints,
            models.CheckConstraint(
                name="samples_electrolytebatch_x_between_0_and_1",
                condition=Q(mole_fraction_am__isnull=True)
                | Q(mole_fraction_am__gte=0, mole_fraction_am__lte=1),
                violation_error_message=_("mole_fraction_am must be between 0 and 1."),
            ),
            models.CheckConstraint(
                name="samples_electrolytebatch_fec_is_a_fraction",
                condition=Q(fec_mass_fraction__isnull=True)
                | Q(fec_mass_fraction__gte=0, fec_mass_fraction__lt=1),
                violation_error_message=_("fec_mass_fraction must be at least 0 and below 1."),
            ),
            models.CheckConstraint(
                name="samples_electrolytebatch_elastic_has_ratio_and_x",
                condition=~Q(kind="elastic")
                | Q(dem_molar_ratio__isnull=False, mole_fraction_am__isnull=False),
                violation_error_message=_(
                    "An elastic electrolyte needs its NMA:LiFSI ratio and its AM fraction x."
                ),
            ),
            models.CheckConstraint(
                name="samples_electrolytebatch_others_say_composition",
                condition=Q(kind__in=["elastic", "dem"]) | ~Q(composition=""),
                violation_error_message=_("Give the composition, for example Li6PS5Cl."),
            ),
            *positive(
                "samples_electrolytebatch",
                ["dem_molar_ratio", "dem_density_g_ml", "volume_ml", "uv_wavelength_nm"],
            ),
            *not_negative(
                "samples_electrolytebatch",
                [
                    "total_monomer_mol_l",
                    "crosslinker_mmol_l",
                    "photoinitiator_mmol_l",
                    "salt_concentration_mol_l",
                    "dem_density_g_ml_u",
                    "uv_time_s",
                    "uv_intensity_mw_cm2",
                    "uv_intensity_mw_cm2_u",
                ],
            ),
        ]

    @property
    def summary(self) -> str:
        """One line for people: what the batch is made of."""
        if self.kind not in {self.Kind.ELASTIC, self.Kind.DEM}:
            return self.composition
        parts = []
        if self.mole_fraction_am is not None and self.kind == self.Kind.ELASTIC:
            parts.append(f"x = {self.mole_fraction_am:.2f}")
        if self.dem_molar_ratio is not None:
            parts.append(f"NMA:LiFSI {self.dem_molar_ratio:g}:1")
        if self.uv_time_s:
            parts.append(f"UV {self.uv_time_s / 60:.3g} min")
        if self.fec_mass_fraction:
            parts.append(f"FEC {100 * self.fec_mass_fraction:g} wt%")
        return " · ".join(parts)
