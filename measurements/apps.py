"""Application configuration."""

from django.apps import AppConfig


class MeasurementsConfig(AppConfig):
    """Instruments, files and measurements."""

    name = "measurements"
    verbose_name = "Measurements"

    def ready(self) -> None:
        """Load every format, so that a broken one stops the start-up; listen for ended cells."""
        from labsite.access.recording import when_changed  # noqa: PLC0415
        from measurements.channelling import free_channel  # noqa: PLC0415
        from measurements.discovery import formats  # noqa: PLC0415

        formats()
        when_changed(free_channel)
