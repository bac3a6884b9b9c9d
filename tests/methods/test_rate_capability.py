"""The rate analysis returns the truth that synthetic tests were built with (ANALYSES A09)."""

from dataclasses import replace

import numpy as np
import pytest

from analysis.methods import MethodError
from analysis.methods.rate_capability import METHOD
from labsite.demo import cycling_cases as cases
from labsite.demo.cycling import Cycle
from measurements import columns
from measurements.formats import neware
from tests.methods.cycling_runs import (
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

COARSE = replace(HALF_CELL, interval_s=300.0)
LFP = {"active_mass_mg": 10.0, "active_mass_u_mg": 0.02, "mass_basis": "LFP", "one_c_ma_g": 175.0}


def rates(test, **options):
    return analyse(test, method=METHOD, **options)


def graded(*blocks: tuple[float, list[float]], efficiency: float = 0.99, **facts):
    """A half cell of 10 mg LFP: blocks of (mA/g, discharge capacities in mAh/g)."""
    cycles = [
        Cycle(q / efficiency / 100, q / 100, current / 100)
        for current, capacities in blocks
        for q in capacities
    ]
    return cathode_test(cycles, COARSE, **(LFP | facts))


def usual(**facts):
    """0.1, 1 and 5 C of 175 mA/g and back."""
    return graded(
        (17.5, [150.0] * 3), (175.0, [140.0] * 3), (875.0, [101.6] * 3), (17.5, [147.0] * 3),
        **facts,
    )  # fmt: skip


def test_silicon_keeps_890_5_at_1880_and_has_2747_5_mah_per_gram_back_at_376():
    """FX-RATE; the paper's capacities are lithiations."""
    result = rates(cases.silicon_rates(), capacity="discharge")
    fast, back = (metric(result, "rate_capacity", block, "discharge") for block in (3, 4))
    assert fast.value == pytest.approx(890.5)
    assert back.value == pytest.approx(2747.5)
    assert "1880 mA/g (0.525 C)" in fast.definition
    ratio = metric(result, "rate_capacity_ratio", 3, "discharge")
    assert ratio.value == pytest.approx(100 * 890.5 / 2900)
    recovery = metric(result, "rate_recovery_ratio", 4, "discharge")
    assert recovery.value == pytest.approx(100 * 2747.5 / 2900)
    assert metric(result, "specific_current", 3).value == pytest.approx(1880.0)


def test_the_capacity_that_counts_is_the_reversible_one_unless_told_otherwise():
    result = rates(cases.silicon_rates())
    assert metric(result, "rate_capacity", 3, "").value == pytest.approx(0.99 * 890.5)
    assert metric(result, "specific_current", 1).qualifier == "charge"


def test_lfp_holds_101_6_at_875_which_is_5_c():
    result = rates(usual())
    assert metric(result, "rate_capacity", 3).value == pytest.approx(101.6)
    assert metric(result, "specific_current", 3).value == pytest.approx(875.0)
    assert metric(result, "c_rate", 3).value == pytest.approx(5.0)


def test_ratios_are_to_the_lowest_current_and_recovery_to_its_first_block():
    result = rates(usual())
    ratios = {m.index: m.value for m in result.metrics if m.name == "rate_capacity_ratio"}
    assert ratios == pytest.approx({2: 100 * 140 / 150, 3: 100 * 101.6 / 150, 4: 98.0})
    recovered = [m for m in result.metrics if m.name == "rate_recovery_ratio"]
    assert [(m.index, round(m.value, 6)) for m in recovered] == [(4, 98.0)]


def test_the_lowest_current_may_come_last():
    result = rates(graded((875.0, [100.0] * 3), (175.0, [140.0] * 3), (17.5, [150.0] * 3)))
    ratios = {m.index: m.value for m in result.metrics if m.name == "rate_capacity_ratio"}
    assert ratios == pytest.approx({1: 100 * 100 / 150, 2: 100 * 140 / 150})
    assert "rate_recovery_ratio" not in names(result)


@pytest.mark.parametrize(
    ("average", "expected", "n"), [("last_3", 149.0, 3), ("all", 152.0, 5), ("first", 160.0, 1)]
)
def test_last_three_all_or_the_first_cycle_of_a_block_count(average, expected, n):
    test = graded((17.5, [160.0, 153.0, 150.0, 149.0, 148.0]), (175.0, [140.0] * 5))
    capacity = metric(rates(test, average=average), "rate_capacity", 1)
    assert capacity.value == pytest.approx(expected)
    assert capacity.n == n


def test_the_table_has_a_row_a_block_and_the_figures_a_line_a_current():
    result = rates(usual())
    found = table(result, "rate_blocks")
    np.testing.assert_allclose(found["rate_capacity_mah_g"], [150.0, 140.0, 101.6, 147.0])
    np.testing.assert_allclose(found["c_rate_per_hour"], [0.1, 1.0, 5.0, 0.1])
    assert np.isnan(found["rate_recovery_ratio_percent"][:3]).all()
    assert found["first_lims_cycle"].tolist() == [1, 4, 7, 10]
    over_cycles, over_current = result.curves
    assert [(t.name, len(t.x)) for t in over_cycles.traces] == [
        ("17.5 mA/g (0.1 C)", 6), ("175 mA/g (1 C)", 3), ("875 mA/g (5 C)", 3),
    ]  # fmt: skip
    assert over_current.x_log
    first, back = over_current.traces
    np.testing.assert_allclose(first.x, [17.5, 175.0, 875.0])
    np.testing.assert_allclose(back.y, [147.0])


def test_without_mass_ratios_stand_and_capacities_are_in_mah():
    result = rates(usual(), without=("active_mass_mg",))
    assert flag(result, "MASS_MISSING").severity == "warn"
    assert "rate_capacity" not in names(result)
    assert "specific_current" not in names(result)
    assert metric(result, "rate_capacity_ratio", 2).value == pytest.approx(100 * 140 / 150)
    assert table(result, "rate_blocks")["capacity_mah"][0] == pytest.approx(1.5)
    assert result.curves[1].x_title == "Current on discharge / mA"


# Flags ------------------------------------------------------------------------------------------


def test_a_settled_test_with_a_known_channel_has_no_flag():
    result = rates(usual(), facts=CHANNEL)
    assert codes(result) == set()
    assert result.status == "ok"


def test_a_block_of_two_cycles_is_short():
    test = graded((17.5, [150.0] * 3), (175.0, [140.0] * 3), (875.0, [100.0] * 2))
    result = rates(test)
    assert flag(result, "BLOCK_SHORT").context["blocks"] == [3]
    assert metric(result, "rate_capacity", 3).n == 2


@pytest.mark.parametrize(("step", "flagged"), [(0.018, False), (0.022, True), (-0.022, True)])
def test_a_capacity_that_changes_by_more_than_2_percent_a_cycle_has_not_settled(step, flagged):
    drift = [140.0 * (1 + step * k) for k in (-1, 0, 1)]
    result = rates(graded((17.5, [150.0] * 3), (175.0, drift)))
    assert ("NOT_SETTLED" in codes(result)) is flagged
    if flagged:
        assert flag(result, "NOT_SETTLED").context["largest_slope"] == pytest.approx(step, rel=1e-3)


def test_a_block_is_settled_by_its_last_three_cycles():
    result = rates(graded((17.5, [170.0, 150.0, 150.0, 150.0]), (175.0, [140.0] * 3)))
    assert "NOT_SETTLED" not in codes(result)


def test_376_ma_per_gram_labelled_0_1_c_of_3579_is_a_mismatch():
    assert "CRATE_LABEL_MISMATCH" in codes(rates(cases.silicon_rates()))
    right = rates(cases.silicon_rates(), facts={"one_c_ma_g": 3760.0})
    assert "CRATE_LABEL_MISMATCH" not in codes(right)


def test_a_broken_off_cycle_counts_for_nothing_and_is_told():
    test = usual()
    late = (test.columns["cycle_count"] == 5) & (test.columns["current_ampere"] < 0)
    broken = rows(test, ~(late & (test.columns["step_time_second"] > 600)))
    result = rates(broken)
    assert flag(result, "CYCLE_INCOMPLETE").context["cycles"] == [5]
    assert metric(result, "rate_capacity", 2).n == 2
    assert flag(result, "BLOCK_SHORT").context["blocks"] == [2]


def test_a_mass_that_cannot_be_true_gives_no_capacity_per_gram():
    result = rates(cases.silicon_rates(), facts={"active_mass_mg": 0.3})
    assert flag(result, "CAPACITY_ABOVE_THEORETICAL").severity == "error"
    assert "rate_capacity" not in names(result)
    assert "rate_capacity_ratio" in names(result)


def test_a_test_that_opens_in_the_wrong_direction_is_noticed():
    result = rates(cases.silicon_rates(), facts={"cell_type": "full_cell"},
                   without=("first_half_cycle",))  # fmt: skip
    assert flag(result, "FIRST_HALF_CYCLE_UNEXPECTED").severity == "warn"


def test_ratios_without_a_known_channel_have_no_uncertainty_and_say_so():
    result = rates(usual())
    assert metric(result, "rate_capacity_ratio", 2).u is None
    assert metric(result, "rate_recovery_ratio", 4).u is not None, "the offset cancels"
    found = flag(result, "UNCERTAINTY_UNKNOWN")
    assert "rate_capacity_ratio" in found.context["metrics"]
    assert "current_accuracy_fraction" in found.message
    assert "voltage_accuracy" not in found.message


# Refusals ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "blocks",
    [
        [(17.5, [150.0] * 8)],
        [(17.5, [150.0] * 2), (175.0, [140.0] * 2), (875.0, [100.0] * 2)],
        [(17.5, [150.0] * 5), (175.0, [140.0] * 2)],
        [(17.5, [150.0] * 3), (175.0, [140.0]), (17.5, [150.0] * 3)],
    ],
    ids=["one current", "blocks of two", "one long block", "one current twice"],
)
def test_fewer_than_two_currents_with_three_cycles_are_refused(blocks):
    with pytest.raises(MethodError, match="a rate test needs 2") as refusal:
        rates(graded(*blocks))
    assert refusal.value.code == "E_TOO_FEW_POINTS"


def test_a_symmetric_cell_is_refused():
    with pytest.raises(MethodError, match="li_plating_stripping") as refusal:
        rates(usual(), facts={"cell_type": "symmetric_li"})
    assert refusal.value.code == "E_WRONG_KIND"


def test_a_missing_cell_type_and_a_turned_sign_are_refused():
    with pytest.raises(MethodError) as refusal:
        rates(usual(), without=("cell_type",))
    assert refusal.value.code == "E_META_MISSING:cell_type"
    test = usual()
    turned = with_columns(
        test,
        current_ampere=-test.columns["current_ampere"],
        step_charging_capacity_ah=None,
        step_discharging_capacity_ah=None,
    )
    with pytest.raises(MethodError) as refusal:
        rates(turned)
    assert refusal.value.code == "E_WRONG_KIND"


def test_milliamperes_read_as_amperes_are_refused():
    test = usual()
    with pytest.raises(MethodError) as refusal:
        rates(with_columns(test, current_ampere=1e3 * test.columns["current_ampere"]))
    assert refusal.value.code == "E_CAPACITY_MISMATCH"


# Uncertainty ------------------------------------------------------------------------------------


def test_the_offset_of_the_channel_does_not_cancel_between_two_rates():
    """2.5 uA at 0.175 and 1.75 mA: u = |1/70 - 1/700| of the ratio; 1/3 of 2.5/175 more by n."""
    capacity, ratio = (
        metric(rates(usual(), facts=CHANNEL), name, 2)
        for name in ("rate_capacity", "rate_capacity_ratio")
    )
    assert ratio.u / ratio.value == pytest.approx(2.5e-3 / 0.175 - 2.5e-3 / 1.75, rel=1e-6)
    assert capacity.u / capacity.value == pytest.approx(
        np.hypot(0.02 / 10.0, 2.5e-3 / 1.75), rel=1e-6
    )


def test_recovery_is_as_well_known_as_its_cycles_scatter():
    """Means of three with sd 1 of 150: u = 1/150 · √(2/3) relative, 4 degrees of freedom."""
    test = graded(
        (17.5, [149.0, 150.0, 151.0]), (175.0, [140.0] * 3), (17.5, [149.0, 150.0, 151.0])
    )
    found = metric(rates(test, facts=CHANNEL), "rate_recovery_ratio", 3)
    assert found.value == pytest.approx(100.0)
    assert found.u == pytest.approx(100 / 150 * np.sqrt(2 / 3), rel=1e-6)
    assert found.hi95 - found.value == pytest.approx(2.776 * found.u, rel=1e-3)


def test_intervals_hold_the_truth_in_90_to_99_percent_of_200_tests():
    """Scatter of cycles 0.5 %, an offset and a mass drawn anew for every test."""
    truth = {("rate_capacity", 2): 140.0, ("rate_capacity_ratio", 2): 100 * 140 / 150}
    truth[("rate_recovery_ratio", 3)] = 98.0
    hits = dict.fromkeys(truth, 0)
    for seed in range(200):
        rng = np.random.default_rng(seed)
        mass = 10.0 + 0.02 * rng.standard_normal()
        offset = 2.5e-3 * rng.standard_normal() * 0.1
        cycles = [
            Cycle(*(2 * [q / 100 * (1 + 0.005 * rng.standard_normal()) * (1 + offset / i)]), i)
            for i, q in ((0.175, 150.0), (1.75, 140.0), (0.175, 147.0))
            for _ in range(3)
        ]
        facts = LFP | {"active_mass_mg": mass} | CHANNEL | {"current_range_a": 0.0005}
        result = rates(cathode_test(cycles, replace(COARSE, interval_s=1800.0), **facts))
        for (name, block), value in truth.items():
            found = metric(result, name, block)
            hits[name, block] += found.lo95 <= value <= found.hi95
    assert all(180 <= count <= 198 for count in hits.values()), hits


# Real file and triggers -------------------------------------------------------------------------


def test_a_real_rate_test_agrees_with_what_the_instrument_counted(real_data):
    """BTS85: seven currents of three cycles each, 0.066 to 2.66 mA."""
    name = "cycling/neware/fastnda/BTS85-36-6-5-110-20240424.ndax"
    frame = neware.FORMAT.read(real_data / name).frame
    arrays = {column: values.to_numpy() for column, values in frame.items()}
    counted = frame.groupby(columns.STEP)[columns.STEP_DISCHARGING_CAPACITY].last()
    discharges = counted[counted > 1e-6].to_numpy()[:21].reshape(7, 3).mean(axis=1)
    test = replace(cathode_test([Cycle(1.0, 1.0, 1.0)]), columns=arrays)
    found = table(rates(test, without=("lower_cutoff_v", "upper_cutoff_v")), "rate_blocks")
    assert found["complete_cycles"].tolist() == [3] * 7
    np.testing.assert_allclose(found["capacity_mah"], 1e3 * discharges, rtol=1e-3)
    np.testing.assert_allclose(
        found["rate_capacity_ratio_percent"], 100 * discharges / discharges[0], rtol=1e-3
    )


@pytest.mark.parametrize(
    ("kind", "mode", "starts"),
    [
        (columns.CYCLING, "rate", True),
        (columns.CYCLING, "", False),
        (columns.CYCLING, "compression", False),
        (columns.MECHANICAL, "rate", False),
    ],
)
def test_it_starts_by_itself_only_for_cycling_declared_a_rate_test(kind, mode, starts):
    assert METHOD.triggers(kind, {"cell_type": "full_cell", "mode": mode}) is starts
