"""What stands beside the form of a cell: N/P, areas, masses, currents, and fitting electrodes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from cells.balance import Balance, Half, balance, former_places, half, is_prelithiated
from cells.derived import fill_in, take_over
from cells.models import Cell
from cells.proposals import Proposal, Wish, proposals
from cells.rates import rates_of
from cells.roles import Electrodes, Role, odd_electrodes
from labsite.access.models import User
from labsite.access.viewers import Viewer
from samples.recipes import Flag

PAIR = (Role.NEGATIVE.value, Role.POSITIVE.value)


@dataclass(frozen=True)
class Chosen:
    """An electrode in its role, with the cells it was in before."""

    role: str
    half: Half
    former: list[Any]


@dataclass(frozen=True)
class Offer:
    """Electrodes that fit a role in which none is chosen yet."""

    role: str
    title: str
    proposals: list[Proposal]


def beside(cell: Cell, chosen: Electrodes, user: User, *, is_new: bool) -> Mapping[str, Any]:
    """Return what the panel shows of a cell that is not stored yet, or stays as it is.

    Electrodes of projects that the person may not read count for the cell, but are not shown.
    """
    if cell.cell_type and is_new:
        fill_in(cell, chosen)
    elif cell.cell_type:
        take_over(cell, chosen)
    viewer = Viewer(user)
    chosen = {role: electrode for role, electrode in chosen.items() if viewer.sees(electrode)}
    compared = compare(cell, chosen)
    wish = Wish(cell.cell_type, chosen, cell.np_basis, cell.project_id)
    return {
        "cell": cell,
        "is_full": cell.cell_type == Cell.Type.FULL_CELL,
        "balance": compared,
        "basis_words": _words(compared.basis) if compared else "",
        "others": list(other_bases(cell, chosen)),
        "chosen": sides_of(cell, chosen, viewer),
        "offers": list(_offers(wish, user)) if is_new else [],
        "odd": odd_electrodes(cell.cell_type, chosen),
        "flags": flags_of(compared),
        "gaps": [*(compared.gaps if compared else ()), *_gaps(cell, chosen)],
        "rates": rates_of(cell),
    }


def compare(cell: Cell, chosen: Electrodes) -> Balance | None:
    """Return the two electrodes of a full cell compared, if both are there."""
    negative, positive = (chosen.get(role) for role in PAIR)
    if cell.cell_type != Cell.Type.FULL_CELL or negative is None or positive is None:
        return None
    if negative.pk == positive.pk:
        return None
    return balance(
        negative, positive, cell.np_basis, prelithiated=is_prelithiated(negative, cell.assembled_at)
    )


def other_bases(cell: Cell, chosen: Electrodes) -> Iterator[tuple[str, Any]]:
    """Give N/P on the bases that are not the cell's, as far as the capacities are known."""
    own = compare(cell, chosen)
    if own is None:
        return
    for basis in Cell.CapacityBasis.values:
        ratio = balance(own.negative.electrode, own.positive.electrode, str(basis)).ratio
        if basis != own.basis and ratio is not None:
            yield _words(str(basis)), ratio.value


def sides_of(cell: Cell, chosen: Electrodes, viewer: Viewer) -> list[Chosen]:
    """Return the electrodes by role, with their areal capacities on the cell's basis."""
    compared = compare(cell, chosen)
    basis = compared.basis if compared else cell.np_basis or Cell.CapacityBasis.REVERSIBLE.value
    return [
        Chosen(
            role=str(Role(role).label),
            half=half(electrode, basis),
            former=[
                viewer.link(place.cell)
                for place in former_places(electrode, cell.assembled_at)
                if place.cell_id != cell.pk
            ],
        )
        for role, electrode in chosen.items()
    ]


def flags_of(compared: Balance | None) -> list[Flag]:
    """Return what should be known about an N/P."""
    if compared is None:
        return []
    if compared.ratio is not None:
        return list(compared.ratio.flags)
    return []


def _words(basis: str) -> str:
    return str(Cell.CapacityBasis(basis).label)


def _offers(wish: Wish, user: User) -> Iterator[Offer]:
    if not wish.cell_type:
        return
    for role in PAIR:
        if role in wish.chosen:
            continue
        title = _("Fits as the %(role)s electrode") % {"role": Role(role).label}
        yield Offer(role, title, proposals(wish, role, user))


def _gaps(cell: Cell, chosen: Electrodes) -> Iterator[str]:
    """Say what is missing for area, specific values and C-rates."""
    basis = chosen.get(cell.mass_basis)
    if chosen and cell.area_cm2 is None:
        yield _("The area is not known: enter the sizes of the electrodes, or the area here.")
    if cell.mass_basis and basis is not None and cell.active_mass_mg is None:
        yield _("No active mass: weigh %(code)s, or enter the mass here.") % {"code": basis.code}
    if cell.mass_basis and basis is not None and cell.one_c_ma_g is None:
        yield _("1C of %(name)s is not known: enter it here or in its record.") % {
            "name": basis.material
        }
