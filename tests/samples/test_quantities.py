"""The catalogue of quantities: what is known of each kind of step, and what is refused."""

import math

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from cells.models import CellEvent
from cells.quantities import EVENT_QUANTITIES
from labsite.lib.quantities import checked, differs, dose_mj_cm2
from labsite.lib.units import parse_quantity
from samples.models import ProcessStep
from samples.quantities import QUANTITIES
from samples.steplines import quantity_lines

UV, MILLING, PUNCHING = (QUANTITIES[kind] for kind in ("uv_cure", "ball_milling", "punching"))
CATALOGUES = pytest.mark.parametrize("catalogue", [QUANTITIES, EVENT_QUANTITIES])


def refused(quantities: object, values: dict[str, object], kind: str = "UV curing") -> list[str]:
    with pytest.raises(ValidationError) as caught:
        checked(quantities, values, kind)
    return caught.value.messages


def test_every_kind_of_step_and_event_has_quantities() -> None:
    assert set(QUANTITIES) == set(ProcessStep.Kind.values)
    assert set(EVENT_QUANTITIES) == set(CellEvent.Kind.values)


@CATALOGUES
def test_a_name_means_the_same_quantity_in_all_kinds(catalogue: object) -> None:
    by_name: dict[str, object] = {}
    for quantities in catalogue.values():
        names = [one.name for one in quantities]
        assert len(names) == len(set(names))
        for one in quantities:
            assert by_name.setdefault(one.name, one) == one


@CATALOGUES
def test_units_are_read_by_forms_and_usual_values_are_allowed(catalogue: object) -> None:
    for quantities in catalogue.values():
        for one in quantities:
            if one.is_number:
                assert parse_quantity(f"12 {one.unit}", one.unit) == 12
                assert one.usual is not None
                low, high = one.usual
                assert low < high
                assert not one.problem(high)
                assert not one.problem(low)


def test_numbers_are_stored_as_floats_and_words_without_blanks() -> None:
    said = {"uv_time_s": 300, "lamp": " UV LED ", "temperature_celsius": None}
    stored = checked(UV, said, "UV curing")
    assert stored == {"uv_time_s": 300.0, "lamp": "UV LED"}
    assert isinstance(stored["uv_time_s"], float)


@pytest.mark.parametrize(
    ("quantities", "name", "value", "sentence"),
    [
        (UV, "uv_tme_s", 300, "Step has no quantity 'uv_tme_s'; known are: lamp, uv_wavelength_nm"),
        (UV, "uv_time_s", "5 min", "found '5 min'; allowed: a number in s, at least 0 s."),
        (UV, "uv_time_s", True, "found True; allowed: a number in s"),
        (UV, "uv_time_s", -1, "found -1 s; allowed: a number in s, at least 0 s."),
        (UV, "uv_time_s", math.nan, "found nan s; allowed"),
        (UV, "uv_time_s", 10**400, "found inf s; allowed"),
        (UV, "lamp", "", "found ''; allowed: a word of at most 80 letters."),
        (UV, "lamp", "x" * 81, "allowed: a word of at most 80 letters."),
        (MILLING, "atmosphere", "helium", "found 'helium'; allowed: argon, nitrogen, dry_air"),
        (PUNCHING, "pieces", 2.5, "found 2.5; allowed: a whole number, at least 1."),
        (MILLING, "oxygen_ppm", 2e6, "found 2000000 ppm; allowed: 0 ppm to 1000000 ppm."),
    ],
)
def test_what_is_refused_names_the_kind_what_was_found_and_what_is_allowed(
    quantities: object, name: str, value: object, sentence: str
) -> None:
    (message,) = refused(quantities, {name: value}, "step")
    assert message.startswith("Step")
    assert name in message
    assert sentence in message


def test_all_wrong_quantities_are_told_at_once() -> None:
    assert len(refused(UV, {"uv_time_s": -1, "lamp": 3, "pressure": 1})) == 3


def test_the_dose_follows_from_intensity_and_time() -> None:
    said = {"uv_intensity_mw_cm2": 10, "uv_time_s": 300}
    assert checked(UV, said, "UV curing")["uv_dose_mj_cm2"] == 3000.0
    assert "uv_dose_mj_cm2" not in checked(UV, {"uv_time_s": 300}, "UV curing")


def test_a_dose_may_be_measured_but_not_contradict_intensity_and_time() -> None:
    said = {"uv_intensity_mw_cm2": 10, "uv_time_s": 300}
    assert checked(UV, {**said, "uv_dose_mj_cm2": 3800}, "UV curing")["uv_dose_mj_cm2"] == 3800
    (message,) = refused(UV, {**said, "uv_dose_mj_cm2": 2000})
    assert message == (
        "UV curing: found a dose of 2000 mJ/cm², but 10 mW/cm² for 300 s make 3000 mJ/cm²; "
        "correct one of the three, or leave one empty."
    )


@given(st.floats(0.01, 1e4), st.floats(0.1, 1e5))
def test_the_dose_grows_with_intensity_and_time(intensity: float, time: float) -> None:
    dose = dose_mj_cm2(intensity, time)
    assert dose == pytest.approx(intensity * time)
    assert dose_mj_cm2(2 * intensity, time) == pytest.approx(2 * dose)
    assert dose_mj_cm2(time, intensity) == dose


@pytest.mark.parametrize(
    ("planned", "done", "off"),
    [(300.0, 303.0, False), (300.0, 303.1, True), (-40.0, -40.4, False), (0.0, 0.1, True),
     ("argon", "argon", False), ("argon", "air", True)],
)  # fmt: skip
def test_more_than_one_percent_off_the_plan_is_a_difference(
    planned: object, done: object, off: bool
) -> None:
    assert differs(planned, done) is off


def test_planned_and_done_stand_side_by_side_in_words() -> None:
    planned = {"uv_time_s": 300.0, "uv_wavelength_nm": 365.0, "atmosphere": "argon"}
    done = {"uv_time_s": 310.0, "uv_wavelength_nm": 365.0}
    by_label = {line.label: line for line in quantity_lines(UV, planned, done)}
    assert list(by_label) == ["UV wavelength", "UV time", "Atmosphere"]
    uv = by_label["UV time"]
    assert (uv.done, uv.planned, uv.off, uv.difference) == ("310 s", "300 s", True, "+3.3 %")
    assert not by_label["UV wavelength"].off
    assert by_label["Atmosphere"].planned == "argon glove box"
    assert by_label["Atmosphere"].done == ""


def test_turns_are_turns_and_not_radians() -> None:
    assert parse_quantity("500 rpm", "rpm") == 500
    assert parse_quantity("10 Hz", "rpm") == 600
    assert parse_quantity("500 1/min", "rpm") == 500
