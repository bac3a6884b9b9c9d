"""Electrodes that fit a cell: of the right material, free, of the same size, N/P in range."""

import math
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from cells.balance import Half, balance, half
from cells.choices import free_electrodes
from cells.geometry import NP_HIGH, NP_LOW
from cells.models import Cell
from cells.roles import (
    BLOCKING,
    COATED,
    HALF_CELLS,
    LITHIUM,
    PAIRS,
    Electrodes,
    Pair,
    Role,
    is_lithium,
    sort_of,
)
from labsite.access.models import User
from samples.models import Chemical, Electrode
from samples.recipes import Quantity

SHOWN = 6
LOOKED_AT = 400
"""The newest free electrodes that are compared."""
SAME_SIZE = 0.01
"""Relative difference of areas up to which two faces count as the same size."""
TARGET = (NP_LOW + NP_HIGH) / 2
UNKNOWN = 1e6
"""Rank of an electrode with which there is no N/P."""


@dataclass(frozen=True)
class Wish:
    """What the cell is to be: type, electrodes chosen so far, basis of N/P, project."""

    cell_type: str
    chosen: Electrodes
    basis: str = ""
    project: UUID | None = None


@dataclass(frozen=True)
class Proposal:
    """An electrode that fits, with its side and the N/P it would give."""

    half: Half
    np_ratio: Quantity | None
    in_range: bool
    same_size: bool


def proposals(wish: Wish, role: str, user: User) -> list[Proposal]:
    """Return the electrodes that fit a role best, the best first; none for an unknown type."""
    pair = _pair(wish)
    if pair is None:
        return []
    counterpart = wish.chosen.get(_other(role))
    taken = {electrode.pk for electrode in wish.chosen.values()}
    candidates = _candidates(pair.of(role), _side(wish.cell_type, role), user)
    rows = [electrode for electrode in candidates[:LOOKED_AT] if electrode.pk not in taken]
    if wish.cell_type == Cell.Type.FULL_CELL and counterpart is not None:
        rows = [one for one in rows if one.material.pk != counterpart.material.pk]
    made = [(_proposal(wish, role, one, counterpart), one) for one in rows]
    made.sort(key=lambda one: _rank(one[0], one[1], wish, counterpart))
    return [proposal for proposal, _electrode in made[:SHOWN]]


def _pair(wish: Wish) -> Pair | None:
    """Return what the electrodes are, the other way round when a half cell is wired so."""
    pair = PAIRS.get(wish.cell_type)
    negative = wish.chosen.get(Role.NEGATIVE.value)
    positive = wish.chosen.get(Role.POSITIVE.value)
    turned = (negative is not None and sort_of(negative) == COATED) or (
        positive is not None and sort_of(positive) == LITHIUM
    )
    if pair is not None and wish.cell_type in HALF_CELLS and turned:
        return Pair(pair.positive, pair.negative)
    return pair


def _other(role: str) -> str:
    return Role.POSITIVE.value if role == Role.NEGATIVE else Role.NEGATIVE.value


def _side(cell_type: str, role: str) -> str:
    """Return the side in full cells that a coated electrode of this cell is for."""
    if cell_type == Cell.Type.ANODE_HALF_CELL:
        return Chemical.Side.NEGATIVE
    return Chemical.Side.POSITIVE if cell_type == Cell.Type.CATHODE_HALF_CELL else role


def _candidates(sort: str, side: str, user: User) -> "QuerySet[Any]":
    """Return the free electrodes of a sort; coated ones whose material is for the side, or any."""
    rows = free_electrodes(user)
    if sort == COATED:
        return rows.filter(coating__active_material__electrode_side__in=[side, ""])
    metals = Chemical.objects.filter(role=Chemical.Role.METAL)
    wanted = [metal.pk for metal in metals if is_lithium(metal) == (sort == LITHIUM)]
    if sort == BLOCKING or wanted:
        return rows.filter(metal__in=wanted)
    return rows.none()


def _proposal(
    wish: Wish, role: str, electrode: Electrode, counterpart: Electrode | None
) -> Proposal:
    side = half(electrode, wish.basis or Cell.CapacityBasis.REVERSIBLE.value)
    same = counterpart is not None and _size_gap(electrode, counterpart) <= SAME_SIZE
    if wish.cell_type != Cell.Type.FULL_CELL or counterpart is None:
        return Proposal(side, None, in_range=False, same_size=same)
    pair = (electrode, counterpart) if role == Role.NEGATIVE else (counterpart, electrode)
    found = balance(*pair, wish.basis)
    side = found.negative if role == Role.NEGATIVE else found.positive
    ratio = None if found.ratio is None else found.ratio.value
    in_range = ratio is not None and NP_LOW <= ratio.value <= NP_HIGH
    return Proposal(side, ratio, in_range=in_range, same_size=same)


def _rank(
    proposal: Proposal, electrode: Electrode, wish: Wish, counterpart: Electrode | None
) -> tuple[float, ...]:
    """Order: same size or at least as large, N/P in or near the range, own project, newest."""
    gap = 0.0 if counterpart is None or proposal.same_size else _size_gap(electrode, counterpart)
    ratio = UNKNOWN if proposal.np_ratio is None else abs(proposal.np_ratio.value - TARGET)
    elsewhere = float(wish.project is not None and electrode.project_id != wish.project)
    too_small = float(counterpart is not None and _is_smaller(electrode, counterpart))
    return (gap, too_small, ratio, elsewhere, -electrode.made_at.timestamp())


def _size_gap(one: Electrode, other: Electrode) -> float:
    """Return the relative difference of two faces; unknown ones fit least."""
    if not one.area_cm2 or not other.area_cm2:
        return math.inf
    return abs(one.area_cm2 - other.area_cm2) / other.area_cm2


def _is_smaller(one: Electrode, other: Electrode) -> bool:
    return bool(one.area_cm2 and other.area_cm2 and one.area_cm2 < other.area_cm2)
