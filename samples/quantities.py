"""What is said of each kind of process step: its quantities, with the unit in the name."""

from django.utils.translation import gettext_lazy as _

from labsite.lib.quantities import Catalogue, Quantity
from samples.models import ElectrolyteBatch, ProcessStep

Kind = ProcessStep.Kind
ABSOLUTE_ZERO = -273.15
PLACES = tuple(ElectrolyteBatch.Atmosphere.choices)

ATMOSPHERE = Quantity(
    "atmosphere", _("atmosphere"), choices=(*PLACES, ("vacuum", _("vacuum"))))  # fmt: skip
DEW_POINT = Quantity(
    "dew_point_celsius", _("dew point"), "°C", minimum=-150, maximum=100, usual=(-100, 25)
)
OXYGEN = Quantity("oxygen_ppm", _("O₂"), "ppm", maximum=1e6, usual=(0, 50))
WATER = Quantity("water_ppm", _("H₂O"), "ppm", maximum=1e6, usual=(0, 50))
SURROUNDINGS = (ATMOSPHERE, DEW_POINT, OXYGEN, WATER)
"""Where a step is done; asked after its own quantities."""

TEMPERATURE = Quantity(
    "temperature_celsius", _("temperature"), "°C", minimum=ABSOLUTE_ZERO, usual=(-40, 300)
)
TIME_H = Quantity("time_h", _("time"), "h", usual=(0, 100))
TIME_S = Quantity("time_s", _("time"), "s", usual=(0, 86_400))
SPEED = Quantity("speed_rpm", _("speed"), "rpm", usual=(10, 5000))
VOLUME = Quantity("volume_ul", _("drop volume"), "µL", usual=(1, 5000))
SOLVENT = Quantity("solvent", _("solvent"), words=("water", "NMP", "toluene", "xylene"))
SOLVENT_VOLUME = Quantity("solvent_volume_ml", _("solvent volume"), "mL", usual=(0.05, 500))
BLADE_GAP = Quantity("blade_gap_um", _("blade gap"), "µm", usual=(5, 2000))
BLADE_SPEED = Quantity("blade_speed_mm_s", _("blade speed"), "mm/s", usual=(0.5, 200))
SUBSTRATE = Quantity(
    "substrate", _("substrate"), words=("FEP", "PTFE", "glass", "copper foil", "aluminium foil")
)
VACUUM = Quantity("absolute_pressure_kpa", _("absolute pressure"), "kPa", usual=(0, 110))
BALANCE = Quantity(
    "balance_readability_mg", _("balance readability"), "mg", minimum=1e-4, usual=(1e-3, 10)
)
DIAMETER = Quantity("diameter_mm", _("diameter"), "mm", usual=(3, 100))
WIDTH = Quantity("width_mm", _("width"), "mm", usual=(1, 300))
LENGTH = Quantity("length_mm", _("length"), "mm", usual=(1, 300))
DIE_DIAMETER = Quantity("die_diameter_mm", _("die diameter"), "mm", usual=(5, 40))
PRESSURE = Quantity("pressure_mpa", _("pressure"), "MPa", usual=(0.1, 1000))
POWDER = Quantity("mass_mg", _("mass of powder"), "mg", usual=(0.1, 1000))

UV = (
    Quantity("lamp", _("lamp"), words=("mercury lamp", "UV LED")),
    Quantity("uv_wavelength_nm", _("UV wavelength"), "nm", minimum=1, usual=(200, 420)),
    Quantity("uv_intensity_mw_cm2", _("UV intensity"), "mW/cm²", usual=(0.1, 1000)),
    Quantity("uv_time_s", _("UV time"), "s", usual=(1, 7200)),
    Quantity("uv_dose_mj_cm2", _("UV dose"), "mJ/cm²", usual=(1, 1e6)),
)
STIRRED = (TEMPERATURE, TIME_H, SPEED)
CUT_OFFS = (
    Quantity("lower_cutoff_v", _("lower cut-off"), "V", minimum=-10, maximum=10, usual=(0, 5)),
    Quantity("upper_cutoff_v", _("upper cut-off"), "V", minimum=-10, maximum=10, usual=(0, 5)),
)
METHODS = (
    ("cycled", _("cycled against a counter electrode")),
    ("contact", _("in contact with lithium")),
    ("chemical", _("in a lithiating solution")),
    ("powder", _("with stabilised lithium powder")),
)

QUANTITIES: Catalogue = {
    Kind.MIXING: (*STIRRED, *SURROUNDINGS),
    Kind.PRECURSOR: (*STIRRED, *SURROUNDINGS),
    Kind.WEIGHING: (
        BALANCE,
        *SURROUNDINGS,
    ),
    Kind.CASTING: (
        BLADE_GAP,
        BLADE_SPEED,
        SUBSTRATE,
        Quantity("spacer_um", _("spacer"), "µm", usual=(5, 5000)),
        VOLUME,
        TEMPERATURE,
        *SURROUNDINGS,
    ),
    Kind.UV_CURE: (*UV, TEMPERATURE, *SURROUNDINGS),
    Kind.BALL_MILLING: (
        SPEED,
        TIME_H,
        Quantity("ball_to_powder_ratio", _("balls to powder (by mass)"), usual=(1, 100)),
        Quantity("ball_diameter_mm", _("ball diameter"), "mm", usual=(0.1, 30)),
        Quantity("jar", _("jar"), words=("zirconia", "stainless steel", "agate")),
        Quantity("jar_volume_ml", _("jar volume"), "mL", usual=(5, 1000)),
        *SURROUNDINGS,
    ),
    Kind.SLURRY: (
        TIME_H,
        SPEED,
        SOLVENT,
        SOLVENT_VOLUME,
        BALANCE,
        Quantity("active_mass_g", _("wanted active mass"), "g", usual=(1e-3, 100)),
        Quantity("dry_mass_g", _("wanted dry mass"), "g", usual=(1e-3, 200)),
        Quantity("solids_mass_fraction", _("solids (mass fraction)"), maximum=1, usual=(0.02, 0.8)),
        TEMPERATURE,
        *SURROUNDINGS,
    ),
    Kind.COATING: (BLADE_GAP, BLADE_SPEED, SUBSTRATE, TEMPERATURE, *SURROUNDINGS),
    Kind.DRYING: (TEMPERATURE, TIME_H, VACUUM, *SURROUNDINGS),
    Kind.PUNCHING: (
        DIAMETER,
        WIDTH,
        LENGTH,
        Quantity("pieces", _("pieces"), whole=True, minimum=1, usual=(1, 200)),
        *SURROUNDINGS,
    ),
    Kind.INFILTRATION: (
        VOLUME,
        VACUUM,
        Quantity("vacuum_time_s", _("time in vacuum"), "s", usual=(1, 86_400)),
        *UV,
        *SURROUNDINGS,
    ),
    Kind.PRESSING: (PRESSURE, TIME_S, TEMPERATURE, DIE_DIAMETER, POWDER, *SURROUNDINGS),
    Kind.PRELITHIATION: (
        Quantity("method", _("method"), choices=METHODS),
        Quantity("counter_electrode", _("counter electrode"), words=("Li", "Li–In")),
        Quantity("current_density_ma_cm2", _("current density"), "mA/cm²", usual=(1e-3, 10)),
        Quantity("nominal_c_rate", _("C-rate"), "1/h", usual=(0.01, 5)),
        *CUT_OFFS,
        Quantity("cycles", _("cycles"), maximum=10_000, usual=(0.5, 10)),
        Quantity(
            "areal_capacity_mah_cm2", _("areal capacity"), "mAh/cm²", usual=(0.01, 20)
        ),
        TIME_H,
        TEMPERATURE,
        PRESSURE,
        *SURROUNDINGS,
    ),
    Kind.HARVEST: (
        Quantity("rinse_solvent", _("rinsed with"), words=("DMC", "DME", "not rinsed")),
        Quantity("rinse_volume_ml", _("rinsing volume"), "mL", usual=(0.1, 100)),
        Quantity("rinse_time_s", _("rinsing time"), "s", usual=(1, 86_400)),
        *SURROUNDINGS,
    ),
    Kind.OTHER: (TEMPERATURE, TIME_H, PRESSURE, SPEED, *SURROUNDINGS),
}  # fmt: skip
