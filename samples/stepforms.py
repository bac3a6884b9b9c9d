"""Forms that log what was done to a sample."""

from functools import cached_property
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms import BaseFormSet, formset_factory
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from labsite.access.forms import RecordChoiceField
from labsite.access.models import User
from labsite.lib.forms import NOTHING, MomentField, QuantityField
from samples.models import Consumption, Electrode, ElectrolyteBatch, Lot, ProcessStep
from samples.processing import Sample, StepDetails, Use, infiltrate_electrode, log_step

ROWS = 6
STEPS = [
    choice for choice in ProcessStep.Kind.choices if choice[0] != ProcessStep.Kind.INFILTRATION
]


class StepForm(forms.Form):
    """One step: what, when, and what it used."""

    kind = forms.ChoiceField(label=_("Step"), choices=STEPS)
    performed_at = MomentField(label=_("Done at"), initial=timezone.now)
    note = forms.CharField(label=_("Note"), max_length=400, required=False)

    def __init__(self, *args: Any, user: User, sample: Sample, **kwargs: Any) -> None:
        """Add the rows of what was used."""
        super().__init__(*args, **kwargs)
        self.user, self.sample = user, sample
        data = self.data if self.is_bound else None
        self.rows = UseFormSet(data, prefix="uses", form_kwargs={"materials": Materials(user)})

    def is_valid(self) -> bool:
        """Look at the rows too."""
        return all([super().is_valid(), self.rows.is_valid()])

    def store(self) -> None:
        """Log the step; raises ValidationError, PermissionDenied."""
        log_step(
            sample=self.sample,
            kind=self.cleaned_data["kind"],
            by=self.user,
            details=StepDetails(
                performed_at=self.cleaned_data["performed_at"], note=self.cleaned_data["note"]
            ),
            uses=[row.use() for row in self.rows if row.has_changed()],
        )


class Materials:
    """What a person may take; read once for all rows of a form."""

    def __init__(self, user: User) -> None:
        """Look for lots and batches that are not voided."""
        lots: QuerySet[Any] = Lot.objects.visible_to(user).filter(voided_at__isnull=True)
        self.lots = lots.select_related("chemical")
        self.batches = valid_batches(user)

    @cached_property
    def lot_choices(self) -> list[tuple[Any, str]]:
        """The lots as choices."""
        return choices_of(self.lots)

    @cached_property
    def batch_choices(self) -> list[tuple[Any, str]]:
        """The batches as choices."""
        return choices_of(self.batches)


def valid_batches(user: User) -> "QuerySet[Any]":
    """Return the batches that the person may read and that are not voided."""
    visible: QuerySet[Any] = ElectrolyteBatch.objects.visible_to(user)
    return visible.filter(voided_at__isnull=True)


def choices_of(rows: "QuerySet[Any]") -> list[tuple[Any, str]]:
    """Return the choices among records, the first empty."""
    field = RecordChoiceField(queryset=rows)
    return [("", NOTHING), *((row.pk, field.label_from_instance(row)) for row in rows)]


class UseForm(forms.Form):
    """How much of one lot or batch was used."""

    lot = RecordChoiceField(label=_("Lot"), queryset=None, required=False)
    batch = RecordChoiceField(label=_("or batch"), queryset=None, required=False)
    planned_amount = QuantityField(label=_("Planned"), unit="", required=False)
    amount = QuantityField(label=_("Used"), unit="")
    amount_u = QuantityField(label=_("± u"), unit="", required=False)
    unit = forms.ChoiceField(
        label=_("Unit"), choices=Consumption.Unit.choices, initial=Consumption.Unit.GRAM
    )

    def __init__(self, *args: Any, materials: Materials, **kwargs: Any) -> None:
        """Limit the choices to what the person may read."""
        super().__init__(*args, **kwargs)
        lot: Any = self.fields["lot"]
        lot.queryset, lot.choices = materials.lots, materials.lot_choices
        batch: Any = self.fields["batch"]
        batch.queryset, batch.choices = materials.batches, materials.batch_choices

    def clean(self) -> dict[str, Any]:
        """Want a lot or a batch."""
        typed: dict[str, Any] = super().clean() or {}
        if self.has_changed() and bool(typed.get("lot")) == bool(typed.get("batch")):
            raise ValidationError(_("Choose a lot or a batch."))
        return typed

    def use(self) -> Use:
        """Return what was used."""
        typed = self.cleaned_data
        return Use(
            material=typed["lot"] or typed["batch"],
            amount=typed["amount"],
            unit=typed["unit"],
            amount_u=typed["amount_u"],
            planned_amount=typed["planned_amount"],
        )


class UseRows(BaseFormSet):  # type: ignore[type-arg]  # not generic at run time
    """What a step used."""

    title = _("Used up")
    hint = _("As weighed. Leave a row empty to leave it out.")


UseFormSet = formset_factory(UseForm, formset=UseRows, extra=ROWS)


class InfiltrationForm(forms.Form):
    """An electrode takes up electrolyte."""

    batch = RecordChoiceField(label=_("Electrolyte batch"), queryset=None)
    volume_ul = QuantityField(label=_("Volume"), unit="µL", required=False)
    performed_at = MomentField(label=_("Done at"), initial=timezone.now)
    note = forms.CharField(label=_("Note"), max_length=400, required=False)

    def __init__(self, *args: Any, user: User, sample: Electrode, **kwargs: Any) -> None:
        """Limit the choices to what the person may read."""
        super().__init__(*args, **kwargs)
        self.user, self.sample = user, sample
        self.fields["batch"].queryset = valid_batches(user)  # type: ignore[attr-defined]

    def store(self) -> None:
        """Log the infiltration; raises ValidationError, PermissionDenied."""
        typed = self.cleaned_data
        infiltrate_electrode(
            electrode=self.sample,
            batch=typed["batch"],
            by=self.user,
            volume_ul=typed["volume_ul"],
            details=StepDetails(performed_at=typed["performed_at"], note=typed["note"]),
        )
