"""What a mapping means for the cell, in words: which way the current flows, what a spectrum is."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from measurements import columns
from measurements.formats import Reading
from measurements.formats._checks import counted

MIN_ROWS = 5
QUIET_FRACTION = 1e-3
"""Current below this part of the largest counts as none."""

MOSTLY = 0.8


def consequences(reading: Reading) -> list[tuple[str, bool]]:
    """Return sentences about signs, each with whether it speaks against the mapping."""
    return [*_of_current(reading), *_of_impedance(reading)]


def _of_current(reading: Reading) -> Iterator[tuple[str, bool]]:
    frame = reading.frame
    if not {columns.CURRENT, columns.VOLTAGE} <= set(frame) or reading.kind != columns.CYCLING:
        return
    current = frame[columns.CURRENT].to_numpy(dtype=np.float64)
    voltage = frame[columns.VOLTAGE].to_numpy(dtype=np.float64)
    run = _first_run(current)
    if run is None:
        yield "No current flows in the rows shown.", False
        return
    begin, end = run
    charging = bool(current[begin] > 0)
    rise = float(voltage[end - 1] - voltage[begin])
    act = "charges" if charging else "discharges"
    mean = float(np.mean(current[begin:end]))
    milliampere = f"{mean * 1e3:.4g}".replace("-", "\u2212")
    yield f"Rows {begin + 1} to {end}: a current of {milliampere} mA {act} the cell.", False
    if end - begin >= MIN_ROWS and rise * mean < 0:
        moved = "falls" if rise < 0 else "rises"
        yield (
            f"But the voltage {moved} there from {voltage[begin]:.4g} V to "
            f"{voltage[end - 1]:.4g} V: the sign of the current may be the other way round.",
            True,
        )


def _first_run(current: NDArray[np.float64]) -> tuple[int, int] | None:
    """Return the longest stretch of rows (begin, end) with current in one direction, the first."""
    quiet = np.abs(current) <= QUIET_FRACTION * np.max(np.abs(current))
    signs = np.where(quiet, 0.0, np.sign(current))
    edges = np.flatnonzero(np.diff(signs, prepend=np.nan, append=np.nan) != 0)
    runs = [
        (int(begin), int(end))
        for begin, end in zip(edges[:-1], edges[1:], strict=True)
        if signs[begin] != 0
    ]
    return max(runs, key=lambda run: run[1] - run[0], default=None)


def _of_impedance(reading: Reading) -> Iterator[tuple[str, bool]]:
    if reading.kind != columns.IMPEDANCE:
        return
    imaginary = reading.frame[columns.IMAGINARY_IMPEDANCE].to_numpy(dtype=np.float64)
    positive = int(np.sum(imaginary > 0))
    of = f"{positive} of {counted(len(imaginary), 'row')}"
    if positive > MOSTLY * len(imaginary):
        yield (
            f"Im Z is positive in {of}, as of an inductance. Files that give −Im Z look like this: "
            "then flip the sign.",
            True,
        )
    else:
        negative = f"{len(imaginary) - positive} of {counted(len(imaginary), 'row')}"
        yield f"Im Z is negative, capacitive, in {negative}.", False
