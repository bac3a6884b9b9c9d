"""Findings about a symmetric lithium cell in words."""

from collections.abc import Iterator, Mapping

import numpy as np

from analysis.methods import Fact, Flag
from analysis.methods._plating_metrics import Fate
from analysis.methods._refusals import above, optional_fact
from analysis.science.plating import CREPT, JUMPS, POLARISED, SHORTED, SHORTED_V

ASYMMETRY = 0.20
PROGRAMME = 0.02
CURRENT = 0.05
RECTANGULAR_V = 0.020
RECTANGULAR_SHARE = 0.05
"""A half-cycle that changes by less than that and stays below 20 mV is a low rectangle."""


def plating_flags(fate: Fate, facts: Mapping[str, Fact]) -> tuple[Flag, ...]:
    """Return the flags of ANALYSES A04."""
    return (
        *_failures(fate),
        *_soft_shorts(fate),
        *_unrecovered(fate),
        *_shape(fate),
        *_ohmic(fate),
        *_symmetry(fate),
        *_programme(fate, facts),
        *_uncertainty(fate),
    )


def _at(fate: Fate, h: int) -> str:
    return f"half-cycle {h + 1}, at {fate.plating.start_h[h]:.4g} h"


def _failures(fate: Fate) -> Iterator[Flag]:
    events, eta = fate.events, fate.plating.voltages.eta
    if events.hard is not None:
        yield Flag(
            "HARD_SHORT",
            "warn",
            f"From {_at(fate, events.hard)}, on the voltage stays at "
            f"{1e3 * float(np.median(eta[events.hard :])):.3g} mV, below {SHORTED:.0%} of what it "
            f"was or flat below {1e3 * SHORTED_V:g} mV: the cell is shorted. Its impedance, the "
            "interfacial arc gone, would confirm it.",
            {"half_cycle": events.hard + 1, "time_h": float(fate.plating.start_h[events.hard])},
        )
    if events.creeping is not None:
        yield Flag(
            "CREEPING_SOFT_SHORT",
            "warn",
            f"The overpotential falls steadily, below {CREPT:.0%} of that of half-cycles 3 to 13 "
            f"from {_at(fate, events.creeping)}: a short grows.",
            {"half_cycle": events.creeping + 1},
        )
    if events.polarised is not None:
        how = (
            "the voltage reaches the limit of the programme"
            if events.polarised_at_limit
            else f"the overpotential is above {POLARISED:g} times the first"
        )
        yield Flag(
            "POLARISATION_FAILURE",
            "warn",
            f"In {_at(fate, events.polarised)}, {how}: contact or electrolyte has failed.",
            {"half_cycle": events.polarised + 1},
        )
    if fate.failed is None:
        yield Flag(
            "NO_FAILURE",
            "info",
            f"The cell did not fail within {fate.plating.end_h:.4g} h: its time and its charge are "
            "lower limits, the time without an uncertainty. A stable or falling overpotential is "
            "no proof of stability.",
            {"time_h": fate.plating.end_h},
        )


def _soft_shorts(fate: Fate) -> Iterator[Flag]:
    soft, events = fate.events.soft, fate.events
    if not soft:
        return
    how = (
        f"; {int(events.jumped.sum())} half-cycles hold jumps at unchanged current (more than "
        f"{JUMPS:.0%})"
        if events.jumping
        else ""
    )
    yield Flag(
        "SOFT_SHORT_SUSPECT",
        "warn",
        f"{len(soft)} soft shorts, the first in {_at(fate, soft[0])}: the voltage drops and "
        f"recovers{how}.",
        {"half_cycles": [h + 1 for h in soft[:100]]},
    )


def _unrecovered(fate: Fate) -> Iterator[Flag]:
    lasting = [drop for drop in fate.events.drops if not drop.recovered and drop.first < fate.end]
    if lasting:
        drop = lasting[0]
        yield Flag(
            "VOLTAGE_DROP",
            "warn",
            f"In {_at(fate, drop.first)}, the overpotential drops to {drop.share:.0%} of that of "
            "the half-cycles before at the same current, and does not recover: a short, or better "
            "contact.",
            {"half_cycle": drop.first + 1, "share": drop.share},
        )


def _shape(fate: Fate) -> Iterator[Flag]:
    found = fate.plating.voltages
    eta, opening = found.eta[: fate.end], found.opening[: fate.end]
    level = float(np.median(eta))
    change = float(np.median(np.abs(eta - opening) / eta))
    if level < RECTANGULAR_V and change < RECTANGULAR_SHARE:
        yield Flag(
            "RECTANGULAR_TRACE",
            "info",
            f"The voltage is a flat square wave of {1e3 * level:.3g} mV; such a trace can itself "
            "be a soft short. Check it by impedance.",
            {"overpotential_mv": 1e3 * level, "limit_mv": 1e3 * RECTANGULAR_V},
        )


def _ohmic(fate: Fate) -> Iterator[Flag]:
    resistance = fate.params.bulk_resistance_ohm
    asr = float(np.median(fate.plating.asr[: fate.end]))
    ohmic = resistance * fate.plating.area.value
    if asr < ohmic:
        yield Flag(
            "OVERPOTENTIAL_BELOW_OHMIC",
            "error",
            f"Voltage over current density is {asr:.4g} Ω cm², below the {ohmic:.4g} Ω cm² of the "
            f"bulk resistance ({resistance:g} Ω): current bypasses the electrolyte, or area or "
            "resistance is wrong.",
            {"asr_ohm_cm2": asr, "ohmic_ohm_cm2": ohmic},
        )


def _symmetry(fate: Fate) -> Iterator[Flag]:
    eta, sign = fate.plating.voltages.eta[: fate.end], fate.plating.half.sign[: fate.end]
    if len(set(sign.tolist())) == 1:
        return
    one, other = (float(np.median(eta[sign == s])) for s in (1, -1))
    difference = abs(one - other) / ((one + other) / 2)
    if difference > ASYMMETRY:
        yield Flag(
            "ASYMMETRIC",
            "warn",
            f"The overpotential is {1e3 * one:.3g} mV at positive and {1e3 * other:.3g} mV at "
            f"negative current, {difference:.0%} apart (limit {ASYMMETRY:.0%}): the two electrodes "
            "differ.",
            {"positive_mv": 1e3 * one, "negative_mv": 1e3 * other},
        )


def _programme(fate: Fate, facts: Mapping[str, Fact]) -> Iterator[Flag]:
    plating = fate.plating
    planned = optional_fact(facts, "areal_capacity_mah_cm2")
    if planned is not None:
        above("areal_capacity_mah_cm2", planned)
        charge = plating.charge[: max(fate.end - 1, 1)]
        off = np.abs(charge / planned - 1)
        if off.max() > PROGRAMME:
            worst = int(off.argmax())
            yield Flag(
                "CAPACITY_MISMATCH",
                "warn",
                f"{int((off > PROGRAMME).sum())} of {len(off)} half-cycles passed more than "
                f"{PROGRAMME:.0%} more or less than the programme's {planned:g} mAh/cm², at worst "
                f"{charge[worst]:.4g} mAh/cm² in half-cycle {worst + 1}.",
                {"half_cycles": int((off > PROGRAMME).sum()), "worst_mah_cm2": charge[worst]},
            )
    density = optional_fact(facts, "current_density_ma_cm2")
    if density is not None:
        above("current_density_ma_cm2", density)
        found = float(np.median(plating.density))
        if abs(found / density - 1) > CURRENT:
            yield Flag(
                "CURRENT_DENSITY_MISMATCH",
                "warn",
                f"The current density is {found:.4g} mA/cm², the programme's {density:g} mA/cm². "
                "Check area and unit of the current.",
                {"found_ma_cm2": found, "planned_ma_cm2": density},
            )


def _uncertainty(fate: Fate) -> Iterator[Flag]:
    if fate.plating.assumed:
        yield Flag(
            "UNCERTAINTY_INCOMPLETE",
            "info",
            "No uncertainty was entered for some inputs; assumed: "
            f"{', '.join(fate.plating.assumed)}.",
            {"assumed": list(fate.plating.assumed)},
        )
