"""Forms about many electrodes of a coating: punched, weighed, infiltrated; and one used up."""

from collections.abc import Iterator, Set
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from labsite.access.models import Project, User
from labsite.access.picking import RecordChoiceField
from labsite.lib.forms import Entry, Group, MomentField, QuantityField
from labsite.lib.quantities import Quantity as Asked
from labsite.lib.readings import Readings
from samples.models import Coating, Electrode, ElectrolyteBatch, ProcessStep
from samples.pieces import (
    MOST,
    Blanks,
    Face,
    infiltrate_electrodes,
    punch_electrodes,
    use_up_electrode,
)
from samples.processing import StepDetails
from samples.quantities import QUANTITIES
from samples.recipes import Quantity, weighing_u
from samples.states import FREE, State, state_of

DOSE_UL = 50
"""The paper's dose of precursor for one electrode (ANALYSES R112)."""


def number_field(label: Any, unit: str, **options: Any) -> QuantityField:
    """Return an optional quantity."""
    return QuantityField(label=label, unit=unit, **{"required": False, **options})


class PunchForm(forms.Form):
    """How many electrodes of which size are punched, and what the bare foil weighs."""

    count = forms.IntegerField(label=_("How many"), min_value=1, max_value=MOST, initial=12)
    diameter_mm = number_field(_("Diameter"), "mm", readings=True)
    diameter_mm_u = number_field(_("u(diameter)"), "mm")
    width_mm = number_field(_("or width"), "mm", readings=True)
    width_mm_u = number_field(_("u(width)"), "mm")
    length_mm = number_field(_("and length"), "mm", readings=True)
    length_mm_u = number_field(_("u(length)"), "mm")
    made_at = MomentField(label=_("Made at"), initial=timezone.now)
    blanks = number_field(
        _("Masses of blank discs"),
        "mg",
        readings=True,
        help_text=_("Bare foil from the same punch, one mass a disc: 9.81; 9.79; 9.83."),
    )
    readability_mg = number_field(
        _("Balance readability"),
        "mg",
        help_text=_("Gives u = readability/√3 of one weighing."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    GROUPS = (
        (_("Punch"), ("count", "diameter_mm", "width_mm", "length_mm", "made_at")),
        (_("Bare foil and balance"), ("blanks", "readability_mg")),
    )

    def __init__(self, *args: Any, user: User, sample: Coating, **kwargs: Any) -> None:
        """Start from the size of the last electrode of the coating."""
        super().__init__(*args, **kwargs)
        self.user, self.sample = user, sample
        self.initial["version"] = sample.version
        seen = Electrode.objects.visible_to(user).filter(coating=sample)
        last = seen.order_by("-created_at").first()
        for name in ("diameter_mm", "width_mm", "length_mm") if last is not None else ():
            for field in (name, f"{name}_u"):
                self.initial.setdefault(field, getattr(last, field))
        if sample.process == Coating.Process.PRESSED:
            del self.fields["blanks"]

    def groups(self) -> Iterator[Group]:
        """Give the fields in groups, sizes with their uncertainty."""
        for title, names in self.GROUPS:
            known = [name for name in names if name in self.fields]
            yield Group(title, [self._entry(name) for name in known])

    def _entry(self, name: str) -> Entry:
        u = f"{name}_u"
        return Entry(self[name], self[u] if u in self.fields else None, None)

    def clean(self) -> dict[str, Any]:
        """Want one disc or one rectangle, and a coating that nobody has changed meanwhile."""
        typed: dict[str, Any] = super().clean() or {}
        if self.errors:
            return typed
        self._face(typed).area_cm2()
        if typed.get("blanks") is not None and typed["version"] != self.sample.version:
            raise ValidationError(
                _("The coating was changed by somebody else meanwhile; look at it and repeat this.")
            )
        return typed

    def _face(self, typed: dict[str, Any]) -> Face:
        sizes = {}
        for name in ("diameter_mm", "width_mm", "length_mm"):
            several: Readings | None = typed.get(name)
            if several is not None:
                if several.mean <= 0:
                    raise ValidationError({name: _("This must be above 0.")})
                sizes[name] = Quantity(several.mean, several.combined_u(typed.get(f"{name}_u")))
        return Face(**sizes)

    def store(self) -> list[Electrode]:
        """Store the electrodes; raises ValidationError, PermissionDenied, EditConflictError."""
        typed = self.cleaned_data
        several: Readings | None = typed.get("blanks")
        blanks = Blanks(several.values, self.weighing_u_mg) if several is not None else None
        return punch_electrodes(
            coating=self.sample,
            count=typed["count"],
            face=self._face(typed),
            by=self.user,
            made_at=typed["made_at"],
            blanks=blanks,
        )

    @property
    def weighing_u_mg(self) -> float | None:
        """Standard uncertainty of one weighing."""
        return u_of_balance(self.cleaned_data.get("readability_mg"))


def u_of_balance(readability_mg: float | None) -> float | None:
    """Return u of one weighing in mg; raises ValidationError for a readability not above 0."""
    if readability_mg is None:
        return None
    if readability_mg <= 0:
        raise ValidationError({"readability_mg": _("The readability must be above 0.")})
    return weighing_u(readability_mg)


@dataclass(frozen=True)
class Choice:
    """An electrode that can be chosen."""

    electrode: Electrode
    state: str
    chosen: bool


def usable_electrodes(coating: Coating, allowed: Set[str], user: User) -> list[Electrode]:
    """Return a coating's electrodes in one of the states that a person may change, by code."""
    mine = Project.objects.editable_by(user)
    rows: QuerySet[Electrode] = coating.electrodes.filter(voided_at__isnull=True, project__in=mine)
    rows = rows.select_related("coating__active_material").prefetch_related("events")
    return [row for row in rows.order_by("code") if state_of(row) in allowed]


def valid_batches(user: User) -> "QuerySet[Any]":
    """Return the batches that the person may read and that are not voided."""
    visible: QuerySet[Any] = ElectrolyteBatch.objects.visible_to(user)
    return visible.filter(voided_at__isnull=True)


class InfiltrateManyForm(forms.Form):
    """Electrodes of a coating take up the same dose of one batch."""

    batch = RecordChoiceField(label=_("Electrolyte batch"), queryset=None)
    planned_volume_ul = number_field(_("Planned dose for each"), "µL", initial=DOSE_UL)
    volume_ul = number_field(
        _("Dose for each"), "µL", initial=DOSE_UL, help_text=_("As it was given.")
    )
    performed_at = MomentField(label=_("Done at"), initial=timezone.now)
    note = forms.CharField(label=_("Note"), max_length=400, required=False)

    def __init__(self, *args: Any, user: User, sample: Coating, **kwargs: Any) -> None:
        """Offer the electrodes that can take up electrolyte, and what is said of the step."""
        super().__init__(*args, **kwargs)
        self.user, self.sample = user, sample
        self.fields["batch"].queryset = valid_batches(user)  # type: ignore[attr-defined]
        self.electrodes = usable_electrodes(sample, FREE, user)
        for asked in self.asked():
            self.fields[asked.name] = number_field(asked.title, asked.unit)

    @staticmethod
    def asked() -> list[Asked]:
        """Return the numbers of an infiltration that are asked for beside the dose."""
        kinds = QUANTITIES[ProcessStep.Kind.INFILTRATION]
        wanted = ("vacuum", "absolute", "uv_")
        return [one for one in kinds if one.is_number and one.name.startswith(wanted)]

    def choices(self) -> list[Choice]:
        """Return the electrodes with those that are ticked; at first the pristine ones."""
        chosen = self._chosen()
        return [
            Choice(one, str(State(state_of(one)).label), one.pk in chosen)
            for one in self.electrodes
        ]

    def _chosen(self) -> set[UUID]:
        if not self.is_bound:
            return {one.pk for one in self.electrodes if state_of(one) == State.PRISTINE}
        sent: Any = self.data
        wanted = set(sent.getlist("electrodes"))
        return {one.pk for one in self.electrodes if str(one.pk) in wanted}

    def store(self) -> None:
        """Log the infiltrations; raises ValidationError, PermissionDenied."""
        typed = self.cleaned_data
        chosen = self._chosen()
        sent: Any = self.data
        if len(chosen) != len(set(sent.getlist("electrodes"))):
            raise ValidationError(
                _("Some of these electrodes cannot be infiltrated any more; look at them again.")
            )
        said = {one.name: typed[one.name] for one in self.asked() if typed[one.name] is not None}
        planned = typed["planned_volume_ul"]
        infiltrate_electrodes(
            electrodes=[one for one in self.electrodes if one.pk in chosen],
            batch=typed["batch"],
            by=self.user,
            volume_ul=typed["volume_ul"],
            details=StepDetails(
                performed_at=typed["performed_at"],
                planned={} if planned is None else {"volume_ul": planned},
                actual=said,
                note=typed["note"],
            ),
        )


class UseUpForm(forms.Form):
    """Why an electrode is not used any more."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        help_text=_(
            "What it was used for, or what is wrong with it: cut for SEM, torn, fell down."
        ),
    )
    at = MomentField(label=_("At"), initial=timezone.now)

    def __init__(self, *args: Any, user: User, sample: Electrode, **kwargs: Any) -> None:
        """Keep whose electrode, and who."""
        super().__init__(*args, **kwargs)
        self.user, self.sample = user, sample

    def store(self) -> None:
        """Note it; raises ValidationError, PermissionDenied."""
        typed = self.cleaned_data
        use_up_electrode(
            electrode=self.sample, by=self.user, reason=typed["reason"], at=typed["at"]
        )
