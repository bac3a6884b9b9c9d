"""Finds currents without sign or with the opposite one: charging raises the voltage of a cell."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from measurements import columns
from measurements.formats import Notice

Floats = NDArray[np.float64]

BANDS = 10
"""The voltage is looked at in so many bands of one width."""

NARROWEST_V = 0.02
"""Bands of less show overpotentials and noise."""

USUAL = (0.005, 0.995)
"""Between these quantiles lie the voltages that the bands cover."""

LOWEST_V = 1.0
"""A cell that stays below is symmetrical: its voltage is an overpotential."""

FEWEST_BANDS = 5
WRONG_SHARE = 0.3
"""A current without sign is wrong in half of the crossed bands and of their charge, a turned one in
all; real cells reach a tenth where their current steps down."""


def sign_doubts(frame: pd.DataFrame) -> list[Notice]:
    """Return a notice if the voltage crosses bands against the charge that flows meanwhile.

    Bands that it enters and leaves on the same side tell nothing, nor do symmetrical cells.
    """
    names = (columns.TEST_TIME, columns.VOLTAGE, columns.CURRENT)
    time, voltage, current = (frame[name].to_numpy(dtype=np.float64) for name in names)
    direction, charge = _crossings(time, voltage, current)
    wrong = direction * charge < 0
    share = min(wrong.mean(), np.average(wrong, weights=np.abs(charge))) if charge.size else 0.0
    if wrong.sum() < FEWEST_BANDS or share < WRONG_SHARE:
        return []
    return [
        Notice(
            "SIGN_SUSPECT",
            f"Where the voltage rises or falls through a tenth of its range, it does so against "
            f"the current in {wrong.sum()} of {wrong.size} cases (positive current must charge "
            "and raise it): the currents in the file may have no sign or the opposite one.",
        )
    ]


def _crossings(time: Floats, voltage: Floats, current: Floats) -> tuple[Floats, Floats]:
    """Return for each crossed band whether upwards (1) or downwards (-1), and its charge in As.

    A voltage that jumps over bands does so by a resistance, whatever the charge.
    """
    low, high = np.quantile(voltage, USUAL)
    width = (high - low) / BANDS
    if width < NARROWEST_V or low < 0 or high < LOWEST_V:
        return np.zeros(0), np.zeros(0)
    band = np.floor(np.clip((voltage - low) / width, -1, BANDS))
    forward = np.maximum(np.diff(time), 0.0)
    begins = np.flatnonzero(np.diff(band)) + 1
    passed = np.append(0.0, np.cumsum(0.5 * (current[1:] + current[:-1]) * forward))
    moves = band[begins] - band[begins - 1]
    charge = np.diff(passed[begins])
    crossed = (moves[1:] == moves[:-1]) & (np.abs(moves[1:]) == 1) & (charge != 0)
    return moves[1:][crossed], charge[crossed]
