"""The evaluation of a cycling test: half-cycles, cycles, rates and retention put together."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.methods import MethodError
from analysis.methods._cycling_params import Params
from analysis.methods._cycling_record import Counted, Recording
from analysis.methods._cycling_subject import Subject
from analysis.science.cycling import (
    Cycles,
    NominalRate,
    ends_as_usual,
    ends_at,
    nominal_rate,
    pair,
    rate_blocks,
)
from analysis.science.half_cycles import HalfCycles, dead_band, half_cycles
from analysis.science.instrument_capacity import by_half_cycle
from analysis.science.integrals import means
from analysis.science.knee import Knee, find_knee
from analysis.science.retention import (
    CycleLife,
    Fade,
    Retention,
    cycle_life,
    fade,
    retention,
)
from analysis.science.stretches import Bools, Floats, Ints

WORDS = {1: "charge", -1: "discharge"}

UNIT_SLIP = 0.05
"""Counted and integrated capacities that differ by more contradict each other (ANALYSES A08)."""

RELEVANT = 0.01
"""A direction with less than this share of the other's charge is not compared."""

FEWEST_KEPT = 2
"""Complete cycles at the nominal rate from which there is a retention."""

FEWEST_FADED = 3
"""Complete cycles from the reference on from which there is a slope."""

HIGHEST_EFFICIENCY = 1.05
"""No offset of a current explains more: the first half of the first cycle is not in the file."""

MOST_TURNED = 0.5
"""Share of half-cycles whose voltage may go against their current."""

MOST_MISSED = 0.5
"""A declared cut-off that this share of half-cycles miss is not the one that ended them."""


@dataclass(frozen=True)
class Evaluation:
    """A cycling test understood.

    ``counted_ah`` (h,) is what the instrument counted in each half-cycle, NaN where unknown;
    ``missed`` are the directions whose declared cut-off most half-cycles miss; ``labels`` (c,)
    number the rate blocks; ``temperature_celsius`` (h,); ``kept`` and ``life`` are None with
    fewer than two complete cycles at the nominal rate, ``faded`` with fewer than three; ``knee``
    is None where it is not wanted or there is none.
    """

    subject: Subject
    params: Params
    recording: Recording
    dead_band_a: float
    cycles: Cycles
    counted_ah: Floats
    missed: tuple[int, ...]
    labels: Ints
    rate: NominalRate
    temperature_celsius: Floats
    kept: Retention | None
    life: CycleLife | None
    faded: Fade | None
    knee: Knee | None

    @property
    def half(self) -> HalfCycles:
        """The half-cycles."""
        return self.cycles.half

    @property
    def opened_with(self) -> int:
        """Direction of the first half-cycle of the test."""
        return int(self.half.sign[0])

    @property
    def leading_left_out(self) -> bool:
        """Whether the test opens with a half-cycle that belongs to no cycle."""
        return self.opened_with != self.subject.first_sign

    @property
    def unexpected(self) -> bool:
        """Whether the test opens in another direction than declared or usual for the cell type."""
        return self.opened_with != (self.subject.first_declared or self.subject.first_sign)

    @property
    def continued(self) -> bool:
        """Whether the instrument's cycle numbers begin beyond 1: the start is in another file."""
        cycle = self.recording.cycle
        return cycle is not None and int(cycle[0]) > 1

    @property
    def shows_first_cycle(self) -> bool:
        """Whether cycle 1 of this test is the first complete cycle of the cell."""
        usual = not (self.leading_left_out or self.unexpected or self.continued)
        return usual and bool(self.cycles.complete[0]) and not self.returns_too_much

    @property
    def returns_too_much(self) -> bool:
        """Whether cycle 1 gives back more charge than it can have taken."""
        return bool(self.cycles.complete[0] and self.cycles.efficiency[0] > HIGHEST_EFFICIENCY)

    @property
    def nominal(self) -> Bools:
        """Complete cycles at the nominal rate (c,)."""
        return self.cycles.complete & self.rate.cycles

    @property
    def formation(self) -> int:
        """Number of cycles before the first at the nominal rate."""
        return int(np.argmax(self.rate.cycles))


def evaluate(recording: Recording, subject: Subject, params: Params) -> Evaluation:
    """Understand a test; raises MethodError without a complete cycle or on a contradiction."""
    current = recording.record.current_a
    band = dead_band(current, params.dead_band_percent / 100, params.current_resolution_a)
    half = half_cycles(recording.record, band)
    _require_both_directions(half, band)
    _require_sign(half, recording.record.voltage_v)
    half, counted = _reconciled(half, recording.counted)
    reached, missed = _reached(half, subject)
    cycles = pair(half, subject.first_sign, reached)
    if not cycles.complete.any():
        raise MethodError(
            "E_TOO_FEW_POINTS",
            f"The test has {len(cycles)} cycles and none of them is complete; at least one is "
            "needed. A cycle is complete when both its halves ended as programmed.",
        )
    labels = rate_blocks(cycles, params.rate_tolerance_percent / 100)
    rate = nominal_rate(cycles, labels, params.rate_tolerance_percent / 100, subject.nominal_a)
    kept = _kept(cycles, rate, subject, params)
    temperature = recording.temperature_celsius
    return Evaluation(
        subject=subject,
        params=params,
        recording=recording,
        dead_band_a=band,
        cycles=cycles,
        counted_ah=counted,
        missed=missed,
        labels=labels,
        rate=rate,
        temperature_celsius=np.full(len(half), np.nan)
        if temperature is None
        else means(temperature, half.first, half.last),
        kept=kept,
        life=cycle_life(kept, params.life_threshold_percent / 100, params.life_consecutive)
        if kept
        else None,
        faded=fade(kept) if kept and len(kept.n) >= FEWEST_FADED else None,
        knee=_knee(kept) if params.knee != "none" else None,
    )


def _require_both_directions(half: HalfCycles, band_a: float) -> None:
    charges, discharges = int((half.sign > 0).sum()), int((half.sign < 0).sum())
    if not charges and not discharges:
        raise MethodError(
            "E_WRONG_KIND",
            f"The current never leaves its dead band of {band_a:.3g} A: the file holds neither a "
            "charge nor a discharge.",
        )
    if not charges or not discharges:
        raise MethodError(
            "E_TOO_FEW_POINTS",
            f"The file holds {charges} charges and {discharges} discharges; at least one full "
            "cycle is needed. (Was it cycled? Then its current has lost its sign.)",
        )


def _require_sign(half: HalfCycles, voltage_v: Floats) -> None:
    """Refuse a current whose sign is turned: charging then lowers the voltage."""
    turned = half.sign * (voltage_v[half.last] - voltage_v[half.first]) < 0
    if turned.mean() > MOST_TURNED:
        raise MethodError(
            "E_WRONG_KIND",
            f"In {int(turned.sum())} of {len(half)} half-cycles the voltage falls on charge or "
            "rises on discharge: the current has the wrong sign. Positive current charges the "
            "cell as wired.",
        )


def _reconciled(half: HalfCycles, counted: Counted | None) -> tuple[HalfCycles, Floats]:
    """Compare with what the instrument counted; return half-cycles and counted charges (h,) in Ah.

    Ends of steps that were only assumed are dropped where the counted charge speaks against
    them; open ends take the counted charge.
    """
    unknown = np.full(len(half), np.nan)
    if counted is None:
        return half, unknown
    totals = {
        1: float(counted.cycles.charge_ah.sum()),
        -1: float(counted.cycles.discharge_ah.sum()),
    }
    shorter = half.ended_with_last_record()
    if _distance(shorter, totals) < _distance(half, totals):
        half = shorter
    _require_agreement(half, totals)
    if counted.step_ends is None:
        return half, unknown
    each = {
        sign: by_half_cycle(counted.step_ends, values, half.first, half.last)
        for sign, values in ((1, counted.charge_ah), (-1, counted.discharge_ah))
    }
    charges = np.where(half.sign > 0, each[1], each[-1])
    ratio = charges / half.charge_ah
    missing = (half.open_s > 0) & (ratio > 1) & (ratio < 1 + UNIT_SLIP)
    return half.corrected(charges, missing), charges


def _distance(half: HalfCycles, totals: dict[int, float]) -> float:
    own = {sign: float(half.charge_ah[half.sign == sign].sum()) for sign in totals}
    return sum(abs(own[sign] - totals[sign]) for sign in totals)


def _require_agreement(half: HalfCycles, totals: dict[int, float]) -> None:
    largest = max(totals.values())
    for sign, total in totals.items():
        own = float(half.charge_ah[half.sign == sign].sum())
        if max(own, total) < RELEVANT * largest or abs(total / own - 1) <= UNIT_SLIP:
            continue
        raise MethodError(
            "E_CAPACITY_MISMATCH",
            f"The instrument counted {total:.6g} Ah of {WORDS[sign]}, the current integrates to "
            f"{own:.6g} Ah: the ratio is {total / own:.4g}, allowed is 1 within {UNIT_SLIP:.0%}. "
            "Is a column in mAh or mA read as Ah or A?",
        )


def _reached(half: HalfCycles, subject: Subject) -> tuple[Bools, tuple[int, ...]]:
    """Which half-cycles (h,) ended as programmed, and directions whose cut-off most miss."""
    declared = ends_at(half, subject.cutoff_v)
    reached = ends_as_usual(half)
    missed = []
    for sign in subject.cutoff_v:
        mine = half.sign == sign
        if declared[mine].mean() < MOST_MISSED:
            missed.append(sign)
        else:
            reached = np.where(mine, declared, reached)
    return reached, tuple(missed)


def _kept(cycles: Cycles, rate: NominalRate, subject: Subject, params: Params) -> Retention | None:
    """Return the retention at the nominal rate, None with fewer than two complete cycles."""
    chosen = cycles.complete & rate.cycles
    capacity = cycles.counting(cycles.half.charge_ah, params.retention_capacity)
    wanted = {"cycle_1": 1, "nth": params.reference_cycle}.get(params.retention_reference)
    if wanted is not None:
        _require_reference(cycles, rate, wanted, capacity, params.rate_tolerance_percent)
    if np.count_nonzero(chosen) < FEWEST_KEPT:
        return None
    return retention(
        cycles.number[chosen], capacity[chosen], params.retention_reference, params.reference_cycle
    )


def _knee(kept: Retention | None) -> Knee | None:
    """Return the knee of retention, None where there are too few cycles to tell it."""
    if kept is None or kept.scatter is None:
        return None
    return find_knee(kept.n.astype(np.float64), kept.relative, kept.scatter)


def _require_reference(
    cycles: Cycles, rate: NominalRate, number: int, capacity: Floats, tolerance_percent: float
) -> None:
    """Refuse a reference cycle that is missing, incomplete or of another rate."""
    if number > len(cycles) or not cycles.complete[number - 1]:
        raise MethodError(
            "E_PARAM_INVALID",
            f"Parameter reference_cycle: cycle {number} is not among the complete cycles of "
            f"the test (it has {int(cycles.complete.sum())}, the last is "
            f"{int(cycles.number[cycles.complete][-1])}).",
        )
    if not rate.cycles[number - 1]:
        last = int(np.flatnonzero(rate.cycles & cycles.complete)[-1])
        own = [side(cycles.half.current_a)[number - 1] for side in (cycles.opening, cycles.closing)]
        words = (WORDS[cycles.first_sign], WORDS[-cycles.first_sign])
        raise MethodError(
            "E_RATE_MISMATCH",
            f"Cycle {number} ran at {_milliamperes(own)}, the nominal rate is "
            f"{_milliamperes(rate.current_a)} ({' / '.join(words)}), more than "
            f"{tolerance_percent:g} % apart: capacities at different rates cannot be compared "
            f"(cycle {last + 1} would read {100 * capacity[last] / capacity[number - 1]:.2f} %). "
            "Choose a reference at the nominal rate.",
        )


def _milliamperes(currents_a: Sequence[float]) -> str:
    """Write the currents of both directions."""
    return " / ".join(f"{current * 1e3:.4g}" for current in currents_a) + " mA"
