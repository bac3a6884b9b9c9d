"""What the recipe of a slurry says, in words and digits for pages."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from samples.models import Chemical, Coating, ProcessStep
from samples.recipes.quantity import Flag
from samples.recipes.weighing import DEVIATION_PERCENT
from samples.slurries import KIND, UNIT
from samples.slurrymix import (
    Component,
    SlurryAssessment,
    Wanted,
    assess_slurry,
    components_of,
    wanted_of,
)
from samples.weighpanel import (
    WeighLine,
    about_lot,
    shortages,
    show_deviation,
    show_mass,
    show_quantity,
)
from samples.weighsteps import lots_held


@dataclass(frozen=True)
class SlurryLine(WeighLine):
    """One line of a slurry's weigh-out list."""

    number: int = 0
    solution: str = ""
    share: str = ""
    weighed_share: str = ""


@dataclass(frozen=True)
class SlurryRecipe:
    """The weigh-out list of a slurry with what it makes when dry."""

    problems: tuple[str, ...] = ()
    lines: tuple[SlurryLine, ...] = ()
    active: str = ""
    weighed_active: str = ""
    has_target: bool = False
    is_weighed: bool = False
    flags: tuple[Flag, ...] = ()
    volumes: tuple[tuple[str, str], ...] = ()
    rows: int = 0
    """Rows of the form, complete or not."""

    @property
    def cells(self) -> list[SlurryLine]:
        """A line for every row of the form; empty ones where nothing is known."""
        known = {line.number: line for line in self.lines}
        return [known.get(n, SlurryLine(key="", label="", number=n)) for n in range(self.rows)]


def slurry_panel(
    rows: Sequence[tuple[int, Component]],
    active: Chemical | None,
    wanted: Wanted,
    held: Mapping[Any, float] | None = None,
) -> SlurryRecipe:
    """Return a slurry in words; rows with their numbers in the form."""
    parts = [row for _number, row in rows]
    result = assess_slurry(parts, active, wanted)
    shares = result.weighed.dry_mass_fractions if result.weighed is not None else {}
    lines = tuple(_line(number, row, result, wanted) for number, row in rows)
    planned, weighed = result.planned, result.weighed
    return SlurryRecipe(
        problems=result.problems,
        lines=lines,
        active="" if planned is None else show_quantity(planned.active_mass_fraction, 100),
        weighed_active=show_quantity(weighed.active_mass_fraction, 100) if weighed else "",
        has_target=result.has_target,
        is_weighed=bool(shares),
        flags=(*result.flags, *_short(parts, result, held or {})),
        volumes=tuple(_amounts(result)),
    )


def slurry_of(coating: Coating, steps: Iterable[ProcessStep]) -> SlurryRecipe:
    """Return the recipe of a stored coating from its steps, the first slurry among them."""
    step = next((step for step in steps if step.kind == KIND), None)
    rows = components_of(coating.components.select_related("chemical"), step)
    wanted = wanted_of(step)
    if not rows:
        return SlurryRecipe()
    return slurry_panel(list(enumerate(rows)), coating.active_material, wanted, lots_held(step))


def _line(number: int, row: Component, result: SlurryAssessment, wanted: Wanted) -> SlurryLine:
    line, target = result.line(row.key), result.target_g(row.key)
    done = result.weighed
    deviation = None if done is None else done.deviations.get(row.key)
    own = f"{100 * row.solution.value:.4g}" if row.solution is not None else ""
    reads = wanted.readability_mg
    return SlurryLine(
        key=row.key,
        label=str(row.chemical),
        lot=row.lot.code if row.lot else "",
        about_lot=about_lot(row.lot) if row.lot else "",
        target="" if target is None else show_mass(target, UNIT, reads),
        weighed="" if row.mass_g is None else show_mass(row.mass_g, UNIT, reads),
        unit=UNIT,
        deviation=show_deviation(deviation),
        off=deviation is not None and abs(deviation) > DEVIATION_PERCENT,
        open=True,
        number=number,
        solution=_("%(share)s wt%% solution") % {"share": own} if own else "",
        share="" if line is None else f"{100 * line.dry_mass_fraction.value:.4g}",
        weighed_share=show_quantity(done.dry_mass_fractions[row.key], 100) if done else "",
    )


def _amounts(result: SlurryAssessment) -> Iterable[tuple[str, str]]:
    if result.planned is None or not result.has_target:
        return
    pure = sum(line.dry_g.value for line in result.planned.lines)
    yield _("Pure and dry"), f"{1000 * pure:.5g} mg"
    total = sum(line.to_weigh_g.value for line in result.planned.lines)
    yield _("To weigh in all"), f"{1000 * total:.5g} mg"


def _short(
    rows: Sequence[Component], result: SlurryAssessment, held: Mapping[Any, float]
) -> Iterable[Flag]:
    for row in rows:
        yield from shortages(row.lot, row.mass_g or result.target_g(row.key), held)
