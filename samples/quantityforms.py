"""Forms whose quantities follow the kind of step or event: planned beside actual."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from labsite.lib.forms import NOTHING, QuantityField
from labsite.lib.quantities import DOSE, INTENSITY, LONGEST, TIME, Catalogue, Quantity, checked

PLANNED, ACTUAL = "planned", "actual"
SWAP = {
    "hx-post": "",
    "hx-vals": '{"swap": "yes"}',
    "hx-include": "closest form",
    "hx-target": "#quantities",
    "hx-swap": "outerHTML",
    "hx-sync": "this:replace",
}
"""Choosing another kind asks for its quantities, with all that was typed."""


@dataclass(frozen=True)
class QuantityRow:
    """A quantity of the form: fields for the plan and for what was done."""

    quantity: Quantity
    planned: forms.BoundField | None
    planned_text: str
    actual: forms.BoundField


class QuantitiesForm(forms.Form):
    """A form about one kind of step; ``kind`` fixes it, else the field ``kind`` says it.

    ``planned`` holds the quantities of a plan that stands; without it the plan is asked for too.
    """

    CATALOGUE: ClassVar[Catalogue]
    shown = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        *args: Any,
        fixed_kind: str = "",
        planned: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        """Add the fields of the kind."""
        super().__init__(*args, **kwargs)
        self.kind_shown = fixed_kind or self._kind_said()
        self.planned_values = planned
        self.quantities = self.CATALOGUE.get(self.kind_shown, ())
        if fixed_kind:
            del self.fields["kind"], self.fields["shown"]
        else:
            self.fields["kind"].widget.attrs |= SWAP
        for side in self._sides():
            for quantity in self.quantities:
                self.fields[f"{side}-{quantity.name}"] = field_of(quantity)

    def _kind_said(self) -> str:
        said = self.data.get("kind") if self.is_bound else self.get_initial_for_field(
            self.fields["kind"], "kind")  # fmt: skip
        choices: Any = self.fields["kind"]
        known = [value for value, _word in choices.choices]
        return str(said if said in known else known[0])

    def _sides(self) -> tuple[str, ...]:
        return (PLANNED, ACTUAL) if self.planned_values is None else (ACTUAL,)

    def leading(self) -> Iterator[forms.BoundField]:
        """Give the fields that every kind has."""
        for field in self.visible_fields():
            if not field.name.startswith((f"{PLANNED}-", f"{ACTUAL}-")):
                yield field

    def quantity_rows(self) -> list[QuantityRow]:
        """Return the quantities of the kind, in the order of the catalogue."""
        plan = self.planned_values or {}
        return [
            QuantityRow(
                quantity=one,
                planned=None if self.planned_values is not None else self[f"{PLANNED}-{one.name}"],
                planned_text=one.written(plan[one.name]) if one.name in plan else "",
                actual=self[f"{ACTUAL}-{one.name}"],
            )
            for one in self.quantities
        ]

    def values(self, side: str) -> dict[str, Any]:
        """Return what was typed of the plan, or of what was done."""
        typed = {one.name: self.cleaned_data.get(f"{side}-{one.name}") for one in self.quantities}
        return {name: value for name, value in typed.items() if value not in (None, "")}

    def clean(self) -> dict[str, Any]:
        """Look at each quantity, and that the fields are those of the chosen kind."""
        typed: dict[str, Any] = super().clean() or self.cleaned_data
        if "kind" in self.fields and typed.get("shown") not in ("", self.kind_shown):
            self.add_error(
                "kind", _("The quantities below are now those of this kind; check them.")
            )
        for side in self._sides():
            self._check(side)
        return typed

    def _check(self, side: str) -> None:
        values = self.values(side)
        wrong = {one.name: one.problem(values[one.name])
                 for one in self.quantities if one.name in values}  # fmt: skip
        for one in self.quantities:
            if found := wrong.get(one.name):
                words = {"found": found, "allowed": one.allowed()}
                message = _("Found %(found)s; allowed: %(allowed)s.") % words
                self.add_error(f"{side}-{one.name}", message)
        if any(wrong.values()):
            return
        try:
            checked(self.quantities, values, "")
        except ValidationError as error:
            self.add_error(f"{side}-{DOSE}", error)


def field_of(quantity: Quantity) -> forms.Field:
    """Return the form field of a quantity: numbers take units, words come with suggestions."""
    if quantity.choices:
        choices = [("", NOTHING), *quantity.choices]
        return forms.ChoiceField(label=quantity.title, choices=choices, required=False)
    if quantity.words is not None:
        attrs = {"list": f"words-{quantity.name}", "autocomplete": "off"}
        return forms.CharField(
            label=quantity.title,
            max_length=LONGEST,
            required=False,
            widget=forms.TextInput(attrs=attrs),
        )
    field = QuantityField(unit=quantity.unit, label=quantity.title, required=False)
    field.usual = quantity.usual
    field.own_hint = True
    return field


def prefilled(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return initial values for what was done; a dose that follows is left to follow again."""
    follows = INTENSITY in values and TIME in values
    return {
        f"{ACTUAL}-{name}": value
        for name, value in values.items()
        if not (follows and name == DOSE)
    }
