"""Figures and table of a fitted spectrum: Nyquist with its zoom first, Bode and residuals."""

import numpy as np
from numpy.typing import NDArray

from analysis.methods import Curve, Floats, Table, Trace
from analysis.methods._spectrum import Spectrum
from analysis.science.blocking_cells import CellFit
from analysis.science.impedance import phase_degree
from analysis.science.lin_kk import LinKK
from measurements.columns import FREQUENCY, IMAGINARY_IMPEDANCE, REAL_IMPEDANCE

LINE_POINTS = 200
MOST_POINTS = 2000
ZOOM = 1.5
"""The zoom shows impedances within this many times the resistance of it."""

REAL_TITLE = "Z′ / Ω"
IMAGINARY_TITLE = "−Z″ / Ω"
FREQUENCY_TITLE = "Frequency / Hz"

Complexes = NDArray[np.complex128]


def curves(spectrum: Spectrum, cell: CellFit, kk: LinKK, limit_percent: float) -> tuple[Curve, ...]:
    """Return the four figures of a spectrum and its fit."""
    shown = _thinned(spectrum.frequency.size)
    line = np.geomspace(spectrum.frequency[0], spectrum.frequency[-1], LINE_POINTS)
    measured, fitted = spectrum.impedance[shown], cell.impedance(line)
    return (
        _zoom(measured, fitted, cell.fit.value("resistance")),
        _nyquist("nyquist", "Nyquist plot", measured, fitted),
        _bode(spectrum.frequency[shown], measured, line, fitted),
        _residuals(spectrum.frequency[shown], kk.residuals[shown], limit_percent),
    )


def table(spectrum: Spectrum, cell: CellFit, kk: LinKK) -> Table:
    """Return the points with fit and Kramers-Kronig residuals, one row a frequency."""
    fitted = cell.impedance(spectrum.frequency)
    return Table(
        "spectrum",
        {
            FREQUENCY: spectrum.frequency,
            REAL_IMPEDANCE: spectrum.impedance.real,
            IMAGINARY_IMPEDANCE: spectrum.impedance.imag,
            "fit_real_impedance_ohm": fitted.real,
            "fit_imaginary_impedance_ohm": fitted.imag,
            "kk_residual_real_percent": 100 * kk.residuals.real,
            "kk_residual_imaginary_percent": 100 * kk.residuals.imag,
        },
    )


def _nyquist(name: str, title: str, measured: Complexes, fitted: Complexes) -> Curve:
    return Curve(
        name=name,
        title=title,
        x_title=REAL_TITLE,
        y_title=IMAGINARY_TITLE,
        equal_axes=True,
        traces=(
            Trace("measured", measured.real, -measured.imag, mode="markers"),
            Trace("fit", fitted.real, -fitted.imag),
        ),
    )


def _zoom(measured: Complexes, fitted: Complexes, resistance: float) -> Curve:
    near, along = (z[np.abs(z - resistance) <= ZOOM * resistance] for z in (measured, fitted))
    return _nyquist("nyquist_hf", "Nyquist plot, high frequencies", near, along)


def _bode(frequency: Floats, measured: Complexes, line: Floats, fitted: Complexes) -> Curve:
    return Curve(
        name="bode",
        title="Bode plot",
        x_title=FREQUENCY_TITLE,
        y_title="|Z| / Ω",
        y2_title="Phase / °",
        x_log=True,
        y_log=True,
        traces=(
            Trace("|Z| measured", frequency, np.abs(measured), mode="markers"),
            Trace("|Z| fit", line, np.abs(fitted)),
            Trace("phase measured", frequency, phase_degree(measured), mode="markers", axis="y2"),
            Trace("phase fit", line, phase_degree(fitted), axis="y2"),
        ),
    )


def _residuals(frequency: Floats, residuals: Complexes, limit_percent: float) -> Curve:
    return Curve(
        name="kk_residuals",
        title="Kramers–Kronig residuals",
        x_title=FREQUENCY_TITLE,
        y_title="(Z − Z of Lin-KK) / |Z| / %",
        x_log=True,
        traces=(
            Trace("real", frequency, 100 * residuals.real, mode="lines+markers"),
            Trace("imaginary", frequency, 100 * residuals.imag, mode="lines+markers"),
        ),
        levels=(
            (limit_percent, f"{limit_percent:g} %"),
            (-limit_percent, f"−{limit_percent:g} %"),
        ),
    )


def _thinned(count: int) -> NDArray[np.intp]:
    """Return at most 2,000 indices, evenly spread, with both ends."""
    return np.unique(np.linspace(0, count - 1, min(count, MOST_POINTS)).astype(np.intp))
