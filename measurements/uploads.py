"""What programs say about a file: references and words become records."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Q
from rest_framework.exceptions import ValidationError

from labsite.access.models import Project, User
from labsite.access.records import Record
from labsite.access.references import find, named
from measurements.intake import SUBJECT_MODELS, Context
from measurements.models import SUBJECTS, Channel, Instrument, Measurement


def subject_of(sent: Mapping[str, Any], user: User) -> Record:
    """Return the one record that the file is about; raises NotFound."""
    name = next((name for name in SUBJECTS if name in sent), None)
    if name is None:
        named = _named(sent, "revision_of", user) or _named(sent, "continues", user)
        return named.subject  # type: ignore[union-attr]  # the form wants one of them
    model: Any = SUBJECT_MODELS[name]
    record: Record = find(model, sent[name], user)
    return record


def context_of(sent: Mapping[str, Any], user: User) -> Context:
    """Return what the sender says about the file; raises ValidationError."""
    instrument = _instrument(sent["instrument"]) if "instrument" in sent else None
    return Context(
        kind=sent.get("kind", ""),
        instrument=instrument,
        channel=_channel(instrument, sent["channel"]) if instrument and "channel" in sent else None,
        performed_at=sent.get("performed_at"),
        conditions=sent.get("conditions"),
        project=_project(sent["project"], user) if "project" in sent else None,
        revision_of=_named(sent, "revision_of", user),
        continues=_named(sent, "continues", user),
    )


def _named(sent: Mapping[str, Any], field: str, user: User) -> Measurement | None:
    """Return the measurement that a field names, if it is sent; raises NotFound."""
    if field not in sent:
        return None
    found: Measurement = find(Measurement, sent[field], user)
    return found


def _instrument(reference: str) -> Instrument:
    """Return the instrument in use with this code, UUID or name."""
    rows = Instrument.objects.filter(voided_at=None)
    found = list(rows.filter(named(reference) | Q(name=reference.strip()))[:2])
    if not found:
        raise ValidationError({"instrument": "There is no such instrument."})
    if len(found) > 1:
        raise ValidationError(
            {"instrument": "Several instruments are called this; send the code of one."}
        )
    return found[0]


def _channel(instrument: Instrument, name: str) -> Channel:
    channels = {channel.name: channel for channel in instrument.channels.all()}
    if name not in channels:
        known = ", ".join(sorted(channels)) or "none"
        raise ValidationError({"channel": f"{instrument.code} has the channels: {known}."})
    return channels[name]


def _project(reference: str, user: User) -> Project:
    project = Project.objects.visible_to(user).filter(named(reference, "name")).first()
    if project is None:
        raise ValidationError({"project": "You are in no such project."})
    return project
