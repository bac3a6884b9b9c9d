"""Kramers-Kronig test by Lin-KK."""

from pathlib import Path

import numpy as np
import pytest

from analysis.science.lin_kk import lin_kk
from labsite.demo.spectra import BULK_ARC, FILM_25, drifting
from tests.methods.spectra import capacitive, example, zplot

# Residual levels per degree of freedom that two independent programs agree on.


@pytest.mark.parametrize(
    ("name", "percent"), [("Circuit1_EIS_1.z", 0.014), ("Circuit3_EIS_1.z", 0.083)]
)
def test_clean_dummy_circuits_reach_their_known_residual_level(
    real_data: Path, name: str, percent: float
) -> None:
    kk = lin_kk(*capacitive(zplot(real_data, name)), blocking=False)
    assert 100 * kk.noise == pytest.approx(percent, abs=0.0015)


def test_a_lithium_ion_cell_reaches_its_known_residual_level(real_data: Path) -> None:
    kk = lin_kk(*capacitive(example(real_data)), blocking=True)
    assert 100 * kk.noise == pytest.approx(0.138, abs=0.0005)


@pytest.mark.parametrize("cell", [FILM_25, BULK_ARC])
def test_a_blocking_spectrum_needs_the_series_capacitor(cell) -> None:
    points = cell.spectrum()
    assert lin_kk(*points, blocking=False).maximum > 0.10
    assert lin_kk(*points, blocking=True).maximum < 0.01


def test_the_noise_is_recovered() -> None:
    noise = [
        lin_kk(*FILM_25.spectrum(seed, noise=0.005), blocking=True).noise for seed in range(40)
    ]
    assert np.mean(noise) == pytest.approx(0.005, rel=0.1)


def test_noise_alone_has_no_trend() -> None:
    lag1 = [lin_kk(*BULK_ARC.spectrum(seed), blocking=True).lag1 for seed in range(100)]
    assert np.percentile(lag1, 95) < 0.2


def test_a_drift_shows_as_a_trend_although_the_residuals_are_small() -> None:
    kk = lin_kk(*drifting(), blocking=False)
    assert kk.rms < 0.01
    assert kk.maximum < 0.02
    assert kk.lag1 > 0.6


def test_the_fit_of_an_exact_circuit_is_exact() -> None:
    frequency = np.geomspace(1e5, 1, 51)
    tau = np.geomspace(1e-5, 1, 16) / (2 * np.pi)
    impedance = 10 + (1 / (1 + 2j * np.pi * frequency[:, None] * tau)).sum(axis=1)
    assert lin_kk(frequency, impedance, blocking=False).maximum < 1e-9


def test_residuals_are_relative_to_the_given_scale() -> None:
    frequency, impedance = FILM_25.spectrum()
    own = lin_kk(frequency, impedance, blocking=True)
    double = lin_kk(frequency, impedance, blocking=True, scale=2 * np.abs(impedance))
    assert double.rms == pytest.approx(own.rms / 2)
    assert double.elements == own.elements


def test_inputs_stay_as_they_are() -> None:
    frequency, impedance = FILM_25.spectrum()
    before = frequency.copy(), impedance.copy()
    lin_kk(frequency, impedance, blocking=True)
    assert np.array_equal(frequency, before[0])
    assert np.array_equal(impedance, before[1])


def test_too_few_points_are_an_error() -> None:
    with pytest.raises(ValueError, match="more than 2 points"):
        lin_kk(np.array([10.0, 1.0]), np.array([1 - 1j, 1 - 2j]), blocking=False)
