"""Figures and tables of the cycling analysis."""

import json

import numpy as np
import pytest

from labsite.demo import cycling_cases as cases
from labsite.demo.cycling import Cycle
from tests.methods.cycling_runs import ACCURATE, analyse, cathode_test, rows, table


@pytest.fixture(scope="module")
def result():
    """FX-SI300, analysed."""
    return analyse(cases.silicon_300(), facts=ACCURATE)


def curve(result, name):
    return next(c for c in result.curves if c.name == name)


def test_the_figures_are_capacity_with_efficiency_retention_and_profiles(result):
    assert [c.name for c in result.curves] == ["capacity_ce", "retention", "voltage_profiles"]


def test_capacities_are_markers_and_efficiency_has_its_own_axis(result):
    figure = curve(result, "capacity_ce")
    assert figure.y_title == "Capacity / mAh/g Si"
    assert figure.y2_range == (80.0, 102.0)
    axes = {trace.name: (trace.axis, trace.mode) for trace in figure.traces}
    assert axes == {
        "charge (delithiation)": ("y", "markers"),
        "discharge (lithiation)": ("y", "markers"),
        "coulombic efficiency": ("y2", "markers"),
    }
    lithiation = next(t for t in figure.traces if t.name == "discharge (lithiation)")
    assert lithiation.y[0] == pytest.approx(2081.6)
    assert len(lithiation.x) == 303


def test_formation_is_shaded_only_where_there_is_one(result):
    assert curve(result, "capacity_ce").shaded == ((0.5, 3.5, "formation"),)
    assert curve(analyse(cases.full_cell_145()), "capacity_ce").shaded == ()


def test_retention_is_drawn_over_n_with_the_level_of_80_percent(result):
    figure = curve(result, "retention")
    assert figure.levels == ((80.0, "80 %"),)
    (trace,) = figure.traces
    assert (trace.x[0], trace.y[0]) == (1, 100.0)
    assert (trace.x[-1], trace.y[-1]) == (300, pytest.approx(90.8, abs=1e-3))


def test_profiles_are_those_of_1_2_the_reference_every_fifth_part_and_the_last(result):
    figure = curve(result, "voltage_profiles")
    drawn = [int(trace.name.split(",")[0].split()[1]) for trace in figure.traces]
    assert sorted(set(drawn)) == [1, 2, 4, 60, 120, 180, 240, 300, 303]
    first = figure.traces[0]
    assert first.name == "cycle 1, discharge (lithiation)"
    assert first.x[-1] == pytest.approx(2081.6, rel=1e-6)
    assert first.y[-1] == pytest.approx(0.05)


def test_no_trace_is_longer_than_allowed_and_all_numbers_are_finite():
    many = cathode_test([Cycle(1.0, 0.999 + 1e-7 * k, 30.0) for k in range(2500)])
    for figure in analyse(many).curves:
        for trace in figure.traces:
            most = 500 if figure.name == "voltage_profiles" else 2000
            assert len(trace.x) == len(trace.y) <= most
            assert np.isfinite(trace.x).all()
            assert np.isfinite(trace.y).all()


def test_without_retention_there_is_no_figure_of_it():
    test = cathode_test([Cycle(1.0, 0.99, 1.0)])
    assert [c.name for c in analyse(test).curves] == ["capacity_ce", "voltage_profiles"]


def test_the_table_of_cycles_has_every_quantity_with_its_unit_in_the_name(result):
    expected = {
        "lims_cycle", "cycle_count", "start_second", "end_second", "complete", "rate_block",
        "nominal_rate", "charge_capacity_mah", "discharge_capacity_mah",
        "specific_charge_capacity_mah_g", "specific_discharge_capacity_mah_g",
        "specific_capacity_lithiation_mah_g", "specific_capacity_delithiation_mah_g",
        "areal_charge_capacity_mah_cm2", "areal_discharge_capacity_mah_cm2",
        "charge_energy_wh", "discharge_energy_wh", "charge_current_ma", "discharge_current_ma",
        "charge_specific_current_ma_g", "discharge_specific_current_ma_g",
        "charge_c_rate_per_hour", "discharge_c_rate_per_hour",
        "charge_current_density_ma_cm2", "discharge_current_density_ma_cm2",
        "mean_charge_voltage_v", "mean_discharge_voltage_v", "voltage_hysteresis_v",
        "end_charge_voltage_v", "end_discharge_voltage_v", "charge_cv_fraction",
        "discharge_cv_fraction", "charge_duration_h", "discharge_duration_h",
        "charge_capacity_rel_u", "discharge_capacity_rel_u", "coulombic_efficiency_percent",
        "coulombic_efficiency_percent_u", "capacity_retention_percent",
    }  # fmt: skip
    found = table(result, "cycles")
    assert set(found) == expected
    assert {len(values) for values in found.values()} == {303}


def test_rows_of_the_table_are_right(result):
    found = {name: values[3] for name, values in table(result, "cycles").items()}
    assert found["lims_cycle"] == found["cycle_count"] == 4
    assert found["discharge_c_rate_per_hour"] == pytest.approx(0.4)
    assert found["discharge_duration_h"] == pytest.approx(1145 / (0.4 * 3579))
    assert found["end_discharge_voltage_v"] == pytest.approx(0.05)
    assert found["end_charge_voltage_v"] == pytest.approx(2.0)
    assert found["discharge_energy_wh"] == pytest.approx(
        found["mean_discharge_voltage_v"] * found["discharge_capacity_mah"] / 1e3
    )
    assert found["rate_block"] == 2
    assert found["coulombic_efficiency_percent_u"] == pytest.approx(
        99.3 * 2.5e-3 * (1 / 0.97148 + 1 / 0.97148), rel=1e-4
    )


def test_everything_that_is_stored_as_json_can_be():
    test = cases.aborted(cases.silicon_rates(), cases.SILICON)
    broken = rows(test, np.arange(len(test.columns["record_index"])) % 7 > 0)
    found = analyse(broken, facts={"upper_cutoff_v": 2.6, "cell_type": "full_cell"})
    assert len(found.flags) > 6
    text = json.dumps([dict(flag.context) for flag in found.flags], allow_nan=False)
    assert "NaN" not in text
    json.dumps([[m.value, m.u, m.index, m.n] for m in found.metrics], allow_nan=False)
