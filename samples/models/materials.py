"""Chemicals and their lots, shared by the whole lab."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from labsite.access.records import LabRecord
from labsite.lib.fields import not_negative, number, positive, source, uncertainty
from samples.cas import why_not_cas


class Chemical(LabRecord):
    """A substance: its identity and the constants that calculators use."""

    CODE_PREFIX = "CH"

    class Role(models.TextChoices):
        """What the substance is used for."""

        SALT = "salt", _("salt")
        SOLVENT = "solvent", _("solvent")
        MONOMER = "monomer", _("monomer")
        CROSSLINKER = "crosslinker", _("crosslinker")
        PHOTOINITIATOR = "photoinitiator", _("photoinitiator")
        ADDITIVE = "additive", _("additive")
        ACTIVE_MATERIAL = "active_material", _("active material")
        SOLID_ELECTROLYTE = "solid_electrolyte", _("solid electrolyte")
        BINDER = "binder", _("binder")
        CONDUCTIVE = "conductive", _("conductive additive")
        SURFACTANT = "surfactant", _("surfactant")
        CURRENT_COLLECTOR = "current_collector", _("current collector")
        METAL = "metal", _("metal electrode")

    class Side(models.TextChoices):
        """Electrodes of a full cell."""

        NEGATIVE = "negative", _("negative")
        POSITIVE = "positive", _("positive")

    name = models.CharField(_("name"), max_length=160)
    short_name = models.CharField(_("short name"), max_length=30, unique=True)
    role = models.CharField(_("role"), max_length=20, choices=Role)
    cas_number = models.CharField(_("CAS number"), max_length=12, blank=True)
    formula = models.CharField(_("formula"), max_length=60, blank=True)
    molar_mass_g_mol = number(_("molar mass / g/mol"))
    density_g_ml = number(_("density / g/mL"))
    density_g_ml_u = uncertainty(_("u(density) / g/mL"))
    density_source = source(_("source of the density"))
    one_c_ma_g = number(
        _("1C / mA/g"), help_text=_("Specific current called 1C (Si 3579, LFP 175).")
    )
    electrode_side = models.CharField(
        _("electrode in full cells"), max_length=8, choices=Side, blank=True
    )
    theoretical_capacity_mah_g = number(_("theoretical capacity / mAh/g"))
    hazards = models.CharField(_("hazards"), max_length=200, blank=True)

    class Meta(LabRecord.Meta):
        ordering = ["short_name"]
        constraints = [
            *LabRecord.Meta.constraints,
            *positive(
                "samples_chemical",
                ["molar_mass_g_mol", "density_g_ml", "one_c_ma_g", "theoretical_capacity_mah_g"],
            ),
            *not_negative("samples_chemical", ["density_g_ml_u"]),
        ]

    def __str__(self) -> str:
        return self.short_name

    def clean(self) -> None:
        """Refuse a CAS number whose check digit is wrong."""
        if self.cas_number and (why := why_not_cas(self.cas_number)):
            raise ValidationError({"cas_number": why})

    @property
    def summary(self) -> str:
        """One line for people."""
        return self.name


class Lot(LabRecord):
    """A bottle, bag or box of a chemical."""

    CODE_PREFIX = "LO"

    class Unit(models.TextChoices):
        """Units in which a lot is counted."""

        GRAM = "g", "g"
        MILLILITRE = "mL", "mL"
        PIECE = "piece", _("pieces")

    chemical = models.ForeignKey(
        Chemical, on_delete=models.PROTECT, related_name="lots", verbose_name=_("chemical")
    )
    lot_number = models.CharField(_("lot number"), max_length=60)
    supplier = models.CharField(_("supplier"), max_length=100, blank=True)
    purity_mass_fraction = number(
        _("purity (mass fraction)"), help_text=_("0.995 for 99.5 %."), maximum=1
    )
    purity_mass_fraction_u = uncertainty(_("u(purity)"))
    water_ppm = number(_("water / ppm"))
    received_on = models.DateField(_("received on"), null=True, blank=True)
    opened_on = models.DateField(_("opened on"), null=True, blank=True)
    expires_on = models.DateField(_("expires on"), null=True, blank=True)
    location = models.CharField(_("location"), max_length=100, blank=True)
    initial_amount = number(_("initial amount"))
    remaining_amount = models.FloatField(
        _("remaining amount"), null=True, blank=True, editable=False
    )
    minimum_amount = number(
        _("order again below"), help_text=_("The lot is shown as low when less is left.")
    )
    amount_unit = models.CharField(_("unit"), max_length=5, choices=Unit, default=Unit.GRAM)

    class Meta(LabRecord.Meta):
        constraints = [
            *LabRecord.Meta.constraints,
            *not_negative(
                "samples_lot",
                [
                    "purity_mass_fraction_u",
                    "water_ppm",
                    "initial_amount",
                    "remaining_amount",
                    "minimum_amount",
                ],
            ),
            models.CheckConstraint(
                name="samples_lot_purity_is_a_fraction",
                condition=Q(purity_mass_fraction__isnull=True)
                | Q(purity_mass_fraction__gt=0, purity_mass_fraction__lte=1),
                violation_error_message=_("purity_mass_fraction must be above 0 and at most 1."),
            ),
            models.UniqueConstraint(
                name="samples_lot_number_once_per_supplier",
                fields=["chemical", "supplier", "lot_number"],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.chemical} {self.lot_number}"

    def clean(self) -> None:
        """Refuse another initial amount or unit: the ledger counts from the first, in the other."""
        stored = None if self._state.adding else Lot.objects.filter(pk=self.pk).first()
        if stored is None:
            return
        if self.initial_amount != stored.initial_amount:
            raise ValidationError(
                {"initial_amount": _("It stays as received; a stocktake says what is there now.")}
            )
        if self.amount_unit == stored.amount_unit:
            return
        if stored.initial_amount is not None or stored.stock_entries.exists():
            raise ValidationError(
                {"amount_unit": _("The stock is counted in %(unit)s already; the unit stays.")
                 % {"unit": stored.get_amount_unit_display()}}
            )  # fmt: skip

    @property
    def summary(self) -> str:
        """One line for people."""
        return f"{self.chemical} · {self.lot_number} · {self.supplier}".rstrip(" ·")
