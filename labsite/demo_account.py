"""The account of the demo lab: an open password on this machine only, a random one elsewhere."""

import secrets

from django.contrib.auth import get_user_model

DEMO_USER = "demo"
OPEN_PASSWORD = "demo"  # noqa: S105 - known to everybody, hence for this machine only
LOOPBACK = {"127.0.0.1", "::1", "localhost"}


def new_password(bind: str) -> str:
    """Return the demo user's first password for a site that listens on the given address."""
    return OPEN_PASSWORD if bind in LOOPBACK else secrets.token_urlsafe(9)


def has_open_password() -> bool:
    """Whether somebody could sign in with the password that everybody knows."""
    user = get_user_model().objects.filter(username=DEMO_USER, is_active=True).first()
    return user is not None and user.check_password(OPEN_PASSWORD)
