"""What a cycling analysis must know about cell and channel, read from the facts."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from analysis.methods import Fact, Flag, MethodError
from analysis.methods._refusals import WHERE, above, optional_fact
from analysis.science.cycling import CHARGE, DISCHARGE, FIRST_SIGN
from measurements.columns import CYCLING

DIRECTIONS = {"charge": CHARGE, "discharge": DISCHARGE}
SYMMETRIC = ("symmetric_li", "symmetric_blocking", "li_blocking")

HEAVIEST_MG = 1000.0
"""More active mass than that in a laboratory cell is mostly a slip of units."""


@dataclass(frozen=True)
class Subject:
    """A cell and the channel that cycled it; None where nobody entered a value.

    ``mass_mg`` is None without its basis: capacities per gram of nothing are not published.
    ``cutoff_v`` by direction (sign -> V). ``offset_a`` is the accuracy of the channel.
    """

    cell_type: str
    first_declared: int | None
    mass_mg: float | None
    mass_u_mg: float | None
    basis: str
    area_cm2: float | None
    area_u_cm2: float | None
    one_c_ma_g: float | None
    nominal_c_rate: float | None
    cutoff_v: Mapping[int, float]
    offset_a: float | None
    voltage_u_v: float | None
    temperature_celsius: float | None
    flags: tuple[Flag, ...] = field(default=())

    @property
    def first_sign(self) -> int:
        """Direction of the half-cycle that opens a cycle of this cell type."""
        return FIRST_SIGN[self.cell_type]

    @property
    def half_cell(self) -> bool:
        """Whether one electrode is lithium (or an alloy of it) in excess."""
        return self.cell_type != "full_cell"

    @property
    def nominal_a(self) -> float | None:
        """Current of the nominal rate in A, None unless rate, 1C and mass are known."""
        if self.nominal_c_rate and self.one_c_ma_g and self.mass_mg:
            return self.nominal_c_rate * self.one_c_ma_g * self.mass_mg * 1e-6
        return None


def read_subject(facts: Mapping[str, Fact]) -> Subject:
    """Return the facts that count; raises MethodError for a missing cell type or a value <= 0."""
    cell_type = _cell_type(facts)
    mass = _positive(facts, "active_mass_mg")
    basis = str(facts.get("mass_basis", "")).strip()
    return Subject(
        cell_type=cell_type,
        first_declared=_direction(facts),
        mass_mg=mass if basis else None,
        mass_u_mg=_uncertainty(facts, "active_mass_mg_u", "active_mass_u_mg"),
        basis=basis,
        area_cm2=_positive(facts, "area_cm2"),
        area_u_cm2=_uncertainty(facts, "area_cm2_u"),
        one_c_ma_g=_positive(facts, "one_c_ma_g"),
        nominal_c_rate=_positive(facts, "nominal_c_rate"),
        cutoff_v=_cutoffs(facts),
        offset_a=_offset(facts),
        voltage_u_v=_uncertainty(facts, "voltage_accuracy_v"),
        temperature_celsius=optional_fact(facts, "temperature_celsius"),
        flags=_mass_flags(mass, basis),
    )


def _cell_type(facts: Mapping[str, Fact]) -> str:
    cell_type = str(facts.get("cell_type", "")).strip()
    allowed = ", ".join(FIRST_SIGN)
    if not cell_type:
        raise MethodError(
            "E_META_MISSING:cell_type",
            "cell_type is missing: without it nobody can say whether charge or discharge opens a "
            f"cycle, nor which way round the efficiency is. Enter it {WHERE}; allowed: {allowed}.",
        )
    if cell_type in SYMMETRIC:
        raise MethodError(
            "E_WRONG_KIND",
            f"cell_type is {cell_type}: cycling it is no measurement of capacity or efficiency. "
            f"Use li_plating_stripping for symmetric cells; this analysis takes {allowed}.",
        )
    if cell_type not in FIRST_SIGN:
        raise MethodError(
            "E_META_IMPLAUSIBLE:cell_type",
            f"cell_type is {cell_type!r}; allowed: {allowed}. Correct it {WHERE}.",
        )
    return cell_type


def _direction(facts: Mapping[str, Fact]) -> int | None:
    declared = str(facts.get("first_half_cycle", "")).strip()
    if not declared:
        return None
    if declared not in DIRECTIONS:
        raise MethodError(
            "E_META_IMPLAUSIBLE:first_half_cycle",
            f"first_half_cycle is {declared!r}; allowed: {', '.join(DIRECTIONS)}. "
            f"Correct it {WHERE}.",
        )
    return DIRECTIONS[declared]


def _positive(facts: Mapping[str, Fact], name: str) -> float | None:
    value = optional_fact(facts, name)
    return value if value is None else above(name, value)


def _uncertainty(facts: Mapping[str, Fact], *names: str) -> float | None:
    """Return the first of several spellings that is given; zero counts as unknown.

    The first is that of a person's condition, which rules over the record.
    """
    for name in names:
        value = optional_fact(facts, name)
        if value:
            return above(name, value)
    return None


def _cutoffs(facts: Mapping[str, Fact]) -> dict[int, float]:
    given = {
        CHARGE: optional_fact(facts, "upper_cutoff_v"),
        DISCHARGE: optional_fact(facts, "lower_cutoff_v"),
    }
    cutoffs = {sign: volt for sign, volt in given.items() if volt is not None}
    if len(cutoffs) == len(given) and cutoffs[DISCHARGE] >= cutoffs[CHARGE]:
        raise MethodError(
            "E_META_IMPLAUSIBLE:lower_cutoff_v",
            f"lower_cutoff_v is {cutoffs[DISCHARGE]:g} V and upper_cutoff_v {cutoffs[CHARGE]:g} V; "
            f"the lower must be below the upper. Correct it {WHERE}.",
        )
    return cutoffs


def _offset(facts: Mapping[str, Fact]) -> float | None:
    """Accuracy of the current in A: a share of the channel's range (ANALYSES A08)."""
    share = _uncertainty(facts, "current_accuracy_fraction")
    full_scale = _positive(facts, "current_range_a")
    return share * full_scale if share and full_scale else None


def _mass_flags(mass_mg: float | None, basis: str) -> tuple[Flag, ...]:
    if mass_mg is None:
        return (
            Flag(
                "MASS_MISSING",
                "warn",
                "No active mass is known: capacities stand in mAh, none per gram. Enter "
                "active_mass_mg and mass_basis.",
            ),
        )
    if not basis:
        return (
            Flag(
                "MASS_MISSING",
                "warn",
                f"active_mass_mg is {mass_mg:g}, but mass_basis does not say of what: capacities "
                "stand in mAh, none per gram.",
                {"active_mass_mg": mass_mg},
            ),
        )
    if mass_mg > HEAVIEST_MG:
        return (
            Flag(
                "META_IMPLAUSIBLE",
                "warn",
                f"active_mass_mg is {mass_mg:g}; laboratory cells hold less than {HEAVIEST_MG:g} "
                "mg. Check its unit.",
                {"field": "active_mass_mg", "value": mass_mg, "high": HEAVIEST_MG},
            ),
        )
    return ()


def cycles_a_cell(kind: str, facts: Mapping[str, Fact]) -> bool:
    """Tell whether a measurement of this kind is the cycling of a cell that is not symmetric."""
    return kind == CYCLING and facts.get("cell_type") not in SYMMETRIC
