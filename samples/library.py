"""The chemicals of the paper, ready to be put on the shelf.

Pan et al. 2024 (doi 10.1038/s41467-024-46472-9). Molar masses from IUPAC's atomic weights; a CAS
number stands only where its check digit agrees; densities with where they come from.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from labsite.access.models import User
from labsite.access.recording import create_record
from labsite.access.records import may_edit_lab
from labsite.lib.fields import Source
from samples.models import Chemical

Role = Chemical.Role


@dataclass(frozen=True)
class Substance:
    """A chemical: short name, name, role, and the other fields of its record."""

    short_name: str
    name: str
    role: Chemical.Role
    facts: Mapping[str, Any] = field(default_factory=dict)

    def record(self) -> Chemical:
        """Return the substance as a record that is not stored yet."""
        names = {"short_name": self.short_name, "name": self.name, "role": self.role}
        return Chemical(**names, **self.facts)


def _density(value: float, u: float | None, origin: Source, note: str) -> dict[str, Any]:
    return {
        "density_g_ml": value,
        "density_g_ml_u": u,
        "density_source": origin,
        "notes": note,
    }


SUBSTANCES = (
    Substance(
        "AM", "acrylamide", Role.MONOMER,
        {"cas_number": "79-06-1", "formula": "C3H5NO", "molar_mass_g_mol": 71.079,
         "hazards": "toxic; may cause genetic defects and cancer"}
        | _density(1.122, 0.06, Source.ASSUMED,
                   "Density: handbook value of the solid at 30 °C (Windholz 1983); suppliers also "
                   "list 1.32 for the crystal."),
    ),
    Substance(
        "DMAM", "N,N-dimethylacrylamide", Role.MONOMER,
        {"cas_number": "2680-03-7", "formula": "C5H9NO", "molar_mass_g_mol": 99.133,
         "hazards": "toxic if swallowed or on the skin"}
        | _density(0.962, 0.003, Source.SUPPLIER, "Density at 25 °C, as suppliers list it."),
    ),
    Substance(
        "NMA", "N-methylacetamide", Role.SOLVENT,
        {"cas_number": "79-16-3", "formula": "C3H7NO", "molar_mass_g_mol": 73.095,
         "hazards": "may damage the unborn child"}
        | _density(0.95, None, Source.ASSUMED, "Density of the liquid at 30 °C; melts at 28 °C."),
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
        | _density(1.47, 0.012, Source.ASSUMED,
                   "Density: listed values span 1.45 to 1.49; u of a uniform spread."),
    ),
    Substance("LiPO2F2", "lithium difluorophosphate", Role.SALT,
              {"cas_number": "24389-25-1", "formula": "LiPO2F2", "molar_mass_g_mol": 107.91}),
    Substance(
        "Si", "silicon, micron-sized", Role.ACTIVE_MATERIAL,
        {"cas_number": "7440-21-3", "formula": "Si", "molar_mass_g_mol": 28.086,
         "electrode_side": Chemical.Side.NEGATIVE,
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
         "electrode_side": Chemical.Side.POSITIVE,
         "one_c_ma_g": 175, "theoretical_capacity_mah_g": 169.9,
         "notes": "1C as in the paper; it is above the theoretical capacity."},
    ),
    Substance("NMC811", "lithium nickel manganese cobalt oxide 811", Role.ACTIVE_MATERIAL,
              {"formula": "LiNi0.8Mn0.1Co0.1O2", "molar_mass_g_mol": 97.28,
               "electrode_side": Chemical.Side.POSITIVE,
               "notes": "The paper does not say what it calls 1C."}),
    Substance("AB", "acetylene black", Role.CONDUCTIVE,
              {"cas_number": "1333-86-4", "formula": "C"}),
    Substance("PVDF", "poly(vinylidene fluoride)", Role.BINDER, {"cas_number": "24937-79-9"}),
    Substance("NMP", "N-methyl-2-pyrrolidone", Role.SOLVENT,
              {"cas_number": "872-50-4", "formula": "C5H9NO", "molar_mass_g_mol": 99.133,
               "hazards": "may damage the unborn child"}),
    Substance("Li-In", "lithium-indium alloy", Role.METAL,
              {"formula": "LiIn",
               "notes": "0.62 V against Li+/Li while both In and LiIn are there."}),
    Substance("Li", "lithium metal", Role.METAL,
              {"cas_number": "7439-93-2", "formula": "Li", "molar_mass_g_mol": 6.94,
               "hazards": "catches fire with water"}),
    Substance("Stainless steel", "stainless steel", Role.METAL),
    Substance("Cu", "copper foil", Role.CURRENT_COLLECTOR,
              {"cas_number": "7440-50-8", "formula": "Cu", "molar_mass_g_mol": 63.546}),
    Substance("Al", "aluminium foil", Role.CURRENT_COLLECTOR,
              {"cas_number": "7429-90-5", "formula": "Al", "molar_mass_g_mol": 26.982}),
    Substance("Li6PS5Cl", "lithium argyrodite Li6PS5Cl", Role.SOLID_ELECTROLYTE,
              {"formula": "Li6PS5Cl", "molar_mass_g_mol": 268.36,
               "hazards": "releases H2S with moisture"}),
    Substance("Li3InCl6", "lithium indium chloride Li3InCl6", Role.SOLID_ELECTROLYTE,
              {"formula": "Li3InCl6", "molar_mass_g_mol": 348.34}),
    Substance("VGCF", "vapour-grown carbon fibre", Role.CONDUCTIVE, {"formula": "C"}),
)  # fmt: skip


def shelved() -> dict[str, Chemical]:
    """Return the chemicals that the lab has already, by the short name of the library."""
    known = {one.short_name: one for one in Chemical.objects.all()}
    return {one.short_name: known[one.short_name] for one in SUBSTANCES if one.short_name in known}


def add_from_library(*, short_names: Iterable[str], by: User) -> list[Chemical]:
    """Store the chosen substances as chemicals of the lab, all of them or none.

    Raises PermissionDenied, ValidationError when one is not in the library or in the lab already.
    """
    if not may_edit_lab(by):
        raise PermissionDenied(_("Managers add chemicals."))
    chosen = set(short_names)
    unknown = chosen - {one.short_name for one in SUBSTANCES}
    if unknown:
        raise ValidationError(
            _("Not in the library: %(names)s.") % {"names": ", ".join(sorted(unknown))}
        )
    there = sorted(chosen & set(shelved()))
    if there:
        raise ValidationError(_("In the lab already: %(names)s.") % {"names": ", ".join(there)})
    with transaction.atomic():
        return [
            create_record(record=one.record(), by=by)
            for one in SUBSTANCES
            if one.short_name in chosen
        ]
