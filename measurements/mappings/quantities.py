"""Quantities that a column can be mapped to, and the units in which files write them."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from math import pi

from measurements import columns

Scale = tuple[float, float]
"""Factor and shift: canonical = factor · number + shift."""

ELAPSED = "hh:mm:ss"
CLOCK = "time of day"
DATE_YMD = "YYYY-MM-DD hh:mm:ss"
DATE_DMY = "DD.MM.YYYY hh:mm:ss"
DATE_MDY = "MM/DD/YYYY hh:mm:ss"
TIME_TEXTS = (ELAPSED, CLOCK, DATE_YMD, DATE_DMY, DATE_MDY)
"""A time as text: elapsed; of the day, counted from the first row; a date with its time."""

NONE = "–"
"""The unit of a count or a fraction."""

TEXT = "text"


def _factors(**factors: float) -> dict[str, Scale]:
    return {unit: (factor, 0.0) for unit, factor in factors.items()}


def _prefixed(unit: str, prefixes: str, power: int = 0) -> dict[str, Scale]:
    """Return a unit with metric prefixes ("1" for none); the canonical one is 10^power of it."""
    powers = {"p": -12, "n": -9, "µ": -6, "m": -3, "1": 0, "k": 3, "M": 6, "G": 9}
    return {
        f"{prefix.replace('1', '')}{unit}": (10.0 ** (powers[prefix] - power), 0.0)
        for prefix in prefixes
    }


TIME = _factors(s=1.0, ms=1e-3, min=60.0, h=3600.0, d=86400.0)
VOLTS = _prefixed("V", "1mµk")
AMPERES = _prefixed("A", "1mµnp")
CHARGE = {**_prefixed("Ah", "1mµ"), "C": (1 / 3600, 0.0)}
ENERGY = {**_prefixed("Wh", "1mµk"), "J": (1 / 3600, 0.0)}
CELSIUS = {"°C": (1.0, 0.0), "K": (1.0, -273.15), "°F": (5 / 9, -160 / 9)}
HERTZ = {**_prefixed("Hz", "1mkM"), "rad/s": (1 / (2 * pi), 0.0)}
OHMS = _prefixed("Ω", "1mkM")
DEGREES = {"°": (1.0, 0.0), "rad": (180 / pi, 0.0)}
NEWTONS = {**_prefixed("N", "1mµnk"), "kgf": (9.80665, 0.0), "lbf": (4.4482216152605, 0.0)}
MILLIMETRES = {**_prefixed("m", "1mµ", -3), "cm": (10.0, 0.0), "in": (25.4, 0.0)}
PASCALS = {
    **_prefixed("Pa", "1kMG"), "N/mm²": (1e6, 0.0), "bar": (1e5, 0.0), "psi": (6894.757293168, 0.0),
}  # fmt: skip
FRACTION = {NONE: (1.0, 0.0), "%": (1e-2, 0.0), "‰": (1e-3, 0.0), "µm/m": (1e-6, 0.0)}
PERCENT = {"%": (1.0, 0.0), NONE: (100.0, 0.0)}
MILLIWATTS = _prefixed("W", "1mµ", -3)
WATTS_A_GRAM = {"W/g": (1.0, 0.0), "mW/mg": (1.0, 0.0), "mW/g": (1e-3, 0.0)}
MILLIGRAMS = _prefixed("g", "1mµ", -3)
A_CENTIMETRE = {"1/cm": (1.0, 0.0), "1/m": (1e-2, 0.0)}
NANOMETRES = {**_prefixed("m", "nµ", -9), "Å": (0.1, 0.0)}
METRES = {**_prefixed("m", "1mµnp"), "Å": (1e-10, 0.0)}
AN_ANGSTROM = {"1/Å": (1.0, 0.0), "1/nm": (0.1, 0.0), "1/m": (1e-10, 0.0)}
ARBITRARY = {unit: (1.0, 0.0) for unit in ("a.u.", "counts", "counts/s", "1/cm", "1/m")}
PLAIN = {NONE: (1.0, 0.0)}
WORDS = {TEXT: (1.0, 0.0)}


@dataclass(frozen=True)
class Quantity:
    """A canonical column: label for people, units with their scales, whether a sign can flip."""

    name: str
    label: str
    units: Mapping[str, Scale]
    signed: bool = False

    @property
    def canonical(self) -> str:
        """The unit of the canonical column, empty where it has none or any."""
        plain = self.units in (PLAIN, WORDS, ARBITRARY)
        unit = next(unit for unit, scale in self.units.items() if scale == (1.0, 0.0))
        return "" if plain or unit == NONE else unit

    @property
    def allowed(self) -> tuple[str, ...]:
        """The units, the canonical or most usual first; of a test time also its texts."""
        texts = TIME_TEXTS if self.name in {columns.TEST_TIME, columns.STEP_TIME} else ()
        return (*self.units, *texts)


def _table(*quantities: Quantity) -> dict[str, Quantity]:
    return {quantity.name: quantity for quantity in quantities}


QUANTITIES = _table(
    Quantity(columns.TEST_TIME, "Test time", TIME),
    Quantity(columns.VOLTAGE, "Voltage", VOLTS, signed=True),
    Quantity(columns.CURRENT, "Current", AMPERES, signed=True),
    Quantity(columns.CYCLE, "Cycle number", PLAIN),
    Quantity(columns.STEP, "Step number", PLAIN),
    Quantity(columns.STEP_ID, "Step of the schedule", WORDS),
    Quantity(columns.STEP_TYPE, "Step type", WORDS),
    Quantity(columns.STEP_TIME, "Step time", TIME),
    Quantity(columns.RECORD, "Record number", PLAIN),
    Quantity(columns.CHARGING_CAPACITY, "Charged capacity, whole test", CHARGE, signed=True),
    Quantity(columns.DISCHARGING_CAPACITY, "Discharged capacity, whole test", CHARGE, signed=True),
    Quantity(columns.CYCLE_CHARGING_CAPACITY, "Charged capacity, cycle", CHARGE, signed=True),
    Quantity(columns.CYCLE_DISCHARGING_CAPACITY, "Discharged capacity, cycle", CHARGE, signed=True),
    Quantity(columns.STEP_CHARGING_CAPACITY, "Charged capacity, step", CHARGE, signed=True),
    Quantity(columns.STEP_DISCHARGING_CAPACITY, "Discharged capacity, step", CHARGE, signed=True),
    Quantity(columns.STEP_CHARGING_ENERGY, "Charged energy, step", ENERGY, signed=True),
    Quantity(columns.STEP_DISCHARGING_ENERGY, "Discharged energy, step", ENERGY, signed=True),
    Quantity(columns.AMBIENT_TEMPERATURE, "Ambient temperature", CELSIUS),
    Quantity(columns.SURFACE_TEMPERATURE, "Surface temperature", CELSIUS),
    Quantity(columns.FREQUENCY, "Frequency", HERTZ),
    Quantity(columns.REAL_IMPEDANCE, "Re Z", OHMS, signed=True),
    Quantity(columns.IMAGINARY_IMPEDANCE, "Im Z", OHMS, signed=True),
    Quantity(columns.ABSOLUTE_IMPEDANCE, "|Z|", OHMS),
    Quantity(columns.PHASE, "Phase of Z", DEGREES, signed=True),
    Quantity(columns.SPECTRUM, "Spectrum number", PLAIN),
    Quantity(columns.RESISTANCE, "Resistance", OHMS, signed=True),
    Quantity(columns.TEMPERATURE, "Temperature", CELSIUS),
    Quantity(columns.FORCE, "Force", NEWTONS, signed=True),
    Quantity(columns.EXTENSION, "Extension", MILLIMETRES, signed=True),
    Quantity(columns.EXTENSOMETER, "Extensometer", MILLIMETRES, signed=True),
    Quantity(columns.STRESS, "Stress", PASCALS, signed=True),
    Quantity(columns.STRAIN, "Strain", FRACTION, signed=True),
    Quantity(columns.PROGRAM_TEMPERATURE, "Program temperature", CELSIUS),
    Quantity(columns.HEAT_FLOW, "Heat flow", MILLIWATTS, signed=True),
    Quantity(columns.SPECIFIC_HEAT_FLOW, "Heat flow per mass", WATTS_A_GRAM, signed=True),
    Quantity(columns.MASS, "Mass", MILLIGRAMS),
    Quantity(columns.MASS_PERCENT, "Mass, percent", PERCENT),
    Quantity(columns.SEGMENT, "Segment number", PLAIN),
    Quantity(columns.RAMAN_SHIFT, "Raman shift", A_CENTIMETRE, signed=True),
    Quantity(columns.WAVENUMBER, "Wavenumber", A_CENTIMETRE),
    Quantity(columns.WAVELENGTH, "Wavelength", NANOMETRES),
    Quantity(columns.INTENSITY, "Intensity", ARBITRARY),
    Quantity(columns.INTENSITY_U, "Uncertainty of the intensity", ARBITRARY),
    Quantity(columns.ABSORBANCE, "Absorbance", PLAIN),
    Quantity(columns.TRANSMITTANCE, "Transmittance", PERCENT),
    Quantity(columns.Q, "q", AN_ANGSTROM),
    Quantity(columns.Q_U, "Uncertainty of q", AN_ANGSTROM),
    Quantity(columns.X_POSITION, "x", METRES, signed=True),
    Quantity(columns.Y_POSITION, "y", METRES, signed=True),
    Quantity(columns.HEIGHT, "Height", METRES, signed=True),
    Quantity(columns.Z_POSITION, "z position", METRES, signed=True),
    Quantity(columns.DEFLECTION, "Deflection", METRES, signed=True),
)

KINDS = (
    columns.CYCLING, columns.IMPEDANCE, columns.VOLTAMMETRY, columns.CHRONOAMPEROMETRY,
    columns.CHRONOPOTENTIOMETRY, columns.MECHANICAL, columns.DSC, columns.TGA, columns.RAMAN,
    columns.INFRARED, columns.SPECTRUM_OTHER, columns.SCATTERING, columns.FORCE_CURVE,
    columns.TOPOGRAPHY, columns.MULTIMETER,
)  # fmt: skip
"""Kinds of measurements that a table can hold."""

SPELLINGS = {
    "s": ("sec", "secs", "second", "seconds", "sekunden"),
    "min": ("mins", "minute", "minutes", "minuten"),
    "h": ("hr", "hrs", "hour", "hours", "std", "stunden"),
    "d": ("day", "days"),
    "V": ("volt", "volts"),
    "A": ("amp", "amps", "ampere", "amperes"),
    "Ah": ("A.h", "A*h", "amp-hr", "amphour"),
    "mAh": ("mA.h", "mA*h"),
    "Wh": ("W.h", "W*h"),
    "mWh": ("mW.h", "mW*h"),
    "°C": ("C", "degC", "deg C", "ºC", "celsius", "grad C"),
    "°F": ("degF", "F"),
    "K": ("kelvin",),
    "Hz": ("hertz",),
    "°": ("deg", "degree", "degrees", "grad"),
    "N": ("newton", "newtons"),
    "cm": ("centimeter", "centimetre"),
    "mm": ("millimeter", "millimetre", "millimeters"),
    "N/mm²": ("N/mm2", "N/mm^2"),
    "–": ("-", "1", "mm/mm", "m/m", "dimensionless", "none"),
    "%": ("percent", "pct"),
    "µm/m": ("um/m", "microstrain", "µε"),
    "1/cm": ("cm-1", "cm^-1", "/cm"),
    "1/m": ("m-1", "m^-1"),
    "1/nm": ("nm-1", "nm^-1", "/nm"),
    "1/Å": ("Å-1", "Å^-1", "1/A", "A-1", "A^-1", "1/ang", "angstrom^-1", "1/angstrom"),
    "Å": ("angstrom", "ang"),
    "a.u.": ("au", "a. u.", "arb. units", "arb.u."),
    "counts": ("cts", "count"),
    "counts/s": ("cps", "cts/s"),
    "C": ("A.s", "As", "coulomb"),
}
"""Other ways in which files write a unit."""


def unit_of(text: str, quantity: Quantity) -> str | None:
    """Return the unit of a quantity that a text means, None when it is none or unclear.

    Upper and lower case count unless the text is all in one: mPa is not MPa, but mpa is.
    """
    wanted = _plain(text)
    spellings = {
        unit: {_plain(one) for one in (unit, *SPELLINGS.get(unit, ()))} for unit in quantity.allowed
    }
    exact = [unit for unit, known in spellings.items() if wanted in known]
    if exact or not (wanted.isupper() or wanted.islower()):
        return exact[0] if exact else None
    loose = [
        unit
        for unit, known in spellings.items()
        if wanted.casefold() in {one.casefold() for one in known}
    ]
    return loose[0] if len(loose) == 1 else None


def _plain(text: str) -> str:
    """Return a unit in composed letters without spaces: µ is one letter, ⁻¹ is -1, u is micro."""
    letters = unicodedata.normalize("NFKC", text).replace("\u2212", "-").replace(" ", "")
    if len(letters) > 1 and letters[0] == "u" and letters[1] in "AVNgsmW":
        letters = "\u03bc" + letters[1:]
    return re.sub("ohms?$", "\u03a9", letters, flags=re.IGNORECASE)
