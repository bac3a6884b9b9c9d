"""Half-cycles of a cycling test: runs of one direction of current, integrated on the true times."""

from dataclasses import dataclass, replace

import numpy as np

from analysis.science.integrals import HOUR_S, Plateau, Sums, integrate, plateaus
from analysis.science.stretches import (
    Bools,
    Floats,
    Ints,
    Margins,
    Record,
    Stretches,
    find_stretches,
    margins,
)

NOISE_ROWS = 3
NOISE_CHARGE = 1e-3
"""A run with fewer rows and a smaller share of its neighbours' charge is noise, no half-cycle."""


@dataclass(frozen=True)
class HalfCycles:
    """One entry a half-cycle, arrays of shape (h,); signs alternate.

    ``sign`` is +1 for charge; ``first`` and ``last`` are rows; ``duration_s`` counts time under
    current; ``current_a`` is that of the constant-current part; ``held_ah`` passed at held
    voltage; ``end_change_v`` is the change of voltage over the last sampling interval; ``tail_s``
    the time from last records to ends of steps; ``assumed_ah`` (``assumed_wh``) the charge
    (energy) that rests on taking the time of the next record for the end of a step; ``open_s``
    the time under current that no record spans and that could not be bridged; ``longest_s`` the
    longest time between two records; ``stopped_s`` the time during which the step clock stood.
    """

    sign: Ints
    first: Ints
    last: Ints
    start_s: Floats
    end_s: Floats
    duration_s: Floats
    charge_ah: Floats
    energy_wh: Floats
    current_a: Floats
    held_ah: Floats
    end_voltage_v: Floats
    end_change_v: Floats
    tail_s: Floats
    assumed_ah: Floats
    assumed_wh: Floats
    open_s: Floats
    longest_s: Floats
    stopped_s: Floats

    def __len__(self) -> int:
        """Return the number of half-cycles."""
        return len(self.sign)

    @property
    def mean_voltage_v(self) -> Floats:
        """Charge-averaged voltage ∫V|I|dt / ∫|I|dt."""
        return self.energy_wh / self.charge_ah

    @property
    def mean_current_a(self) -> Floats:
        """Time-averaged current, held voltage included."""
        return self.charge_ah * HOUR_S / self.duration_s

    def ended_with_last_record(self) -> "HalfCycles":
        """Return the half-cycles without the charge that was only assumed at ends of steps."""
        assumed, nothing = self.assumed_ah > 0, np.zeros(len(self))
        return replace(
            self,
            charge_ah=self.charge_ah - self.assumed_ah,
            energy_wh=self.energy_wh - self.assumed_wh,
            duration_s=self.duration_s - np.where(assumed, self.tail_s, 0.0),
            tail_s=np.where(assumed, 0.0, self.tail_s),
            assumed_ah=nothing,
            assumed_wh=nothing,
        )

    def corrected(self, charge_ah: Floats, where: Bools) -> "HalfCycles":
        """Return the half-cycles with another charge ``where`` true, added at the end voltage."""
        added = np.where(where, charge_ah - self.charge_ah, 0.0)
        return replace(
            self,
            charge_ah=self.charge_ah + added,
            energy_wh=self.energy_wh + added * self.end_voltage_v,
            open_s=np.where(where, 0.0, self.open_s),
        )


def dead_band(current_a: Floats, fraction: float, resolution_a: float = 0.0) -> float:
    """Return the current below which a cell rests: a fraction of the largest, or the resolution."""
    largest = max(float(current_a.max()), -float(current_a.min()))
    return max(fraction * largest, resolution_a)


def half_cycles(record: Record, dead_band_a: float) -> HalfCycles:
    """Split a test into half-cycles and integrate them; rests are excluded, CC and CV merged.

    Charge ∫|I|dt and energy ∫V|I|dt by the trapezoid on the true times within each step; beyond
    its first and last record a step is continued with constant current to the start and end told
    by the step clock, else to the time of the next record. Source: ANALYSES A08, appendix A.
    """
    parts = find_stretches(record, dead_band_a)
    sums = integrate(record, parts)
    kept = _without_noise(parts, sums.charge_ah)
    parts, sums = parts[kept], sums[kept]
    starts = _run_starts(parts.sign)
    merge = _Merger(record, parts, starts)
    lengths = np.diff(starts, append=len(parts))
    peak_a = np.repeat(np.maximum.reduceat(sums.peak_a, starts), lengths)
    end_v = np.repeat(record.voltage_v[merge.last], lengths)
    plateau = plateaus(record, parts, peak_a, end_v)
    return _assemble(merge, sums, plateau, margins(record, parts, sums.longest_s))


def _run_starts(sign: Ints) -> Ints:
    """Index of the first stretch of each run of one sign."""
    changes = np.diff(sign, prepend=0) != 0
    return np.flatnonzero(changes).astype(np.int64)


def _without_noise(parts: Stretches, charge_ah: Floats) -> Bools:
    """Mark the stretches of runs that are more than a stray record or two."""
    starts = _run_starts(parts.sign)
    rows = np.add.reduceat(parts.last - parts.first + 1, starts)
    charge = np.add.reduceat(charge_ah, starts)
    around = np.pad(charge, 1)
    neighbour = np.maximum(around[:-2], around[2:])
    noise = (rows < NOISE_ROWS) & (charge < NOISE_CHARGE * neighbour) | (charge <= 0)
    return np.repeat(~noise, np.diff(starts, append=len(parts)))


@dataclass(frozen=True)
class _Merger:
    """Joins stretches (p,) to half-cycles (h,)."""

    record: Record
    parts: Stretches
    starts: Ints

    def total(self, values: Floats) -> Floats:
        """Sum over the stretches of each half-cycle."""
        summed: Floats = np.add.reduceat(values, self.starts)
        return summed

    @property
    def first(self) -> Ints:
        """First rows (h,)."""
        return self.parts.first[self.starts]

    @property
    def last(self) -> Ints:
        """Last rows (h,)."""
        ends = np.append(self.starts[1:], len(self.parts))[: len(self.starts)]
        rows: Ints = self.parts.last[ends - 1]
        return rows

    def stopped_s(self) -> Floats:
        """Time (p,) that passed on the clock of the test but not on that of the step."""
        clock, time = self.record.step_time_s, self.record.time_s
        if clock is None:
            return np.zeros(len(self.parts))
        first, last = self.parts.first, self.parts.last
        stopped = (time[last] - time[first]) - (clock[last] - clock[first])
        return np.maximum(np.nan_to_num(stopped), 0.0)


def _assemble(merge: _Merger, sums: Sums, plateau: Plateau, edges: Margins) -> HalfCycles:
    """Add what lies before the first and after the last records, and join the stretches."""
    parts, time, volt = merge.parts, merge.record.time_s, merge.record.voltage_v
    first, last, total = merge.first, merge.last, merge.total
    before_s = np.where(edges.opening, edges.before_s, 0.0)
    after_s = np.where(edges.closable, edges.after_s, 0.0)
    lead = np.abs(merge.record.current_a[parts.first]) * before_s / HOUR_S
    tail = np.abs(merge.record.current_a[parts.last]) * after_s / HOUR_S
    assumed = np.where(edges.known, 0.0, tail)
    constant_s = total(plateau.time_s)
    peak_a = np.maximum.reduceat(sums.peak_a, merge.starts)
    return HalfCycles(
        sign=parts.sign[merge.starts],
        first=first,
        last=last,
        start_s=time[first],
        end_s=time[last],
        duration_s=total(time[parts.last] - time[parts.first] + before_s + after_s),
        charge_ah=total(sums.charge_ah + lead + tail),
        energy_wh=total(sums.energy_wh + lead * volt[parts.first] + tail * volt[parts.last]),
        current_a=np.divide(
            total(plateau.charge_ah) * HOUR_S, constant_s, out=peak_a, where=constant_s > 0
        ),
        held_ah=total(plateau.held_ah),
        end_voltage_v=volt[last],
        end_change_v=np.abs(volt[last] - volt[np.maximum(last - 1, first)]),
        tail_s=total(edges.after_s),
        assumed_ah=total(assumed),
        assumed_wh=total(assumed * volt[parts.last]),
        open_s=total(edges.before_s - before_s + edges.after_s - after_s),
        longest_s=np.maximum.reduceat(sums.longest_s, merge.starts),
        stopped_s=total(merge.stopped_s()),
    )
