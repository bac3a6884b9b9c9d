"""Process steps and what they used up."""

from django.conf import settings
from django.db import models
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from labsite.lib.fields import exactly_one, not_negative, number, uncertainty
from labsite.lib.models import Stamped
from samples.models.coatings import Coating
from samples.models.electrodes import Electrode
from samples.models.electrolytes import ElectrolyteBatch
from samples.models.films import Film
from samples.models.materials import Lot

SUBJECTS = ("batch", "film", "coating", "electrode")


class ProcessStep(Stamped):
    """Something done to one batch, film, coating or electrode, as planned and as it was done."""

    class Kind(models.TextChoices):
        """Steps of the lab."""

        MIXING = "mixing", _("mixing")
        PRECURSOR = "precursor", _("precursor")
        WEIGHING = "weighing", _("weighing")
        CASTING = "casting", _("casting")
        UV_CURE = "uv_cure", _("UV curing")
        BALL_MILLING = "ball_milling", _("ball milling")
        SLURRY = "slurry", _("slurry")
        COATING = "coating", _("coating")
        DRYING = "drying", _("drying")
        PUNCHING = "punching", _("punching")
        INFILTRATION = "infiltration", _("infiltration")
        PRESSING = "pressing", _("pressing")
        PRELITHIATION = "prelithiation", _("pre-lithiation")
        HARVEST = "harvest", _("harvest")
        OTHER = "other", _("other")

    kind = models.CharField(_("kind"), max_length=13, choices=Kind)
    batch = models.ForeignKey(
        ElectrolyteBatch, null=True, blank=True, on_delete=models.CASCADE, related_name="steps"
    )
    film = models.ForeignKey(
        Film, null=True, blank=True, on_delete=models.CASCADE, related_name="steps"
    )
    coating = models.ForeignKey(
        Coating, null=True, blank=True, on_delete=models.CASCADE, related_name="steps"
    )
    electrode = models.ForeignKey(
        Electrode, null=True, blank=True, on_delete=models.CASCADE, related_name="steps"
    )
    performed_at = models.DateTimeField(
        _("performed at"),
        null=True,
        blank=True,
        default=timezone.now,
        help_text=_("Empty: planned, not done yet."),
    )
    position = models.PositiveSmallIntegerField(_("position in the plan"), default=0)
    performed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="performed_steps",
        verbose_name=_("performed by"),
    )
    planned = models.JSONField(
        _("planned"), default=dict, blank=True, help_text=_("Quantities with the unit in the name.")
    )
    actual = models.JSONField(
        _("actual"), default=dict, blank=True, help_text=_("Quantities with the unit in the name.")
    )
    note = models.CharField(_("note"), max_length=400, blank=True)

    history = HistoricalRecords()

    class Meta:
        ordering = [F("performed_at").asc(nulls_last=True), "position", "created_at"]
        constraints = [exactly_one("samples_processstep", SUBJECTS)]

    def __str__(self) -> str:
        return str(self.get_kind_display())

    @property
    def sample(self) -> ElectrolyteBatch | Film | Coating | Electrode:
        """What the step is done to."""
        found = self.batch or self.film or self.coating or self.electrode
        if found is None:
            raise ValueError(f"Step {self.pk} has no sample")
        return found


class Consumption(Stamped):
    """An edge of the lineage: how much of a lot or of an electrolyte batch a step used."""

    class Unit(models.TextChoices):
        """Units of amounts."""

        GRAM = "g", "g"
        MILLIGRAM = "mg", "mg"
        MILLILITRE = "mL", "mL"
        MICROLITRE = "uL", "µL"
        PIECE = "piece", _("pieces")

    step = models.ForeignKey(ProcessStep, on_delete=models.CASCADE, related_name="consumptions")
    lot = models.ForeignKey(
        Lot, null=True, blank=True, on_delete=models.PROTECT, related_name="consumptions"
    )
    batch = models.ForeignKey(
        ElectrolyteBatch,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="consumptions",
    )
    ingredient = models.CharField(
        _("ingredient"),
        max_length=20,
        blank=True,
        help_text=_("Its place in the recipe, such as am or lifsi."),
    )
    planned_amount = models.FloatField(_("planned"), null=True, blank=True)
    amount = number(_("amount"), help_text=_("Empty: used, but not measured."))
    amount_u = uncertainty(_("u(amount)"))
    unit = models.CharField(_("unit"), max_length=5, choices=Unit, default=Unit.GRAM)

    history = HistoricalRecords()

    class Meta:
        ordering = ["created_at"]
        constraints = [
            exactly_one("samples_consumption", ("lot", "batch")),
            *not_negative("samples_consumption", ["amount", "amount_u"]),
        ]

    def __str__(self) -> str:
        amount = "some" if self.amount is None else f"{self.amount:g} {self.unit}"
        return f"{amount} of {self.lot or self.batch}"
