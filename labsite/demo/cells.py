"""Cells of the demo lab, put together from films and electrodes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cells.assembly import assemble_cell, harvest_electrode
from cells.models import Cell, CellElectrode
from labsite.demo.electrodes import (
    coat_lfp,
    coat_silicon,
    cut_sheet,
    infiltrate,
    punch_disc,
    punch_metal,
    punch_unweighed,
)
from labsite.demo.electrolytes import Electrolytes, cast_disc, cast_sheet, press_pellet
from labsite.demo.materials import Shelf
from labsite.demo.team import Team, days_ago
from samples.models import Coating, Electrode, ElectrolyteBatch, Film

NEGATIVE, POSITIVE = CellElectrode.Role.NEGATIVE.value, CellElectrode.Role.POSITIVE.value

COIN: dict[str, Any] = {
    "format": Cell.Format.COIN_2032,
    "atmosphere": ElectrolyteBatch.Atmosphere.ARGON,
    "oxygen_ppm": 0.1,
    "water_ppm": 0.1,
    "external_pressure_mpa": 0,
    "built_in_pressure_kpa": 546,
    "built_in_pressure_kpa_u": 55,
    "pressure_method": Cell.PressureMethod.PROXY,
    "temperature_celsius": 25,
}
POUCH: dict[str, Any] = COIN | {
    "format": Cell.Format.POUCH,
    "atmosphere": ElectrolyteBatch.Atmosphere.DRY_AIR,
    "dew_point_celsius": -40,
    "oxygen_ppm": None,
    "water_ppm": None,
    "built_in_pressure_kpa": 52,
    "built_in_pressure_kpa_u": 5,
}
SILICON_HALF: dict[str, Any] = COIN | {
    "cell_type": Cell.Type.ANODE_HALF_CELL,
    "first_half_cycle": Cell.HalfCycle.DISCHARGE,
    "lower_cutoff_v": 0.05,
    "upper_cutoff_v": 2.0,
}
LFP_HALF: dict[str, Any] = COIN | {
    "cell_type": Cell.Type.CATHODE_HALF_CELL,
    "first_half_cycle": Cell.HalfCycle.CHARGE,
    "lower_cutoff_v": 2.5,
    "upper_cutoff_v": 3.8,
    "nominal_c_rate": 1.0,
}
FULL: dict[str, Any] = {
    "cell_type": Cell.Type.FULL_CELL,
    "first_half_cycle": Cell.HalfCycle.CHARGE,
    "lower_cutoff_v": 2.0,
    "upper_cutoff_v": 3.9,
}

MEASURED_THICKNESS_UM = {0.0: 203.0, 0.5: 198.0, 0.8: 201.0, 0.87: 197.0, 1.0: 202.0}
"""The films are truly 200 um thick; the micrometer is good to 5 um."""


@dataclass(frozen=True)
class Bench:
    """What cells are made from, and who makes them."""

    team: Team
    shelf: Shelf
    electrolytes: Electrolytes
    silicon: Coating
    lfp: Coating

    def silicon_disc(self, mass_mg: float, days: int) -> Electrode:
        """Return a silicon disc, infiltrated."""
        return self.infiltrated(punch_disc(self.team, self.silicon, mass_mg=mass_mg, days=days))

    def lfp_disc(self, mass_mg: float, days: int) -> Electrode:
        """Return an LFP disc, infiltrated."""
        return self.infiltrated(punch_disc(self.team, self.lfp, mass_mg=mass_mg, days=days))

    def infiltrated(self, electrode: Electrode) -> Electrode:
        """Return the electrode after its dose of the batch for cells, on the day it was made."""
        return infiltrate(self.team, electrode, self.electrolytes.for_cells)

    def metal(self, name: str, diameter_mm: float, days: int) -> Electrode:
        """Return a disc of metal."""
        return punch_metal(self.team, self.shelf, name, diameter_mm=diameter_mm, days=days)

    def film(self, thickness_um: float, days: int) -> Film:
        """Return a disc of the batch for cells, larger than the electrodes."""
        batch = self.electrolytes.for_cells
        return cast_disc(self.team, batch, days=days, thickness_um=thickness_um)

    def assemble(
        self,
        facts: Mapping[str, Any],
        electrodes: Mapping[str, Electrode],
        film: Film,
        at: datetime,
        notes: str = "",
    ) -> Cell:
        """Store a cell that was put together at a time in the past."""
        cell = Cell(
            project=self.team.project,
            film=film,
            assembled_at=at,
            assembled_by=self.team.member,
            notes=notes,
            **facts,
        )
        return assemble_cell(cell=cell, electrodes=electrodes, by=self.team.member)


def build_cells(team: Team, shelf: Shelf, electrolytes: Electrolytes) -> dict[str, Cell]:
    """Store coatings, electrodes, films and cells; return the cells by their names in the demo."""
    bench = Bench(
        team=team,
        shelf=shelf,
        electrolytes=electrolytes,
        silicon=coat_silicon(team, shelf),
        lfp=coat_lfp(team, shelf),
    )
    press_pellet(team, electrolytes.sulfide)
    blocking = {
        f"blocking x = {x:g}": _blocking(bench, x, batch) for x, batch in electrolytes.by_x.items()
    }
    lfp = _lfp_half(bench)
    precycled, full = _full_after_precycle(bench)
    _spare(bench)
    return blocking | {
        "lfp": lfp,
        "precycled": precycled,
        "full": full,
        "silicon": _silicon_half(bench, mass_mg=10.825, days=23),
        "pouch": _pouch(bench),
        "unweighed": _unweighed(bench),
        "damaged file": _silicon_half(bench, mass_mg=10.902, days=4),
    }


def _blocking(bench: Bench, x: float, batch: ElectrolyteBatch) -> Cell:
    """Steel // film // steel for impedance; the discs are as wide as the film."""
    thickness = MEASURED_THICKNESS_UM[x]
    film = cast_disc(bench.team, batch, days=68, thickness_um=thickness)
    steel = {role: bench.metal("Stainless steel", 16, 68) for role in (NEGATIVE, POSITIVE)}
    facts = COIN | {"cell_type": Cell.Type.SYMMETRIC_BLOCKING}
    return bench.assemble(facts, steel, film, days_ago(67))


def _silicon_half(bench: Bench, *, mass_mg: float, days: int) -> Cell:
    """Li // film // Si at nominally 0.4 C; the silicon is the positive electrode."""
    places = {
        NEGATIVE: bench.metal("Li", 12, days),
        POSITIVE: bench.silicon_disc(mass_mg, days + 1),
    }
    facts = SILICON_HALF | {"nominal_c_rate": 0.4}
    return bench.assemble(facts, places, bench.film(198, days + 1), days_ago(days))


def _unweighed(bench: Bench) -> Cell:
    """Li // film // Si of high loading, whose mass nobody has entered."""
    silicon = punch_unweighed(bench.team, bench.silicon, days=7)
    places = {NEGATIVE: bench.metal("Li", 12, 6), POSITIVE: bench.infiltrated(silicon)}
    facts = SILICON_HALF | {"nominal_c_rate": 0.3}
    notes = "High loading, about 1.3 mg/cm² Si; the electrode's mass is still to be entered."
    return bench.assemble(facts, places, bench.film(204, 7), days_ago(6), notes)


def _lfp_half(bench: Bench) -> Cell:
    """Li // film // LFP at 1 C."""
    places = {NEGATIVE: bench.metal("Li", 12, 31), POSITIVE: bench.lfp_disc(13.380, 32)}
    return bench.assemble(LFP_HALF, places, bench.film(202, 32), days_ago(31))


def _full_after_precycle(bench: Bench) -> tuple[Cell, Cell]:
    """Si cycled once against Li, harvested, then Si // film // LFP."""
    silicon = bench.silicon_disc(10.812, 33)
    half = bench.assemble(
        SILICON_HALF | {"nominal_c_rate": 0.1},
        {NEGATIVE: bench.metal("Li", 12, 32), POSITIVE: silicon},
        bench.film(199, 33),
        days_ago(32),
        notes="Pre-cycles the silicon once for a full cell.",
    )
    place = half.places.get(electrode=silicon)
    harvest_electrode(
        place=place,
        by=bench.team.member,
        at=days_ago(29),
        rinse={"rinse_solvent": "not rinsed"},
    )
    full = bench.assemble(
        COIN | FULL | {"nominal_c_rate": 0.5},
        {NEGATIVE: silicon, POSITIVE: bench.lfp_disc(13.350, 30)},
        bench.film(203, 30),
        days_ago(29, 14),
        notes="The silicon was cycled once against lithium before.",
    )
    return half, full


def _spare(bench: Bench) -> None:
    """Punch electrodes for the next cells: lithium, and pairs with N/P inside and outside 1-1.5."""
    for mass_mg in (10.790, 10.815):
        bench.silicon_disc(mass_mg, 2)
    for mass_mg in (13.400, 15.650, 16.400):
        bench.lfp_disc(mass_mg, 2)
    for _disc in range(2):
        bench.metal("Li", 12, 2)


def _pouch(bench: Bench) -> Cell:
    """Si // sheet // LFP of 40 mm x 40 mm in an aluminium-plastic pouch."""
    team = bench.team
    silicon = bench.infiltrated(cut_sheet(team, bench.silicon, mass_mg=153.17, days=7))
    lfp = bench.infiltrated(cut_sheet(team, bench.lfp, mass_mg=173.45, days=7))
    sheet = cast_sheet(team, bench.electrolytes.for_cells, days=7, thickness_um=205)
    facts = POUCH | FULL | {"nominal_c_rate": 0.1}
    return bench.assemble(facts, {NEGATIVE: silicon, POSITIVE: lfp}, sheet, days_ago(6))
