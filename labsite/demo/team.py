"""Who works in the demo lab, and its calendar."""

import zoneinfo
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.conf import settings
from django.utils import timezone

from labsite.access.models import Membership, Project, User
from labsite.demo_account import DEMO_USER

PROJECT = "Elastic electrolyte"
PROJECT_DESCRIPTION = (
    "Demo: elastic electrolyte (AM-DMAM network in NMA:LiFSI) for micron-silicon cells that keep "
    "their own pressure, after Pan et al. 2024, doi 10.1038/s41467-024-46472-9. "
    "All files of this project are synthetic and no evidence for the paper."
)


@dataclass(frozen=True)
class Team:
    """The project and its people."""

    project: Project
    manager: User
    member: User
    viewer: User


def hire(password: str) -> Team:
    """Store the project, the demo user who manages it, a member and a viewer without password."""
    manager = User.objects.create_user(DEMO_USER, password=password, first_name="Demo")
    member = User.objects.create_user("mei", first_name="Mei", last_name="Lin")
    viewer = User.objects.create_user("jonas", first_name="Jonas", last_name="Keller")
    project = Project.objects.create(
        name=PROJECT, description=PROJECT_DESCRIPTION, created_by=manager
    )
    roles = {
        manager: Membership.Role.MANAGER,
        member: Membership.Role.MEMBER,
        viewer: Membership.Role.VIEWER,
    }
    for user, role in roles.items():
        Membership.objects.create(project=project, user=user, role=role, created_by=manager)
    return Team(project=project, manager=manager, member=member, viewer=viewer)


def days_ago(days: int, hour: int = 10) -> datetime:
    """Return a full hour of a day before today, in the lab's zone."""
    zone = zoneinfo.ZoneInfo(settings.LAB_TIME_ZONE)
    day = timezone.localdate(timezone=zone) - timedelta(days=days)
    return datetime.combine(day, time(hour), tzinfo=zone)
