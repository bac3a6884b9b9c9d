"""The rows of a coating: its dry composition, and the weighing of its slurry."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BaseInlineFormSet, ModelForm, inlineformset_factory
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from labsite.access.forms import record_field_for
from labsite.access.models import User
from labsite.access.recording import EditConflictError
from labsite.access.references import as_uuid
from labsite.lib.forms import NOTHING
from samples.forms.lots import MassField, lot_label, lots_on_shelf, proposed
from samples.forms.weighing import IN_SERIES, TO_CORRECT, USUAL_READABILITY_MG, seen_of
from samples.models import Chemical, Coating, CoatingComponent, Consumption, Lot, ProcessStep
from samples.recipes.quantity import Quantity, weighing_u
from samples.slurries import KIND, PER_GRAM, UNIT, plan_slurry, weigh_slurry
from samples.slurrymix import Component, Wanted, key_of, wanted_of
from samples.weighsteps import READABILITY, grams, readability_of, weighing_of

SPARE_ROWS = 3
SERIES = ("series_field", "series_values", "series_copies")


class Shelf:
    """The lots to weigh a slurry from, and what its weighing holds already; read once a form."""

    def __init__(self, user: User, step: ProcessStep | None) -> None:
        """Look for lots, also those that the weighing used."""
        edges = step.consumptions.all() if step is not None else ()
        self.edges = {
            edge.ingredient or key_of(edge.lot.chemical): edge
            for edge in edges
            if edge.lot is not None and edge.amount != 0
        }
        used = [edge.lot.pk for edge in self.edges.values() if edge.lot is not None]
        self.lots = sorted(lots_on_shelf(user, used), key=lambda lot: str(lot.chemical).lower())

    def edge(self, chemical: Chemical) -> Consumption | None:
        """Return what was weighed of a chemical."""
        return self.edges.get(key_of(chemical))

    def proposed(self, chemical_key: Any) -> Lot | None:
        """Return the lot of a chemical to go on with."""
        lots = [lot for lot in self.lots if str(lot.chemical_id) == str(chemical_key)]
        return proposed(lots, timezone.localdate())

    def choices(self) -> list[tuple[Any, Any]]:
        """Return the lots by chemical."""
        today, groups = timezone.localdate(), dict[str, list[tuple[str, str]]]()
        for lot in self.lots:
            row = (str(lot.pk), lot_label(lot, today, named=True))
            groups.setdefault(str(lot.chemical), []).append(row)
        return [("", NOTHING), *groups.items()]


class SeenField(forms.CharField):
    """What a row has shown; alone it does not make a row a filled one."""

    def has_changed(self, _initial: Any, _data: Any) -> bool:
        """Tell nothing of its own."""
        return False


class ComponentForm(ModelForm):  # type: ignore[type-arg]  # not generic at run time
    """One component: parts by weight, its solution, its lot and the weighed mass."""

    seen = SeenField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, shelf: Shelf, **kwargs: Any) -> None:
        """Show what was weighed, else propose a lot of a chemical that is known already."""
        super().__init__(*args, **kwargs)
        self.by_key = {str(lot.pk): lot for lot in shelf.lots}
        self.fields["lot"] = forms.ChoiceField(
            choices=shelf.choices(), required=False, label=gettext_lazy("Lot")
        )
        self.fields["mass"] = MassField(unit=UNIT, label=gettext_lazy("Weighed"))
        self._show(shelf)

    class Meta:
        model = CoatingComponent
        fields = ("chemical", "weight_parts", "solution_mass_fraction", "solution_mass_fraction_u")
        formfield_callback = record_field_for

    def _show(self, shelf: Shelf) -> None:
        lot: Lot | None = None
        mass: float | None = None
        if self.instance.chemical_id:
            edge = shelf.edge(self.instance.chemical)
            lot = edge.lot if edge is not None else shelf.proposed(self.instance.chemical_id)
            weighed = grams(edge) if edge is not None else None
            mass = None if weighed is None else weighed * PER_GRAM
        elif self.initial.get("chemical"):
            lot = shelf.proposed(self.initial["chemical"])
        shown = {"lot": str(lot.pk) if lot else "", "mass": mass, "seen": seen_of(lot, mass)}
        self.initial.update(shown)

    def clean_lot(self) -> Lot | None:
        """Return the lot."""
        return self.by_key.get(self.cleaned_data["lot"])

    def clean(self) -> dict[str, Any]:
        """Want the lot to be of the chemical, and to be known for what was weighed."""
        typed: dict[str, Any] = super().clean() or self.cleaned_data
        lot, chemical = typed.get("lot"), typed.get("chemical")
        if lot is not None and chemical is not None and lot.chemical_id != chemical.pk:
            words = {"lot": lot.code, "found": lot.chemical, "wanted": chemical}
            self.add_error("lot", _("%(lot)s is %(found)s; this row is %(wanted)s.") % words)
        if typed.get("mass") is not None and lot is None and "lot" not in self.errors:
            self.add_error("lot", _("Choose the lot that this was weighed from."))
        return typed

    def component(self, u_g: float | None) -> Component | None:
        """Return the row as the recipe takes it; None while it is not complete."""
        known = getattr(self, "cleaned_data", {})
        chemical, parts = known.get("chemical"), known.get("weight_parts")
        if chemical is None or not parts or parts <= 0 or known.get("DELETE"):
            return None
        fraction, mass = known.get("solution_mass_fraction"), known.get("mass")
        return Component(
            chemical=chemical,
            weight_parts=parts,
            solution=Quantity(fraction, known.get("solution_mass_fraction_u"))
            if fraction
            else None,
            lot=known.get("lot"),
            mass_g=None if mass is None else mass / PER_GRAM,
            mass_g_u=u_g,
        )

    @property
    def is_reweighed(self) -> bool:
        """Whether lot or mass are not what the form has shown."""
        known = self.cleaned_data
        return bool(seen_of(known.get("lot"), known.get("mass")) != known.get("seen"))


class SlurryAbout(forms.Form):
    """How much slurry is to be made, and how the balance reads; hidden, the weighing shown."""

    step = forms.CharField(widget=forms.HiddenInput, required=False)
    active = MassField(unit="g", label=gettext_lazy("Make with active material"))
    dry = MassField(unit="g", label=gettext_lazy("or dry mass in all"))
    balance = MassField(unit="mg", label=gettext_lazy("Balance reads to"))

    def clean(self) -> dict[str, Any]:
        """Want one of the masses."""
        typed: dict[str, Any] = super().clean() or self.cleaned_data
        if typed.get("active") is not None and typed.get("dry") is not None:
            self.add_error("dry", _("Give the active or the dry mass, not both."))
        return typed

    @property
    def is_retargeted(self) -> bool:
        """Whether something else is wanted than the form has shown."""
        return bool({"active", "dry", "balance"} & set(self.changed_data))

    def wanted(self) -> Wanted:
        """Return what is wanted, as far as it is understood."""
        known = self.cleaned_data if self.is_bound and self.is_valid() else {}
        return Wanted(known.get("active"), known.get("dry"), known.get("balance"))


class ComponentRows(BaseInlineFormSet):  # type: ignore[type-arg]  # not generic at run time
    """The components of a coating with the weighing of its slurry."""

    template = "samples/_slurry_rows.html"
    before = 1
    about: SlurryAbout
    step: ProcessStep | None
    adding: bool
    """Whether the coating is new: only its own template can have planned a slurry by now."""

    def wanted(self) -> Wanted:
        """Return how much is to be made."""
        return self.about.wanted()

    def components(self) -> list[tuple[int, Component]]:
        """Return the complete rows with their numbers."""
        u_mg = self.wanted().readability_mg
        u_g = None if u_mg is None else weighing_u(u_mg) / 1000
        forms: Sequence[Any] = self.forms
        rows = [(number, form.component(u_g)) for number, form in enumerate(forms)]
        return [(number, row) for number, row in rows if row is not None]

    def is_valid(self) -> bool:
        """Look at the target too, and refuse masses in a series."""
        valid = all([self.about.is_valid(), super().is_valid()])
        if valid and any(str(self.data.get(name) or "").strip() for name in SERIES):
            for form in self.forms:
                if form.cleaned_data.get("mass") is not None:
                    form.add_error("mass", IN_SERIES)
                    valid = False
        return valid

    def weigh(self, coating: Coating, user: User) -> None:
        """Weigh the slurry, or plan it; a weighing that nobody touched stays.

        Raises ValidationError, PermissionDenied.
        """
        rows = [row for _number, row in self.components()]
        lots = {row.key: row.lot for row in rows if row.lot is not None}
        masses = {row.key: row.mass_g for row in rows if row.mass_g is not None}
        done = self.step is not None and self.step.performed_at is not None
        wanted = self.wanted()
        if not masses and not done:
            plan_slurry(coating=coating, lots=lots, by=user, wanted=wanted)
        elif any(form.is_reweighed for form in self._filled()) or self.about.is_retargeted:
            seen = str(self.about.cleaned_data.get("step") or "")
            try:
                weigh_slurry(
                    coating=coating,
                    lots=lots,
                    masses_g=masses,
                    by=user,
                    wanted=wanted,
                    performed_at=self.step.performed_at if self.step is not None else None,
                    expected_version=None if self.adding else int(seen.partition(":")[2] or 0),
                )
            except EditConflictError as error:
                raise ValidationError(str(error)) from error
            except ValidationError as error:
                self._put(error)
                raise ValidationError(TO_CORRECT) from error

    def _filled(self) -> Sequence[Any]:
        return [form for form in self.forms if form.cleaned_data.get("chemical") is not None]

    def _put(self, error: ValidationError) -> None:
        """Put sentences beside the masses they are about; raises the error when one is not."""
        if not hasattr(error, "error_dict"):
            raise error
        told = dict(error.message_dict)
        for form in self._filled():
            for sentence in told.pop(key_of(form.cleaned_data["chemical"]), []):
                form.add_error("mass", sentence)
        if told:
            raise error


ComponentFormSet = inlineformset_factory(
    Coating,
    CoatingComponent,
    form=ComponentForm,
    formset=ComponentRows,
    extra=SPARE_ROWS,
    can_delete_extra=False,
)


def component_rows(
    data: Any, *, user: User, coating: Coating, initial: Sequence[dict[str, Any]]
) -> ComponentRows:
    """Return the rows of a coating's form; ``initial`` fills those of a new one."""
    step = _shown(data, user) if coating._state.adding else weighing_of(coating, KIND)
    rows: Any = ComponentFormSet(
        data,
        instance=coating,
        prefix="components",
        initial=initial,
        form_kwargs={"shelf": Shelf(user, step)},
    )
    rows.extra = len(initial) + SPARE_ROWS
    rows.step, rows.adding = step, coating._state.adding
    wanted = wanted_of(step)
    balance = wanted.readability_mg or _last_readability(user) or USUAL_READABILITY_MG
    about = {"active": wanted.active_mass_g, "dry": wanted.dry_mass_g, "balance": balance}
    shown = "" if step is None else f"{step.pk}:{step.version}"
    rows.about = SlurryAbout(data, prefix="slurry", initial={**about, "step": shown})
    made: ComponentRows = rows
    return made


def _shown(data: Any, user: User) -> ProcessStep | None:
    """Return the weighing that a form without its coating has shown, if the person may read it."""
    key = as_uuid(str((data or {}).get("slurry-step") or "").partition(":")[0])
    if key is None:
        return None
    steps = ProcessStep.objects.filter(pk=key, coating__in=Coating.objects.visible_to(user))
    return steps.prefetch_related("consumptions__lot__chemical").first()


def _last_readability(user: User) -> float | None:
    """Return how the balance read that the person used last for a slurry."""
    rows = ProcessStep.objects.filter(created_by=user, kind=KIND, actual__has_key=READABILITY)
    return readability_of(rows.order_by("-created_at").first())
