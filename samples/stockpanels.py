"""What surrounds a lot on its page: what it holds, its ledger, what it was used for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.safestring import SafeString

from labsite.access.viewers import Viewer, node
from labsite.lib.units import show_number
from samples.lotstates import TONES, states_of
from samples.models import Lot, StockEntry
from samples.panels import SHOWN, sample_of
from samples.steplines import amount

SAMPLES = ("batch", "film", "coating__active_material", "electrode__metal",
           "electrode__coating__active_material")  # fmt: skip
"""What the summary of a sample reads, by the step that was done to it."""


@dataclass(frozen=True)
class EntryLine:
    """One line of the ledger; the amounts in the unit of the lot."""

    at: datetime
    by: Any
    word: str
    sample: SafeString | str
    change: str
    remaining: str
    note: str


def lot_panels(record: Lot, viewer: Viewer) -> Mapping[str, object]:
    """Return a bottle's stock and ledger, and what it was used for."""
    edges = record.consumptions.select_related(*(f"step__{name}" for name in SAMPLES))
    states = states_of(record, timezone.localdate())
    return {
        "made_from": [node(viewer, record.chemical)],
        "made_into": [node(viewer, sample_of(edge.step), amount(edge)) for edge in edges[:SHOWN]],
        "more_states": [(TONES[one], one.label) for one in states[1:]],
        "ledger": [_line(viewer, entry) for entry in entries_of(record)[:SHOWN]],
    }


def entries_of(lot: Lot) -> "QuerySet[StockEntry]":
    """Return the ledger of a lot with all that its lines show, the last entry first."""
    steps = (f"consumption__step__{name}" for name in ("batch", "film", "coating", "electrode"))
    return lot.stock_entries.select_related("created_by", *steps).order_by("-created_at", "-pk")


def _line(viewer: Viewer, entry: StockEntry) -> EntryLine:
    edge = entry.consumption
    change = show_number(entry.change)
    return EntryLine(
        at=entry.at,
        by=entry.created_by,
        word=str(entry.get_kind_display()),
        sample=viewer.link(sample_of(edge.step)) if edge is not None else "",
        change=f"+{change}" if entry.change > 0 else change,
        remaining="" if entry.remaining is None else show_number(entry.remaining),
        note=entry.note,
    )
