"""Raw data as figures {data, layout}: few points that keep every peak, more of them on zoom."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labsite.lib.storage import local_copy
from measurements.columns import (
    CURRENT,
    CYCLING,
    FREQUENCY,
    IMAGINARY_IMPEDANCE,
    IMPEDANCE,
    REAL_IMPEDANCE,
    TEST_TIME,
    VOLTAGE,
)
from measurements.frames import ParquetFrame
from measurements.models import Measurement
from measurements.overview import overview

Floats = NDArray[np.float64]
Figure = dict[str, Any]
SECONDS_AN_HOUR = 3600.0
MILLI = 1e3


@dataclass(frozen=True)
class Window:
    """The part of the x axis that is shown; None is open."""

    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class RawFigure:
    """A figure of raw data: ``draw(frame, window)``; ``zooms`` when more detail can be had."""

    name: str
    title: str
    draw: Callable[[ParquetFrame, Window], Figure]
    zooms: bool = False


def raw_figures(measurement: Measurement) -> tuple[RawFigure, ...]:
    """Return what can be drawn of a measurement that has been read."""
    return FIGURES.get(measurement.kind, ()) if measurement.frame_path else ()


def draw(measurement: Measurement, name: str, window: Window) -> Figure:
    """Return a figure of a measurement; raises KeyError for a name that it does not have."""
    known = {figure.name: figure for figure in raw_figures(measurement)}
    chosen = known[name]
    with local_copy(measurement.frame_path) as path:
        return chosen.draw(ParquetFrame(path), window)


def _over_time(frame: ParquetFrame, window: Window) -> Figure:
    """Voltage above current, over the test time."""
    hours = _floats(frame, TEST_TIME) / SECONDS_AN_HOUR
    voltage = overview(hours, _floats(frame, VOLTAGE), window.low, window.high)
    current = overview(hours, _floats(frame, CURRENT) * MILLI, window.low, window.high)
    return {
        "data": [
            _trace("Voltage", *voltage),
            _trace("Current", *current, yaxis="y2"),
        ],
        "layout": {
            "xaxis": {"title": {"text": "Test time / h"}, "anchor": "y2"},
            "yaxis": {"title": {"text": "Voltage / V"}, "domain": [0.46, 1]},
            "yaxis2": {"title": {"text": "Current / mA"}, "domain": [0, 0.4]},
            "showlegend": False,
        },
    }


def _nyquist(frame: ParquetFrame, _window: Window) -> Figure:
    real, imaginary = _floats(frame, REAL_IMPEDANCE), _floats(frame, IMAGINARY_IMPEDANCE)
    trace = _trace("Impedance", real, -imaginary, mode="markers")
    trace["customdata"] = _floats(frame, FREQUENCY).tolist()
    trace["hovertemplate"] = "%{x:.4g} Ω, %{y:.4g} Ω at %{customdata:.4g} Hz<extra></extra>"
    return {
        "data": [trace],
        "layout": {
            "xaxis": {"title": {"text": "Re Z / Ω"}},
            "yaxis": {"title": {"text": "−Im Z / Ω"}, "scaleanchor": "x", "scaleratio": 1},
            "showlegend": False,
        },
    }


def _bode(frame: ParquetFrame, _window: Window) -> Figure:
    frequency = _floats(frame, FREQUENCY)
    impedance = _floats(frame, REAL_IMPEDANCE) + 1j * _floats(frame, IMAGINARY_IMPEDANCE)
    return {
        "data": [
            _trace("|Z|", frequency, np.abs(impedance), mode="markers"),
            _trace("−Phase", frequency, -np.degrees(np.angle(impedance)), "y2", "markers"),
        ],
        "layout": {
            "xaxis": {"title": {"text": "Frequency / Hz"}, "type": "log", "anchor": "y2"},
            "yaxis": {"title": {"text": "|Z| / Ω"}, "type": "log", "domain": [0.46, 1]},
            "yaxis2": {"title": {"text": "−Phase / °"}, "domain": [0, 0.4]},
            "showlegend": False,
        },
    }


def _trace(name: str, x: Floats, y: Floats, yaxis: str = "y", mode: str = "lines") -> Figure:
    return {
        "type": "scatter",
        "name": name,
        "x": x.tolist(),
        "y": y.tolist(),
        "mode": mode,
        "yaxis": yaxis,
    }


def _floats(frame: ParquetFrame, column: str) -> Floats:
    return frame[column].astype(np.float64, copy=False)


FIGURES = {
    CYCLING: (RawFigure("time", "Voltage and current over time", _over_time, zooms=True),),
    IMPEDANCE: (
        RawFigure("nyquist", "Nyquist plot", _nyquist),
        RawFigure("bode", "Bode plot", _bode),
    ),
}
