"""POST requests that may be sent again: the same Idempotency-Key gives the same answer."""

import hashlib
import json
from collections.abc import Callable
from contextlib import nullcontext
from datetime import timedelta
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone
from rest_framework.exceptions import ValidationError
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from labsite.access.models import RememberedAnswer, User
from labsite.lib.problems import ProblemError

Handler = Callable[..., Response]

LONGEST_KEY = 200
KEPT = timedelta(days=7)
ABANDONED = timedelta(minutes=15)
"""After this an unanswered request counts as lost with its process."""
PENDING = 0
"""Status of an answer that is still being made."""


def idempotent(*, together: bool = True) -> Callable[[Handler], Handler]:
    """Let a handler remember its answers to requests with an Idempotency-Key.

    ``together`` stores what the handler writes and its answer in one transaction, so that a crash
    loses both or neither. Switch it off where the handler copies large files and is idempotent
    itself. Only answers of success are remembered; after a refusal the key is free again.
    """

    def decorate(handler: Handler) -> Handler:
        @wraps(handler)
        def handle(view: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
            key = request.headers.get("Idempotency-Key")
            if not key:
                return handler(view, request, *args, **kwargs)
            claim, known = _claim(request, key)
            if known is not None:
                return known
            try:
                with transaction.atomic() if together else nullcontext():
                    response = handler(view, request, *args, **kwargs)
                    _remember(claim, response)
            except BaseException:
                RememberedAnswer.objects.filter(pk=claim.pk).delete()
                raise
            return response

        handle.is_idempotent = True  # type: ignore[attr-defined]  # read by a test of all routes
        return handle

    return decorate


def digest_of(request: Request) -> str:
    """Return the SHA-256 of a request's fields; of files their bytes count."""
    data = request.data
    fields = {
        name: [_file_digest(part) if isinstance(part, UploadedFile) else part for part in parts]
        for name, parts in (data.lists() if hasattr(data, "lists") else {"body": [data]}.items())
    }
    text = json.dumps(fields, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _file_digest(file: "UploadedFile[bytes]") -> str:
    digest = hashlib.sha256()
    for chunk in file.chunks(2**20):
        digest.update(chunk)
    file.seek(0)
    return f"{file.name} {digest.hexdigest()}"


def _claim(request: Request, key: str) -> tuple[RememberedAnswer, Response | None]:
    """Take the key for this request, or return the answer that is remembered under it.

    Raises ProblemError when the key belongs to another request, or to one that is not answered yet.
    """
    if len(key) > LONGEST_KEY:
        raise ValidationError({"Idempotency-Key": f"At most {LONGEST_KEY} characters."})
    user: User = request.user  # type: ignore[assignment]  # the API lets nobody else in
    digest, path = digest_of(request), request.path[:200]
    now = timezone.now()
    mine = RememberedAnswer.objects.filter(user=user)
    mine.filter(created_at__lt=now - KEPT).delete()
    mine.filter(status=PENDING, created_at__lt=now - ABANDONED).delete()
    try:
        with transaction.atomic():
            claim = RememberedAnswer.objects.create(
                user=user, key=key, path=path, digest=digest, status=PENDING, body={}
            )
    except IntegrityError:
        known = mine.filter(key=key).first()
        return _replay(known, path, digest)
    return claim, None


def _replay(
    known: RememberedAnswer | None, path: str, digest: str
) -> tuple[RememberedAnswer, Response]:
    if known is None or (known.status == PENDING and (known.path, known.digest) == (path, digest)):
        raise ProblemError(
            HTTPStatus.CONFLICT,
            "request_in_progress",
            "A request with this Idempotency-Key is being answered; ask again in a moment.",
        )
    if (known.path, known.digest) != (path, digest):
        raise ProblemError(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            "idempotency_key_reused",
            "This Idempotency-Key was sent with another request; take a new key for a new one.",
        )
    return known, Response(
        known.body, status=known.status, headers={"Idempotency-Replayed": "true"}
    )


def _remember(claim: RememberedAnswer, response: Response) -> None:
    body = json.loads(JSONRenderer().render(response.data) or "null")
    kept = RememberedAnswer.objects.filter(pk=claim.pk).update(
        status=response.status_code, body=body
    )
    if not kept:
        raise ProblemError(
            HTTPStatus.CONFLICT,
            "request_in_progress",
            "The request took so long that another with the same Idempotency-Key replaced it.",
        )
