"""References between records in the API: a UUID or a code goes in, id, code and url come out."""

import uuid
from typing import Any

import django_filters
from django.db.models import Model, Q, QuerySet
from django_filters.utils import get_model_field
from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.reverse import reverse

from labsite.access.models import Project, User
from labsite.access.recording import check_in_use
from labsite.access.records import Record
from labsite.access.viewers import Viewer

ROUTES = {"electrolytebatch": "batch", "analysisrun": "run", "processstep": "step"}
"""Models whose addresses have a shorter name than they."""
LONGEST = 120


def api_url(row: Model, request: Any) -> str:
    """Return the address of a row in the API."""
    kind = str(row._meta.model_name)
    return reverse(f"api:{ROUTES.get(kind, kind)}-detail", args=[row.pk], request=request)


def as_uuid(text: str) -> uuid.UUID | None:
    """Return the UUID that a text is, or None."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def named(text: str, by: str = "code") -> Q:
    """Return the condition that a row has this UUID or this ``by``."""
    pk = as_uuid(text)
    if pk is not None:
        return Q(pk=pk)
    clean = text.strip()[:LONGEST].replace("\0", "")
    return Q(**{by: clean.upper() if by == "code" else clean})


def find(model: type[Record], reference: str, user: User) -> Any:
    """Return a record in use that the person may read; raises NotFound, ValidationError."""
    rows: QuerySet[Any] = model.objects.visible_to(user)
    record = rows.filter(named(reference)).first()
    if record is None:
        raise NotFound(f"There is no {model._meta.verbose_name} {reference} that you may see.")
    check_in_use(record)
    return record


def viewer_of(context: Any) -> Viewer:
    """Return who reads the answer; what they may see is asked once an answer."""
    if "viewer" not in context:
        context["viewer"] = Viewer(context["request"].user)
    viewer: Viewer = context["viewer"]
    return viewer


class ReferenceSerializer(serializers.Serializer[Any]):
    """A record that another points to; ``code`` and ``url`` are null without access to it."""

    id = serializers.UUIDField()
    code = serializers.CharField(allow_null=True)
    url = serializers.URLField(allow_null=True)


class ProjectReferenceSerializer(serializers.Serializer[Any]):
    """The project that a record belongs to."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    url = serializers.URLField()


class AddressField(serializers.URLField):
    """The address of the row itself."""

    def __init__(self, **options: Any) -> None:
        """Read the whole row."""
        super().__init__(**{"source": "*", "read_only": True, **options})

    def to_representation(self, value: Any) -> str:
        """Return the address."""
        return api_url(value, self.context["request"])


class NamedField(serializers.RelatedField[Any, Any, Any]):
    """A row by its UUID or its name."""

    default_error_messages = {"unknown": "There is no such one that you may use."}
    by = "code"
    expected = "a code or a UUID"
    shape: type[serializers.Serializer[Any]] | None = None
    """What an answer shows; a text when there is none."""

    def to_internal_value(self, data: Any) -> Any:
        """Find the row; an object with an id, as answers have it, is taken too."""
        if isinstance(data, dict):
            data = data.get("id")
        if not isinstance(data, str) or not data:
            self.fail("unknown")
        kept = self._kept()
        if kept is not None and data in {str(kept.pk), getattr(kept, self.by)}:
            return kept
        rows: Any = self.get_queryset()
        row = rows.filter(named(data, self.by)).first()
        if row is None:
            self.fail("unknown")
        return row

    def _kept(self) -> Any:
        """Return what a changed row points to already: voided or not, it may stay."""
        row = getattr(self.parent, "instance", None)
        return getattr(row, str(self.source), None) if isinstance(row, Model) else None

    @property
    def _user(self) -> User:
        user: User = self.context["request"].user
        return user


class RecordField(NamedField):
    """A record in use that the person may read, by code or UUID."""

    shape = ReferenceSerializer

    def get_queryset(self) -> QuerySet[Any]:
        """Return the records that may be pointed to."""
        rows: Any = super().get_queryset()
        usable: QuerySet[Any] = rows.visible_to(self._user).valid()
        return usable

    def to_representation(self, value: Any) -> dict[str, object]:
        """Return id, code and url, without the last two when the reader has no access."""
        if not viewer_of(self.context).sees(value):
            return {"id": str(value.pk), "code": None, "url": None}
        url = api_url(value, self.context["request"])
        return {"id": str(value.pk), "code": value.code, "url": url}


class ProjectField(NamedField):
    """A project of the person, by name or UUID."""

    by = "name"
    expected = "the name or UUID of one of your projects"
    shape = ProjectReferenceSerializer

    def get_queryset(self) -> QuerySet[Any]:
        """Return the projects that the person may read; services refuse to write to some."""
        return Project.objects.visible_to(self._user)

    def to_representation(self, value: Any) -> dict[str, object]:
        """Return id, name and url."""
        url = api_url(value, self.context["request"])
        return {"id": str(value.pk), "name": value.name, "url": url}


class UserField(NamedField):
    """A person, by user name."""

    by = "username"
    expected = "the name of an active user"

    def get_queryset(self) -> QuerySet[Any]:
        """Return those who work here."""
        return User.objects.filter(is_active=True)

    def to_representation(self, value: Any) -> str:
        """Return the user name."""
        return str(value.username)


class ReferenceSchema(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]
    """Tells the OpenAPI schema that a text goes in and an object comes out."""

    target_class = NamedField
    match_subclasses = True

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> Any:
        """Return the schema of the field."""
        if direction == "request" or self.target.shape is None:
            return {"type": "string", "description": self.target.expected}
        return auto_schema.resolve_serializer(self.target.shape, direction).ref


class ReferenceFilter(django_filters.CharFilter):  # type: ignore[misc]  # untyped library
    """Keeps rows that point to the record with a code or UUID, if the person may read that."""

    def __init__(self, *args: Any, by: str = "code", **kwargs: Any) -> None:
        """Keep under which name rows are known beside their UUID."""
        super().__init__(*args, **kwargs)
        self.by = by

    def filter(self, qs: "QuerySet[Any]", value: str) -> "QuerySet[Any]":
        """Filter; an empty value keeps all."""
        if not value:
            return qs
        target: Any = get_model_field(qs.model, self.field_name).related_model
        rows = target.objects.visible_to(self.parent.request.user).filter(named(value, self.by))
        return qs.filter(**{f"{self.field_name}__in": rows})
