"""Circuits of blocking cells."""

from pathlib import Path

import numpy as np
import pytest

from analysis.science.blocking_cells import blocking_cell, fit_blocking_cell
from analysis.science.impedance import intercept, tail
from analysis.science.uncertainty import factor_interval
from labsite.demo.spectra import BULK_ARC, FILM_25, BlockingCell
from tests.methods.spectra import ceramic, electrolytes, pellet


def fitted(points, circuit="M1"):
    frequency, impedance = points
    return fit_blocking_cell(frequency, impedance, np.abs(impedance), circuit)


def test_a_film_of_five_ohm_is_recovered() -> None:
    cell = BlockingCell(5, inductance=0.5e-6, prefactor=2e-5, exponent=0.9)
    found = fitted(cell.spectrum(seed=1))
    assert found.fit.value("resistance") == pytest.approx(5.000, abs=0.003)
    assert found.fit.value("lead_inductance") == pytest.approx(0.5e-6, rel=0.01)
    assert found.fit.value("cpe_exponent") == pytest.approx(0.9, abs=0.0005)
    prefactor, u = found.prefactor()
    assert prefactor == pytest.approx(2e-5, abs=3 * u)
    assert u < 0.002 * prefactor


def test_a_bulk_arc_is_recovered() -> None:
    found = fitted(BULK_ARC.spectrum(seed=1), "M2")
    assert found.fit.value("resistance") == pytest.approx(5.000e4, abs=30)
    assert found.fit.value("arc_time_constant") == pytest.approx(5e4 * 1e-10, rel=0.005)
    assert found.fit.aicc < fitted(BULK_ARC.spectrum(seed=1), "M1").fit.aicc - 10


def test_an_arc_is_not_found_where_there_is_none() -> None:
    points = FILM_25.spectrum()
    assert fitted(points, "M2").fit.aicc > fitted(points, "M1").fit.aicc - 10


def test_a_spectrum_without_noise_gives_the_truth() -> None:
    found = fitted(BlockingCell(4.9736).spectrum(noise=0))
    assert found.fit.value("resistance") == pytest.approx(4.9736, rel=1e-9)
    assert found.prefactor()[0] == pytest.approx(2e-5, rel=1e-8)


def test_natural_limits_are_told_from_parameters_that_are_stuck() -> None:
    plain = fitted(BlockingCell(50, inductance=0, exponent=1).spectrum(seed=1))
    assert set(plain.fit.at_bound) == {"cpe_exponent", "lead_inductance"}
    assert plain.stuck == ()
    assert fitted(FILM_25.spectrum(), "M2").stuck == ("arc_time_constant",)


def test_the_circuit_is_the_sum_of_its_elements() -> None:
    omega = np.array([1e3])
    impedance = blocking_cell(np.array([100.0, 50.0, 0.8, 1e-3, 1e-3, 1.0]), omega, 1e3)
    expected = 1j * 1e3 * 1e-3 + 100 / (1 + 1j) + 50 * np.exp(-0.8j * np.pi / 2)
    assert impedance == pytest.approx(expected)


def test_the_circuit_of_a_pellet_is_the_sum_of_its_elements() -> None:
    omega = np.array([1e3])
    values = np.array([400.0, 50.0, 0.8, 1e-3, 1e-3, 1.0, 1e-2, 0.9, 3.0])
    boundaries = 300 / (1 + (1e3j * 1e-2) ** 0.9)
    expected = 1j + 100 / (1 + 1j) + boundaries + 50 * np.exp(-0.8j * np.pi / 2)
    assert blocking_cell(values, omega, 1e3) == pytest.approx(expected)


def test_leads_that_were_subtracted_do_not_raise_the_weight_of_their_noise() -> None:
    frequency, impedance = BlockingCell(5, inductance=20e-6).spectrum(seed=2)
    corrected = impedance - 2j * np.pi * frequency * 20e-6
    measured = fit_blocking_cell(frequency, corrected, np.abs(impedance), "M1")
    assert measured.fit.value("resistance") == pytest.approx(5, abs=0.015)
    assert measured.fit.rms == pytest.approx(0.003, rel=0.2)


def test_real_electrolytes_give_the_published_resistances(real_data: Path) -> None:
    ratios = [
        fitted(points).fit.value("resistance") / published
        for _, published, points in electrolytes(real_data)
    ]
    assert len(ratios) == 39
    assert np.abs(np.log(ratios)).max() < 0.015
    assert np.median(ratios) == pytest.approx(1, abs=0.005)


def test_inputs_stay_as_they_are() -> None:
    frequency, impedance = FILM_25.spectrum()
    before = frequency.copy(), impedance.copy()
    fitted((frequency, impedance), "M2")
    intercept(frequency, impedance, np.abs(impedance))
    tail(frequency, impedance)
    assert np.array_equal(frequency, before[0])
    assert np.array_equal(impedance, before[1])


def coverage(cell: BlockingCell, circuit: str, seeds: int) -> float:
    inside = 0
    for seed in range(seeds):
        lower, upper = fitted(cell.spectrum(seed), circuit).fit.interval("resistance")
        inside += lower <= cell.resistance <= upper
    return inside / seeds


@pytest.mark.slow
def test_intervals_of_a_bulk_arc_hold_the_truth_in_95_of_100_cases() -> None:
    assert 0.90 <= coverage(BULK_ARC, "M2", 200) <= 0.99


def test_intervals_of_a_film_hold_the_truth_in_95_of_100_cases() -> None:
    assert 0.90 <= coverage(FILM_25, "M1", 200) <= 0.99


def test_a_pellet_without_noise_gives_the_truth() -> None:
    found = fitted(ceramic(noise=0), "M3")
    assert found.fit.value("resistance") == pytest.approx(4000, rel=1e-6)
    (bulk, _), (boundaries, _) = found.grains()
    assert bulk == pytest.approx(1000, rel=1e-6)
    assert boundaries == pytest.approx(3000, rel=1e-6)
    assert found.stuck == ()


def test_the_faster_arc_is_that_of_the_bulk_also_where_it_is_the_larger() -> None:
    (bulk, _), (boundaries, _) = fitted(ceramic(3000, 500), "M3").grains()
    assert bulk == pytest.approx(3000, rel=0.01)
    assert boundaries == pytest.approx(500, rel=0.05)


def test_grain_boundaries_that_merge_with_the_tail_are_recovered() -> None:
    """Here the foot of the spectrum is the valley between the arcs."""
    found = fitted(ceramic(3e4, 2e4, slower=1e3), "M3")
    assert found.stuck == ()
    assert found.fit.value("resistance") == pytest.approx(5e4, rel=0.01)


def test_intervals_of_a_pellet_hold_the_truth_in_95_of_100_cases() -> None:
    inside = np.zeros(3)
    for seed in range(200):
        found = fitted(ceramic(seed=seed), "M3")
        lower, upper = found.fit.interval("resistance")
        inside[0] += lower <= 4000 <= upper
        for column, ((value, u), truth) in enumerate(
            zip(found.grains(), (1000, 3000), strict=True), start=1
        ):
            lower, upper = factor_interval(value, u, found.fit.dof)
            inside[column] += lower <= truth <= upper
    assert np.all((inside >= 0.90 * 200) & (inside <= 0.99 * 200))


@pytest.mark.parametrize(("circuit", "share"), [("M2", 0.05), ("M3", 0.02)])
def test_a_real_sulfide_pellet_gives_the_foot_of_its_arc(
    real_data: Path, circuit: str, share: float
) -> None:
    found = fitted(pellet(real_data), circuit)
    assert found.fit.value("resistance") == pytest.approx(1439.7, rel=share)
