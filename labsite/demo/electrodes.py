"""Coatings and electrodes of the demo lab."""

import math
from datetime import timedelta

from labsite.access.recording import create_record
from labsite.demo.electrolytes import BALANCE_MG, PUNCH_U_MM, UV_TIME_S
from labsite.demo.materials import Shelf
from labsite.demo.team import Team, days_ago
from labsite.lib.fields import Source
from samples.models import (
    Coating,
    CoatingComponent,
    Consumption,
    Electrode,
    ElectrolyteBatch,
    ProcessStep,
)
from samples.pieces import Blanks, Face, weigh_blanks
from samples.processing import (
    StepDetails,
    Use,
    create_electrode,
    infiltrate_electrode,
    log_step,
)
from samples.recipes import Quantity
from samples.slurries import plan_slurry, weigh_slurry
from samples.slurrymix import Wanted

SI_PARTS = {"Si": 70.0, "PAA": 15.0, "CNT": 7.5, "Super P": 7.5, "PVP": 1.0}
SI_ACTIVE_FRACTION = 70 / 101
LFP_PARTS = {"LFP": 8.0, "AB": 1.0, "PVDF": 1.0}
LFP_ACTIVE_FRACTION = 0.8
ACTIVE_FRACTION_U = 0.002
BLANKS_MG = {"copper": (9.83, 9.85, 9.84), "aluminium": (4.88, 4.89, 4.89)}
"""Masses of bare discs of 12 mm."""
BALANCE_U_MG = 0.014
SI_RECIPE_NOTE = (
    "RECIPE_INTERPRETED: the paper says PVP:PAA = 15:1, which would make the surfactant 69 wt% of "
    "the coating; this one was made with PAA:PVP = 15:1, that is 69.3 wt% Si."
)
CAPACITY_U = 0.01
CAPACITY_NOTE = "Capacities are the paper's; their uncertainty of 1 % is assumed."
DISC_MM = 12.0
DOSE_UL = 50.0


def coat_silicon(team: Team, shelf: Shelf) -> Coating:
    """Store the micron-silicon coating: ball-milled composite with PAA and a trace of PVP."""
    coating = Coating(
        active_material=shelf.chemicals["Si"],
        made_at=days_ago(56),
        active_mass_fraction=round(SI_ACTIVE_FRACTION, 4),
        solvent="water",
        current_collector="copper",
        thickness_um=9,
        loading_min_mg_cm2=0.5,
        loading_max_mg_cm2=0.7,
        drying_temperature_celsius=80,
        drying_time_h=12,
        first_lithiation_capacity_mah_g=3413.6,
        first_lithiation_capacity_mah_g_u=CAPACITY_U * 3413.6,
        reversible_capacity_mah_g=2973.0,
        reversible_capacity_mah_g_u=CAPACITY_U * 2973.0,
        notes=f"{SI_RECIPE_NOTE} {CAPACITY_NOTE}",
    )
    _store(team, shelf, coating, SI_PARTS)
    milled = {"speed_rpm": 500, "time_h": 10, "atmosphere": "argon"}
    log_step(
        sample=coating,
        kind=ProcessStep.Kind.BALL_MILLING,
        by=team.member,
        details=StepDetails(performed_at=days_ago(58), planned=milled, actual=milled),
    )
    _log_slurry(team, shelf, coating, active_mass_g=1.0)
    return coating


def coat_lfp(team: Team, shelf: Shelf) -> Coating:
    """Store the LFP coating, LFP:AB:PVDF 8:1:1."""
    coating = Coating(
        active_material=shelf.chemicals["LFP"],
        made_at=days_ago(55),
        active_mass_fraction=LFP_ACTIVE_FRACTION,
        solvent="NMP",
        current_collector="aluminium",
        thickness_um=45,
        drying_temperature_celsius=120,
        drying_time_h=12,
        reversible_capacity_mah_g=162.3,
        reversible_capacity_mah_g_u=CAPACITY_U * 162.3,
        notes=CAPACITY_NOTE,
    )
    _store(team, shelf, coating, LFP_PARTS)
    _log_slurry(team, shelf, coating, active_mass_g=4.0)
    return coating


def _store(team: Team, shelf: Shelf, coating: Coating, parts: dict[str, float]) -> None:
    coating.project = team.project
    coating.active_mass_fraction_u = ACTIVE_FRACTION_U
    coating.active_mass_fraction_source = Source.MEASURED
    create_record(record=coating, by=team.member)
    weigh_blanks(
        coating=coating,
        face=Face(diameter_mm=Quantity(DISC_MM, PUNCH_U_MM)),
        blanks=Blanks(BLANKS_MG[coating.current_collector], BALANCE_U_MG),
        by=team.member,
    )
    for name, weight in parts.items():
        CoatingComponent.objects.create(
            coating=coating,
            chemical=shelf.chemicals[name],
            weight_parts=weight,
            solution_mass_fraction=0.05 if name == "PAA" else None,
            created_by=team.member,
        )


def _log_slurry(team: Team, shelf: Shelf, coating: Coating, active_mass_g: float) -> None:
    """Weigh a slurry as planned, to the last digit of the balance."""
    wanted = Wanted(active_mass_g=active_mass_g, readability_mg=BALANCE_MG)
    names = coating.components.values_list("chemical__short_name", flat=True)
    lots = {name: shelf.lots[name] for name in names}
    plan = plan_slurry(coating=coating, lots=lots, by=team.member, wanted=wanted)
    assert plan is not None  # noqa: S101 - the demo's recipes are complete
    planned_mg = {edge.ingredient: edge.planned_amount or 0 for edge in plan.consumptions.all()}
    weigh_slurry(
        coating=coating,
        lots=lots,
        masses_g={name: round(mass, 1) / 1000 for name, mass in planned_mg.items()},
        by=team.member,
        wanted=wanted,
    )


def punch_disc(team: Team, coating: Coating, *, mass_mg: float, days: int) -> Electrode:
    """Store a disc of 12 mm with its mass as weighed, foil included."""
    disc = Electrode(
        coating=coating, diameter_mm=DISC_MM, diameter_mm_u=PUNCH_U_MM, mass_mg=mass_mg
    )
    return _punch(team, disc, days)


def cut_sheet(team: Team, coating: Coating, *, mass_mg: float, days: int) -> Electrode:
    """Store a sheet of 40 mm x 40 mm with its mass as weighed, foil included."""
    sheet = Electrode(
        coating=coating,
        width_mm=40,
        width_mm_u=PUNCH_U_MM,
        length_mm=40,
        length_mm_u=PUNCH_U_MM,
        mass_mg=mass_mg,
    )
    return _punch(team, sheet, days)


def punch_unweighed(team: Team, coating: Coating, *, days: int) -> Electrode:
    """Store a disc whose mass nobody has entered."""
    disc = Electrode(coating=coating, diameter_mm=DISC_MM, diameter_mm_u=PUNCH_U_MM)
    disc.project = team.project
    disc.made_at = days_ago(days)
    return create_electrode(electrode=disc, by=team.member)


def punch_metal(team: Team, shelf: Shelf, name: str, *, diameter_mm: float, days: int) -> Electrode:
    """Store a disc of lithium or stainless steel."""
    disc = Electrode(
        project=team.project,
        metal=shelf.chemicals[name],
        diameter_mm=diameter_mm,
        diameter_mm_u=PUNCH_U_MM,
        made_at=days_ago(days),
    )
    create_electrode(electrode=disc, by=team.member)
    log_step(
        sample=disc,
        kind=ProcessStep.Kind.PUNCHING,
        by=team.member,
        details=StepDetails(performed_at=disc.made_at),
        uses=[Use(material=shelf.lots[name], amount=1, unit=Consumption.Unit.PIECE)],
    )
    return disc


def _punch(team: Team, electrode: Electrode, days: int) -> Electrode:
    electrode.project = team.project
    electrode.made_at = days_ago(days)
    electrode.mass_mg_u = BALANCE_U_MG
    create_electrode(electrode=electrode, by=team.member)
    log_step(
        sample=electrode,
        kind=ProcessStep.Kind.PUNCHING,
        by=team.member,
        details=StepDetails(performed_at=electrode.made_at),
    )
    return electrode


def infiltrate(team: Team, electrode: Electrode, batch: ElectrolyteBatch) -> Electrode:
    """Log the dose of precursor, 50 uL for each 12 mm disc, and its curing an hour later."""
    disc_cm2 = math.pi * (DISC_MM / 10) ** 2 / 4
    dose_ul = round(DOSE_UL * (electrode.area_cm2 or disc_cm2) / disc_cm2)
    infiltrate_electrode(
        electrode=electrode,
        batch=batch,
        by=team.member,
        volume_ul=dose_ul,
        details=StepDetails(performed_at=electrode.made_at + timedelta(hours=1)),
    )
    log_step(
        sample=electrode,
        kind=ProcessStep.Kind.UV_CURE,
        by=team.member,
        details=StepDetails(
            performed_at=electrode.made_at + timedelta(hours=2), actual={"uv_time_s": UV_TIME_S}
        ),
    )
    return electrode
