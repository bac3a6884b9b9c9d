"""Intervals of the cycling analysis contain the truth as often as they say."""

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
    metric,
    with_columns,
)

SEEDS = 300
COVERED = (0.90, 0.99)
"""Share of 95 % intervals that must contain the truth (ANALYSES 11.2)."""

OFFSET_A = CHANNEL["current_range_a"] * CHANNEL["current_accuracy_fraction"]


def covers(found, truth: float) -> bool:
    return found.lo95 <= truth <= found.hi95


def share(hits) -> float:
    return float(np.mean(list(hits)))


@pytest.fixture(scope="module")
def offset_runs():
    """Ten cycles of CE 99 %, measured with a current offset and a mass of known uncertainty."""
    truth = cathode_test([Cycle(1.0, 0.99, 0.5)] * 10, active_mass_mg=7.0, mass_basis="LFP")
    bare = with_columns(truth, step_charging_capacity_ah=None, step_discharging_capacity_ah=None)
    flowing = bare.columns["current_ampere"] != 0
    results = []
    for seed in range(SEEDS):
        rng = np.random.default_rng(seed)
        offset = OFFSET_A * rng.standard_normal() * flowing
        measured = with_columns(bare, current_ampere=bare.columns["current_ampere"] + offset)
        mass = {"active_mass_mg": 7.0 + 0.02 * rng.standard_normal(), "active_mass_u_mg": 0.02}
        results.append(analyse(measured, facts=CHANNEL | mass))
    return results


@pytest.mark.parametrize(
    ("name", "index", "truth"),
    [
        ("discharge_capacity", 10, 0.99),
        ("specific_charge_capacity", 1, 1000 / 7.0),
        ("coulombic_efficiency", 2, 99.0),
        ("initial_coulombic_efficiency", None, 99.0),
        ("average_coulombic_efficiency", None, 99.0),
        ("irreversible_capacity_first_cycle", None, 10 / 7.0),
        ("energy_efficiency", 2, None),
    ],
)
def test_an_offset_of_the_current_is_covered(offset_runs, name, index, truth):
    qualifier = "" if name == "average_coulombic_efficiency" else None
    if truth is None:
        truth = metric(analyse(cathode_test([Cycle(1.0, 0.99, 0.5)] * 10)), name, index).value
    found = [metric(result, name, index, qualifier) for result in offset_runs]
    assert COVERED[0] <= share(covers(m, truth) for m in found) <= COVERED[1]


def test_retention_is_free_of_offset_and_mass(offset_runs):
    values = [metric(result, "capacity_retention", 10).value for result in offset_runs]
    np.testing.assert_allclose(values, 100.0, rtol=1e-9)


def test_a_mean_of_many_efficiencies_is_not_surer_than_one():
    """0.05 % of a 5 mA channel at 0.24 mA is 2 % of every efficiency and of their mean."""
    current = 0.24
    test = cathode_test([Cycle(0.1, 0.099, current)] * 100)
    result = analyse(test, facts=CHANNEL)
    expected = 99.0 * 2 * OFFSET_A * 1e3 / current
    assert expected == pytest.approx(2.06, abs=0.01)
    assert metric(result, "coulombic_efficiency", 1).u == pytest.approx(expected, rel=0.01)
    mean = metric(result, "average_coulombic_efficiency", qualifier="")
    assert mean.u == pytest.approx(expected, rel=0.01)


def test_an_efficiency_at_0_97_ma_is_known_to_half_a_percent():
    result = analyse(cathode_test([Cycle(0.4, 0.4, 0.97)] * 3), facts=CHANNEL)
    assert metric(result, "coulombic_efficiency", 1).u == pytest.approx(0.515, abs=0.005)


def test_0_0139_mg_of_silicon_are_2_percent_of_every_capacity_per_gram():
    """0.02 mg of balance and foil in 0.98 mg of coating, 69 % of it silicon."""
    result = analyse(cases.silicon_300())
    found = metric(result, "specific_capacity_delithiation", 4)
    assert found.u / found.value == pytest.approx(0.0205, abs=2e-4)
    assert found.hi95 - found.value == pytest.approx(1.96 * found.u, rel=1e-3)


def test_mass_and_offset_add_in_quadrature():
    test = cathode_test([Cycle(1.0, 1.0, 0.5)] * 3, active_mass_mg=7.0, mass_basis="LFP")
    known = CHANNEL | {"active_mass_u_mg": 0.07}
    found = metric(analyse(test, facts=known), "specific_discharge_capacity", 1)
    assert found.u / found.value == pytest.approx(np.hypot(0.01, 0.005), rel=1e-6)


def test_the_area_adds_to_areal_capacities():
    test = cathode_test([Cycle(1.0, 1.0, 0.5)] * 3, area_cm2=1.131, area_cm2_u=0.02)
    found = metric(analyse(test, facts=CHANNEL), "areal_capacity", 1)
    assert found.u / found.value == pytest.approx(np.hypot(0.02 / 1.131, 0.005), rel=1e-6)


def scattered(seed: int, sd: float = 0.003, count: int = 60):
    """Linear fade to 90 % with scatter from cycle to cycle; the truth is the line."""
    rng = np.random.default_rng(seed)
    line = np.linspace(1.0, 0.9, count)
    protocol = replace(HALF_CELL, interval_s=600.0, rest_s=0.0)
    noisy = line * (1 + sd * rng.standard_normal(count))
    return cathode_test([Cycle(q, q, 1.0) for q in noisy], protocol)


def test_scatter_from_cycle_to_cycle_is_covered_in_retention_and_fade():
    results = [analyse(scattered(seed)) for seed in range(SEEDS)]
    kept = [metric(result, "capacity_retention", 60) for result in results]
    assert COVERED[0] <= share(covers(m, 90.0) for m in kept) <= COVERED[1]


def test_scatter_is_covered_in_the_cycle_life():
    """80 % is crossed on a line from 100 % at 1 to 70 % at 61, with 0.3 % scatter."""
    protocol = replace(HALF_CELL, interval_s=600.0, rest_s=0.0)
    line = np.linspace(1.0, 0.7, 61)
    truth = 1 + 60 * 0.2 / 0.3
    hits = []
    for seed in range(SEEDS):
        noisy = line * (1 + 0.003 * np.random.default_rng(seed).standard_normal(61))
        test = cathode_test([Cycle(q, q, 1.0) for q in noisy], protocol)
        hits.append(covers(metric(analyse(test), "cycle_life_80"), truth))
    assert 0.90 <= share(hits) <= 0.995


def test_with_a_known_channel_every_metric_has_an_interval():
    result = analyse(cases.silicon_300(), facts=ACCURATE)
    for found in result.metrics:
        if found.censored == "none":
            assert found.u is not None, found.name
            assert found.lo95 <= found.value <= found.hi95, found.name


def test_without_the_channel_charges_and_efficiencies_have_no_uncertainty():
    """Neither scatter nor assumed ends of steps stand for the unknown offset of the current."""
    blind = with_columns(cases.silicon_300(), step_time_second=None)
    found = [
        m
        for m in analyse(blind).metrics
        if m.name.endswith("coulombic_efficiency")
        or m.name in ("charge_capacity", "irreversible_capacity_first_cycle")
    ]
    assert len(found) > 10
    assert {(m.u, m.lo95, m.hi95) for m in found} == {(None, None, None)}


def test_without_the_uncertainty_of_the_mass_capacities_per_gram_have_none():
    result = analyse(cases.silicon_300(), without=("active_mass_u_mg",), facts=CHANNEL)
    assert metric(result, "specific_capacity_delithiation", 4).u is None
    assert metric(result, "charge_capacity", 4).u is not None


@pytest.mark.parametrize("name", ["active_mass_u_mg", "active_mass_mg_u"])
def test_both_names_of_the_uncertainty_of_the_mass_are_taken(name):
    test = cathode_test([Cycle(1.0, 1.0, 0.5)] * 3, active_mass_mg=7.0, mass_basis="LFP")
    found = metric(analyse(test, facts={name: 0.07}), "specific_discharge_capacity", 1)
    assert found.u / found.value == pytest.approx(0.01)


def test_assumed_ends_of_steps_are_in_the_uncertainty():
    """Without step clock the end lies anywhere in the last 30 s of 3600."""
    protocol = replace(HALF_CELL, interval_s=30.0, end_records=False, rest_s=0.0)
    test = cathode_test([Cycle(1.0, 1.0, 1.0)] * 4, protocol)
    counters = {"step_charging_capacity_ah": None, "step_discharging_capacity_ah": None}
    blind = with_columns(test, step_time_second=None, **counters)
    found = metric(analyse(blind, facts=CHANNEL), "charge_capacity", 1)
    assert found.value == pytest.approx(1.0, rel=1e-9)
    offset = OFFSET_A / 1e-3
    assert found.u == pytest.approx(np.hypot(30 / 3600 / np.sqrt(3), offset), rel=1e-6)
    told = with_columns(test, **counters)
    assert metric(analyse(told, facts=CHANNEL), "charge_capacity", 1).u == pytest.approx(offset)
