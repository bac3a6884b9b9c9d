"""Channels of an instrument added in one go: "1-1 … 1-8"."""

import re
from collections.abc import Iterator

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from labsite.access.models import User
from labsite.access.recording import check_in_use, check_may_edit, tell_changed
from measurements.models import Channel, Instrument

MOST = 512
"""Channels that are added at once."""
SPAN = re.compile(r"(?P<head>.*?)(?P<first>\d+)\s*(?:…|\.{2,3}|–|\bto\b)\s*(?P=head)(?P<last>\d+)")


def channel_names(text: str) -> list[str]:
    """Return the names that a text means: a list with commas, or "1-1 … 1-8", or both.

    Raises ValidationError for nothing, a span that runs backwards, too many or too long names.
    """
    names = [name for part in re.split(r"[,;\n]", text) for name in _names(part.strip()) if name]
    doubled = sorted({name for name in names if names.count(name) > 1})
    if not names:
        raise ValidationError(_("Write at least one name, such as 1-1 … 1-8."))
    if doubled:
        raise ValidationError(_("Found %(names)s twice.") % {"names": ", ".join(doubled)})
    longest = Channel._meta.get_field("name").max_length or 0
    too_long = next((name for name in names if len(name) > longest), None)
    if too_long is not None:
        raise ValidationError(
            _("“%(name)s” is longer than %(n)d signs.") % {"name": too_long, "n": longest}
        )
    if len(names) > MOST:
        raise ValidationError(
            _("Found %(n)d names; at most %(most)d are added at once.")
            % {"n": len(names), "most": MOST}
        )
    return names


def add_channels(*, instrument: Instrument, names: list[str], by: User) -> list[Channel]:
    """Store new channels of an instrument, all or none.

    Raises PermissionDenied, ValidationError.
    """
    check_may_edit(by, instrument)
    check_in_use(instrument)
    with transaction.atomic():
        known = set(instrument.channels.values_list("name", flat=True)) & set(names)
        if known:
            raise ValidationError(
                _("%(instrument)s has these already: %(names)s.")
                % {"instrument": instrument, "names": ", ".join(sorted(known))}
            )
        made = [Channel(instrument=instrument, name=name, created_by=by) for name in names]
        for channel in made:
            channel.full_clean()
        Channel.objects.bulk_create(made)
        tell_changed(instrument)
    return made


def _names(part: str) -> Iterator[str]:
    span = SPAN.fullmatch(part)
    if span is None:
        yield part
        return
    first, last = int(span["first"]), int(span["last"])
    if last < first:
        raise ValidationError(
            _("“%(span)s” runs backwards; write the lower number first.") % {"span": part}
        )
    for number in range(first, min(last, first + MOST) + 1):
        yield f"{span['head']}{number}"
