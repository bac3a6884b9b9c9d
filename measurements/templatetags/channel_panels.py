"""Where a cell is on the channels, on its page."""

from typing import Any
from urllib.parse import urlencode

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from cells.models import Cell

register = template.Library()


@register.simple_tag
def channel_button(cell: Cell) -> SafeString:
    """Draw the button that puts a cell on a channel, or takes it off."""
    use = cell.channel_uses.filter(ended_at=None).first()
    if use is None:
        url = f"{reverse('measurements:channel-put')}?{urlencode({'cell': cell.pk})}"
        return format_html('<a class="btn" href="{}">{}</a>', url, _("Put on channel"))
    url = f"{reverse('measurements:channel-off', args=[use.pk])}?back=cell"
    return format_html('<a class="btn" href="{}">{}</a>', url, _("Take off channel"))


@register.inclusion_tag("measurements/_channel_history.html")
def channel_history(cell: Cell) -> dict[str, Any]:
    """Show on which channels a cell is and was."""
    return {"uses": cell.channel_uses.select_related("channel__instrument")}
