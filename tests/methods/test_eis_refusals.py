"""Bulk resistance and conductivity (A01): every refusal, with and without its cause."""

from pathlib import Path

import numpy as np
import pytest

from analysis.methods import ArrayFrame, Fact, Inputs, MethodError, _eis_circuits
from analysis.methods.eis_bulk_conductivity import Params, run
from analysis.science.fitting import FitError
from labsite.demo.spectra import BULK_ARC, FILM_25, FILM_MINUS_10, BlockingCell, drifting, sweep
from measurements.columns import FREQUENCY, REAL_IMPEDANCE
from tests.methods.spectra import (
    FACTS,
    circuit,
    electrolytes,
    found,
    frame,
    refused,
    zplot,
)


def test_a_jump_during_the_sweep_is_refused() -> None:
    frequency, impedance = FILM_MINUS_10.spectrum()
    impedance[35:] *= 2
    error = refused((frequency, impedance))
    assert error.code == "E_KK_INCONSISTENT"
    assert "39 %" in error.message


def test_no_positive_resistance_is_refused() -> None:
    error = refused(FILM_25.spectrum(), lead_resistance_ohm=4.98)
    assert error.code == "E_RESISTANCE_NOT_POSITIVE"
    assert "4.98 Ω" in error.message


def test_a_negative_real_part_is_refused() -> None:
    """FILM_25 has 4.97 Ω; 300 Ω of leads leave less than nothing of the arc's start."""
    for spectrum, leads in ((FILM_25.spectrum(), 6.0), (BULK_ARC.spectrum(), 300.0)):
        error = refused(spectrum, lead_resistance_ohm=leads)
        assert error.code == "EIS_NEGATIVE_REAL"
    found(BULK_ARC.spectrum(), lead_resistance_ohm=1.0)


def test_a_real_part_below_zero_by_noise_alone_is_not_refused() -> None:
    """0.1 Ω beside 126 Ω of lead inductance at 1 MHz, read with 1 % noise."""
    frequency, impedance = BlockingCell(0.1, inductance=2e-5).spectrum(noise=0.0)
    noise = np.random.default_rng(0).normal(size=(2, frequency.size))
    read = impedance + 0.01 * abs(impedance) * (noise[0] + 1j * noise[1])
    assert np.count_nonzero(read.real < 0) > 2
    found((frequency, read))


def test_a_circuit_far_from_the_cell_is_refused() -> None:
    """Bulk and grain boundary of a ceramic; one arc gives 1044 or 5389 instead of 4000 Ω."""
    for grain in (1e-7, 2e-8):
        points = circuit(
            lambda jw, grain=grain: (
                1000 / (1 + jw * grain) + 3000 / (1 + jw * 300 * grain) + 1e5 * jw**-0.9
            )
        )
        assert refused(points).code == "EIS_FIT_POOR"


def test_a_fit_that_does_not_converge_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """No spectrum is known that does it, so the solver is made to fail."""

    def fail(*_: object) -> None:
        raise FitError("none of 10 starts converged")

    monkeypatch.setattr(_eis_circuits, "fit_blocking_cell", fail)
    error = refused(FILM_25.spectrum())
    assert error.code == "E_FIT_NOT_CONVERGED"
    assert "M1: none of 10 starts converged" in error.message


def test_a_few_bad_points_are_dropped_and_many_refused() -> None:
    frequency, impedance = FILM_MINUS_10.spectrum(frequency=sweep(points=200))
    impedance[7] = np.nan
    flag = found((frequency, impedance))["NON_FINITE_DROPPED"]
    assert "row 8" in flag.message
    impedance[8:11] = np.nan
    error = refused((frequency, impedance))
    assert error.code == "E_NON_FINITE"
    assert "4 of 200 points" in error.message


@pytest.mark.parametrize(("points", "lowest"), [(14, 0.1), (30, 1.1e4)])
def test_a_short_spectrum_is_refused(points: int, lowest: float) -> None:
    spectrum = BlockingCell(5).spectrum(frequency=sweep(1e6, lowest, points))
    error = refused(spectrum)
    assert error.code == "E_TOO_FEW_POINTS"
    assert f"{points} usable points" in error.message


@pytest.mark.parametrize(("points", "lowest"), [(15, 0.1), (30, 1e4)])
def test_fifteen_points_or_two_decades_are_enough(points: int, lowest: float) -> None:
    cell = BlockingCell(5, inductance=0, prefactor=2e-6)
    found(cell.spectrum(frequency=sweep(1e6, lowest, points)))


def test_a_missing_column_is_named() -> None:
    arrays = {**frame(FILM_25.spectrum()).arrays}
    del arrays[REAL_IMPEDANCE]
    with pytest.raises(MethodError) as caught:
        run(Inputs({"main": ArrayFrame(arrays)}, FACTS), Params())
    assert caught.value.code == "E_COLUMNS_MISSING"
    assert REAL_IMPEDANCE in caught.value.message
    assert FREQUENCY in caught.value.message


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("contact_geometry", None, "E_META_MISSING:contact_geometry"),
        ("contact_geometry", "symmetric_li", "E_WRONG_KIND"),
        ("cell_type", "full_cell", "E_WRONG_KIND"),
    ],
)
def test_a_cell_that_is_not_declared_as_blocking_is_refused(
    name: str, value: str | None, code: str
) -> None:
    error = refused(FILM_25.spectrum(), **{name: value})
    assert error.code == code
    assert str(value or name) in error.message


def test_a_cell_declared_as_symmetric_and_blocking_is_taken() -> None:
    found(FILM_25.spectrum(), cell_type="symmetric_blocking")


def test_a_spectrum_without_a_tail_is_refused_with_that_sentence() -> None:
    error = refused(drifting())
    assert error.code == "E_WRONG_KIND"
    assert error.message.startswith("The spectrum is not blocking")


def test_a_real_dummy_circuit_is_refused_as_not_blocking(real_data: Path) -> None:
    error = refused(zplot(real_data, "Circuit1_EIS_1.z"))
    assert error.code == "E_WRONG_KIND"
    assert error.message.startswith("The spectrum is not blocking")


def test_a_shorted_cell_is_refused_as_not_blocking() -> None:
    points = circuit(lambda jw: 0.2 + 1e-6 * jw)
    assert refused(points).code == "E_WRONG_KIND"


def test_a_real_electrolyte_with_one_bad_point_is_refused(real_data: Path) -> None:
    name = "WOC_18012022_BM-K004_4 at 10.0 °C"
    (points,) = [points for label, _, points in electrolytes(real_data) if label == name]
    error = refused(points)
    assert error.code == "E_KK_INCONSISTENT"
    assert "near 50 Hz" in error.message


def test_what_is_missing_is_named_with_its_unit_and_place() -> None:
    thickness = refused(FILM_25.spectrum(), thickness_um=None)
    assert thickness.code == "E_META_MISSING:thickness_um"
    assert "thickness_um (µm)" in thickness.message
    assert "record of the sample" in thickness.message
    area = refused(FILM_25.spectrum(), diameter_mm=None)
    assert area.code == "E_META_MISSING:area_cm2"
    assert "area_cm2 (cm²)" in area.message


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("thickness_um", 0.0),
        ("thickness_um", -200.0),
        ("thickness_um", "thin"),
        ("diameter_mm", 0.0),
        ("area_cm2", -1.0),
        ("thickness_um_u", -1.0),
        ("temperature_celsius", -300.0),
        ("separator_macmullin", 0.0),
        ("lead_resistance_ohm", -0.1),
        ("lead_inductance_h", -1e-6),
    ],
)
def test_impossible_values_are_refused(name: str, value: Fact) -> None:
    error = refused(FILM_25.spectrum(), **{name: value})
    assert error.code == f"E_META_IMPLAUSIBLE:{name}"
    assert name in error.message


def test_a_short_cell_must_cover_the_frequencies() -> None:
    short = circuit(lambda jw: 0.2 + 1e-6 * jw, frequency=sweep(1e5, 0.1, 50))
    assert refused(FILM_25.spectrum(), short).code == "E_SHORT_RANGE"


@pytest.mark.parametrize("other", [FILM_25, BULK_ARC])
def test_a_short_cell_must_be_a_short(other: BlockingCell) -> None:
    error = refused(FILM_25.spectrum(), other.spectrum())
    assert error.code == "E_WRONG_KIND"
    assert "short" in error.message


def test_a_short_cell_with_the_other_sign_than_the_measurement_is_refused() -> None:
    short = circuit(lambda jw: (0.2 + 1e-6 * jw).conj())
    assert refused(FILM_25.spectrum(), short).code == "E_WRONG_KIND"
