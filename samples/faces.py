"""Faces of discs and sheets: their area and their size in words."""

import math


def face_area_cm2(
    diameter_mm: float | None, width_mm: float | None, length_mm: float | None
) -> float | None:
    """Return the area of a face in cm²: πd²/4 of a disc, width times length of a sheet."""
    if diameter_mm is not None:
        return math.pi * (diameter_mm / 10) ** 2 / 4
    if width_mm is not None and length_mm is not None:
        return width_mm * length_mm / 100
    return None


def face_size(
    diameter_mm: float | None, width_mm: float | None, length_mm: float | None
) -> str | None:
    """Return the size of a face in words, as "⌀ 12 mm" or "30 × 40 mm"."""
    if diameter_mm is not None:
        return f"⌀ {diameter_mm:g} mm"
    if width_mm is not None and length_mm is not None:
        return f"{width_mm:g} × {length_mm:g} mm"
    return None
