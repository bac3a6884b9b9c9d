"""Which cell is, or was, on which channel."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cells.models import Cell
from labsite.lib.fields import ordered
from labsite.lib.models import Stamped
from measurements.models.instruments import Channel


class ChannelUse(Stamped):
    """A cell's time on a channel."""

    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="uses")
    cell = models.ForeignKey(Cell, on_delete=models.CASCADE, related_name="channel_uses")
    started_at = models.DateTimeField(_("on since"), default=timezone.now)
    ended_at = models.DateTimeField(_("off since"), null=True, blank=True)

    class Meta:
        ordering = ["-started_at"]
        constraints = [
            models.UniqueConstraint(
                name="measurements_channeluse_one_cell_a_channel",
                fields=["channel"],
                condition=Q(ended_at__isnull=True),
                violation_error_message=_("Another cell is on this channel."),
            ),
            models.UniqueConstraint(
                name="measurements_channeluse_one_channel_a_cell",
                fields=["cell"],
                condition=Q(ended_at__isnull=True),
                violation_error_message=_("The cell is on another channel."),
            ),
            ordered("measurements_channeluse", "started_at", "ended_at"),
        ]

    def __str__(self) -> str:
        return f"{self.cell.code} on {self.channel}"
