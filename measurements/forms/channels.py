"""Forms of the channel board: put a cell on a channel, take it off, add channels."""

from typing import Any

from django import forms
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cells.choices import untested_cells
from labsite.access.models import User
from labsite.access.picking import RecordChoiceField
from labsite.lib.forms import NOTHING, MomentField
from measurements.channelling import put_on_channel, take_off_channel
from measurements.channelnames import add_channels, channel_names
from measurements.models import Channel, ChannelUse, Instrument


def free_channels() -> "QuerySet[Any]":
    """Return the channels on which no cell is logged, of instruments in use."""
    taken = ChannelUse.objects.filter(channel=OuterRef("pk"), ended_at=None)
    rows: QuerySet[Any] = Channel.objects.filter(~Exists(taken), instrument__voided_at=None)
    return rows.select_related("instrument").order_by("instrument__name", "name")


class PutForm(forms.Form):
    """Which cell on which channel, since when."""

    cell = RecordChoiceField(label=_("Cell"), queryset=None, pick="untested-cell")
    channel: "forms.ModelChoiceField[Channel]" = forms.ModelChoiceField(
        label=_("Channel"), queryset=None, empty_label=NOTHING
    )
    at = MomentField(label=_("Since"), initial=timezone.now)
    until = MomentField(
        label=_("Until"), required=False, help_text=_("Only when it is off the channel already.")
    )
    note = forms.CharField(
        label=_("Note"), max_length=200, required=False, help_text=_("Protocol, for example.")
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        """Offer the person's cells that are not on a channel, and all channels."""
        super().__init__(*args, **kwargs)
        self.user = user
        here: Any = self.fields["cell"]
        here.queryset = untested_cells(user)
        there: Any = self.fields["channel"]
        there.queryset = free_channels()
        if self.is_bound:
            there.queryset = Channel.objects.filter(instrument__voided_at=None)

    def store(self) -> ChannelUse:
        """Put the cell on the channel; raises PermissionDenied, ValidationError."""
        typed = self.cleaned_data
        return put_on_channel(
            cell=typed["cell"],
            channel=typed["channel"],
            by=self.user,
            at=typed["at"] if "at" in self.changed_data else None,
            until=typed["until"],
            note=typed["note"],
        )


class OffForm(forms.Form):
    """When a cell is taken off its channel."""

    at = MomentField(label=_("Taken off at"), initial=timezone.now)
    note = forms.CharField(label=_("Note"), max_length=200, required=False)

    def __init__(self, *args: Any, user: User, use: ChannelUse, **kwargs: Any) -> None:
        """Keep who, and which cell on which channel."""
        super().__init__(*args, **kwargs)
        self.user, self.use = user, use

    def store(self) -> ChannelUse:
        """Take the cell off; raises PermissionDenied, ValidationError."""
        typed = self.cleaned_data
        at = typed["at"] if "at" in self.changed_data else None
        return take_off_channel(use=self.use, by=self.user, at=at, note=typed["note"])


class NamesForm(forms.Form):
    """Names of new channels of an instrument."""

    names = forms.CharField(
        label=_("Names"),
        max_length=2000,
        help_text=_("As in the instrument's files: 1-1 … 1-8, or a list with commas."),
    )

    def __init__(self, *args: Any, user: User, instrument: Instrument, **kwargs: Any) -> None:
        """Keep who, and whose channels."""
        super().__init__(*args, **kwargs)
        self.user, self.instrument = user, instrument

    def clean_names(self) -> list[str]:
        """Return the names that are meant."""
        return channel_names(self.cleaned_data["names"])

    def store(self) -> list[Channel]:
        """Add the channels; raises PermissionDenied, ValidationError."""
        names: list[str] = self.cleaned_data["names"]
        return add_channels(instrument=self.instrument, names=names, by=self.user)
