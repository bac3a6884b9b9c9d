"""Administration of people, projects and keys."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from labsite.access.models import (
    ApiKey,
    CodeCounter,
    Membership,
    Project,
    RememberedAnswer,
    User,
)
from labsite.access.record_admin import ReadOnlyAdmin

admin.site.site_header = admin.site.site_title = "labsite"


class MembershipInline(admin.TabularInline[Membership, Project]):
    """Members of a project."""

    model = Membership
    fk_name = "project"
    fields = ("user", "role")
    autocomplete_fields = ("user",)
    extra = 0


@admin.register(User)
class PersonAdmin(UserAdmin):  # type: ignore[type-arg]  # not generic at run time
    """People and instrument computers; who leaves is made inactive, so that work keeps its name."""

    list_display = ("username", "first_name", "last_name", "email", "is_active", "is_staff")
    search_fields = ("username", "first_name", "last_name", "email", "orcid")
    date_hierarchy = "date_joined"
    fieldsets = (*(UserAdmin.fieldsets or ()), (_("Science"), {"fields": ("orcid",)}))

    def has_delete_permission(self, _request: HttpRequest, _obj: Any = None) -> bool:
        """Return False."""
        return False


@admin.register(Project)
class ProjectAdmin(admin.ModelAdmin[Project]):
    """Projects with their members."""

    list_display = ("name", "description", "created_by", "created_at")
    list_select_related = ("created_by",)
    search_fields = ("name", "description")
    date_hierarchy = "created_at"
    inlines = (MembershipInline,)
    readonly_fields = ("created_by", "created_at", "updated_at")

    def save_model(self, request: Any, obj: Project, form: Any, change: bool) -> None:
        """Sign a new project."""
        if not change:
            obj.created_by = request.user
        super().save_model(request, obj, form, change)

    def has_delete_permission(self, _request: HttpRequest, _obj: Any = None) -> bool:
        """Return False: records hang on projects."""
        return False


@admin.register(Membership)
class MembershipAdmin(admin.ModelAdmin[Membership]):
    """Who may do what where."""

    list_display = ("user", "project", "role", "created_at")
    list_filter = ("role", "project")
    list_select_related = ("user", "project")
    search_fields = ("user__username", "user__last_name", "project__name")
    autocomplete_fields = ("user", "project")
    date_hierarchy = "created_at"


@admin.register(ApiKey)
class ApiKeyAdmin(admin.ModelAdmin[ApiKey]):
    """Keys of programs: made by ``manage.py create_api_key``, revoked here by deleting them."""

    list_display = ("label", "user", "token_key", "created", "expiry")
    list_filter = (("expiry", admin.EmptyFieldListFilter),)
    list_select_related = ("user",)
    search_fields = ("label", "user__username", "token_key")
    date_hierarchy = "created"
    fields = ("label", "user", "token_key", "created", "expiry")
    readonly_fields = ("user", "token_key", "created")

    def has_add_permission(self, _request: HttpRequest) -> bool:
        """Return False: a key is shown once, by the command."""
        return False


@admin.register(CodeCounter)
class CodeCounterAdmin(ReadOnlyAdmin):
    """The last number of each kind of code."""

    list_display = ("prefix", "year", "last")
    list_filter = ("year",)
    search_fields = ("prefix",)


@admin.register(RememberedAnswer)
class RememberedAnswerAdmin(ReadOnlyAdmin):
    """Answers to requests with an Idempotency-Key."""

    list_display = ("key", "user", "path", "status", "created_at")
    list_filter = ("status",)
    list_select_related = ("user",)
    search_fields = ("key", "user__username", "path")
    date_hierarchy = "created_at"
