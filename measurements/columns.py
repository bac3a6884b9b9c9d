"""Names of the canonical columns: Battery Data Format 1.3 machine names (units in the name).

Positive current charges the cell as wired; imaginary impedance is as reported, negative when
capacitive. Source: https://github.com/battery-data-alliance/battery-data-format
"""

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
SPECTRUM = "spectrum_index"
"""Number of a spectrum in a table of several, from 1; not a name of BDF, which has none for it."""

CYCLING = "cycling"
IMPEDANCE = "impedance"
VOLTAMMETRY = "voltammetry"
CHRONOAMPEROMETRY = "chronoamperometry"
CHRONOPOTENTIOMETRY = "chronopotentiometry"
"""Swept potential; held or stepped potential; held or stepped current, and open circuit."""

REQUIRED = {
    CYCLING: (TEST_TIME, VOLTAGE, CURRENT),
    IMPEDANCE: (FREQUENCY, REAL_IMPEDANCE, IMAGINARY_IMPEDANCE),
    VOLTAMMETRY: (VOLTAGE, CURRENT),
    CHRONOAMPEROMETRY: (TEST_TIME, CURRENT),
    CHRONOPOTENTIOMETRY: (TEST_TIME, VOLTAGE),
}
"""The columns that a table of each kind must have; kind -> column names."""

INTEGERS = frozenset({CYCLE, STEP, RECORD, SPECTRUM, "step_record_index"})
"""Columns of whole numbers (int64); step_type and step_id are text, all others float64."""

TEXTS = frozenset({STEP_TYPE, STEP_ID})
