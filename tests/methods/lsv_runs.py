"""Linear sweeps with known onset, and the analysis run on them."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from analysis.methods import ArrayFrame, Fact, Flag, Inputs, Metric, Result
from analysis.methods.lsv_onset import METHOD

Floats = NDArray[np.float64]
Law = Callable[[Floats], Floats]

AREA_CM2 = 1.131
FACTS: dict[str, Fact] = {
    "cell_type": "li_blocking",
    "area_cm2": AREA_CM2,
    "area_cm2_u": 0.001,
    "working_electrode": "SS",
    "reference_electrode": "Li/Li+",
    "scan_rate_mv_s": 0.1,
    "voltage_accuracy_v": 1e-4,
}


def kink(potential: Floats) -> Floats:
    """0.5 µA/cm² up to 4.5 V, then +200 µA/cm²/V."""
    return 0.5 + 200 * np.clip(potential - 4.5, 0, None)


def wave(potential: Floats) -> Floats:
    """An exponential wave, 10 µA/cm² at 4.5 V, a factor e every 80 mV."""
    return 10 * np.exp((potential - 4.5) / 0.08)


def swept(
    law: Law = wave, stop: float = 5.0, noise: float = 0.0, seed: int = 0, step: float = 1e-3
) -> dict[str, Floats]:
    """Columns of a sweep from 3 V at 0.1 mV/s; the density follows the law, noise in µA/cm²."""
    potential = np.arange(3.0, stop + step / 2, step)
    density = law(potential) + noise * np.random.default_rng(seed).standard_normal(potential.size)
    return {
        "test_time_second": (potential - 3.0) / 1e-4,
        "voltage_volt": potential,
        "current_ampere": density * 1e-6 * AREA_CM2,
    }


def analyse(columns: dict[str, Floats], *, facts=None, without=(), metadata=None, **params):
    """Run the analysis with the usual facts, some changed or left out."""
    known = {name: value for name, value in (FACTS | (facts or {})).items() if name not in without}
    inputs = Inputs({"main": ArrayFrame(columns)}, known, metadata or {}, seed=7)
    return METHOD.run(inputs, METHOD.params(**params))


def onset(result: Result, definition: str = "10 µA/cm²") -> Metric:
    """Return the onset by one definition."""
    return next(
        metric
        for metric in result.metrics
        if metric.name == "oxidation_onset_potential" and metric.qualifier == definition
    )


def flags(result: Result) -> dict[str, Flag]:
    """Return the flags by code."""
    return {flag.code: flag for flag in result.flags}
