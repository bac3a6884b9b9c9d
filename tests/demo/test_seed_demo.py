"""The command that fills an empty lab."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings

from labsite.access.models import Project, User
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("bind", "is_open"), [("127.0.0.1", True), ("192.0.2.7", False)])
def test_the_command_says_what_it_made_and_who_may_sign_in(bind: str, is_open: bool) -> None:
    said = StringIO()
    with override_settings(BIND=bind):
        call_command("seed_demo", stdout=said)
    assert "12 cells" in said.getvalue()
    password = said.getvalue().split("password ")[1].strip()
    assert User.objects.get(username="demo").check_password(password)
    assert (password == "demo") == is_open


def test_a_lab_with_another_demo_user_is_left_alone() -> None:
    UserFactory(username="demo")
    with pytest.raises(CommandError, match="for an empty lab"):
        call_command("seed_demo")
    assert not Project.objects.exists()
