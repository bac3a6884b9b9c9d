"""Cells, the electrodes in them and what happened to them."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from labsite.access.records import ProjectRecord
from labsite.lib.fields import (
    calculated,
    not_negative,
    number,
    ordered,
    positive,
    source,
    uncertainty,
)
from labsite.lib.models import Stamped
from labsite.lib.plausible import Ranges
from samples.models import Electrode, ElectrolyteBatch, Film


class Cell(ProjectRecord):
    """One assembled cell."""

    CODE_PREFIX = "CE"
    PLAUSIBLE: ClassVar[Ranges] = {
        "dew_point_celsius": (-100, 0),
        "oxygen_ppm": (0, 100),
        "water_ppm": (0, 100),
        "area_cm2": (0.1, 500),
        "external_pressure_mpa": (0, 400),
        "built_in_pressure_kpa": (1, 5000),
        "active_mass_mg": (0.05, 1000),
        "one_c_ma_g": (50, 4200),
        "nominal_c_rate": (0.01, 20),
        "lower_cutoff_v": (0, 4),
        "upper_cutoff_v": (0.5, 5),
        "temperature_celsius": (-40, 120),
    }

    class Format(models.TextChoices):
        """Housings."""

        COIN_2032 = "coin_2032", _("coin cell 2032")
        POUCH = "pouch", _("pouch cell")
        PEEK_DIE = "peek_die", _("PEEK die")
        SWAGELOK = "swagelok", _("Swagelok")
        OTHER = "other", _("other")

    class Type(models.TextChoices):
        """What is tested."""

        SYMMETRIC_BLOCKING = "symmetric_blocking", _("symmetric, blocking electrodes")
        SYMMETRIC_LI = "symmetric_li", _("symmetric, lithium")
        LI_BLOCKING = "li_blocking", _("lithium against blocking electrode")
        ANODE_HALF_CELL = "anode_half_cell", _("anode half cell")
        CATHODE_HALF_CELL = "cathode_half_cell", _("cathode half cell")
        FULL_CELL = "full_cell", _("full cell")

    class MassBasis(models.TextChoices):
        """Whose active mass specific values refer to."""

        NEGATIVE = "negative", _("active mass of the negative electrode")
        POSITIVE = "positive", _("active mass of the positive electrode")

    class HalfCycle(models.TextChoices):
        """Direction of the first half-cycle."""

        CHARGE = "charge", _("charge")
        DISCHARGE = "discharge", _("discharge")

    class CapacityBasis(models.TextChoices):
        """Which capacities N/P compares."""

        REVERSIBLE = "measured_reversible", _("measured, reversible")
        FIRST_LITHIATION = "measured_first_lithiation", _("measured, first lithiation")
        THEORETICAL = "theoretical", _("theoretical")

    class PressureMethod(models.TextChoices):
        """How the built-in pressure is known."""

        IN_SITU = "in_situ", _("force sensor in this cell")
        PROXY = "proxy", _("force sensor in a proxy cell")
        CALCULATED = "calculated", _("calculated")

    format = models.CharField(_("format"), max_length=9, choices=Format, default=Format.COIN_2032)
    cell_type = models.CharField(_("cell type"), max_length=18, choices=Type)
    film = models.ForeignKey(
        Film,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="cells",
        verbose_name=_("electrolyte film"),
    )
    batch = models.ForeignKey(
        ElectrolyteBatch,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="cells",
        verbose_name=_("electrolyte batch"),
        help_text=_("When there is no film: liquid or pressed in place."),
    )
    electrodes: "models.ManyToManyField[Electrode, CellElectrode]" = models.ManyToManyField(
        Electrode, through="CellElectrode", related_name="cells"
    )
    assembled_at = models.DateTimeField(_("assembled at"), default=timezone.now)
    assembled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="assembled_cells",
        verbose_name=_("assembled by"),
    )
    atmosphere = models.CharField(
        _("atmosphere"), max_length=8, choices=ElectrolyteBatch.Atmosphere, blank=True
    )
    dew_point_celsius = number(_("dew point / °C"), minimum=-150)
    oxygen_ppm = number(_("O₂ / ppm"))
    water_ppm = number(_("H₂O / ppm"))
    area_cm2 = number(
        _("area / cm²"), help_text=_("Of the smaller electrode unless said otherwise.")
    )
    area_cm2_u = uncertainty(_("u(area) / cm²"))
    area_source = source(_("source of the area"))
    external_pressure_mpa = number(
        _("external pressure / MPa"), help_text=_("Stack pressure applied from outside; 0 = none.")
    )
    built_in_pressure_kpa = number(_("built-in pressure / kPa"))
    built_in_pressure_kpa_u = uncertainty(_("u(built-in pressure) / kPa"))
    pressure_method = models.CharField(
        _("pressure known from"), max_length=10, choices=PressureMethod, blank=True
    )
    mass_basis = models.CharField(_("mass basis"), max_length=8, choices=MassBasis, blank=True)
    active_mass_mg = number(_("active mass / mg"), help_text=_("Of the mass basis."))
    active_mass_mg_u = uncertainty(_("u(active mass) / mg"))
    active_mass_source = source(_("source of the active mass"))
    np_basis = models.CharField(
        _("N/P from capacities"), max_length=25, choices=CapacityBasis, blank=True
    )
    np_ratio = calculated(_("N/P"))
    np_ratio_u = calculated(_("u(N/P)"))
    one_c_ma_g = number(_("1C / mA/g"))
    nominal_c_rate = number(_("nominal C-rate / 1/h"))
    first_half_cycle = models.CharField(
        _("first half-cycle"), max_length=9, choices=HalfCycle, blank=True
    )
    lower_cutoff_v = number(_("lower cut-off / V"), minimum=-10)
    upper_cutoff_v = number(_("upper cut-off / V"), minimum=-10)
    first_cycle_lower_cutoff_v = number(_("lower cut-off of cycle 1 / V"), minimum=-10)
    temperature_celsius = number(_("temperature / °C"), minimum=-273.15)

    class Meta(ProjectRecord.Meta):
        constraints = [
            *ProjectRecord.Meta.constraints,
            models.CheckConstraint(
                name="cells_cell_film_or_batch_not_both",
                condition=Q(film__isnull=True) | Q(batch__isnull=True),
                violation_error_message=_("Choose the film, or the batch when there is no film."),
            ),
            models.CheckConstraint(
                name="cells_cell_type_known",
                condition=Q(
                    cell_type__in=[
                        "symmetric_blocking",
                        "symmetric_li",
                        "li_blocking",
                        "anode_half_cell",
                        "cathode_half_cell",
                        "full_cell",
                    ]
                ),
            ),
            models.CheckConstraint(
                name="cells_cell_np_ratio_names_its_basis",
                condition=Q(np_ratio__isnull=True) | ~Q(np_basis=""),
            ),
            ordered("cells_cell", "lower_cutoff_v", "upper_cutoff_v"),
            *positive("cells_cell", ["area_cm2", "active_mass_mg", "one_c_ma_g", "nominal_c_rate"]),
            *not_negative(
                "cells_cell",
                [
                    "oxygen_ppm",
                    "water_ppm",
                    "area_cm2_u",
                    "external_pressure_mpa",
                    "built_in_pressure_kpa",
                    "built_in_pressure_kpa_u",
                    "active_mass_mg_u",
                ],
            ),
        ]

    @property
    def electrolyte(self) -> ElectrolyteBatch | None:
        """The electrolyte batch, through the film when there is one."""
        return self.film.batch if self.film is not None else self.batch

    @property
    def summary(self) -> str:
        """One line for people."""
        parts = [str(self.get_cell_type_display()), str(self.get_format_display())]
        electrolyte = self.electrolyte
        if electrolyte is not None and electrolyte.project_id == self.project_id:
            parts.append(electrolyte.summary)
        return " · ".join(parts)


class CellElectrode(Stamped):
    """An electrode's time in a cell."""

    class Role(models.TextChoices):
        """Place of the electrode in the cell as wired."""

        NEGATIVE = "negative", _("negative")
        POSITIVE = "positive", _("positive")
        REFERENCE = "reference", _("reference")

    cell = models.ForeignKey(Cell, on_delete=models.CASCADE, related_name="places")
    electrode = models.ForeignKey(Electrode, on_delete=models.PROTECT, related_name="places")
    role = models.CharField(_("role"), max_length=9, choices=Role)
    installed_at = models.DateTimeField(_("installed at"), default=timezone.now)
    removed_at = models.DateTimeField(_("removed at"), null=True, blank=True)

    class Meta:
        ordering = ["role", "installed_at"]
        constraints = [
            models.UniqueConstraint(
                name="cells_cellelectrode_in_one_cell_at_a_time",
                fields=["electrode"],
                condition=Q(removed_at__isnull=True),
                violation_error_message=_("The electrode is in another cell."),
            ),
            models.UniqueConstraint(
                name="cells_cellelectrode_one_per_role",
                fields=["cell", "role"],
                condition=Q(removed_at__isnull=True),
            ),
            ordered("cells_cellelectrode", "installed_at", "removed_at"),
        ]

    def __str__(self) -> str:
        return f"{self.electrode.code} ({self.role}) in {self.cell.code}"


class CellEvent(Stamped):
    """A dated event of a cell."""

    class Kind(models.TextChoices):
        """What can happen to a cell."""

        ASSEMBLED = "assembled", _("assembled")
        SEALED = "sealed", _("sealed")
        PRESSED = "pressed", _("pressed")
        PRESSURE = "pressure", _("pressure read")
        REST = "rest", _("rest")
        ON_TEST = "on_test", _("on test")
        OFF_TEST = "off_test", _("off test")
        CUT = "cut", _("cut")
        BENT = "bent", _("bent")
        SHORT = "short", _("short circuit")
        OPENED = "opened", _("opened")
        ENDED = "ended", _("ended")

    cell = models.ForeignKey(Cell, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(_("event"), max_length=9, choices=Kind)
    at = models.DateTimeField(_("at"), default=timezone.now)
    planned = models.JSONField(
        _("planned"), default=dict, blank=True, help_text=_("Quantities with the unit in the name.")
    )
    actual = models.JSONField(
        _("actual"), default=dict, blank=True, help_text=_("Quantities with the unit in the name.")
    )
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        ordering = ["at", "created_at"]

    def __str__(self) -> str:
        return f"{self.cell.code}: {self.get_kind_display()}"
