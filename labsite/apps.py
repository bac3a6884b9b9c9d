"""The project itself: commands, templates tags and static files."""

from django.apps import AppConfig


class LabsiteConfig(AppConfig):
    """Imports the Celery application, so that tasks are sent through it."""

    name = "labsite"

    def ready(self) -> None:
        """Make the Celery application the current one."""
        import labsite.celery  # noqa: F401, PLC0415
