"""Stored bytes as answers."""

from django.core.files.storage import default_storage
from django.http import FileResponse
from drf_spectacular.types import OpenApiTypes

from measurements.models import Blob

BINARY = {(200, "application/octet-stream"): OpenApiTypes.BINARY}


def download(blob: Blob, name: str) -> FileResponse:
    """Return stored bytes under the name they came with."""
    return FileResponse(
        default_storage.open(str(blob.file)),
        as_attachment=True,
        filename=name,
        content_type="application/octet-stream",
    )
