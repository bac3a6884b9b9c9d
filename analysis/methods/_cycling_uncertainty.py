"""Uncertainties of capacities and efficiencies (ANALYSES A08).

The offset of the channel's current is one and the same in all cycles: it adds to the charge of
one direction and takes from the other, and no average removes it. The accuracy of the channel
stands for its standard uncertainty. The active mass cancels in efficiency and retention. Where
the largest part is unknown there is no uncertainty: the current's of charges and efficiencies, the
mass's of values per gram, the area's of values per area.
"""

import math
from dataclasses import dataclass

import numpy as np

from analysis.methods._cycling_evaluation import Evaluation
from analysis.science.retention import scatter
from analysis.science.stretches import Floats, Ints
from analysis.science.uncertainty import effective_dof, quadrature

ONE_SIDED = 1 / math.sqrt(3)
"""Standard uncertainty of something between nothing and a whole, taken as the whole."""


@dataclass(frozen=True)
class Errors:
    """Relative standard uncertainties; None where the facts that they need are not known.

    ``offset`` and ``ends`` (h,): of the charge of a half-cycle by the current and by ends of steps
    that were assumed; ``mass``, ``area``; ``voltage_v`` is absolute.
    """

    evaluation: Evaluation
    offset: Floats | None
    ends: Floats
    mass: float | None
    area: float | None
    voltage_v: float | None

    def charge(self, h: int) -> float | None:
        """Of the charge of a half-cycle."""
        return _combined(self._offset(h), float(self.ends[h]))

    def specific(self, h: int) -> float | None:
        """Of the charge of a half-cycle per mass."""
        return _combined(self.mass, self._offset(h), float(self.ends[h]))

    def areal(self, h: int) -> float | None:
        """Of the charge of a half-cycle per area."""
        return _combined(self.area, self._offset(h), float(self.ends[h]))

    def efficiency(self, k: int) -> float | None:
        """Of the ratio of both charges of a cycle: the offset adds up, δ/I₁ + δ/I₂."""
        first = int(self.evaluation.cycles.first[k])
        second = int(self.evaluation.cycles.second[k])
        both = None if self.offset is None else float(self.offset[first] + self.offset[second])
        return _combined(both, abs(float(self.ends[second] - self.ends[first])))

    def mean_efficiency(self, values: Floats, cycles: Ints) -> tuple[float | None, float]:
        """Return u of a mean efficiency, absolute, and its degrees of freedom.

        ``values`` (n,) are the efficiencies of the cycles at indices ``cycles`` (n,); only their
        scatter about a smooth course averages out, the offset of the current does not.
        """
        known = [u for u in (self.efficiency(int(k)) for k in cycles) if u is not None]
        if not known:
            return None, math.inf
        count = len(values)
        shared = float(np.mean(known)) * float(np.mean(values))
        averaged = (scatter(values) or 0.0) / math.sqrt(count)
        return quadrature(shared, averaged), effective_dof(
            [(shared, math.inf), (averaged, max(count - 1, 1))]
        )

    def _offset(self, h: int) -> float | None:
        return None if self.offset is None else float(self.offset[h])


def errors(evaluation: Evaluation) -> Errors:
    """Return the uncertainties that the facts about cell and channel allow."""
    subject, half = evaluation.subject, evaluation.half
    return Errors(
        evaluation=evaluation,
        offset=None if subject.offset_a is None else subject.offset_a / half.mean_current_a,
        ends=ONE_SIDED * half.assumed_ah / half.charge_ah,
        mass=_share(subject.mass_u_mg, subject.mass_mg),
        area=_share(subject.area_u_cm2, subject.area_cm2),
        voltage_v=subject.voltage_u_v,
    )


def _share(u: float | None, value: float | None) -> float | None:
    return u / value if u is not None and value else None


def _combined(largest: float | None, *others: float | None) -> float | None:
    """Combine uncertainties; None where the largest part is unknown, other unknown ones are left
    out (and flagged)."""
    return None if largest is None else quadrature(largest, *(u for u in others if u))
