"""Cycles of a test in two files equal those of the one file it was cut from (A08)."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.methods import ArrayFrame, Inputs
from analysis.params import build_params
from analysis.registry import methods
from measurements.discovery import read_file
from measurements.formats import Reading
from measurements.joining import join

CUT = 9345
"""A row within the held charge of our cycle 16."""


@pytest.fixture(scope="module")
def whole(real_data: Path) -> pd.DataFrame:
    path = real_data / "cycling/neware/fastnda/nw4-120-1-6-53.ndax"
    return read_file(path, path.name)[1].frame


def capacities(frame: pd.DataFrame) -> np.ndarray:
    """Charge and discharge capacity in mAh by cycle, shape (2, cycles)."""
    method = methods()["galvanostatic_cycling"]
    inputs = Inputs(
        frames={method.roles[0]: ArrayFrame({name: frame[name].to_numpy() for name in frame})},
        facts={"cell_type": "cathode_half_cell"},
        metadata={},
        seed=1,
    )
    result = method.run(inputs, build_params(method, {}))
    cycles = next(table for table in result.tables if table.name == "cycles").columns
    return np.array([cycles["charge_capacity_mah"], cycles["discharge_capacity_mah"]])


def joined(first: pd.DataFrame, second: pd.DataFrame) -> pd.DataFrame:
    """The two parts as files of their own, joined."""
    parts = (first, second)
    readings = [Reading("cycling", part.reset_index(drop=True)) for part in parts]
    return join([(n, f"{n}.ndax", part) for n, part in enumerate(readings, start=1)]).frame


def begun_anew(part: pd.DataFrame, *, step_too: bool) -> pd.DataFrame:
    """The part as an instrument writes it whose counters begin anew, and those of the step."""
    fresh = part.copy()
    fresh["test_time_second"] -= part["test_time_second"].iloc[0]
    for name in ("cycle_count", "step_count", "record_index"):
        fresh[name] -= part[name].iloc[0] - 1
    if step_too:
        within = part["step_count"] == part["step_count"].iloc[0]
        for name in (name for name in part if name.startswith("step_")):
            if part[name].dtype == float:
                fresh.loc[within, name] -= part[name].iloc[0]
    return fresh


def test_a_cut_at_which_the_instrument_counts_on_changes_nothing(whole: pd.DataFrame) -> None:
    found = capacities(joined(whole.iloc[:CUT], whole.iloc[CUT:]))
    assert found.shape == (2, 160)
    assert np.array_equal(found, capacities(whole))


def test_a_step_that_counts_on_over_the_cut_is_one_step(whole: pd.DataFrame) -> None:
    second = begun_anew(whole.iloc[CUT:], step_too=False)
    assert np.array_equal(capacities(joined(whole.iloc[:CUT], second)), capacities(whole))


@pytest.mark.parametrize(
    ("clock", "rel"), [(True, 2e-8), (False, 1e-4)], ids=["absolute times", "no times"]
)
def test_a_cut_at_which_all_counters_begin_anew_changes_the_cut_cycle_only(
    whole: pd.DataFrame, clock: bool, rel: float
) -> None:
    """Without absolute times the charge of the interval at the cut is missing: 10 s at 41 µA."""
    dropped = [] if clock else ["unix_time_second"]
    first = whole.iloc[:CUT].drop(columns=dropped)
    second = begun_anew(whole.iloc[CUT:], step_too=True).drop(columns=dropped)
    expected, found = capacities(whole), capacities(joined(first, second))
    differing = np.argwhere(found != expected)
    assert differing.tolist() == [[0, 15]]
    assert found[0, 15] == pytest.approx(expected[0, 15], rel=rel)
    if not clock:
        missing_mah = 1e3 * whole["current_ampere"].iloc[CUT] * 10 / 3600
        assert expected[0, 15] - found[0, 15] == pytest.approx(missing_mah, rel=0.01)
