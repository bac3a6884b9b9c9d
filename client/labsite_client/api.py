"""The few calls of the API that an instrument's computer needs."""

from __future__ import annotations

import contextlib
import http.client
import json
import ssl
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from labsite_client.multipart import Form

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

TIMEOUT_S = 300.0
"""How long one step of the connection may take; storing 4 GiB is one step."""
LONGEST_WAIT_S = 60.0
BUSY = {408, 429, 502, 503, 504}
"""Answers of a server that could not attend to the request at all."""
CUT_SHORT = (BrokenPipeError, ConnectionResetError, ConnectionAbortedError)


class Unreachable(ConnectionError):  # noqa: N818  # reads as a sentence where it is caught
    """The server cannot be reached, or cannot answer at the moment."""


class Refused(Exception):  # noqa: N818  # likewise
    """The server refused a request: status, code for programs ("" without one), sentence."""

    def __init__(self, status: int, code: str, detail: str) -> None:
        """Keep the parts."""
        super().__init__(detail)
        self.status, self.code, self.detail = status, code, detail


class Client:
    """Speaks to one labsite with the key of one account; HTTPS certificates are verified."""

    def __init__(self, url: str, key: str, *, attempts: int = 5) -> None:
        """Take the address of the site, a key, and how often to try before giving up.

        Raises ValueError when the address is none, or the key cannot be one.
        """
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError(f"Found the address {url!r}; expected one as https://lab.example.org.")
        if not key.isascii() or not key.isalnum():
            raise ValueError("The key has to be one word of letters and digits.")
        self._secure = parts.scheme == "https"
        self._host, self._port = parts.hostname, parts.port
        self._root = f"{parts.path.rstrip('/')}/api/v1"
        self._headers = {"Authorization": f"Token {key}", "Accept": "application/json"}
        self._attempts = attempts

    def upload(  # noqa: PLR0913  # the fields of the request, by name
        self,
        path: str | os.PathLike[str],
        *,
        subject: Mapping[str, str],
        kind: str = "",
        instrument: str = "",
        channel: str = "",
        performed_at: str = "",
        conditions: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Send a file and return the receipt: id, sha256, duplicate, measurement.

        ``subject`` is for example ``{"cell": "CE-2026-0001"}``; with a lot or a sensor it may also
        name the ``project``. ``{"revision_of": "ME-2026-0001"}`` sends a newer version of a file,
        ``{"continues": "ME-2026-0001"}`` the next part of a test. The server knows bytes that it
        has, so that repeating is harmless.
        Raises Refused, Unreachable after the last attempt, and OSError when the file cannot be
        opened.
        """
        said = {
            "kind": kind,
            "instrument": instrument,
            "channel": channel,
            "performed_at": performed_at,
            "conditions": json.dumps(conditions) if conditions else "",
        }
        fields = {**subject, **{name: value for name, value in said.items() if value}}
        with Path(path).open("rb") as file:
            return self._ask("POST", "/files/", lambda: Form(file, Path(path).name, fields))

    def measurement(self, reference: str) -> dict[str, Any]:
        """Return a measurement by id or code; raises Refused, Unreachable."""
        return self._ask("GET", f"/measurements/{quote(reference, safe='')}/")

    def wait(self, reference: str, timeout: float) -> dict[str, Any]:
        """Return a measurement once it is done or failed; raises TimeoutError after seconds."""
        end, pause = time.monotonic() + timeout, 0.5
        while True:
            found = self.measurement(reference)
            if found["status"] in {"done", "failed"}:
                return found
            if time.monotonic() + pause > end:
                raise TimeoutError(f"{reference} is still {found['status']} after {timeout:g} s.")
            time.sleep(pause)
            pause = min(2 * pause, 10.0)

    def _ask(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        """Ask, and again after 1, 2, 4 … seconds; ``body`` makes the body of each attempt."""
        for attempt in range(1, self._attempts + 1):
            try:
                return self._ask_once(method, path, body() if body else None)
            except (OSError, http.client.HTTPException) as error:
                if attempt == self._attempts:
                    what = str(error) or type(error).__name__
                    raise Unreachable(f"{self._host} cannot be reached: {what}.") from error
            time.sleep(min(2.0 ** (attempt - 1), LONGEST_WAIT_S))
        raise ValueError(f"Found {self._attempts} attempts; expected 1 or more.")

    def _ask_once(self, method: str, path: str, form: Form | None) -> dict[str, Any]:
        connection = self._connection()
        headers = {**self._headers, **(form.headers if form else {})}
        try:
            connection.connect()
            with contextlib.suppress(
                *CUT_SHORT
            ):  # refused before all was sent: the answer says why
                connection.request(method, self._root + path, form, headers)
            response = connection.getresponse()
            return _answer(response, response.read())
        finally:
            connection.close()

    def _connection(self) -> http.client.HTTPConnection:
        if not self._secure:
            return http.client.HTTPConnection(self._host, self._port, timeout=TIMEOUT_S)
        return http.client.HTTPSConnection(
            self._host, self._port, timeout=TIMEOUT_S, context=ssl.create_default_context()
        )


def _answer(response: http.client.HTTPResponse, content: bytes) -> dict[str, Any]:
    """Return what a good answer says; raises Refused, Unreachable."""
    told = f"the answer was {response.status} {response.reason}"
    if response.status in BUSY:
        raise Unreachable(told)
    try:
        body = json.loads(content)
    except ValueError:
        body = None
    if isinstance(body, dict) and 200 <= response.status < 300:  # noqa: PLR2004  # RFC 9110
        return body
    problem = body if isinstance(body, dict) else {}
    detail = problem.get("detail") or f"{told}, and not one of labsite: is the address right?"
    raise Refused(response.status, problem.get("code") or "", detail)
