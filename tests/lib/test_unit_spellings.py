"""However a unit is spelt, and whichever unit of a kind is typed, the same number is stored."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labsite.lib.units import parse_quantity

NUMBERS = st.integers(1, 10**7).map(lambda n: n / 1000)
SPELLINGS = [
    ("µm", 1.0, ["um", "µm", "μm", "micrometer", " um"]),
    ("µm", 1000.0, ["mm", "millimeter", " mm "]),
    ("s", 60.0, ["min", "minute", "minutes"]),
    ("s", 3600.0, ["h", "hour"]),
    ("mol/L", 1.0, ["M", "mol/L", "mol/l", "mol L-1", "mmol/mL", "kmol/m^3", "kmol/m³"]),
    ("g/mL", 0.001, ["kg/m³", "kg/m^3", "g/L"]),
    ("mg/cm²", 0.1, ["g/m²", "g/m^2", "g m-2"]),
    ("MPa", 0.001, ["kPa", "kilopascal"]),
    ("mW/cm²", 0.1, ["W/m²", "W/m^2"]),
]


def cases():
    """Unit of the field, factor, one spelling."""
    for unit, factor, spellings in SPELLINGS:
        for spelling in spellings:
            yield pytest.param(unit, factor, spelling, id=f"{spelling.strip()} as {unit}")


@pytest.mark.parametrize(("unit", "factor", "spelling"), list(cases()))
@given(number=NUMBERS, comma=st.booleans())
def test_the_spelling_of_a_unit_does_not_matter(unit, factor, spelling, number, comma):
    text = f"{number:.3f}".replace(".", "," if comma else ".")
    assert parse_quantity(f"{text} {spelling}", unit) == pytest.approx(factor * number, rel=1e-11)
