"""Sketches of curves: a few points of the first trace in a small box, without axes."""

from typing import Any

WIDTH, HEIGHT = 100, 28
POINTS = 60
LEAST = 2


def sketch(figure: dict[str, Any]) -> str:
    """Return the points of an SVG polyline in a box of 100 by 28; empty when there are too few."""
    traces = figure.get("data") or [{}]
    pairs = [
        (x, y)
        for x, y in zip(traces[0].get("x") or (), traces[0].get("y") or (), strict=False)
        if x is not None and y is not None
    ]
    pairs = pairs[:: max(1, len(pairs) // POINTS)]
    if len(pairs) < LEAST:
        return ""
    xs = _scaled([x for x, _y in pairs], WIDTH)
    ys = _scaled([y for _x, y in pairs], HEIGHT)
    return " ".join(f"{x:.1f},{HEIGHT - y:.1f}" for x, y in zip(xs, ys, strict=True))


def _scaled(values: list[float], size: float) -> list[float]:
    """Spread values over 0 to ``size``; equal ones lie in the middle."""
    low, high = min(values), max(values)
    if high == low:
        return [size / 2] * len(values)
    return [(value - low) / (high - low) * size for value in values]
