"""The cycling analysis returns the truth that synthetic tests were built with (ANALYSES A08)."""

from dataclasses import replace

import numpy as np
import pytest

from analysis.methods import MethodError
from labsite.demo import cycling_cases as cases
from labsite.demo.cycling import Cycle
from tests.methods.cycling_runs import (
    HALF_CELL,
    analyse,
    cathode_test,
    codes,
    flag,
    metric,
    names,
    table,
    with_columns,
)


@pytest.fixture(scope="module")
def silicon():
    """FX-SI300."""
    return cases.silicon_300()


@pytest.fixture(scope="module")
def silicon_result(silicon):
    return analyse(silicon)


def test_silicon_keeps_90_8_percent_after_300_cycles_at_the_nominal_rate(silicon_result):
    kept = metric(silicon_result, "capacity_retention", 300)
    assert kept.value == pytest.approx(90.80, abs=0.001)
    assert kept.qualifier == "first_of_nominal_rate"
    assert metric(silicon_result, "retention_reference_cycle").value == 4
    assert "cycle 4 at 0.9715 mA" in kept.definition


def test_silicon_has_a_mean_efficiency_of_99_3_percent_without_formation(silicon_result):
    mean = metric(silicon_result, "average_coulombic_efficiency", qualifier="")
    assert mean.value == pytest.approx(99.30, abs=1e-4)
    assert mean.n == 299
    with_first = metric(
        silicon_result, "average_coulombic_efficiency", qualifier="with_first_cycle"
    )
    assert with_first.n == 300


def test_silicon_has_an_initial_efficiency_of_87_1_percent(silicon_result):
    assert metric(silicon_result, "initial_coulombic_efficiency").value == pytest.approx(87.10)


def test_discharge_of_an_anode_half_cell_is_lithiation(silicon_result):
    assert metric(silicon_result, "specific_capacity_lithiation", 1).value == pytest.approx(2081.6)
    assert metric(silicon_result, "specific_discharge_capacity", 1).value == pytest.approx(2081.6)
    delithiated = metric(silicon_result, "specific_capacity_delithiation", 1).value
    assert delithiated == pytest.approx(0.871 * 2081.6)
    assert metric(silicon_result, "coulombic_efficiency", 1).value == pytest.approx(87.1)


def test_a_life_that_did_not_end_is_at_least_the_last_cycle(silicon_result):
    life = metric(silicon_result, "cycle_life_80")
    assert (life.value, life.censored, life.u) == (300, "lower", None)
    assert flag(silicon_result, "LIFE_NOT_REACHED").severity == "info"


def test_chosen_cycles_are_the_first_two_the_reference_milestones_and_the_last(silicon_result):
    found = {m.index for m in silicon_result.metrics if m.name == "charge_capacity"}
    assert found == {1, 2, 4, 53, 103, 203, 303}


def test_cycle_1_as_reference_is_refused_because_its_rate_is_another(silicon):
    with pytest.raises(MethodError) as refusal:
        analyse(silicon, retention_reference="cycle_1", retention_capacity="discharge")
    assert refusal.value.code == "E_RATE_MISMATCH"
    assert "49.95 %" in refusal.value.message


def test_a_silicon_cell_declared_as_full_cell_is_noticed_and_has_no_initial_efficiency(silicon):
    """FX-MISTYPED."""
    result = analyse(silicon, facts={"cell_type": "full_cell"}, without=("first_half_cycle",))
    assert flag(result, "FIRST_HALF_CYCLE_UNEXPECTED").severity == "warn"
    assert "initial_coulombic_efficiency" not in names(result)
    assert "irreversible_capacity_first_cycle" not in names(result)
    assert result.status == "warning"
    forced = metric(result, "average_coulombic_efficiency", qualifier="")
    assert forced.value == pytest.approx(100.7, abs=0.05)
    assert metric(result, "coulombic_efficiency", 1).value == pytest.approx(114.5, abs=0.05)


def test_silicon_lithiated_3413_6_and_delithiated_2973_2_has_87_1_percent():
    """FX-ICE."""
    result = analyse(cases.silicon_first_cycle())
    assert metric(result, "initial_coulombic_efficiency").value == pytest.approx(87.1, abs=0.01)
    assert metric(result, "specific_capacity_lithiation", 1).value == pytest.approx(3413.6)
    assert metric(result, "specific_capacity_delithiation", 1).value == pytest.approx(2973.2)
    lost = metric(result, "irreversible_capacity_first_cycle")
    assert lost.value == pytest.approx(3413.6 - 2973.2, rel=1e-6)


def test_a_full_cell_keeps_98_3_percent_after_100_cycles_and_80_percent_at_145():
    """FX-FULL."""
    result = analyse(cases.full_cell_145())
    assert metric(result, "capacity_retention", 100).value == pytest.approx(98.30, abs=0.001)
    life = metric(result, "cycle_life_80")
    assert life.value == pytest.approx(145.0, abs=0.01)
    assert life.censored == "none"
    assert life.qualifier == "80 %"
    assert "whole cycles: 145" in life.definition


@pytest.mark.parametrize("seed", range(8))
def test_noise_and_one_bad_cycle_do_not_end_the_life_of_a_full_cell(seed):
    """FX-FULL with 0.3 % scatter and cycle 61 down by 30 %: not 61."""
    result = analyse(cases.full_cell_145(noise=0.003, outlier_at=61, seed=seed))
    life = metric(result, "cycle_life_80")
    assert life.value == pytest.approx(145.0, abs=3 * life.u)
    assert 0.3 < life.u < 2.0


def test_the_noisy_full_cell_of_the_specification_lives_145_cycles():
    life = metric(analyse(cases.full_cell_145(noise=0.003, outlier_at=61)), "cycle_life_80")
    assert life.value == pytest.approx(145.0, abs=1.0)


def test_a_single_bad_cycle_ends_the_life_when_one_is_enough():
    result = analyse(cases.full_cell_145(outlier_at=61), life_consecutive=1)
    assert metric(result, "cycle_life_80").value == pytest.approx(61, abs=1)


def test_life_to_another_threshold_is_not_called_cycle_life_80():
    result = analyse(cases.full_cell_145(), life_threshold_percent=90.0)
    expected = 100 + 45 * (98.3 - 90) / (98.3 - 80)
    life = metric(result, "cycle_life", qualifier="90 %")
    assert "cycle_life_80" not in names(result)
    assert life.value == pytest.approx(expected, abs=0.01)


def test_an_extrapolated_life_continues_the_line_and_is_flagged(silicon):
    result = analyse(silicon, life_if_not_reached="linear_extrapolation")
    life = metric(result, "cycle_life_80")
    assert life.value == pytest.approx(1 + 0.2 / (0.092 / 299), rel=1e-6)
    assert life.censored == "none"
    assert life.u is None
    assert flag(result, "LIFE_EXTRAPOLATED").severity == "warn"


def test_fade_is_the_slope_of_retention(silicon_result):
    fade = metric(silicon_result, "capacity_fade_rate")
    assert fade.value == pytest.approx(-100 * 0.092 / 299, rel=1e-9)


def test_lfp_keeps_97_2_percent_after_400_cycles():
    """The paper prints 97.3 for 143.3/147.4; tolerance 0.2 points."""
    result = analyse(cases.lfp_400())
    kept = metric(result, "capacity_retention", 400)
    assert kept.value == pytest.approx(97.2, abs=0.2)
    assert kept.value == pytest.approx(100 * 143.3 / 147.4, abs=1e-3)
    assert metric(result, "initial_coulombic_efficiency").value == pytest.approx(97.1)
    assert metric(result, "specific_discharge_capacity", 1).value == pytest.approx(147.4)
    assert metric(result, "c_rate", 1, "charge").value == pytest.approx(1.0)


def test_nmc811_falls_below_80_percent_within_90_cycles():
    result = analyse(cases.nmc811_90())
    assert metric(result, "capacity_retention", 90).value == pytest.approx(77.4, abs=1e-3)
    assert metric(result, "cycle_life_80").value == pytest.approx(1 + 89 * 0.2 / 0.226, abs=0.01)
    assert "c_rate" not in names(result), "there is no 1C for it"


def test_a_high_loading_runs_at_1_396_ma_per_cm2():
    """1.3 mg/cm2 at 0.3 C of 3579 mA/g; the paper rounds to 1.4."""
    result = analyse(cases.silicon_high_loading())
    assert metric(result, "current_density", 3, "discharge").value == pytest.approx(1.396, abs=1e-3)
    assert metric(result, "specific_current", 3, "charge").value == pytest.approx(0.3 * 3579)
    cycle_1 = table(result, "cycles")["discharge_current_density_ma_cm2"][0]
    assert cycle_1 == pytest.approx(0.9305, abs=1e-4)


def test_a_pouch_cell_of_11_7_mah_has_140_mah_per_gram_of_83_57_mg():
    result = analyse(cases.pouch())
    assert metric(result, "discharge_capacity", 1).value == pytest.approx(11.70, abs=0.001)
    assert metric(result, "specific_discharge_capacity", 1).value == pytest.approx(140.0)
    assert metric(result, "areal_capacity", 1).value == pytest.approx(11.70 / 16, abs=1e-4)


def test_silicon_in_a_sulfide_loses_85_7_percent_in_five_cycles():
    result = analyse(cases.silicon_in_sulfide())
    assert metric(result, "capacity_retention", 5).value == pytest.approx(14.25, abs=0.01)


def test_the_cycle_number_of_the_file_does_not_decide_what_is_paired(silicon):
    """Cyclers that count a cycle from charge to discharge shift an anode half cell by a half."""
    shifted = cases.silicon_300(replace(cases.SILICON, counts_with=1))
    result = analyse(shifted)
    own, instrument = table(result, "cycles"), table(result, "instrument_cycles")
    np.testing.assert_allclose(own["coulombic_efficiency_percent"][1:], 99.3)
    mixed = 100 * (2081.6 + 2076.6) / (0.871 * 2081.6)
    assert instrument["discharge_over_charge_percent"][0] == pytest.approx(mixed)
    assert metric(result, "capacity_retention", 300).value == pytest.approx(90.8, abs=1e-3)


def test_both_families_agree_where_both_pairings_coincide(silicon, silicon_result):
    own, instrument = table(silicon_result, "cycles"), table(silicon_result, "instrument_cycles")
    for direction in ("charge", "discharge"):
        np.testing.assert_allclose(
            own[f"{direction}_capacity_mah"],
            instrument[f"instrument_{direction}_capacity_mah"],
            rtol=1e-9,
        )
    truth = [cycle.charge_mah for cycle in silicon.cycles]
    np.testing.assert_allclose(own["charge_capacity_mah"], truth, rtol=1e-9)


def test_the_reference_can_be_the_largest_a_given_cycle_or_a_mean_of_three():
    capacities = [1.0, 1.04, 1.02, 1.0, 0.98, 0.96, 0.94, 0.92]
    test = cathode_test([Cycle(q, q, 1.0) for q in capacities])
    expected = {
        "first_of_nominal_rate": (1, 1.0, 8),
        "cycle_1": (1, 1.0, 8),
        "max": (2, 1.04, 7),
        "nth": (4, 1.0, 5),
        "mean_first_3": (1, 1.02, 8),
    }
    for kind, (cycle, base, n) in expected.items():
        result = analyse(test, retention_reference=kind, reference_cycle=4)
        assert metric(result, "retention_reference_cycle").value == cycle
        kept = metric(result, "capacity_retention", n)
        assert kept.value == pytest.approx(92.0 / base, rel=1e-6), kind
        assert kept.qualifier == kind


def test_later_blocks_at_the_nominal_rate_count_but_check_ups_between_do_not():
    fast, slow = Cycle(1.0, 1.0, 1.0), Cycle(1.5, 1.5, 0.2)
    worn = Cycle(0.9, 0.9, 1.0)
    result = analyse(cathode_test([slow, *[fast] * 6, slow, *[worn] * 5]))
    assert metric(result, "retention_reference_cycle").value == 2
    assert metric(result, "capacity_retention", 12).value == pytest.approx(90.0)
    retention = table(result, "cycles")["capacity_retention_percent"]
    assert np.isnan(retention[[0, 7]]).all()
    assert np.isfinite(np.delete(retention, [0, 7])).all()


def test_charge_at_held_voltage_counts_and_is_reported():
    protocol = replace(HALF_CELL, interval_s=5.0)
    cycles = [Cycle(1.0, 0.98, 1.0, held=0.25)] * 4
    result = analyse(cathode_test(cycles, protocol))
    assert metric(result, "charge_capacity", 2).value == pytest.approx(1.0, rel=1e-5)
    held = table(result, "cycles")["charge_cv_fraction"]
    np.testing.assert_allclose(held, 0.25, atol=0.03)
    assert metric(result, "coulombic_efficiency", 2).value == pytest.approx(98.0, abs=1e-3)


def test_without_mass_capacities_stand_in_mah_and_efficiencies_are_published(silicon):
    result = analyse(silicon, without=("active_mass_mg",))
    assert flag(result, "MASS_MISSING").severity == "warn"
    assert result.status == "warning"
    assert not {name for name in names(result) if name.startswith("specific_")}
    assert metric(result, "capacity_retention", 300).value == pytest.approx(90.8, abs=1e-3)
    assert metric(result, "initial_coulombic_efficiency").value == pytest.approx(87.1)
    assert result.curves[0].y_title == "Capacity / mAh"


def test_a_mass_without_its_basis_gives_no_capacity_per_gram(silicon):
    result = analyse(silicon, without=("mass_basis",))
    assert flag(result, "MASS_MISSING").severity == "warn"
    assert not {name for name in names(result) if name.startswith("specific_")}


def test_energies_and_mean_voltages_are_averages_over_charge():
    """A constant voltage within noise of nothing: V̄ equals it, EE = CE · V̄d/V̄c."""
    test = cathode_test([Cycle(1.0, 0.99, 1.0)] * 3)
    volt = np.where(test.columns["current_ampere"] > 0, 3.5, 3.3)
    level = with_columns(test, voltage_volt=volt)
    result = analyse(level, without=("lower_cutoff_v", "upper_cutoff_v"))
    assert metric(result, "mean_charge_voltage", 2).value == pytest.approx(3.5)
    assert metric(result, "mean_discharge_voltage", 2).value == pytest.approx(3.3)
    assert metric(result, "voltage_hysteresis", 2).value == pytest.approx(0.2)
    assert metric(result, "energy_efficiency", 2).value == pytest.approx(99.0 * 3.3 / 3.5)


def test_an_anode_half_cell_has_no_energy_efficiency(silicon_result):
    assert "energy_efficiency" not in names(silicon_result)


def test_a_declared_leading_half_cycle_is_left_out_without_a_warning(silicon):
    charged_first = cases.cycling_columns(
        silicon.cycles[3:20], replace(cases.SILICON, opens_with=1)
    )
    test = replace(silicon, columns=charged_first)
    result = analyse(test, facts={"first_half_cycle": "charge"})
    assert flag(result, "LEADING_HALF_CYCLE_EXCLUDED").severity == "info"
    assert "FIRST_HALF_CYCLE_UNEXPECTED" not in codes(result)
    assert "initial_coulombic_efficiency" not in names(result)
    efficiency = table(result, "cycles")["coulombic_efficiency_percent"][:-1]
    assert (np.abs(efficiency - 99.3) < 0.1).all(), "still delithiation over lithiation"


def test_running_twice_gives_the_same(silicon, silicon_result):
    again = analyse(silicon)
    assert again.metrics == silicon_result.metrics
    assert again.flags == silicon_result.flags


def test_inputs_are_not_changed(silicon):
    before = {name: values.copy() for name, values in silicon.columns.items()}
    analyse(silicon)
    for name, values in silicon.columns.items():
        np.testing.assert_array_equal(values, before[name])


def test_metrics_are_unique_by_name_index_and_qualifier(silicon_result):
    keys = [(m.name, m.index, m.qualifier) for m in silicon_result.metrics]
    assert len(keys) == len(set(keys))
    assert all(len(m.definition) <= 300 and len(m.qualifier) <= 60 for m in silicon_result.metrics)
