"""Application configuration."""

from django.apps import AppConfig


class CellsConfig(AppConfig):
    """Cells."""

    name = "cells"
    verbose_name = "Cells"

    def ready(self) -> None:
        """Listen for cells that are voided, and for what cells follow; let cells be searched."""
        from cells.assembly import release_electrodes  # noqa: PLC0415
        from cells.choices import offer_choices  # noqa: PLC0415
        from cells.derived import follow  # noqa: PLC0415
        from labsite.access.recording import when_changed  # noqa: PLC0415

        when_changed(release_electrodes)
        when_changed(follow)
        offer_choices()
