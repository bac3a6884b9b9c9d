"""Fill an empty lab with a demo."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from labsite import demo_account
from labsite.access.models import User
from labsite.demo import lab
from labsite.demo.team import PROJECT


class Command(BaseCommand):
    """Makes the demo lab once; a second time it changes nothing."""

    help = "Fill the lab with a demo: batches, films, electrodes, cells and synthetic files."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument(
            "--wait",
            action="store_true",
            help="stay until all files are read and analysed, with or without workers",
        )

    def handle(self, *args: Any, wait: bool, **options: Any) -> None:
        """Make the lab unless it is there, and say what there is and who may sign in."""
        if lab.exists():
            self.stdout.write(f"The demo project “{PROJECT}” exists already; nothing was changed.")
        else:
            self._build()
        if wait:
            lab.work_until_done()
            self.stdout.write(lab.outcome())

    def _build(self) -> None:
        if User.objects.filter(username=demo_account.DEMO_USER).exists():
            raise CommandError(
                f"There is a user {demo_account.DEMO_USER} but no project “{PROJECT}”; "
                "the demo is for an empty lab."
            )
        password = demo_account.new_password(settings.BIND)
        lab.build(password)
        self.stdout.write(f"The demo project “{PROJECT}” has")
        for line in lab.inventory():
            self.stdout.write(f"  {line}")
        self.stdout.write(f"Sign in as {demo_account.DEMO_USER}, password {password}")
