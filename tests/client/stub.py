"""A server that answers as labsite does and counts what it gets, without a database."""

import hashlib
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

BLOCK = 256 * 1024


class Stub(ThreadingHTTPServer):
    """Remembers head, bytes and digest of each body; ``answers`` are given before the good one."""

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.answers: list[tuple[int, dict[str, object] | str]] = []
        self.got: list[dict[str, str]] = []
        self.headers: list[dict[str, str]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    @property
    def names(self) -> list[str]:
        return [fields["name"] for fields in self.got]


class Handler(BaseHTTPRequestHandler):
    server: Stub

    def do_POST(self) -> None:
        head, sha256 = self._read()
        fields = dict(re.findall(r'name="(\w+)"\r\n\r\n(.*?)\r\n', head))
        fields["name"] = re.findall(r'filename="(.*?)"', head)[0]
        self.server.headers.append(dict(self.headers))
        self.server.got.append(fields)
        number = len(self.server.got)
        measurement = {"id": f"id-{number}", "code": f"ME-2026-{number:04d}", "status": "queued"}
        good = {"id": "1", "sha256": sha256, "duplicate": False, "measurement": measurement}
        self._answer(*(self.server.answers.pop(0) if self.server.answers else (201, good)))

    def _read(self) -> tuple[str, str]:
        """Return the text before the file's bytes, and the digest of these."""
        left = int(self.headers["Content-Length"])
        boundary = self.headers["Content-Type"].partition("boundary=")[2]
        start, held, sha256 = b"", b"", hashlib.sha256()
        tail = len(f"\r\n--{boundary}--\r\n")
        while left:
            block = self.rfile.read(min(BLOCK, left))
            left -= len(block)
            if not start:
                start, _, block = block.partition(b"octet-stream\r\n\r\n")
            held += block
            sha256.update(held[:-tail])
            held = held[-tail:]
        return start.decode(), sha256.hexdigest()

    def _answer(self, status: int, body: dict[str, object] | str) -> None:
        content = (body if isinstance(body, str) else json.dumps(body)).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@contextmanager
def serving(port: int = 0) -> Iterator[Stub]:
    """Serve until the end of the block."""
    with Stub(port) as stub:
        thread = threading.Thread(target=stub.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield stub
        finally:
            stub.shutdown()
            thread.join()
