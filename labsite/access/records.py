"""Bases of the records that people log: with code, owner, history and voiding."""

from typing import ClassVar, Self, TypeVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from labsite.access.models import Membership, Project, User
from labsite.lib.models import Stamped

ModelT = TypeVar("ModelT", bound=models.Model, covariant=True)


class RecordQuerySet(models.QuerySet[ModelT]):
    """Records as seen by a person."""

    def visible_to(self, user: User) -> Self:
        """Keep what the person may read."""
        path: str = getattr(self.model, "PROJECT_PATH", "")
        if user.is_superuser or not path:
            return self.all()
        return self.filter(**{f"{path}__in": Project.objects.visible_to(user)})

    def valid(self) -> Self:
        """Leave out what was voided."""
        return self.filter(voided_at__isnull=True)


class Record(Stamped):
    """Something with a human code that is never deleted, only voided with a reason."""

    CODE_PREFIX: ClassVar[str]
    PROJECT_PATH: ClassVar[str] = ""

    code = models.CharField(_("code"), max_length=20, unique=True, editable=False)
    aliases = models.CharField(
        _("old labels"), max_length=200, blank=True, help_text=_("Separated by commas.")
    )
    notes = models.TextField(_("notes"), blank=True)
    voided_at = models.DateTimeField(null=True, blank=True, editable=False)
    voided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
    )
    void_reason = models.CharField(max_length=200, blank=True, editable=False)

    objects = RecordQuerySet.as_manager()
    history = HistoricalRecords(inherit=True)

    class Meta:
        abstract = True
        ordering = ["-created_at", "-code"]
        constraints = [
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_void_says_why",
                condition=Q(voided_at__isnull=True, void_reason="")
                | (Q(voided_at__isnull=False) & ~Q(void_reason="")),
            ),
            models.CheckConstraint(name="%(app_label)s_%(class)s_has_code", condition=~Q(code="")),
        ]

    def __str__(self) -> str:
        return self.code


class LabRecord(Record):
    """A record of the whole lab: read by everybody, written by managers."""

    class Meta(Record.Meta):
        abstract = True


class SharedRecord(Record):
    """A record of the whole lab that every member may add; its author and managers change it."""

    class Meta(Record.Meta):
        abstract = True


class ProjectRecord(Record):
    """A record that belongs to a project."""

    PROJECT_PATH = "project"

    project = models.ForeignKey(
        Project, on_delete=models.PROTECT, related_name="%(class)ss", verbose_name=_("project")
    )

    class Meta(Record.Meta):
        abstract = True


def may_edit(user: User, record: Record) -> bool:
    """Whether the person may change the record."""
    if user.is_superuser:
        return True
    if isinstance(record, ProjectRecord):
        return Project.objects.editable_by(user).filter(pk=record.project_id).exists()
    return may_edit_lab(user) or _is_own(user, record)


def _is_own(user: User, record: Record) -> bool:
    """Whether the person, who logs somewhere, adds the shared record or has added it."""
    own = record._state.adding or record.created_by_id == user.pk
    return isinstance(record, SharedRecord) and own and Project.objects.editable_by(user).exists()


def may_edit_lab(user: User) -> bool:
    """Whether the person may change lab-wide records: managers of any project."""
    return user.is_superuser or user.memberships.filter(role=Membership.Role.MANAGER).exists()
