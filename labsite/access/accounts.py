"""How people get accounts."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class ClosedSignup(DefaultAccountAdapter):
    """Accounts are made by managers, nobody signs up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Return False."""
        return False
