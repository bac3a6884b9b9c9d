"""What the analysis of a sweep flags and refuses, and what it only just accepts."""

import numpy as np
import pytest

from analysis.methods import MethodError
from tests.methods.lsv_runs import AREA_CM2, analyse, flags, kink, onset, swept, wave


def refusal(columns, **changes) -> MethodError:
    with pytest.raises(MethodError) as caught:
        analyse(columns, **changes)
    return caught.value


def test_a_sweep_that_ends_before_oxidation_gives_a_lower_limit():
    result = analyse(swept(wave, stop=4.4, noise=0.1))
    found = onset(result)
    assert found.censored == "lower"
    assert found.value == pytest.approx(4.4, abs=1e-6)
    assert found.u is None
    assert flags(result)["LSV_NO_ONSET"].context["thresholds_ua_cm2"] == [10.0, 100.0]
    assert "tangent" not in {m.qualifier for m in result.metrics}
    assert "LSV_NO_ONSET" not in flags(analyse(swept(wave)))


def test_a_rise_too_short_for_a_run_limits_the_onset_where_it_begins():
    """The last five points are above 10 µA/cm²: neither an onset nor free of it up to 4.505 V."""
    found = onset(analyse(swept(wave, stop=4.505)))
    assert found.censored == "lower"
    assert found.value == pytest.approx(4.5, abs=2e-3)


def test_an_onset_at_the_very_end_has_no_upper_bound():
    result = analyse(swept(wave, stop=4.512))
    found = onset(result)
    assert found.censored == "none"
    assert (found.u, found.hi95) == (None, None)
    assert found.lo95 < 4.5
    assert flags(result)["LSV_ONSET_AT_END"].context["thresholds_ua_cm2"] == [10.0]
    assert "LSV_ONSET_AT_END" not in flags(analyse(swept(wave)))


@pytest.mark.parametrize(
    ("noise", "severity", "given"),
    [(0.5, "info", True), (5.0, "warn", True), (20.0, "warn", False)],
)
def test_noise_beside_a_threshold_is_said(noise, severity, given):
    result = analyse(swept(wave, noise=noise))
    found = flags(result)["LSV_NOISE"]
    assert found.severity == severity
    assert found.context["noise_ua_cm2"] == pytest.approx(noise, rel=0.1)
    assert ("10 µA/cm²" in {m.qualifier for m in result.metrics}) is given
    assert "LSV_NOISE" not in flags(analyse(swept(wave, noise=0.25)))


def test_a_peak_before_the_onset_is_said():
    def peaked(e):
        return wave(e) + 4 * np.exp(-(((e - 4.1) / 0.05) ** 2))

    found = flags(analyse(swept(peaked, noise=0.3)))["LSV_PRE_PEAK"]
    assert found.context["peaks_v"] == [pytest.approx(4.1, abs=0.02)]
    for seed in range(30):
        assert "LSV_PRE_PEAK" not in flags(analyse(swept(wave, noise=0.3, seed=seed, step=2e-3)))


def test_a_sloped_baseline_is_said():
    """2 µA/cm² is 20 % of the threshold: 0.9 V from the middle of the window to the onset."""
    steep = flags(analyse(swept(lambda e: 3 * (e - 3) + wave(e))))["LSV_BASELINE_SLOPED"]
    assert steep.context["slope_ua_cm2_v"] == pytest.approx(3.0, rel=0.02)
    assert "LSV_BASELINE_SLOPED" not in flags(analyse(swept(lambda e: 2 * (e - 3) + wave(e))))


def test_an_onset_within_the_baseline_window_is_said():
    early = analyse(swept(lambda e: wave(e + 0.6)))
    assert flags(early)["LSV_ONSET_IN_BASELINE"].context["window_end_v"] == 4.0
    lower = analyse(swept(lambda e: wave(e + 0.5)), baseline_to_v=3.7)
    assert "LSV_ONSET_IN_BASELINE" not in flags(lower)
    assert onset(lower).value == pytest.approx(4.0, abs=0.01)


@pytest.mark.parametrize(
    ("electrode", "planar"),
    [("SS", True), ("Al foil", True), ("glassy carbon", True), ("C", False), ("Super P/SS", False)],
)
def test_planar_electrodes_are_said(electrode, planar):
    found = flags(analyse(swept(kink), facts={"working_electrode": electrode}))
    assert ("PLANAR_ELECTRODE" in found) is planar


def test_what_was_assumed_is_said():
    found = flags(analyse(swept(wave), without=("area_cm2_u", "voltage_accuracy_v")))
    assert len(found["UNCERTAINTY_INCOMPLETE"].context["assumed"]) == 2
    assert "UNCERTAINTY_INCOMPLETE" not in flags(analyse(swept(wave)))


def test_milliamperes_for_amperes_show_in_the_background():
    columns = swept(lambda e: 0.5 + wave(e), noise=0.05)
    columns["current_ampere"] = columns["current_ampere"] * 1000
    found = flags(analyse(columns))
    assert found["LSV_BACKGROUND_HIGH"].context["background_ua_cm2"] == pytest.approx(500, rel=0.1)
    assert "LSV_BACKGROUND_HIGH" not in flags(analyse(swept(kink)))


def test_a_reversed_current_is_refused():
    columns = swept(kink, noise=0.3)
    columns["current_ampere"] = -columns["current_ampere"]
    error = refusal(columns)
    assert error.code == "E_WRONG_KIND"
    assert "sign of the current is reversed" in error.message


def test_a_current_that_never_changes_is_refused():
    assert "nothing was measured" in refusal(swept(lambda e: 0 * e)).message


def test_swapped_columns_are_refused():
    columns = swept(kink)
    columns["voltage_volt"], columns["current_ampere"] = (
        columns["current_ampere"],
        columns["voltage_volt"],
    )
    error = refusal(columns)
    assert error.code == "E_WRONG_KIND"
    assert "swapped" in error.message


@pytest.mark.parametrize(
    ("turn", "words"),
    [
        (lambda v: v[::-1], "potential falls from 5 to 3 V"),
        (lambda v: np.append(v, v[::-1]), "turns in row"),
        (lambda v: np.append(v[500:0:-1], v), "Before the rising sweep"),
    ],
)
def test_anything_but_one_rising_sweep_is_refused(turn, words):
    volt = turn(swept(wave)["voltage_volt"])
    columns = {
        "test_time_second": np.arange(volt.size) * 10.0,
        "voltage_volt": volt,
        "current_ampere": wave(volt) * 1e-6,
    }
    error = refusal(columns)
    assert error.code == "E_NON_MONOTONIC_POTENTIAL"
    assert words in error.message


def test_a_noisy_potential_still_rises():
    columns = swept(wave, noise=0.3, step=1e-4)
    jitter = np.random.default_rng(3).normal(0, 0.5e-3, columns["voltage_volt"].size)
    columns["voltage_volt"] = columns["voltage_volt"] + jitter
    assert onset(analyse(columns)).value == pytest.approx(4.5, abs=0.005)


@pytest.mark.parametrize(("rate", "refused"), [(0.104, False), (0.106, True), (1.0, True)])
def test_a_rate_that_contradicts_the_sweep_is_refused(rate, refused):
    if not refused:
        analyse(swept(wave), facts={"scan_rate_mv_s": rate})
        return
    error = refusal(swept(wave), facts={"scan_rate_mv_s": rate})
    assert error.code == "E_META_IMPLAUSIBLE:scan_rate_mv_s"
    assert "rise at 0.1 mV/s" in error.message


@pytest.mark.parametrize(
    ("fact", "code"),
    [
        ("cell_type", "E_META_MISSING:cell_type"),
        ("area_cm2", "E_META_MISSING:area_cm2"),
        ("working_electrode", "E_META_MISSING:working_electrode"),
        ("reference_electrode", "E_META_MISSING:reference_electrode"),
        ("scan_rate_mv_s", "E_META_MISSING:scan_rate_mv_s"),
    ],
)
def test_missing_facts_are_refused_by_name(fact, code):
    assert refusal(swept(kink), without=(fact,)).code == code


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"cell_type": "full_cell"}, "E_WRONG_KIND"),
        ({"area_cm2": 0.0}, "E_META_IMPLAUSIBLE:area_cm2"),
        ({"scan_rate_mv_s": -0.1}, "E_META_IMPLAUSIBLE:scan_rate_mv_s"),
        ({"reference_electrode": "Ag/AgCl"}, "E_META_IMPLAUSIBLE:reference_electrode"),
    ],
)
def test_wrong_facts_are_refused_by_name(facts, code):
    assert refusal(swept(kink), facts=facts).code == code


def test_an_area_in_square_millimetres_is_doubted():
    assert "META_IMPLAUSIBLE" in flags(analyse(swept(kink), facts={"area_cm2": 113.1}))
    assert "META_IMPLAUSIBLE" not in flags(analyse(swept(kink)))


@pytest.mark.parametrize(("stop", "refused"), [(3.69, True), (3.72, False)])
def test_half_a_volt_of_baseline_is_needed(stop, refused):
    columns = swept(wave, noise=0.01, stop=stop)
    if refused:
        error = refusal(columns)
        assert error.code == "E_NO_BASELINE"
        assert "at least 0.5 V" in error.message
    else:
        assert onset(analyse(columns)).censored == "lower"


@pytest.mark.parametrize("column", ["test_time_second", "voltage_volt", "current_ampere"])
def test_a_missing_column_is_refused(column):
    columns = swept(kink)
    del columns[column]
    error = refusal(columns)
    assert error.code == "E_COLUMNS_MISSING"
    assert column in error.message


def test_few_points_are_refused():
    short = {name: values[::21] for name, values in swept(kink).items()}
    assert len(short["voltage_volt"]) == 96
    assert refusal(short).code == "E_TOO_FEW_POINTS"
    one = {name: values[:1] for name, values in swept(kink).items()}
    assert refusal(one).code == "E_TOO_FEW_POINTS"


def test_broken_rows_are_dropped_up_to_one_percent():
    columns = swept(wave, noise=0.1)
    columns["current_ampere"][::150] = np.nan
    result = analyse(columns)
    assert flags(result)["NON_FINITE_DROPPED"].context["rows"] == 14
    assert onset(result).value == pytest.approx(4.5, abs=0.005)
    columns["current_ampere"][::50] = np.nan
    assert refusal(columns).code == "E_NON_FINITE"


def test_time_that_goes_back_is_refused():
    columns = swept(wave)
    columns["test_time_second"][700] = 0.0
    assert refusal(columns).code == "E_NON_MONOTONIC_TIME"


def test_a_correction_without_a_resistance_is_refused():
    assert refusal(swept(wave), correct_ir=True).code == "E_PARAM_INVALID"
    error = refusal(swept(wave), correct_ir=True, series_resistance_ohm=1e6)
    assert "without its drop" in error.message
    assert AREA_CM2 * 5180e-6 * 1e6 > 2  # the drop is larger than the sweep
