"""Forms that log what was done to a sample, do what was planned, and correct what was logged."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from labsite.access.models import User
from labsite.access.picking import RecordChoiceField
from labsite.access.recording import EditConflictError
from labsite.lib.forms import MomentField
from samples.models import Consumption, Electrode, ElectrolyteBatch, ProcessStep
from samples.processing import (
    Sample,
    StepDetails,
    Use,
    log_step,
    perform_step,
    plan_steps,
    revise_step,
)
from samples.quantities import QUANTITIES
from samples.quantityforms import ACTUAL, PLANNED, QuantitiesForm, prefilled
from samples.stock import StockError
from samples.useforms import Materials, UseFormSet, rows_of, valid_batches

STEPS = [
    choice for choice in ProcessStep.Kind.choices if choice[0] != ProcessStep.Kind.INFILTRATION
]


class WorkForm(QuantitiesForm):
    """What all forms about a step ask: when, what was used, a note."""

    CATALOGUE = QUANTITIES
    may_plan = False
    """Whether the page offers to plan the step for later."""

    kind = forms.ChoiceField(label=_("Step"), choices=STEPS)
    performed_at = MomentField(label=_("Done at"), initial=timezone.now)
    note = forms.CharField(label=_("Note"), max_length=400, required=False)

    def __init__(self, *args: Any, user: User, sample: Sample, **kwargs: Any) -> None:
        """Keep who does what to which sample."""
        super().__init__(*args, **kwargs)
        self.user, self.sample = user, sample
        self.rows: Any = None

    def add_rows(self, step: ProcessStep | None = None) -> None:
        """Add the rows of what was used, starting with what a stored step used."""
        self.rows = UseFormSet(
            self.data if self.is_bound else None,
            prefix="uses",
            initial=None if step is None else rows_of(step),
            form_kwargs={"materials": Materials(self.user, step)},
        )

    def is_valid(self) -> bool:
        """Look at the rows too."""
        return all([super().is_valid(), self.rows is None or self.rows.is_valid()])

    def uses(self) -> list[Use]:
        """Return what was used."""
        return [use for row in self.rows or () if (use := row.use()) is not None]

    @contextmanager
    def shortage_in_its_row(self) -> Iterator[None]:
        """Say beside the amount, too, that a lot holds less than was typed."""
        try:
            yield
        except StockError as error:
            short = [row for row in self.rows or () if row.cleaned_data.get("lot") == error.lot]
            for row in short[:1]:
                row.add_error("amount", error.messages)
            raise

    def details(self) -> StepDetails:
        """Return what was typed about the step itself."""
        typed = self.cleaned_data
        return StepDetails(
            performed_at=typed["performed_at"],
            planned=self.values(PLANNED) if self.planned_values is None else None,
            actual=self.values(ACTUAL),
            note=typed["note"],
        )


class StepForm(WorkForm):
    """One step that was done, or is planned for later: what, when, and what it used."""

    may_plan = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the rows."""
        super().__init__(*args, **kwargs)
        self.add_rows()

    def store(self) -> None:
        """Log or plan the step; raises ValidationError, PermissionDenied."""
        kind, details, uses = self.cleaned_data["kind"], self.details(), self.uses()
        if "later" not in self.data:
            with self.shortage_in_its_row():
                log_step(sample=self.sample, kind=kind, by=self.user, details=details, uses=uses)
            return
        if details.actual or uses:
            raise ValidationError(
                _("What is planned for later has no actual quantities and uses nothing yet.")
            )
        plan_steps(sample=self.sample, steps=[{"kind": kind, "planned": details.planned}],
                   by=self.user)  # fmt: skip


class PlannedForm(WorkForm):
    """What forms about a stored step share: its kind and its plan stand."""

    batch = RecordChoiceField(label=_("Electrolyte batch"), queryset=None)

    def __init__(self, *args: Any, step: ProcessStep, **kwargs: Any) -> None:
        """Take the kind and the plan from the step; an infiltration asks for its batch."""
        super().__init__(*args, fixed_kind=step.kind, planned=step.planned, **kwargs)
        self.step = step
        if step.kind == ProcessStep.Kind.INFILTRATION:
            self.fields["batch"].queryset = Materials(self.user, step).batches  # type: ignore[attr-defined]
        else:
            del self.fields["batch"]

    def uses(self) -> list[Use]:
        """Return what was used; an infiltration uses its batch, as much as the volume says."""
        batch = self.cleaned_data.get("batch")
        return super().uses() if batch is None else [_dose(batch)]


class PerformForm(PlannedForm):
    """A planned step is done: the actual quantities start as planned."""

    def __init__(self, *args: Any, step: ProcessStep, **kwargs: Any) -> None:
        """Start from the plan."""
        initial = {**prefilled(step.planned), "note": step.note}
        super().__init__(*args, step=step, initial=initial, **kwargs)
        if "batch" not in self.fields:
            self.add_rows(step)

    def store(self) -> None:
        """Store that the step is done; raises ValidationError, PermissionDenied."""
        try:
            with self.shortage_in_its_row():
                perform_step(step=self.step, by=self.user, details=self.details(), uses=self.uses())
        except EditConflictError as error:
            raise ValidationError(str(error)) from error


class RevisionForm(PlannedForm):
    """A step that is done is corrected, guarded by its version."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, step: ProcessStep, **kwargs: Any) -> None:
        """Start from what is stored; what a recipe weighed is corrected where it was weighed."""
        used = rows_of(step)
        initial = {
            **prefilled(step.actual),
            "note": step.note,
            "performed_at": step.performed_at,
            "version": step.version,
            "batch": next((row["batch"] for row in used if row["batch"]), None),
        }
        super().__init__(*args, step=step, initial=initial, **kwargs)
        self.is_weighed = any(row["ingredient"] for row in used)
        if "batch" not in self.fields and not self.is_weighed:
            self.add_rows(step)

    def store(self) -> None:
        """Store the correction; raises ValidationError, PermissionDenied."""
        details = self.details()
        if "performed_at" not in self.changed_data:
            details = replace(details, performed_at=None)
        asked = self.rows is not None or "batch" in self.changed_data
        try:
            with self.shortage_in_its_row():
                revise_step(
                    step=self.step,
                    by=self.user,
                    expected_version=self.cleaned_data["version"],
                    details=details,
                    uses=self.uses() if asked else None,
                )
        except EditConflictError as error:
            raise ValidationError(str(error)) from error


class InfiltrationForm(WorkForm):
    """An electrode takes up electrolyte."""

    batch = RecordChoiceField(label=_("Electrolyte batch"), queryset=None)

    def __init__(self, *args: Any, user: User, sample: Electrode, **kwargs: Any) -> None:
        """Limit the choices to what the person may read."""
        kind = ProcessStep.Kind.INFILTRATION
        super().__init__(*args, user=user, sample=sample, fixed_kind=kind, **kwargs)
        self.fields["batch"].queryset = valid_batches(user)  # type: ignore[attr-defined]

    def store(self) -> None:
        """Log the infiltration; raises ValidationError, PermissionDenied."""
        log_step(
            sample=self.sample,
            kind=ProcessStep.Kind.INFILTRATION,
            by=self.user,
            details=self.details(),
            uses=[_dose(self.cleaned_data["batch"])],
        )


def _dose(batch: ElectrolyteBatch) -> Use:
    """Return the use of a batch whose amount the drop volume tells."""
    return Use(material=batch, amount=None, unit=Consumption.Unit.MICROLITRE.value)
