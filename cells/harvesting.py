"""The form by which an electrode is taken out of its cell."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cells.assembly import harvest_electrode
from cells.models import CellElectrode
from labsite.access.models import User
from labsite.lib.forms import MomentField, QuantityField
from samples.models import Electrode

RINSE = ("rinse_solvent", "rinse_volume_ml", "rinse_time_s")


class HarvestForm(forms.Form):
    """When an electrode is taken out, and how it is rinsed; the cell ends."""

    at = MomentField(label=_("Taken out at"), initial=timezone.now)
    rinse_solvent = forms.CharField(
        label=_("Rinsed with"),
        max_length=80,
        required=False,
        help_text=_("DMC, DME ...; “not rinsed” is worth saying too."),
    )
    rinse_volume_ml = QuantityField(label=_("Rinsing volume"), unit="mL", required=False)
    rinse_time_s = QuantityField(label=_("Rinsing time"), unit="s", required=False)
    note = forms.CharField(label=_("Note"), max_length=200, required=False)

    def __init__(self, *args: Any, user: User, place: CellElectrode, **kwargs: Any) -> None:
        """Keep who, and which electrode in which cell."""
        super().__init__(*args, **kwargs)
        self.user, self.place = user, place

    def store(self) -> Electrode:
        """Take the electrode out; raises PermissionDenied, ValidationError."""
        typed = self.cleaned_data
        return harvest_electrode(
            place=self.place,
            by=self.user,
            at=typed["at"] if "at" in self.changed_data else None,
            rinse={name: typed[name] for name in RINSE if typed[name] not in (None, "")},
            note=typed["note"],
        )
