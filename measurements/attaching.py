"""Service that keeps photos, protocols and other files beside a record."""

from django.core.files.base import File
from django.db import transaction

from labsite.access.models import User
from labsite.access.recording import check_may_edit
from labsite.access.records import Record
from measurements.intake import hash_file, store_blob
from measurements.models import Attachment
from measurements.models.files import ATTACHED_TO


def attach_file(
    *, file: "File[bytes]", name: str, record: Record, by: User, title: str = ""
) -> Attachment:
    """Store a file that belongs to a record; raises PermissionDenied, ValidationError."""
    check_may_edit(by, record)
    blob = store_blob(file, *hash_file(file, name))
    attachment = Attachment(
        blob=blob,
        original_name=name[-255:],
        title=title,
        created_by=by,
        **{_field_of(record): record},
    )
    with transaction.atomic():
        attachment.full_clean()
        attachment.save(force_insert=True)
    return attachment


def _field_of(record: Record) -> str:
    fields = {Attachment._meta.get_field(name).related_model: name for name in ATTACHED_TO}
    return fields[type(record)]
