"""Which cells and electrodes the choices in forms can search."""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from cells.models import Cell, CellElectrode, CellEvent
from labsite.access.models import Project, User
from labsite.access.picking import offer, usable
from samples.models import Electrode, ElectrodeEvent

OVER = (CellEvent.Kind.ENDED, CellEvent.Kind.OPENED)
USABLE = ("pristine", "infiltrated", "harvested")
"""States from which an electrode can go into a cell."""


def offer_choices() -> None:
    """Offer cells and free electrodes; said once at start-up."""
    offer("cell", usable(Cell, "film__batch", "batch"), ("code", "aliases", "film__batch__code"))
    offer("untested-cell", untested_cells, ("code", "aliases", "film__batch__code"))
    searched = (
        "code", "aliases", "coating__code", "coating__active_material__short_name",
        "metal__short_name",
    )  # fmt: skip
    offer("free-electrode", free_electrodes, searched)


def free_electrodes(user: User) -> "QuerySet[Any]":
    """Return the electrodes that the person may use, in no cell and not used up."""
    taken = CellElectrode.objects.filter(electrode=OuterRef("pk"), removed_at__isnull=True)
    later = ElectrodeEvent.objects.filter(electrode=OuterRef("pk")).exclude(state="pristine")
    now = Subquery(later.order_by("-at", "-created_at").values("state")[:1])
    rows: QuerySet[Any] = Electrode.objects.filter(
        ~Exists(taken), project__in=Project.objects.editable_by(user), voided_at__isnull=True
    )
    free: QuerySet[Any] = rows.annotate(now=now).filter(Q(now__isnull=True) | Q(now__in=USABLE))
    return free.select_related("coating__active_material", "metal", "project")


def untested_cells(user: User) -> "QuerySet[Any]":
    """Return the cells that the person may put on a channel: not ended, opened or voided."""
    over = CellEvent.objects.filter(cell=OuterRef("pk"), kind__in=OVER)
    rows: QuerySet[Any] = Cell.objects.filter(
        ~Exists(over), project__in=Project.objects.editable_by(user), voided_at__isnull=True
    )
    return rows.select_related("film__batch", "batch")


def why_not_free(electrode: Electrode, user: User) -> str:
    """Say why an electrode that the person may read cannot go into a cell; empty if it can."""
    if electrode.voided_at is not None:
        return _("%(code)s is voided (%(why)s).") % {
            "code": electrode.code, "why": electrode.void_reason,
        }  # fmt: skip
    place = electrode.places.filter(removed_at=None).select_related("cell").first()
    if place is not None:
        visible = Cell.objects.visible_to(user).filter(pk=place.cell_id).exists()
        where = place.cell.code if visible else _("a cell of another project")
        return _("%(code)s is in %(cell)s.") % {"code": electrode.code, "cell": where}
    if not Project.objects.editable_by(user).filter(pk=electrode.project_id).exists():
        return _("You may read %(code)s, but not use it.") % {"code": electrode.code}
    if not free_electrodes(user).filter(pk=electrode.pk).exists():
        return _("%(code)s is used up.") % {"code": electrode.code}
    return ""
