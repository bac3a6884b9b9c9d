"""The weighing table in the form of an electrolyte batch."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from labsite.access.models import User
from labsite.access.recording import EditConflictError
from labsite.access.references import as_uuid
from labsite.lib.units import show_number
from samples.forms.lots import BalanceForm, LotField, MassField, lots_on_shelf, proposed
from samples.ingredients import INGREDIENTS, PER_GRAM, Ingredient
from samples.mixture import Portion
from samples.models import Chemical, ElectrolyteBatch, Lot, ProcessStep
from samples.recipes.quantity import weighing_u
from samples.weighing import KIND, known_chemicals, plan_weighing, portions_of, weigh_batch
from samples.weighsteps import READABILITY, readability_of, weighing_of

USUAL_READABILITY_MG = 0.1
IN_SERIES = gettext_lazy("Leave this empty in a series; weigh each on its page.")
TO_CORRECT = gettext_lazy("The weighing table has something to correct.")


class WeighRow(forms.Form):
    """One place of the recipe: its lot and the weighed mass."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, *args: Any, ingredient: Ingredient, shelf: Sequence[Lot], **kwargs: Any
    ) -> None:
        """Offer the lots that fit."""
        super().__init__(*args, **{**kwargs, "prefix": f"weigh_{ingredient.key}"})
        self.ingredient = ingredient
        label = _("Weighed mass of %(what)s") % {"what": ingredient.label}
        self.fields["lot"] = LotField(ingredient=ingredient, shelf=shelf)
        self.fields["mass"] = MassField(unit=ingredient.unit, label=label)

    def clean(self) -> dict[str, Any]:
        """Want to know of which lot a mass was."""
        typed: dict[str, Any] = super().clean() or self.cleaned_data
        if typed.get("mass") is not None and "lot" in typed and typed["lot"] is None:
            self.add_error("lot", _("Choose the lot that this was weighed from."))
        return typed

    @property
    def lot_field(self) -> forms.BoundField:
        """The field of the lot."""
        return self["lot"]

    @property
    def mass_field(self) -> forms.BoundField:
        """The field of the mass."""
        return self["mass"]

    @property
    def lot(self) -> Lot | None:
        """The chosen lot."""
        lot: Lot | None = self._said("lot")
        return lot

    @property
    def mass_g(self) -> float | None:
        """The weighed mass in g."""
        mass = self._said("mass")
        return None if mass is None else mass / PER_GRAM[self.ingredient.unit]

    def _said(self, name: str) -> Any:
        return self.cleaned_data.get(name) if self.is_bound and self.is_valid() else None

    @property
    def is_changed(self) -> bool:
        """Whether lot or mass are not what the form has shown."""
        lot, mass = self.lot, self.cleaned_data.get("mass")
        return bool(seen_of(lot, mass) != self.cleaned_data["seen"])


def seen_of(lot: Lot | None, mass: float | None) -> str:
    """Write what a row shows, to tell later whether a person changed it."""
    return f"{lot.pk if lot else ''}:{'' if mass is None else show_number(mass)}"


class BatchRows:
    """The rows of the weighing table, with the balance that was used."""

    template = "samples/_weigh_rows.html"
    before = 2
    """Groups of the form that stand above the table."""

    def __init__(
        self,
        data: Any,
        *,
        user: User,
        batch: ElectrolyteBatch | None = None,
        lots: Mapping[str, Any] | None = None,
    ) -> None:
        """Show the weighing of a batch, or propose lots; ``lots`` are keys of lots by place."""
        self.user, self.data = user, data
        self.step = weighing_of(batch, KIND) if batch is not None else _step_shown(data, user)
        portions = portions_of(self.step, {})
        used = [portion.lot.pk for portion in portions.values() if portion.lot is not None]
        self.shelf = lots_on_shelf(user, used)
        balance = readability_of(self.step) or readability_of(_last_weighing(user))
        about = {
            "balance": balance or USUAL_READABILITY_MG,
            "step": _named(self.step),
        }
        self.about = BalanceForm(data, prefix="weigh", initial=about)
        self.rows = [self._row(data, one, portions.get(one.key), lots or {}) for one in INGREDIENTS]

    def _row(
        self, data: Any, one: Ingredient, portion: Portion | None, lots: Mapping[str, Any]
    ) -> WeighRow:
        fitting = [lot for lot in self.shelf if one.fits(lot.chemical)]
        copied = next((lot for lot in fitting if str(lot.pk) == str(lots.get(one.key))), None)
        lot = copied or proposed(fitting, timezone.localdate())
        mass = None
        if portion is not None and portion.lot is not None:
            lot = portion.lot
            mass = None if portion.mass_g is None else portion.mass_g * PER_GRAM[one.unit]
        initial = {"lot": str(lot.pk) if lot else "", "mass": mass, "seen": seen_of(lot, mass)}
        return WeighRow(data, ingredient=one, shelf=self.shelf, initial=initial)

    def __iter__(self) -> Iterator[WeighRow]:
        """Give the rows."""
        return iter(self.rows)

    def is_valid(self) -> bool:
        """Whether every row and the balance can be understood."""
        valid = all([self.about.is_valid(), *(row.is_valid() for row in self.rows)])
        if valid and self._makes_series():
            for row in self.rows:
                if row.mass_g is not None:
                    row.add_error(
                        "mass", _("Leave this empty in a series; weigh each on its page.")
                    )
                    valid = False
        return valid

    def _makes_series(self) -> bool:
        """Whether the form asks for several batches at once: a mass belongs to one."""
        asked = ("series_field", "series_values", "series_copies")
        return any(str(self.data.get(name) or "").strip() for name in asked)

    @property
    def readability_mg(self) -> float | None:
        """How finely the balance reads."""
        value: float | None = (
            self.about.cleaned_data.get("balance") if self.about.is_valid() else None
        )
        return value

    def portions(self) -> dict[str, Portion]:
        """Return the places filled so far: with a lot, or at least with a chemical that fits."""
        known: Mapping[str, Chemical] = known_chemicals()
        portions = {key: Portion(chemical) for key, chemical in known.items()}
        u = None if self.readability_mg is None else weighing_u(self.readability_mg) / 1000
        for row in self.rows:
            if row.lot is not None:
                portions[row.ingredient.key] = Portion(row.lot.chemical, row.lot, row.mass_g, u)
        return portions

    def store(self, batch: ElectrolyteBatch, performed_at: Any = None) -> None:
        """Weigh the batch, or plan its weighing; a weighing that nobody touched stays.

        Raises ValidationError, PermissionDenied, EditConflictError.
        """
        lots = {row.ingredient.key: row.lot for row in self.rows if row.lot is not None}
        masses = {row.ingredient.key: row.mass_g for row in self.rows if row.mass_g is not None}
        done = self.step is not None and self.step.performed_at is not None
        if not masses and not done:
            plan_weighing(batch=batch, lots=lots, by=self.user, readability_mg=self.readability_mg)
        elif any(row.is_changed for row in self.rows) or "balance" in self.about.changed_data:
            self._weigh(batch, lots, masses, performed_at)

    def _weigh(
        self,
        batch: ElectrolyteBatch,
        lots: Mapping[str, Lot],
        masses: Mapping[str, float],
        performed_at: Any,
    ) -> None:
        seen = str(self.about.cleaned_data.get("step") or "")
        try:
            weigh_batch(
                batch=batch,
                lots=lots,
                masses_g=masses,
                by=self.user,
                readability_mg=self.readability_mg,
                performed_at=performed_at or (self.step.performed_at if self.step else None),
                expected_version=int(seen.partition(":")[2] or 0),
            )
        except EditConflictError as error:
            raise ValidationError(str(error)) from error
        except ValidationError as error:
            if not self.put_errors(error):
                raise
            raise ValidationError(TO_CORRECT) from error

    def put_errors(self, error: ValidationError) -> bool:
        """Put sentences beside the masses they are about; tell whether all found their place."""
        told: dict[str, list[str]] = (
            dict(error.message_dict) if hasattr(error, "error_dict") else {}
        )
        for row in self.rows:
            for sentence in told.pop(row.ingredient.key, []):
                row.add_error("mass", sentence)
        return hasattr(error, "error_dict") and not told


def _named(step: ProcessStep | None) -> str:
    """Return "key:version" of a weighing; empty for none."""
    return "" if step is None else f"{step.pk}:{step.version}"


def _step_shown(data: Any, user: User) -> ProcessStep | None:
    """Return the weighing that a form without its batch has shown, if the person may read it."""
    key = as_uuid(str((data or {}).get("weigh-step") or "").partition(":")[0])
    if key is None:
        return None
    batches = ElectrolyteBatch.objects.visible_to(user)
    steps = ProcessStep.objects.filter(pk=key, batch__in=batches)
    return steps.prefetch_related("consumptions__lot__chemical").first()


def _last_weighing(user: User) -> ProcessStep | None:
    """Return the last weighing of a person, to go on with the same balance."""
    rows = ProcessStep.objects.filter(created_by=user, kind=ProcessStep.Kind.WEIGHING)
    return rows.filter(actual__has_key=READABILITY).order_by("-created_at").first()
