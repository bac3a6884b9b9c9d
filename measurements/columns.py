"""Names of the canonical columns: Battery Data Format 1.3 machine names (units in the name).

Positive current charges the cell as wired; imaginary impedance is as reported, negative when
capacitive. Source: https://github.com/battery-data-alliance/battery-data-format
"""

from collections.abc import Collection

TEST_TIME = "test_time_second"
VOLTAGE = "voltage_volt"
CURRENT = "current_ampere"
UNIX_TIME = "unix_time_second"
CYCLE = "cycle_count"
STEP = "step_count"
STEP_ID = "step_id"
STEP_TYPE = "step_type"
STEP_TIME = "step_time_second"
RECORD = "record_index"
STEP_CHARGING_CAPACITY = "step_charging_capacity_ah"
STEP_DISCHARGING_CAPACITY = "step_discharging_capacity_ah"
STEP_CHARGING_ENERGY = "step_charging_energy_wh"
STEP_DISCHARGING_ENERGY = "step_discharging_energy_wh"
CYCLE_CHARGING_CAPACITY = "cycle_charging_capacity_ah"
CYCLE_DISCHARGING_CAPACITY = "cycle_discharging_capacity_ah"
CHARGING_CAPACITY = "charging_capacity_ah"
DISCHARGING_CAPACITY = "discharging_capacity_ah"
AMBIENT_TEMPERATURE = "ambient_temperature_celsius"
SURFACE_TEMPERATURE = "surface_temperature_celsius"
FREQUENCY = "frequency_hertz"
REAL_IMPEDANCE = "real_impedance_ohm"
IMAGINARY_IMPEDANCE = "imaginary_impedance_ohm"
ABSOLUTE_IMPEDANCE = "absolute_impedance_ohm"
PHASE = "phase_degree"
RESISTANCE = "resistance_ohm"
TEMPERATURE = "temperature_celsius"
SPECTRUM = "spectrum_index"
"""Number of a spectrum in a table of several, from 1; not a name of BDF, which has none for it."""

PART = "part_index"
"""Number of the file in a test that goes on in further files, from 1; not a name of BDF."""

FORCE = "force_newton"
EXTENSION = "extension_mm"
EXTENSOMETER = "extensometer_mm"
STRESS = "stress_pa"
STRAIN = "strain"
"""Mechanical tests; strain as a fraction, compression with the instrument's sign."""

PROGRAM_TEMPERATURE = "program_temperature_celsius"
HEAT_FLOW = "heat_flow_mw"
SPECIFIC_HEAT_FLOW = "heat_flow_w_per_g"
MASS = "mass_mg"
MASS_PERCENT = "mass_percent"
SEGMENT = "segment_index"
"""Thermal analysis; heat flow with the sign of the file, its direction in the metadata."""

RAMAN_SHIFT = "raman_shift_cm1"
WAVENUMBER = "wavenumber_cm1"
WAVELENGTH = "wavelength_nm"
INTENSITY = "intensity"
INTENSITY_U = "intensity_u"
ABSORBANCE = "absorbance"
TRANSMITTANCE = "transmittance_percent"
Q = "q_per_angstrom"
Q_U = "q_u_per_angstrom"
"""Spectra and scattering; the unit of an intensity stands in the metadata (intensity_unit)."""

X_POSITION = "x_m"
Y_POSITION = "y_m"
HEIGHT = "height_m"
Z_POSITION = "z_position_m"
DEFLECTION = "deflection_m"
SLICE = "slice_index"
MEMBER = "member"

CYCLING = "cycling"
IMPEDANCE = "impedance"
VOLTAMMETRY = "voltammetry"
CHRONOAMPEROMETRY = "chronoamperometry"
CHRONOPOTENTIOMETRY = "chronopotentiometry"
"""Swept potential; held or stepped potential; held or stepped current, and open circuit."""
MECHANICAL = "mechanical"
DSC = "dsc"
TGA = "tga"
"""Calorimetry; thermogravimetry, also with a heat flow beside the mass."""
RAMAN = "raman"
INFRARED = "infrared"
SPECTRUM_OTHER = "spectrum"
SCATTERING = "scattering"
TOPOGRAPHY = "topography"
FORCE_CURVE = "force_curve"
IMAGE = "image"
"""A picture or a stack: one row a slice with its grey values; the pixels stay in the file."""
MULTIMETER = "multimeter"
ARCHIVE = "archive"
"""An archive of several files: one row a member; each that can be read is a measurement."""

REQUIRED: dict[str, tuple[tuple[str, ...], ...]] = {
    CYCLING: ((TEST_TIME, VOLTAGE, CURRENT),),
    IMPEDANCE: ((FREQUENCY, REAL_IMPEDANCE, IMAGINARY_IMPEDANCE),),
    VOLTAMMETRY: ((VOLTAGE, CURRENT),),
    CHRONOAMPEROMETRY: ((TEST_TIME, CURRENT),),
    CHRONOPOTENTIOMETRY: ((TEST_TIME, VOLTAGE),),
    MECHANICAL: ((FORCE, EXTENSION), (STRESS, STRAIN), (FORCE, STRAIN), (STRESS, EXTENSION)),
    DSC: ((TEMPERATURE, HEAT_FLOW), (TEMPERATURE, SPECIFIC_HEAT_FLOW)),
    TGA: ((TEMPERATURE, MASS), (TEMPERATURE, MASS_PERCENT)),
    RAMAN: ((RAMAN_SHIFT, INTENSITY),),
    INFRARED: ((WAVENUMBER, ABSORBANCE), (WAVENUMBER, TRANSMITTANCE), (WAVENUMBER, INTENSITY)),
    SPECTRUM_OTHER: (
        (WAVELENGTH, INTENSITY), (WAVELENGTH, ABSORBANCE), (WAVELENGTH, TRANSMITTANCE),
    ),
    SCATTERING: ((Q, INTENSITY),),
    TOPOGRAPHY: ((X_POSITION, Y_POSITION, HEIGHT),),
    FORCE_CURVE: ((Z_POSITION, DEFLECTION), (Z_POSITION, FORCE)),
    IMAGE: ((SLICE,),),
    MULTIMETER: tuple(
        (count, quantity)
        for count in (TEST_TIME, RECORD)
        for quantity in (RESISTANCE, VOLTAGE, CURRENT, TEMPERATURE)
    ),
    ARCHIVE: ((MEMBER,),),
}  # fmt: skip
"""The columns that a table of each kind must have: kind -> alternatives, the first is usual."""


def required(kind: str, present: Collection[str]) -> tuple[str, ...]:
    """Return the needed columns of a kind: the first alternative that is present, or the usual."""
    alternatives = REQUIRED[kind]
    return next((names for names in alternatives if set(names) <= set(present)), alternatives[0])


INTEGERS = frozenset({CYCLE, STEP, RECORD, SPECTRUM, PART, SEGMENT, SLICE, "step_record_index"})
"""Columns of whole numbers (int64); step_type, step_id, member are text, others float64."""

TEXTS = frozenset({STEP_TYPE, STEP_ID, MEMBER})
