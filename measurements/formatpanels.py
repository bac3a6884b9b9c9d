"""The page of a format of the lab: its mapping in words, what was read by it, its history."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext_lazy as _

from labsite.access.facts import Change, Revision, facts, history_of, label_of
from labsite.access.viewers import Viewer
from labsite.lib.forms import Groups
from measurements.labformats import read_by
from measurements.mappings.document import MappingError, from_json
from measurements.mappings.words import column_words, layout_words
from measurements.models import LabFormat, Measurement

SHOWN = 20
"""Measurements on the page."""

FACTS: Groups = ((_("Format"), ("name",)), (_("Labels and notes"), ("aliases", "notes")))


def format_panels(saved: Any, viewer: Viewer) -> Mapping[str, object]:
    """Return what the page of a format of the lab shows besides the record."""
    measurements = read_by(saved)
    return {
        **_words(saved),
        "facts": list(facts(saved, FACTS, viewer)),
        "history": list(_history(saved, viewer)),
        "kind_label": dict(Measurement.Kind.choices).get(saved.kind, saved.kind),
        "used": measurements.count(),
        "latest": measurements.visible_to(viewer.user).order_by("-created_at")[:SHOWN],
        "document": json.dumps(saved.mapping, indent=2, ensure_ascii=False),
    }


def _words(saved: LabFormat) -> dict[str, object]:
    try:
        mapping = saved.parsed
    except MappingError as error:
        return {"broken": str(error)}
    return {
        "layout": layout_words(mapping),
        "columns": [(one.heading, column_words(one)) for one in mapping.columns],
    }


def _history(saved: LabFormat, viewer: Viewer) -> Iterator[Revision]:
    """Give the history, changes of the mapping in words."""
    label, _unit = label_of(LabFormat._meta.get_field("mapping"))
    rows = {row.history_date: row for row in saved.history.all()}
    for revision in history_of(saved, viewer):
        new = rows[revision.at]
        changes = [
            _told(change, new.prev_record.mapping, new.mapping) if change.label == label else change
            for change in revision.changes
        ]
        yield replace(revision, changes=changes)


def _told(change: Change, old: object, new: object) -> Change:
    was, now = _lines(old), _lines(new)
    return replace(
        change,
        before=" ".join(line for line in was if line not in now) or "–",
        after=" ".join(line for line in now if line not in was) or "–",
    )


def _lines(document: object) -> list[str]:
    try:
        mapping = from_json(document)
    except MappingError as error:
        return [str(error)]
    return [
        f"{mapping.kind}.",
        *layout_words(mapping),
        *(f"{one.heading}: {column_words(one)}." for one in mapping.columns),
    ]
