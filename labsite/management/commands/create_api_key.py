"""Makes an API key for a person or an instrument computer."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from labsite.access.models import ApiKey, User


class Command(BaseCommand):
    """Prints a new key once; only its hash is stored."""

    help = "Make an API key and print it; it cannot be shown again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Ask whose key it is."""
        parser.add_argument("--user", required=True, help="user name")
        parser.add_argument("--label", required=True, help="what the key is for")
        parser.add_argument("--expires-days", type=int, help="days until it expires; else never")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Make the key."""
        days = options["expires_days"]
        if days is not None and days < 1:
            raise CommandError(f"--expires-days: found {days}; expected 1 or more.")
        user = User.objects.filter(username=options["user"], is_active=True).first()
        if user is None:
            raise CommandError(f"There is no active user {options['user']}.")
        expiry = None if days is None else timedelta(days=days)
        _row, key = ApiKey.objects.create(user=user, label=options["label"], expiry=expiry)
        self.stdout.write(key)
