"""Lists of values as people type them: "0, 0.5, 1", "0,5; 0,8", one a line."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

DECIMAL_POINT = re.compile(r"\d\.\d|(?<!\d)\.\d")
DECIMAL_COMMA = re.compile(r"\d,\d")
SPACED_COMMA = re.compile(r",\s")
CLEAR = re.compile(r"[;\n]")


def split_values(text: str, *, numbers: bool) -> list[str]:
    """Return the single values of a list as people type it: "0, 0.5, 1", "0,5; 0,8", lines.

    Raises ValidationError when a comma may be a decimal comma as well as the end of a value.
    """
    if CLEAR.search(text):
        parts = CLEAR.split(text)
    else:
        if numbers and _two_readings(text):
            raise ValidationError(
                _("“%(text)s” can be read in two ways; put semicolons between the values.")
                % {"text": text}
            )
        parts = text.split(",")
    return [part.strip() for part in parts if part.strip()]


def _two_readings(text: str) -> bool:
    """Whether a comma between digits may be a decimal comma."""
    points_alone = DECIMAL_POINT.search(text) and not SPACED_COMMA.search(text)
    return bool(DECIMAL_COMMA.search(text)) and not points_alone
