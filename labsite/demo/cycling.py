"""Synthetic cycling tests with known truth, laid out as a cycler records them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from measurements import columns

Floats = NDArray[np.float64]
Shape = Callable[[Floats], Floats]

HOUR_S = 3600.0
HOLD_ENDS = 0.05
"""Held voltage ends when the current has fallen to this share."""

TYPES = {(1, False): "CC_CHG", (-1, False): "CC_DCH", (1, True): "CV_CHG", (-1, True): "CV_DCH"}
REST = "REST"


def _silicon_charge(x: Floats) -> Floats:
    return 0.06 + 0.20 * x**0.7 + 0.74 * x**25


def _silicon_discharge(x: Floats) -> Floats:
    return 0.16 * (1 - x) ** 0.8 + 0.84 * (1 - x) * np.exp(-x / 0.012)


def _plateau_charge(x: Floats) -> Floats:
    return 0.73 + 0.03 * x + 0.24 * x**40 - 0.43 * np.exp(-x / 0.01)


def _plateau_discharge(x: Floats) -> Floats:
    return 0.69 - 0.03 * x - 0.66 * x**40 + 0.31 * np.exp(-x / 0.01)


def _sloping_charge(x: Floats) -> Floats:
    return 0.30 + 0.45 * x**0.5 + 0.25 * x**15


def _sloping_discharge(x: Floats) -> Floats:
    return 0.75 - 0.50 * x**0.7 - 0.25 * x**12 + 0.25 * np.exp(-x / 0.02)


SHAPES: Mapping[str, Mapping[int, Shape]] = {
    "silicon": {1: _silicon_charge, -1: _silicon_discharge},
    "plateau": {1: _plateau_charge, -1: _plateau_discharge},
    "sloping": {1: _sloping_charge, -1: _sloping_discharge},
}
"""Voltage within the window (0 ... 1) over the share of the charge passed, by direction; made up
to look like silicon against lithium, LiFePO4 and layered oxide or full cells."""


@dataclass(frozen=True)
class Cycle:
    """What truly passes in one cycle, in mAh and mA; ``held`` is the share at held voltage."""

    charge_mah: float
    discharge_mah: float
    current_ma: float
    held: float = 0.0


@dataclass(frozen=True)
class Protocol:
    """How a test is run and recorded.

    ``opens_with`` +1 charges first. Every step has a record at its start, one every
    ``interval_s`` and, with ``end_records``, one at its end. ``noise_v`` and ``noise_ma`` are
    standard deviations. The instrument counts a new cycle when a half-cycle in the direction
    ``counts_with`` (``opens_with`` unless given) begins. ``aborted`` is the share of the last
    half-cycle that was still run.
    """

    opens_with: int
    lower_v: float
    upper_v: float
    shape: str
    interval_s: float = 30.0
    rest_s: float = 60.0
    end_records: bool = True
    noise_v: float = 0.0
    noise_ma: float = 0.0
    counts_with: int | None = None
    aborted: float = 1.0
    seed: int = 1


@dataclass(frozen=True)
class CyclingTest:
    """A synthetic test: canonical ``columns`` (rows,), the ``cycles`` that truly passed, ``facts``
    about the cell as analyses take them, and the metrics that the test was built to have."""

    columns: Mapping[str, NDArray[np.generic]]
    cycles: tuple[Cycle, ...]
    facts: Mapping[str, float | str] = field(default_factory=dict)
    truth: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class _Step:
    """One step of the programme from its own start: s, V, mA, mAh passed."""

    kind: str
    sign: int
    time: Floats
    volt: Floats
    current: Floats
    passed: Floats
    duration: float


def cycling_columns(cycles: Sequence[Cycle], protocol: Protocol) -> dict[str, NDArray[np.generic]]:
    """Return the canonical columns of a test that runs ``cycles`` one after the other."""
    counts_with = protocol.counts_with or protocol.opens_with
    steps, numbers, number, counted = [], [], 1, False
    for step in _steps(cycles, protocol):
        if step.sign == counts_with and step.kind.startswith("CC"):
            number, counted = number + counted, True
        steps.append(step)
        numbers.append(number)
    return _table(steps, numbers, protocol)


def _table(
    steps: Sequence[_Step], cycle: Sequence[int], protocol: Protocol
) -> dict[str, NDArray[np.generic]]:
    """Put the steps, of the instrument's cycles ``cycle``, one after the other."""
    lengths = [len(step.time) for step in steps]
    starts = np.cumsum([0.0, *(step.duration for step in steps[:-1])])
    clock = np.concatenate([step.time for step in steps])
    current = np.concatenate([step.current for step in steps]) / 1e3
    charged = np.concatenate([step.passed * (step.sign > 0) for step in steps]) / 1e3
    discharged = np.concatenate([step.passed * (step.sign < 0) for step in steps]) / 1e3
    noise_v, noise_a = _noise(current, protocol)
    return {
        columns.RECORD: np.arange(1, len(clock) + 1),
        columns.CYCLE: np.repeat(np.array(cycle), lengths),
        columns.STEP: np.repeat(np.arange(1, len(steps) + 1), lengths),
        columns.STEP_TYPE: np.repeat(np.array([step.kind for step in steps]), lengths),
        columns.TEST_TIME: np.repeat(starts, lengths) + clock,
        columns.STEP_TIME: clock,
        columns.VOLTAGE: np.concatenate([step.volt for step in steps]) + noise_v,
        columns.CURRENT: current + noise_a,
        columns.STEP_CHARGING_CAPACITY: charged,
        columns.STEP_DISCHARGING_CAPACITY: discharged,
    }


def _steps(cycles: Sequence[Cycle], protocol: Protocol) -> Iterator[_Step]:
    for k, cycle in enumerate(cycles):
        for sign in (protocol.opens_with, -protocol.opens_with):
            last = k == len(cycles) - 1 and sign != protocol.opens_with
            charge = cycle.charge_mah if sign > 0 else cycle.discharge_mah
            done = protocol.aborted if last else 1.0
            yield _constant_current(sign, charge, cycle, protocol, done)
            if cycle.held and done == 1:
                yield _held_voltage(sign, charge, cycle, protocol)
            if protocol.rest_s and not (last and done < 1):
                yield _rest(sign, protocol)


def _times(duration: float, protocol: Protocol) -> Floats:
    """Times of records; a record less than a microsecond from the end is the one at the end."""
    times = np.arange(0.0, duration - 1e-6, protocol.interval_s)
    return np.append(times, duration) if protocol.end_records else times


def _constant_current(
    sign: int, charge_mah: float, cycle: Cycle, protocol: Protocol, done: float
) -> _Step:
    whole = charge_mah * (1 - cycle.held)
    duration = done * whole / cycle.current_ma * HOUR_S
    time = _times(duration, protocol)
    passed = cycle.current_ma * time / HOUR_S
    level = SHAPES[protocol.shape][sign](np.minimum(passed / whole, 1.0))
    volt = protocol.lower_v + (protocol.upper_v - protocol.lower_v) * level
    current = np.full(len(time), sign * cycle.current_ma)
    return _Step(TYPES[sign, False], sign, time, volt, current, passed, duration)


def _held_voltage(sign: int, charge_mah: float, cycle: Cycle, protocol: Protocol) -> _Step:
    """Exponential fall of the current to HOLD_ENDS of its start."""
    decay = charge_mah * cycle.held * HOUR_S / (cycle.current_ma * (1 - HOLD_ENDS))
    duration = -decay * np.log(HOLD_ENDS)
    time = _times(duration, protocol)
    fall = np.exp(-time / decay)
    volt = np.full(len(time), protocol.upper_v if sign > 0 else protocol.lower_v)
    current = sign * cycle.current_ma * fall
    passed = cycle.current_ma * decay * (1 - fall) / HOUR_S
    return _Step(TYPES[sign, True], sign, time, volt, current, passed, duration)


def _rest(sign: int, protocol: Protocol) -> _Step:
    """Open circuit after a half-cycle: the voltage relaxes by a tenth of the window."""
    time = _times(protocol.rest_s, protocol)
    edge = protocol.upper_v if sign > 0 else protocol.lower_v
    window = protocol.upper_v - protocol.lower_v
    volt = edge - sign * 0.1 * window * (1 - np.exp(-time / 20.0))
    nothing = np.zeros(len(time))
    return _Step(REST, 0, time, volt, nothing, nothing, protocol.rest_s)


def _noise(flowing: Floats, protocol: Protocol) -> tuple[Floats, Floats]:
    """Noise of voltage (V) and of flowing current (A), each (rows,)."""
    rng = np.random.default_rng(protocol.seed)
    volt = protocol.noise_v * rng.standard_normal(len(flowing))
    current = protocol.noise_ma / 1e3 * rng.standard_normal(len(flowing)) * (flowing != 0)
    return volt, current
