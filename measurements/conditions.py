"""Facts of a measurement that people may give: their names, with the unit in the name."""

import math
from collections.abc import Mapping

NUMBERS = frozenset(
    [
        "temperature_celsius",
        "thickness_um",
        "area_cm2",
        "diameter_mm",
        "separator_macmullin",
        "amplitude_mv",
        "lead_resistance_ohm",
        "lead_inductance_h",
        "voltage_step_mv",
        "rest_time_h",
        "areal_capacity_mah_cm2",
        "current_density_ma_cm2",
        "scan_rate_mv_s",
        "active_mass_mg",
        "one_c_ma_g",
        "lower_cutoff_v",
        "upper_cutoff_v",
        "nominal_c_rate",
        "external_pressure_mpa",
        "sensor_area_mm2",
        "gauge_length_mm",
        "width_mm",
        "thickness_mm",
        "height_mm",
        "strain_rate_mm_min",
        "max_strain_percent",
        "rest_min",
        "healing_temperature_celsius",
        "healing_time_min",
        "sample_mass_mg",
        "heating_rate_k_min",
        "laser_nm",
        "pixel_size_nm",
        "voxel_size_um",
        "scan_size_um",
        "drop_time_s",
        "dew_point_celsius",
        "current_range_a",
        "current_accuracy_fraction",
        "voltage_accuracy_v",
    ]
)
WORDS = frozenset(
    [
        "contact_geometry",
        "cell_type",
        "working_electrode",
        "reference_electrode",
        "mass_basis",
        "first_half_cycle",
        "pressure_method",
        "strain_source",
        "mode",
        "exo_direction",
        "segment",
        "gas",
        "q_unit",
        "atmosphere",
        "film_form",
    ]
)
UNCERTAINTIES = frozenset(f"{name}_u" for name in NUMBERS) | {"active_mass_u_mg"}


def check_conditions(conditions: Mapping[str, object]) -> dict[str, float | str]:
    """Return the conditions as numbers and words.

    Raises ValueError with a sentence that names the key, what was found and what is allowed.
    """
    checked: dict[str, float | str] = {}
    for name, value in conditions.items():
        if name in WORDS:
            if not isinstance(value, str) or not value.isprintable() or not value:
                raise ValueError(f"Condition {name}: found {value!r}; expected a word.")
            checked[name] = value
        elif name in NUMBERS or name in UNCERTAINTIES:
            checked[name] = _number(name, value)
        else:
            known = ", ".join(sorted(NUMBERS | WORDS))
            raise ValueError(
                f"Condition {name} is not known. Known are: {known}; each number also with _u."
            )
    return checked


def _number(name: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError(f"Condition {name}: found {value!r}; expected a number.")
    try:
        number = float(value)
    except (ValueError, OverflowError):
        raise ValueError(f"Condition {name}: found {value!r}; expected a number.") from None
    if not math.isfinite(number):
        raise ValueError(f"Condition {name}: found {value!r}; expected a finite number.")
    return number
