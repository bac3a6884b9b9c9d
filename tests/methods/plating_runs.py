"""Symmetric lithium cells with known fate, and the analysis run on them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.methods import ArrayFrame, Fact, Flag, Inputs, Metric, Result

Floats = NDArray[np.float64]

AREA_CM2 = 1.131
FACTS: dict[str, Fact] = {
    "cell_type": "symmetric_li",
    "area_cm2": AREA_CM2,
    "area_cm2_u": 0.001,
    "areal_capacity_mah_cm2": 0.1,
    "voltage_accuracy_v": 1e-5,
    "current_range_a": 1e-3,
    "current_accuracy_fraction": 1e-5,
}


@dataclass(frozen=True)
class Programme:
    """Half-cycles of 1 h: records a half-cycle, noise of the voltage, rest after each."""

    points: int = 60
    noise_v: float = 3e-4
    half_h: float = 1.0
    rest_h: float = 0.0


def cycled(
    eta_v: Floats, density: Floats | float = 0.1, seed: int = 0, programme: Programme | None = None
) -> dict[str, Floats]:
    """Columns of a test whose half-cycles have overpotentials ``eta_v`` (h,) at mA/cm² (h,)."""
    used = programme or Programme()
    halves = len(eta_v)
    sign = np.where(np.arange(halves) % 2 == 0, 1.0, -1.0)
    within = np.linspace(0, used.half_h, used.points) * 3600
    start = np.arange(halves) * (used.half_h + used.rest_h) * 3600
    current = np.broadcast_to(density, halves) * sign * 1e-3 * AREA_CM2
    noise = used.noise_v * np.random.default_rng(seed).standard_normal((halves, used.points))
    columns = {
        "test_time_second": start[:, None] + within,
        "voltage_volt": (sign * eta_v)[:, None] + noise,
        "current_ampere": np.repeat(current[:, None], used.points, axis=1),
    }
    if used.rest_h:
        rest = {
            "test_time_second": (start + used.half_h * 3600)[:, None] + [1.0, 60.0],
            "voltage_volt": np.zeros((halves, 2)),
            "current_ampere": np.zeros((halves, 2)),
        }
        columns = {name: np.hstack((columns[name], rest[name])) for name in columns}
    return {name: values.ravel() for name, values in columns.items()}


def steady(halves: int = 400, eta_v: float = 0.065) -> Floats:
    """Overpotentials of a cell that stays as it is."""
    return np.full(halves, eta_v)


def analyse(columns, method, *, facts=None, without=(), **params) -> Result:
    """Run a method with the usual facts, some changed or left out."""
    known = {name: value for name, value in (FACTS | (facts or {})).items() if name not in without}
    return method.run(Inputs({"main": ArrayFrame(columns)}, known), method.params(**params))


def metric(result: Result, name: str, qualifier: str = "") -> Metric:
    """Return the one metric of that name and qualifier."""
    (found,) = (m for m in result.metrics if (m.name, m.qualifier) == (name, qualifier))
    return found


def flags(result: Result) -> dict[str, Flag]:
    """Return the flags by code."""
    return {flag.code: flag for flag in result.flags}
