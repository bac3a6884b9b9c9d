"""What every operation of the API has in common, for the OpenAPI schema."""

from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework import serializers

IDEMPOTENCY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    description="The same key with the same request gives the same answer, for seven days.",
)
IF_MATCH = OpenApiParameter(
    "If-Match",
    str,
    OpenApiParameter.HEADER,
    description='The ETag of the record that was read, as "3"; or send "version" in the body.',
)
HEADERS = {"POST": [IDEMPOTENCY], "PATCH": [IF_MATCH], "DELETE": [IF_MATCH]}

COLUMN_LIMITS = {2**15 - 1, 2**15, 2**31 - 1, 2**31, 2**63 - 1, 2**63}
"""Ends of integer columns; they differ between databases and promise nothing."""


class ErrorSerializer(serializers.Serializer[Any]):
    """What is wrong with one field: what, what was found, what is allowed."""

    field = serializers.CharField(help_text="Path of the field; empty for the whole request.")
    what = serializers.CharField()
    found = serializers.JSONField(allow_null=True)
    allowed = serializers.CharField(allow_null=True)


class ProblemSerializer(serializers.Serializer[Any]):
    """An error as RFC 9457 has it; ``code`` is for programs, ``detail`` for people."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    code = serializers.CharField()
    errors = ErrorSerializer(many=True, required=False)  # type: ignore[assignment]  # a field's name
    current_version = serializers.IntegerField(required=False)


class ApiSchema(AutoSchema):
    """Adds the common headers and the problem to every operation."""

    def get_override_parameters(self) -> list[Any]:
        """Return the headers of the method."""
        return list(HEADERS.get(self.method, []))

    def _get_response_bodies(self, direction: Any = "response") -> Any:
        """Add the problem as the answer to anything that goes wrong."""
        bodies = super()._get_response_bodies(direction)
        problem = OpenApiResponse(ProblemSerializer, "What went wrong.")
        bodies["default"] = self._get_response_for_code(  # type: ignore[no-untyped-call]
            problem, "default", media_types=["application/problem+json"], direction=direction
        )
        return bodies

    def _insert_field_validators(self, field: Any, schema: Any) -> None:
        """Add the limits of a field, without those that only the database has."""
        super()._insert_field_validators(field, schema)  # type: ignore[no-untyped-call]
        for name in ("minimum", "maximum"):
            if abs(schema.get(name, 0)) in COLUMN_LIMITS:
                del schema[name]
                schema.pop("format", None)
