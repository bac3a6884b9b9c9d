"""Application configuration."""

from django.apps import AppConfig


class MeasurementsConfig(AppConfig):
    """Instruments, files and measurements."""

    name = "measurements"
    verbose_name = "Measurements"

    def ready(self) -> None:
        """Load every format, so that a broken one stops the start-up."""
        from measurements.discovery import formats  # noqa: PLC0415

        formats()
