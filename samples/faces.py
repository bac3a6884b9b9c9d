"""Faces of discs and sheets: their area, their size in words, and what follows from both."""

import math
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from samples.recipes import Quantity, disc_area_cm2, rectangle_area_cm2


def face_of(piece: Any) -> Quantity | None:
    """Return the area of a piece's face in cm² with u: of a disc, or width times length."""
    diameter, width, length = (
        size(piece, name) for name in ("diameter_mm", "width_mm", "length_mm")
    )
    if diameter is not None:
        return disc_area_cm2(diameter)
    if width is not None and length is not None:
        return rectangle_area_cm2(width, length)
    return None


def size(piece: Any, name: str) -> Quantity | None:
    """Return a quantity of a piece with its u; None when it is not known or not above 0."""
    value = getattr(piece, name)
    if value is None or value <= 0:
        return None
    return Quantity(value, getattr(piece, f"{name}_u"))


def product(
    first: Quantity, second: Quantity, *, per: float = 1.0, divide: bool = False
) -> Quantity:
    """Return first·second/per, or first/(second·per), of two independent quantities.

    The relative uncertainties add in squares (JCGM 100:2008, 5.1.6); u None if either is unknown.
    """
    value = first.value / second.value if divide else first.value * second.value
    value /= per
    if first.u is None or second.u is None:
        return Quantity(value)
    return Quantity(value, abs(value) * math.hypot(first.u / first.value, second.u / second.value))


def face_size(
    diameter_mm: float | None, width_mm: float | None, length_mm: float | None
) -> str | None:
    """Return the size of a face in words, as "⌀ 12 mm" or "30 × 40 mm"."""
    if diameter_mm is not None:
        return f"⌀ {diameter_mm:g} mm"
    if width_mm is not None and length_mm is not None:
        return f"{width_mm:g} × {length_mm:g} mm"
    return None


def check_one_face(piece: Any) -> None:
    """Raise ValidationError when a piece is both a disc and a rectangle."""
    if piece.diameter_mm is not None and (
        piece.width_mm is not None or piece.length_mm is not None
    ):
        raise ValidationError(
            _("Give the diameter of a disc, or the width and length of a rectangle, not both.")
        )
