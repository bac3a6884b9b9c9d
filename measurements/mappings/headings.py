"""Guesses what a column means from its heading and its unit; a person decides."""

import re
import unicodedata
from collections.abc import Sequence

from measurements import columns
from measurements.mappings.layout import Head
from measurements.mappings.mapping import Column
from measurements.mappings.quantities import KINDS, NONE, QUANTITIES, unit_of

UNIT_ENDINGS = (
    re.compile(r"^(?P<name>.+?)\s*[\[(](?P<unit>[^\[\]()]{1,20})[\])]$"),
    re.compile(r"^(?P<name>.+?)\s*/\s*(?P<unit>[^/\s][^/]{0,12}(/[^/\s]{1,6})?)$"),
    re.compile(r"^(?P<name>.+?)(?:_|\s+in\s+|,\s*|\s+)(?P<unit>[^\s_,]{1,8})$"),
)
"""Voltage (V), Voltage [V]; U / V; Stress_MPa, time in h, Voltage, V."""

WORDS: dict[str, tuple[str, ...]] = {
    columns.TEST_TIME: (
        "time", "test time", "testtime", "total time", "elapsed time", "elapsed", "t", "zeit",
        "testzeit", "laufzeit", "gesamtzeit", "seconds", "hours", "minutes", "sekunden", "temps",
        "date time", "datetime", "timestamp", "date", "relative time", "run time", "time stamp",
    ),
    columns.VOLTAGE: (
        "voltage", "volts", "volt", "v", "u", "e", "potential", "spannung", "tension", "ewe",
        "ecell", "cell voltage", "potenzial", "we potential", "working electrode", "zellspannung",
    ),
    columns.CURRENT: (
        "current", "amps", "amp", "ampere", "i", "strom", "stromstarke", "courant", "cell current",
        "we current",
    ),
    columns.CYCLE: ("cycle", "cycle number", "cycle index", "cycle no", "zyklus", "cycle id"),
    columns.STEP: ("step", "step number", "step index", "step no", "schritt"),
    columns.STEP_TIME: ("step time", "schrittzeit"),
    columns.RECORD: ("record", "index", "no", "nr", "point", "data point", "record number", "#"),
    columns.CHARGING_CAPACITY: ("charge capacity", "charge cap", "q charge", "ladekapazitat"),
    columns.DISCHARGING_CAPACITY: (
        "discharge capacity", "discharge cap", "q discharge", "entladekapazitat",
    ),
    columns.FREQUENCY: ("frequency", "freq", "f", "frequenz", "frequence"),
    columns.REAL_IMPEDANCE: (
        "re z", "re(z)", "z'", "zre", "z re", "real", "zreal", "z real", "real impedance", "zr",
        "realteil", "rez", "impedance real",
    ),
    columns.IMAGINARY_IMPEDANCE: (
        "im z", "im(z)", "z''", 'z"', "zim", "z im", "imag", "imaginary", "zimag", "z imag", "zi",
        "imaginary impedance", "imaginarteil", "imz", "impedance imag",
    ),
    columns.ABSOLUTE_IMPEDANCE: ("|z|", "z mod", "zmod", "z", "modulus", "impedance", "impedanz"),
    columns.PHASE: ("phase", "phase angle", "theta", "phi", "zphz", "phase(z)", "phasenwinkel"),
    columns.RESISTANCE: ("resistance", "r", "widerstand"),
    columns.TEMPERATURE: ("temperature", "temp", "t cell", "temperatur", "sample temperature"),
    columns.FORCE: ("force", "load", "kraft", "standardkraft", "f force", "prufkraft"),
    columns.EXTENSION: (
        "extension", "displacement", "travel", "crosshead", "weg", "verformung", "traverse",
        "standardweg", "position", "disp", "stroke",
    ),
    columns.STRESS: ("stress", "spannung mechanisch", "sigma", "engineering stress"),
    columns.STRAIN: ("strain", "dehnung", "epsilon", "engineering strain"),
    columns.HEAT_FLOW: ("heat flow", "dsc", "heatflow", "warmestrom", "waermestrom"),
    columns.MASS: ("mass", "weight", "masse", "gewicht"),
    columns.RAMAN_SHIFT: ("raman shift", "shift", "raman"),
    columns.WAVENUMBER: ("wavenumber", "wavenumbers", "wellenzahl"),
    columns.WAVELENGTH: ("wavelength", "lambda", "wellenlange"),
    columns.INTENSITY: ("intensity", "counts", "intensitat", "i(q)", "signal"),
    columns.INTENSITY_U: ("intensity error", "error", "sigma i", "di", "i err", "uncertainty"),
    columns.ABSORBANCE: ("absorbance", "extinction", "absorption"),
    columns.TRANSMITTANCE: ("transmittance", "transmission"),
    columns.Q: ("q", "scattering vector"),
}  # fmt: skip
"""Headings without unit, in small letters without accents; in several languages."""

SELF_UNITS = {
    "seconds": "s", "sekunden": "s", "minutes": "min", "hours": "h", "volts": "V", "volt": "V",
    "amps": "A", "amp": "A", "ampere": "A", "counts": "counts",
}  # fmt: skip
"""Headings that are units themselves."""

MINUS = ("-", "\u2212", "\u2013", "minus ", "neg ")


def guess_columns(head: Head, kind: str = "") -> tuple[Column, ...]:
    """Return the columns whose headings say what they are; the unit is empty when none says it.

    Each quantity once, the first column that means it; ``kind`` settles what a word can mean.
    """
    units = [*head.units, *[""] * (len(head.headings) - len(head.units))]
    found: dict[str, Column] = {}
    for heading, below in zip(head.headings, units, strict=False):
        column = _column(heading, below.strip("[]() /"), kind)
        if column is not None:
            found.setdefault(column.quantity, column)
    return tuple(found.values())


def _column(heading: str, below: str, kind: str) -> Column | None:
    for text, unit in (*_parted(heading), (heading, "")):
        name, flip = _word(text)
        for quantity in _meant(name, kind):
            unit = unit or below or SELF_UNITS.get(name, "")
            known = unit_of(unit, QUANTITIES[quantity]) if unit else _only(quantity)
            if unit and known is None:
                continue
            signed = QUANTITIES[quantity].signed
            return Column(heading, quantity, known or "", flip and signed)
    return None


def _parted(heading: str) -> Sequence[tuple[str, str]]:
    """Return a heading in name and unit, in every way in which headings say units."""
    matches = (pattern.match(heading) for pattern in UNIT_ENDINGS)
    return [(match["name"], match["unit"]) for match in matches if match]


def _word(text: str) -> tuple[str, bool]:
    """Return a heading without accents, underscores and a leading minus, and whether it had one."""
    plain = unicodedata.normalize("NFKD", text.strip()).casefold()
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    plain = plain.replace("\u2032", "'").replace("_", " ").replace("''", '"').strip(" .:")
    flip = plain.startswith(MINUS)
    for sign in MINUS:
        plain = plain.removeprefix(sign)
    return " ".join(plain.strip().split()).replace('"', "''"), flip


def _meant(name: str, kind: str) -> list[str]:
    """Return the quantities that a word can mean; those that the kind needs first."""
    needed = {one for way in columns.REQUIRED.get(kind, ()) for one in way}
    found = [quantity for quantity, words in WORDS.items() if name in words]
    return sorted(found, key=lambda quantity: quantity not in needed)


def _only(quantity: str) -> str | None:
    """Return the unit of a count; others have several, of which the file must say one."""
    allowed = QUANTITIES[quantity].allowed
    return allowed[0] if allowed in ((NONE,), ("text",)) else None


def guess_kind(names: Sequence[str]) -> str:
    """Return the first kind that has all it needs among the quantities, else what one is near."""
    present = set(names)
    polar = {columns.FREQUENCY, columns.ABSOLUTE_IMPEDANCE, columns.PHASE}
    if polar <= present:
        return columns.IMPEDANCE
    fitting = (kind for kind in KINDS if any(set(way) <= present for way in columns.REQUIRED[kind]))
    near = (kind for kind in KINDS if any(set(way) & present for way in columns.REQUIRED[kind]))
    return next(fitting, next(near, columns.CYCLING))


def guess_unit(heading: str, quantity: str) -> str:
    """Return the unit of a quantity that a heading says; empty when it says none."""
    units = (unit_of(unit, QUANTITIES[quantity]) for _name, unit in _parted(heading))
    return next(filter(None, units), _only(quantity) or "")
