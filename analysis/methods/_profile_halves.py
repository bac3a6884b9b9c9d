"""The half-cycles of chosen cycles, each with its dQ/dV where it has enough points."""

import re
from dataclasses import dataclass

from analysis.methods import MethodError
from analysis.methods._cycling_evaluation import Evaluation
from analysis.methods._cycling_metrics import chosen_cycles
from analysis.science.differential_capacity import (
    EDGE_V,
    Differential,
    Peak,
    Sampling,
    differentiate,
    peaks,
    sampling,
)
from analysis.science.profiles import not_held, profile
from analysis.science.stretches import Floats

FEWEST_POINTS = 100
"""Points beside held voltage from which a half-cycle has a dQ/dV (ANALYSES 7b)."""

MOST_CYCLES = 20
LAST = "last"


@dataclass(frozen=True)
class Smoothing:
    """How dQ/dV is made: grid and window in V, order of the filter, prominence of peaks (share)."""

    step_v: float
    window_v: float
    order: int
    prominence: float

    @property
    def points(self) -> int:
        """The odd number of grid points in the window, enough for the order."""
        steps = round(self.window_v / self.step_v)
        return max(steps - 1 + steps % 2, self.order + 2 - self.order % 2)

    @property
    def least_v(self) -> float:
        """The voltages that a half-cycle must span."""
        return self.points * self.step_v + 2 * EDGE_V


@dataclass(frozen=True)
class Half:
    """Half-cycle ``h`` of a cycle: how it was sampled, its dQ/dV and the peaks of that."""

    number: int
    h: int
    sign: int
    sampling: Sampling
    curve: Differential
    peaks: tuple[Peak, ...]


@dataclass(frozen=True)
class Halves:
    """The chosen half-cycles: those with dQ/dV, and number and ``h`` of those without."""

    drawn: tuple[Half, ...]
    bare: tuple[tuple[int, int], ...]


def chosen_numbers(evaluation: Evaluation, text: str) -> tuple[int, ...]:
    """Return the numbers of the cycles in a text like "1, 2, last"; raises MethodError.

    Empty: complete cycles 1 and 2, the reference, those 50, 100 and 200 from it, and the last.
    """
    if not text.strip():
        return tuple(k + 1 for k in chosen_cycles(evaluation))
    cycles = evaluation.cycles
    last = int(cycles.number[cycles.complete][-1])
    numbers = set()
    for word in re.split(r"[,;\s]+", text.strip(" ,;\t\r\n")):
        if word != LAST and not re.fullmatch(r"[1-9][0-9]{0,8}", word):
            raise _invalid(f"found {word!r}; expected numbers of cycles and the word last.")
        number = last if word == LAST else int(word)
        if number > len(cycles):
            raise _invalid(f"cycle {number} is not there; the test has cycles 1 to {len(cycles)}.")
        numbers.add(number)
    if len(numbers) > MOST_CYCLES:
        raise _invalid(f"{len(numbers)} cycles are asked for; at most {MOST_CYCLES} are drawn.")
    return tuple(sorted(numbers))


def _invalid(sentence: str) -> MethodError:
    return MethodError("E_PARAM_INVALID", f"Parameter cycles: {sentence}")


def read_halves(evaluation: Evaluation, numbers: tuple[int, ...], smoothing: Smoothing) -> Halves:
    """Return both halves of each cycle; raises MethodError where none can have a dQ/dV."""
    cycles = evaluation.cycles
    pairs = [(n, int(h[n - 1])) for n in numbers for h in (cycles.first, cycles.second)]
    drawn, bare, most = [], [], 0
    for number, h in pairs:
        if h < 0:
            continue
        capacity, voltage = _free_profile(evaluation, h)
        most = max(most, len(voltage))
        half = _half(evaluation, (number, h), capacity, voltage, smoothing)
        if half is None:
            bare.append((number, h))
        else:
            drawn.append(half)
    if not drawn:
        raise MethodError(
            "E_TOO_FEW_POINTS",
            f"No half-cycle of cycles {', '.join(map(str, numbers))} has {FEWEST_POINTS} points "
            f"beside held voltage (found at most {most}) over {smoothing.least_v * 1e3:.0f} mV: "
            "dQ/dV needs both. Record more often, or choose slower cycles.",
        )
    return Halves(tuple(drawn), tuple(bare))


def _free_profile(evaluation: Evaluation, h: int) -> tuple[Floats, Floats]:
    """Capacity (Ah) and voltage of a half-cycle without the points at held voltage."""
    record = evaluation.recording.record
    rows = (int(evaluation.half.first[h]), int(evaluation.half.last[h]), evaluation.dead_band_a)
    capacity, voltage = profile(record, *rows)
    free = not_held(record, *rows)
    return capacity[free], voltage[free]


def _half(
    evaluation: Evaluation,
    place: tuple[int, int],
    capacity_ah: Floats,
    voltage_v: Floats,
    smoothing: Smoothing,
) -> Half | None:
    """Return a half-cycle with dQ/dV, None where points or voltages do not suffice."""
    if len(voltage_v) < FEWEST_POINTS:
        return None
    number, h = place
    sign = int(evaluation.half.sign[h])
    curve = differentiate(
        capacity_ah, voltage_v, sign, smoothing.step_v, smoothing.points, smoothing.order
    )
    if curve is None:
        return None
    found = peaks(curve, smoothing.prominence)
    return Half(number, h, sign, sampling(voltage_v), curve, found)
