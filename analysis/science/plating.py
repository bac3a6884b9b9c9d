"""Voltages of the half-cycles of a symmetric lithium cell, and what happens to them: shorts."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median

import numpy as np

from analysis.science.half_cycles import HalfCycles
from analysis.science.integrals import HOUR_S
from analysis.science.stretches import Bools, Floats, Ints, Record

PREVIOUS, FEWEST_PREVIOUS, SETTLED = 10, 3, 2
"""Half-cycles before one, with whose median it is compared; the first two of a test settle."""

DROPPED, RECOVERED = 0.70, 0.85
"""Shares of the previous overpotential: below the first it has dropped, above the other is back."""

SHORTED, SHORTED_V, LASTING = 0.25, 0.005, 5
"""A hard short: below this share of the running maximum, or below 5 mV and flat, for so long."""

FLAT, FLAT_V = 0.20, 0.001
"""An overpotential is flat which changes by less than either during its half-cycle."""

CREPT = 0.50
CREEP_REFERENCE = slice(2, 13)
"""A creeping short: a decline below this share of the value of half-cycles 3 to 13."""

CREEP_WINDOW, CREEP_RISE = 9, 1.10
POLARISED = 5.0

JUMP_V, JUMP_SHARE = 0.005, 0.15
JUMPS = 0.05
"""Jumps count as soft shorts when more than this share of the half-cycles has one."""

SETTLING, LONGEST_STEP = 0.10, 0.05
"""Shares of a half-cycle: the settling at its start, and records too far apart for a jump."""

SAME_CURRENT = 0.01
SAME_BLOCK = 0.05
NORMAL_MAD, SQRT_2 = 1.4826, 2**0.5


@dataclass(frozen=True)
class Voltages:
    """Two-electrode voltages |V| of half-cycles, arrays of shape (h,), in V.

    ``eta`` is the median of the second half (in time), ``opening`` that of the first 1 %,
    ``peak`` the largest, ``signed`` the median of the second half times the sign of the current,
    ``slope`` in V/h over the second half; ``noise`` the standard deviation of a record,
    ``count`` the records in the second half; ``jumped`` marks a jump at unchanged current.
    """

    eta: Floats
    opening: Floats
    peak: Floats
    signed: Floats
    slope: Floats
    noise: Floats
    count: Ints
    jumped: Bools


@dataclass(frozen=True)
class Drop:
    """Half-cycles ``first`` to ``last`` whose overpotential is below that of the ten before."""

    first: int
    last: int
    share: float
    recovered: bool


@dataclass(frozen=True)
class Events:
    """What happened, as indices of half-cycles; None for what did not.

    ``polarised_at_limit`` says that the polarisation failure was reaching the voltage limit.
    """

    drops: tuple[Drop, ...]
    jumped: Bools
    hard: int | None
    creeping: int | None
    polarised: int | None
    polarised_at_limit: bool

    @property
    def jumping(self) -> bool:
        """Whether jumps are frequent enough to be soft shorts."""
        return bool(self.jumped.mean() > JUMPS)

    @property
    def soft(self) -> tuple[int, ...]:
        """First half-cycles of soft shorts before any failure."""
        end = len(self.jumped) if self.failed is None else self.failed
        recovered = [drop for drop in self.drops if drop.recovered and drop.first < end]
        starts = {drop.first for drop in recovered}
        if self.jumping:
            within = {k for drop in recovered for k in range(drop.first, drop.last + 2)}
            starts |= {int(k) for k in np.flatnonzero(self.jumped[:end]) if k not in within}
        return tuple(sorted(starts))

    @property
    def failed(self) -> int | None:
        """The half-cycle of the first failure: short, creeping short or polarisation."""
        found = [k for k in (self.hard, self.creeping, self.polarised) if k is not None]
        return min(found, default=None)


def voltages(record: Record, half: HalfCycles, dead_band_a: float) -> Voltages:
    """Return the voltages of every half-cycle; rests within one are left out.

    Source: ANALYSES A04.
    """
    rows = [_of_half_cycle(record, half, h, dead_band_a) for h in range(len(half))]
    eta, opening, peak, signed, slope, noise, count, jumped = zip(*rows, strict=True)
    return Voltages(
        eta=np.array(eta),
        opening=np.array(opening),
        peak=np.array(peak),
        signed=np.array(signed),
        slope=np.array(slope),
        noise=np.array(noise),
        count=np.array(count, dtype=np.int64),
        jumped=np.array(jumped, dtype=np.bool_),
    )


def _of_half_cycle(
    record: Record, half: HalfCycles, h: int, dead_band_a: float
) -> tuple[float, float, float, float, float, float, int, bool]:
    rows = slice(int(half.first[h]), int(half.last[h]) + 1)
    current = np.abs(record.current_a[rows])
    flowing = current > dead_band_a
    time, volt = record.time_s[rows][flowing], record.voltage_v[rows][flowing]
    current, size = current[flowing], np.abs(volt)
    begin, length = time[0], time[-1] - time[0]
    second = min(int(np.searchsorted(time, begin + length / 2)), len(time) - 1)
    first = int(np.searchsorted(time, begin + length / 100, "right"))
    late, later = size[second:], time[second:]
    eta = _median(late)
    return (
        eta,
        _median(size[: max(first, 1)]),
        float(size.max()),
        _median(volt[second:]) * int(half.sign[h]),
        _slope(later, late) * HOUR_S,
        _noise(late),
        len(late),
        _jumps(time, volt, current, eta),
    )


def _median(values: Floats) -> float:
    """Return the median; of few values quicker than numpy's."""
    ordered = np.sort(values)
    return 0.5 * float(ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2])


def _slope(time: Floats, values: Floats) -> float:
    centred = time - time.mean()
    spread = float(centred @ centred)
    return float(centred @ values) / spread if spread > 0 else 0.0


def _noise(values: Floats) -> float:
    """Return the standard deviation of a record, from differences, so that drifts do not count."""
    if len(values) <= FEWEST_PREVIOUS:
        return 0.0
    steps = values[1:] - values[:-1]
    return NORMAL_MAD * _median(np.abs(steps - _median(steps))) / SQRT_2


def _jumps(time: Floats, volt: Floats, current: Floats, eta: float) -> bool:
    length = time[-1] - time[0]
    step, change = time[1:] - time[:-1], np.abs(volt[1:] - volt[:-1])
    steady = np.abs(current[1:] - current[:-1]) <= SAME_CURRENT * current[1:]
    judged = steady & (time[:-1] - time[0] >= SETTLING * length) & (step <= LONGEST_STEP * length)
    return bool((change[judged] > max(JUMP_V, JUMP_SHARE * eta)).any())


def current_blocks(current_a: Floats) -> Ints:
    """Number runs of half-cycles (h,) whose |current| stays within 5 % of their first; from 0."""
    blocks = np.zeros(len(current_a), dtype=np.int64)
    start = current_a[0]
    for k in range(1, len(current_a)):
        changed = abs(current_a[k] - start) > SAME_BLOCK * start
        start = current_a[k] if changed else start
        blocks[k] = blocks[k - 1] + changed
    return blocks


def find_events(voltages: Voltages, current_a: Floats, limit_v: float | None) -> Events:
    """Return the shorts and the polarisation failure of a test; ``limit_v`` is its voltage limit.

    The current may be stepped: drops and creeping shorts compare half-cycles of one current; a
    hard short is below what was at smaller or, by Ohm's law, at larger currents, a polarisation
    failure above both. Source: ANALYSES A04; Menkin et al., Faraday Discuss. 2023.
    """
    blocks = current_blocks(current_a)
    found = drops(voltages.eta, blocks)
    hard = _hard(voltages, current_a)
    polarised, at_limit = _polarised(voltages, current_a, limit_v)
    return Events(
        drops=found,
        jumped=voltages.jumped,
        hard=hard,
        creeping=_creeping(voltages.eta[:hard], blocks[:hard], found),
        polarised=None if hard == 0 else polarised,
        polarised_at_limit=at_limit,
    )


def drops(eta: Floats, blocks: Ints) -> tuple[Drop, ...]:
    """Return the drops of an overpotential (h,); half-cycles of one block have one current.

    A drop begins below 0.70 of the median of the ten half-cycles before it that had not dropped,
    at least three, and lasts until 0.85 of that median is passed, or the current changes. The
    first two half-cycles of a test, in which the electrodes settle, are not compared with.
    """
    starts = np.flatnonzero(np.diff(blocks, prepend=-1))
    ends = np.append(starts[1:], len(eta))
    return tuple(
        drop
        for start, end in zip(starts.tolist(), ends.tolist(), strict=True)
        for drop in _drops_of_block(eta.tolist(), start, end)
    )


def _drops_of_block(eta: list[float], start: int, end: int) -> Iterator[Drop]:
    recent: deque[float] = deque(maxlen=PREVIOUS)
    first, level, lowest = -1, 0.0, 0.0
    for k in range(start, end):
        value = eta[k]
        if first >= 0 and value > RECOVERED * level:
            yield Drop(first, k - 1, lowest / level, recovered=True)
            first = -1
        if first >= 0:
            lowest = min(lowest, value)
        elif len(recent) >= FEWEST_PREVIOUS and value < DROPPED * median(recent):
            first, level, lowest = k, median(recent), value
        elif k >= SETTLED:
            recent.append(value)
    if first >= 0:
        yield Drop(first, end - 1, lowest / level, recovered=False)


def _hard(voltages: Voltages, current_a: Floats) -> int | None:
    """Return where the voltage collapses for good, None where it does not."""
    eta = voltages.eta
    expected = np.minimum(_highest(eta), _highest(eta / current_a) * current_a)
    flat = np.abs(eta - voltages.opening) <= np.maximum(FLAT_V, FLAT * eta)
    shorted = [eta < SHORTED * expected, (eta < SHORTED_V) & flat]
    found = [_lasting(below) for below in shorted]
    return min((k for k in found if k is not None), default=None)


def _highest(values: Floats) -> Floats:
    """Return the running maximum (h,) of the medians of the ten values before; 0 without three."""
    usual = [_median(values[max(k - PREVIOUS, 0) : k]) for k in range(FEWEST_PREVIOUS, len(values))]
    return np.append(np.zeros(FEWEST_PREVIOUS), np.maximum.accumulate(usual))[: len(values)]


def _lasting(below: Bools) -> int | None:
    """Return the start of the true values that last to the end, None for fewer than five."""
    above = np.flatnonzero(~below)
    start = int(above[-1]) + 1 if above.size else 0
    return start if len(below) - start >= min(LASTING, len(below)) else None


def _creeping(eta: Floats, blocks: Ints, found: tuple[Drop, ...]) -> int | None:
    """Return where a steady decline passes half of the early value for good, else None.

    Only the longest run of half-cycles at one current is judged.
    """
    longest = np.flatnonzero(blocks == np.bincount(blocks).argmax()) if len(blocks) else blocks
    if len(longest) <= CREEP_REFERENCE.stop:
        return None
    values = eta[longest]
    padded = np.pad(values, CREEP_WINDOW // 2, mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, CREEP_WINDOW)
    smooth = np.median(windows, axis=1)[CREEP_REFERENCE.stop :]
    low = smooth < CREPT * float(np.median(values[CREEP_REFERENCE]))
    falling = (smooth <= CREEP_RISE * np.minimum.accumulate(smooth)).all()
    if not (low.any() and falling):
        return None
    start = int(np.argmax(low)) + CREEP_REFERENCE.stop + int(longest[0])
    around = range(start - CREEP_WINDOW // 2, start + 1)
    abrupt = any(drop.first in around or drop.first <= start <= drop.last for drop in found)
    return None if abrupt else start


def _polarised(
    voltages: Voltages, current_a: Floats, limit_v: float | None
) -> tuple[int | None, bool]:
    """Return where the overpotential exceeds five times the first, or the limit is reached."""
    eta = voltages.eta
    grown = eta > POLARISED * eta[0] * np.maximum(current_a / current_a[0], 1.0)
    limited = np.zeros(len(grown), dtype=np.bool_)
    if limit_v is not None:
        limited = voltages.peak >= (1 - SAME_CURRENT) * limit_v
    either = grown | limited
    if not either.any():
        return None, False
    start = int(np.argmax(either))
    return start, bool(limited[start])
