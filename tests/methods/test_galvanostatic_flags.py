"""Every flag of the cycling analysis has a test that raises it and one that does not."""

from dataclasses import replace

import numpy as np
import pytest

from labsite.demo import cycling_cases as cases
from labsite.demo.cycling import Cycle
from tests.methods.cycling_runs import (
    ACCURATE,
    CHANNEL,
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


@pytest.fixture(scope="module")
def silicon():
    """FX-SI300."""
    return cases.silicon_300()


@pytest.fixture(scope="module")
def short():
    """Eight good cycles at one rate."""
    return cathode_test([Cycle(1.0, 0.999, 1.0)] * 8)


def test_a_good_test_with_a_known_channel_has_no_flag_but_the_unfinished_life(short):
    mass = {"active_mass_mg": 7.0, "active_mass_u_mg": 0.01, "mass_basis": "LFP", "area_cm2": 1.0}
    result = analyse(short, facts=ACCURATE | mass)
    assert codes(result) == {"LIFE_NOT_REACHED"}
    assert result.status == "ok"


def test_an_aborted_last_cycle_is_incomplete_and_counts_for_nothing():
    """FX-ABORTED."""
    test = cases.aborted(cases.full_cell_145(), cases.FULL)
    result = analyse(test)
    found = flag(result, "CYCLE_INCOMPLETE")
    assert found.context["cycles"] == [160]
    assert found.severity == "info"
    complete = table(result, "cycles")["complete"]
    assert complete[:-1].all()
    assert not complete[-1]
    assert metric(result, "cycle_life_80").value == pytest.approx(145.0, abs=0.01)
    assert metric(result, "capacity_retention", 159)


def test_an_aborted_last_cycle_is_noticed_without_declared_cut_offs():
    test = cases.aborted(cases.full_cell_145(), cases.FULL)
    result = analyse(test, without=("lower_cutoff_v", "upper_cutoff_v"))
    assert flag(result, "CYCLE_INCOMPLETE").context["cycles"] == [160]


def test_a_cycle_broken_off_in_the_middle_is_a_warning():
    cycles = [Cycle(1.0, 0.999, 1.0)] * 8
    test = cathode_test(cycles)
    discharge_5 = (test.columns["cycle_count"] == 5) & (test.columns["current_ampere"] < 0)
    late = test.columns["step_time_second"] > 1800
    broken = rows(test, ~(discharge_5 & late))
    for without in ((), ("lower_cutoff_v", "upper_cutoff_v")):
        result = analyse(broken, without=without)
        assert flag(result, "CYCLE_INCOMPLETE").context["cycles"] == [5]
        assert flag(result, "CYCLE_INCOMPLETE").severity == "warn"


def test_a_missing_second_half_makes_the_last_cycle_incomplete(short):
    charged = rows(short, short.columns["step_count"] <= 29)
    found = flag(analyse(charged), "CYCLE_INCOMPLETE")
    assert found.context["cycles"] == [8]
    row = {k: v[-1] for k, v in table(analyse(charged), "cycles").items()}
    assert row["charge_capacity_mah"] == pytest.approx(1.0)
    assert np.isnan(row["discharge_capacity_mah"])


def test_complete_cycles_are_not_called_incomplete(silicon):
    assert "CYCLE_INCOMPLETE" not in codes(analyse(silicon))


def test_cycles_limited_by_capacity_are_complete_whatever_their_end_voltage():
    cycles = [Cycle(1.0, 0.9 + 0.01 * k, 1.0) for k in range(8)]
    test = cathode_test(cycles)
    drifting = np.where(test.columns["current_ampere"] > 0, 0.02, 0.0) * test.columns["cycle_count"]
    moved = with_columns(test, voltage_volt=test.columns["voltage_volt"] - drifting)
    assert table(analyse(moved), "cycles")["complete"].all()


@pytest.mark.parametrize(
    ("efficiencies", "flagged"),
    [
        ([0.999] * 8, False),
        ([0.999] * 6 + [1.02] * 2, False),
        ([0.999] * 5 + [1.02] * 3, True),
        ([0.45] + [0.999] * 7, True),
        ([0.55] + [0.999] * 7, False),
    ],
)
def test_efficiencies_above_100_5_in_three_cycles_or_below_50_are_flagged(efficiencies, flagged):
    result = analyse(cathode_test([Cycle(1.0, e, 1.0) for e in efficiencies]))
    assert ("CE_OVER_100" in codes(result)) == flagged


def full_cell(efficiency: float, fade: float = 0.0) -> object:
    cycles = [Cycle(q / efficiency, q, 1.0) for q in 1.0 - fade * np.arange(60) / 59]
    return replace(
        cathode_test(cycles),
        facts={"cell_type": "full_cell", "lower_cutoff_v": 2.5, "upper_cutoff_v": 3.8},
    )


def test_a_full_cell_keeps_no_more_than_its_efficiencies_allow():
    """0.993^59 = 66 %, but 99 % are kept; u(CE) of this channel is 0.05 % of 5 mA, twice."""
    found = flag(analyse(full_cell(0.993, fade=0.01), facts=CHANNEL | {"current_range_a": 0.0005}),
                 "CE_RETENTION_CONFLICT")  # fmt: skip
    assert found.severity == "warn"
    assert found.context["product"] == pytest.approx(0.993**59, rel=1e-6)


def test_a_full_cell_that_loses_what_its_efficiencies_say_is_no_conflict():
    result = analyse(full_cell(0.9999, fade=0.01), facts=CHANNEL)
    assert "CE_RETENTION_CONFLICT" not in codes(result)


def test_an_inaccurate_channel_explains_a_difference_between_efficiency_and_retention():
    """2 n u(CE) ΠCE with u(CE) = 0.5 % of a 5 mA channel at 1 mA and n = 60 exceeds all."""
    result = analyse(full_cell(0.993, fade=0.01), facts=CHANNEL)
    assert "CE_RETENTION_CONFLICT" not in codes(result)


def test_with_an_unknown_channel_the_conflict_is_only_a_note():
    found = flag(analyse(full_cell(0.993, fade=0.01)), "CE_RETENTION_CONFLICT")
    assert found.severity == "info"


def test_in_a_half_cell_the_lithium_excess_is_a_note(silicon):
    found = flag(analyse(silicon, facts=CHANNEL | {"current_range_a": 0.001}),
                 "CE_RETENTION_CONFLICT")  # fmt: skip
    assert found.severity == "info"
    assert found.context["product"] == pytest.approx(0.993**299, rel=1e-6)


@pytest.mark.parametrize(
    ("capacity", "severity"),
    [(3570, None), (3600, "info"), (3800, "warn"), (4500, "error")],
)
def test_silicon_above_its_theory_is_flagged_by_degrees(capacity, severity):
    test = cases.silicon_first_cycle()
    mass = 0.6786 * 3413.6 / capacity
    result = analyse(test, facts={"active_mass_mg": mass})
    if severity is None:
        assert "CAPACITY_ABOVE_THEORETICAL" not in codes(result)
    else:
        found = flag(result, "CAPACITY_ABOVE_THEORETICAL")
        assert found.severity == severity
        assert found.context["capacity_mah_g"] == pytest.approx(capacity)
    per_gram = {m.name for m in result.metrics if m.name.startswith("specific_")}
    assert bool(per_gram) is (severity != "error")
    assert metric(result, "charge_capacity", 1).value > 0


def test_an_initial_efficiency_far_above_100_percent_is_not_published():
    """A file that begins in the middle of the first discharge gives back more than it took."""
    test = cases.silicon_first_cycle()
    start = int(np.argmax(test.columns["step_type"] != test.columns["step_type"][0]))
    counters = dict.fromkeys(("step_charging_capacity_ah", "step_discharging_capacity_ah"))
    result = analyse(with_columns(rows(test, slice(start // 2, None)), **counters))
    assert "initial_coulombic_efficiency" not in names(result)
    assert "no initial efficiency" in flag(result, "CE_OVER_100").message


@pytest.mark.parametrize(
    ("basis", "capacity", "flagged"),
    [
        ("LFP", 178.0, False),
        ("LFP", 179.0, True),
        ("LiFePO4", 179.0, True),
        ("NMC811", 289.0, False),
        ("NMC811", 291.0, True),
        ("graphite", 900.0, False),
    ],
)
def test_positive_electrodes_above_1_05_of_theory_are_flagged(basis, capacity, flagged):
    test = cathode_test(
        [Cycle(1.0, 0.999, 1.0)] * 3, active_mass_mg=1000 / capacity, mass_basis=basis
    )
    assert ("CAPACITY_ABOVE_THEORETICAL" in codes(analyse(test))) == flagged


def test_376_ma_per_gram_are_not_0_1_c_of_3579():
    """They are 0.105 C, or 0.1 C of 3760 (annotation 2 of the reference study)."""
    rates = cases.silicon_rates()
    found = flag(analyse(rates), "CRATE_LABEL_MISMATCH")
    assert found.context["actual"] == pytest.approx(0.1051, abs=1e-4)
    of_3760 = analyse(rates, facts={"one_c_ma_g": 3760.0})
    assert "CRATE_LABEL_MISMATCH" not in codes(of_3760)


def test_a_rate_test_has_no_clear_nominal_rate_unless_it_is_declared():
    rates = cases.silicon_rates()
    assert "FORMATION_AMBIGUOUS" in codes(analyse(rates, without=("nominal_c_rate",)))
    declared = analyse(rates, facts={"nominal_c_rate": 940 / 3579})
    assert "FORMATION_AMBIGUOUS" not in codes(declared)
    assert metric(declared, "specific_current", 6, "charge").value == pytest.approx(940.0)


def test_three_formation_cycles_before_three_hundred_are_clear(silicon):
    assert "FORMATION_AMBIGUOUS" not in codes(analyse(silicon))


def test_a_reference_cycle_unlike_the_next_three_is_flagged():
    odd = cathode_test([Cycle(1.1, 1.05, 1.0), *[Cycle(1.0, 1.0, 1.0)] * 6])
    found = flag(analyse(odd), "REF_CYCLE_OUTLIER")
    assert found.context["following_percent"] == pytest.approx(100 / 1.05)
    even = cathode_test([Cycle(1.1, 1.02, 1.0), *[Cycle(1.0, 1.0, 1.0)] * 6])
    assert "REF_CYCLE_OUTLIER" not in codes(analyse(even))


def test_a_cut_off_that_no_cycle_reaches_is_flagged_and_the_usual_end_counts(short):
    result = analyse(short, facts={"upper_cutoff_v": 4.2})
    found = flag(result, "CUTOFF_NOT_REACHED")
    assert found.context["found_v"] == pytest.approx(3.8)
    assert table(result, "cycles")["complete"].all()


def test_a_cut_off_met_within_5_mv_is_reached():
    protocol = replace(HALF_CELL, interval_s=10.0)
    near = cathode_test([Cycle(1.0, 0.9 + 0.01 * k, 1.0) for k in range(8)], protocol)
    for upper, missed in ((3.804, False), (3.9, True)):
        result = analyse(near, facts={"upper_cutoff_v": upper})
        assert ("CUTOFF_NOT_REACHED" in codes(result)) == missed


def test_a_gap_in_the_records_is_flagged(short):
    charge_4 = (short.columns["cycle_count"] == 4) & (short.columns["current_ampere"] > 0)
    clock = short.columns["step_time_second"]
    gap = rows(short, ~(charge_4 & (clock > 600) & (clock < 1800)))
    found = flag(analyse(gap), "STEP_TIME_GAP")
    assert found.context["longest_s"] == pytest.approx(1200, abs=61)
    charge = table(analyse(gap), "cycles")["charge_capacity_mah"]
    np.testing.assert_allclose(charge, 1.0, rtol=1e-9)


def test_a_pause_that_only_the_step_clock_shows_is_flagged(short):
    in_charge_4 = (short.columns["cycle_count"] == 4) & (short.columns["current_ampere"] > 0)
    start = np.flatnonzero(in_charge_4 & (short.columns["step_time_second"] > 1800))[0]
    late = short.columns["record_index"] > start
    paused = with_columns(short, test_time_second=short.columns["test_time_second"] + 30.0 * late)
    assert flag(analyse(paused), "STEP_TIME_GAP").context["longest_s"] == pytest.approx(30.0)


def test_an_even_test_has_no_gap(silicon):
    assert "STEP_TIME_GAP" not in codes(analyse(silicon))


def with_temperature(test, celsius):
    return with_columns(test, ambient_temperature_celsius=np.asarray(celsius, dtype=float))


def test_a_room_3_k_too_warm_for_one_cycle_is_flagged(short):
    warm = 25.0 + 3.0 * (short.columns["cycle_count"] == 6)
    result = analyse(with_temperature(short, warm))
    assert flag(result, "TEMPERATURE_EXCURSION").context["largest_k"] == pytest.approx(3.0)
    assert table(result, "cycles")["temperature_celsius"][5] == pytest.approx(28.0)


def test_a_room_that_is_1_k_off_is_not_flagged_but_another_than_declared_is(short):
    rough = 25.0 + 1.0 * (short.columns["cycle_count"] == 6)
    measured = with_temperature(short, rough)
    assert "TEMPERATURE_EXCURSION" not in codes(analyse(measured))
    declared = analyse(measured, facts={"temperature_celsius": 60.0})
    assert flag(declared, "TEMPERATURE_EXCURSION").context["largest_k"] == pytest.approx(-35.0)


def test_missing_ends_of_steps_are_a_note_where_they_could_be_continued():
    protocol = replace(HALF_CELL, interval_s=30.0, end_records=False)
    result = analyse(cathode_test([Cycle(1.0, 0.99, 1.0)] * 4, protocol))
    found = flag(result, "STEP_END_MISSING")
    assert found.severity == "info"
    assert found.context["largest_share"] == pytest.approx(30 / 3600, rel=0.02)
    assert metric(result, "charge_capacity", 1).value == pytest.approx(1.0, rel=1e-9)


def test_missing_ends_of_held_voltage_are_a_warning():
    protocol = replace(HALF_CELL, interval_s=30.0, end_records=False, rest_s=0.0)
    cycles = [Cycle(1.0, 0.99, 1.0, held=0.2)] * 4
    assert flag(analyse(cathode_test(cycles, protocol)), "STEP_END_MISSING").severity == "warn"


def test_recorded_ends_of_steps_are_not_missed(short):
    assert "STEP_END_MISSING" not in codes(analyse(short))


def test_an_instrument_that_counts_1_percent_more_is_flagged(short):
    more = with_columns(
        short, step_charging_capacity_ah=1.01 * short.columns["step_charging_capacity_ah"]
    )
    found = flag(analyse(more), "CAPACITY_MISMATCH")
    assert found.context["half_cycles"] == 8
    little = with_columns(
        short, step_charging_capacity_ah=1.004 * short.columns["step_charging_capacity_ah"]
    )
    assert "CAPACITY_MISMATCH" not in codes(analyse(little))


def test_a_file_that_begins_with_cycle_40_continues_another(short):
    late = with_columns(short, cycle_count=short.columns["cycle_count"] + 39)
    result = analyse(late)
    assert flag(result, "TEST_CONTINUED").context["first_cycle"] == 40
    assert "initial_coulombic_efficiency" not in names(result)
    assert "TEST_CONTINUED" not in codes(analyse(short))


def test_an_expected_first_half_cycle_is_not_flagged(silicon):
    assert "FIRST_HALF_CYCLE_UNEXPECTED" not in codes(analyse(silicon))


def test_a_declaration_that_the_test_contradicts_is_unexpected(silicon):
    result = analyse(silicon, facts={"first_half_cycle": "charge"})
    assert "first_half_cycle charge" in flag(result, "FIRST_HALF_CYCLE_UNEXPECTED").message
    assert "initial_coulombic_efficiency" not in names(result)


def test_a_few_unusable_rows_are_left_out_and_said(short):
    volt = short.columns["voltage_volt"].copy()
    volt[[40, 41, 300]] = np.nan
    result = analyse(with_columns(short, voltage_volt=volt))
    assert flag(result, "NON_FINITE_DROPPED").context["rows"] == 3
    assert metric(result, "charge_capacity", 1).value == pytest.approx(1.0, rel=1e-9)


def test_metrics_without_uncertainty_are_named_with_the_facts_that_they_need(short):
    found = flag(analyse(short), "UNCERTAINTY_UNKNOWN")
    assert "coulombic_efficiency" in found.context["metrics"]
    assert "current_accuracy_fraction" in found.message


def test_uncertainties_that_lack_a_part_are_said_to_be_incomplete(silicon):
    found = flag(analyse(silicon), "UNCERTAINTY_INCOMPLETE")
    assert any("current_accuracy" in name for name in found.context["missing"])
    complete = analyse(silicon, facts=ACCURATE)
    assert not codes(complete) & {"UNCERTAINTY_UNKNOWN", "UNCERTAINTY_INCOMPLETE"}


def test_an_active_mass_above_a_gram_is_doubted(silicon):
    result = analyse(silicon, facts={"active_mass_mg": 1500.0})
    assert flag(result, "META_IMPLAUSIBLE").context["field"] == "active_mass_mg"
    assert "META_IMPLAUSIBLE" not in codes(analyse(silicon))
