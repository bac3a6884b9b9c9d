"""Records and projects in the API: stored through the services."""

import json
from collections.abc import Mapping
from typing import Any

from django.db import models
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from labsite.access.models import Membership, Project, User
from labsite.access.recording import create_record, update_record
from labsite.access.records import Record
from labsite.access.references import AddressField, ProjectField, RecordField, UserField

FIRST = ("id", "code", "url", "summary", "project")
VOIDING = ("voided_at", "voided_by", "void_reason")


class VoidedSerializer(serializers.Serializer[Any]):
    """When, by whom and why a record was taken out of use."""

    at = serializers.DateTimeField(source="voided_at")
    by = serializers.CharField(source="voided_by.username")
    reason = serializers.CharField(source="void_reason")


class StrictSerializer(serializers.Serializer[Any]):
    """Refuses fields that it does not know, so that a misspelt one is not lost in silence."""

    def to_internal_value(self, data: Any) -> Any:
        """Check the names, then the values."""
        if isinstance(data, Mapping):
            unknown = sorted(set(data) - set(self.fields))
            if unknown:
                raise serializers.ValidationError({name: "Unknown field." for name in unknown})
        return super().to_internal_value(data)


class ObjectField(serializers.DictField):
    """A JSON object of values by name."""

    expected = 'an object such as {"temperature_celsius": 25}'
    default_error_messages = {"sign": "A NUL sign cannot be stored."}

    def to_internal_value(self, data: Any) -> Any:
        """Refuse what PostgreSQL cannot store."""
        if "\\u0000" in json.dumps(data):
            self.fail("sign")
        return super().to_internal_value(data)


class RowSerializer(StrictSerializer, serializers.ModelSerializer[Any]):
    """A row whose foreign keys are references."""

    def build_relational_field(self, field_name: str, relation_info: Any) -> Any:
        """Return the reference field for the kind of row that is pointed to."""
        model = relation_info.related_model
        _default, options = super().build_relational_field(field_name, relation_info)
        options.pop("view_name", None)
        for known, field in ((Record, RecordField), (Project, ProjectField), (User, UserField)):
            if issubclass(model, known):
                return field, options
        return _default, options

    @property
    def user(self) -> User:
        """The person who sends or reads."""
        user: User = self.context["request"].user
        return user


class RecordSerializer(RowSerializer):
    """What every record has; ``version`` is to be sent back with a change."""

    url = AddressField()
    summary = serializers.CharField(read_only=True)
    voided = serializers.SerializerMethodField()

    class Meta:
        exclude: tuple[str, ...] = VOIDING
        validators: tuple[Any, ...] = ()

    def get_fields(self) -> dict[str, Any]:
        """Return the fields, those that identify the record first."""
        fields = super().get_fields()
        first = {name: fields[name] for name in FIRST if name in fields}
        return first | fields

    @extend_schema_field(VoidedSerializer(allow_null=True))
    def get_voided(self, record: Record) -> dict[str, Any] | None:
        """Return when, by whom and why the record was taken out of use; null when it is not."""
        return None if record.voided_at is None else dict(VoidedSerializer(record).data)

    def validate_project(self, project: Project) -> Project:
        """Keep records where they are: what hangs on them would stay behind."""
        if self.instance is not None and self.instance.project_id != project.pk:
            raise serializers.ValidationError("A record stays in its project.")
        return project

    def create(self, validated_data: dict[str, Any]) -> Any:
        """Store a new record."""
        return self.store(self.Meta.model(**validated_data))

    def store(self, record: Any) -> Any:
        """Store a new record; kinds that need more than a row override this."""
        return create_record(record=record, by=self.user)

    def update(self, instance: Any, validated_data: dict[str, Any]) -> Any:
        """Store a changed record; ``expected_version`` comes from the view."""
        version = validated_data.pop("expected_version")
        for name, value in validated_data.items():
            setattr(instance, name, value)
        return update_record(record=instance, by=self.user, expected_version=version)


class MemberSerializer(serializers.ModelSerializer[Membership]):
    """A member of a project."""

    username = serializers.CharField(source="user.username", read_only=True)
    name = serializers.CharField(source="user.__str__", read_only=True)

    class Meta:
        model = Membership
        fields = ("username", "name", "role")


class ProjectSerializer(serializers.ModelSerializer[Project]):
    """A project with its members."""

    url = AddressField()
    members = MemberSerializer(source="memberships", many=True, read_only=True)

    class Meta:
        model = Project
        fields = ("id", "url", "name", "description", "created_at", "version", "members")


class ReasonSerializer(StrictSerializer):
    """Why a record is taken out of use."""

    reason = serializers.CharField(max_length=200)


def relations(model: type[models.Model]) -> tuple[str, ...]:
    """Return the foreign keys of a model, to be joined at once."""
    return tuple(field.name for field in model._meta.concrete_fields if field.is_relation)
