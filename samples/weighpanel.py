"""What a recipe says, in words and digits for pages: masses, compositions, flags."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from labsite.lib.numbers import show_alone, show_with_u
from samples.ingredients import INGREDIENTS, PER_GRAM
from samples.mixture import Assessment, Portion, assess, is_mixed
from samples.models import ElectrolyteBatch, Lot, ProcessStep
from samples.recipes.composition import Composition
from samples.recipes.quantity import Flag, Quantity
from samples.recipes.weighing import DEVIATION_PERCENT
from samples.stock import StockError, amount_in
from samples.weighing import KIND, known_chemicals, portions_of
from samples.weighsteps import lots_held, readability_of

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

FINEST_MG = 0.1
"""What a balance reads when nobody said it."""
QUANTITIES: tuple[tuple[str, "StrPromise | str", str, float], ...] = (
    ("mole_fraction_am", gettext_lazy("AM fraction x"), "", 1),
    ("dem_molar_ratio", "NMA:LiFSI", "mol/mol", 1),
    ("monomer_mol_l", gettext_lazy("Monomer"), "mol/L", 1),
    ("crosslinker_mmol_l", gettext_lazy("Crosslinker"), "mmol/L", 1),
    ("photoinitiator_mmol_l", gettext_lazy("Photoinitiator"), "mmol/L", 1),
    ("salt_mol_l", "LiFSI", "mol/L", 1),
    ("fec_mass_fraction", "FEC", "wt%", 100),
    ("polymer_mass_fraction", gettext_lazy("Polymer"), "wt%", 100),
    ("li_per_monomer", gettext_lazy("Li per monomer"), "mol/mol", 1),
    ("water_ppm", gettext_lazy("Water"), "ppm", 1),
)
"""Rows of the table of compositions: name, label, unit, factor to the unit."""


@dataclass(frozen=True)
class WeighLine:
    """One line of a weigh-out list, written."""

    key: str
    label: str
    lot: str = ""
    about_lot: str = ""
    target: str = ""
    weighed: str = ""
    unit: str = ""
    deviation: str = ""
    off: bool = False
    """Whether the weighed mass is further off than allowed."""
    open: bool = False
    """Whether the place is part of the recipe or of what was weighed."""

    @property
    def verdict(self) -> str:
        """Say in words that a mass is further off than allowed."""
        if not self.off:
            return ""
        return _("too little") if self.deviation.startswith("−") else _("too much")


@dataclass(frozen=True)
class CompositionLine:
    """One quantity: wanted before and after FEC, and as weighed."""

    label: str
    unit: str
    before: str
    after: str
    weighed: str


@dataclass(frozen=True)
class Recipe:
    """The weigh-out list of a batch with what it makes."""

    mixed: bool
    problems: tuple[str, ...] = ()
    lines: tuple[WeighLine, ...] = ()
    volumes: tuple[tuple[str, str], ...] = ()
    composition: tuple[CompositionLine, ...] = ()
    has_fec: bool = False
    is_weighed: bool = False
    awaits_fec: bool = False
    """Whether the weighed composition is that before FEC, which is not weighed yet."""
    flags: tuple[Flag, ...] = ()
    basis: str = ""
    density: str = ""


class Table(Protocol):
    """The rows of a form, or of a stored weighing."""

    @property
    def readability_mg(self) -> float | None:
        """How finely the balance reads."""

    def portions(self) -> dict[str, Portion]:
        """Return the places filled so far."""


def batch_panel(
    batch: ElectrolyteBatch, table: Table, held: Mapping[Any, float] | None = None
) -> Recipe:
    """Return the recipe of a batch in words; ``held``: what a correction gives back to lots."""
    if not is_mixed(batch):
        closed = tuple(WeighLine(one.key, str(one.label)) for one in INGREDIENTS)
        return Recipe(mixed=False, lines=closed)
    portions, readability = table.portions(), table.readability_mg
    result = assess(batch, portions, readability)
    return Recipe(
        mixed=True,
        problems=result.problems,
        lines=tuple(_line(one, result, portions, readability) for one in INGREDIENTS),
        volumes=tuple(_volumes(result)),
        composition=tuple(_compositions(result)),
        has_fec=bool(batch.fec_mass_fraction) or _weighs(portions, "fec"),
        is_weighed=result.actual is not None,
        awaits_fec=result.awaits_fec,
        flags=(*result.flags, *_shortages(result, portions, held or {})),
        basis=batch.get_concentration_basis_display() if batch.kind == batch.Kind.ELASTIC else "",
        density=_density(batch),
    )


@dataclass(frozen=True)
class StoredTable:
    """A weighing step as a table."""

    step: ProcessStep | None

    @property
    def readability_mg(self) -> float | None:
        """How finely the balance read."""
        return readability_of(self.step)

    def portions(self) -> dict[str, Portion]:
        """Return the places as they were filled."""
        return portions_of(self.step, known_chemicals())


def recipe_of(batch: ElectrolyteBatch, steps: Iterable[ProcessStep]) -> Recipe:
    """Return the recipe of a stored batch from its steps, the first weighing among them."""
    step = next((step for step in steps if step.kind == KIND), None)
    return batch_panel(batch, StoredTable(step), lots_held(step))


def _line(
    one: Any, result: Assessment, portions: Mapping[str, Portion], readability: float | None
) -> WeighLine:
    portion = portions.get(one.key)
    target, deviation = result.target_g(one.key), result.deviation_percent(one.key)
    lot = portion.lot if portion is not None else None
    mass = portion.mass_g if portion is not None else None
    told = bool(result.problems) and result.targets is None
    return WeighLine(
        key=one.key,
        label=str(one.label if portion is None or one.names else portion.chemical),
        lot=lot.code if lot else "",
        about_lot=about_lot(lot) if lot else "",
        target="" if target is None else show_mass(target, one.unit, readability),
        weighed="" if mass is None else show_mass(mass, one.unit, readability),
        unit=one.unit,
        deviation=show_deviation(deviation),
        off=deviation is not None and abs(deviation) > DEVIATION_PERCENT,
        open=target is not None or mass is not None or told,
    )


def about_lot(lot: Lot) -> str:
    """Write purity and water of a lot."""
    purity = lot.purity_mass_fraction
    parts = [_("purity not known") if purity is None else f"{100 * purity:.6g} %"]
    if lot.water_ppm is not None:
        parts.append(_("%(ppm)g ppm water") % {"ppm": lot.water_ppm})
    return " · ".join(parts)


def show_mass(mass_g: float, unit: str, readability_mg: float | None) -> str:
    """Write a mass as finely as the balance reads, in mg one digit finer."""
    step = readability_mg or FINEST_MG
    places = max(0, math.ceil(-math.log10(step) - 1e-9))
    return f"{mass_g * PER_GRAM[unit]:.{places + 3 if unit == 'g' else places + 1}f}"


def show_deviation(percent: float | None) -> str:
    """Write "+0.3 %", or nothing."""
    if percent is None:
        return ""
    digits = f"{percent:+.2f}" if abs(percent) < 10 else f"{percent:+,.0f}"  # noqa: PLR2004 - digits
    return f"{digits.replace('-', '−')} %"


def show_quantity(quantity: Quantity | None, factor: float = 1) -> str:
    """Write a quantity with its uncertainty, or what is known of it."""
    if quantity is None:
        return "–"
    value = factor * quantity.value
    return show_with_u(value, factor * quantity.u) if quantity.u else show_alone(value)


def _short(quantity: Quantity | None, factor: float = 1) -> str:
    return "–" if quantity is None else f"{factor * quantity.value:.4g}"


def _volumes(result: Assessment) -> Iterable[tuple[str, str]]:
    if result.targets is None:
        return
    wanted, done = result.targets, result.actual
    yield _("DEM"), f"{_short(wanted.dem_volume_ml)} mL"
    fec = "fec" in wanted.masses_g
    if fec:
        yield _("Solution before FEC"), f"{_short(wanted.before_fec_volume_ml)} mL"
    final = _("Solution with FEC") if fec else _("Solution")
    yield final, f"{_short(wanted.final_volume_ml)} mL"
    if done is not None and done.final_volume_ml is not None:
        yield _("As weighed"), f"{show_quantity(done.final_volume_ml)} mL"


def _compositions(result: Assessment) -> Iterable[CompositionLine]:
    wanted, done = result.targets, result.actual
    told = done.before_fec if done is not None and result.awaits_fec else result.weighed
    for name, label, unit, factor in QUANTITIES:
        before, after = (
            None if composition is None else getattr(composition, name)
            for composition in (wanted and wanted.before_fec, wanted and wanted.after_fec)
        )
        if name == "water_ppm":
            after = result.planned_water_ppm
        weighed = _of(told, name)
        known = any(found is not None for found in (before, after, weighed))
        if not known and name != "water_ppm":
            continue
        if (
            name == "fec_mass_fraction"
            and not (after and after.value)
            and not (weighed and weighed.value)
        ):
            continue
        yield CompositionLine(
            label=str(label),
            unit=unit,
            before="–" if name in ("fec_mass_fraction", "water_ppm") else _short(before, factor),
            after=_short(after, factor),
            weighed=show_quantity(weighed, factor),
        )


def _of(composition: Composition | None, name: str) -> Quantity | None:
    found: Quantity | None = getattr(composition, name, None)
    return found


def _weighs(portions: Mapping[str, Portion], key: str) -> bool:
    return key in portions and portions[key].mass_g is not None


def _shortages(
    result: Assessment, portions: Mapping[str, Portion], held: Mapping[Any, float]
) -> Iterable[Flag]:
    for key, portion in portions.items():
        yield from shortages(portion.lot, portion.mass_g or result.target_g(key), held)


def shortages(lot: Lot | None, grams: float | None, held: Mapping[Any, float]) -> Iterable[Flag]:
    """Give a warning when a lot holds less than what is (to be) weighed."""
    if lot is None or grams is None or lot.remaining_amount is None:
        return
    try:
        amount = amount_in(lot, grams, "g")
    except StockError as error:
        yield Flag("LOT_UNIT", "error", error.messages[0])
        return
    left = lot.remaining_amount + held.get(lot.pk, 0.0)
    if amount > left:
        words = {
            "lot": f"{lot.code} ({lot.chemical})",
            "left": left,
            "amount": amount,
            "unit": lot.get_amount_unit_display(),
        }
        sentence = _("%(lot)s holds %(left).5g %(unit)s; %(amount).5g %(unit)s are needed.")
        yield Flag("LOT_TOO_SMALL", "error", sentence % words)


def _density(batch: ElectrolyteBatch) -> str:
    if batch.dem_density_g_ml is None:
        return _("1.20 g/mL, assumed")
    density = show_quantity(Quantity(batch.dem_density_g_ml, batch.dem_density_g_ml_u))
    source = (
        batch.get_dem_density_source_display() if batch.dem_density_source else _("source not said")
    )
    return f"{density} g/mL, {source}"
