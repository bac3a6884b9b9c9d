"""What every template knows."""

from django.conf import settings
from django.http import HttpRequest

from labsite import __version__


def site(request: HttpRequest) -> dict[str, object]:
    """Return the version and the lab's time zone."""
    return {"labsite_version": __version__, "lab_time_zone": settings.LAB_TIME_ZONE}
