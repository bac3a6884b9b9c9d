"""Numbers that are possible but unusual: said to the person who types them, never refused."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from labsite.lib.units import show_number

Range = tuple[float, float]
Ranges = Mapping[str, Range]
"""The usual lowest and highest value of fields, in the unit of each."""


def unusual(value: float | None, usual: Range | None, unit: str) -> str:
    """Return a sentence when a value lies outside what is usual, else nothing."""
    if value is None or usual is None or usual[0] <= value <= usual[1]:
        return ""
    return _("unusual: %(low)s to %(high)s %(unit)s are common; check the unit").strip() % {
        "low": show_number(usual[0]),
        "high": show_number(usual[1]),
        "unit": unit,
    }
