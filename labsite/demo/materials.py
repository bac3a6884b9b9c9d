"""Chemicals of the demo lab, from the library, and its lots with their ledger."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from labsite.demo.team import Team, days_ago
from samples.library import add_from_library
from samples.models import Chemical, Lot
from samples.stock import create_lot, stocktake

LOW = "LiFSI"
LOW_COUNT_G = 12.5
"""What a stocktake finds of it: less than the amount below which it is to be ordered again."""


@dataclass(frozen=True)
class Supply:
    """A lot: purity as a mass fraction, water in ppm, amount, days until it expires.

    It is low below a fifth of its amount.
    """

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
    names = [supply.chemical for supply in SUPPLIES]
    added = add_from_library(short_names=names, by=team.manager)
    chemicals = {one.short_name: one for one in added}
    lots = {
        supply.chemical: create_lot(
            lot=_lot(chemicals[supply.chemical], supply, number), by=team.manager
        )
        for number, supply in enumerate(SUPPLIES, start=1)
    }
    return Shelf(chemicals=chemicals, lots=lots)


def _purity_u(purity: float) -> float:
    """Return u of a purity that a supplier rounds: as likely anywhere up to 100 %, as down."""
    return round((1 - purity) / math.sqrt(3), 5)


def _lot(chemical: Chemical, supply: Supply, number: int) -> Lot:
    today = days_ago(0).date()
    lasts = supply.expires_in_days
    return Lot(
        chemical=chemical,
        lot_number=f"DEMO-{number:03d}",
        supplier="Demo supplier",
        purity_mass_fraction=supply.purity,
        purity_mass_fraction_u=None if supply.purity is None else _purity_u(supply.purity),
        water_ppm=supply.water_ppm,
        received_on=today - timedelta(days=120),
        opened_on=today - timedelta(days=90),
        expires_on=None if lasts is None else today + timedelta(days=lasts),
        location=supply.location,
        initial_amount=supply.amount,
        minimum_amount=supply.amount / 5,
        amount_unit=supply.unit,
    )


def take_stock(team: Team, shelf: Shelf) -> None:
    """Count the lot that is running low, after everything that was logged."""
    stocktake(
        lot=shelf.lots[LOW],
        counted=LOW_COUNT_G,
        by=team.manager,
        note="Weighed with its bottle; some went into another project.",
    )
