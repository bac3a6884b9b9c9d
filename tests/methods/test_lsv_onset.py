"""The onset of oxidation on sweeps whose onset is known."""

import math

import numpy as np
import pytest

from analysis.methods import Metric
from analysis.methods.lsv_onset import METHOD
from analysis.vocabulary import VOCABULARY
from tests.methods.lsv_runs import AREA_CM2, analyse, flags, kink, onset, swept, wave

SEEDS = 200
COVERED = (0.90, 0.99)
DECADE_V = 0.08 * math.log(10)


@pytest.mark.parametrize(
    ("definition", "potential"),
    [("tangent", 4.500), ("10 µA/cm²", 4.550), ("1 µA/cm²", 4.505)],
)
def test_the_kink_of_the_specification(definition, potential):
    result = analyse(swept(kink))
    assert onset(result, definition).value == pytest.approx(potential, abs=0.002)
    assert result.status == "ok"


@pytest.mark.parametrize(
    ("definition", "potential"),
    [("1 µA/cm²", 4.316), ("10 µA/cm²", 4.500), ("100 µA/cm²", 4.684), ("tangent", 4.797)],
)
def test_the_exponential_wave_of_the_specification(definition, potential):
    assert onset(analyse(swept(wave)), definition).value == pytest.approx(potential, abs=0.001)


def test_the_exponential_wave_with_noise():
    for seed in range(20):
        found = onset(analyse(swept(wave, noise=0.3, seed=seed)))
        assert found.value == pytest.approx(4.5, abs=0.005)


def test_the_background_is_the_baseline_with_its_uncertainty():
    found = [
        next(m for m in analyse(swept(kink, noise=0.3, seed=seed)).metrics if m.name[0] == "b")
        for seed in range(40)
    ]
    assert found[0].name == "background_current_density"
    assert np.mean([m.lo95 <= 0.5 <= m.hi95 for m in found]) >= 0.9
    assert max(m.u for m in found) < 0.2


@pytest.fixture(scope="module")
def scaled_runs():
    """Sweeps whose current is off by up to 20 %, which is the doubt about any threshold."""
    found: dict[str, list[Metric]] = {}
    for seed in range(SEEDS):
        scale = np.random.default_rng(seed).uniform(0.8, 1.2)
        columns = swept(lambda e, s=scale: 0.5 + s * wave(e), noise=0.3, seed=seed, step=2e-3)
        result = analyse(columns)
        for definition in ("1 µA/cm²", "10 µA/cm²", "100 µA/cm²"):
            found.setdefault(definition, []).append(onset(result, definition))
    return found


@pytest.mark.parametrize(
    ("definition", "truth"),
    [("1 µA/cm²", 4.5 - DECADE_V), ("10 µA/cm²", 4.5), ("100 µA/cm²", 4.5 + DECADE_V)],
)
def test_the_interval_covers_noise_baseline_and_threshold(scaled_runs, definition, truth):
    found = scaled_runs[definition]
    assert COVERED[0] <= np.mean([m.lo95 <= truth <= m.hi95 for m in found]) <= COVERED[1]
    assert np.mean([m.u for m in found]) == pytest.approx(
        np.sqrt(np.mean([(m.value - truth) ** 2 for m in found])), rel=0.3
    )


def test_the_accuracy_of_the_voltage_is_part_of_the_uncertainty():
    quiet = onset(analyse(swept(wave))).u
    loud = onset(analyse(swept(wave), facts={"voltage_accuracy_v": 0.02})).u
    assert loud == pytest.approx(math.hypot(quiet, 0.02), rel=0.1)


def test_the_same_file_gives_the_same_numbers():
    columns = swept(wave, noise=0.3)
    assert analyse(columns).metrics == analyse(columns).metrics


def test_a_chosen_threshold_stands_beside_the_usual_ones():
    result = analyse(swept(wave), threshold_ua_cm2=20.0)
    assert onset(result, "20 µA/cm²").value == pytest.approx(4.5 + 0.08 * math.log(2), abs=1e-3)
    assert {m.qualifier for m in result.metrics} == {
        "1 µA/cm²", "20 µA/cm²", "100 µA/cm²", "tangent", "",
    }  # fmt: skip


def test_the_largest_curvature_is_given_where_asked_for():
    result = analyse(swept(lambda e: 1 + wave(e), noise=0.005), curvature=True)
    found = onset(result, "maximum curvature")
    assert found.value == pytest.approx(4.316, abs=0.02)
    assert found.lo95 < found.value < found.hi95


def test_the_area_scales_the_density():
    """Twice the area is half the density: 80 mV · ln 2 later."""
    result = analyse(swept(wave), facts={"area_cm2": 2 * AREA_CM2})
    assert onset(result).value == pytest.approx(4.5 + 0.08 * math.log(2), abs=1e-3)


def test_potentials_against_indium_are_shifted():
    columns = swept(wave)
    columns["voltage_volt"] = columns["voltage_volt"] - 0.62
    result = analyse(columns, facts={"reference_electrode": "Li-In"})
    assert onset(result).value == pytest.approx(4.5, abs=1e-3)
    assert flags(result)["REFERENCE_SHIFTED"].context["shift_v"] == 0.62
    assert "REFERENCE_SHIFTED" not in flags(analyse(swept(wave)))


def test_the_drop_over_the_cell_is_taken_away_where_asked_for():
    columns = swept(wave, stop=4.75)
    columns["voltage_volt"] = columns["voltage_volt"] + 100 * columns["current_ampere"]
    corrected = analyse(columns, series_resistance_ohm=100.0, correct_ir=True)
    assert onset(corrected, "100 µA/cm²").value == pytest.approx(4.5 + DECADE_V, abs=1e-3)
    dropped = analyse(columns, series_resistance_ohm=100.0)
    expected = 100 * 100e-6 * AREA_CM2
    assert onset(dropped, "100 µA/cm²").value == pytest.approx(4.5 + DECADE_V + expected, abs=1e-3)
    assert flags(dropped)["IR_DROP"].context["drop_v"] == pytest.approx(expected, rel=0.02)
    assert "IR_DROP" not in flags(corrected)
    assert "IR_DROP" not in flags(analyse(columns, series_resistance_ohm=10.0))


def test_the_rate_of_the_file_is_used_where_nobody_entered_one():
    result = analyse(swept(wave), without=("scan_rate_mv_s",), metadata={"scan_rate_mv_s": 0.1})
    assert "0.1 mV/s, SS" in onset(result).definition


def test_a_rest_before_and_a_hold_after_the_sweep_change_nothing():
    columns = swept(wave, noise=0.1)
    rest, hold = 600, 300
    time = np.arange(rest + columns["voltage_volt"].size + hold) * 10.0
    padded = {
        "test_time_second": time,
        "voltage_volt": np.pad(columns["voltage_volt"], (rest, hold), "edge"),
        "current_ampere": np.pad(columns["current_ampere"], (rest, hold)),
    }
    padded["current_ampere"][-hold:] = columns["current_ampere"][-1] / 2
    result = analyse(padded)
    assert onset(result).value == pytest.approx(onset(analyse(columns)).value, abs=1e-3)
    assert flags(result)["REST_LEFT_OUT"].context["before"] == pytest.approx(rest, abs=2)
    assert flags(result)["REST_LEFT_OUT"].context["after"] == pytest.approx(hold, abs=2)
    assert "REST_LEFT_OUT" not in flags(analyse(columns))


def test_figures_are_small_and_name_their_units():
    result = analyse(swept(wave, noise=0.3, step=1e-4))
    assert [curve.name for curve in result.curves] == ["sweep", "onset", "log_rise"]
    for curve in result.curves:
        assert "/ V" in curve.x_title
        assert "µA cm⁻²" in curve.y_title
        for trace in curve.traces:
            assert 0 < len(trace.x) == len(trace.y) <= 2000
            assert np.isfinite(trace.y).all()
    assert (result.curves[2].traces[0].y > 0).all()


def test_it_starts_for_sweeps_of_lithium_against_a_blocking_electrode():
    assert METHOD.triggers("voltammetry", {"cell_type": "li_blocking"})
    assert METHOD.triggers("voltammetry", {"contact_geometry": "li_blocking"})
    assert not METHOD.triggers("voltammetry", {"cell_type": "full_cell"})
    assert not METHOD.triggers("cycling", {"cell_type": "li_blocking"})


def test_its_metrics_are_in_the_vocabulary():
    assert {m.name for m in analyse(swept(kink)).metrics} <= set(VOCABULARY)
