"""Small middleware: content security policy and the lab's time zone."""

import zoneinfo
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

Handler = Callable[[HttpRequest], HttpResponse]

POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; "
    "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)
"""Nothing from elsewhere; inline styles because Plotly sets them, inline scripts never."""


def content_security_policy(get_response: Handler) -> Handler:
    """Send the content security policy with every answer."""

    def handle(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        return response

    return handle


def lab_time_zone(get_response: Handler) -> Handler:
    """Show times in the lab's zone."""
    zone = zoneinfo.ZoneInfo(settings.LAB_TIME_ZONE)

    def handle(request: HttpRequest) -> HttpResponse:
        with timezone.override(zone):
            return get_response(request)

    return handle
