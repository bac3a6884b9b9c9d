"""Tail and intercept of blocking cells."""

from pathlib import Path

import numpy as np
import pytest

from analysis.science.impedance import (
    foot,
    intercept,
    phase_degree,
    tail,
)
from analysis.science.lin_kk import lin_kk
from labsite.demo.spectra import BULK_ARC, FILM_25, BlockingCell, drifting, noisy, sweep
from tests.methods.spectra import example, pellet, zplot


def read(points, noise=0.003):
    frequency, impedance = points
    return intercept(frequency, impedance, noise * np.abs(impedance))


@pytest.mark.parametrize(("exponent", "blocking"), [(1.0, True), (0.8, True), (0.6, True)])
def test_the_slope_of_a_tail_is_minus_its_exponent(exponent: float, blocking: bool) -> None:
    end = tail(*BlockingCell(5, exponent=exponent).spectrum(noise=0))
    assert end.slope == pytest.approx(-exponent, abs=1e-4)
    assert end.phase_degree == pytest.approx(-90 * exponent, abs=0.1)
    assert end.blocking is blocking


def test_diffusion_is_not_blocking() -> None:
    frequency = sweep()
    warburg = 5 + 100 * (2j * np.pi * frequency) ** -0.5
    end = tail(frequency, warburg)
    assert end.slope == pytest.approx(-0.5, abs=1e-6)
    assert not end.blocking


def test_a_closing_arc_is_not_blocking() -> None:
    end = tail(*drifting(noise=0))
    assert end.slope == pytest.approx(0.8, abs=0.05)
    assert not end.blocking


def test_a_tail_that_does_not_stand_out_of_the_resistance_is_not_blocking() -> None:
    end = tail(*BlockingCell(1e6, inductance=0, prefactor=1e-5).spectrum(noise=0))
    assert end.slope == pytest.approx(-0.9, abs=1e-3)
    assert end.phase_degree > -20
    assert not end.blocking


def test_single_bad_points_do_not_hide_a_tail() -> None:
    frequency, impedance = FILM_25.spectrum(noise=0)
    impedance[-3] = impedance[-3].real + 1j * impedance[-3].imag / 10
    assert tail(frequency, impedance).slope == pytest.approx(-0.9, abs=0.01)
    assert tail(frequency, impedance).blocking


@pytest.mark.parametrize("name", ["Circuit1_EIS_1.z", "Circuit3_EIS_1.z", "exampleDataZPlot.z"])
def test_real_cells_without_blocking_electrodes_are_told(real_data: Path, name: str) -> None:
    frequency, impedance = zplot(real_data, name)
    order = np.argsort(-frequency)
    assert not tail(frequency[order], impedance[order]).blocking


def test_a_real_lithium_ion_cell_with_diffusion_is_told(real_data: Path) -> None:
    frequency, impedance = example(real_data)
    order = np.argsort(-frequency)
    assert not tail(frequency[order], impedance[order]).blocking


def test_the_foot_is_where_the_tail_meets_the_arc_or_the_axis() -> None:
    frequency, impedance = BULK_ARC.spectrum()
    assert frequency[foot(impedance)] == pytest.approx(500, rel=0.3)
    frequency, impedance = FILM_25.spectrum(noise=0)
    end = foot(impedance)
    assert impedance.imag[end] >= 0 > impedance.imag[end + 1]


def test_the_crossing_is_interpolated_in_log_frequency() -> None:
    frequency = np.array([1000.0, 100.0, 10.0, 1.0])
    impedance = np.array([10 + 2j, 11 + 1j, 13 - 3j, 20 - 30j])
    found = intercept(frequency, impedance, np.full(4, 0.1))
    assert found.value == pytest.approx(11.5)
    assert found.u == pytest.approx(0.1)
    assert found.definition == "crossing of Z'' = 0"


def test_the_straight_tail_is_extrapolated_without_bias() -> None:
    values = [read(BlockingCell(5, inductance=0).spectrum(seed)) for seed in range(50)]
    assert all("extrapolated" in found.definition for found in values)
    deviations = np.array([(found.value - 5) / found.u for found in values])
    assert abs(np.mean([found.value for found in values]) - 5) < 0.01
    assert 0.7 < np.std(deviations) < 1.4


def test_the_crossing_beyond_an_arc_is_not_taken_for_the_bulk() -> None:
    cell = BlockingCell(5e4, inductance=5e-4, prefactor=1e-6, exponent=0.85, capacitance=1e-10)
    points = cell.spectrum(noise=0.001)
    assert points[1].imag[0] > 0
    assert read(points).value == pytest.approx(5e4, rel=0.01)


def test_there_is_no_intercept_where_only_the_tail_was_measured() -> None:
    frequency = sweep(10, 0.1, 21)
    assert read(BlockingCell(5).spectrum(frequency=frequency)) is None


def test_phases_of_capacitances_are_negative() -> None:
    assert phase_degree(np.array([1 - 1j, 1 + 0j, 1j])) == pytest.approx([-45, 0, 90])


def test_a_real_sulfide_pellet_gives_the_foot_of_its_arc(real_data: Path) -> None:
    frequency, impedance = pellet(real_data)
    noise = lin_kk(frequency, impedance, blocking=True).noise
    assert frequency[foot(impedance)] == pytest.approx(54.07e3, rel=0.01)
    assert read((frequency, impedance), noise).value == pytest.approx(1439.7, rel=0.01)


def test_noise_is_relative_to_the_impedance() -> None:
    impedance = np.full(20_000, 3 - 4j)
    spread = noisy(impedance, 0.01, 0) - impedance
    assert np.std(spread.real) == pytest.approx(0.05, rel=0.02)
    assert np.std(spread.imag) == pytest.approx(0.05, rel=0.02)
