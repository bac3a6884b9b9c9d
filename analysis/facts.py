"""Facts that methods need, gathered from the records of a measurement and its subject."""

import math

from analysis.methods import Fact
from cells.models import Cell
from measurements.models import Instrument, Measurement
from samples.models import Electrode, Film

CONTACT_GEOMETRY = {
    Cell.Type.SYMMETRIC_BLOCKING: "blocking",
    Cell.Type.SYMMETRIC_LI: "symmetric_li",
    Cell.Type.LI_BLOCKING: "li_blocking",
}

ELECTROCHEMICAL = {
    Measurement.Kind.CYCLING,
    Measurement.Kind.IMPEDANCE,
    Measurement.Kind.VOLTAMMETRY,
    Measurement.Kind.CHRONOAMPEROMETRY,
    Measurement.Kind.CHRONOPOTENTIOMETRY,
}
"""Kinds for which the diameter of a film would be taken for that of its electrodes."""

Facts = dict[str, Fact | None]


def facts_of(measurement: Measurement) -> dict[str, Fact]:
    """Return the facts under their names of ANALYSES amendment 11, without the unknown ones.

    Conditions given with the measurement rule over the records; a value given without its
    uncertainty takes none from the records. The area of a film is not the contact area of the
    electrodes it was measured between, so it is never taken for it.
    """
    facts: Facts = {}
    if measurement.instrument is not None:
        facts |= _of_instrument(measurement.instrument, measurement)
    if measurement.film is not None:
        facts |= _of_film(measurement.film) | _of_test_piece(measurement.film, measurement.kind)
    if measurement.cell is not None:
        facts |= _of_cell(measurement.cell)
    if measurement.electrode is not None:
        facts |= _of_electrode(measurement.electrode)
    for name in measurement.conditions:
        facts.pop(f"{name}_u", None)
        if name == "active_mass_mg":
            facts.pop("active_mass_u_mg", None)
        if name == "diameter_mm":
            facts.pop("area_cm2", None)
            facts.pop("area_cm2_u", None)
    facts |= measurement.conditions
    return {name: value for name, value in facts.items() if value not in (None, "")}


def _of_instrument(instrument: Instrument, measurement: Measurement) -> Facts:
    channel = measurement.channel
    own_range = channel.current_range_a if channel is not None else None
    return {
        "current_range_a": own_range or instrument.current_range_a,
        "current_accuracy_fraction": instrument.current_accuracy_fraction,
        "voltage_accuracy_v": instrument.voltage_accuracy_v,
    }


def _of_film(film: Film) -> Facts:
    return {
        "thickness_um": film.thickness_um,
        "thickness_um_u": film.thickness_um_u,
        "separator_macmullin": film.separator_macmullin,
        "film_form": film.form,
    }


def _of_test_piece(film: Film, kind: str) -> Facts:
    """Return the sizes that mechanical tests need: of a dumbbell's gauge, or of a cylinder."""
    if kind in ELECTROCHEMICAL:
        return {}
    if film.form == Film.Form.DUMBBELL:
        thickness, u = film.thickness_um, film.thickness_um_u
        return {
            "gauge_length_mm": film.length_mm,
            "gauge_length_mm_u": film.length_mm_u,
            "width_mm": film.width_mm,
            "width_mm_u": film.width_mm_u,
            "thickness_mm": None if thickness is None else thickness / 1000,
            "thickness_mm_u": None if u is None else u / 1000,
        }
    if film.form == Film.Form.CYLINDER:
        names = ("height_mm", "height_mm_u", "diameter_mm", "diameter_mm_u")
        return {name: getattr(film, name) for name in names}
    return {}


def _of_electrode(electrode: Electrode) -> Facts:
    return {
        "area_cm2": electrode.area_cm2,
        "area_cm2_u": electrode.area_cm2_u,
        "active_mass_mg": electrode.active_mass_mg,
        "active_mass_u_mg": electrode.active_mass_mg_u,
    }


def _of_cell(cell: Cell) -> Facts:
    facts: Facts = {
        "cell_type": cell.cell_type,
        "contact_geometry": CONTACT_GEOMETRY.get(Cell.Type(cell.cell_type)),
        "one_c_ma_g": cell.one_c_ma_g,
        "nominal_c_rate": cell.nominal_c_rate,
        "first_half_cycle": cell.first_half_cycle,
        "lower_cutoff_v": cell.lower_cutoff_v,
        "upper_cutoff_v": cell.upper_cutoff_v,
        "external_pressure_mpa": cell.external_pressure_mpa,
        "temperature_celsius": cell.temperature_celsius,
    }
    if cell.film is not None:
        facts |= _of_film(cell.film)
    electrodes = {place.role: place.electrode for place in cell.places.all()}
    facts |= _area(cell, list(electrodes.values()))
    basis = electrodes.get(cell.mass_basis)
    if basis is not None:
        facts |= _mass(cell, basis)
    elif cell.active_mass_mg is not None:
        facts |= {"active_mass_mg": cell.active_mass_mg, "active_mass_u_mg": cell.active_mass_mg_u}
    return facts


def _area(cell: Cell, electrodes: list[Electrode]) -> Facts:
    """Return the area given for the cell, else that of its smallest electrode."""
    if cell.area_cm2 is not None:
        return {"area_cm2": cell.area_cm2, "area_cm2_u": cell.area_cm2_u}
    known = [electrode for electrode in electrodes if electrode.area_cm2 is not None]
    if not known:
        return {}
    smallest = min(known, key=lambda electrode: electrode.area_cm2 or math.inf)
    return {"area_cm2": smallest.area_cm2, "area_cm2_u": smallest.area_cm2_u}


def _mass(cell: Cell, basis: Electrode) -> Facts:
    """Return mass, basis and 1C of the electrode that specific values refer to."""
    facts: Facts = {"mass_basis": basis.material.short_name}
    if basis.coating is not None and cell.one_c_ma_g is None:
        facts["one_c_ma_g"] = basis.material.one_c_ma_g
    own = cell.active_mass_mg is not None
    facts["active_mass_mg"] = cell.active_mass_mg if own else basis.active_mass_mg
    facts["active_mass_u_mg"] = cell.active_mass_mg_u if own else basis.active_mass_mg_u
    return facts
