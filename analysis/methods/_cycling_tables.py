"""Tables of a cycling test: one row a cycle, by our pairing and by the instrument's number."""

import numpy as np
from numpy.typing import NDArray

from analysis.methods import Table
from analysis.methods._cycling_evaluation import WORDS, Evaluation
from analysis.methods._cycling_uncertainty import Errors
from analysis.science.stretches import Floats

Columns = dict[str, NDArray[np.generic]]


def tables(evaluation: Evaluation, errors: Errors) -> tuple[Table, ...]:
    """Return ``cycles`` and, where the instrument counted cycles, ``instrument_cycles``.

    Columns that need an unknown fact (mass, area, 1C) are left out; NaN stands for a missing half.
    """
    own = Table("cycles", _cycles(evaluation, errors))
    counted = evaluation.recording.counted
    if counted is None or not counted.numbered:
        return (own,)
    found = counted.cycles
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(found.charge_ah > 0, 100 * found.discharge_ah / found.charge_ah, np.nan)
    return own, Table(
        "instrument_cycles",
        {
            "cycle_count": found.cycle,
            "instrument_charge_capacity_mah": found.charge_ah * 1e3,
            "instrument_discharge_capacity_mah": found.discharge_ah * 1e3,
            "discharge_over_charge_percent": ratio,
        },
    )


def _cycles(evaluation: Evaluation, errors: Errors) -> Columns:
    cycles, half = evaluation.cycles, evaluation.half
    table: Columns = {
        "lims_cycle": cycles.number,
        "start_second": cycles.opening(half.start_s),
        "end_second": np.fmax(cycles.opening(half.end_s), cycles.closing(half.end_s)),
        "complete": cycles.complete,
        "rate_block": evaluation.labels + 1,
        "nominal_rate": evaluation.rate.cycles,
    }
    if evaluation.recording.cycle is not None:
        table["cycle_count"] = evaluation.recording.cycle[half.first[cycles.first]]
    for sign, side in ((1, cycles.charging), (-1, cycles.discharging)):
        charge = side(half.charge_ah)
        table |= _capacities(evaluation, WORDS[sign], charge)
        table |= _currents(evaluation, WORDS[sign], side(half.current_a))
        table |= {
            f"{WORDS[sign]}_energy_wh": side(half.energy_wh),
            f"mean_{WORDS[sign]}_voltage_v": side(half.mean_voltage_v),
            f"end_{WORDS[sign]}_voltage_v": side(half.end_voltage_v),
            f"{WORDS[sign]}_cv_fraction": side(half.held_ah) / charge,
            f"{WORDS[sign]}_duration_h": side(half.duration_s) / 3600,
            f"{WORDS[sign]}_capacity_rel_u": side(_relative(errors, len(half))),
        }
    return table | _ratios(evaluation, errors) | _circumstances(evaluation)


def _capacities(evaluation: Evaluation, word: str, charge_ah: Floats) -> Columns:
    subject = evaluation.subject
    found: Columns = {f"{word}_capacity_mah": charge_ah * 1e3}
    if subject.mass_mg:
        found[f"specific_{word}_capacity_mah_g"] = charge_ah * 1e6 / subject.mass_mg
        if subject.half_cell:
            lithiation = {"discharge": "lithiation", "charge": "delithiation"}[word]
            found[f"specific_capacity_{lithiation}_mah_g"] = charge_ah * 1e6 / subject.mass_mg
    if subject.area_cm2:
        found[f"areal_{word}_capacity_mah_cm2"] = charge_ah * 1e3 / subject.area_cm2
    return found


def _currents(evaluation: Evaluation, word: str, current_a: Floats) -> Columns:
    subject = evaluation.subject
    found: Columns = {f"{word}_current_ma": current_a * 1e3}
    if subject.mass_mg:
        specific = current_a * 1e6 / subject.mass_mg
        found[f"{word}_specific_current_ma_g"] = specific
        if subject.one_c_ma_g:
            found[f"{word}_c_rate_per_hour"] = specific / subject.one_c_ma_g
    if subject.area_cm2:
        found[f"{word}_current_density_ma_cm2"] = current_a * 1e3 / subject.area_cm2
    return found


def _relative(errors: Errors, halves: int) -> Floats:
    """Relative standard uncertainty of charges (h,) without that of the mass; NaN: unknown."""
    known = [errors.charge(h) for h in range(halves)]
    return np.array([np.nan if u is None else u for u in known])


def _ratios(evaluation: Evaluation, errors: Errors) -> Columns:
    cycles, half = evaluation.cycles, evaluation.half
    mean = half.mean_voltage_v
    u = [
        np.nan if second < 0 else 100 * ratio * (errors.efficiency(k) or np.nan)
        for k, (second, ratio) in enumerate(zip(cycles.second, cycles.efficiency, strict=True))
    ]
    found: Columns = {
        "coulombic_efficiency_percent": 100 * cycles.efficiency,
        "coulombic_efficiency_percent_u": np.array(u),
        "voltage_hysteresis_v": cycles.charging(mean) - cycles.discharging(mean),
    }
    if evaluation.subject.first_sign > 0:
        energy = half.energy_wh
        found["energy_efficiency_percent"] = (
            100 * cycles.discharging(energy) / cycles.charging(energy)
        )
    kept = evaluation.kept
    if kept is not None:
        retention = np.full(len(cycles), np.nan)
        retention[kept.cycle - 1] = 100 * kept.relative
        found["capacity_retention_percent"] = retention
    return found


def _circumstances(evaluation: Evaluation) -> Columns:
    if evaluation.recording.temperature_celsius is None:
        return {}
    celsius, cycles = evaluation.temperature_celsius, evaluation.cycles
    both = np.stack((cycles.opening(celsius), cycles.closing(celsius)))
    finite = np.isfinite(both)
    number = finite.sum(axis=0)
    total = np.where(finite, both, 0.0).sum(axis=0)
    mean = np.where(number > 0, total / np.maximum(number, 1), np.nan)
    return {"temperature_celsius": mean}
