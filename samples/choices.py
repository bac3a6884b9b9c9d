"""Which samples the choices in forms can search."""

from labsite.access.picking import offer, usable
from samples.models import Chemical, Coating, Electrode, ElectrolyteBatch, Film, Lot


def offer_samples() -> None:
    """Offer the samples under the names of their models."""
    code = ("code", "aliases")
    offer("chemical", usable(Chemical), (*code, "short_name", "name", "cas_number"))
    offer(
        "lot",
        usable(Lot, "chemical"),
        (*code, "lot_number", "supplier", "chemical__short_name", "chemical__name"),
    )
    offer("electrolytebatch", usable(ElectrolyteBatch), (*code, "composition", "notes"))
    offer("film", usable(Film, "batch"), (*code, "batch__code", "form"))
    offer("coating", usable(Coating, "active_material"), (*code, "active_material__short_name"))
    offer(
        "electrode",
        usable(Electrode, "coating__active_material", "metal"),
        (*code, "coating__code", "coating__active_material__short_name", "metal__short_name"),
    )
