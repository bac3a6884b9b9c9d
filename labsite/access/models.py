"""Users, projects, memberships, API keys, code counters and remembered API answers."""

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from knox.models import AbstractAuthToken

from labsite.lib.identity import uuid7
from labsite.lib.models import Stamped


class User(AbstractUser):
    """A person of the lab, or an instrument computer."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    orcid = models.CharField(_("ORCID iD"), max_length=19, blank=True)

    class Meta(AbstractUser.Meta):
        ordering = ["username"]

    def __str__(self) -> str:
        return self.get_full_name() or self.username


class ProjectQuerySet(models.QuerySet["Project"]):
    """Projects as seen by a person."""

    def visible_to(self, user: User) -> "ProjectQuerySet":
        """Keep the projects that the person is a member of."""
        if user.is_superuser:
            return self.all()
        return self.filter(memberships__user=user)

    def editable_by(self, user: User) -> "ProjectQuerySet":
        """Keep the projects in which the person may log work."""
        if user.is_superuser:
            return self.all()
        return self.filter(
            memberships__user=user,
            memberships__role__in=[Membership.Role.MEMBER, Membership.Role.MANAGER],
        )


class Project(Stamped):
    """A piece of research with its members; owns batches, films, cells and so on."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    description = models.TextField(_("description"), blank=True)
    members: "models.ManyToManyField[User, Membership]" = models.ManyToManyField(
        settings.AUTH_USER_MODEL,
        through="Membership",
        through_fields=("project", "user"),
        related_name="projects",
    )

    objects = ProjectQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Membership(Stamped):
    """What a person may do in a project."""

    class Role(models.TextChoices):
        """Rising rights."""

        VIEWER = "viewer", _("viewer: reads")
        MEMBER = "member", _("member: reads and logs")
        MANAGER = "manager", _("manager: also lab-wide records and members")

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships"
    )
    role = models.CharField(_("role"), max_length=8, choices=Role, default=Role.MEMBER)

    class Meta:
        ordering = ["project", "user"]
        constraints = [
            models.UniqueConstraint(
                name="access_membership_once_per_project", fields=["project", "user"]
            ),
            models.CheckConstraint(
                name="access_membership_role_known",
                condition=Q(role__in=["viewer", "member", "manager"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} in {self.project}: {self.role}"


class ApiKey(AbstractAuthToken):
    """A key for programs; only its hash is stored."""

    label = models.CharField(_("label"), max_length=120, blank=True)

    class Meta:
        ordering = ["-created"]

    def __str__(self) -> str:
        return f"{self.label or self.token_key} of {self.user}"


class CodeCounter(models.Model):
    """The last number drawn for a kind of record in a year."""

    prefix = models.CharField(max_length=4)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["prefix", "year"]
        constraints = [
            models.UniqueConstraint(
                name="access_codecounter_one_per_year", fields=["prefix", "year"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.prefix}-{self.year}: {self.last}"


class RememberedAnswer(models.Model):
    """The answer to a POST with an Idempotency-Key, to be given again when it comes again."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="remembered_answers"
    )
    key = models.CharField(max_length=200)
    path = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    body = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                name="access_rememberedanswer_once_per_key", fields=["user", "key"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key}: {self.status}"
