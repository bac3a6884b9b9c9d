"""The critical current density of ramps whose failing step is known."""

import math

import numpy as np
import pytest

from analysis.methods import MethodError
from analysis.methods.critical_current_density import METHOD
from analysis.vocabulary import VOCABULARY
from tests.methods import plating_runs
from tests.methods.plating_runs import Programme, cycled, flags, metric

FACTS = {"temperature_celsius": 25.0, "external_pressure_mpa": 0.0}
LEVELS = np.arange(1, 21) / 10
ASR = 0.65
"""650 Ω cm² in V per mA/cm²."""


def analyse(columns, *, facts=None, **changes):
    return plating_runs.analyse(columns, METHOD, facts=FACTS | (facts or {}), **changes)


def refusal(columns, **changes) -> MethodError:
    with pytest.raises(MethodError) as caught:
        analyse(columns, **changes)
    return caught.value


def ramp(levels=LEVELS, halves=2, shorted_from=None, asr=ASR, seed=0):
    """A ramp of ``halves`` half-cycles of 1 h a level; the voltage collapses from a level on."""
    density = np.repeat(levels, halves)
    eta = asr * density
    if shorted_from is not None:
        eta = np.where(density > shorted_from - 0.01, 0.004, eta)
    return cycled(eta, density, seed, Programme(points=30))


@pytest.mark.parametrize("halves", [2, 6])
def test_the_ramp_of_the_specification(halves):
    """0.1 ... 2.0 by 0.1, short at 1.3: 1.2, between 1.2 and 1.3."""
    for seed in range(10):
        result = analyse(ramp(halves=halves, shorted_from=1.3, seed=seed))
        found = metric(result, "critical_current_density")
        assert found.value == pytest.approx(1.2, rel=1e-3)
        assert found.censored == "none"
        assert found.lo95 == pytest.approx(1.2, abs=0.005)
        assert found.hi95 == pytest.approx(1.3, abs=0.005)
        assert found.u == pytest.approx(0.1 / math.sqrt(3), rel=0.01)
    said = flags(result)["CCD_FAILURE"].context
    assert said == {"half_cycle": 12 * halves + 1, "cause": "hard short"}
    charge = metric(result, "cumulative_areal_capacity")
    assert charge.value == pytest.approx(halves * LEVELS[:12].sum(), rel=1e-3)
    assert charge.censored == "none"
    assert result.status == "ok"


def test_a_ramp_that_ends_with_the_short():
    """Two half-cycles after the short are too few for a lasting one, not for a drop."""
    columns = ramp(levels=LEVELS[:13], shorted_from=1.3)
    result = analyse(columns)
    assert metric(result, "critical_current_density").value == pytest.approx(1.2, rel=1e-3)
    assert flags(result)["CCD_FAILURE"].context["cause"] == "voltage drop"


def test_a_cell_that_survives_gives_a_lower_limit():
    """R018: no failure at 1 mA/cm²."""
    result = analyse(ramp(levels=LEVELS[:10]))
    found = metric(result, "critical_current_density")
    assert (found.censored, found.u) == ("lower", None)
    assert found.value == pytest.approx(1.0, rel=1e-3)
    assert flags(result)["NO_FAILURE"].context["density_ma_cm2"] == pytest.approx(1.0, rel=1e-3)
    assert metric(result, "cumulative_areal_capacity").censored == "lower"
    assert "NO_FAILURE" not in flags(analyse(ramp(shorted_from=1.3)))


def test_an_unfinished_last_step_does_not_count():
    columns = {name: values[:-20] for name, values in ramp(levels=LEVELS[:10]).items()}
    found = metric(analyse(columns), "critical_current_density")
    assert (found.value, found.censored) == (pytest.approx(0.9, rel=1e-3), "lower")


def test_a_failing_first_step_gives_an_upper_limit():
    columns = ramp(levels=LEVELS[4:10], halves=8)
    volt = columns["voltage_volt"]
    volt[5 * 30 :] = 0.05 * np.sign(columns["current_ampere"][5 * 30 :])
    found = metric(analyse(columns), "critical_current_density")
    assert (found.value, found.censored, found.u) == (pytest.approx(0.5, rel=1e-3), "upper", None)
    assert "only an upper limit" in flags(analyse(columns))["CCD_FAILURE"].message


def test_a_short_within_a_step_fails_that_step():
    """Plating at 0.8 completes, stripping does not."""
    density = np.repeat(LEVELS[:12], 2)
    eta = ASR * density
    eta[15:] = 0.01
    result = analyse(cycled(eta, density))
    assert metric(result, "critical_current_density").value == pytest.approx(0.7, rel=1e-3)
    assert metric(result, "critical_current_density").hi95 == pytest.approx(0.8, abs=0.005)


def test_polarisation_and_the_voltage_limit_fail_a_step():
    density = np.repeat(LEVELS[:10], 2)
    eta = np.where(density > 0.75, 6 * ASR * density, ASR * density)
    grown = analyse(cycled(eta, density))
    assert flags(grown)["CCD_FAILURE"].context["cause"] == "polarisation failure"
    assert metric(grown, "critical_current_density").value == pytest.approx(0.7, rel=1e-3)
    limited = analyse(cycled(ASR * density, density), facts={"upper_cutoff_v": ASR * 0.6})
    assert flags(limited)["CCD_FAILURE"].context["cause"] == "voltage limit"
    assert metric(limited, "critical_current_density").value == pytest.approx(0.5, rel=1e-3)


def test_an_overpotential_that_grows_less_than_the_current_is_no_failure():
    density = np.repeat(LEVELS, 2)
    found = analyse(cycled(0.05 * np.arcsinh(density / 0.02), density))
    assert metric(found, "critical_current_density").censored == "lower"


def test_steps_after_the_ramp_are_left_alone():
    """Back at 0.1 mA/cm² the voltage is that of 0.1 mA/cm²: no short."""
    levels = np.append(LEVELS[:10], [0.1, 0.1])
    result = analyse(ramp(levels=levels))
    assert metric(result, "critical_current_density").value == pytest.approx(1.0, rel=1e-3)
    assert result.tables[0].columns["passed"].tolist() == [True] * 10


def constant_capacity():
    """Steps of 0.5, 1.0, 2.0 mA/cm² that pass 0.5 mAh/cm² a half-cycle."""
    parts, start = [], 0.0
    for level in (0.5, 1.0, 2.0):
        part = cycled(
            np.full(4, ASR * level), level, programme=Programme(points=30, half_h=0.5 / level)
        )
        part["test_time_second"] = part["test_time_second"] + start
        start = part["test_time_second"][-1]
        parts.append(part)
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def test_the_protocol_is_told():
    same_charge = analyse(constant_capacity())
    assert "constant capacity" in metric(same_charge, "critical_current_density").definition
    assert metric(same_charge, "critical_current_density").value == pytest.approx(2.0, rel=1e-3)
    assert "CAPACITY_GROWS_WITH_CURRENT" not in flags(same_charge)
    same_time = analyse(ramp(levels=LEVELS[:10]))
    assert "constant time, 25 °C, 0 MPa" in metric(same_time, "critical_current_density").definition
    found = flags(same_time)["CAPACITY_GROWS_WITH_CURRENT"].context
    assert (found["from_mah_cm2"], found["to_mah_cm2"]) == pytest.approx((0.1, 1.0), rel=1e-3)


def test_an_unclear_protocol_is_said():
    columns = constant_capacity()
    stretched = np.cumsum(
        np.diff(columns["test_time_second"], prepend=0.0)
        * np.repeat([1.0, 1.4, 2.6], len(columns["voltage_volt"]) // 3)
    )
    assert "PROTOCOL_UNCLEAR" in flags(analyse(columns | {"test_time_second": stretched}))
    assert "PROTOCOL_UNCLEAR" not in flags(analyse(columns))


def test_jumps_before_the_failure_are_said():
    columns = ramp(shorted_from=1.3)
    volt = columns["voltage_volt"].reshape(-1, 30)
    volt[10, 15:18] *= 0.5
    result = analyse(columns | {"voltage_volt": volt.ravel()})
    assert flags(result)["SOFT_SHORT_SUSPECT"].context["half_cycles"] == [11]
    assert "SOFT_SHORT_SUSPECT" not in flags(analyse(ramp(shorted_from=1.3)))


def test_what_was_assumed_is_said():
    columns = ramp(levels=LEVELS[:10])
    assert "UNCERTAINTY_INCOMPLETE" in flags(analyse(columns, without=("area_cm2_u",)))
    assert "UNCERTAINTY_INCOMPLETE" not in flags(analyse(columns))


def test_two_steps_are_no_ramp():
    error = refusal(ramp(levels=[0.1, 0.2], halves=4))
    assert error.code == "E_TOO_FEW_STEPS"
    assert "0.1, 0.2 mA/cm²" in error.message
    assert refusal(ramp(levels=[0.3, 0.2, 0.1])).code == "E_TOO_FEW_STEPS"
    analyse(ramp(levels=[0.1, 0.2, 0.3]))


def test_steps_without_plating_and_stripping_are_refused():
    assert refusal(ramp(levels=LEVELS[:6], halves=1)).code == "E_STEP_INCOMPLETE"


@pytest.mark.parametrize(
    "fact", ["temperature_celsius", "external_pressure_mpa", "area_cm2", "cell_type"]
)
def test_missing_facts_are_refused_by_name(fact):
    error = refusal(ramp(levels=LEVELS[:6]), without=(fact,))
    assert error.code == f"E_META_MISSING:{fact}"


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"external_pressure_mpa": -1.0}, "E_META_IMPLAUSIBLE:external_pressure_mpa"),
        ({"temperature_celsius": -300.0}, "E_META_IMPLAUSIBLE:temperature_celsius"),
        ({"upper_cutoff_v": 0.0}, "E_META_IMPLAUSIBLE:upper_cutoff_v"),
        ({"cell_type": "full_cell"}, "E_WRONG_KIND"),
    ],
)
def test_wrong_facts_are_refused_by_name(facts, code):
    assert refusal(ramp(levels=LEVELS[:6]), facts=facts).code == code


def test_figures_and_table():
    result = analyse(ramp(shorted_from=1.3))
    steps, overpotential = result.curves
    assert steps.shaded == ((pytest.approx(24.0), pytest.approx(26.0), "failing step"),)
    assert steps.y2_title == "Current density / mA cm⁻²"
    assert all(len(t.x) == len(t.y) <= 2000 for c in result.curves for t in c.traces)
    assert overpotential.traces[0].y[0] == pytest.approx(65, abs=1)
    table = result.tables[0].columns
    assert table["passed"].tolist() == [True] * 12 + [False] * 8
    np.testing.assert_allclose(table["current_density_ma_cm2"], LEVELS, rtol=1e-6)
    assert {m.name for m in result.metrics} <= set(VOCABULARY)


def test_it_is_started_by_hand_only():
    assert not METHOD.triggers("cycling", {"cell_type": "symmetric_li"})
