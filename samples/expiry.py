"""Expiry of the lots in a sample: in itself, and in all that it was made from."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from labsite.access.records import ProjectRecord
from labsite.access.viewers import Viewer
from samples.models import Coating, Consumption, Electrode, ElectrolyteBatch, Film, Lot, ProcessStep
from samples.models.steps import SUBJECTS

Sample = ElectrolyteBatch | Film | Coating | Electrode


@dataclass(frozen=True)
class LotUse:
    """A lot that went into a sample, when, and into which one."""

    lot: Lot
    used_at: datetime
    sample: ProjectRecord

    @property
    def used_on(self) -> date:
        """The day of the use in the lab's zone."""
        return timezone.localdate(self.used_at)

    @property
    def expired_when_used(self) -> bool:
        """Whether the use was after the last day that the lot was good."""
        return self.lot.expires_on is not None and self.used_on > self.lot.expires_on


def lots_in(samples: Iterable[Sample]) -> list[LotUse]:
    """Return every use of a lot in the samples, their batches and their coatings.

    One query for each generation of batches made from batches, however many samples there are.
    """
    made_from = _condition(samples)
    seen: set[UUID] = set()
    uses = []
    while made_from:
        edges = _edges(made_from)
        uses += [_use(edge) for edge in edges if edge.lot is not None]
        seen |= {edge.step.batch_id for edge in edges if edge.step.batch_id is not None}
        batches = {edge.batch_id for edge in edges if edge.batch_id is not None} - seen
        seen |= batches
        made_from = Q(step__batch__in=batches) if batches else Q()
    return uses


def _condition(samples: Iterable[Sample]) -> Q:
    """Return the condition that a use was in one of the samples, its batch or its coating."""
    sought: dict[str, set[UUID]] = {name: set() for name in SUBJECTS}
    for sample in samples:
        match sample:
            case ElectrolyteBatch():
                sought["batch"].add(sample.pk)
            case Film():
                sought["film"].add(sample.pk)
                sought["batch"].add(sample.batch_id)
            case Coating():
                sought["coating"].add(sample.pk)
            case Electrode():
                sought["electrode"].add(sample.pk)
                sought["coating"] |= {sample.coating_id} if sample.coating_id else set()
    condition = Q()
    for name, keys in sought.items():
        if keys:
            condition |= Q(**{f"step__{name}__in": keys})
    return condition


def _edges(condition: Q) -> list[Consumption]:
    done = Consumption.objects.filter(condition, step__performed_at__isnull=False)
    related = ("lot__chemical", *(f"step__{name}" for name in SUBJECTS))
    return list(done.select_related(*related))


def _use(edge: Consumption) -> Any:
    step: ProcessStep = edge.step
    sample = step.batch or step.film or step.coating or step.electrode
    return LotUse(edge.lot, step.performed_at, sample)  # type: ignore[arg-type]  # as filtered


@dataclass(frozen=True)
class ExpiryLine:
    """What a page says of one lot; ``tone`` as of states, "warning" when it was expired."""

    lot: SafeString | str
    chemical: str
    sample: SafeString | str
    tone: str
    words: str


def expiry_lines(viewer: Viewer, samples: Iterable[Sample]) -> list[ExpiryLine]:
    """Return a line for each lot with a date of expiry, those that were expired first."""
    last: dict[UUID, LotUse] = {}
    for use in lots_in(samples):
        known = last.get(use.lot.pk)
        if use.lot.expires_on is not None and (known is None or use.used_at > known.used_at):
            last[use.lot.pk] = use
    today = timezone.localdate()
    uses = sorted(last.values(), key=lambda use: (not use.expired_when_used, use.lot.expires_on))
    return [_line(viewer, use, today) for use in uses]


def _line(viewer: Viewer, use: LotUse, today: date) -> ExpiryLine:
    expiry = use.lot.expires_on
    words = {"expiry": expiry, "used": use.used_on}
    if use.expired_when_used:
        said = _("expired when used: good until %(expiry)s, used %(used)s") % words
    elif expiry is not None and expiry < today:
        said = _("expired %(expiry)s, after it was used") % words
    else:
        said = _("expires %(expiry)s") % words
    return ExpiryLine(
        lot=viewer.link(use.lot),
        chemical=str(use.lot.chemical),
        sample=viewer.link(use.sample),
        tone="warning" if use.expired_when_used else "quiet",
        words=said,
    )
