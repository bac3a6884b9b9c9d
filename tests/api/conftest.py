"""Clients of the API."""

from collections.abc import Callable

import pytest
from rest_framework.test import APIClient

from labsite.access.models import User


@pytest.fixture
def as_person(db: None) -> Callable[[User], APIClient]:
    """Make a client that speaks for a person."""

    def client(person: User) -> APIClient:
        made = APIClient()
        made.force_authenticate(person)
        return made

    return client


@pytest.fixture
def api(as_person: Callable[[User], APIClient], user: User) -> APIClient:
    """A client of a member of the project."""
    return as_person(user)


@pytest.fixture
def manage(as_person: Callable[[User], APIClient], manager: User) -> APIClient:
    """A client of a manager of the project."""
    return as_person(manager)
