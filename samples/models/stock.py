"""The ledger of what went into lots and out of them."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from labsite.lib.models import Stamped
from samples.models.materials import Lot
from samples.models.steps import Consumption


class StockEntry(Stamped):
    """One change of a lot's stock; entries are only ever added, a mistake is corrected by another.

    ``change`` and ``remaining`` are in the unit of the lot.
    """

    class Kind(models.TextChoices):
        """Why the stock changed."""

        INITIAL = "initial", _("received")
        USED = "used", _("used")
        CORRECTED = "corrected", _("weighing corrected")
        STOCKTAKE = "stocktake", _("stocktake")
        DISCARDED = "discarded", _("discarded")

    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="stock_entries")
    kind = models.CharField(_("entry"), max_length=9, choices=Kind)
    change = models.FloatField(_("change"))
    remaining = models.FloatField(_("remaining"), null=True, blank=True)
    consumption = models.ForeignKey(
        Consumption, null=True, blank=True, on_delete=models.PROTECT, related_name="stock_entries"
    )
    at = models.DateTimeField(_("at"), default=timezone.now)
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                name="samples_stockentry_remaining_not_negative",
                condition=Q(remaining__isnull=True) | Q(remaining__gte=0),
                violation_error_message=_("A lot cannot hold less than nothing."),
            ),
            models.CheckConstraint(
                name="samples_stockentry_use_names_its_consumption",
                condition=~Q(kind__in=["used", "corrected"]) | Q(consumption__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lot.code}: {self.change:+g}"
