"""Quantities as people type them."""

import pytest

from labsite.lib.units import QuantityError, parse_quantity, show_measured, show_number, split_unit


@pytest.mark.parametrize(
    ("typed", "unit", "number"),
    [
        ("5 min", "s", 300.0),
        ("200 um", "µm", 200.0),
        ("1.5e3 nm", "µm", 1.5),
        ("2 in", "mm", 50.8),
        ("0.1 MPa", "kPa", 100.0),
        ("2 g/m^2", "mg/cm²", 0.2),
        ("175 A/kg", "mA/g", 175.0),
        ("0.03 mL", "µL", 30.0),
        ("300 mM", "mmol/L", 300.0),
        ("5 wt%", "", 0.05),
    ],
)
def test_a_quantity_is_converted_to_the_unit_of_the_field(typed, unit, number):
    assert parse_quantity(typed, unit) == pytest.approx(number, rel=1e-12)


@pytest.mark.parametrize(
    ("typed", "number"), [("0,8", 0.8), ("12", 12.0), ("−1.5", -1.5), (".5", 0.5), (" 3 ", 3.0)]
)
def test_a_bare_number_is_in_the_unit_of_the_field_and_may_have_a_decimal_comma(typed, number):
    assert parse_quantity(typed, "mm") == number


@pytest.mark.parametrize(("typed", "number"), [("4:1", 4.0), ("3 : 2", 1.5), ("2,5:1", 2.5)])
def test_a_ratio_is_a_plain_number(typed, number):
    assert parse_quantity(typed, "") == number


@pytest.mark.parametrize(
    ("typed", "unit"), [("1:4", ""), ("4:0", ""), ("4:1:1", ""), ("4:1", "mm")]
)
def test_what_is_no_ratio_is_refused(typed, unit):
    with pytest.raises(QuantityError):
        parse_quantity(typed, unit)


@pytest.mark.parametrize("typed", ["25 C", "25 °C", "25 degC", "298.15 K", "77 degF"])
def test_temperatures_are_converted_with_their_offset(typed):
    assert parse_quantity(typed, "°C") == pytest.approx(25.0, abs=1e-9)


def test_a_c_rate_is_no_charge():
    assert parse_quantity("0.2C", "1/h") == 0.2


@pytest.mark.parametrize("typed", ["3 kg", "5 foo", "2 °C", "3 m**9**9", "2 __import__('os')"])
def test_a_unit_that_does_not_fit_is_refused_and_the_right_one_named(typed):
    with pytest.raises(QuantityError, match="this field is in µm"):
        parse_quantity(typed, "µm")


@pytest.mark.parametrize("typed", ["about 5", "1,500.2", "9**9**9", "", "nan", "inf"])
def test_what_is_no_number_is_refused(typed):
    with pytest.raises(QuantityError):
        parse_quantity(typed, "µm")


def test_grams_misspelt_are_not_grains():
    with pytest.raises(QuantityError, match="this field is in mg"):
        parse_quantity("5 gr", "mg")


@pytest.mark.parametrize("typed", ["-0", "−0,0", "-0 g"])
def test_nothing_has_no_sign(typed):
    assert show_number(parse_quantity(typed, "mg")) == "0"


def test_a_unit_where_a_plain_number_belongs_is_refused():
    with pytest.raises(QuantityError, match="plain number"):
        parse_quantity("4 mm", "")


def test_what_does_not_fit_a_float_is_refused():
    with pytest.raises(QuantityError, match="too large"):
        parse_quantity("1e999", "mm")


def test_what_a_form_shows_can_be_typed_again():
    for number in (0.1 + 0.2, 1.0e-12, 699677.0, -3.5):
        assert parse_quantity(show_number(number), "") == pytest.approx(number, rel=1e-9)
    assert show_number(0.1 + 0.2) == "0.3"


def test_a_number_without_uncertainty_is_shown_as_it_was_typed():
    assert show_measured(0.80, None) == "0.8"
    assert show_measured(3.0512, 0.1234) == "3.05 ± 0.12"


def test_a_label_is_split_from_its_unit():
    assert split_unit("thickness / µm") == ("thickness", "µm")
    assert split_unit("NMA:LiFSI (mol/mol)") == ("NMA:LiFSI (mol/mol)", "")
