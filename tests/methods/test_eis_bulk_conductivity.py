"""Bulk resistance and conductivity from blocking impedance (A01): values."""

import math
import time
from pathlib import Path

import numpy as np
import pytest

from analysis.methods import ArrayFrame, Inputs, Metric, Result
from analysis.methods.eis_bulk_conductivity import METHOD, Params, run
from analysis.vocabulary import VOCABULARY
from labsite.demo.spectra import (
    BULK_ARC,
    FILM_25,
    FILM_MINUS_10,
    BlockingCell,
    Points,
    resistance_ohm,
    sweep,
)
from measurements.columns import (
    ABSOLUTE_IMPEDANCE,
    FREQUENCY,
    IMAGINARY_IMPEDANCE,
    PHASE,
    REAL_IMPEDANCE,
)
from tests.methods.spectra import FACTS, electrolytes, frame, inputs

OUT = {
    "bulk_resistance",
    "high_frequency_intercept",
    "ionic_conductivity",
    "cpe_exponent",
    "cpe_prefactor",
    "lead_inductance",
    "kk_residual_rms",
    "kk_residual_max",
    "kk_residual_lag1",
}


def metric(result: Result, name: str, qualifier: str = "") -> Metric:
    (found,) = [m for m in result.metrics if (m.name, m.qualifier) == (name, qualifier)]
    return found


def codes(result: Result) -> set[str]:
    return {flag.code for flag in result.flags}


def compute(points: Points, params: Params | None = None, **facts: float | str | None) -> Result:
    return run(inputs(points, **facts), params or Params())


@pytest.mark.parametrize(
    ("cell", "resistance", "conductivity"),
    [(FILM_25, 4.9736, 2.000e-3), (FILM_MINUS_10, 49.736, 2.000e-4)],
)
def test_the_films_of_the_paper_give_their_conductivity(
    cell: BlockingCell, resistance: float, conductivity: float
) -> None:
    result = compute(cell.spectrum())
    bulk, sigma = metric(result, "bulk_resistance"), metric(result, "ionic_conductivity")
    assert cell.resistance == pytest.approx(resistance, rel=2e-5)
    assert bulk.value == pytest.approx(resistance, rel=2e-3)
    assert bulk.lo95 <= resistance <= bulk.hi95
    assert bulk.definition == "fit of circuit M1"
    assert sigma.value == pytest.approx(conductivity, rel=5e-3)
    assert sigma.lo95 <= conductivity <= sigma.hi95


def test_five_ohm_are_found_with_m1() -> None:
    bulk = metric(compute(BlockingCell(5.0).spectrum(seed=1)), "bulk_resistance")
    assert bulk.value == pytest.approx(5.000, abs=0.003)
    assert bulk.definition == "fit of circuit M1"
    assert bulk.n == 71


def test_a_bulk_arc_is_found_with_m2() -> None:
    result = compute(BULK_ARC.spectrum(seed=1))
    bulk = metric(result, "bulk_resistance")
    assert bulk.value == pytest.approx(5.000e4, abs=30)
    assert bulk.definition == "fit of circuit M2"
    assert metric(result, "high_frequency_intercept").value == pytest.approx(5e4, rel=0.01)
    assert result.status == "ok"


def test_every_metric_is_there_in_a_unit_of_the_vocabulary_with_its_uncertainty() -> None:
    result = compute(FILM_25.spectrum())
    assert {m.name for m in result.metrics} == OUT
    for m in result.metrics:
        assert m.name in VOCABULARY
        assert m.u > 0
        assert m.lo95 < m.value < m.hi95
        assert m.n == 71
        assert all(math.isfinite(number) for number in (m.value, m.u, m.lo95, m.hi95))
    assert metric(result, "cpe_exponent").value == pytest.approx(0.9, abs=0.001)
    assert metric(result, "cpe_prefactor").value == pytest.approx(2e-5, rel=0.003)
    assert metric(result, "lead_inductance").value == pytest.approx(0.5e-6, rel=0.02)
    assert metric(result, "kk_residual_rms").value == pytest.approx(0.3, abs=0.03)
    assert metric(result, "kk_residual_max").value < 1
    assert metric(result, "kk_residual_lag1").value < 0.3


def test_the_uncertainty_of_the_conductivity_combines_resistance_thickness_and_area() -> None:
    result = compute(FILM_25.spectrum(), thickness_um_u=5.0, diameter_mm_u=0.1)
    bulk, sigma = metric(result, "bulk_resistance"), metric(result, "ionic_conductivity")
    expected = math.sqrt((bulk.u / bulk.value) ** 2 + (5 / 200) ** 2 + (2 * 0.1 / 16) ** 2)
    assert sigma.u / sigma.value == pytest.approx(expected, rel=1e-9)
    assert math.log(sigma.hi95 / sigma.value) == pytest.approx(1.96 * expected, rel=2e-3)


def test_area_and_diameter_say_the_same() -> None:
    area = math.pi * 0.8**2
    by_area = compute(FILM_25.spectrum(), diameter_mm=None, diameter_mm_u=None, area_cm2=area,
                      area_cm2_u=area * 2 * 0.05 / 16)  # fmt: skip
    by_diameter = compute(FILM_25.spectrum())
    first, second = (metric(r, "ionic_conductivity") for r in (by_area, by_diameter))
    assert first.value == pytest.approx(second.value, rel=1e-12)
    assert first.u == pytest.approx(second.u, rel=1e-12)


def test_uncertainties_nobody_entered_are_two_percent_and_a_tenth_of_a_millimetre() -> None:
    bare = compute(FILM_25.spectrum(), thickness_um_u=None, diameter_mm_u=None)
    given = compute(FILM_25.spectrum(), thickness_um_u=4.0, diameter_mm_u=0.1)
    assert metric(bare, "ionic_conductivity").u == pytest.approx(
        metric(given, "ionic_conductivity").u
    )
    assert "UNCERTAINTY_INCOMPLETE" in codes(bare)
    assert "UNCERTAINTY_INCOMPLETE" not in codes(given)


def test_intervals_of_resistance_and_conductivity_hold_the_truth_in_95_of_100_cases() -> None:
    """Thickness and diameter are wrong by their uncertainty, as they are in a laboratory."""
    inside = np.zeros(2)
    for seed in range(200):
        error = np.random.default_rng([seed, 1]).normal(size=2)
        result = compute(
            FILM_25.spectrum(seed),
            Params(model="M1"),
            thickness_um=200 + 2 * error[0],
            diameter_mm=16 + 0.05 * error[1],
        )
        bulk, sigma = metric(result, "bulk_resistance"), metric(result, "ionic_conductivity")
        inside += (
            bulk.lo95 <= resistance_ohm(2e-3, 200, 16) <= bulk.hi95,
            (sigma.lo95 <= 2e-3 <= sigma.hi95),
        )
    assert np.all(inside >= 0.90 * 200)
    assert np.all(inside <= 0.99 * 200)


def test_a_soaked_separator_has_an_effective_and_a_bulk_conductivity() -> None:
    result = compute(FILM_25.spectrum(), separator_macmullin=4.0, separator_macmullin_u=0.4)
    effective = metric(result, "ionic_conductivity", "effective")
    bulk = metric(result, "ionic_conductivity", "bulk")
    assert bulk.value == pytest.approx(4 * effective.value)
    assert (bulk.u / bulk.value) ** 2 == pytest.approx((effective.u / effective.value) ** 2 + 0.01)
    assert "EFFECTIVE_CONDUCTIVITY" not in codes(result)


def with_leads(points: Points, ohm: float, henry: float) -> Points:
    frequency, impedance = points
    return frequency, impedance + ohm + 2j * np.pi * frequency * henry


def test_a_short_cell_on_another_grid_takes_the_leads_away() -> None:
    measured = with_leads(FILM_25.spectrum(), 0.2, 0.7e-6)
    grid = sweep(2e6, 0.05, 40)
    short = with_leads((grid, np.zeros(40, dtype=complex)), 0.2, 0.7e-6)
    bare, free = (run(inputs(measured, s), Params()) for s in (None, short))
    assert metric(bare, "bulk_resistance").value == pytest.approx(5.17, abs=0.01)
    assert metric(free, "bulk_resistance").value == pytest.approx(4.974, abs=0.01)
    assert metric(free, "lead_inductance").value == pytest.approx(0.5e-6, rel=0.02)
    assert "EIS_LEAD_NOT_COMPENSATED" in codes(bare) - codes(free)


def test_known_leads_are_subtracted_with_their_uncertainty() -> None:
    measured = with_leads(FILM_25.spectrum(), 0.2, 0.7e-6)
    result = compute(
        measured, lead_resistance_ohm=0.2, lead_resistance_ohm_u=0.05, lead_inductance_h=0.7e-6
    )
    plain = metric(compute(FILM_25.spectrum()), "bulk_resistance")
    bulk = metric(result, "bulk_resistance")
    assert bulk.value == pytest.approx(plain.value, abs=0.002)
    assert bulk.u == pytest.approx(math.hypot(plain.u, 0.05), rel=0.01)
    assert "EIS_LEAD_NOT_COMPENSATED" not in codes(result)


def test_the_order_of_the_rows_and_the_kind_of_columns_do_not_matter() -> None:
    frequency, impedance = FILM_25.spectrum()
    expected = metric(compute((frequency, impedance)), "bulk_resistance").value
    upwards = compute((frequency[::-1], impedance[::-1]))
    assert metric(upwards, "bulk_resistance").value == expected
    polar = {
        FREQUENCY: frequency,
        ABSOLUTE_IMPEDANCE: np.abs(impedance),
        PHASE: np.degrees(np.angle(impedance)),
    }
    result = run(Inputs({"main": ArrayFrame(polar)}, FACTS), Params())
    assert metric(result, "bulk_resistance").value == pytest.approx(expected, rel=1e-9)


def test_a_file_that_stores_minus_z_imaginary_is_turned() -> None:
    frequency, impedance = FILM_25.spectrum()
    turned, plain = compute((frequency, impedance.conj())), compute((frequency, impedance))
    assert turned.metrics == plain.metrics
    assert codes(turned) - codes(plain) == {"IMAG_SIGN_FLIPPED"}


def test_the_same_input_gives_the_same_result_and_stays_as_it_is() -> None:
    points = FILM_25.spectrum()
    before = points[0].copy(), points[1].copy()
    table = frame(points)
    first, second = (run(Inputs({"main": table}, FACTS), Params()) for _ in range(2))
    assert first.metrics == second.metrics
    assert np.array_equal(table[FREQUENCY], before[0])
    assert np.array_equal(table[REAL_IMPEDANCE], before[1].real)
    assert np.array_equal(table[IMAGINARY_IMPEDANCE], before[1].imag)


def test_a_frequency_window_leaves_points_out() -> None:
    params = Params(lowest_frequency_hz=10, highest_frequency_hz=1e5)
    bulk = metric(compute(FILM_25.spectrum(), params), "bulk_resistance")
    assert bulk.n == 41
    assert bulk.value == pytest.approx(4.974, rel=0.005)


def test_an_arc_outside_the_spectrum_is_not_chosen_although_it_fits_better() -> None:
    """Such an arc only bends the tail; it put real electrolytes off by up to 45 %."""
    result = compute(BlockingCell(500, capacitance=3e-11).spectrum())
    bulk = metric(result, "bulk_resistance")
    assert bulk.definition == "fit of circuit M1"
    assert bulk.value == pytest.approx(500, rel=0.005)
    assert "although" in result.log[2]


def test_the_figures_show_measurement_and_fit() -> None:
    result = compute(FILM_25.spectrum())
    curves = {curve.name: curve for curve in result.curves}
    assert list(curves) == ["nyquist_hf", "nyquist", "bode", "kk_residuals"]
    assert curves["nyquist"].equal_axes
    assert curves["nyquist_hf"].equal_axes
    measured, fit = curves["nyquist"].traces
    assert (measured.mode, fit.mode) == ("markers", "lines")
    assert measured.y[-1] == pytest.approx(-FILM_25.spectrum()[1].imag[-1])
    near = curves["nyquist_hf"].traces[0]
    assert 0 < near.x.size < measured.x.size
    assert np.abs(near.x).max() < 15
    assert {trace.axis for trace in curves["bode"].traces} == {"y", "y2"}
    assert max(np.abs(trace.y).max() for trace in curves["kk_residuals"].traces) < 1
    for curve in result.curves:
        assert curve.x_title
        assert curve.y_title
        assert all(trace.x.shape == trace.y.shape for trace in curve.traces)


def test_the_table_holds_points_fit_and_residuals() -> None:
    (table,) = compute(FILM_25.spectrum()).tables
    assert table.name == "spectrum"
    assert {column.size for column in table.columns.values()} == {71}
    relative = table.columns["fit_real_impedance_ohm"] / table.columns[REAL_IMPEDANCE] - 1
    assert np.abs(relative[20:40]).max() < 0.05


def test_a_figure_has_at_most_two_thousand_points() -> None:
    cell = FILM_MINUS_10.spectrum(frequency=sweep(points=2500))
    result = compute(cell, Params(model="M1"))
    assert max(t.x.size for curve in result.curves for t in curve.traces) <= 2000
    assert result.tables[0].columns[FREQUENCY].size == 2500


def test_the_log_says_what_was_done() -> None:
    log = compute(FILM_25.spectrum()).log
    assert "71 points" in log[0]
    assert "RC elements" in log[1]
    assert "M1, ΔAICc(M2 − M1) = +" in log[2]
    assert "200 ± 2 µm" in log[3]


def test_it_takes_less_than_two_seconds() -> None:
    begin = time.process_time()
    compute(BULK_ARC.spectrum())
    assert time.process_time() - begin < 2


def test_it_starts_by_itself_on_blocking_contacts_only() -> None:
    assert METHOD.triggers("impedance", {"contact_geometry": "blocking"})
    assert not METHOD.triggers("impedance", {"contact_geometry": "symmetric_li"})
    assert not METHOD.triggers("impedance", {})
    assert not METHOD.triggers("cycling", {"contact_geometry": "blocking"})


def test_real_electrolytes_give_the_published_resistances(real_data: Path) -> None:
    spectra = {name: (published, points) for name, published, points in electrolytes(real_data)}
    for name in ("PYA_25082021_BM169_1 at 20.0 °C", "WOC_23032021_BM063_4 at 40.0 °C"):
        published, points = spectra[name]
        assert metric(compute(points), "bulk_resistance").value == pytest.approx(
            published, rel=0.006
        )
