"""Cells whose voltage over capacity, and so whose dQ/dV, is known."""

from dataclasses import replace

import numpy as np
from scipy.stats import norm

from labsite.demo.cycling import Cycle, CyclingTest, Protocol
from tests.methods.cycling_runs import HALF_CELL, cathode_test, with_columns

PEAKS_V = (3.20, 3.45)
"""Potentials of the peaks in equilibrium; the higher one holds twice the charge."""

POLARISATION_V = 0.03
WIDTH_V = 0.02
SLOW = replace(HALF_CELL, interval_s=10.0)


def peaked(
    cycles: int = 3,
    *,
    protocol: Protocol = SLOW,
    peaks: tuple[float, ...] = PEAKS_V,
    width: float = WIDTH_V,
    noise: float = 0.0,
    digit: float = 0.0,
    seed: int = 1,
    **facts,
) -> CyclingTest:
    """A half cell of 1 mAh at 1 mA whose dQ/dV has Gaussian peaks, 30 mV apart by direction."""
    test = cathode_test([Cycle(1.0, 1.0, 1.0)] * cycles, protocol, **facts)
    volt = test.columns["voltage_volt"].copy()
    for sign, name in ((1, "charging"), (-1, "discharging")):
        rows = sign * test.columns["current_ampere"] > 0
        passed = 1e3 * test.columns[f"step_{name}_capacity_ah"][rows]
        volt[rows] = _voltage(passed, sign, protocol, peaks, width)
    rng = np.random.default_rng(seed)
    volt += noise * rng.standard_normal(len(volt))
    if digit:
        volt = np.round(volt / digit) * digit
    return with_columns(test, voltage_volt=volt)


def _voltage(passed, sign, protocol, peaks, width):
    """Voltage at which a share of the charge has passed: the inverse of a sum of steps."""
    volt = np.linspace(protocol.lower_v, protocol.upper_v, 20_001)
    charge = 0.1 * (volt - volt[0])
    for weight, potential in enumerate(peaks, start=1):
        charge += weight * norm.cdf((volt - potential - sign * POLARISATION_V / 2) / width)
    share = (charge - charge[0]) / (charge[-1] - charge[0])
    return np.interp(passed if sign > 0 else 1 - passed, share, volt)
