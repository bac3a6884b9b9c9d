"""The form that logs what happened to a cell."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cells.events import log_event
from cells.models import Cell, CellEvent
from cells.quantities import EVENT_QUANTITIES
from labsite.access.models import User
from labsite.lib.forms import MomentField
from samples.quantityforms import ACTUAL, PLANNED, QuantitiesForm

EVENTS = [choice for choice in CellEvent.Kind.choices if choice[0] != CellEvent.Kind.ASSEMBLED]
"""A cell is assembled once, when it is logged."""


class EventForm(QuantitiesForm):
    """Something happened to a cell: what, when, and its quantities."""

    CATALOGUE = EVENT_QUANTITIES

    kind = forms.ChoiceField(label=_("Event"), choices=EVENTS)
    at = MomentField(label=_("At"), initial=timezone.now)
    note = forms.CharField(label=_("Note"), max_length=200, required=False)

    def __init__(self, *args: Any, user: User, sample: Cell, **kwargs: Any) -> None:
        """Keep whose cell, and who."""
        super().__init__(*args, **kwargs)
        self.user, self.cell = user, sample

    def store(self) -> None:
        """Log the event; raises ValidationError, PermissionDenied."""
        typed = self.cleaned_data
        log_event(
            cell=self.cell,
            kind=typed["kind"],
            at=typed["at"],
            by=self.user,
            note=typed["note"],
            planned=self.values(PLANNED),
            actual=self.values(ACTUAL),
        )
