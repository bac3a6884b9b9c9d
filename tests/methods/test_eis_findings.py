"""Bulk resistance and conductivity (A01): every flag, with and without its cause."""

import numpy as np
import pytest

from analysis.methods._eis_flags import kk_flags
from analysis.methods.eis_bulk_conductivity import Params, run
from analysis.science.lin_kk import lin_kk
from labsite.demo.spectra import (
    BULK_ARC,
    FILM_25,
    FILM_MINUS_10,
    BlockingCell,
    drifting,
    sweep,
)
from tests.methods.spectra import circuit, found, inputs


def test_a_good_spectrum_has_nothing_but_its_inductance() -> None:
    assert set(found(FILM_MINUS_10.spectrum())) == {"EIS_INDUCTIVE_HF"}
    assert found(BULK_ARC.spectrum()) == {}


def test_a_small_resistance_with_leads_in_it_is_flagged() -> None:
    flags = found(FILM_25.spectrum())
    assert set(flags) == {"EIS_INDUCTIVE_HF", "EIS_LEAD_NOT_COMPENSATED"}
    assert flags["EIS_LEAD_NOT_COMPENSATED"].severity == "warn"
    assert flags["EIS_INDUCTIVE_HF"].severity == "info"
    assert "EIS_LEAD_NOT_COMPENSATED" not in found(FILM_25.spectrum(), lead_resistance_ohm=0.1)
    assert "EIS_LEAD_NOT_COMPENSATED" in found(FILM_25.spectrum(), lead_inductance_h=1e-7)


def test_noise_of_three_percent_gives_high_residuals_without_a_trend() -> None:
    flags = found(FILM_MINUS_10.spectrum(noise=0.03))
    assert flags["EIS_KK_RESIDUAL_HIGH"].severity == "warn"
    assert "EIS_KK_TREND" not in flags
    assert "EIS_FIT_POOR" not in flags


def test_a_drift_of_two_arcs_gives_a_trend_only() -> None:
    flags = kk_flags(lin_kk(*drifting(), blocking=False), 1.0, 2.0)
    assert [flag.code for flag in flags] == ["EIS_KK_TREND"]


def test_a_drift_of_the_bulk_gives_a_trend_only() -> None:
    growing = BlockingCell(5e4 * np.linspace(1, 1.1, 71), 0.0, 1e-6, 0.85, 1e-10)
    flags = found(growing.spectrum(noise=0.001))
    assert set(flags) == {"EIS_KK_TREND"}
    assert flags["EIS_KK_TREND"].severity == "warn"


def test_the_limits_of_the_residuals_are_parameters() -> None:
    strict = Params(kk_rms_percent=0.1)
    assert "EIS_KK_RESIDUAL_HIGH" in found(FILM_MINUS_10.spectrum(), strict)


def test_an_intercept_unlike_the_fit_is_flagged() -> None:
    flags = found(BlockingCell(1.0, inductance=2e-6).spectrum())
    assert flags["EIS_INTERCEPT_MISMATCH"].severity == "warn"
    assert flags["EIS_INTERCEPT_MISMATCH"].context["model_free_ohm"] == pytest.approx(
        1.09, abs=0.01
    )


def test_a_spectrum_that_ends_before_the_intercept_is_flagged() -> None:
    flags = found(BlockingCell(3.0).spectrum(frequency=sweep(1e4, 0.1, 51)))
    assert flags["EIS_NO_HF_INTERCEPT"].severity == "warn"


def test_no_model_free_value_is_published_where_none_can_be_read() -> None:
    frequency = sweep(2e4, 10, 50)
    tau = 2 / (2 * np.pi * 2e4)
    points = circuit(
        lambda jw: 1e-4 * jw + 550 / (1 + (jw * tau) ** 0.8) + 1e6 * jw**-0.93, 5e-4, frequency
    )
    result = run(inputs(points), Params())
    assert "high_frequency_intercept" not in {metric.name for metric in result.metrics}
    assert "EIS_NO_HF_INTERCEPT" in {flag.code for flag in result.flags}
    assert result.metrics[0].value == pytest.approx(550, rel=0.005)


def test_a_low_exponent_is_hardly_blocking() -> None:
    flags = found(BlockingCell(50, prefactor=1e-3, exponent=0.57).spectrum())
    assert flags["CPE_EXPONENT_LOW"].severity == "warn"
    assert "CPE_EXPONENT_LOW" not in found(BlockingCell(50, exponent=0.62).spectrum())


def test_a_circuit_that_does_not_describe_the_cell_is_flagged() -> None:
    """Two arcs close to each other; the circuit has one."""
    points = circuit(lambda jw: 3000 / (1 + jw * 3e-7) + 300 / (1 + jw * 4e-6) + 1e5 * jw**-0.9)
    flags = found(points)
    assert flags["EIS_FIT_POOR"].severity == "warn"
    assert "EIS_KK_RESIDUAL_HIGH" not in flags


def test_natural_limits_of_parameters_are_mentioned_only() -> None:
    result = run(inputs(BlockingCell(50, 0.0, exponent=1.0).spectrum(seed=1)), Params())
    flags = [flag for flag in result.flags if flag.code == "PARAM_AT_BOUND"]
    assert {flag.context["parameter"] for flag in flags} == {"cpe_exponent", "lead_inductance"}
    assert {flag.severity for flag in flags} == {"info"}
    metrics = {metric.name: metric for metric in result.metrics}
    assert metrics["cpe_exponent"].value == pytest.approx(1, abs=1e-4)
    assert metrics["cpe_exponent"].u is None
    assert "lead_inductance" not in metrics


def test_a_parameter_stuck_at_a_bound_is_a_warning() -> None:
    result = run(inputs(BlockingCell(50).spectrum()), Params(model="M2"))
    flags = [flag for flag in result.flags if flag.code == "PARAM_AT_BOUND"]
    severity = {flag.context["parameter"]: flag.severity for flag in flags}
    assert severity["arc_time_constant"] == "warn"
    assert "PARAM_AT_BOUND" not in found(BlockingCell(50).spectrum())


def test_parameters_that_cannot_be_told_apart_are_flagged_and_profiled() -> None:
    frequency = sweep(2e4, 10, 50)
    tau = 0.13 / (2 * np.pi * 2e4)
    points = circuit(
        lambda jw: 1e-4 * jw + 550 / (1 + (jw * tau) ** 0.98) + 1e6 * jw**-0.93,
        frequency=frequency,
        seed=1,
    )
    result = run(inputs(points), Params(model="M2"))
    flags = {flag.code: flag for flag in result.flags}
    assert "lead_inductance and arc_time_constant" in flags["PARAMS_CORRELATED"].message
    bulk = result.metrics[0]
    assert bulk.lo95 < 550 < bulk.hi95
    assert bulk.hi95 - bulk.lo95 == pytest.approx(2 * 1.99 * bulk.u, rel=0.3)
    assert "PARAMS_CORRELATED" not in found(BULK_ARC.spectrum())


def test_a_turned_imaginary_part_is_mentioned() -> None:
    frequency, impedance = FILM_MINUS_10.spectrum()
    flag = found((frequency, impedance.conj()))["IMAG_SIGN_FLIPPED"]
    assert flag.severity == "info"
    assert flag.context["median_imaginary_ohm"] > 0


def test_repeated_frequencies_are_dropped() -> None:
    frequency, impedance = FILM_MINUS_10.spectrum()
    twice = np.tile(frequency, 2), np.concatenate([impedance, 3 * impedance])
    result = run(inputs(twice), Params())
    (flag,) = [flag for flag in result.flags if flag.code == "EIS_DUPLICATES_DROPPED"]
    assert flag.context["dropped"] == 71
    assert result.metrics == run(inputs((frequency, impedance)), Params()).metrics


@pytest.mark.parametrize(
    ("name", "slip"),
    [
        ("thickness_um", 0.02),
        ("thickness_um", 6000.0),
        ("diameter_mm", 1.6),
        ("temperature_celsius", 298.15),
        ("amplitude_mv", 0.01),
        ("separator_macmullin", 0.2),
    ],
)
def test_slips_of_units_are_warned_of(name: str, slip: float) -> None:
    flag = found(FILM_25.spectrum(), **{name: slip})["META_IMPLAUSIBLE"]
    assert flag.severity == "warn"
    assert flag.context["field"] == name


@pytest.mark.parametrize(("u", "warned"), [(90.0, False), (110.0, True)])
def test_an_uncertainty_above_half_of_its_value_is_warned_of(u: float, warned: bool) -> None:
    flags = found(FILM_25.spectrum(), thickness_um_u=u)
    assert ("META_IMPLAUSIBLE" in flags) is warned
    if warned:
        assert flags["META_IMPLAUSIBLE"].context["field"] == "thickness_um_u"


def test_usual_values_are_not_warned_of() -> None:
    flags = found(FILM_25.spectrum(), amplitude_mv=10.0, separator_macmullin=4.0)
    assert "META_IMPLAUSIBLE" not in flags


def test_an_unknown_temperature_is_room_temperature_and_said() -> None:
    flag = found(FILM_25.spectrum(), temperature_celsius=None)["TEMPERATURE_ASSUMED"]
    assert flag.severity == "info"
    assert flag.context["temperature_celsius"] == 25


def test_unknown_uncertainties_are_named() -> None:
    flag = found(FILM_25.spectrum(), thickness_um_u=None)["UNCERTAINTY_INCOMPLETE"]
    assert flag.severity == "info"
    assert flag.context["assumed"] == ["2 % of the thickness"]


def test_a_separator_without_a_macmullin_number_gives_an_effective_conductivity() -> None:
    flags = found(FILM_25.spectrum(), film_form="soaked_separator")
    assert flags["EFFECTIVE_CONDUCTIVITY"].severity == "info"
    assert "EFFECTIVE_CONDUCTIVITY" not in found(FILM_25.spectrum(), film_form="disc")


def test_a_short_cell_is_turned_with_the_measurement() -> None:
    frequency, impedance = FILM_25.spectrum()
    short = circuit(lambda jw: 0.2 + 1e-6 * jw)
    plain = run(inputs((frequency, impedance), short), Params())
    turned = run(inputs((frequency, impedance.conj()), (short[0], short[1].conj())), Params())
    assert turned.metrics == plain.metrics
