"""Services that create, change and void records."""

from collections.abc import Callable, Iterator
from typing import TypeVar

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.utils import timezone

from labsite.access.codes import draw_code
from labsite.access.models import User
from labsite.access.records import Record, may_edit
from labsite.lib.models import Stamped

RecordT = TypeVar("RecordT", bound=Record)


Listener = Callable[[Record], None]

_listeners: list[Listener] = []


def when_changed(listener: Listener) -> None:
    """Call ``listener`` with every record that is changed or voided, in its transaction.

    Said once at start-up.
    """
    _listeners.append(listener)


def tell_changed(record: Record) -> None:
    """Tell the listeners of a changed record, or of a change in a row that is part of it."""
    for listener in _listeners:
        listener(record)


class EditConflictError(Exception):
    """Somebody else has changed the record since it was read."""


def check_may_edit(user: User, record: Record) -> None:
    """Raise PermissionDenied unless the person may change the record."""
    if not may_edit(user, record):
        raise PermissionDenied(f"{user} may not change {record._meta.verbose_name}s here.")


def check_in_use(*records: Record | None) -> None:
    """Raise ValidationError when one of the records is voided: nothing new is made from it."""
    for record in records:
        if record is not None and record.voided_at is not None:
            raise ValidationError(
                f"{record.code} is voided ({record.void_reason}); it cannot be used any more."
            )


def create_record(*, record: RecordT, by: User) -> RecordT:
    """Store a new record with the next code of its kind.

    Raises PermissionDenied, ValidationError, also when it is made from something voided.
    """
    check_may_edit(by, record)
    check_in_use(*_made_from(record))
    with transaction.atomic():
        record.code = draw_code(record.CODE_PREFIX)
        record.created_by = by
        record.full_clean()
        record.save(force_insert=True)
    return record


def _made_from(record: Record) -> Iterator[Record | None]:
    """Give the records that a record points to."""
    for field in record._meta.concrete_fields:
        if isinstance(field.related_model, type) and issubclass(field.related_model, Record):
            yield getattr(record, field.name, None)


def update_record(*, record: RecordT, by: User, expected_version: int) -> RecordT:
    """Store a changed record, if nobody else changed it since ``expected_version``.

    Raises PermissionDenied, ValidationError, EditConflictError.
    """
    stored = type(record)._default_manager.get(pk=record.pk)
    check_may_edit(by, stored)
    check_may_edit(by, record)
    if stored.voided_at is not None:
        raise ValidationError(f"{stored.code} is voided ({stored.void_reason}); it stays as it is.")
    with transaction.atomic():
        record.full_clean()
        raise_version(record=record, expected_version=expected_version)
        record.save(update_fields=_changeable(record))
        tell_changed(record)
    return record


def _changeable(record: Record) -> list[str]:
    """Return the fields that people change; those that a worker writes meanwhile are left alone."""
    fields = record._meta.concrete_fields
    return ["version", "updated_at", *(field.name for field in fields if field.editable)]


def raise_version(*, record: Stamped, expected_version: int) -> None:
    """Count the version up by one conditional UPDATE; raises EditConflictError."""
    manager: models.Manager[Stamped] = type(record)._default_manager
    counted = manager.filter(pk=record.pk, version=expected_version).update(
        version=expected_version + 1
    )
    if not counted:
        raise EditConflictError(
            f"{record} was changed by somebody else meanwhile; "
            "read it again and repeat your change."
        )
    record.version = expected_version + 1


def void_record(*, record: RecordT, by: User, reason: str) -> RecordT:
    """Take a record out of use, with a reason; everything made from it stays.

    Raises PermissionDenied, ValueError, EditConflictError when it is voided already.
    """
    check_may_edit(by, record)
    if not reason.strip():
        raise ValueError("Say why the record is voided.")
    if record.voided_at is not None:
        raise EditConflictError(f"{record.code} is voided already ({record.void_reason}).")
    with transaction.atomic():
        raise_version(record=record, expected_version=record.version)
        record.voided_at = timezone.now()
        record.voided_by = by
        record.void_reason = reason.strip()
        record.save(
            update_fields=["voided_at", "voided_by", "void_reason", "version", "updated_at"]
        )
        tell_changed(record)
    return record
