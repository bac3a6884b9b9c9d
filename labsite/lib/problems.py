"""Errors of the API as application/problem+json (RFC 9457)."""

import logging
from collections.abc import Callable, Iterator, Mapping
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.core.exceptions import ValidationError as ModelError
from django.core.files.base import File
from django.core.signals import got_request_exception
from django.db import IntegrityError
from django.http import Http404
from rest_framework import exceptions, serializers
from rest_framework.fields import get_error_detail
from rest_framework.response import Response

logger = logging.getLogger(__name__)

LONGEST_FOUND = 200
EXAMPLES: dict[type[serializers.Field[Any, Any, Any, Any]], str] = {
    serializers.DateTimeField: "a time as in 2026-03-02T12:00:00+01:00",
    serializers.DateField: "a day as in 2026-03-02",
    serializers.BooleanField: "true or false",
}
WHOLE = {"non_field_errors", "__all__"}
"""Names under which errors stand that belong to no single field."""


class ProblemError(exceptions.APIException):
    """A refusal with a code for programs, a sentence for people and, if need be, more members."""

    def __init__(self, status: HTTPStatus, code: str, detail: str, **members: object) -> None:
        """Keep the parts."""
        super().__init__(detail, code)
        self.status_code = status
        self.members = members


def explain(error: Exception, context: Mapping[str, Any]) -> Response:
    """Return the problem that tells of an error; a defect is logged and told without its inside."""
    known = _translated(error)
    if known is None:
        logger.error("Defect in the API", exc_info=error)
        got_request_exception.send(sender=None, request=context["request"])
        known = ProblemError(
            HTTPStatus.INTERNAL_SERVER_ERROR,
            "server_error",
            "The program failed. The defect has been logged.",
        )
    body = _body(known, context["request"])
    return Response(
        body,
        status=known.status_code,
        headers=_headers(known),
        content_type="application/problem+json",
    )


def _translated(error: Exception) -> exceptions.APIException | None:
    """Return the error in the terms of the API; None for a defect."""
    if isinstance(error, exceptions.APIException):
        return error
    return next((tell(error) for kind, tell in TRANSLATIONS if isinstance(error, kind)), None)


def _invalid(error: Any) -> exceptions.APIException:
    if getattr(error, "code", None) == "too_large":
        return too_large(" ".join(error.messages))
    return exceptions.ValidationError(get_error_detail(error))


def _contradiction(error: Any) -> exceptions.APIException:
    logger.warning("A constraint of the database refused a request", exc_info=error)
    return ProblemError(
        HTTPStatus.CONFLICT,
        "conflict",
        "This contradicts what is stored, perhaps since a moment ago; "
        "read the records again and repeat the request.",
    )


def too_large(detail: str) -> ProblemError:
    """Return the refusal of a request that is too large."""
    return ProblemError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_large", detail)


TRANSLATIONS: tuple[tuple[type[Exception], Callable[[Any], exceptions.APIException]], ...] = (
    (Http404, lambda error: exceptions.NotFound(*error.args)),
    (PermissionDenied, lambda error: exceptions.PermissionDenied(*error.args)),
    (ModelError, _invalid),
    (RequestDataTooBig, lambda _error: too_large("The fields of the request are too large.")),
    (SuspiciousOperation, lambda error: exceptions.ParseError(str(error))),
    (IntegrityError, _contradiction),
)


def _body(error: exceptions.APIException, request: Any) -> dict[str, object]:
    title = HTTPStatus(error.status_code).phrase
    body: dict[str, object] = {"type": "about:blank", "title": title, "status": error.status_code}
    if isinstance(error, exceptions.ValidationError):
        entries = list(_entries(error.detail, request))
        sentences = " ".join(f"{entry['field'] or 'request'}: {entry['what']}" for entry in entries)
        return body | {"detail": sentences, "code": "invalid", "errors": entries}
    codes = error.get_codes()
    code = codes if isinstance(codes, str) else "error"
    return body | {"detail": str(error.detail), "code": code, **getattr(error, "members", {})}


def _headers(error: exceptions.APIException) -> dict[str, str]:
    headers = {}
    if auth_header := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = auth_header
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(int(wait))
    return headers


def _entries(detail: Any, request: Any) -> Iterator[dict[str, object]]:
    """Give one entry an error: field, what is wrong, what was found, what is allowed."""
    serializer = getattr(detail, "serializer", None)
    sent = getattr(serializer, "initial_data", None)
    if sent is None:
        sent = request.query_params if request.method == "GET" else request.data
    for path, what in _flat(detail):
        yield {
            "field": ".".join(path),
            "what": str(what),
            "found": _found(sent, path),
            "allowed": _allowed(serializer, path),
        }


def _flat(detail: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(detail, Mapping):
        for name, part in detail.items():
            yield from _flat(part, path if name in WHOLE else (*path, str(name)))
    elif isinstance(detail, list):
        nested = any(isinstance(part, Mapping) for part in detail)
        for index, part in enumerate(detail):
            yield from _flat(part, (*path, str(index)) if nested else path)
    else:
        yield path, detail


def _found(sent: Any, path: tuple[str, ...]) -> object:
    """Return what was sent at the path, shortened; None when nothing was."""
    for name in path:
        if isinstance(sent, Mapping):
            sent = sent.get(name)
        elif isinstance(sent, list) and name.isdecimal() and int(name) < len(sent):
            sent = sent[int(name)]
        else:
            return None
    if not path or sent is None or isinstance(sent, bool | int | float):
        return None if not path else sent
    return str(sent.name if isinstance(sent, File) else sent)[:LONGEST_FOUND]


def _allowed(serializer: Any, path: tuple[str, ...]) -> str | None:
    """Say what the field at the path takes."""
    field = serializer
    for name in path:
        field = field.child if hasattr(field, "child") else field
        if name.isdecimal() and not hasattr(field, "fields"):
            continue
        field = getattr(field, "fields", {}).get(name)
    return describe(field)


def describe(field: Any) -> str | None:
    """Say in words what a field takes; None when there is no more to say than its type."""
    expected = getattr(field, "expected", None) or _example(field)
    if expected is not None:
        return str(expected)
    if isinstance(field, serializers.ChoiceField):
        return "one of: " + ", ".join(str(choice) for choice in field.choices if choice != "")
    if isinstance(field, serializers.FloatField | serializers.IntegerField):
        return _numbers(field)
    longest = getattr(field, "max_length", None)
    return f"at most {longest} characters" if longest else None


def _example(field: Any) -> str | None:
    return next((words for kind, words in EXAMPLES.items() if isinstance(field, kind)), None)


def _numbers(field: Any) -> str:
    kind = "a whole number" if isinstance(field, serializers.IntegerField) else "a number"
    low, high = field.min_value, field.max_value
    if low is not None and high is not None:
        return f"{kind} from {low:g} to {high:g}"
    if low is not None:
        return f"{kind} from {low:g}"
    return kind if high is None else f"{kind} up to {high:g}"
