"""A coating seen by the slurry recipe: what to weigh, and what was weighed makes when dry."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from samples.mixture import facts_of
from samples.models import Chemical, CoatingComponent, Consumption, Lot, ProcessStep
from samples.recipes.lots import LotFacts
from samples.recipes.quantity import Flag, Quantity, RecipeError
from samples.recipes.slurry import (
    Part,
    Slurry,
    SlurryLine,
    WeighedSlurry,
    slurry,
    weighed_composition,
)
from samples.weighsteps import READABILITY, filled, quantity_of

LONGEST_KEY = 20
"""Letters of a short name that name an ingredient of a weighing."""


@dataclass(frozen=True)
class Component:
    """A row of the composition with its lot and the mass read from the balance, as far as known."""

    chemical: Chemical
    weight_parts: float
    solution: Quantity | None = None
    lot: Lot | None = None
    mass_g: float | None = None
    mass_g_u: float | None = None
    several: LotFacts | None = None
    """Purity and water of several lots together; None of one lot."""

    @property
    def key(self) -> str:
        """The name of the component in weighings."""
        return key_of(self.chemical)


@dataclass(frozen=True)
class Wanted:
    """How much slurry is to be made, by its active or its dry mass, and how the balance reads."""

    active_mass_g: float | None = None
    dry_mass_g: float | None = None
    readability_mg: float | None = None

    def quantities(self) -> dict[str, object]:
        """Return what is known as quantities of the step."""
        said = {
            "active_mass_g": self.active_mass_g,
            "dry_mass_g": self.dry_mass_g,
            READABILITY: self.readability_mg,
        }
        return {name: value for name, value in said.items() if value is not None}


@dataclass(frozen=True)
class SlurryAssessment:
    """What the recipe says of a slurry."""

    problems: tuple[str, ...] = ()
    planned: Slurry | None = None
    has_target: bool = False
    """Whether it was said how much to make; else only the composition is planned."""
    weighed: WeighedSlurry | None = None
    flags: tuple[Flag, ...] = ()

    def line(self, key: str) -> SlurryLine | None:
        """Return the planned row of a component."""
        lines = self.planned.lines if self.planned is not None else ()
        return next((line for line in lines if line.name == key), None)

    def target_g(self, key: str) -> float | None:
        """Return the mass of the lot, or of its solution, to weigh in g."""
        line = self.line(key) if self.has_target else None
        return None if line is None else line.to_weigh_g.value


def key_of(chemical: Chemical) -> str:
    """Return the name of a chemical as the ingredient of a weighing."""
    return chemical.short_name[:LONGEST_KEY]


def components_of(
    parts: Iterable[CoatingComponent], step: ProcessStep | None = None
) -> list[Component]:
    """Return the composition of a coating with the lots and masses of its weighing."""
    edges: dict[str, list[Consumption]] = {}
    for edge in step.consumptions.all() if step is not None else ():
        if edge.lot is not None and edge.amount != 0:
            edges.setdefault(edge.ingredient or key_of(edge.lot.chemical), []).append(edge)
    rows = []
    for row in parts:
        one, fraction = filled(edges.get(key_of(row.chemical), [])), row.solution_mass_fraction
        rows.append(
            Component(
                chemical=row.chemical,
                weight_parts=row.weight_parts,
                solution=None
                if fraction is None
                else Quantity(fraction, row.solution_mass_fraction_u),
                lot=one.lot if one is not None else None,
                mass_g=one.mass_g if one is not None else None,
                mass_g_u=one.mass_g_u if one is not None else None,
                several=one.several if one is not None else None,
            )
        )
    return rows


def wanted_of(step: ProcessStep | None) -> Wanted:
    """Return how much was to be made."""
    names = ("active_mass_g", "dry_mass_g", READABILITY)
    return Wanted(*(quantity_of(step, name) for name in names))


def assess_slurry(
    rows: Sequence[Component], active: Chemical | None, wanted: Wanted
) -> SlurryAssessment:
    """Work out a slurry: masses to weigh, the dry composition wanted and that of what was weighed.

    Weight parts are exact. Without a wanted mass only the composition is told.
    """
    if active is None or not rows:
        return SlurryAssessment(problems=(_("Choose the active material and its components."),))
    parts = [_part(row) for row in rows]
    told = wanted.active_mass_g is not None or wanted.dry_mass_g is not None
    try:
        planned = slurry(
            parts,
            active=key_of(active),
            active_mass_g=wanted.active_mass_g,
            dry_mass_g=wanted.dry_mass_g if told else 1.0,
        )
        weighed = _weighed(parts, rows, key_of(active))
    except RecipeError as error:
        return SlurryAssessment(problems=(_in_words(error, active, rows),))
    flags = weighed.flags if weighed is not None else planned.flags
    return SlurryAssessment(
        planned=planned, has_target=told, weighed=weighed, flags=tuple(dict.fromkeys(flags))
    )


def _part(row: Component) -> Part:
    return Part(
        name=row.key,
        weight_parts=Quantity(row.weight_parts, 0.0),
        role=row.chemical.role,
        solution_mass_fraction=row.solution,
        lot=row.several or facts_of(row.lot),
    )


def _weighed(parts: Sequence[Part], rows: Sequence[Component], active: str) -> WeighedSlurry | None:
    masses = {row.key: Quantity(row.mass_g, row.mass_g_u) for row in rows if row.mass_g is not None}
    if len(masses) < len(rows):
        return None
    return weighed_composition(parts, masses, active=active)


def _in_words(error: RecipeError, active: Chemical, rows: Sequence[Component]) -> str:
    if error.field == "active" or active not in [row.chemical for row in rows]:
        return _("Give the active material %(what)s a row of its own.") % {"what": active}
    return error.message
