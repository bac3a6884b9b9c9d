"""Curves as Plotly figures, without colours: the page's theme gives them."""

from typing import Any

from analysis.methods import Curve, Trace


def figure(curve: Curve) -> dict[str, Any]:
    """Return the figure {data, layout} of a curve."""
    return {"data": [_trace(trace) for trace in curve.traces], "layout": _layout(curve)}


def _trace(trace: Trace) -> dict[str, Any]:
    drawn: dict[str, Any] = {
        "type": "scatter",
        "name": trace.name,
        "x": trace.x.tolist(),
        "y": trace.y.tolist(),
        "mode": trace.mode,
    }
    if trace.axis == "y2":
        drawn["yaxis"] = "y2"
    if trace.y_u is not None:
        drawn["error_y"] = {"type": "data", "array": trace.y_u.tolist(), "visible": True}
    return drawn


def _layout(curve: Curve) -> dict[str, Any]:
    layout: dict[str, Any] = {
        "xaxis": {"title": {"text": curve.x_title}, "type": "log" if curve.x_log else "linear"},
        "yaxis": {"title": {"text": curve.y_title}, "type": "log" if curve.y_log else "linear"},
    }
    if curve.equal_axes:
        layout["yaxis"] |= {"scaleanchor": "x", "scaleratio": 1}
    if curve.y2_title:
        layout["yaxis2"] = {
            "title": {"text": curve.y2_title},
            "overlaying": "y",
            "side": "right",
            "showgrid": False,
        }
        if curve.y2_range is not None:
            layout["yaxis2"]["range"] = list(curve.y2_range)
    layout["shapes"] = [
        {"type": "rect", "xref": "x", "yref": "paper", "x0": low, "x1": high, "y0": 0, "y1": 1,
         "layer": "below", "line": {"width": 0}, "opacity": 0.12, "fillcolor": "grey",
         "label": {"text": text, "textposition": "bottom left"}}
        for low, high, text in curve.shaded
    ] + [
        {"type": "line", "xref": "paper", "yref": "y", "x0": 0, "x1": 1, "y0": y, "y1": y,
         "line": {"width": 1, "dash": "dash", "color": "grey"},
         "label": {"text": text, "textposition": "end"}}
        for y, text in curve.levels
    ]  # fmt: skip
    return layout
