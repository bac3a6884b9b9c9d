"""The administration of records: saved by the services, scoped by the person, never deleted."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from simple_history.admin import SimpleHistoryAdmin

from labsite.access.recording import (
    EditConflictError,
    create_record,
    tell_changed,
    update_record,
)
from labsite.access.records import Record, may_edit
from labsite.access.scope import about_readable

STAMPS = ("code", "version", "created_by", "created_at", "updated_at")
VOIDING = ("voided_at", "voided_by", "void_reason")
VOIDED = ("voided_at", admin.EmptyFieldListFilter)


class RecordAdminForm(forms.ModelForm[Any]):
    """Remembers the version that its reader saw."""

    seen_version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Start with the version that is stored."""
        super().__init__(*args, **kwargs)
        self.initial["seen_version"] = self.instance.version

    def clean_seen_version(self) -> int:
        """Refuse a form that somebody else's change has overtaken."""
        seen: int = self.cleaned_data["seen_version"] or 1
        if not self.instance._state.adding and seen != self.instance.version:
            raise ValidationError("Somebody else has changed this record; load it again.")
        return seen


class RecordAdmin(SimpleHistoryAdmin):  # type: ignore[misc]  # untyped library
    """Records with a code."""

    form = RecordAdminForm
    readonly_fields = (*STAMPS, *VOIDING)
    list_display: tuple[str, ...] = ("code", "summary", "created_by", "created_at", "voided_at")
    list_filter: tuple[Any, ...] = (VOIDED,)
    list_select_related: tuple[str, ...] = ("created_by",)
    search_fields: tuple[str, ...] = ("code", "aliases", "notes")
    date_hierarchy = "created_at"
    ordering = ("-created_at",)
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Any]":
        """Return the records that the person may read."""
        rows: QuerySet[Any] = self.model.objects.visible_to(request.user)
        return rows.order_by(*self.ordering)

    def get_autocomplete_fields(self, _request: HttpRequest) -> list[str]:
        """Search for records instead of listing them all."""
        fields = self.model._meta.concrete_fields
        return [field.name for field in fields if field.is_relation and field.editable]

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return whether the person may read the record, which also its history asks."""
        allowed: bool = super().has_view_permission(request, obj)
        return allowed and (obj is None or self.get_queryset(request).filter(pk=obj.pk).exists())

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return whether the person may change the record; one that is voided stays as it is."""
        allowed: bool = super().has_change_permission(request, obj)
        user: Any = request.user
        return allowed and (obj is None or (obj.voided_at is None and may_edit(user, obj)))

    def has_delete_permission(self, _request: HttpRequest, _obj: Any = None) -> bool:
        """Return False: records are voided, on their page or through the API."""
        return False

    def save_model(self, request: Any, obj: Any, form: Any, change: bool) -> None:
        """Store through the services."""
        if not change:
            self.create(obj, request.user)
            return
        seen = form.cleaned_data["seen_version"]
        try:
            update_record(record=obj, by=request.user, expected_version=seen)
        except EditConflictError as error:
            messages.error(request, str(error))

    def create(self, record: Any, by: Any) -> Record:
        """Store a new record; kinds that need more than a row override this."""
        stored: Record = create_record(record=record, by=by)
        return stored

    def save_formset(self, request: Any, form: Any, formset: Any, change: bool) -> None:
        """Sign new rows that belong to the record."""
        for row in formset.save(commit=False):
            row.created_by = row.created_by or request.user
            row.save()
        for row in formset.deleted_objects:
            row.delete()
        tell_changed(form.instance)


class ProjectRecordAdmin(RecordAdmin):
    """Records that belong to a project."""

    list_display: tuple[str, ...] = (
        "code",
        "project",
        "summary",
        "created_by",
        "created_at",
        "voided_at",
    )
    list_filter: tuple[Any, ...] = ("project", VOIDED)
    list_select_related: tuple[str, ...] = ("project", "created_by")


class ReadOnlyAdmin(admin.ModelAdmin[Any]):
    """Rows that only programs and services write."""

    PATHS: ClassVar[tuple[str, ...]] = ()
    """Ways to the project whose members may read a row; without one all staff may."""
    LAB_WIDE: ClassVar[tuple[str, ...]] = ()
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Any]":
        """Return the rows that the person may read."""
        user: Any = request.user
        return super().get_queryset(request).filter(about_readable(user, self.PATHS, self.LAB_WIDE))

    def has_add_permission(self, _request: HttpRequest, _obj: Any = None) -> bool:
        """Return False."""
        return False

    def has_change_permission(self, _request: HttpRequest, _obj: Any = None) -> bool:
        """Return False."""
        return False

    def has_delete_permission(self, _request: HttpRequest, _obj: Any = None) -> bool:
        """Return False."""
        return False


class ReadOnlyInline(admin.TabularInline[Any, Model]):
    """Rows of another row, for reading."""

    extra = 0
    can_delete = False
    show_change_link = True

    def has_add_permission(self, _request: HttpRequest, _obj: Any = None) -> bool:
        """Return False."""
        return False

    def has_change_permission(self, _request: HttpRequest, _obj: Any = None) -> bool:
        """Return False."""
        return False
