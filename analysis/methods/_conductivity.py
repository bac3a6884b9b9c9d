"""Ionic conductivity from bulk resistance, thickness and contact area, with its uncertainty."""

import math
from collections.abc import Mapping, Sequence

from analysis.methods import Fact, Flag, Metric
from analysis.methods._geometry import Quantity, uncertainty
from analysis.methods._refusals import above, optional_fact
from analysis.science.uncertainty import effective_dof, factor_interval, quadrature

SOAKED_SEPARATOR = "soaked_separator"
CM_PER_UM = 1e-4

EXACT = ("separator_macmullin", "lead_resistance_ohm")
"""Taken as exact where no uncertainty was entered."""

Term = tuple[float, float]
"""A relative standard uncertainty and its degrees of freedom."""


def conductivities(
    resistance: Metric, dof: int, thickness: Quantity, area: Quantity, facts: Mapping[str, Fact]
) -> tuple[Metric, ...]:
    """Return σ = L/(R_b S) in S/cm; of a soaked separator the effective and the bulk value.

    The bulk value of the liquid is the effective one times the MacMullin number; without that
    number only the effective one. Without a separator the qualifier is that of the resistance,
    whose degrees of freedom are ``dof``.
    """
    sigma = thickness.value * CM_PER_UM / (resistance.value * area.value)
    terms = [
        ((resistance.u or 0.0) / resistance.value, float(dof)),
        (thickness.u / thickness.value, math.inf),
        (area.u / area.value, math.inf),
    ]
    macmullin = optional_fact(facts, "separator_macmullin")
    if macmullin is None:
        return (
            _metric(
                sigma, terms, resistance, "effective" if _soaked(facts) else resistance.qualifier
            ),
        )
    above("separator_macmullin", macmullin)
    factor = (uncertainty(facts, "separator_macmullin") or 0.0) / macmullin
    return (
        _metric(sigma, terms, resistance, "effective"),
        _metric(sigma * macmullin, [*terms, (factor, math.inf)], resistance, "bulk"),
    )


def conductivity_flags(
    facts: Mapping[str, Fact], thickness: Quantity, area: Quantity
) -> tuple[Flag, ...]:
    """Return what was assumed, and that σ of a separator is an effective one."""
    flags: tuple[Flag, ...] = ()
    assumed = [quantity.assumed for quantity in (thickness, area) if quantity.assumed]
    assumed += [f"0 of {name}" for name in EXACT if name in facts and f"{name}_u" not in facts]
    if assumed:
        flags += (
            Flag(
                "UNCERTAINTY_INCOMPLETE",
                "info",
                f"No uncertainty was entered for some inputs; assumed: {', '.join(assumed)}.",
                {"assumed": assumed},
            ),
        )
    if _soaked(facts) and optional_fact(facts, "separator_macmullin") is None:
        flags += (
            Flag(
                "EFFECTIVE_CONDUCTIVITY",
                "info",
                "The electrolyte soaks a separator whose MacMullin number is unknown: the "
                "conductivity is the effective one of the separator, below that of the liquid.",
            ),
        )
    return flags


def bulk_conductivity(
    parts: Sequence[Metric],
    dof: int,
    thickness: Quantity,
    area: Quantity,
    facts: Mapping[str, Fact],
) -> tuple[Metric, ...]:
    """Return σ in S/cm inside the grains of a pellet from its parts, the bulk first.

    None of the boundaries, whose thickness is not that of the pellet, and none of a separator.
    """
    if not parts or _soaked(facts) or optional_fact(facts, "separator_macmullin") is not None:
        return ()
    return conductivities(parts[0], dof, thickness, area, facts)


def _soaked(facts: Mapping[str, Fact]) -> bool:
    return facts.get("film_form") == SOAKED_SEPARATOR


def _metric(value: float, terms: list[Term], resistance: Metric, qualifier: str) -> Metric:
    u = value * quadrature(*(term for term, _ in terms))
    lower, upper = factor_interval(value, u, effective_dof(terms))
    return Metric(
        "ionic_conductivity",
        value,
        u,
        lower,
        upper,
        n=resistance.n,
        qualifier=qualifier,
        definition="thickness / (bulk resistance × contact area)",
    )
