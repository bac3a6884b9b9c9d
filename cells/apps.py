"""Application configuration."""

from django.apps import AppConfig


class CellsConfig(AppConfig):
    """Cells."""

    name = "cells"
    verbose_name = "Cells"

    def ready(self) -> None:
        """Listen for cells that are voided."""
        from cells.assembly import release_electrodes  # noqa: PLC0415
        from labsite.access.recording import when_changed  # noqa: PLC0415

        when_changed(release_electrodes)
