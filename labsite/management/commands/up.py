"""Run the whole site on this machine: broker, workers, schedule and web."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from labsite import demo_account, stack
from labsite.supervisor import StartError, Supervisor


class Command(BaseCommand):
    """Starts everything, waits for Ctrl-C, stops everything."""

    help = "Run the whole site on this machine until Ctrl-C."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument(
            "--no-demo", action="store_true", help="leave an empty lab empty (for a real one)"
        )

    def handle(self, *args: Any, no_demo: bool, **options: Any) -> None:
        """Hold the data folder, run, and leave no process behind."""
        try:
            with stack.alone():
                stack.check_port()
                supervisor = Supervisor(stack.services(), settings.DATA_DIR / "logs", self._say)
                supervisor.listen()
                try:
                    self._run(supervisor, fill=not no_demo)
                finally:
                    supervisor.stop()
        except (stack.CannotStartError, StartError) as error:
            raise CommandError(str(error)) from None

    def _run(self, supervisor: Supervisor, *, fill: bool) -> None:
        self._say(f"Preparing the lab in {settings.DATA_DIR} ...")
        if stack.lacks_migrations():
            call_command("migrate", verbosity=0, interactive=False)
        stack.collect_static()
        empty = not get_user_model().objects.exists()
        open_password = demo_account.has_open_password()
        connections.close_all()
        if open_password and settings.BIND not in demo_account.LOOPBACK:
            raise stack.CannotStartError(
                f"The demo user still has the password that everybody knows, and BIND="
                f"{settings.BIND} lets other machines in. Set another one first: "
                f"./lab.sh changepassword {demo_account.DEMO_USER}"
            )
        supervisor.start()
        if supervisor.stop_requests:
            return
        self._say(f"\nlabsite answers at  {stack.address()}")
        if open_password:
            self._say(f"Sign in as {demo_account.DEMO_USER}, password {demo_account.OPEN_PASSWORD}")
        self._say(f"Ctrl-C stops it. Logs are in {settings.DATA_DIR / 'logs'}.\n")
        if empty and fill:
            self._fill(supervisor)
        supervisor.watch()

    def _fill(self, supervisor: Supervisor) -> None:
        """Fill the empty lab beside the running site, whose worker analyses the demo's files."""
        self._say("The lab is empty: filling it with a demo ...")
        code = supervisor.run_beside([sys.executable, sys.argv[0], "seed_demo"])
        if code:
            raise CommandError(f"The demo lab could not be filled (seed_demo ended with {code}).")

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()
