"""Plating and stripping of lithium in a symmetric cell: overpotential, shorts, time (A04)."""

from collections.abc import Mapping

from analysis.methods import Fact, Inputs, Method, Result
from analysis.methods._geometry import doubtful
from analysis.methods._plating_figures import curves, half_cycle_table
from analysis.methods._plating_flags import plating_flags
from analysis.methods._plating_metrics import Fate, fate, plating_metrics
from analysis.methods._plating_params import Params
from analysis.methods._plating_record import SYMMETRIC_LI, read_plating
from analysis.methods._refusals import above, optional_fact
from measurements.columns import CYCLING


def run(inputs: Inputs, params: Params) -> Result:
    """Return overpotentials, shorts and the time survived; raises MethodError for other tests.

    |V| is the two-electrode polarisation. Soft and hard shorts are told from the overpotentials
    of half-cycles (Menkin et al., Faraday Discuss. 2023); impedance afterwards confirms them.
    """
    limit = optional_fact(inputs.facts, "upper_cutoff_v")
    if limit is not None:
        above("upper_cutoff_v", limit)
    plating = read_plating(inputs, params.dead_band_percent)
    found = fate(plating, params, limit)
    return Result(
        metrics=plating_metrics(found),
        flags=(*plating.flags, *doubtful(inputs.facts), *plating_flags(found, inputs.facts)),
        curves=curves(found),
        tables=(half_cycle_table(found),),
        log=_log(found),
    )


def _log(found: Fate) -> tuple[str, ...]:
    plating, events = found.plating, found.events
    low, high = float(plating.density.min()), float(plating.density.max())
    return (
        f"{len(plating.record.time_s)} rows, {len(plating.half)} half-cycles at {low:.4g} to "
        f"{high:.4g} mA/cm² over {plating.area.value:.4g} ± {plating.area.u:.2g} cm².",
        f"{len(events.drops)} drops, {sum(drop.recovered for drop in events.drops)} of them "
        f"recovered; {int(events.jumped.sum())} half-cycles with a jump.",
    )


def triggers(kind: str, facts: Mapping[str, Fact]) -> bool:
    """Return whether an arriving measurement starts this: cycling of a symmetric lithium cell."""
    return kind == CYCLING and facts.get("cell_type") == SYMMETRIC_LI


METHOD = Method(
    name="li_plating_stripping",
    version="1.0",
    title="Lithium plating and stripping",
    summary="Overpotential, shorts and time survived of a symmetric lithium cell.",
    kinds=(CYCLING,),
    params=Params,
    triggers=triggers,
    run=run,
    facts=(
        "cell_type",
        "area_cm2",
        "diameter_mm",
        "areal_capacity_mah_cm2",
        "current_density_ma_cm2",
        "upper_cutoff_v",
        "current_range_a",
        "current_accuracy_fraction",
        "voltage_accuracy_v",
    ),
)
