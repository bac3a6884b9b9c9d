"""Rows of a form that say what a step used."""

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.forms import BaseFormSet, formset_factory
from django.utils.translation import gettext_lazy as _

from labsite.access.models import User
from labsite.access.picking import RecordChoiceField
from labsite.lib.forms import QuantityField
from samples.models import Consumption, ElectrolyteBatch, Lot, ProcessStep
from samples.processing import Use

ROWS = 6


class Materials:
    """What a person may take, and what a step has used already."""

    def __init__(self, user: User, step: ProcessStep | None = None) -> None:
        """Look for lots and batches that are not voided; those of the step stay."""
        lots, batches = Q(voided_at__isnull=True), Q(voided_at__isnull=True)
        if step is not None:
            lots |= Q(consumptions__step=step)
            batches |= Q(consumptions__step=step)
        bottles: QuerySet[Any] = Lot.objects.visible_to(user).filter(lots)
        mixed: QuerySet[Any] = ElectrolyteBatch.objects.visible_to(user).filter(batches)
        self.lots = bottles.select_related("chemical").distinct()
        self.batches = mixed.distinct()


def valid_batches(user: User) -> "QuerySet[Any]":
    """Return the batches that the person may read and that are not voided."""
    visible: QuerySet[Any] = ElectrolyteBatch.objects.visible_to(user)
    return visible.filter(voided_at__isnull=True)


class UseForm(forms.Form):
    """How much of one lot or batch was used."""

    lot = RecordChoiceField(label=_("Lot"), queryset=None, required=False)
    batch = RecordChoiceField(label=_("or batch"), queryset=None, required=False)
    planned_amount = QuantityField(label=_("Planned"), unit="", required=False)
    amount = QuantityField(label=_("Used"), unit="", required=False)
    amount_u = QuantityField(label=_("± u"), unit="", required=False)
    unit = forms.ChoiceField(
        label=_("Unit"), choices=Consumption.Unit.choices, initial=Consumption.Unit.GRAM
    )

    def __init__(self, *args: Any, materials: Materials, **kwargs: Any) -> None:
        """Limit the choices to what the person may read."""
        super().__init__(*args, **kwargs)
        self.fields["lot"].queryset = materials.lots  # type: ignore[attr-defined]
        self.fields["batch"].queryset = materials.batches  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Want a lot or a batch, and how much of it."""
        typed: dict[str, Any] = super().clean() or self.cleaned_data
        chosen = [name for name in ("lot", "batch") if typed.get(name)]
        amounts = [typed.get(name) for name in ("planned_amount", "amount", "amount_u")]
        said = any(amount is not None for amount in amounts)
        if len(chosen) > 1 or (said and not chosen):
            self.add_error(None, _("Choose a lot or a batch."))
        elif chosen and typed.get("amount") is None and not self._may_be_unmeasured():
            self.add_error("amount", _("Say how much of it was used."))
        return typed

    def _may_be_unmeasured(self) -> bool:
        """Tell whether an amount may be missing: it was before, or what was typed is no number."""
        stored = any(self.initial.get(name) for name in ("lot", "batch"))
        return "amount" in self.errors or (stored and self.initial.get("amount") is None)

    def use(self) -> Use | None:
        """Return what was used; nothing for a row that was left empty."""
        typed = self.cleaned_data
        material = typed.get("lot") or typed.get("batch")
        if material is None:
            return None
        return Use(
            material=material,
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


def rows_of(step: ProcessStep) -> list[dict[str, Any]]:
    """Return the rows of what a step used, as it is stored."""
    names = ("planned_amount", "amount", "amount_u", "unit", "ingredient")
    return [
        {
            "lot": edge.lot_id,
            "batch": edge.batch_id,
            **{name: getattr(edge, name) for name in names},
        }
        for edge in step.consumptions.all()
    ]
