"""What is said of each kind of event of a cell: its quantities, with the unit in the name."""

from django.utils.translation import gettext_lazy as _

from cells.models import Cell, CellEvent
from labsite.lib.quantities import Catalogue, Quantity
from samples.quantities import (
    POWDER,
    PRESSURE,
    SURROUNDINGS,
    TEMPERATURE,
    TIME_H,
    TIME_S,
    VACUUM,
)

Kind = CellEvent.Kind

VOLTAGE = Quantity("voltage_v", _("voltage"), "V", minimum=-10, maximum=10, usual=(-0.1, 5))
CYCLES = Quantity("cycles", _("cycles"), whole=True, usual=(0, 5000))
SEALINGS = (
    ("crimped", _("crimped")),
    ("vacuum_sealed", _("sealed in vacuum")),
    ("heat_sealed", _("heat-sealed")),
    ("screwed", _("screwed")),
)

EVENT_QUANTITIES: Catalogue = {
    Kind.ASSEMBLED: SURROUNDINGS,
    Kind.SEALED: (
        Quantity("sealing", _("closed by"), choices=SEALINGS),
        Quantity("enclosure", _("housing"), words=("Al-plastic film", "stainless steel", "PEEK")),
        VACUUM,
        Quantity("crimping_pressure_mpa", _("crimping pressure"), "MPa", usual=(1, 200)),
        *SURROUNDINGS,
    ),
    Kind.PRESSED: (
        PRESSURE,
        TIME_S,
        TEMPERATURE,
        Quantity("layer", _("layer"), words=("electrolyte", "Si composite", "Li–In", "whole cell")),
        POWDER,
        *SURROUNDINGS,
    ),
    Kind.PRESSURE: (
        Quantity("external_pressure_mpa", _("external pressure"), "MPa", usual=(0, 500)),
        Quantity("built_in_pressure_kpa", _("built-in pressure"), "kPa", usual=(1, 5000)),
        Quantity(
            "built_in_pressure_kpa_u", _("± u of the built-in pressure"), "kPa", usual=(0.01, 500)
        ),
        Quantity(
            "pressure_method",
            _("pressure known from"),
            choices=tuple(Cell.PressureMethod.choices),
        ),
        TEMPERATURE,
    ),
    Kind.REST: (TIME_H, TEMPERATURE, VOLTAGE),
    Kind.ON_TEST: (TEMPERATURE, VOLTAGE),
    Kind.OFF_TEST: (CYCLES, VOLTAGE),
    Kind.CUT: (Quantity("pieces", _("pieces"), whole=True, minimum=1, usual=(1, 20)), VOLTAGE),
    Kind.BENT: (
        Quantity("angle_degree", _("angle"), "°", maximum=360, usual=(1, 180)),
        Quantity("bending_radius_mm", _("bending radius"), "mm", usual=(0.5, 100)),
        CYCLES,
        VOLTAGE,
    ),
    Kind.SHORT: (VOLTAGE, CYCLES),
    Kind.OPENED: SURROUNDINGS,
    Kind.ENDED: (CYCLES, VOLTAGE),
}  # fmt: skip
READ_PRESSURES = ("external_pressure_mpa", "built_in_pressure_kpa")
PRESSURE_FIELDS = (*READ_PRESSURES, "built_in_pressure_kpa_u", "pressure_method")
"""Quantities of a pressure reading that are fields of the cell as well."""
