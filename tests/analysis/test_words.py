"""Metrics, units and verdicts in words."""

import pytest

from analysis.models import AnalysisRun, Metric
from analysis.words import in_words, run_state, show_metric, show_unit


def metric(**fields):
    known = {"name": "ionic_conductivity", "value": 2.0e-3, "unit": "S/cm", "u": 6.0e-5}
    return Metric(**known | fields)


def test_a_value_is_shown_with_two_digits_of_its_uncertainty():
    shown = show_metric(metric())
    assert (shown.text, shown.unit, shown.note) == ("(2.000 ± 0.060) × 10⁻³", "S/cm", "")
    assert (shown.label, shown.symbol) == ("Ionic conductivity", "σ")
    assert shown.meaning.startswith("Conductivity of the electrolyte for ions")


def test_a_value_without_uncertainty_says_so():
    shown = show_metric(metric(name="specific_charge_capacity", value=3413.6, unit="mAh/g", u=None))
    assert (shown.text, shown.note) == ("3413.6", "u unknown")


@pytest.mark.parametrize(
    ("censored", "text"), [("lower", "≥ 100"), ("upper", "≤ 100"), ("none", "100")]
)
def test_a_censored_value_is_a_limit_without_uncertainty(censored, text):
    life = metric(name="cycle_life_80", value=100.0, unit="count", u=None, censored=censored)
    shown = show_metric(life)
    assert (shown.text, shown.unit, shown.note) == (text, "", "")


def test_a_count_is_not_said_to_lack_an_uncertainty():
    reference = metric(name="retention_reference_cycle", value=4.0, unit="count", u=0.0)
    assert (show_metric(reference).text, show_metric(reference).note) == ("4", "")


def test_cycle_and_qualifier_stand_in_the_label():
    kept = metric(name="capacity_retention", index=300, qualifier="first_of_nominal_rate")
    assert show_metric(kept).label == "Capacity retention, cycle 300 (first of nominal rate)"


def test_the_interval_is_told_in_words():
    shown = show_metric(metric(lo95=1.88e-3, hi95=2.12e-3))
    assert shown.interval == "95 % interval: 1.88 × 10⁻³ to 2.12 × 10⁻³ S/cm"
    assert show_metric(metric()).interval == ""


def test_a_metric_outside_the_vocabulary_is_shown_by_its_name():
    shown = show_metric(metric(name="old_number", unit="furlong"))
    assert (shown.label, shown.symbol, shown.unit) == ("Old number", "", "furlong")


@pytest.mark.parametrize(
    ("unit", "written"),
    [
        ("mAh/cm**2", "mAh/cm²"),
        ("percent", "%"),
        ("percent/count", "%/cycle"),
        ("ohm*cm**2", "Ω·cm²"),
        ("S*s**alpha", "S·sᵅ"),
        ("S*K**0.5/cm", "S·K⁰·⁵/cm"),
        ("dimensionless", ""),
        ("uA/cm**2", "µA/cm²"),
    ],
)
def test_units_are_written_as_on_paper(unit, written):
    assert show_unit(unit) == written


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        ({"status": "queued"}, ("quiet", "queued")),
        ({"status": "running"}, ("active", "running")),
        ({"status": "failed", "verdict": "failed"}, ("failed", "failed")),
        ({"status": "done", "verdict": "ok"}, ("ok", "ok")),
        ({"status": "done", "verdict": "warning"}, ("warning", "warning")),
        ({"status": "done", "verdict": "ok", "stale_at": "2026-01-01"}, ("warning", "stale")),
    ],
)
def test_the_state_of_a_run_has_a_tone_and_a_word(fields, state):
    assert run_state(AnalysisRun(**fields)) == state


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("cpe_exponent", "CPE exponent"),
        ("kk_residual_rms", "Kramers–Kronig residual, RMS"),
        ("specific_capacity_delithiation", "Specific delithiation capacity"),
    ],
)
def test_a_metric_is_called_by_its_title(name, label):
    assert show_metric(metric(name=name)).label == label


def test_a_qualifier_that_the_title_holds_is_not_said_twice():
    life = metric(name="cycle_life_80", qualifier="80 %")
    assert show_metric(life).label == "Cycle life to 80 %"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("thickness_um (µm) is missing.", "Thickness in µm is missing."),
        ("Check active_mass_mg (0.683).", "Check active mass in mg (0.683)."),
        (
            "Not known are: active_mass_u_mg, area_cm2_u.",
            "Not known are: the uncertainty of the active mass, the uncertainty of the area.",
        ),
        (
            "No uncertainty is known for capacity_retention, cpe_exponent.",
            "No uncertainty is known for capacity retention, CPE exponent.",
        ),
        ("The table has no column test_time_second.", "The table has no column test_time_second."),
    ],
)
def test_names_in_sentences_are_said_as_people_say_them(written, read):
    assert in_words(written) == read
