"""Which electrodes a cell needs, what they are of, and which of them is the working electrode."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cells.models import Cell, CellElectrode
from samples.models import Chemical, Electrode

Role = CellElectrode.Role
Electrodes = Mapping[str, Electrode]
"""The electrodes of a cell by role."""

COATED, LITHIUM, BLOCKING = "coated", "lithium", "blocking"
WORDS: Mapping[str, Promise] = {
    COATED: gettext_lazy("a coated electrode"),
    LITHIUM: gettext_lazy("lithium"),
    BLOCKING: gettext_lazy("a blocking metal such as stainless steel"),
}


@dataclass(frozen=True)
class Pair:
    """What the two electrodes of a type of cell are, as it is usually wired."""

    negative: str
    positive: str

    def of(self, role: str) -> str:
        """Return what stands in a role."""
        return self.negative if role == Role.NEGATIVE else self.positive


PAIRS: Mapping[str, Pair] = {
    Cell.Type.SYMMETRIC_BLOCKING: Pair(BLOCKING, BLOCKING),
    Cell.Type.SYMMETRIC_LI: Pair(LITHIUM, LITHIUM),
    Cell.Type.LI_BLOCKING: Pair(LITHIUM, BLOCKING),
    Cell.Type.ANODE_HALF_CELL: Pair(LITHIUM, COATED),
    Cell.Type.CATHODE_HALF_CELL: Pair(LITHIUM, COATED),
    Cell.Type.FULL_CELL: Pair(COATED, COATED),
}
HALF_CELLS = (Cell.Type.ANODE_HALF_CELL, Cell.Type.CATHODE_HALF_CELL)
PLUNGERS = (Cell.Format.PEEK_DIE, Cell.Format.SWAGELOK, Cell.Format.OTHER)
"""Housings whose plungers are themselves blocking electrodes."""


def sort_of(electrode: Electrode) -> str:
    """Return whether an electrode is coated, lithium (also its alloys) or a blocking metal."""
    if electrode.metal is None:
        return COATED
    return LITHIUM if is_lithium(electrode.metal) else BLOCKING


def is_lithium(metal: Chemical) -> bool:
    """Whether a metal electrode is lithium or one of its alloys, by formula or name."""
    symbol = metal.formula or metal.short_name
    return bool(re.match(r"Li(?![a-z])", symbol)) or metal.name.lower().startswith("lithium")


def missing_electrodes(cell_type: str, housing: str, chosen: Mapping[str, Any]) -> dict[str, str]:
    """Return a sentence for each role that must be filled and is not.

    Coin and pouch cells need both electrodes; in a die the plungers may be the blocking ones.
    """
    pair = PAIRS.get(cell_type)
    if pair is None:
        return {}
    kind = Cell.Type(cell_type).label
    return {
        role: _("%(kind)s: the %(role)s electrode is missing; it is %(what)s.")
        % {"kind": str(kind).capitalize(), "role": Role(role).label, "what": WORDS[pair.of(role)]}
        for role in (Role.NEGATIVE.value, Role.POSITIVE.value)
        if not chosen.get(role) and not (pair.of(role) == BLOCKING and housing in PLUNGERS)
    }


def doubled_electrodes(chosen: Mapping[str, Electrode]) -> dict[str, str]:
    """Return a sentence for each role whose electrode has another role already."""
    seen: dict[Any, str] = {}
    doubled = {}
    for role, electrode in chosen.items():
        first = seen.setdefault(electrode.pk, role)
        if first != role:
            doubled[role] = _(
                "%(code)s is the %(first)s electrode already; one electrode cannot have two roles."
            ) % {"code": electrode.code, "first": Role(first).label}
    return doubled


def odd_electrodes(cell_type: str, chosen: Electrodes) -> list[str]:
    """Return a sentence for each electrode that is unusual in this type of cell.

    A half cell may be wired the other way round.
    """
    pair = PAIRS.get(cell_type)
    pairs = [] if pair is None else [pair]
    if cell_type in HALF_CELLS:
        pairs.append(Pair(COATED, LITHIUM))
    given = {role: electrode for role, electrode in chosen.items() if role != Role.REFERENCE.value}
    if not pairs or any(
        all(sort_of(electrode) == one.of(role) for role, electrode in given.items())
        for one in pairs
    ):
        return []
    return [
        _("%(code)s is %(found)s; the %(role)s electrode of this type of cell is %(usual)s.")
        % {
            "code": electrode.code,
            "found": WORDS[sort_of(electrode)],
            "role": Role(role).label,
            "usual": WORDS[pairs[0].of(role)],
        }
        for role, electrode in given.items()
        if sort_of(electrode) != pairs[0].of(role)
    ]


def basis_of(cell_type: str, chosen: Electrodes) -> str:
    """Return the role that specific values refer to: the working electrode, or the positive one.

    ANALYSES 11.3: Si in half cells, LFP in full and pouch cells; none in symmetric cells.
    """
    if cell_type == Cell.Type.FULL_CELL:
        return Cell.MassBasis.POSITIVE.value
    if cell_type not in HALF_CELLS:
        return ""
    working = [
        role
        for role, electrode in chosen.items()
        if role != Role.REFERENCE.value and sort_of(electrode) == COATED
    ]
    return working[0] if len(working) == 1 else ""
