"""Parts of the API that every app uses: pages, versions, filters that know their names."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError as FormValidationError
from django.db.models import QuerySet
from django.forms import Field
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework.exceptions import ParseError, ValidationError
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.pagination import CursorPagination
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.request import Request

from labsite.lib.problems import ProblemError, too_large

PAGING = {"cursor", "page_size"}
ENVELOPE_BYTES = 2**20
"""What a multipart request may hold beside its file."""


class Page(CursorPagination):
    """A page {next, previous, results}: newest first, unmoved by what is added meanwhile."""

    ordering: tuple[str, ...] = ("-created_at", "-id")
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 500


class NewestFirst(Page):
    """Pages of rows without a time, newest first."""

    ordering = ("-id",)


class OnlyJson(DefaultContentNegotiation):
    """Answers JSON whatever the client says it accepts; downloads are files as they are."""

    def select_renderer(
        self, request: Request, renderers: Iterable[Any], format_suffix: str | None = None
    ) -> tuple[Any, str]:
        """Return the first renderer."""
        first = next(iter(renderers))
        return first, first.media_type


class BoundedJson(JSONParser):
    """Refuses a body that says it is too large before it is read, and what cannot be stored."""

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        """Parse; raises ProblemError (413), ParseError."""
        check_length(parser_context["request"], settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
        try:
            parsed = super().parse(stream, media_type, parser_context)
            json.dumps(parsed, ensure_ascii=False, allow_nan=False).encode()
        except ValueError as error:
            raise ParseError(
                "The body has a number that is not finite, or half of a character."
            ) from error
        except RecursionError as error:
            raise ParseError("The body is nested too deeply.") from error
        return parsed


class BoundedMultiPart(MultiPartParser):
    """The same for files."""

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        """Parse; raises ProblemError (413)."""
        check_length(parser_context["request"], settings.MAX_UPLOAD_BYTES + ENVELOPE_BYTES)
        return super().parse(stream, media_type, parser_context)


def check_length(request: Any, limit: int) -> None:
    """Raise ProblemError (413) when a request says that its body is longer than ``limit`` bytes."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if length.isdecimal() and int(length) > limit:
        raise too_large(f"The request has {int(length):,} bytes; {limit:,} are allowed here.")


def refuse_chunks(request: Request) -> None:
    """Raise ProblemError (411) for a body in chunks, of which the server would read nothing."""
    if "HTTP_TRANSFER_ENCODING" in request.META:
        raise ProblemError(
            HTTPStatus.LENGTH_REQUIRED, "length_required", "Send the body with its Content-Length."
        )


class StrictFilters(DjangoFilterBackend):  # type: ignore[misc]  # untyped library
    """Filters that refuse a parameter they do not know, so that a misspelt one is no silent lie."""

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: Any) -> Any:
        """Filter; raises ValidationError."""
        filters = self.get_filterset_class(view, queryset)
        known = dict(parameters_of(filters)) if filters is not None else {}
        refuse_unknown(request, known.keys() | set(getattr(view, "parameters", ())))
        for name, end in known.items():
            if end is not None:
                refuse_wrong_end(request, name, end)
        return super().filter_queryset(request, queryset, view)


def parameters_of(filters: Any) -> Iterator[tuple[str, Field | None]]:
    """Give the names that a set of filters reads; the ends of ranges with the field of each."""
    for name, one in filters.base_filters.items():
        suffixes = getattr(one.extra.get("widget"), "suffixes", ())
        if suffixes:
            ends = zip(suffixes, one.field.fields, strict=True)
            yield from ((f"{name}_{suffix}", end) for suffix, end in ends)
        else:
            yield name, None


def refuse_wrong_end(request: Request, name: str, end: Field) -> None:
    """Raise ValidationError, under its own name, for an end of a range that is not understood."""
    try:
        end.clean(request.query_params.get(name, ""))
    except FormValidationError as error:
        raise ValidationError({name: error.messages}) from error


def refuse_unknown(request: Request, known: set[str]) -> None:
    """Raise ValidationError for a query parameter that is not known here, or holds a NUL sign."""
    for name, value in request.query_params.items():
        if name not in known | PAGING:
            listed = ", ".join(sorted(known | PAGING))
            raise ValidationError({name: f"Unknown parameter; known are: {listed}."})
        if "\0" in value:
            raise ValidationError({name: "A NUL sign is in no record."})


def expected_version(request: Request) -> int:
    """Return the version that the client has seen: If-Match, else ``version`` of the body.

    Raises ProblemError (428) when neither is there, ValidationError when it is no number.
    """
    data = request.data
    said = request.headers.get("If-Match") or (
        data.get("version") if isinstance(data, Mapping) else None
    )
    if said is None:
        raise ProblemError(
            HTTPStatus.PRECONDITION_REQUIRED,
            "precondition_required",
            "Say which version you change: header If-Match with the ETag of the record, "
            'or "version" in the body.',
        )
    match = re.fullmatch(r'(?:W/)?"?(\d{1,9})"?', str(said).strip())
    if match is None:
        raise ValidationError({"version": "Expected the number of a version."})
    return int(match[1])


def etag(version: int) -> dict[str, str]:
    """Return the header that tells the version of a record."""
    return {"ETag": f'"{version}"'}
