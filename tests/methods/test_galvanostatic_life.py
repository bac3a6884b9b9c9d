"""Alternatives of cycle life: the line continued, and the knee (ANALYSES A08)."""

import numpy as np
import pytest

from labsite.demo import cycling_cases as cases
from labsite.demo.cycling import Cycle
from tests.methods.cycling_runs import analyse, cathode_test, codes, flag, metric, names


def faded(*relative: float):
    """A half cell of 1 mAh with these capacities."""
    return cathode_test([Cycle(q, q, 1.0) for q in relative])


def test_the_full_cell_has_its_knee_at_cycle_100():
    """FX-FULL: 98.3 % at 100, then 80 % at 145."""
    result = analyse(cases.full_cell_145(), knee="piecewise_linear")
    knee = metric(result, "capacity_knee")
    assert knee.value == pytest.approx(100.0, abs=0.01)
    assert knee.qualifier == "piecewise linear"
    assert "-0.0172 %/cycle before, -0.407 after" in knee.definition
    assert "KNEE_NOT_FOUND" not in codes(result)


@pytest.mark.parametrize("seed", range(5))
def test_scatter_and_one_bad_cycle_leave_the_knee_within_its_interval(seed):
    test = cases.full_cell_145(noise=0.003, outlier_at=61, seed=seed)
    knee = metric(analyse(test, knee="piecewise_linear"), "capacity_knee")
    assert knee.value == pytest.approx(100.0, abs=4 * knee.u)
    assert knee.lo95 < knee.value < knee.hi95
    assert 0.1 < knee.u < 1.0


def test_the_knee_is_drawn_as_two_straight_lines():
    result = analyse(cases.full_cell_145(), knee="piecewise_linear")
    curve = next(c for c in result.curves if c.name == "retention")
    line = curve.traces[1]
    np.testing.assert_allclose(line.x, [1, 100, 160], atol=0.01)
    np.testing.assert_allclose(line.y, [100.0, 98.3, 73.9], atol=0.01)


def test_a_knee_is_only_looked_for_when_asked():
    result = analyse(cases.full_cell_145())
    assert "capacity_knee" not in names(result)
    assert "KNEE_NOT_FOUND" not in codes(result)


def test_a_straight_fade_has_no_knee_and_says_so():
    result = analyse(cases.silicon_300(), knee="piecewise_linear")
    assert "capacity_knee" not in names(result)
    assert flag(result, "KNEE_NOT_FOUND").severity == "info"
    assert flag(result, "KNEE_NOT_FOUND").context["cycles"] == 300


def test_a_test_of_five_cycles_has_no_knee_and_says_so():
    result = analyse(faded(1.0, 0.99, 0.98, 0.9, 0.8), knee="piecewise_linear")
    assert flag(result, "KNEE_NOT_FOUND").context["cycles"] == 5


def test_a_life_that_ended_is_not_extrapolated():
    test = cases.full_cell_145()
    result = analyse(test, life_if_not_reached="linear_extrapolation")
    assert metric(result, "cycle_life_80").value == pytest.approx(145.0, abs=0.01)
    assert not codes(result) & {"LIFE_EXTRAPOLATED", "LIFE_NOT_REACHED"}


def test_a_capacity_that_grows_is_not_extrapolated_but_at_least_what_was_cycled():
    result = analyse(faded(1.0, 1.01, 1.02, 1.03, 1.04), life_if_not_reached="linear_extrapolation")
    life = metric(result, "cycle_life_80")
    assert (life.value, life.censored) == (5, "lower")
    assert flag(result, "LIFE_EXTRAPOLATED").severity == "warn"
