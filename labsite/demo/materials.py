"""Chemicals and lots of the demo lab.

Molar masses from IUPAC's atomic weights; a CAS number stands only where its check digit agrees.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from labsite.access.recording import create_record, update_record
from labsite.demo.team import Team, days_ago
from labsite.lib.fields import Source
from samples.models import Chemical, Consumption, Lot

Role = Chemical.Role


@dataclass(frozen=True)
class Substance:
    """A chemical: short name, name, role, and the other fields of its record."""

    short_name: str
    name: str
    role: Chemical.Role
    facts: Mapping[str, Any] = field(default_factory=dict)


def _density(value: float, u: float | None, note: str) -> dict[str, Any]:
    return {
        "density_g_ml": value,
        "density_g_ml_u": u,
        "density_source": Source.ASSUMED,
        "notes": note,
    }


SUBSTANCES = (
    Substance(
        "AM", "acrylamide", Role.MONOMER,
        {"cas_number": "79-06-1", "formula": "C3H5NO", "molar_mass_g_mol": 71.079,
         "hazards": "toxic; may cause genetic defects and cancer"}
        | _density(1.122, None, "Handbook value of the solid at 30 °C; suppliers also list 1.32."),
    ),
    Substance(
        "DMAM", "N,N-dimethylacrylamide", Role.MONOMER,
        {"cas_number": "2680-03-7", "formula": "C5H9NO", "molar_mass_g_mol": 99.133,
         "hazards": "toxic if swallowed or on the skin"}
        | _density(0.962, None, "At 25 °C, as suppliers list it."),
    ),
    Substance(
        "NMA", "N-methylacetamide", Role.SOLVENT,
        {"cas_number": "79-16-3", "formula": "C3H7NO", "molar_mass_g_mol": 73.095,
         "hazards": "may damage the unborn child"}
        | _density(0.95, None, "Liquid at 30 °C."),
    ),
    Substance(
        "LiFSI", "lithium bis(fluorosulfonyl)imide", Role.SALT,
        {"cas_number": "171611-11-3", "formula": "LiN(SO2F)2", "molar_mass_g_mol": 187.06,
         "hazards": "corrosive; releases HF with water"},
    ),
    Substance(
        "MBAA", "N,N'-methylenebisacrylamide", Role.CROSSLINKER,
        {"cas_number": "110-26-9", "formula": "C7H10N2O2", "molar_mass_g_mol": 154.169},
    ),
    Substance(
        "Irgacure 2959", "2-hydroxy-4'-(2-hydroxyethoxy)-2-methylpropiophenone",
        Role.PHOTOINITIATOR,
        {"cas_number": "106797-53-9", "formula": "C12H16O4", "molar_mass_g_mol": 224.256},
    ),
    Substance(
        "FEC", "fluoroethylene carbonate", Role.ADDITIVE,
        {"cas_number": "114435-02-8", "formula": "C3H3FO3", "molar_mass_g_mol": 106.052,
         "hazards": "harmful if swallowed"}
        | _density(1.47, 0.012, "Listed values span 1.45 to 1.49."),
    ),
    Substance(
        "Si", "silicon, micron-sized", Role.ACTIVE_MATERIAL,
        {"cas_number": "7440-21-3", "formula": "Si", "molar_mass_g_mol": 28.086,
         "one_c_ma_g": 3579, "theoretical_capacity_mah_g": 3579,
         "notes": "1C is the capacity of Li15Si4."},
    ),
    Substance("CNT", "carbon nanotubes", Role.CONDUCTIVE, {"formula": "C"}),
    Substance("Super P", "conductive carbon black Super P", Role.CONDUCTIVE,
              {"cas_number": "1333-86-4", "formula": "C"}),
    Substance("PAA", "poly(acrylic acid), Mw 450 000 g/mol", Role.BINDER,
              {"cas_number": "9003-01-4"}),
    Substance("PVP", "polyvinylpyrrolidone, Mw 58 000 g/mol", Role.SURFACTANT,
              {"cas_number": "9003-39-8"}),
    Substance(
        "LFP", "lithium iron phosphate", Role.ACTIVE_MATERIAL,
        {"cas_number": "15365-14-7", "formula": "LiFePO4", "molar_mass_g_mol": 157.755,
         "one_c_ma_g": 175, "theoretical_capacity_mah_g": 169.9,
         "notes": "1C as in the paper; it is above the theoretical capacity."},
    ),
    Substance("AB", "acetylene black", Role.CONDUCTIVE,
              {"cas_number": "1333-86-4", "formula": "C"}),
    Substance("PVDF", "poly(vinylidene fluoride)", Role.BINDER, {"cas_number": "24937-79-9"}),
    Substance("Li", "lithium metal", Role.METAL,
              {"cas_number": "7439-93-2", "formula": "Li", "molar_mass_g_mol": 6.94,
               "hazards": "catches fire with water"}),
    Substance("Stainless steel", "stainless steel", Role.METAL),
    Substance("Li6PS5Cl", "lithium argyrodite Li6PS5Cl", Role.SOLID_ELECTROLYTE,
              {"formula": "Li6PS5Cl", "molar_mass_g_mol": 268.36,
               "hazards": "releases H2S with moisture"}),
    Substance("Li3InCl6", "lithium indium chloride Li3InCl6", Role.SOLID_ELECTROLYTE,
              {"formula": "Li3InCl6", "molar_mass_g_mol": 348.34}),
    Substance("VGCF", "vapour-grown carbon fibre", Role.CONDUCTIVE, {"formula": "C"}),
)  # fmt: skip


@dataclass(frozen=True)
class Supply:
    """A lot: purity as a mass fraction, water in ppm, amount, days until it expires."""

    chemical: str
    purity: float | None
    water_ppm: float | None
    amount: float
    unit: Lot.Unit = Lot.Unit.GRAM
    expires_in_days: int | None = 600
    location: str = "glove box 1"


SUPPLIES = (
    Supply("AM", 0.99, None, 100, location="refrigerator"),
    Supply("DMAM", 0.995, 200, 100, expires_in_days=210, location="refrigerator"),
    Supply("NMA", 0.995, 60, 250),
    Supply("LiFSI", 0.999, 20, 100),
    Supply("MBAA", 0.99, None, 25, location="refrigerator"),
    Supply("Irgacure 2959", 0.98, None, 25, location="dark cabinet"),
    Supply("FEC", 0.999, 15, 50, expires_in_days=9),
    Supply("Si", 0.999, None, 50, expires_in_days=None, location="powder cabinet"),
    Supply("CNT", 0.95, None, 10, expires_in_days=None, location="powder cabinet"),
    Supply("Super P", None, None, 50, expires_in_days=None, location="powder cabinet"),
    Supply("PAA", None, None, 100, location="binder shelf"),
    Supply("PVP", None, None, 100, location="binder shelf"),
    Supply("LFP", 0.98, 400, 200, expires_in_days=None, location="powder cabinet"),
    Supply("AB", None, None, 50, expires_in_days=None, location="powder cabinet"),
    Supply("PVDF", None, None, 100, expires_in_days=None, location="binder shelf"),
    Supply("Li", 0.999, None, 100, Lot.Unit.PIECE),
    Supply("Stainless steel", None, None, 200, Lot.Unit.PIECE, None, "cell parts"),
    Supply("Li6PS5Cl", None, None, 20, expires_in_days=90),
    Supply("Li3InCl6", None, None, 20, expires_in_days=90),
    Supply("VGCF", None, None, 20, expires_in_days=None, location="powder cabinet"),
)


@dataclass(frozen=True)
class Shelf:
    """What there is to work with, by the chemical's short name."""

    chemicals: Mapping[str, Chemical]
    lots: Mapping[str, Lot]


def stock(team: Team) -> Shelf:
    """Store the chemicals and one lot of each."""
    chemicals = {
        one.short_name: create_record(
            record=Chemical(short_name=one.short_name, name=one.name, role=one.role, **one.facts),
            by=team.manager,
        )
        for one in SUBSTANCES
    }
    lots = {
        supply.chemical: create_record(
            record=_lot(chemicals[supply.chemical], supply, number), by=team.manager
        )
        for number, supply in enumerate(SUPPLIES, start=1)
    }
    return Shelf(chemicals=chemicals, lots=lots)


def _lot(chemical: Chemical, supply: Supply, number: int) -> Lot:
    today = days_ago(0).date()
    lasts = supply.expires_in_days
    return Lot(
        chemical=chemical,
        lot_number=f"DEMO-{number:03d}",
        supplier="Demo supplier",
        purity_mass_fraction=supply.purity,
        water_ppm=supply.water_ppm,
        received_on=today - timedelta(days=120),
        opened_on=today - timedelta(days=90),
        expires_on=None if lasts is None else today + timedelta(days=lasts),
        location=supply.location,
        initial_amount=supply.amount,
        remaining_amount=supply.amount,
        amount_unit=supply.unit,
    )


def take_stock(team: Team, shelf: Shelf) -> None:
    """Store what is left of each lot after everything that was logged."""
    for lot in shelf.lots.values():
        used = sum(
            edge.amount or 0 for edge in Consumption.objects.filter(lot=lot, unit=lot.amount_unit)
        )
        if used and lot.initial_amount is not None:
            lot.remaining_amount = round(lot.initial_amount - used, 4)
            update_record(record=lot, by=team.manager, expected_version=lot.version)
