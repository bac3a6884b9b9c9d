"""Electrolyte batches and films of the demo lab, weighed after the paper's recipe."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from labsite.access.recording import create_record
from labsite.demo.materials import Shelf
from labsite.demo.team import Team, days_ago
from labsite.lib.fields import Source
from samples.models import Consumption, ElectrolyteBatch, Film, ProcessStep
from samples.processing import StepDetails, Use, log_step
from samples.weighing import plan_weighing, weigh_batch

Unit = Consumption.Unit

SERIES_X = (0.0, 0.5, 0.8, 0.87, 1.0)
CELL_X = 0.8
CELL_FEC = 0.05
VOLUME_ML = 10.0
MONOMER_MOL_L = 3.0
CROSSLINKER_MMOL_L = 3.0
PHOTOINITIATOR_MMOL_L = 1.5
NMA_PER_LIFSI = 4.0
DEM_DENSITY_G_ML = 1.20
"""Assumed; no measured value of NMA:LiFSI 4:1 was found."""
UV_TIME_S = 300.0
BALANCE_MG = 0.1
FILM_THICKNESS_UM = 200.0
FILM_THICKNESS_U_UM = 5.0
PUNCH_U_MM = 0.06
"""A tolerance of 0.1 mm, taken as rectangular: 0.1 mm / sqrt(3)."""

PLACES = {
    "am": "AM",
    "dmam": "DMAM",
    "crosslinker": "MBAA",
    "photoinitiator": "Irgacure 2959",
    "nma": "NMA",
    "lifsi": "LiFSI",
    "fec": "FEC",
}
"""What stands in each place of the recipe."""

ELASTIC_RECIPE = {
    "dem_molar_ratio": NMA_PER_LIFSI,
    "total_monomer_mol_l": MONOMER_MOL_L,
    "concentration_basis": ElectrolyteBatch.ConcentrationBasis.SOLUTION,
    "crosslinker_mmol_l": CROSSLINKER_MMOL_L,
    "photoinitiator_mmol_l": PHOTOINITIATOR_MMOL_L,
    "dem_density_g_ml": DEM_DENSITY_G_ML,
    "dem_density_g_ml_u": 0.03,
    "dem_density_source": Source.ASSUMED,
    "volume_ml": VOLUME_ML,
    "uv_time_s": UV_TIME_S,
    "atmosphere": ElectrolyteBatch.Atmosphere.ARGON,
}


@dataclass(frozen=True)
class Electrolytes:
    """The batches: elastic ones without FEC by x, the one for cells, and two others."""

    by_x: Mapping[float, ElectrolyteBatch]
    for_cells: ElectrolyteBatch
    dem: ElectrolyteBatch
    sulfide: ElectrolyteBatch


def mix_batches(team: Team, shelf: Shelf) -> Electrolytes:
    """Store a DEM liquid and a sulfide, the series of x, and the batch with FEC for cells."""
    dem = _other(
        team,
        ElectrolyteBatch(
            kind=ElectrolyteBatch.Kind.DEM,
            dem_molar_ratio=NMA_PER_LIFSI,
            dem_density_g_ml=DEM_DENSITY_G_ML,
            dem_density_source=Source.ASSUMED,
            volume_ml=VOLUME_ML,
            prepared_at=days_ago(75),
        ),
    )
    _weigh(team, shelf, dem, seed=75)
    sulfide = _other(
        team,
        ElectrolyteBatch(
            kind=ElectrolyteBatch.Kind.SULFIDE,
            composition="Li6PS5Cl",
            prepared_at=days_ago(40),
            notes="For comparison; used as bought.",
        ),
    )
    by_x = {x: _elastic(team, shelf, x, days=74 - number) for number, x in enumerate(SERIES_X)}
    for_cells = _elastic(team, shelf, CELL_X, days=52, fec=CELL_FEC)
    return Electrolytes(by_x=by_x, for_cells=for_cells, dem=dem, sulfide=sulfide)


def _elastic(
    team: Team, shelf: Shelf, x: float, *, days: int, fec: float = 0.0
) -> ElectrolyteBatch:
    batch = _other(
        team,
        ElectrolyteBatch(
            kind=ElectrolyteBatch.Kind.ELASTIC,
            mole_fraction_am=x,
            fec_mass_fraction=fec,
            fec_basis=ElectrolyteBatch.FecBasis.TOTAL if fec else "",
            prepared_at=days_ago(days),
            **ELASTIC_RECIPE,
        ),
    )
    _weigh(team, shelf, batch, seed=days)
    log_step(
        sample=batch,
        kind=ProcessStep.Kind.MIXING,
        by=team.member,
        details=StepDetails(performed_at=days_ago(days, 12), note="Stirred until clear."),
    )
    return batch


def _other(team: Team, batch: ElectrolyteBatch) -> ElectrolyteBatch:
    batch.project = team.project
    batch.prepared_by = team.member
    return create_record(record=batch, by=team.member)


def _weigh(team: Team, shelf: Shelf, batch: ElectrolyteBatch, seed: int) -> None:
    """Weigh a batch after its recipe, off by some 0.2 %, as the balance reads."""
    lots = {place: shelf.lots[name] for place, name in PLACES.items()}
    plan = plan_weighing(batch=batch, lots=lots, by=team.member, readability_mg=BALANCE_MG)
    assert plan is not None  # noqa: S101 - the demo's recipes are complete
    random = np.random.default_rng(seed)
    masses_g = {}
    for edge in plan.consumptions.all():
        planned_mg = (edge.planned_amount or 0) * (1000 if edge.unit == Unit.GRAM else 1)
        read = planned_mg * (1 + 0.002 * random.standard_normal()) / BALANCE_MG
        masses_g[edge.ingredient] = round(read) * BALANCE_MG / 1000
    weigh_batch(
        batch=batch,
        lots={place: lots[place] for place in masses_g},
        masses_g=masses_g,
        by=team.member,
        readability_mg=BALANCE_MG,
        performed_at=batch.prepared_at + timedelta(hours=1),
    )


def cast_disc(
    team: Team, batch: ElectrolyteBatch, *, days: int, thickness_um: float, diameter_mm: float = 16
) -> Film:
    """Store a disc that was cast on FEP, cured under UV and measured with a micrometer."""
    return _cast(
        team,
        Film(
            batch=batch,
            form=Film.Form.DISC,
            diameter_mm=diameter_mm,
            diameter_mm_u=PUNCH_U_MM,
            thickness_um=thickness_um,
        ),
        days,
    )


def cast_sheet(team: Team, batch: ElectrolyteBatch, *, days: int, thickness_um: float) -> Film:
    """Store a sheet of 45 mm x 45 mm for a pouch cell."""
    sheet = Film(
        batch=batch, form=Film.Form.SHEET, width_mm=45, length_mm=45, thickness_um=thickness_um
    )
    return _cast(team, sheet, days)


def _cast(team: Team, film: Film, days: int) -> Film:
    film.project = team.project
    film.made_at = days_ago(days, 13)
    film.thickness_um_u = FILM_THICKNESS_U_UM
    film.thickness_source = Source.MEASURED
    film.substrate = "FEP"
    create_record(record=film, by=team.member)
    volume_ml = (film.area_cm2 or 0) * (film.thickness_um or 0) / 1e4
    log_step(
        sample=film,
        kind=ProcessStep.Kind.CASTING,
        by=team.member,
        details=StepDetails(performed_at=film.made_at, actual={"substrate": "FEP"}),
        uses=[Use(material=film.batch, amount=round(volume_ml, 3), unit=Unit.MILLILITRE)],
    )
    log_step(
        sample=film,
        kind=ProcessStep.Kind.UV_CURE,
        by=team.member,
        details=StepDetails(
            performed_at=film.made_at,
            planned={"uv_time_s": UV_TIME_S},
            actual={"uv_time_s": UV_TIME_S},
        ),
    )
    return film


def press_pellet(team: Team, batch: ElectrolyteBatch) -> Film:
    """Store a pellet of 100 mg in a 10 mm die, pressed at 300 MPa for 5 min."""
    pellet = Film(
        project=team.project,
        batch=batch,
        form=Film.Form.PELLET,
        made_at=days_ago(39),
        diameter_mm=10,
        diameter_mm_u=PUNCH_U_MM,
        thickness_um=780,
        thickness_um_u=10,
        thickness_source=Source.MEASURED,
        mass_mg=100,
        mass_mg_u=0.1,
        fabrication_pressure_mpa=300,
    )
    create_record(record=pellet, by=team.member)
    log_step(
        sample=pellet,
        kind=ProcessStep.Kind.PRESSING,
        by=team.member,
        details=StepDetails(
            performed_at=pellet.made_at,
            actual={"pressure_mpa": 300, "time_s": 300, "die_diameter_mm": 10},
        ),
    )
    return pellet
