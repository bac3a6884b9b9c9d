"""Small-angle scattering: units of the scattering vector, and curves as one table."""

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING
from xml.etree.ElementTree import ParseError

import pandas as pd
from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from measurements import columns
from measurements.formats import FormatError, Notice, Reading
from measurements.formats._checks import Source, clean_text
from measurements.formats._spectra import Spectrum, reading, squeezed

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

LENGTHS = {
    r"[aå]|ang(strom|stroem|ström)?s?": 1.0,
    r"nm|nanomet(er|re)s?": 10.0,
    r"[uμ]m": 1e4,
    r"cm": 1e8,
    r"m": 1e10,
}
"""Unit of length, squeezed -> how many ångström it is."""

INVERSE = re.compile(r"1/(.+)|(.+?)\^?[({]?-1[)}]?")
WAVELENGTH, TEMPERATURE, ZERO_CELSIUS_K = "wavelength_angstrom", "temperature_celsius", 273.15


def length_angstrom(text: str) -> float | None:
    """Return how many ångström a unit of length is; None if it is not known."""
    name = squeezed(text).replace("_", "")
    return next((size for names, size in LENGTHS.items() if re.fullmatch(names, name)), None)


def q_factor(text: str) -> float | None:
    """Return the factor from a unit of the scattering vector to 1/Å; None if it is not known."""
    inverse = INVERSE.fullmatch(squeezed(text))
    size = length_angstrom(inverse[1] or inverse[2]) if inverse else None
    return 1 / size if size else None


def no_q_unit(source: Source, place: str, found: str) -> FormatError:
    """Return the error of a curve whose scattering vector has no unit that is known."""
    return FormatError(
        f"{source.name} has a scattering vector in an unknown unit",
        place=place,
        found=f"“{clean_text(found, 40)}”" if found else "no unit",
        expected="1/Å or 1/nm written in the file; without it, upload the bare table of "
        "numbers and map its columns",
        code="E_UNITS_UNKNOWN",
    )


def curves(
    source: Source,
    frames: Sequence[pd.DataFrame],
    *,
    unit: str,
    metadata: Mapping[str, object],
    notices: Sequence[Notice] = (),
) -> Reading:
    """Return curves that follow each other in one table, numbered if there are several.

    ``unit`` is that of the intensity, "" where the file has none. Raises FormatError as ``finish``.
    """
    whole = pd.concat(frames, ignore_index=True)
    found = Spectrum(columns.SCATTERING, whole, clean_text(unit, 40), tuple(notices))
    return reading(source, found, [len(frame) for frame in frames], metadata=metadata)


def xml_root(name: str, data: bytes, place: str) -> "Element":
    """Return the root of an XML document; FormatError for broken or hostile XML."""
    try:
        root: Element = ElementTree.fromstring(data)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise FormatError(
            f"{name} has XML that is not whole",
            place=place,
            found=clean_text(error, 120),
            expected="the file as its program wrote it",
            code="E_TRUNCATED",
        ) from error
    return root
