"""How measured numbers are written."""

import pytest

from labsite.lib.numbers import show_alone, show_with_u


@pytest.mark.parametrize(
    ("value", "u", "written"),
    [
        (3.0512, 0.1234, "3.05 ± 0.12"),
        (2.0e-3, 6.0e-5, "(2.000 ± 0.060) × 10⁻³"),
        (87.1, 0.2, "87.10 ± 0.20"),
        (4.9736, 0.0031, "4.9736 ± 0.0031"),
        (0.012, 0.001, "0.0120 ± 0.0010"),
        (145, 1, "145.0 ± 1.0"),
    ],
)
def test_the_uncertainty_has_two_digits_and_the_value_ends_at_the_same_place(value, u, written):
    assert show_with_u(value, u) == written


@pytest.mark.parametrize(
    ("value", "u", "written"),
    [
        (1.0, 0.0996, "1.00 ± 0.10"),  # u gains a digit when it is rounded
        (1.0, 0.00995, "1.000 ± 0.010"),  # half to even
        (1.0, 0.00985, "1.0000 ± 0.0098"),
        (9.996, 0.01, "9.996 ± 0.010"),
        (9.9996, 0.012, "10.000 ± 0.012"),  # the value gains a digit
        (99999.6, 1.2, "99999.6 ± 1.2"),
        (99999.96, 1.2, "(1.000000 ± 0.000012) × 10⁵"),  # gains the digit that is too many
        (0.00999996, 0.0000012, "0.0100000 ± 0.0000012"),
        (0.125, 0.25, "0.12 ± 0.25"),  # half to even, like Python and IEEE 754
        (2.675, 0.12, "2.68 ± 0.12"),  # the decimal that was meant, not the float below it
    ],
)
def test_rounding_carries_over_cleanly(value, u, written):
    assert show_with_u(value, u) == written


@pytest.mark.parametrize(
    ("value", "u", "written"),
    [
        (-3.0512, 0.1234, "−3.05 ± 0.12"),
        (-2.0e-3, 6.0e-5, "(−2.000 ± 0.060) × 10⁻³"),
        (0.0, 0.25, "0.00 ± 0.25"),
        (-0.001, 0.25, "0.00 ± 0.25"),  # no minus before zero
        (0.44, 12.0, "0 ± 12"),
        (0.0, 3e-7, "(0.0 ± 3.0) × 10⁻⁷"),
        (1e-9, 5e-4, "(0.0 ± 5.0) × 10⁻⁴"),
    ],
)
def test_negative_numbers_zero_and_uncertainties_above_the_value(value, u, written):
    assert show_with_u(value, u) == written


@pytest.mark.parametrize(
    ("value", "u", "written"),
    [
        (5230.0, 314.0, "5230 ± 310"),
        (699_677.0, 1234.0, "(6.997 ± 0.012) × 10⁵"),
        (1.0e300, 1.0e298, "(1.000 ± 0.010) × 10³⁰⁰"),
        (5.0e-324, 5.0e-324, "(5.0 ± 5.0) × 10⁻³²⁴"),
        (1.0, 1.0e-12, "1.0000000000000 ± 0.0000000000010"),
        (3.0, 4.0e5, "(0.0 ± 4.0) × 10⁵"),
    ],
)
def test_huge_and_tiny_numbers_get_one_power_of_ten(value, u, written):
    assert show_with_u(value, u) == written


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (3413.6, "3413.6"),
        (3413.6123, "3413.6"),
        (0.5, "0.5"),
        (4.0, "4"),
        (699677.0, "699677"),
        (-0.00214, "−2.14 × 10⁻³"),
        (123456.7, "1.2346 × 10⁵"),
        (99999.6, "1 × 10⁵"),
        (2.0e-3, "2 × 10⁻³"),
        (0.0, "0"),
        (1e300, "1 × 10³⁰⁰"),
    ],
)
def test_a_number_without_uncertainty_has_five_digits_at_most(value, written):
    assert show_alone(value) == written
