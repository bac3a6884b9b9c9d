"""What the cycling analysis refuses, with its reason, and what it only just accepts."""

import numpy as np
import pytest

from analysis.methods import MethodError
from analysis.methods.galvanostatic_cycling import METHOD
from labsite.demo import cycling_cases as cases
from labsite.demo.cycling import Cycle
from tests.methods.cycling_runs import analyse, cathode_test, metric, names, rows, with_columns


@pytest.fixture(scope="module")
def test_of_eight():
    """Eight good cycles."""
    return cathode_test([Cycle(1.0, 0.999, 1.0)] * 8)


def refusal(test, **changes) -> MethodError:
    with pytest.raises(MethodError) as caught:
        analyse(test, **changes)
    return caught.value


def test_a_missing_cell_type_is_refused_and_says_what_is_allowed(test_of_eight):
    error = refusal(test_of_eight, without=("cell_type",))
    assert error.code == "E_META_MISSING:cell_type"
    assert "anode_half_cell, cathode_half_cell, full_cell" in error.message


def test_a_symmetric_cell_is_sent_to_plating_and_stripping(test_of_eight):
    error = refusal(test_of_eight, facts={"cell_type": "symmetric_li"})
    assert error.code == "E_WRONG_KIND"
    assert "li_plating_stripping" in error.message


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"cell_type": "half"}, "E_META_IMPLAUSIBLE:cell_type"),
        ({"first_half_cycle": "lithiation"}, "E_META_IMPLAUSIBLE:first_half_cycle"),
        ({"active_mass_mg": 0.0}, "E_META_IMPLAUSIBLE:active_mass_mg"),
        ({"active_mass_mg": "7 mg"}, "E_META_IMPLAUSIBLE:active_mass_mg"),
        ({"area_cm2": -1.0}, "E_META_IMPLAUSIBLE:area_cm2"),
        ({"lower_cutoff_v": 3.9}, "E_META_IMPLAUSIBLE:lower_cutoff_v"),
    ],
)
def test_impossible_facts_are_refused_by_name(test_of_eight, facts, code):
    assert refusal(test_of_eight, facts=facts).code == code


@pytest.mark.parametrize("column", ["test_time_second", "voltage_volt", "current_ampere"])
def test_a_table_without_time_voltage_or_current_is_refused(test_of_eight, column):
    error = refusal(with_columns(test_of_eight, **{column: None}))
    assert error.code == "E_COLUMNS_MISSING"
    assert column in error.message


def test_a_file_of_rest_alone_is_refused(test_of_eight):
    resting = with_columns(test_of_eight, current_ampere=np.zeros(1008))
    error = refusal(resting)
    assert error.code == "E_WRONG_KIND"
    assert "neither a charge nor a discharge" in error.message


def test_one_charge_alone_is_no_cycle(test_of_eight):
    error = refusal(rows(test_of_eight, slice(0, 50)))
    assert error.code == "E_TOO_FEW_POINTS"
    assert "1 charges and 0 discharges" in error.message


def test_nine_rows_are_too_few(test_of_eight):
    assert refusal(rows(test_of_eight, slice(0, 9))).code == "E_TOO_FEW_POINTS"


def test_one_cycle_is_enough_for_its_efficiency_but_not_for_retention(test_of_eight):
    result = analyse(rows(test_of_eight, test_of_eight.columns["cycle_count"] == 1))
    assert metric(result, "initial_coulombic_efficiency").value == pytest.approx(99.9)
    assert not names(result) & {"capacity_retention", "cycle_life_80", "capacity_fade_rate"}


def test_time_that_goes_back_is_refused_with_the_row(test_of_eight):
    time = test_of_eight.columns["test_time_second"].copy()
    time[500:] -= 3600.0
    error = refusal(with_columns(test_of_eight, test_time_second=time))
    assert error.code == "E_NON_MONOTONIC_TIME"
    assert "row 500" in error.message


def test_repeated_rows_do_no_harm(test_of_eight):
    """Duplicated rows have zero intervals."""
    twice = rows(test_of_eight, np.repeat(np.arange(1008), 2))
    assert metric(analyse(twice), "charge_capacity", 1).value == pytest.approx(1.0)


def test_more_than_1_percent_of_unusable_rows_are_refused(test_of_eight):
    current = test_of_eight.columns["current_ampere"].copy()
    current[100:112] = np.nan
    error = refusal(with_columns(test_of_eight, current_ampere=current))
    assert error.code == "E_NON_FINITE"
    assert "12 of 1008" in error.message
    assert "row 101" in error.message


@pytest.mark.parametrize("factor", [1000.0, 1e-3, 1.06, 0.94])
def test_capacities_that_contradict_the_current_are_refused(test_of_eight, factor):
    """FX-UNIT-SLIP: mAh read as Ah gives 1000."""
    columns = ("step_charging_capacity_ah", "step_discharging_capacity_ah")
    slipped = {name: factor * test_of_eight.columns[name] for name in columns}
    error = refusal(with_columns(test_of_eight, **slipped))
    assert error.code == "E_CAPACITY_MISMATCH"
    assert f"the ratio is {factor:.4g}" in error.message


@pytest.mark.parametrize(
    ("charging", "discharging"),
    [
        ("cycle_charging_capacity_ah", "cycle_discharging_capacity_ah"),
        ("charging_capacity_ah", "discharging_capacity_ah"),
    ],
)
def test_counters_that_restart_with_cycles_or_never_are_compared_too(charging, discharging):
    test = cathode_test([Cycle(1.0, 0.9, 1.0)] * 4)
    steps = [test.columns[f"step_{word}charging_capacity_ah"] for word in ("", "dis")]
    never = []
    for step in steps:
        grown = np.diff(step, prepend=0.0)
        never.append(np.cumsum(np.where(grown < 0, step, grown)))
    counters = never
    if charging.startswith("cycle"):
        number = test.columns["cycle_count"]
        start = np.searchsorted(number, number)
        counters = [total - np.append(0.0, total)[start] for total in never]
    own = {charging: counters[0], discharging: counters[1]}
    none = {"step_charging_capacity_ah": None, "step_discharging_capacity_ah": None}
    result = analyse(with_columns(test, **own, **none))
    assert metric(result, "instrument_discharge_capacity", 2).value == pytest.approx(0.9)
    assert metric(result, "instrument_charge_capacity", 4).value == pytest.approx(1.0)
    slipped = {name: 1000 * values for name, values in own.items()}
    assert refusal(with_columns(test, **slipped, **none)).code == "E_CAPACITY_MISMATCH"


def test_a_current_in_ma_read_as_a_is_refused_where_capacities_were_counted(test_of_eight):
    thousandfold = 1000 * test_of_eight.columns["current_ampere"]
    error = refusal(with_columns(test_of_eight, current_ampere=thousandfold))
    assert error.code == "E_CAPACITY_MISMATCH"


def test_negative_capacities_are_refused(test_of_eight):
    net = -test_of_eight.columns["step_discharging_capacity_ah"]
    error = refusal(with_columns(test_of_eight, step_discharging_capacity_ah=net))
    assert error.code == "E_NEGATIVE_CAPACITY"


def test_counters_that_were_never_filled_are_no_contradiction(test_of_eight):
    nothing = np.zeros(1008)
    silent = with_columns(
        test_of_eight, step_charging_capacity_ah=nothing, step_discharging_capacity_ah=nothing
    )
    result = analyse(silent)
    assert "instrument_charge_capacity" not in names(result)
    assert metric(result, "charge_capacity", 1).value == pytest.approx(1.0)


def test_columns_of_nothing_are_no_contradiction_either(test_of_eight):
    unknown = np.full(1008, np.nan)
    silent = with_columns(
        test_of_eight, step_charging_capacity_ah=unknown, step_discharging_capacity_ah=unknown
    )
    assert "instrument_charge_capacity" not in names(analyse(silent))


@pytest.mark.parametrize(("kind", "cycle"), [("nth", 2), ("nth", 1), ("cycle_1", 9)])
def test_a_reference_at_another_rate_is_refused(kind, cycle):
    slow = [Cycle(1.5, 1.5, 0.2)] * 2
    test = cathode_test([*slow, *[Cycle(1.0, 1.0, 1.0)] * 6])
    error = refusal(test, retention_reference=kind, reference_cycle=cycle)
    assert error.code == "E_RATE_MISMATCH"
    assert "66.67 %" in error.message


def test_a_reference_beyond_the_test_is_refused(test_of_eight):
    error = refusal(test_of_eight, retention_reference="nth", reference_cycle=9)
    assert error.code == "E_PARAM_INVALID"


def test_a_refused_reference_names_the_currents_of_both_directions():
    """Only the charge differs: the sentence must show it."""
    other = cathode_test([Cycle(1.0, 1.0, 0.5), *[Cycle(1.0, 1.0, 1.0)] * 6])
    current = other.columns["current_ampere"].copy()
    first = (other.columns["cycle_count"] == 1) & (current < 0)
    columns = dict.fromkeys(("step_charging_capacity_ah", "step_discharging_capacity_ah"))
    error = refusal(
        with_columns(other, current_ampere=np.where(first, 2 * current, current), **columns),
        retention_reference="cycle_1",
    )
    assert error.code == "E_RATE_MISMATCH"
    assert "0.5 / 1 mA, the nominal rate is 1 / 1 mA (charge / discharge)" in error.message


def test_a_current_of_the_wrong_sign_is_refused(test_of_eight):
    turned = -test_of_eight.columns["current_ampere"]
    error = refusal(with_columns(test_of_eight, current_ampere=turned))
    assert error.code == "E_WRONG_KIND"
    assert "wrong sign" in error.message


@pytest.mark.parametrize(
    ("cell_type", "starts"),
    [("anode_half_cell", True), ("full_cell", True), (None, True), ("symmetric_li", False)],
)
def test_it_starts_for_cycling_of_cells_that_are_not_symmetric(cell_type, starts):
    facts = {"cell_type": cell_type} if cell_type else {}
    assert METHOD.triggers("cycling", facts) is starts
    assert METHOD.triggers("impedance", facts) is False


def test_a_test_without_steps_cycles_and_counters_gives_the_same_numbers():
    """Only time, voltage and current: the minimum of the Battery Data Format."""
    full = cases.full_cell_145()
    kept = ("test_time_second", "voltage_volt", "current_ampere")
    bare = with_columns(full, **{name: None for name in full.columns if name not in kept})
    result = analyse(bare)
    assert metric(result, "cycle_life_80").value == pytest.approx(145.0, abs=0.01)
    assert metric(result, "capacity_retention", 100).value == pytest.approx(98.3, abs=1e-3)
    assert {table.name for table in result.tables} == {"cycles"}
