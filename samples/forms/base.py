"""What the forms of samples share."""

from typing import Any

from django import forms
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from labsite.access.forms import RecordForm
from labsite.access.records import Record
from labsite.access.starting import PLANNED
from labsite.lib.forms import Words
from samples.plans import Plan, planned_words, steps_to_repeat
from samples.processing import plan_steps

LABELS: tuple[Words, tuple[str, ...]] = (_("Labels and notes"), ("aliases", "notes"))


class SampleForm(RecordForm):
    """The form of a sample; a new one is stored with the steps that are planned for it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the planned steps of the template or of the source, all ticked."""
        super().__init__(*args, **kwargs)
        self.plans: list[Plan] = list(self.initial.pop(PLANNED, [])) if self.is_new else []
        if self.plans:
            keys = [str(number) for number in range(len(self.plans))]
            self.fields[PLANNED] = forms.MultipleChoiceField(
                label=_("Planned steps"),
                required=False,
                initial=keys,
                choices=list(zip(keys, map(planned_words, self.plans), strict=True)),
                widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
            )

    @classmethod
    def copied(cls, source: Any) -> dict[str, Any]:
        """Take the steps along, as planned ones."""
        return {**super().copied(source), PLANNED: steps_to_repeat(source)}

    def store(self) -> Record:
        """Save the sample together with its planned steps."""
        with transaction.atomic():
            record: Any = super().store()
            chosen = [self.plans[int(key)] for key in self.cleaned_data.get(PLANNED, [])]
            if self.is_new and chosen:
                plan_steps(sample=record, steps=chosen, by=self.user)
        stored: Record = record
        return stored
