"""Thermograms in JCAMP-DX: temperature, mass and time, known by their units."""

from collections.abc import Sequence

import pandas as pd

from measurements import columns
from measurements.formats import FormatError
from measurements.formats._checks import Source, clean_text
from measurements.formats._spectra import Spectrum, Values, unit_in

ZERO_CELSIUS_K = 273.15
UNITS = {
    columns.TEMPERATURE: {
        "°c": 1.0, "c": 1.0, "degc": 1.0, "celsius": 1.0, "degreescelsius": 1.0, "k": 1.0,
        "kelvin": 1.0,
    },
    columns.MASS: {"mg": 1.0, "g": 1e3, "μg": 1e-3, "ug": 1e-3},
    columns.MASS_PERCENT: {"%": 1.0, "wt%": 1.0, "percent": 1.0, "weightpercent": 1.0},
    columns.TEST_TIME: {"s": 1.0, "sec": 1.0, "seconds": 1.0, "min": 60.0, "minutes": 60.0},
}  # fmt: skip
"""Canonical column -> units of it with their factors."""

KELVIN = {"k", "kelvin"}
ALL_UNITS = "°C, K; mg, g, µg, %; s, min"

Column = tuple[str, Values]
"""What the file calls a column, with its unit; its values."""


def thermogram(source: Source, found: Sequence[Column]) -> Spectrum:
    """Return the columns under canonical names; FormatError for a unit that is not known."""
    frame = pd.DataFrame(dict(_canonical(source, text, values) for text, values in found))
    return Spectrum(columns.TGA, frame)


def is_thermal(texts: Sequence[str]) -> bool:
    """Tell whether the units of columns are those of a mass over a temperature."""
    names = {_known(text)[0] for text in texts}
    return columns.TEMPERATURE in names and bool(names & {columns.MASS, columns.MASS_PERCENT})


def _known(text: str) -> tuple[str, float]:
    """Return canonical column and factor of a unit; "" for one that is not known."""
    unit = unit_in(text)
    return next(((name, units[unit]) for name, units in UNITS.items() if unit in units), ("", 1.0))


def _canonical(source: Source, text: str, values: Values) -> Column:
    name, factor = _known(text)
    if not name:
        raise FormatError(
            f"{source.name} has a thermogram in an unknown unit",
            place="XUNITS, YUNITS or UNITS",
            found=f"“{clean_text(text, 40)}”",
            expected=ALL_UNITS,
            code="E_UNITS_UNKNOWN",
        )
    offset = ZERO_CELSIUS_K if unit_in(text) in KELVIN else 0.0
    return name, values * factor - offset
