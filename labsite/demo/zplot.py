"""Writes spectra in the layout of ZPlot 3 (``ZPLOT2 ASCII``)."""

from datetime import datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from labsite.demo import MARK

HEADINGS = ("Freq(Hz)", "Ampl", "Bias", "Time(Sec)", "Z'(a)", "Z''(b)", "GD", "Err", "Range")
NAME_WIDTH = 28
CYCLES_A_POINT = 3.0
SETTLING_S = 0.5


def write_zplot(
    path: Path,
    frequency_hz: NDArray[np.float64],
    impedance_ohm: NDArray[np.complex128],
    *,
    start: datetime = datetime(2026, 1, 5, 9, 0, 0),
    amplitude_mv: float = 10.0,
    area_cm2: float = 1.0,
    comment: str = "",
) -> None:
    """Write a spectrum as .z, marked as synthetic in the user comments.

    ``frequency_hz`` and ``impedance_ohm`` have one entry a point, in the order of the sweep; the
    imaginary part is negative where capacitive. Numbers are written with 9 significant digits.
    Raises ValueError when the lengths differ or there is no point.
    """
    if frequency_hz.size == 0 or frequency_hz.shape != impedance_ohm.shape:
        raise ValueError("frequency and impedance need one entry each for at least one point")
    header = [
        "ZPLOT2 ASCII",
        *_fields(2, _general(start)),
        *_comments(comment),
        *_fields(2, {"Begin Experiment": "0"}),
        *_fields(4, _experiment(frequency_hz, amplitude_mv)),
        *_fields(2, {"End Experiment": "0", "Begin Information": "Cell Information"}),
        *_fields(4, {"Surface Area": f"{area_cm2:g}"}),
        *_fields(2, {"End Information": "Cell Information"}),
        *_fields(2, {"Data Points": str(frequency_hz.size)}),
        "  " + "\t".join(HEADINGS),
        "End Comments",
    ]
    path.write_text("\n".join([*header, *_rows(frequency_hz, impedance_ohm, amplitude_mv)]) + "\n")


def _fields(indent: int, fields: dict[str, str]) -> list[str]:
    """Return lines ``name: text`` with the texts in one column."""
    width = NAME_WIDTH - indent + 2
    return [" " * indent + f"{name}:".ljust(width) + text for name, text in fields.items()]


def _general(start: datetime) -> dict[str, str]:
    return {
        "Measured Data, ZPlot": "3.2c",
        "Experiment Type": "Sweep Frequency, Control Voltage",
        "Date": start.strftime("%m-%d-%Y"),
        "Time": start.strftime("%H:%M:%S"),
        "Open Circuit Potential (V)": "0",
    }


def _comments(comment: str) -> list[str]:
    lines = [MARK, *comment.splitlines()]
    return [
        *_fields(2, {"Begin User Comments": str(len(lines))}),
        *lines,
        *_fields(2, {"End User Comments": str(len(lines))}),
    ]


def _experiment(frequency_hz: NDArray[np.float64], amplitude_mv: float) -> dict[str, str]:
    return {
        "Potential-DC": "0",
        "Potential-AC": f"{amplitude_mv:g}",
        "vs Freq-Initial": f"{frequency_hz[0]:g}",
        "vs Freq-Final": f"{frequency_hz[-1]:g}",
    }


def _rows(
    frequency_hz: NDArray[np.float64], impedance_ohm: NDArray[np.complex128], amplitude_mv: float
) -> list[str]:
    """Return the lines of data; a point takes three periods and half a second."""
    time_s = np.cumsum(CYCLES_A_POINT / frequency_hz + SETTLING_S)
    return [
        f"{frequency:.8E}\t{amplitude_mv / 1e3:.4E}\t{0:.4E}\t{time:.6E}"
        f"\t{z.real:.8E}\t{z.imag:.8E}\t{0:.4E}\t0\t4"
        for frequency, time, z in zip(frequency_hz, time_s, impedance_ohm, strict=True)
    ]
