"""Plating and stripping of symmetric cells whose overpotential and fate are known."""

import math

import numpy as np
import pytest

from analysis.methods import MethodError
from analysis.methods.li_plating_stripping import METHOD
from analysis.vocabulary import VOCABULARY
from tests.methods import plating_runs
from tests.methods.plating_runs import AREA_CM2, Programme, cycled, flags, metric, steady

SEEDS = 200
COVERED = (0.90, 0.99)
SHORT = Programme(points=30)


def analyse(columns, **changes):
    return plating_runs.analyse(columns, METHOD, **changes)


def refusal(columns, **changes) -> MethodError:
    with pytest.raises(MethodError) as caught:
        analyse(columns, **changes)
    return caught.value


@pytest.fixture(scope="module")
def good():
    """A cell of 65 mV for 400 half-cycles of 1 h."""
    return cycled(steady(), programme=SHORT)


def test_the_cell_of_the_paper():
    """R013 to R018: 65 mV at 0.1 mA/cm² and 0.1 mAh/cm², 1800 h, 650 Ω cm²."""
    result = analyse(cycled(steady(1800), programme=SHORT))
    assert metric(result, "plating_overpotential_initial").value == pytest.approx(65, abs=0.3)
    assert metric(result, "plating_overpotential_median").value == pytest.approx(65, abs=0.05)
    assert metric(result, "polarisation_asr").value == pytest.approx(650, abs=3)
    survived = metric(result, "cycling_time_survived")
    assert survived.value == pytest.approx(1800, abs=0.1)
    assert survived.censored == "lower"
    assert metric(result, "half_cycles_completed").value == 1800
    charge = metric(result, "cumulative_areal_capacity")
    assert charge.value == pytest.approx(180, rel=1e-3)
    assert charge.censored == "lower"
    assert metric(result, "current_density").value == pytest.approx(0.1, rel=1e-6)
    assert set(flags(result)) == {"NO_FAILURE"}
    assert "no proof of stability" in flags(result)["NO_FAILURE"].message
    assert result.status == "ok"


def test_a_short_ends_the_time_and_the_charge():
    eta = steady()
    eta[240:] = 0.004
    result = analyse(cycled(eta, programme=SHORT))
    for name in ("cycling_time_survived", "short_circuit_time"):
        found = metric(result, name)
        assert found.value == pytest.approx(240, abs=1)
        assert found.lo95 <= 240 <= found.hi95
        assert (found.censored, found.u) == ("none", pytest.approx(1 / math.sqrt(12), rel=1e-3))
    assert metric(result, "cumulative_areal_capacity").value == pytest.approx(24, rel=1e-3)
    assert metric(result, "half_cycles_completed").value == 240
    assert metric(result, "plating_overpotential_final").value == pytest.approx(65, abs=0.3)
    assert metric(result, "plating_overpotential_median").value == pytest.approx(65, abs=0.1)
    assert flags(result)["HARD_SHORT"].context["half_cycle"] == 241
    assert set(flags(result)) == {"HARD_SHORT"}


@pytest.mark.parametrize(
    ("shape", "code", "failed_h"),
    [
        (np.exp(-np.arange(400) / 200), "CREEPING_SOFT_SHORT", 145.6),
        (1 + np.arange(400) / 50, "POLARISATION_FAILURE", 201),
        (np.where(np.arange(400) // 6 == 20, 0.55, 1), "SOFT_SHORT_SUSPECT", None),
        (np.where(np.arange(400) < 200, 1, 0.5), "VOLTAGE_DROP", None),
    ],
)
def test_events_are_said(good, shape, code, failed_h):
    result = analyse(cycled(steady() * shape, programme=SHORT))
    assert flags(result)[code].severity == "warn"
    survived = metric(result, "cycling_time_survived")
    if failed_h is None:
        assert survived.censored == "lower"
    else:
        assert survived.value == pytest.approx(failed_h, abs=2)
        assert "NO_FAILURE" not in flags(result)
    assert code not in flags(analyse(good))


def test_a_soft_short_ends_the_time_where_asked_for():
    eta = steady()
    eta[120:126] *= 0.55
    columns = cycled(eta, programme=SHORT)
    assert metric(analyse(columns), "soft_short_event_count").value == 1
    ended = metric(analyse(columns, soft_short_ends=True), "cycling_time_survived")
    assert (ended.value, ended.censored) == (pytest.approx(120), "none")


def test_the_limit_of_the_programme_is_a_failure():
    eta = steady()
    eta[300:] = 0.2
    result = analyse(cycled(eta, programme=SHORT), facts={"upper_cutoff_v": 0.2})
    assert "limit of the programme" in flags(result)["POLARISATION_FAILURE"].message
    assert metric(result, "cycling_time_survived").value == pytest.approx(300)


def ramped(halves: int = 8):
    """|V| rises from 50 to 90 mV at positive and from 40 to 60 mV at negative current."""
    columns = cycled(np.zeros(halves), programme=Programme(points=101, noise_v=0.0))
    rise = np.linspace(0, 1, 101)
    both = np.stack((0.05 + 0.04 * rise, -0.04 - 0.02 * rise))
    return columns | {"voltage_volt": np.tile(both, (halves // 2, 1)).ravel()}


@pytest.mark.parametrize(
    ("rule", "millivolts"),
    [("second_half", 80), ("cycle_mean", 67.5), ("half_peak_to_peak", 75), ("peak", 90)],
)
def test_the_initial_overpotential_by_each_definition(rule, millivolts):
    result = analyse(ramped(), initial_overpotential=rule)
    assert metric(result, "plating_overpotential_initial").value == pytest.approx(millivolts)
    assert metric(result, "polarisation_asr").value == pytest.approx(10 * millivolts)


def test_one_electrode_has_half_of_the_voltage(good):
    result = analyse(good, per_electrode=True)
    both = metric(result, "plating_overpotential_initial")
    one = metric(result, "plating_overpotential_initial", "per electrode")
    assert (one.value, one.u) == (both.value / 2, both.u / 2)
    assert not any(m.qualifier for m in analyse(good).metrics)


def test_intervals_cover_noise_area_and_current():
    """The declared accuracy of current, area and voltage is drawn anew for each seed."""
    names = {
        "plating_overpotential_initial": 65.0,
        "plating_overpotential_median": 65.0,
        "polarisation_asr": 650.0,
        "current_density": 0.1,
        "cumulative_areal_capacity": 2.0,
    }
    accuracy = {"voltage_accuracy_v": 5e-5, "area_cm2_u": 0.01, "current_accuracy_fraction": 1e-3}
    hits: dict[str, list[bool]] = {name: [] for name in names}
    for seed in range(SEEDS):
        rng = np.random.default_rng(10_000 + seed)
        columns = cycled(steady(20), seed=seed)
        sign = np.sign(columns["current_ampere"])
        columns["voltage_volt"] = columns["voltage_volt"] + sign * 5e-5 * rng.standard_normal()
        columns["current_ampere"] = columns["current_ampere"] + sign * 1e-6 * rng.standard_normal()
        area = AREA_CM2 + 0.01 * rng.standard_normal()
        result = analyse(columns, facts=accuracy | {"area_cm2": area})
        for name, truth in names.items():
            found = metric(result, name)
            hits[name].append(found.lo95 <= truth <= found.hi95)
    for name, hit in hits.items():
        assert COVERED[0] <= np.mean(hit) <= COVERED[1], name


def test_a_low_square_wave_is_said(good):
    low = analyse(cycled(steady(40, 0.012), programme=Programme(noise_v=1e-5)))
    assert flags(low)["RECTANGULAR_TRACE"].context["overpotential_mv"] == pytest.approx(12, abs=0.1)
    assert low.status == "ok"
    assert "RECTANGULAR_TRACE" not in flags(analyse(good))


def test_a_voltage_below_the_ohmic_one_is_an_error_flag(good):
    """65 mV at 0.1 mA/cm² are 650 Ω cm²: 575 Ω over 1.131 cm²."""
    below = analyse(good, bulk_resistance_ohm=576.0)
    assert flags(below)["OVERPOTENTIAL_BELOW_OHMIC"].severity == "error"
    assert "OVERPOTENTIAL_BELOW_OHMIC" not in flags(analyse(good, bulk_resistance_ohm=573.0))


@pytest.mark.parametrize(("other", "said"), [(0.084, True), (0.076, False)])
def test_an_asymmetric_cell_is_said(other, said):
    """84 to 65 mV is 25 % of their mean, 76 to 65 mV 16 %."""
    eta = np.where(np.arange(40) % 2 == 0, 0.065, other)
    assert ("ASYMMETRIC" in flags(analyse(cycled(eta)))) is said


@pytest.mark.parametrize(("planned", "said"), [(0.0975, True), (0.0985, False), (1.0, True)])
def test_a_charge_beside_the_programme_is_said(good, planned, said):
    found = flags(analyse(good, facts={"areal_capacity_mah_cm2": planned}))
    assert ("CAPACITY_MISMATCH" in found) is said


@pytest.mark.parametrize(("planned", "said"), [(0.094, True), (0.097, False)])
def test_a_current_beside_the_programme_is_said(good, planned, said):
    found = flags(analyse(good, facts={"current_density_ma_cm2": planned}))
    assert ("CURRENT_DENSITY_MISMATCH" in found) is said


def test_what_was_assumed_is_said(good):
    bare = ("area_cm2_u", "voltage_accuracy_v", "current_accuracy_fraction")
    found = flags(analyse(good, without=bare))
    assert len(found["UNCERTAINTY_INCOMPLETE"].context["assumed"]) == 3
    assert "UNCERTAINTY_INCOMPLETE" not in flags(analyse(good))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda c: {"current_ampere": -c["current_ampere"]}, "polarity"),
        (lambda c: {"current_ampere": np.abs(c["current_ampere"])}, "never changes its sign"),
        (lambda c: {"voltage_volt": 1000 * c["voltage_volt"]}, "at most 5 V"),
        (lambda c: {"current_ampere": 1000 * c["current_ampere"]}, "0.65 Ω cm²"),
        (lambda c: {"current_ampere": 1e-3 * c["current_ampere"]}, "6.5e+05 Ω cm²"),
        (
            lambda c: {
                "voltage_volt": c["current_ampere"],
                "current_ampere": c["voltage_volt"],
            },
            "swapped",
        ),
        (lambda c: {"current_ampere": 0 * c["current_ampere"]}, "never changes its sign"),
    ],
    ids=["reversed", "unsigned", "mV", "mA", "kA", "swapped", "flat"],
)
def test_what_no_symmetric_cell_shows_is_refused(good, change, words):
    error = refusal(good | change(good))
    assert error.code == "E_WRONG_KIND"
    assert words in error.message


@pytest.mark.parametrize(
    ("missing", "code"),
    [
        (("cell_type",), "E_META_MISSING:cell_type"),
        (("area_cm2",), "E_META_MISSING:area_cm2"),
    ],
)
def test_missing_facts_are_refused_by_name(good, missing, code):
    assert refusal(good, without=missing).code == code


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"cell_type": "full_cell"}, "E_WRONG_KIND"),
        ({"area_cm2": -1.0}, "E_META_IMPLAUSIBLE:area_cm2"),
        ({"areal_capacity_mah_cm2": 0.0}, "E_META_IMPLAUSIBLE:areal_capacity_mah_cm2"),
        ({"upper_cutoff_v": 0.0}, "E_META_IMPLAUSIBLE:upper_cutoff_v"),
    ],
)
def test_wrong_facts_are_refused_by_name(good, facts, code):
    assert refusal(good, facts=facts).code == code


@pytest.mark.parametrize(("halves", "refused"), [(3, True), (4, False)])
def test_two_full_cycles_are_needed(halves, refused):
    columns = cycled(steady(halves))
    if refused:
        assert refusal(columns).code == "E_TOO_FEW_POINTS"
    else:
        assert metric(analyse(columns), "half_cycles_completed").value == 4


def test_broken_tables_are_refused(good):
    assert refusal({name: values[:1] for name, values in good.items()}).code == "E_TOO_FEW_POINTS"
    nothing = good | {"voltage_volt": np.full(len(good["voltage_volt"]), np.nan)}
    assert refusal(nothing).code == "E_NON_FINITE"
    for column in good:
        left = {name: values for name, values in good.items() if name != column}
        assert refusal(left).code == "E_COLUMNS_MISSING"


def test_few_broken_rows_change_nothing(good):
    volt = good["voltage_volt"].copy()
    volt[::150] = np.nan
    result = analyse(good | {"voltage_volt": volt})
    assert "NON_FINITE_DROPPED" in flags(result)
    assert metric(result, "plating_overpotential_median").value == pytest.approx(65, abs=0.1)
    assert metric(result, "cumulative_areal_capacity").value == pytest.approx(40, rel=2e-3)


def test_figures_and_table(good):
    eta = steady()
    eta[240:] = 0.004
    result = analyse(cycled(eta))
    names = [curve.name for curve in result.curves]
    assert names == ["voltage", "voltage_start", "voltage_middle", "voltage_end", "overpotential"]
    for curve in result.curves:
        assert curve.x_title == "Time / h"
        assert all(0 < len(t.x) == len(t.y) <= 2000 for t in curve.traces)
    hard = result.curves[-1].traces[-1]
    assert (hard.name, hard.x.tolist()) == ("hard short", [240.0])
    (table,) = result.tables
    assert table.columns["overpotential_mv"][:240].mean() == pytest.approx(65, abs=0.1)
    assert {len(values) for values in table.columns.values()} == {400}
    assert {m.name for m in result.metrics} <= set(VOCABULARY)


def test_it_starts_for_cycling_of_symmetric_lithium_cells_only():
    assert METHOD.triggers("cycling", {"cell_type": "symmetric_li"})
    assert not METHOD.triggers("cycling", {"cell_type": "full_cell"})
    assert not METHOD.triggers("cycling", {})
    assert not METHOD.triggers("impedance", {"cell_type": "symmetric_li"})
