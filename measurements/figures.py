"""Raw data as figures {data, layout}: few points that keep every peak, more of them on zoom."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from labsite.lib.storage import local_copy
from measurements import columns, materialfigures
from measurements.columns import (
    CURRENT,
    FREQUENCY,
    IMAGINARY_IMPEDANCE,
    REAL_IMPEDANCE,
    TEST_TIME,
    VOLTAGE,
)
from measurements.frames import ParquetFrame
from measurements.models import Measurement
from measurements.overview import overview
from measurements.traces import (
    MILLI,
    SECONDS_AN_HOUR,
    Axis,
    Figure,
    Window,
    curve,
    floats,
    seams,
    trace,
)


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
    hours = floats(frame, TEST_TIME) / SECONDS_AN_HOUR
    voltage = overview(hours, floats(frame, VOLTAGE), window.low, window.high)
    current = overview(hours, floats(frame, CURRENT) * MILLI, window.low, window.high)
    return {
        "data": [
            trace("Voltage", *voltage),
            trace("Current", *current, yaxis="y2"),
        ],
        "layout": {
            "xaxis": {"title": {"text": "Test time / h"}, "anchor": "y2"},
            "yaxis": {"title": {"text": "Voltage / V"}, "domain": [0.46, 1]},
            "yaxis2": {"title": {"text": "Current / mA"}, "domain": [0, 0.4]},
            "showlegend": False,
            **seams(frame, hours),
        },
    }


def _nyquist(frame: ParquetFrame, _window: Window) -> Figure:
    real, imaginary = floats(frame, REAL_IMPEDANCE), floats(frame, IMAGINARY_IMPEDANCE)
    points = trace("Impedance", real, -imaginary, mode="markers")
    points["customdata"] = floats(frame, FREQUENCY).tolist()
    points["hovertemplate"] = "%{x:.4g} Ω, %{y:.4g} Ω at %{customdata:.4g} Hz<extra></extra>"
    return {
        "data": [points],
        "layout": {
            "xaxis": {"title": {"text": "Re Z / Ω"}},
            "yaxis": {"title": {"text": "−Im Z / Ω"}, "scaleanchor": "x", "scaleratio": 1},
            "showlegend": False,
        },
    }


def _bode(frame: ParquetFrame, _window: Window) -> Figure:
    frequency = floats(frame, FREQUENCY)
    impedance = floats(frame, REAL_IMPEDANCE) + 1j * floats(frame, IMAGINARY_IMPEDANCE)
    return {
        "data": [
            trace("|Z|", frequency, np.abs(impedance), mode="markers"),
            trace("−Phase", frequency, -np.degrees(np.angle(impedance)), "y2", "markers"),
        ],
        "layout": {
            "xaxis": {"title": {"text": "Frequency / Hz"}, "type": "log", "anchor": "y2"},
            "yaxis": {"title": {"text": "|Z| / Ω"}, "type": "log", "domain": [0.46, 1]},
            "yaxis2": {"title": {"text": "−Phase / °"}, "domain": [0, 0.4]},
            "showlegend": False,
        },
    }


def _voltammogram(frame: ParquetFrame, _window: Window) -> Figure:
    potential = Axis(VOLTAGE, "Potential / V")
    return curve(frame, potential, Axis(CURRENT, "Current / mA", MILLI))


def _current_over_time(frame: ParquetFrame, window: Window) -> Figure:
    return _one_over_time(frame, window, Axis(CURRENT, "Current / mA", MILLI))


def _voltage_over_time(frame: ParquetFrame, window: Window) -> Figure:
    return _one_over_time(frame, window, Axis(VOLTAGE, "Voltage / V"))


def _one_over_time(frame: ParquetFrame, window: Window, up: Axis) -> Figure:
    hours = floats(frame, TEST_TIME) / SECONDS_AN_HOUR
    values = floats(frame, up.column) * up.factor
    return {
        "data": [trace("", *overview(hours, values, window.low, window.high))],
        "layout": {
            "xaxis": {"title": {"text": "Test time / h"}},
            "yaxis": {"title": {"text": up.title}},
            "showlegend": False,
            **seams(frame, hours),
        },
    }


FIGURES = {
    columns.CYCLING: (RawFigure("time", "Voltage and current over time", _over_time, zooms=True),),
    columns.IMPEDANCE: (
        RawFigure("nyquist", "Nyquist plot", _nyquist),
        RawFigure("bode", "Bode plot", _bode),
    ),
    columns.VOLTAMMETRY: (RawFigure("voltammogram", "Voltammogram", _voltammogram),),
    columns.CHRONOAMPEROMETRY: (
        RawFigure("current", "Current over time", _current_over_time, zooms=True),
    ),
    columns.CHRONOPOTENTIOMETRY: (
        RawFigure("voltage", "Voltage over time", _voltage_over_time, zooms=True),
    ),
    columns.MECHANICAL: (RawFigure("curve", "Mechanical test", materialfigures.mechanical),),
    columns.DSC: (RawFigure("curve", "Heat flow", materialfigures.calorimetry),),
    columns.TGA: (RawFigure("curve", "Mass", materialfigures.thermogravimetry),),
    columns.RAMAN: (RawFigure("spectrum", "Raman spectrum", materialfigures.raman),),
    columns.INFRARED: (RawFigure("spectrum", "Infrared spectrum", materialfigures.infrared),),
    columns.SPECTRUM_OTHER: (RawFigure("spectrum", "Spectrum", materialfigures.spectrum),),
    columns.SCATTERING: (RawFigure("curve", "Scattering curve", materialfigures.scattering),),
    columns.TOPOGRAPHY: (RawFigure("map", "Topography", materialfigures.topography),),
    columns.FORCE_CURVE: (RawFigure("curve", "Force curve", materialfigures.force_curve),),
    columns.IMAGE: (RawFigure("slices", "Grey values of the slices", materialfigures.image),),
    columns.MULTIMETER: (RawFigure("log", "Readings", materialfigures.multimeter),),
}
