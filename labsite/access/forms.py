"""Forms and filters of records: choices limited to what the person may see, saved by services."""

from typing import Any, ClassVar

import django_filters
from django import forms
from django.db import models
from django.db.models import Q, QuerySet
from django.forms import model_to_dict
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from labsite.access.models import Project, User
from labsite.access.picking import RecordChoiceField
from labsite.access.recording import create_record, update_record
from labsite.access.records import Record
from labsite.lib.forms import GroupedForm, field_for


def record_field_for(field: models.Field[Any, Any], **options: Any) -> forms.Field | None:
    """Return the form field of a record's field; used as ``Meta.formfield_callback``."""
    related: Any = field.related_model
    if isinstance(field, models.ForeignKey) and issubclass(related, Record):
        options["form_class"] = RecordChoiceField
    return field_for(field, **options)


class RecordForm(GroupedForm):
    """The form of a record: scoped by the person, guarded by the version."""

    RELATED: ClassVar[dict[str, tuple[str, ...]]] = {}
    """What the labels of a choice read, by field: joined at once."""
    CARRIED: ClassVar[tuple[str, ...]] = ()
    """Fields that a new form takes over from the person's last record."""

    NOT_COPIED: ClassVar[tuple[str, ...]] = ("aliases", "notes", "made_at")
    """Fields that a duplicate does not take over."""

    PANEL: ClassVar[str] = ""
    """Template of what stands beside the form and follows every keystroke; empty for none."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        """Limit the choices to what the person may use."""
        super().__init__(*args, **kwargs)
        self.user = user
        self.is_new = self.instance._state.adding
        if self.is_new:
            del self.fields["version"]
        else:
            self.fields["version"].required = True
            self.initial["version"] = self.instance.version
        for name, field in self.fields.items():
            if isinstance(field, forms.ModelChoiceField) and field.queryset is not None:
                field.queryset = self._choices(name, field.queryset)
        self._choose_only_project()

    def _choices(self, name: str, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        model = queryset.model
        if model is Project:
            return Project.objects.editable_by(self.user)
        if model is User:
            return queryset.filter(is_active=True)
        if not issubclass(model, Record):
            return queryset
        kept = Q(voided_at__isnull=True) | Q(pk=getattr(self.instance, f"{name}_id", None))
        scoped = model.objects.visible_to(self.user).filter(kept, pk__in=queryset.values("pk"))
        return scoped.select_related(*self.RELATED.get(name, ()))

    def _choose_only_project(self) -> None:
        field = self.fields.get("project")
        if not isinstance(field, forms.ModelChoiceField) or self.initial.get("project"):
            return
        projects = list(field.queryset[:2]) if field.queryset is not None else []
        if len(projects) == 1:
            self.initial["project"] = projects[0].pk

    @classmethod
    def copied(cls, source: Record) -> dict[str, Any]:
        """Return what a form for a duplicate starts with."""
        return model_to_dict(source, fields=cls._meta.fields, exclude=cls.NOT_COPIED)

    def panel_context(self) -> dict[str, Any]:
        """Return what the panel shows; the form is bound, valid fields are in ``cleaned_data``."""
        return {}

    def store(self) -> Record:
        """Save through the services.

        Raises PermissionDenied, ValidationError, EditConflictError.
        """
        record: Record = self.save(commit=False)
        if self.is_new:
            return self.create(record)
        version = self.cleaned_data["version"]
        return update_record(record=record, by=self.user, expected_version=version)

    def create(self, record: Any) -> Record:
        """Store a new record; kinds that need more than a row override this."""
        stored: Record = create_record(record=record, by=self.user)
        return stored


class RecordFilter(django_filters.ModelChoiceFilter):  # type: ignore[misc]  # untyped library
    """A choice among the records that a person may read."""

    field_class = RecordChoiceField

    def __init__(self, *args: Any, model: type[Record], **kwargs: Any) -> None:
        """Look for the records when the list is asked for."""
        super().__init__(*args, queryset=lambda request: _readable(model, request), **kwargs)


def _readable(model: type[Record], request: HttpRequest) -> "QuerySet[Any]":
    rows: QuerySet[Any] = model.objects.visible_to(request.user)  # type: ignore[arg-type]  # login
    return rows


def _projects(request: HttpRequest) -> "QuerySet[Project]":
    return Project.objects.visible_to(request.user)  # type: ignore[arg-type]  # pages need a login


class RecordFilters(django_filters.FilterSet):  # type: ignore[misc]  # untyped library
    """Filters that every list of records has."""

    SEARCHED: ClassVar[tuple[str, ...]] = ("code", "aliases")

    q = django_filters.CharFilter(method="search", label=_("Code or label"))
    voided = django_filters.BooleanFilter(
        method="with_voided", label=_("Voided too"), widget=forms.CheckboxInput
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Say "any" where nothing is chosen."""
        super().__init__(*args, **kwargs)
        for one in self.filters.values():
            if isinstance(one, django_filters.ChoiceFilter | django_filters.ModelChoiceFilter):
                one.extra["empty_label"] = _("any")

    def search(self, queryset: "QuerySet[Any]", _name: str, value: str) -> "QuerySet[Any]":
        """Keep records in which every word occurs."""
        for word in value.split():
            condition = Q()
            for field in self.SEARCHED:
                condition |= Q(**{f"{field}__icontains": word})
            queryset = queryset.filter(condition)
        return queryset

    def with_voided(self, queryset: "QuerySet[Any]", _name: str, value: bool) -> "QuerySet[Any]":
        """Leave out voided records unless they are asked for."""
        return queryset if value else queryset.filter(voided_at__isnull=True)


class ProjectFilters(RecordFilters):
    """Filters of records that belong to a project."""

    project = django_filters.ModelChoiceFilter(queryset=_projects, label=_("Project"))
