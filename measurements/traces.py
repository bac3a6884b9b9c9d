"""Parts of figures {data, layout}: traces of few points that keep every peak."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from measurements.columns import PART, SPECTRUM
from measurements.frames import ParquetFrame

Floats = NDArray[np.float64]
Figure = dict[str, Any]
SECONDS_AN_HOUR = 3600.0
MILLI = 1e3
MOST_POINTS = 4_000
MOST_CURVES = 8


@dataclass(frozen=True)
class Window:
    """The part of the x axis that is shown; None is open."""

    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Axis:
    """A column on an axis: its title with the unit, and the factor to that unit."""

    column: str
    title: str
    factor: float = 1.0


def floats(frame: ParquetFrame, column: str) -> Floats:
    """Return a column as float64, shape (rows,)."""
    return frame[column].astype(np.float64, copy=False)


def trace(name: str, x: Floats, y: Floats, yaxis: str = "y", mode: str = "lines") -> Figure:
    """Return a trace of points; ``x`` and ``y`` of shape (n,)."""
    return {
        "type": "scatter",
        "name": name,
        "x": x.tolist(),
        "y": y.tolist(),
        "mode": mode,
        "yaxis": yaxis,
    }


def seams(frame: ParquetFrame, x: Floats) -> Figure:
    """Return the layout of a vertical line with a label where each further part begins on x."""
    if PART not in frame.columns:
        return {}
    number = frame[PART]
    begins = np.flatnonzero(np.diff(number)) + 1
    lines = [
        {"type": "line", "xref": "x", "yref": "paper", "x0": at, "x1": at, "y0": 0, "y1": 1,
         "line": {"width": 1, "dash": "dot", "color": "grey"},
         "label": {"text": f"part {part}", "textposition": "end", "textangle": 0,
                   "xanchor": "left", "yanchor": "top"}}
        for at, part in zip(x[begins].tolist(), number[begins].tolist(), strict=True)
    ]  # fmt: skip
    return {"shapes": lines}


def axis(frame: ParquetFrame, *choices: Axis) -> Axis:
    """Return the first of the choices whose column the table has; raises KeyError."""
    for choice in choices:
        if choice.column in frame.columns:
            return choice
    raise KeyError(choices[0].column)


def curve(frame: ParquetFrame, x: Axis, y: Axis, **layout: object) -> Figure:
    """Return y over x in the order of the rows, one trace a spectrum (at most eight, spread).

    ``layout`` is added to that of the figure; ``xaxis`` and ``yaxis`` to the axes.
    """
    across, up = floats(frame, x.column) * x.factor, floats(frame, y.column) * y.factor
    data = [
        trace(name, *thinned(across[rows], up[rows])) for name, rows in _curves(frame, across.size)
    ]
    axes = {"xaxis": {"title": {"text": x.title}}, "yaxis": {"title": {"text": y.title}}}
    for name, given in axes.items():
        extra = layout.pop(name, {})
        given.update(extra if isinstance(extra, dict) else {})
    return {"data": data, "layout": {**axes, "showlegend": len(data) > 1, **layout}}


def _curves(frame: ParquetFrame, rows: int) -> Iterator[tuple[str, Any]]:
    if SPECTRUM not in frame.columns:
        yield "", slice(0, rows)
        return
    numbers = frame[SPECTRUM]
    known = np.unique(numbers)
    spread = np.linspace(0, known.size - 1, min(known.size, MOST_CURVES)).round().astype(int)
    for number in known[np.unique(spread)]:
        yield f"{number}", numbers == number


def thinned(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Return at most some 4,000 points of a line (x, y), each (n,), in their order.

    Each of 1,000 equal runs of points keeps its lowest and highest x and y: loops and peaks stay.
    """
    if x.size <= MOST_POINTS:
        return x, y
    edges = np.linspace(0, x.size, MOST_POINTS // 4 + 1).astype(int)
    keep = {
        begin + int(pick(values[begin:end]))
        for begin, end in zip(edges[:-1], edges[1:], strict=True)
        for values in (x, y)
        for pick in (np.argmin, np.argmax)
    }
    chosen = np.array(sorted(keep))
    return x[chosen], y[chosen]
