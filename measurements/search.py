"""Finding records by what stands on a label: code, old label or name."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from cells.models import Cell
from labsite.access.models import User
from labsite.access.records import ProjectRecord, Record
from labsite.lib.forms import Words
from measurements.models import Instrument, Measurement, Sensor
from samples.models import Chemical, Coating, Electrode, ElectrolyteBatch, Film, Lot, Template

NAMES: dict[type[Record], tuple[str, ...]] = {
    ElectrolyteBatch: ("composition",),
    Film: (),
    Coating: (),
    Electrode: (),
    Cell: (),
    Measurement: ("raw_files__original_name",),
    Chemical: ("name", "short_name", "cas_number"),
    Lot: ("lot_number", "supplier"),
    Instrument: ("name", "serial_number"),
    Sensor: ("name", "serial_number"),
    Template: ("name",),
}
"""Every kind of record with a code, and the fields that name it besides."""
RELATED: dict[type[Record], tuple[str, ...]] = {
    Film: ("batch",),
    Coating: ("active_material",),
    Electrode: ("coating__active_material", "metal"),
    Cell: ("film__batch", "batch"),
    Measurement: ("batch", "film", "coating", "electrode", "cell", "lot__chemical", "sensor"),
    Lot: ("chemical",),
}
"""What the summary of a record reads."""
AT_MOST = 20
"""Hits a kind."""
LONGEST = 200
"""Letters of a code or an old label."""


@dataclass(frozen=True)
class Hits:
    """Records of one kind that match."""

    kind: Words
    records: list[Record]
    more: bool


def record_by_code(code: str, user: User) -> Record | None:
    """Return the record with this code, or the only one with this old label, if one may see it."""
    wanted = code.replace("\0", "").strip()
    if len(wanted) > LONGEST:
        return None
    for model in NAMES:
        if wanted.upper().startswith(model.CODE_PREFIX + "-"):
            found: Record | None = _visible(model, user).filter(code__iexact=wanted).first()
            if found is not None:
                return found
    labelled = [record for model in NAMES for record in _with_alias(model, user, wanted)]
    return labelled[0] if len(labelled) == 1 else None


def records_by_code(codes: Iterable[str], user: User) -> list[Record]:
    """Return the records with these codes that one may see, in this order, each once."""
    wanted = list(dict.fromkeys(code.replace("\0", "").strip().upper() for code in codes))
    found: dict[str, Record] = {}
    for model in NAMES:
        mine = [code for code in wanted if code.startswith(model.CODE_PREFIX + "-")]
        if mine:
            found |= {row.code: row for row in _visible(model, user).filter(code__in=mine)}
    return [found[code] for code in wanted if code in found]


def search(text: str, user: User) -> Iterator[Hits]:
    """Give the records whose code, old labels or name hold every word, kind by kind."""
    for model, names in NAMES.items():
        condition = Q()
        for word in text.replace("\0", "").split():
            anywhere = Q()
            for field in ("code", "aliases", *names):
                anywhere |= Q(**{f"{field}__icontains": word})
            condition &= anywhere
        rows = list(_visible(model, user).filter(condition).distinct()[: AT_MOST + 1])
        if rows:
            yield Hits(model._meta.verbose_name_plural or "", rows[:AT_MOST], len(rows) > AT_MOST)


def recent_subjects(user: User) -> Iterator[tuple[str, str]]:
    """Give code and summary of what was logged last and can be measured, a few of each kind."""
    for model in (Cell, Film, ElectrolyteBatch, Electrode, Coating):
        for record in _visible(model, user).filter(voided_at__isnull=True)[:10]:
            yield record.code, record.summary


def _visible(model: type[Record], user: User) -> "QuerySet[Any]":
    rows: QuerySet[Any] = model.objects.visible_to(user)
    related = RELATED.get(model, ())
    if issubclass(model, ProjectRecord):
        related = (*related, "project")
    return rows.select_related(*related)


def _with_alias(model: type[Record], user: User, label: str) -> list[Record]:
    if not label:
        return []
    rows = _visible(model, user).filter(aliases__icontains=label)
    wanted = label.casefold()
    return [
        row for row in rows if wanted in {one.strip().casefold() for one in row.aliases.split(",")}
    ]
