"""Measured numbers in writing: as many digits as the uncertainty allows."""

from decimal import Context, Decimal

U_DIGITS = 2
"""Significant digits of a standard uncertainty, as the GUM advises (JCGM 100:2008, 7.2.6)."""
DIGITS = 5
"""Significant digits of a number whose uncertainty is not known."""
PLAIN = range(-2, 5)
"""Powers of ten of the first digit that are written out: 0.01 to 99,999."""
LARGEST_WHOLE = 10**9
LEAST, MOST = 1e-100, 1e30
"""Sizes of numbers that are taken: nothing measured is beyond, and what follows is finite."""
EXACT = Context(prec=1000)
"""More digits than any two floats lie apart."""
RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def show_with_u(value: float, u: float) -> str:
    """Write "3.05 ± 0.12", or "(2.000 ± 0.060) × 10⁻³" for the very small and the very large.

    ``value`` and its standard uncertainty ``u`` > 0 in one unit, both finite; u has two significant
    digits and the value ends at the same place.
    """
    last = _last(u)
    shown, shown_u = _rounded(value, last), _rounded(u, last)
    power = max(shown.adjusted(), shown_u.adjusted())
    if power in PLAIN:
        return f"{_written(shown)} ± {_written(shown_u)}"
    return f"({_written(shown, power)} ± {_written(shown_u, power)}) × {power_of_ten(power)}"


def show_alone(value: float) -> str:
    """Write a number without known uncertainty: five significant digits, whole ones in full."""
    if value == int(value) and abs(value) < LARGEST_WHOLE:
        return _signed(f"{int(value)}")
    shown = Decimal(f"{value:.{DIGITS - 1}e}").normalize()
    power = shown.adjusted()
    if power in PLAIN:
        return _written(shown)
    return f"{_written(shown, power)} × {power_of_ten(power)}"


def power_of_ten(power: int) -> str:
    """Write 10⁻³."""
    return f"10{str(power).translate(RAISED)}"


def _last(u: float) -> int:
    """Return the power of ten of the last digit that is written of an uncertainty."""
    return int(f"{Decimal(repr(float(u))):.{U_DIGITS - 1}e}".partition("e")[2]) - U_DIGITS + 1


def _rounded(value: float, last: int) -> Decimal:
    """Round to the place 10**last, as the shortest decimal that means the float says."""
    return Decimal(repr(float(value))).quantize(Decimal((0, (1,), last)), context=EXACT)


def _written(number: Decimal, power: int = 0) -> str:
    """Write the number in units of 10**power."""
    return _signed(f"{number.scaleb(-power, context=EXACT):f}")


def _signed(digits: str) -> str:
    """Write a true minus, and none before zero."""
    if digits.startswith("-"):
        return "−" + digits[1:] if digits.strip("-0.") else digits[1:]
    return digits
