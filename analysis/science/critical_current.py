"""Steps of a rising current in a symmetric lithium cell, and the first that it does not survive."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from analysis.science.half_cycles import HalfCycles
from analysis.science.plating import (
    DROPPED,
    Voltages,
    current_blocks,
    find_events,
)
from analysis.science.stretches import Floats

Protocol = Literal["constant time", "constant capacity", "neither"]
Cause = Literal["hard short", "polarisation failure", "voltage limit", "voltage drop"]

CONSTANT = 0.05
"""Times, or charges, of half-cycles that differ by less are one."""

COMPLETE = 0.98


@dataclass(frozen=True)
class Step:
    """Half-cycles ``first`` to ``last`` at one |current| (A); ``passed``: one of each completed."""

    current_a: float
    first: int
    last: int
    passed: bool


@dataclass(frozen=True)
class Failure:
    """The half-cycle that fails and how."""

    half_cycle: int
    cause: Cause


@dataclass(frozen=True)
class Ramp:
    """Steps of rising current; ``failure`` is None where none of them fails."""

    steps: tuple[Step, ...]
    protocol: Protocol
    failure: Failure | None

    @property
    def passed(self) -> Step | None:
        """The last of the steps that passed, one after the other; None where the first failed."""
        kept = [step.passed for step in self.steps]
        count = kept.index(False) if False in kept else len(kept)
        return self.steps[count - 1] if count else None

    @property
    def failed(self) -> Step | None:
        """The step in which the cell failed."""
        if self.failure is None:
            return None
        return next(step for step in self.steps if step.last >= self.failure.half_cycle)


def find_ramp(half: HalfCycles, voltages: Voltages, limit_v: float | None) -> Ramp:
    """Return the rising steps of |current|, each at least 5 % above the one before.

    A step passes when a charge and a discharge completed, with 98 % of the time or charge of the
    programme, before the cell failed. Source: ANALYSES A05.
    """
    spans = _rising(half.current_a)
    protocol, wanted = _programme(half, spans)
    failure = _failure(half, voltages, spans, limit_v)
    end = spans[-1][1] if failure is None else failure.half_cycle
    steps = []
    for first, last in spans:
        whole = {
            int(half.sign[k])
            for k in range(first, min(last + 1, end + (failure is None)))
            if half.charge_ah[k] >= COMPLETE * wanted[k]
        }
        survived = failure is None or last < failure.half_cycle
        current = float(np.median(half.current_a[first : last + 1]))
        steps.append(Step(current, first, last, survived and len(whole) == len((1, -1))))
    return Ramp(tuple(steps), protocol, failure)


def _rising(current_a: Floats) -> list[tuple[int, int]]:
    """Return first and last half-cycle of the leading steps whose current rises."""
    blocks = current_blocks(current_a)
    starts = np.flatnonzero(np.diff(blocks, prepend=-1))
    lasts = np.append(starts[1:], len(blocks)) - 1
    levels = current_a[starts]
    count = 1 + int(np.argmin(np.append(np.diff(levels) > 0, False)))
    return list(zip(starts[:count].tolist(), lasts[:count].tolist(), strict=True))


def _programme(half: HalfCycles, spans: list[tuple[int, int]]) -> tuple[Protocol, Floats]:
    """Return what is constant, and the charge (h,) that a complete half-cycle passes, in Ah."""
    starts = [first for first, _last in spans]
    duration, charge = half.duration_s[starts], half.charge_ah[starts]
    spreads = {
        "time": float(np.median(np.abs(duration / np.median(duration) - 1))),
        "charge": float(np.median(np.abs(charge / np.median(charge) - 1))),
    }
    if spreads["charge"] <= CONSTANT and spreads["charge"] <= spreads["time"]:
        return "constant capacity", np.full(len(half), np.median(charge))
    usual = np.median(duration) * half.current_a / 3600
    if spreads["time"] <= CONSTANT:
        return "constant time", usual
    wanted = np.zeros(len(half))
    for first, last in spans:
        wanted[first : last + 1] = half.charge_ah[first : last + 1].max()
    return "neither", wanted


def _failure(
    half: HalfCycles, voltages: Voltages, spans: list[tuple[int, int]], limit_v: float | None
) -> Failure | None:
    """Return the first failure within the rising steps.

    Beside a hard short and a polarisation failure it is a voltage below 0.70 of that of the step
    before, although the current is larger, or of the half-cycles before in the same step.
    """
    last = spans[-1][1]
    events = find_events(voltages, half.current_a, limit_v)
    found: list[Failure] = []
    if events.hard is not None:
        found.append(Failure(events.hard, "hard short"))
    if events.polarised is not None:
        cause: Cause = "voltage limit" if events.polarised_at_limit else "polarisation failure"
        found.append(Failure(events.polarised, cause))
    found += [Failure(drop.first, "voltage drop") for drop in events.drops]
    dropped = _below_step_before(voltages.eta, spans)
    if dropped is not None:
        found.append(Failure(dropped, "voltage drop"))
    within = [failure for failure in found if failure.half_cycle <= last]
    return min(within, key=lambda failure: failure.half_cycle, default=None)


def _below_step_before(eta: Floats, spans: list[tuple[int, int]]) -> int | None:
    for before, (first, last) in zip(spans[:-1], spans[1:], strict=True):
        usual = float(np.median(eta[before[0] : before[1] + 1]))
        low = np.flatnonzero(eta[first : last + 1] < DROPPED * usual)
        if low.size:
            return first + int(low[0])
    return None
