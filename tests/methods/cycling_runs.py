"""Runs the cycling analysis on synthetic tests and looks things up in what it returns."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from analysis.methods import ArrayFrame, Flag, Inputs, Method, Metric, Result
from analysis.methods.galvanostatic_cycling import METHOD
from labsite.demo.cycling import Cycle, CyclingTest, Protocol, cycling_columns

CHANNEL = {"current_range_a": 0.005, "current_accuracy_fraction": 0.0005}
ACCURATE = CHANNEL | {"voltage_accuracy_v": 0.001, "area_cm2_u": 0.02}

HALF_CELL = Protocol(opens_with=1, lower_v=2.5, upper_v=3.8, shape="plateau", interval_s=60.0)


def analyse(
    test: CyclingTest,
    *,
    without: tuple[str, ...] = (),
    facts=None,
    method: Method = METHOD,
    **params,
) -> Result:
    """Run the analysis with the test's facts, some changed or left out."""
    known = {k: v for k, v in (dict(test.facts) | (facts or {})).items() if k not in without}
    return method.run(Inputs({"main": ArrayFrame(test.columns)}, known), method.params(**params))


def with_columns(test: CyclingTest, **columns: NDArray[np.generic] | None) -> CyclingTest:
    """Return the test with columns replaced, or left out where None."""
    changed = dict(test.columns) | columns
    return replace(test, columns={k: v for k, v in changed.items() if v is not None})


def rows(test: CyclingTest, chosen: NDArray[np.bool_] | slice) -> CyclingTest:
    """Return some rows of the test."""
    return replace(test, columns={k: v[chosen] for k, v in test.columns.items()})


def cathode_test(cycles: list[Cycle], protocol: Protocol = HALF_CELL, **facts) -> CyclingTest:
    """A test of a cathode half cell with declared cut-offs."""
    known = {
        "cell_type": "cathode_half_cell",
        "lower_cutoff_v": protocol.lower_v,
        "upper_cutoff_v": protocol.upper_v,
    }
    return CyclingTest(cycling_columns(cycles, protocol), tuple(cycles), known | facts)


def metric(
    result: Result, name: str, index: int | None = None, qualifier: str | None = None
) -> Metric:
    """Return the one metric of that name, index and (if given) qualifier."""
    found = [
        m
        for m in result.metrics
        if m.name == name and m.index == index and qualifier in (None, m.qualifier)
    ]
    assert len(found) == 1, f"{name} [{index}] {qualifier}: {found}"
    return found[0]


def names(result: Result) -> set[str]:
    """Names of all metrics."""
    return {m.name for m in result.metrics}


def flag(result: Result, code: str) -> Flag:
    """Return the one flag of that code."""
    found = [f for f in result.flags if f.code == code]
    assert len(found) == 1, f"{code}: {[f.code for f in result.flags]}"
    return found[0]


def codes(result: Result) -> set[str]:
    """Codes of all flags."""
    return {f.code for f in result.flags}


def table(result: Result, name: str) -> dict[str, NDArray[np.generic]]:
    """Return the columns of a table."""
    return dict(next(t.columns for t in result.tables if t.name == name))
