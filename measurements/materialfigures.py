"""Figures of the raw data of materials: mechanics, heat, spectra, scattering, surfaces, images."""

import numpy as np

from measurements import columns
from measurements.frames import ParquetFrame
from measurements.traces import SECONDS_AN_HOUR, Axis, Figure, Window, axis, curve, floats, trace

HOURS = Axis(columns.TEST_TIME, "Test time / h", 1 / SECONDS_AN_HOUR)
TEMPERATURE = Axis(columns.TEMPERATURE, "Temperature / °C")
INTENSITY = Axis(columns.INTENSITY, "Intensity / as in the file")
ABSORBANCE = Axis(columns.ABSORBANCE, "Absorbance")
TRANSMITTANCE = Axis(columns.TRANSMITTANCE, "Transmittance / %")
HEAT = (
    Axis(columns.SPECIFIC_HEAT_FLOW, "Heat flow / (W/g)"),
    Axis(columns.HEAT_FLOW, "Heat flow / mW"),
)
GREY_VALUES = {"Highest": "grey_max", "Mean": "grey_mean", "Lowest": "grey_min"}
FEW_SLICES = 50
NANO = 1e9
MICRO = 1e6
MAP_PIXELS = 256
GRID_SLACK = 4
"""A grid may have this many times more places than points; scattered points have far more."""


def mechanical(frame: ParquetFrame, _window: Window) -> Figure:
    """Stress over strain, or force over extension where the file has no geometry."""
    across = axis(
        frame,
        Axis(columns.STRAIN, "Strain / %", 100.0),
        Axis(columns.EXTENSION, "Extension / mm"),
    )
    up = axis(frame, Axis(columns.STRESS, "Stress / kPa", 1e-3), Axis(columns.FORCE, "Force / N"))
    return curve(frame, across, up)


def calorimetry(frame: ParquetFrame, _window: Window) -> Figure:
    """Heat flow over temperature, with the sign of the file."""
    return curve(frame, TEMPERATURE, axis(frame, *HEAT))


def thermogravimetry(frame: ParquetFrame, _window: Window) -> Figure:
    """Mass over temperature."""
    mass = axis(frame, Axis(columns.MASS_PERCENT, "Mass / %"), Axis(columns.MASS, "Mass / mg"))
    return curve(frame, TEMPERATURE, mass)


def raman(frame: ParquetFrame, _window: Window) -> Figure:
    """Intensity over Raman shift."""
    return curve(frame, Axis(columns.RAMAN_SHIFT, "Raman shift / cm⁻¹"), INTENSITY)


def infrared(frame: ParquetFrame, _window: Window) -> Figure:
    """Absorbance or transmittance over wavenumber, from high to low."""
    wavenumber = Axis(columns.WAVENUMBER, "Wavenumber / cm⁻¹")
    up = axis(frame, ABSORBANCE, TRANSMITTANCE, INTENSITY)
    return curve(frame, wavenumber, up, xaxis={"autorange": "reversed"})


def spectrum(frame: ParquetFrame, _window: Window) -> Figure:
    """What was measured over the wavelength."""
    up = axis(frame, ABSORBANCE, TRANSMITTANCE, INTENSITY)
    return curve(frame, Axis(columns.WAVELENGTH, "Wavelength / nm"), up)


def scattering(frame: ParquetFrame, _window: Window) -> Figure:
    """Intensity over q, both logarithmic."""
    log = {"type": "log"}
    return curve(frame, Axis(columns.Q, "q / Å⁻¹"), INTENSITY, xaxis=log, yaxis=log)


def force_curve(frame: ParquetFrame, _window: Window) -> Figure:
    """Force or deflection over the position of the piezo."""
    up = axis(
        frame,
        Axis(columns.FORCE, "Force / nN", NANO),
        Axis(columns.DEFLECTION, "Deflection / nm", NANO),
    )
    return curve(frame, Axis(columns.Z_POSITION, "Piezo position / nm", NANO), up)


def topography(frame: ParquetFrame, _window: Window) -> Figure:
    """Heights as a map of at most 256 × 256 of the points; nothing unless they lie on a grid."""
    x, y = floats(frame, columns.X_POSITION) * MICRO, floats(frame, columns.Y_POSITION) * MICRO
    across, up = np.unique(x), np.unique(y)
    if up.size * across.size > GRID_SLACK * x.size:
        return {"data": [], "layout": {}}
    heights = np.full((up.size, across.size), np.nan)
    heights[np.searchsorted(up, y), np.searchsorted(across, x)] = floats(frame, columns.HEIGHT)
    rows, cells = (slice(None, None, -(-size // MAP_PIXELS)) for size in heights.shape)
    shown = heights[rows, cells] * NANO
    levels = [[None if np.isnan(z) else round(float(z), 4) for z in line] for line in shown]
    heatmap = {
        "type": "heatmap",
        "x": across[cells].tolist(),
        "y": up[rows].tolist(),
        "z": levels,
        "colorscale": "Cividis",
        "colorbar": {"title": {"text": "nm"}},
    }
    return {
        "data": [heatmap],
        "layout": {
            "xaxis": {"title": {"text": "x / µm"}, "constrain": "domain"},
            "yaxis": {"title": {"text": "y / µm"}, "scaleanchor": "x"},
        },
    }


def image(frame: ParquetFrame, _window: Window) -> Figure:
    """Grey values of each slice: mean between lowest and highest."""
    slices = floats(frame, columns.SLICE)
    mode = "lines+markers" if slices.size <= FEW_SLICES else "lines"
    data = [
        trace(name, slices, floats(frame, column), mode=mode)
        for name, column in GREY_VALUES.items()
        if column in frame.columns
    ]
    return {
        "data": data,
        "layout": {
            "xaxis": {"title": {"text": "Slice"}},
            "yaxis": {"title": {"text": "Grey value"}, "rangemode": "tozero"},
            "showlegend": True,
        },
    }


def multimeter(frame: ParquetFrame, _window: Window) -> Figure:
    """The logged quantity over the time, or over the number of the reading."""
    up = axis(
        frame,
        Axis(columns.RESISTANCE, "Resistance / kΩ", 1e-3),
        Axis(columns.VOLTAGE, "Voltage / V"),
        Axis(columns.CURRENT, "Current / mA", 1e3),
        TEMPERATURE,
    )
    return curve(frame, axis(frame, HOURS, Axis(columns.RECORD, "Reading")), up)
