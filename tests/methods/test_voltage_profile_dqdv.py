"""Voltage profiles and dQ/dV of cells whose peaks are known (ANALYSES A10)."""

from dataclasses import replace

import numpy as np
import pytest

from analysis.methods import MethodError
from analysis.methods.voltage_profile_dqdv import METHOD
from labsite.demo import cycling_cases as cases
from labsite.demo.cycling import Cycle
from measurements.columns import CYCLING, IMPEDANCE
from tests.methods.cycling_runs import (
    HALF_CELL,
    analyse,
    cathode_test,
    codes,
    flag,
    metric,
    names,
    rows,
    table,
    with_columns,
)
from tests.methods.profile_runs import PEAKS_V, POLARISATION_V, SLOW, peaked

ACCURACY = {"voltage_accuracy_v": 0.001}
MASS = {"active_mass_mg": 7.0, "mass_basis": "LFP"}
COUNTERS = dict.fromkeys(("step_charging_capacity_ah", "step_discharging_capacity_ah"))


def profiles(test, **options):
    return analyse(test, method=METHOD, **options)


def potentials(result, direction: str, cycle: int = 1) -> list[float]:
    return [
        m.value
        for m in result.metrics
        if m.name == "dqdv_peak_potential"
        and m.index == cycle
        and m.qualifier.startswith(direction)
    ]


def trace(result, curve: str, name: str):
    found = next(c for c in result.curves if c.name == curve)
    return next(t for t in found.traces if t.name == name)


@pytest.fixture(scope="module")
def cell():
    """Three cycles with two peaks each way."""
    return peaked(**MASS)


@pytest.fixture(scope="module")
def result(cell):
    return profiles(cell, facts=ACCURACY)


def test_peaks_have_their_potentials_on_charge_and_on_discharge(result):
    for direction, sign in (("charge", 1), ("discharge", -1)):
        expected = [v + sign * POLARISATION_V / 2 for v in PEAKS_V]
        for cycle in (1, 2, 3):
            assert potentials(result, direction, cycle) == pytest.approx(expected, abs=2e-4)


def test_a_potential_is_as_well_known_as_the_voltage_of_the_channel(result):
    found = metric(result, "dqdv_peak_potential", 2, "charge, peak 1")
    assert found.u == pytest.approx(0.001, rel=0.1)
    assert found.lo95 < PEAKS_V[0] + POLARISATION_V / 2 < found.hi95
    assert "1 of 2 by potential" in found.definition


def test_charge_is_positive_and_discharge_negative_and_both_areas_are_the_charge(result):
    """1 mAh of 7 mg; a tenth of the window at either end is outside of the 5 mV."""
    for name, sign in (
        ("cycle 2, charge (delithiation)", 1), ("cycle 2, discharge (lithiation)", -1),
    ):  # fmt: skip
        line = trace(result, "dqdv", name)
        assert (sign * line.y > 0).all()
        assert np.trapezoid(line.y, line.x) == pytest.approx(sign * 1000 / 7, rel=0.01)


def test_in_an_anode_half_cell_the_first_half_cycle_lithiates_and_is_negative():
    result = profiles(cases.silicon_first_cycle(), facts=ACCURACY)
    first = trace(result, "dqdv", "cycle 1, discharge (lithiation)")
    second = trace(result, "dqdv", "cycle 1, charge (delithiation)")
    assert first.y.min() < first.y.max() <= 0.05 * abs(first.y.min())
    assert second.y.max() > second.y.min() >= -0.05 * second.y.max()
    lithiated = trace(result, "voltage_profiles", "cycle 1, discharge (lithiation)")
    assert lithiated.x[-1] == pytest.approx(3413.6, rel=1e-6)
    assert lithiated.y[0] > lithiated.y[-1] == pytest.approx(0.05, abs=1e-6)


def test_in_a_full_cell_the_halves_are_named_charge_and_discharge():
    result = profiles(peaked(**MASS), facts={"cell_type": "full_cell"} | ACCURACY)
    assert trace(result, "dqdv", "cycle 1, charge").y.min() > 0
    assert trace(result, "dqdv", "cycle 1, discharge").y.max() < 0


def test_the_mean_voltage_at_constant_current_is_the_mean_over_time(cell, result):
    """ANALYSES A10 [V]: to 1e-5."""
    chosen = (cell.columns["cycle_count"] == 2) & (cell.columns["current_ampere"] > 0)
    time, volt = (cell.columns[name][chosen] for name in ("test_time_second", "voltage_volt"))
    over_time = np.trapezoid(volt, time) / (time[-1] - time[0])
    mean = metric(result, "mean_charge_voltage", 2)
    assert mean.value == pytest.approx(over_time, rel=1e-5)
    hysteresis = metric(result, "voltage_hysteresis", 2)
    assert hysteresis.value == pytest.approx(POLARISATION_V, abs=2e-3)


def test_tables_hold_the_curve_and_the_peaks(result):
    curve, found = table(result, "dqdv"), table(result, "dqdv_peaks")
    chosen = (curve["lims_cycle"] == 3) & (curve["direction"] == "discharge")
    area = np.trapezoid(curve["dqdv_mah_v"][chosen], curve["voltage_v"][chosen])
    passed = np.ptp(curve["capacity_mah"][chosen])
    assert -area == pytest.approx(passed, rel=1e-4)
    assert len(found["potential_v"]) == 12
    assert (np.sign(found["height_mah_v"]) == np.where(found["direction"] == "charge", 1, -1)).all()
    np.testing.assert_allclose(found["height_mah_g_v"], found["height_mah_v"] / 7e-3)


def test_held_voltage_is_left_out_of_dqdv_but_not_of_the_profile():
    cycles = [Cycle(1.0, 1.0, 1.0, held=0.25)] * 3
    result = profiles(cathode_test(cycles, replace(HALF_CELL, interval_s=10.0), **MASS))
    profile = trace(result, "voltage_profiles", "cycle 2, charge (delithiation)")
    assert profile.x[-1] == pytest.approx(1000 / 7, rel=1e-3)
    dqdv = trace(result, "dqdv", "cycle 2, charge (delithiation)")
    assert np.trapezoid(dqdv.y, dqdv.x) < 0.751 * 1000 / 7
    assert dqdv.x[-1] <= 3.8 - 0.005


# Chosen cycles ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [("", {1, 2, 3}), ("2", {2}), ("1, 3", {1, 3}), ("1;last", {1, 3}), (" 3 2 ", {2, 3})],
)
def test_cycles_are_chosen_by_a_list(cell, text, expected):
    found = profiles(cell, cycles=text)
    assert {m.index for m in found.metrics} == expected
    assert len(found.curves[0].traces) == 2 * len(expected)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("4", "the test has cycles 1 to 3"),
        ("0", "found '0'"),
        ("1-3", "found '1-3'"),
        ("first", "found 'first'"),
        ("1.5", "found '1.5'"),
    ],
)
def test_a_list_that_is_not_understood_is_refused(cell, text, sentence):
    with pytest.raises(MethodError, match=sentence) as refusal:
        profiles(cell, cycles=text)
    assert refusal.value.code == "E_PARAM_INVALID"


def test_more_than_twenty_cycles_are_refused():
    many = cathode_test([Cycle(1.0, 1.0, 1.0)] * 21, replace(HALF_CELL, interval_s=30.0))
    with pytest.raises(MethodError, match="at most 20"):
        profiles(many, cycles=",".join(str(k) for k in range(1, 22)))
    assert len(profiles(many, cycles=",".join(str(k) for k in range(1, 21))).curves[0].traces) == 40


def test_an_unfinished_cycle_is_drawn_without_mean_voltages(cell):
    stopped = rows(cell, cell.columns["step_count"] <= 9)
    result = profiles(stopped, cycles="2, 3")
    assert flag(result, "CYCLE_INCOMPLETE").context["cycles"] == [3]
    assert {m.index for m in result.metrics if m.name == "mean_charge_voltage"} == {2}
    assert potentials(result, "charge", 3) == pytest.approx([3.215, 3.465], abs=2e-4)
    assert "CYCLE_INCOMPLETE" not in codes(profiles(stopped))


# Parameters -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "params",
    [
        {"grid_mv": 1.0},
        {"grid_mv": 5.0, "smoothing_mv": 55.0},
        {"polynomial_order": 2},
        {"smoothing_mv": 40.0},
    ],
)
def test_grid_window_and_order_move_no_peak_by_more_than_a_millivolt(cell, params):
    found = potentials(profiles(cell, **params), "charge")
    assert found == pytest.approx([v + POLARISATION_V / 2 for v in PEAKS_V], abs=1e-3)


def test_a_wider_window_lowers_a_peak_and_prominence_decides_what_is_one(cell, result):
    top = table(result, "dqdv_peaks")["height_mah_v"].max()
    wide = profiles(cell, smoothing_mv=100.0)
    assert table(wide, "dqdv_peaks")["height_mah_v"].max() < 0.95 * top
    assert len(potentials(profiles(cell, prominence_percent=50.0), "charge")) == 1


# Flags ------------------------------------------------------------------------------------------


def test_a_good_test_has_no_flag(result):
    assert codes(result) == set()
    assert result.status == "ok"


def test_a_missing_mass_is_only_a_note(cell):
    found = profiles(peaked(), facts=ACCURACY)
    assert flag(found, "MASS_MISSING").severity == "info"
    assert found.status == "ok"
    assert found.curves[1].y_title == "dQ/dV / mAh/V"
    assert profiles(cell).curves[1].y_title == "dQ/dV / mAh/(g V) of LFP"


def test_a_step_narrower_than_the_window_at_the_end_spoils_the_area():
    """Most of the charge passes within 4 mV, 11 mV before the cut-off of the charge."""
    found = flag(profiles(peaked(peaks=(3.774,), width=0.0012, **MASS)), "DQDV_AREA")
    assert found.severity == "warn"
    assert found.context["half_cycles"] == 3, "the discharge has the step far from its end"
    assert found.context["largest_share"] > 0.05


def test_records_more_than_5_mv_apart_are_undersampled():
    slope = np.linspace(2.5, 3.8, 201)
    result = profiles(_straight(slope, 201))
    assert flag(result, "DQDV_UNDERSAMPLED").context == {"sparse": 2, "coarse": 0}
    fine = profiles(_straight(np.linspace(2.5, 3.8, 301), 301))
    assert "DQDV_UNDERSAMPLED" not in codes(fine)


def _straight(volt, records):
    """One cycle of 1 h up and 1 h down along a line."""
    test = cathode_test(
        [Cycle(1.0, 1.0, 1.0)], replace(HALF_CELL, interval_s=3600 / (records - 1), rest_s=0.0)
    )
    return with_columns(test, voltage_volt=np.concatenate((volt, volt[::-1])))


@pytest.mark.parametrize(("digit", "flagged"), [(1e-4, False), (2e-3, True)])
def test_a_plateau_on_coarse_digits_is_undersampled(digit, flagged):
    result = profiles(peaked(peaks=(3.43,), digit=digit, **MASS))
    assert ("DQDV_UNDERSAMPLED" in codes(result)) is flagged


def test_half_cycles_with_too_few_points_are_left_out_and_named():
    cycles = [Cycle(1.0, 1.0, 1.0), *[Cycle(1.0, 1.0, 4.0)] * 4]
    result = profiles(cathode_test(cycles, replace(HALF_CELL, interval_s=30.0)))
    found = flag(result, "DQDV_TOO_FEW_POINTS")
    assert "cycle 2, charge (delithiation)" in found.message
    assert {m.index for m in result.metrics if m.name == "dqdv_peak_potential"} == {1}
    assert {m.index for m in result.metrics if m.name == "mean_charge_voltage"} == {1, 2, 5}


def test_a_line_without_a_peak_is_told():
    result = profiles(_straight(np.linspace(2.5, 3.8, 601), 601))
    assert flag(result, "DQDV_NO_PEAK").context["half_cycles"] == 2
    assert "dqdv_peak_potential" not in names(result)
    assert "DQDV_NO_PEAK" not in codes(profiles(peaked(**MASS)))


def test_a_voltage_that_dips_is_told_and_noise_is_not(cell):
    dip = cell.columns["voltage_volt"].copy()
    up = np.flatnonzero((cell.columns["cycle_count"] == 2) & (cell.columns["current_ampere"] > 0))
    dip[up[100:110]] -= 0.03
    found = flag(profiles(with_columns(cell, voltage_volt=dip)), "PROFILE_NOT_MONOTONIC")
    assert found.context["half_cycles"] == 1
    assert 0.01 < found.context["largest_v"] < 0.03
    assert "PROFILE_NOT_MONOTONIC" not in codes(profiles(peaked(noise=1e-3, **MASS)))


def test_a_gap_in_the_records_is_told(cell):
    charge = (cell.columns["cycle_count"] == 2) & (cell.columns["current_ampere"] > 0)
    clock = cell.columns["step_time_second"]
    result = profiles(rows(cell, ~(charge & (clock > 600) & (clock < 1800))))
    assert flag(result, "STEP_TIME_GAP").context["half_cycles"] == 1


def test_without_the_accuracy_of_the_voltage_there_is_no_uncertainty(cell):
    found = profiles(cell)
    assert metric(found, "dqdv_peak_potential", 1, "charge, peak 1").u is None
    assert "dqdv_peak_potential" in flag(found, "UNCERTAINTY_UNKNOWN").context["metrics"]
    assert "current_range_a" not in flag(found, "UNCERTAINTY_UNKNOWN").message


def test_a_test_that_opens_in_the_wrong_direction_is_noticed():
    result = profiles(cases.silicon_first_cycle(), facts={"cell_type": "full_cell"},
                      without=("first_half_cycle",))  # fmt: skip
    assert flag(result, "FIRST_HALF_CYCLE_UNEXPECTED").severity == "warn"


def test_a_mass_that_cannot_be_true_gives_no_capacity_per_gram():
    result = profiles(cases.silicon_first_cycle(), facts={"active_mass_mg": 0.3})
    assert flag(result, "CAPACITY_ABOVE_THEORETICAL").severity == "error"
    assert result.curves[0].x_title == "Capacity / mAh"


# Refusals ---------------------------------------------------------------------------------------


def test_fewer_than_a_hundred_points_everywhere_are_refused():
    with pytest.raises(MethodError, match="found at most 61") as refusal:
        profiles(cathode_test([Cycle(1.0, 1.0, 1.0)] * 3))
    assert refusal.value.code == "E_TOO_FEW_POINTS"


def test_a_flat_voltage_is_refused(cell):
    flat = with_columns(cell, voltage_volt=np.full(len(cell.columns["voltage_volt"]), 3.4))
    with pytest.raises(MethodError, match="over 32 mV") as refusal:
        profiles(flat, without=("lower_cutoff_v", "upper_cutoff_v"))
    assert refusal.value.code == "E_TOO_FEW_POINTS"


def test_the_errors_of_the_record_are_those_of_the_cycling_analysis(cell):
    volt = cell.columns["voltage_volt"]
    turned = with_columns(cell, current_ampere=-cell.columns["current_ampere"], **COUNTERS)
    cases_by_code = {
        "E_WRONG_KIND": (turned, {}),
        "E_NON_FINITE": (with_columns(cell, voltage_volt=np.where(volt > 3.4, np.nan, volt)), {}),
        "E_COLUMNS_MISSING": (with_columns(cell, current_ampere=None), {}),
        "E_CAPACITY_MISMATCH": (
            with_columns(cell, current_ampere=1e3 * cell.columns["current_ampere"]), {},
        ),
        "E_TOO_FEW_POINTS": (rows(cell, slice(0, 1)), {}),
        "E_META_IMPLAUSIBLE:cell_type": (cell, {"cell_type": "anode"}),
    }  # fmt: skip
    for code, (test, facts) in cases_by_code.items():
        with pytest.raises(MethodError) as refusal:
            profiles(test, facts=facts)
        assert refusal.value.code == code


def test_a_symmetric_cell_is_refused_and_does_not_start_it(cell):
    with pytest.raises(MethodError) as refusal:
        profiles(cell, facts={"cell_type": "symmetric_li"})
    assert refusal.value.code == "E_WRONG_KIND"
    assert not METHOD.triggers(CYCLING, {"cell_type": "symmetric_li"})
    assert METHOD.triggers(CYCLING, {"cell_type": "anode_half_cell"})
    assert not METHOD.triggers(IMPEDANCE, {"cell_type": "anode_half_cell"})


# Truth of intervals -----------------------------------------------------------------------------


def test_intervals_hold_the_potential_in_90_to_99_percent_of_200_cells():
    """Noise of 0.3 mV and an error of the whole channel with a standard deviation of 0.2 mV."""
    protocol, hits = replace(SLOW, interval_s=20.0), 0
    for seed in range(200):
        rng = np.random.default_rng(seed)
        test = peaked(1, protocol=protocol, peaks=(3.4,), noise=3e-4, seed=seed)
        shifted = test.columns["voltage_volt"] + 2e-4 * rng.standard_normal()
        result = profiles(
            with_columns(test, voltage_volt=shifted), facts={"voltage_accuracy_v": 2e-4}
        )
        found = metric(result, "dqdv_peak_potential", 1, "charge, peak 1")
        hits += found.lo95 <= 3.4 + POLARISATION_V / 2 <= found.hi95
    assert 180 <= hits <= 198
