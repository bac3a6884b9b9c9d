"""Coatings and electrodes of the demo lab."""

import math
from datetime import timedelta

from labsite.access.recording import create_record
from labsite.demo.electrolytes import PUNCH_U_MM, UV_TIME_S
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
from samples.processing import (
    StepDetails,
    Use,
    create_electrode,
    infiltrate_electrode,
    log_step,
)

SI_PARTS = {"Si": 70.0, "PAA": 15.0, "CNT": 7.5, "Super P": 7.5, "PVP": 1.0}
SI_ACTIVE_FRACTION = 70 / 101
LFP_PARTS = {"LFP": 8.0, "AB": 1.0, "PVDF": 1.0}
LFP_ACTIVE_FRACTION = 0.8
ACTIVE_FRACTION_U = 0.002
FOIL_MG_CM2 = {"copper": 8.70, "aluminium": 4.32}
FOIL_U_MG_CM2 = 0.0125
BALANCE_U_MG = 0.014
SI_RECIPE_NOTE = (
    "RECIPE_INTERPRETED: the paper says PVP:PAA = 15:1, which would make the surfactant 69 wt% of "
    "the coating; this one was made with PAA:PVP = 15:1, that is 69.3 wt% Si."
)
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
        drying_temperature_celsius=80,
        drying_time_h=12,
        notes=SI_RECIPE_NOTE,
    )
    _store(team, shelf, coating, SI_PARTS)
    milled = {"speed_rpm": 500, "time_h": 10}
    log_step(
        sample=coating,
        kind=ProcessStep.Kind.BALL_MILLING,
        by=team.member,
        details=StepDetails(
            performed_at=days_ago(58), planned=milled, actual=milled, note="In argon."
        ),
    )
    _log_slurry(team, shelf, coating, {"Si": 1.0, "CNT": 0.1071, "Super P": 0.1071,
                                       "PAA": 0.2143, "PVP": 0.0143})  # fmt: skip
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
    )
    _store(team, shelf, coating, LFP_PARTS)
    _log_slurry(team, shelf, coating, {"LFP": 4.0, "AB": 0.5, "PVDF": 0.5})
    return coating


def _store(team: Team, shelf: Shelf, coating: Coating, parts: dict[str, float]) -> None:
    coating.project = team.project
    coating.active_mass_fraction_u = ACTIVE_FRACTION_U
    coating.active_mass_fraction_source = Source.MEASURED
    coating.foil_mass_mg_cm2 = FOIL_MG_CM2[coating.current_collector]
    coating.foil_mass_mg_cm2_u = FOIL_U_MG_CM2
    create_record(record=coating, by=team.member)
    for name, weight in parts.items():
        CoatingComponent.objects.create(
            coating=coating,
            chemical=shelf.chemicals[name],
            weight_parts=weight,
            solution_mass_fraction=0.05 if name == "PAA" else None,
            created_by=team.member,
        )


def _log_slurry(team: Team, shelf: Shelf, coating: Coating, masses_g: dict[str, float]) -> None:
    uses = [
        Use(
            material=shelf.lots[name],
            planned_amount=mass,
            amount=mass,
            amount_u=1e-4,
            unit=Consumption.Unit.GRAM,
        )
        for name, mass in masses_g.items()
    ]
    log_step(
        sample=coating,
        kind=ProcessStep.Kind.SLURRY,
        by=team.member,
        details=StepDetails(performed_at=coating.made_at),
        uses=uses,
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
    electrode.active_mass_mg, electrode.active_mass_mg_u = active_mass_mg(electrode)
    electrode.active_mass_source = Source.MEASURED
    create_electrode(electrode=electrode, by=team.member)
    log_step(
        sample=electrode,
        kind=ProcessStep.Kind.PUNCHING,
        by=team.member,
        details=StepDetails(performed_at=electrode.made_at),
    )
    return electrode


def active_mass_mg(electrode: Electrode) -> tuple[float, float]:
    """Return the active mass and its standard uncertainty in mg: (m - A rho_foil) w.

    The blank foils were punched with the same tool, so the uncertainty of the area cancels.
    """
    coating = electrode.coating
    if coating is None or electrode.mass_mg is None:
        raise ValueError(f"{electrode} has no coating or no mass.")
    area = electrode.area_cm2 or 0.0
    share = coating.active_mass_fraction or 0.0
    coated = electrode.mass_mg - area * (coating.foil_mass_mg_cm2 or 0.0)
    coated_u = math.hypot(BALANCE_U_MG, area * FOIL_U_MG_CM2)
    u = math.hypot(share * coated_u, coated * ACTIVE_FRACTION_U)
    return round(share * coated, 4), round(u, 4)


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
