"""Stored figures as pages draw them: one line a cycle, and two ranges of the efficiency."""

import re
from typing import Any

Figure = dict[str, Any]

EFFICIENCY = "coulombic efficiency"
CLOSE_RANGE = (98.0, 101.0)
HALF_CYCLE = re.compile(r"(cycle \d+), ")
COLOURS = 8
"""Colours of the palette in plots.js; further lines begin it again."""
EDGE = 0.05
"""Room above the highest point, as a share of the height."""
NARROWEST = 0.5
BELOW_TITLE = 46
"""Pixels from the axis to below its title."""


def page_figure(figure: Figure) -> Figure:
    """Return a figure for a page; the stored one stays as it is."""
    return {
        "data": told_apart(joined_cycles(figure["data"])),
        "layout": with_ranges(with_square_grid(figure)),
    }


def joined_cycles(traces: list[Figure]) -> list[Figure]:
    """Draw the half-cycles of one cycle ("cycle 2, charge") as one line with a gap."""
    drawn: dict[str, Figure] = {}
    for trace in traces:
        name = trace.get("name", "")
        match = HALF_CYCLE.match(name)
        if match is None:
            drawn[name] = trace
        elif match[1] in drawn:
            first = drawn[match[1]]
            drawn[match[1]] = first | {
                axis: [*first[axis], None, *trace[axis]] for axis in ("x", "y")
            }
        else:
            drawn[match[1]] = trace | {"name": match[1]}
    return list(drawn.values())


def told_apart(traces: list[Figure]) -> list[Figure]:
    """Draw the lines beyond the colours of the palette dashed."""
    return [
        trace if position < COLOURS else trace | {"line": {"dash": "dash"}}
        for position, trace in enumerate(traces)
    ]


def with_square_grid(figure: Figure) -> Figure:
    """Return the layout; a Nyquist plot starts at 0 and is at least half as wide as it is high.

    Its axes keep one scale by drawing less than the whole width, not by showing more of an axis.
    """
    layout: Figure = figure["layout"]
    if "scaleanchor" not in layout.get("yaxis", {}) or not figure["data"]:
        return layout
    x, y = ([value for trace in figure["data"] for value in trace[axis]] for axis in ("x", "y"))
    low, high = min(0.0, *y), max(y)
    margin = EDGE * (high - low)
    right = max(max(x) + margin, NARROWEST * (high - low))
    ranges = {"xaxis": [min(0.0, *x), right], "yaxis": [low - margin, high + margin]}
    return layout | {
        axis: layout[axis] | {"range": shown, "constrain": "domain"}
        for axis, shown in ranges.items()
    }


def with_ranges(layout: Figure) -> Figure:
    """Give an efficiency axis on the right buttons for its range and for a close one."""
    right = layout.get("yaxis2", {})
    title = str(right.get("title", {}).get("text", ""))
    if "range" not in right or not title.lower().startswith(EFFICIENCY):
        return layout
    buttons = [
        {
            "label": f"{low:g}–{high:g} %",
            "method": "relayout",
            "args": [{"yaxis2.range": [low, high]}],
        }
        for low, high in (right["range"], CLOSE_RANGE)
    ]
    menu = {
        "type": "buttons",
        "direction": "right",
        "showactive": False,
        "buttons": buttons,
        "x": 1,
        "xanchor": "right",
        "y": 0,
        "yanchor": "top",
        "pad": {"t": BELOW_TITLE},
        "bgcolor": "rgba(128,128,128,0.15)",
        "borderwidth": 0,
    }
    return layout | {"updatemenus": [menu]}
