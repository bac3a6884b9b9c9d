"""Fixtures of the whole suite."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from hypothesis import settings as hypothesis_settings

from labsite.access.models import Membership, Project, User
from tests.factories import MembershipFactory, ProjectFactory, UserFactory

ROOT = Path(__file__).parent.parent

hypothesis_settings.register_profile("labsite", deadline=None, derandomize=True, database=None)
hypothesis_settings.load_profile("labsite")


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real instrument files (LABSITE_DATA, default ../shared/data)."""
    folder = Path(os.environ.get("LABSITE_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no real instrument files at {folder} (set LABSITE_DATA)")
    return folder


@pytest.fixture
def project(db: None) -> Project:
    """The project that most records belong to."""
    return ProjectFactory(name="Elastic electrolyte")


@pytest.fixture
def user(project: Project) -> User:
    """A member of the project."""
    return MembershipFactory(project=project, role=Membership.Role.MEMBER).user


@pytest.fixture
def viewer(project: Project) -> User:
    """Somebody who may read the project."""
    return MembershipFactory(project=project, role=Membership.Role.VIEWER).user


@pytest.fixture
def manager(project: Project) -> User:
    """A manager of the project."""
    return MembershipFactory(project=project, role=Membership.Role.MANAGER).user


@pytest.fixture
def stranger(db: None) -> User:
    """Somebody who is a member of no project."""
    return UserFactory(username="stranger")


@pytest.fixture
def signed_in(client: Client, user: User) -> Client:
    """A browser in which the member is signed in."""
    client.force_login(user)
    return client


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: object) -> Iterator[None]:
    """Let a skip fail where everything is required (LABSITE_REQUIRE_ALL)."""
    report = yield
    if report.skipped and os.environ.get("LABSITE_REQUIRE_ALL") and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped although everything is required: {report.longrepr}"
    return report


def pytest_unconfigure() -> None:
    """Remove the data folder of this process."""
    shutil.rmtree(settings.DATA_DIR, ignore_errors=True)
